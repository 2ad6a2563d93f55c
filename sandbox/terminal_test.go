package sandbox

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/hinshun/vt10x"
	"golang.org/x/sys/unix"
	"golang.org/x/term"
)

const prompt = "(tutor) $ "

// report is what the tutor in the terminal tells the test: one of these at a time.
type report struct {
	Word, Text string // a word that was asked
	Shell      int    // the shell is open, with this process id
	Lab        string // … and its lab's folder
	Announced  string // "true" or "false"
	Ended      bool   // the shell has ended
	Hungup     bool   // … as Wait says
	Same       bool   // … and the terminal is the tutor's again, set as before
	Problem    string
}

// order is what the test tells the tutor in the terminal.
type order struct {
	Announce string
	Rows     int
	Finish   bool // let the word check, which waits for this, be answered
	HangUp   bool
}

// terminalChild is a tutor with a terminal: it opens a lab and the shell in it.
func terminalChild() {
	reports, orders := os.NewFile(3, "reports"), os.NewFile(4, "orders")
	syscall.CloseOnExec(3)
	syscall.CloseOnExec(4)
	tell := func(r report) { json.NewEncoder(reports).Encode(r) } // in one write: a line of its own
	if err := tutorInTerminal(tell, json.NewDecoder(orders)); err != nil {
		tell(report{Problem: err.Error()})
	}
}

func tutorInTerminal(tell func(report), orders *json.Decoder) error {
	ctx := context.Background()
	e, err := FindEngine(ctx)
	if err != nil {
		return err
	}
	b := &bench{token: os.Getenv("DT_TEST_TOKEN")}
	l, err := Open(ctx, e, os.Getenv("DT_TEST_ROOT"), Spec{Lesson: "shells", Exercise: b.exercise("", "dt-web")})
	if err != nil {
		return err
	}
	finish := make(chan bool)
	if err := l.Serve(ctx, Tutor{Handle: func(r Request) Reply {
		tell(report{Word: r.Word, Text: r.Text})
		switch r.Word {
		case "prompt":
			return Reply{}
		case "check":
			<-finish
		}
		return echo(r)
	}}); err != nil {
		return err
	}
	before, _ := term.GetState(0)
	shell, err := l.StartShell(os.Stdout, LearnersShell(), prompt, "the tutor is gone")
	if err != nil {
		return err
	}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGHUP, syscall.SIGTERM)
	go func() {
		<-signals
		shell.HangUp()
	}()
	tell(report{Shell: shell.cmd.Process.Pid, Lab: l.Dir})
	go obey(orders, shell, tell, finish)
	hungup := shell.Wait()
	after, _ := term.GetState(0)
	group, _ := unix.IoctlGetInt(0, unix.TIOCGPGRP)
	_, err = l.Close(ctx)
	tell(report{Ended: true, Hungup: hungup, Same: reflect.DeepEqual(before, after) && group == unix.Getpgrp()})
	return err
}

func obey(orders *json.Decoder, shell *Shell, tell func(report), finish chan<- bool) {
	for {
		var o order
		switch err := orders.Decode(&o); {
		case err != nil:
			return
		case o.Finish:
			finish <- true
		case o.HangUp:
			shell.HangUp()
		default:
			tell(report{Announced: fmt.Sprint(shell.Announce(o.Announce, o.Rows))})
		}
	}
}

// terminal is a window with a tutor in it, as a learner sees it.
type terminal struct {
	b       *bench
	t       testing.TB
	cmd     *exec.Cmd
	keys    *os.File
	orders  *os.File
	screen  vt10x.Terminal
	moved   chan struct{} // the screen has changed
	reports chan report
	opened  report
}

// learner is who sits there: the shell, and the files in the home folder.
type learner struct {
	shell string
	home  map[string]string
	env   []string
	// Under is a shell command that runs the tutor, given as "$0"; none for the tutor itself.
	under string
}

func (b *bench) openTerminal(who learner) *terminal {
	b.t.Helper()
	w := &terminal{b: b, t: b.t, screen: vt10x.New(), moved: make(chan struct{}, 1), reports: make(chan report, 1000)}
	w.cmd = exec.Command(os.Args[0])
	if who.under != "" {
		w.cmd = exec.Command("sh", "-c", who.under, os.Args[0])
	}
	home := b.t.TempDir()
	for name, text := range who.home {
		path := filepath.Join(home, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			b.t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			b.t.Fatal(err)
		}
	}
	w.cmd.Env = append(os.Environ(), childKey+"=terminal", "DT_TEST_ROOT="+b.root, "DT_TEST_TOKEN="+b.token,
		"HOME="+home, "DOCKER_TUTOR_SHELL="+who.shell, "TERM=xterm-256color", "LC_ALL=C.UTF-8", "ENV=", "ZDOTDIR=", "XDG_CONFIG_HOME=", "XDG_DATA_HOME=")
	for _, v := range who.env {
		w.cmd.Env = append(w.cmd.Env, strings.ReplaceAll(v, "~", home))
	}
	w.start()
	return w
}

func (w *terminal) start() {
	w.t.Helper()
	reports, reportsIn, err := os.Pipe()
	if err != nil {
		w.t.Fatal(err)
	}
	ordersOut, orders, err := os.Pipe()
	if err != nil {
		w.t.Fatal(err)
	}
	w.orders = orders
	w.cmd.ExtraFiles = []*os.File{reportsIn, ordersOut}
	window, err := pty.StartWithSize(w.cmd, &pty.Winsize{Rows: 24, Cols: 120})
	if err != nil {
		w.t.Fatal(err)
	}
	w.keys = closable(w.t, window)
	reportsIn.Close()
	ordersOut.Close()
	w.screen = vt10x.New(vt10x.WithSize(120, 24), vt10x.WithWriter(w.keys))
	w.t.Cleanup(w.end)
	go w.watch()
	go w.listen(reports)
	w.opened = w.await("the shell to open", func(r report) bool { return r.Shell != 0 })
	w.b.labs = append(w.b.labs, filepath.Base(w.opened.Lab))
	w.prompted()
}

// closable gives a file that closes at once, also while it is being read.
func closable(t testing.TB, f *os.File) *os.File {
	t.Helper()
	defer f.Close()
	fd, err := unix.FcntlInt(f.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	if err == nil {
		err = unix.SetNonblock(fd, true)
	}
	if err != nil {
		t.Fatal(err)
	}
	return os.NewFile(uintptr(fd), f.Name())
}

// end takes away what a test that failed may have left.
func (w *terminal) end() {
	w.keys.Close()
	w.orders.Close()
	w.cmd.Process.Kill()
	w.cmd.Wait()
	if l, err := Reopen(w.b.e, w.b.root, filepath.Base(w.opened.Lab), Spec{}); err == nil {
		l.Close(context.Background())
	}
}

func (w *terminal) watch() {
	in := bufio.NewReader(w.keys)
	for {
		buf := make([]byte, 4096)
		n, err := in.Read(buf)
		w.screen.Write(buf[:n])
		select {
		case w.moved <- struct{}{}:
		default:
		}
		if err != nil {
			return
		}
	}
}

func (w *terminal) listen(from *os.File) {
	defer from.Close()
	defer close(w.reports)
	for in := json.NewDecoder(from); ; {
		var r report
		if in.Decode(&r) != nil {
			return
		}
		w.reports <- r
	}
}

// await waits for a report, and passes over others.
func (w *terminal) await(what string, is func(report) bool) report {
	w.t.Helper()
	late := time.After(patience)
	for {
		select {
		case r, ok := <-w.reports:
			if !ok || r.Problem != "" {
				w.t.Fatalf("waiting for %s: the tutor ended: %s\n%s", what, r.Problem, w.text())
			}
			if is(r) {
				return r
			}
		case <-late:
			w.t.Fatalf("waiting for %s\n%s", what, w.text())
		}
	}
}

// sees waits until a text is on the screen.
func (w *terminal) sees(text string) {
	w.t.Helper()
	w.until(fmt.Sprintf("%q", text), func() bool { return strings.Contains(w.text(), text) })
}

func (w *terminal) until(what string, is func() bool) {
	w.t.Helper()
	for late := time.After(patience); !is(); {
		select {
		case <-w.moved:
		case <-late:
			w.t.Fatalf("waiting to see %s; the screen:\n%s", what, w.text())
		}
	}
}

// text is what stands on the screen, each line with a line feed before it and without
// the spaces at its end.
func (w *terminal) text() string {
	lines := strings.Split(w.screen.String(), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return "\n" + strings.Join(lines, "\n")
}

// line is the line of the cursor up to it, and its row.
func (w *terminal) line() (string, int) {
	w.screen.Lock()
	c := w.screen.Cursor()
	w.screen.Unlock()
	runes := []rune(strings.Split(w.screen.String(), "\n")[c.Y])
	return string(runes[:min(c.X, len(runes))]), c.Y
}

// prompted waits for an empty prompt. A busy kernel may echo a Ctrl-C only before it.
func (w *terminal) prompted() {
	w.t.Helper()
	w.until("an empty prompt", func() bool { got, _ := w.line(); return strings.TrimPrefix(got, "^C") == prompt })
}

// reads waits until this stands between the left edge and the cursor.
func (w *terminal) reads(line string) {
	w.t.Helper()
	w.until("the cursor behind "+line, func() bool { got, _ := w.line(); return got == line })
}

func (w *terminal) press(keys string) {
	w.t.Helper()
	if _, err := w.keys.WriteString(keys); err != nil {
		w.t.Fatal(err)
	}
}

// enter types a command at the prompt, and waits for the next one.
func (w *terminal) enter(command string) {
	w.t.Helper()
	w.press(command)
	w.reads(prompt + command)
	w.press("\r")
	w.prompted()
}

// asked waits for that word to be asked, and gives its text.
func (w *terminal) asked(word string) string {
	w.t.Helper()
	return w.await("the word "+word, func(r report) bool { return r.Word == word }).Text
}

func (w *terminal) order(o order) {
	w.t.Helper()
	if err := json.NewEncoder(w.orders).Encode(o); err != nil {
		w.t.Fatal(err)
	}
}

func (w *terminal) wantEnd(hungup bool) {
	w.t.Helper()
	r := w.await("the shell's end", func(r report) bool { return r.Ended })
	if r.Hungup != hungup {
		w.t.Errorf("end of the shell: got hung up %v, want %v", r.Hungup, hungup)
	}
	if !hungup && !r.Same {
		w.t.Error("the terminal after the shell: got it unlike before")
	}
}
