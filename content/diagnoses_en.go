package content

var diagnosesEN = map[string]string{}
