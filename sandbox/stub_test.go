package sandbox

func labChild()      {}
func terminalChild() {}
