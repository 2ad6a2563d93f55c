package sandbox

import "syscall"

// hangUpWithParent has the kernel hang a shell up when the tutor is killed: an orphan
// would fight with the learner's own shell for the terminal.
func hangUpWithParent(attr *syscall.SysProcAttr) { attr.Pdeathsig = syscall.SIGHUP }
