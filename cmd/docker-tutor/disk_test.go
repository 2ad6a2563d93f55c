//go:build linux

package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"

	"docker-tutor/content"
	"docker-tutor/progress"

	"golang.org/x/sys/unix"
)

// ownMounts lets a learner's shell mount what it likes: nobody else sees it, and it ends
// with the shell.
func ownMounts() *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS}
	if os.Getuid() != 0 { // then in a user namespace
		attr.Cloneflags = syscall.CLONE_NEWUSER
		attr.UidMappings = []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}}
		attr.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}}
	}
	return attr
}

// shell types a command at the learner's own shell and gives what it printed.
func (l *learner) shell(command string) string {
	l.t.Helper()
	l.seat.enter(command)
	return l.seat.waitFor(outerPrompt)
}

// onSmallDisk sits the learner at a shell where their state folder is a small disk of its
// own, which this test reaches by way of the shell's process.
func (l *learner) onSmallDisk() *terminal {
	l.t.Helper()
	if err := os.MkdirAll(l.home, 0o700); err != nil {
		l.t.Fatal(err)
	}
	s := l.atShell(ownMounts())
	out := l.shell(`mount -t tmpfs -o size=128k tmpfs "$DOCKER_TUTOR_HOME" && mkdir "$DOCKER_TUTOR_HOME"/labs && echo it is $((60 + 4))`)
	if !strings.Contains(out, "it is 64") {
		l.t.Fatalf("no small disk can be mounted; run this test as root, or where user namespaces are allowed:\n%s", out)
	}
	env, home := l.env, l.home
	l.home = fmt.Sprintf("/proc/%d/root%s", s.cmd.Process.Pid, l.home)
	l.t.Cleanup(func() { // before the shell ends, and the disk with it
		children, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%[1]d/children", s.cmd.Process.Pid))
		for _, pid := range strings.Fields(string(children)) {
			p := findProcess(l.t, pid)
			unix.Kill(p.pid, unix.SIGKILL)
			p.ends(l.t)
		}
		os.Remove(l.home + "/ballast")
		l.env = append(l.env, "DOCKER_TUTOR_HOME="+l.home)
		if _, errs, code := l.command("clean"); code != 0 {
			l.t.Errorf("docker-tutor clean ended with code %d: %s", code, errs)
		}
		l.env, l.home = env, home
	})
	return s
}

// A full disk costs one error and one hint, and nothing that was kept.
func TestFullDisk(t *testing.T) {
	const (
		fill  = `cat /dev/zero > "$DOCKER_TUTOR_HOME"/ballast`
		empty = `rm "$DOCKER_TUTOR_HOME"/ballast`
	)
	l := newLearner(t, content.English)
	s := l.onSmallDisk()
	l.isAt("list")
	before := l.kept()
	l.shell(fill)
	s.enter("docker-tutor lesson images; echo code $?")
	l.isOneProblem(s.waitFor("code 5"))
	s.waitFor(outerPrompt)
	s.enter("docker-tutor")
	l.oneProblem("home.title", l.takesFirst)
	l.takes("home.title", "home.quit")
	s.waitFor(outerPrompt)
	if now := l.kept(); now != before || len(l.labs()) > 0 {
		t.Errorf("progress is %s, was %s; labs: %v", now, before, l.labs())
	}
	l.shell(empty)

	// The disk fills up in mid-exercise: that is said, and what was done meanwhile is kept
	// when there is room again.
	s.enter("docker-tutor")
	l.takesFirst()
	s.waitFor(labPrompt)
	bind := l.lab().Binding
	s.run(fill)
	for i, out := range []string{s.run("answer 99"), s.run("answer 98")} {
		if got, want := strings.Count(out, "no space left on device") > 0, i == 0; got != want {
			t.Errorf("answer %d: the full disk is told of: %v, want %v:\n%s", i, got, want, out)
		}
	}
	s.run("docker images")
	if out := s.run("answer " + bind.Vars["n"]); !strings.Contains(out, "✔ "+l.say("lab.done")) {
		t.Errorf("the right answer on a full disk:\n%s", out)
	}
	s.run(empty)
	s.enter("exit")
	l.takes("pass.title", "pass.next")
	l.takes("reading.title", "reading.leave")
	l.takes("home.title", "home.quit")
	s.waitFor(outerPrompt)
	var record progress.Record
	if err := json.Unmarshal([]byte(l.kept()), &record); err != nil {
		t.Fatal(err)
	}
	if got := record.Lesson("images").Step("list"); got.State != progress.Done || got.Tries != 2 {
		t.Errorf("progress holds %+v, want the exercise done after 2 tries", got)
	}
}

// kept is the file of the learner's progress.
func (l *learner) kept() string {
	l.t.Helper()
	data, err := os.ReadFile(l.home + "/progress.json")
	if err != nil {
		l.t.Fatal(err)
	}
	return string(data)
}
