package content

var diagnosesFR = map[string]string{}
