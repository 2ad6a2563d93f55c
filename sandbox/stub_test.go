package sandbox

func terminalChild() {}
