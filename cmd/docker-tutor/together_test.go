//go:build linux

package main

import (
	"strings"
	"testing"

	"docker-tutor/content"
	"docker-tutor/progress"
)

// docker-tutor check in a second terminal tells how far the exercise in the first is.
func TestCheckElsewhere(t *testing.T) {
	l := newLearner(t, content.English)
	if _, errOut, code := l.command("check"); code != 1 || !strings.Contains(errOut, "no exercise is open") {
		t.Errorf("without an exercise: code %d, %q", code, errOut)
	}
	s := l.opens("tag")
	bind := l.lab().Binding.Apply
	out, errOut, code := l.command("check")
	want := bind(" ○ dt-bakery:stable is another name of dt-cake:{{.new}}\n")
	if code != 1 || !strings.Contains(out, want) || strings.Contains(out, "\x1b") || errOut != "" {
		t.Errorf("with the exercise open: code %d, %q, %q, want code 1 and %q", code, out, errOut, want)
	}
	s.enter(bind("docker tag dt-cake:{{.new}} dt-bakery:stable"))
	s.waitFor("✔ " + l.say("lab.done"))
	s.waitFor(labPrompt)
	out, errOut, code = l.command("check")
	if code != 0 || !strings.Contains(out, "✔ "+l.say("lab.done")) || errOut != "" {
		t.Errorf("with the exercise done: code %d, %q, %q", code, out, errOut)
	}
	s.enter("exit")
	l.takes("pass.title", "pass.leave")
	s.exits(0)
	if _, _, code := l.command("check"); code != 1 {
		t.Errorf("after the exercise: code %d, want 1", code)
	}
}

// Two tutors of one learner, at the same exercise and beyond, lose nothing of what either
// marks.
func TestTwoAtOnce(t *testing.T) {
	l := newLearner(t, content.English)
	a := l.opens("list")
	first := l.lab()
	other := *l // in a second terminal
	b := other.sits("lesson", "images")
	t.Cleanup(func() { b.master.Close(); b.cmd.Process.Kill(); <-b.ended })
	b.waitFor(labPrompt)

	a.run("hint")
	b.run("answer 99")
	a.run("hint")
	b.run("answer 98")
	b.enter("exit")
	other.takes("exit.title", "exit.skip")
	a.run("docker images")
	a.run("answer " + first.Binding.Vars["n"])
	other.takes("reading.title", "reading.next")
	a.enter("exit")
	l.takes("pass.title", "pass.next")
	other.takes("reading.title", "reading.leave")
	b.exits(0)
	l.takes("reading.title", "reading.leave")
	a.exits(0)

	steps := l.progress().Lesson("images").Steps
	if got := steps["list"]; got.State != progress.Done || got.Hints != 2 || got.Tries != 2 {
		t.Errorf("the exercise that both played: %+v, want it done, with 2 hints of the one and 2 tries of the other", got)
	}
	if got := steps["names"]; got.State != progress.Done {
		t.Errorf("the page that the other read: %+v", got)
	}
	if labs := l.labs(); len(labs) > 0 {
		t.Errorf("labs are left: %v", labs)
	}
}
