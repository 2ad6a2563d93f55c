//go:build linux

package main

import (
	"os"
	"strings"
	"syscall"
	"testing"

	"docker-tutor/content"
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

// A full disk costs one error and one hint; what was kept before stays, and with room again
// the exercise opens.
func TestFullDisk(t *testing.T) {
	l := newLearner(t, content.English)
	if err := os.MkdirAll(l.home, 0o700); err != nil {
		t.Fatal(err)
	}
	s := l.atShell(ownMounts())
	out := l.shell(`mount -t tmpfs -o size=128k tmpfs "$DOCKER_TUTOR_HOME" && echo it is $((60 + 4))`)
	if !strings.Contains(out, "it is 64") {
		t.Fatalf("no small disk can be mounted; run this test as root, or where user namespaces are allowed:\n%s", out)
	}
	s.enter("docker-tutor")
	l.takesFirst()
	l.takes("reading.title", "reading.leave")
	l.takes("home.title", "home.quit")
	s.waitFor(outerPrompt)
	before := l.shell(`cat "$DOCKER_TUTOR_HOME"/progress.json; echo`)
	if !strings.Contains(before, "what-is-an-image") {
		t.Fatalf("progress holds %s", before)
	}
	l.shell(`cat /dev/zero > "$DOCKER_TUTOR_HOME"/ballast`)
	t.Log(l.shell("docker-tutor lesson images"))
}
