package content

var messagesEN = map[string]string{}
