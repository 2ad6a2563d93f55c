//go:build linux

package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/creack/pty"
	"github.com/hinshun/vt10x"
	"golang.org/x/sys/unix"
)

// patience bounds every wait. What is waited for takes a fraction of it; a test that needs
// it all has failed.
const patience = time.Minute

// Keys that are no text.
const (
	keyEnter = "\r"
	keyDown  = "\x1b[B"
	keyCtrlC = "\x03"
	keyCtrlD = "\x04"
)

// terminal is a terminal with a program on it. It answers no query: nothing the tutor does
// may depend on an answer.
type terminal struct {
	t      *testing.T
	cmd    *exec.Cmd
	master *os.File // what is written here is typed
	before *unix.Termios

	mu     sync.Mutex
	more   *sync.Cond
	screen vt10x.Terminal
	raw    []byte   // all that was written
	text   stripper // the same as words: see stripper
	seen   int      // how much of text was waited for
	over   bool     // nobody holds the terminal any more
	ended  chan struct{}
	code   int // exit code, once ended
}

// onTerminal starts a command on a terminal of its own.
func onTerminal(t *testing.T, cmd *exec.Cmd, columns, rows int) *terminal {
	t.Helper()
	term := &terminal{t: t, cmd: cmd, screen: vt10x.New(vt10x.WithSize(columns, rows)), ended: make(chan struct{})}
	term.more = sync.NewCond(&term.mu)
	master, err := pty.StartWithSize(cmd, &pty.Winsize{Cols: uint16(columns), Rows: uint16(rows)})
	if err != nil {
		t.Fatalf("starting %v on a terminal: %v", cmd.Args, err)
	}
	term.master = pollable(t, master)
	term.before = term.mode()
	go term.watch()
	go func() {
		cmd.Wait()
		term.code = cmd.ProcessState.ExitCode()
		close(term.ended)
	}()
	return term
}

// pollable gives a file whose reads end when it is closed, and whose writes can be bounded.
func pollable(t *testing.T, f *os.File) *os.File {
	t.Helper()
	defer f.Close()
	fd, err := unix.FcntlInt(f.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	if err == nil {
		err = unix.SetNonblock(fd, true)
	}
	if err != nil {
		t.Fatalf("taking the terminal over: %v", err)
	}
	return os.NewFile(uintptr(fd), f.Name())
}

// watch keeps what is written until the last program has closed the terminal.
func (t *terminal) watch() {
	buf := make([]byte, 32<<10)
	var cut []byte // a character whose end is still to come
	for {
		n, err := t.master.Read(buf)
		t.mu.Lock()
		t.raw = append(t.raw, buf[:n]...)
		chunk := append(cut, buf[:n]...)
		whole := wholeRunes(chunk)
		t.screen.Write(chunk[:whole])
		t.text.write(chunk[:whole])
		cut = bytes.Clone(chunk[whole:])
		t.over = err != nil
		t.mu.Unlock()
		t.more.Broadcast()
		if err != nil {
			return
		}
	}
}

// wholeRunes gives how much of p ends with a whole character.
func wholeRunes(p []byte) int {
	for i := max(0, len(p)-utf8.UTFMax); i < len(p); i++ {
		if utf8.RuneStart(p[i]) && !utf8.FullRune(p[i:]) {
			return i
		}
	}
	return len(p)
}

// until waits until what is written makes ok true. It holds the lock meanwhile.
func (t *terminal) until(what string, ok func() bool) {
	t.t.Helper()
	t.mu.Lock()
	defer t.mu.Unlock()
	late := false
	bound := time.AfterFunc(patience, func() {
		t.mu.Lock()
		late = true
		t.mu.Unlock()
		t.more.Broadcast()
	})
	defer bound.Stop()
	for !ok() {
		if late || t.over {
			t.t.Fatalf("waited in vain for %s (terminal closed: %v); the screen:\n%s\nsince the last wait:\n%s",
				what, t.over, strings.Join(t.rows(), "\n"), t.text.out[t.seen:])
		}
		t.more.Wait()
	}
}

// waitFor waits until words are written, after those waited for last, and gives what stood
// before them. Line breaks, runs of space and the marks of inline code do not count.
func (t *terminal) waitFor(words string) (before string) {
	t.t.Helper()
	_, before = t.waitForAny(words)
	return before
}

// waitForAny waits for the first of several words and tells which it was.
func (t *terminal) waitForAny(words ...string) (which int, before string) {
	t.t.Helper()
	which = -1
	t.until(fmt.Sprintf("%q", words), func() bool {
		at := -1
		for i, w := range words {
			w = asWords(w)
			if n := strings.Index(string(t.text.out[t.seen:]), w); n >= 0 && (at < 0 || n < at) {
				at, which = n, i
			}
		}
		if at < 0 {
			return false
		}
		before = string(t.text.out[t.seen : t.seen+at])
		t.seen += at + len(asWords(words[which]))
		return true
	})
	return which, before
}

// untilScreen waits until the rows of the screen are as wanted.
func (t *terminal) untilScreen(what string, ok func(rows []string) bool) {
	t.t.Helper()
	t.until(what, func() bool { return ok(t.rows()) })
}

// rows gives the screen's rows without the space at their ends. The lock must be held.
func (t *terminal) rows() []string {
	rows := strings.Split(t.screen.String(), "\n")
	for i := range rows {
		rows[i] = strings.TrimRight(rows[i], " \x00")
	}
	return rows
}

// press types keys. What was written before counts as waited for.
func (t *terminal) press(keys string) {
	t.t.Helper()
	t.mu.Lock()
	t.seen = len(t.text.out)
	t.mu.Unlock()
	t.keys(keys)
}

func (t *terminal) keys(keys string) {
	t.t.Helper()
	t.master.SetWriteDeadline(time.Now().Add(patience)) // where nobody reads, the buffer fills
	if _, err := t.master.WriteString(keys); err != nil {
		t.t.Fatalf("typing %q: %v", keys, err)
	}
}

// enter types a line.
func (t *terminal) enter(line string) {
	t.t.Helper()
	t.press(line + keyEnter)
}

// run types a command at the lab's prompt and gives what it printed before the next one.
func (t *terminal) run(command string) string {
	t.t.Helper()
	t.enter(command)
	return t.waitFor(labPrompt)
}

// written gives all that was written so far, as it was.
func (t *terminal) written() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.raw)
}

// exits waits for the command's end, and for everything that was started on the terminal.
func (t *terminal) exits(code int) {
	t.t.Helper()
	select {
	case <-t.ended:
	case <-time.After(patience):
		t.mu.Lock()
		defer t.mu.Unlock()
		t.t.Fatalf("%v has not ended; the screen:\n%s", t.cmd.Args, strings.Join(t.rows(), "\n"))
	}
	if t.code != code {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.t.Errorf("%v ended with code %d, want %d; the screen:\n%s", t.cmd.Args, t.code, code, strings.Join(t.rows(), "\n"))
	}
}

// isFree waits until no program has the terminal open any more.
func (t *terminal) isFree() {
	t.t.Helper()
	t.until("every program to close the terminal", func() bool { return t.over })
}

func (t *terminal) mode() *unix.Termios {
	var mode *unix.Termios
	conn, err := t.master.SyscallConn()
	if err == nil {
		conn.Control(func(fd uintptr) { mode, err = unix.IoctlGetTermios(int(fd), unix.TCGETS) })
	}
	if err != nil {
		t.t.Fatalf("reading the terminal's mode: %v", err)
	}
	return mode
}

// takesKeys waits until a menu has the keyboard, key by key. The kernel tells nobody that
// a program has changed the terminal's mode, hence the asking.
func (t *terminal) takesKeys() {
	t.t.Helper()
	for began := time.Now(); t.mode().Lflag&unix.ICANON != 0; time.Sleep(time.Millisecond) {
		if time.Since(began) > patience {
			t.t.Fatal("no menu takes the keys")
		}
	}
}

// isAsBefore says what a program left of its own: a mode, or a hidden cursor.
func (t *terminal) isAsBefore() {
	t.t.Helper()
	if mode := t.mode(); *mode != *t.before {
		t.t.Errorf("the terminal's mode is %+v, was %+v", *mode, *t.before)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.screen.CursorVisible() {
		t.t.Error("the cursor is hidden")
	}
}

// stripper turns what is written to a terminal into words: without escape sequences,
// backticks and carriage returns, one space for each run of space and line breaks.
type stripper struct {
	out   []byte
	state byte // 0: text; otherwise what kind of sequence this is in
}

func (s *stripper) write(p []byte) {
	for _, b := range p {
		switch {
		case s.state == 0:
			s.char(b)
		case s.state == '\x1b':
			s.state = 0
			if strings.IndexByte("[]P_^(#", b) >= 0 {
				s.state = b
			}
		case s.state == '[':
			if b >= 0x40 && b <= 0x7e {
				s.state = 0
			}
		case s.state == '(' || s.state == '#':
			s.state = 0
		case b == '\x1b': // the end of a string, ESC \
			s.state = '\x1b'
		case b == '\a':
			s.state = 0
		}
	}
}

func (s *stripper) char(b byte) {
	switch {
	case b == '\x1b':
		s.state = b
	case b == '\r', b == '`', b == '\a':
	case b == ' ', b == '\n', b == '\t':
		if n := len(s.out); n > 0 && s.out[n-1] != ' ' {
			s.out = append(s.out, ' ')
		}
	default:
		s.out = append(s.out, b)
	}
}

// asWords gives a text the way stripper does.
func asWords(text string) string {
	var s stripper
	s.write([]byte(text))
	return string(s.out)
}
