//go:build linux

package main

import (
	"fmt"
	"os"
	"os/exec"
	"reflect"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"docker-tutor/content"
	"docker-tutor/sandbox"

	"golang.org/x/sys/unix"
)

// outerPrompt is the prompt of the shell that a learner starts the tutor from.
const outerPrompt = "outer$ "

// atShell sits the learner at a shell of their own, from which they start the tutor.
func (l *learner) atShell(attr *syscall.SysProcAttr) *terminal {
	l.t.Helper()
	cmd := exec.Command("bash", "--norc", "--noprofile", "-i")
	cmd.Env = append(l.env, "PS1="+outerPrompt)
	cmd.SysProcAttr = attr
	l.seat = onTerminal(l.t, cmd, l.columns, l.rows)
	l.seat.waitFor(outerPrompt)
	return l.seat
}

// process is a running process, whoever started it.
type process struct{ pid, fd int }

func findProcess(t *testing.T, pid string) process {
	t.Helper()
	n, err := strconv.Atoi(strings.TrimSpace(pid))
	if err != nil {
		t.Fatalf("reading a process number: %v", err)
	}
	fd, err := unix.PidfdOpen(n, 0)
	if err != nil {
		t.Fatalf("finding the process %d: %v", n, err)
	}
	t.Cleanup(func() { unix.Close(fd) })
	return process{n, fd}
}

// ends waits for the end of the process.
func (p process) ends(t *testing.T) {
	t.Helper()
	p.endsAtKey(t, func() {})
}

// endsAtKey does the same. A shell that the signal met before it read the keyboard finds out at
// the next key, and another shell may be faster to read that one.
func (p process) endsAtKey(t *testing.T, press func()) {
	t.Helper()
	const step = 5 * time.Second
	for waited := time.Duration(0); ; waited += step {
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(p.fd), Events: unix.POLLIN}}, int(step.Milliseconds()))
		if err == unix.EINTR {
			continue
		}
		if err == nil && n == 0 && waited < patience {
			press()
			continue
		}
		if err != nil || n == 0 {
			status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.pid))
			waits, _ := os.ReadFile(fmt.Sprintf("/proc/%d/wchan", p.pid))
			t.Fatalf("the process %d has not ended: %v; it waits in %s\n%s", p.pid, err, waits, status)
		}
		return
	}
}

// A tutor that is killed in the lab takes the lab's shell along, and the next start takes
// up the very exercise: variables, containers, answers and ticks.
func TestKilledInLab(t *testing.T) {
	l := newLearner(t, content.English)
	l.isAt("make-dangling")
	s := l.atShell(nil)
	s.enter("docker-tutor lesson images")
	s.waitFor(labPrompt)
	total, _ := strconv.Atoi(l.lab().Binding.Vars["total"])
	s.enter(fmt.Sprintf("answer %d", total-1)) // so many there are before the learner's own
	s.waitFor("✔ you know how many nameless images")
	s.waitFor(labPrompt)
	name := ownName()
	s.run("docker run -d --name " + name + " busybox sleep 600")
	container := docker(t, "inspect", name)
	pids := strings.Fields(strings.TrimSpace(s.run(`echo $PPID:$$`)))
	tutor, shell, _ := strings.Cut(pids[len(pids)-1], ":")
	theTutor, theShell := findProcess(t, tutor), findProcess(t, shell)
	before := l.lab()

	unix.Kill(theTutor.pid, unix.SIGKILL)
	theTutor.ends(t)
	s.waitFor(outerPrompt)
	theShell.endsAtKey(t, func() { s.press("\r") })
	s.enter("echo the terminal is $((1 + 1)) learners")
	s.waitFor("the terminal is 2 learners")

	s.enter("docker-tutor")
	l.takesFirst()
	s.waitFor(asWords(l.say("lab.resumed")))
	s.waitFor(labPrompt)
	if now := l.lab(); !reflect.DeepEqual(now, before) {
		t.Errorf("the lab is\n%+v\nwas\n%+v", now, before)
	}
	out := s.run("check")
	if !strings.Contains(out, "✔ you know how many nameless images") || !strings.Contains(out, "○ you built this folder") {
		t.Errorf("check says:\n%s", out)
	}
	if now := docker(t, "inspect", name); now != container {
		t.Errorf("the container is\n%s\nwas\n%s", now, container)
	}
	s.enter("docker build -q .")
	s.waitFor("✔ " + l.say("lab.done"))
	s.waitFor(labPrompt)
	s.enter("exit")
	l.takes("pass.title", "pass.leave")
	l.takes("home.title", "home.quit")
	s.waitFor(outerPrompt)
	isGone(t, daemon(t), []sandbox.State{before})
	if out, err := exec.Command("docker", "inspect", name).CombinedOutput(); err == nil {
		t.Errorf("the container is left: %s", out)
	}
	s.enter("exit")
	s.exits(0)
}
