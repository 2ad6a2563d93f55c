package sandbox

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"golang.org/x/sys/unix"
)

// awaitExit waits until a process that is not our child has ended.
func awaitExit(t testing.TB, pid int) {
	t.Helper()
	fd, err := unix.PidfdOpen(pid, 0)
	if err == unix.ESRCH {
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	for {
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, int(patience.Milliseconds()))
		if err == unix.EINTR {
			continue
		}
		if n != 1 {
			unix.Kill(pid, unix.SIGKILL)
			t.Errorf("process %d: got alive (%v), want it ended", pid, err)
		}
		return
	}
}

func init() { children["lab"] = labChild }

// labChild opens a lab, says so, and waits to be killed.
func labChild() {
	ctx := context.Background()
	e, err := FindEngine(ctx)
	if err == nil {
		b := &bench{token: os.Getenv("DT_TEST_TOKEN")}
		_, err = Open(ctx, e, os.Getenv("DT_TEST_ROOT"), Spec{Lesson: "images", Exercise: b.exercise(os.Getenv("DT_TEST_SETUP"), "")})
	}
	fmt.Println("opened", err)
	io.Copy(io.Discard, os.Stdin)
}

// startLab opens a lab in another process, which says on its standard output when it is open.
func (b *bench) startLab(setup string) (*exec.Cmd, *bufio.Reader) {
	b.t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childKey+"=lab", "DT_TEST_ROOT="+b.root, "DT_TEST_TOKEN="+b.token, "DT_TEST_SETUP="+setup)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe() // held open: the child ends when it is killed, or with this test
	if err != nil {
		b.t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() {
		in.Close()
		cmd.Process.Kill()
	})
	return cmd, bufio.NewReader(out)
}

// A tutor that is killed leaves a lab that another one can clean, whenever it happened.
func TestKilledTutor(t *testing.T) {
	t.Parallel()
	const first = "docker tag busybox dt-shop:1; docker run -d --name dt-web -v dt-data:/d busybox sleep 600; "
	const second = "docker tag busybox dt-shop:2; docker create busybox; docker network create dt-net; "
	t.Run("before the set-up", func(t *testing.T) {
		t.Parallel()
		killedAmidSetup(t, "", first+second, []string{})
	})
	t.Run("amid the set-up", func(t *testing.T) {
		t.Parallel()
		killedAmidSetup(t, first, second, []string{"container dt-web", "image dt-shop:1", "volume dt-data"})
	})
	t.Run("after the set-up", func(t *testing.T) {
		t.Parallel()
		b := newBench(t)
		before := b.traces()
		cmd, out := b.startLab(first + second)
		if line, err := out.ReadString('\n'); line != "opened <nil>\n" {
			t.Fatalf("got %q (%v), want the lab open", line, err)
		}
		dir := b.wantRunning()
		cmd.Process.Kill()
		cmd.Wait()
		b.cleanLeft(dir, true)
		wantSame(t, "traces after the clean-up", b.traces(), before)
	})
}

// killedAmidSetup kills the tutor between two parts of its set-up.
func killedAmidSetup(t *testing.T, first, second string, traces []string) {
	b, here, never := newBench(t), newMailbox(t), newMailbox(t)
	b.elsewhere("docker create --name my-own busybox")
	before := b.traces()
	cmd, _ := b.startLab(first + "echo $$ >" + here.path + "; read go <" + never.path + "; " + second)
	script, err := strconv.Atoi(here.read())
	if err != nil {
		t.Fatal(err)
	}
	dir := b.wantRunning()
	cmd.Process.Kill()
	cmd.Wait()
	awaitExit(t, script) // or it would go on behind the clean-up
	wantSame(t, "traces of the set-up", minus(b.traces(), before), traces)
	b.cleanLeft(dir, false)
	wantSame(t, "traces after the clean-up", b.traces(), before)
}

// wantRunning checks that a lab is another process's, and gives its folder.
func (b *bench) wantRunning() string {
	b.t.Helper()
	dirs := Running(b.root)
	if len(dirs) != 1 || len(Left(b.root)) != 0 {
		b.t.Fatalf("got %v running and %v left, want one running", dirs, Left(b.root))
	}
	_, err := Reopen(b.e, b.root, filepath.Base(dirs[0]), Spec{})
	wantProblem(b.t, err, "lab-busy")
	return dirs[0]
}

// cleanLeft cleans the one lab that was left, as docker-tutor clean does.
func (b *bench) cleanLeft(dir string, ready bool) {
	b.t.Helper()
	left := Left(b.root)
	if len(left) != 1 || left[0].ID != filepath.Base(dir) || left[0].CanResume(b.e) != ready || len(Running(b.root)) != 0 {
		b.t.Fatalf("left: got %+v, want the lab in %s, ready %v", left, dir, ready)
	}
	b.labs = append(b.labs, left[0].ID)
	l, err := Reopen(b.e, b.root, left[0].ID, Spec{})
	if err != nil {
		b.t.Fatal(err)
	}
	b.close(l)
	if entries, err := os.ReadDir(b.root); err != nil || len(entries) != 0 {
		b.t.Errorf("folders: got %v (%v), want none", entries, err)
	}
}

// A script that is told to stop takes along what it started.
func TestScriptStopped(t *testing.T) {
	t.Parallel()
	l, _ := wireLab(t, t.TempDir(), echo)
	m := newMailbox(t)
	ctx, stop := context.WithCancel(t.Context())
	started := make(chan int, 1)
	go func() {
		pid, _ := strconv.Atoi(m.read())
		started <- pid
		stop()
	}()
	if err := l.Run(ctx, Script{Text: "sleep 600 & echo $! >" + m.path + "; wait", Out: io.Discard}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
	awaitExit(t, <-started)
}

// A tutor that is killed takes the lab's shell with it, and the terminal is the login
// shell's again.
func TestKilledTutorsShell(t *testing.T) {
	eachShell(t, func(t *testing.T, b *bench, who learner) {
		who.under = `"$0"; stty sane; echo logged in; read line; echo $line`
		w := b.openTerminal(who)
		tutor := parent(t, w.opened.Shell)
		if err := unix.Kill(tutor, unix.SIGKILL); err != nil {
			t.Fatal(err)
		}
		w.sees("logged in")
		w.press("x\r") // fish may miss the signal, and finds out at the next key
		awaitExit(t, w.opened.Shell)
		b.cleanLeft(w.opened.Lab, true)
	})
}

// parent gives the process that started another.
func parent(t *testing.T, pid int) int {
	t.Helper()
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		t.Fatal(err)
	}
	var id, ppid int
	var name, state string
	if _, err := fmt.Sscan(string(data), &id, &name, &state, &ppid); err != nil {
		t.Fatal(err)
	}
	return ppid
}
