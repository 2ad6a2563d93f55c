package content

var messagesFR = map[string]string{}
