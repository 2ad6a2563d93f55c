package sandbox

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
	"golang.org/x/term"
)

// Shell is the learner's shell in an open lab. It has the terminal itself, with nothing
// in between: what works in the learner's terminal works here.
type Shell struct {
	cmd  *exec.Cmd
	tty  *os.File
	done chan struct{}
	err  error
	lost bool        // the terminal was gone when the shell had ended
	told atomic.Bool // HangUp was called
	mu   sync.Mutex  // one announcement at a time
}

// StartShell opens the learner's shell on the terminal tty. prompt is its prompt, gone
// what it says when the tutor has died. The caller must Wait.
func (l *Lab) StartShell(tty *os.File, shell, prompt, gone string) (*Shell, error) {
	if err := l.writeShellFiles(); err != nil {
		return nil, &Problem{ID: "lab-folder", Args: map[string]any{"dir": l.root, "reason": err.Error()}, Err: err}
	}
	s := &Shell{cmd: l.shellCommand(shell, prompt, gone), tty: tty, done: make(chan struct{})}
	s.cmd.Stdin, s.cmd.Stdout, s.cmd.Stderr = tty, tty, tty
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Foreground: true, Ctty: int(tty.Fd())}
	hangUpWithParent(s.cmd.SysProcAttr)
	started := make(chan error)
	go s.run(started)
	if err := <-started; err != nil {
		return nil, fmt.Errorf("starting %s: %w", shell, err)
	}
	return s, nil
}

// run starts the shell and waits for it, on one thread: the kernel's "hang up when the
// parent dies" means the parent thread.
func (s *Shell) run(started chan<- error) {
	runtime.LockOSThread()
	defer close(s.done)
	before, _ := term.GetState(int(s.tty.Fd()))
	if err := s.cmd.Start(); err != nil {
		s.err = err
		started <- err
		return
	}
	// The tutor is in the background now. Set after the start, so that the shell's own
	// children do not inherit it: to write there must not stop the tutor where the
	// terminal says so (stty tostop), nor must taking the terminal back.
	signal.Ignore(syscall.SIGTTOU)
	started <- nil
	s.err = s.cmd.Wait()
	_, err := term.GetState(int(s.tty.Fd()))
	s.lost = err != nil
	unix.IoctlSetPointerInt(int(s.tty.Fd()), unix.TIOCSPGRP, unix.Getpgrp())
	if before != nil {
		term.Restore(int(s.tty.Fd()), before)
	}
	signal.Reset(syscall.SIGTTOU)
}

// Wait waits until the learner leaves the shell. Hungup tells that the shell did not end
// by the learner's wish: its terminal was closed, or something killed it.
func (s *Shell) Wait() (hungup bool) {
	<-s.done
	var exit *exec.ExitError
	if errors.As(s.err, &exit) {
		status, ok := exit.Sys().(syscall.WaitStatus)
		hungup = ok && status.Signaled()
	}
	// A shell that hangs up, or cannot read from its terminal, may end as by exit.
	return hungup || s.lost || s.told.Load()
}

// Done is closed when the shell has ended.
func (s *Shell) Done() <-chan struct{} { return s.done }

// How often a shell that is to hang up is told so, and when it is killed: fish misses a
// signal that comes just before it waits for a key, and a shell may ignore it.
const (
	hangUpEvery = 100 * time.Millisecond
	hangUpLimit = 5 * time.Second
)

// HangUp ends the shell and what runs in it, as closing its window would. It does not wait.
func (s *Shell) HangUp() {
	if s.told.Swap(true) {
		return
	}
	s.hangUp()
	go func() {
		again, limit := time.NewTicker(hangUpEvery), time.After(hangUpLimit)
		defer again.Stop()
		for {
			select {
			case <-s.done:
				return
			case <-again.C:
				s.hangUp()
			case <-limit:
				s.cmd.Process.Kill()
				return
			}
		}
	}()
}

func (s *Shell) hangUp() {
	if group, err := unix.IoctlGetInt(int(s.tty.Fd()), unix.TIOCGPGRP); err == nil && group > 1 && group != unix.Getpgrp() {
		unix.Kill(-group, unix.SIGHUP)
	}
	s.cmd.Process.Signal(unix.SIGHUP)
}

// idle tells that the shell waits at its prompt: no command has the terminal.
func (s *Shell) idle() bool {
	group, err := unix.IoctlGetInt(int(s.tty.Fd()), unix.TIOCGPGRP)
	return err == nil && group == s.cmd.Process.Pid
}

// Announce prints text, which takes that many rows of the terminal, above the line where
// the shell waits for a command, and leaves the prompt and what is typed behind it as they
// are. It returns false, having printed nothing, when a command is running: the text
// belongs before the next prompt then.
func (s *Shell) Announce(text string, rows int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-s.done:
		return false
	default:
	}
	if !s.idle() || os.Getenv("TERM") == "dumb" {
		return false
	}
	var out strings.Builder
	// Make room below, which scrolls where the prompt is at the bottom, and come back to it.
	fmt.Fprintf(&out, "%s\x1b[%dA", strings.Repeat("\x1bD", rows), rows)
	// Push the prompt's line down, write in its place, and go down after it.
	fmt.Fprintf(&out, "\x1b7\r\x1b[%dL%s\x1b8\x1b[%dB", rows, strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\r\n"), rows)
	fmt.Fprint(s.tty, out.String())
	return true
}
