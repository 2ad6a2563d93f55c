//go:build linux

package main

import (
	"fmt"
	"strings"
	"syscall"
	"testing"

	"docker-tutor/content"
	"docker-tutor/progress"
	"docker-tutor/sandbox"
)

// opens opens an exercise of the lesson images.
func (l *learner) opens(step string) *terminal {
	l.t.Helper()
	l.isAt(step)
	l.sits("lesson", "images")
	l.seat.waitFor(labPrompt)
	return l.seat
}

// continues starts the tutor anew and goes on where the menu says.
func (l *learner) continues() *terminal {
	l.t.Helper()
	l.sits()
	l.takesFirst()
	return l.seat
}

// takesFirst takes the first option of the main menu, which goes on with the lesson.
func (l *learner) takesFirst() {
	l.t.Helper()
	l.awaits(l.say("home.title") + " [")
	l.seat.takesKeys()
	l.seat.press(keyEnter)
}

// leavings are the ways to end the tutor at a menu, and the exit code of each.
var leavings = []struct {
	name string
	do   func(*terminal)
	code int
}{
	{"Ctrl-C", func(s *terminal) { s.keys(keyCtrlC) }, 130},
	{"Ctrl-D", func(s *terminal) { s.keys(keyCtrlD) }, 130},
	{"SIGTERM", func(s *terminal) { s.cmd.Process.Signal(syscall.SIGTERM) }, 143},
	{"closed", func(s *terminal) { s.master.Close() }, 129},
}

// A learner may leave at any menu, in any way: the terminal is as it was, and nothing is
// taken for a choice.
func TestLeavingAtMenu(t *testing.T) {
	places := []struct {
		name, step string
		args       []string
		rows       int
		shows      func(*learner) string
	}{
		{"main menu", "names", nil, 50, func(l *learner) string { return l.say("home.title") + " [" }},
		{"reading", "names", []string{"lesson", "images"}, 50, func(l *learner) string { return l.say("reading.title") + " [" }},
		{"half a page", "names", []string{"lesson", "images"}, 12, func(l *learner) string { return "b: back" }},
		{"question", "images-quiz", []string{"lesson", "images"}, 50, func(l *learner) string { return l.say("quiz.choose-several") + " [" }},
	}
	for _, place := range places {
		for _, leaving := range leavings {
			t.Run(place.name+"/"+leaving.name, func(t *testing.T) {
				l := newLearner(t, content.English)
				l.rows = place.rows
				l.isAt(place.step)
				s := l.sits(place.args...)
				s.waitFor(place.shows(l))
				s.takesKeys()
				leaving.do(s)
				s.exits(leaving.code)
				if leaving.name != "closed" {
					s.isFree()
					s.isAsBefore()
				}
				record := l.progress()
				if got := record.Lesson("images").Step(place.step).State; got != "" {
					t.Errorf("the step is %q, want it open", got)
				}
				if got := record.Lesson("images").Answers; len(got) > 0 {
					t.Errorf("answers: %v, want none", got)
				}
				if got := record.Position.Step; got != place.step {
					t.Errorf("the learner is at %q, want %q", got, place.step)
				}
			})
		}
	}
}

// In the lab Ctrl-C is the shell's own: it ends the command, and the lab goes on.
func TestCtrlCInLab(t *testing.T) {
	l := newLearner(t, content.English)
	s := l.opens("list")
	s.enter(`sh -c 'echo run""ning; exec sleep 600'`)
	s.waitFor("running")
	s.press(keyCtrlC)
	s.waitFor(labPrompt)
	if out := s.run("check"); !strings.Contains(out, "○ you know how many names") {
		t.Errorf("check after Ctrl-C says:\n%s", out)
	}
	s.enter("exit")
	l.takes("exit.title", "exit.leave")
	l.awaits(l.say("home.bye"))
	s.exits(0)
}

// While an exercise is being set up, leaving undoes what was set up so far.
func TestLeavingSetup(t *testing.T) {
	for _, leaving := range leavings {
		if leaving.name == "Ctrl-D" { // which means nothing there
			continue
		}
		t.Run(leaving.name, func(t *testing.T) {
			l := newLearner(t, content.English)
			l.isAt("prune")
			s := l.sits("lesson", "images")
			s.waitFor(l.say("lab.preparing"))
			leaving.do(s)
			s.exits(leaving.code)
			if leaving.name != "closed" {
				s.isFree()
				s.isAsBefore()
			}
			if labs := l.labs(); len(labs) > 0 {
				t.Errorf("labs are left: %v", labs)
			}
		})
	}
}

// A terminal that is closed, or a tutor that is told to end, leaves a lab that can be
// taken up: the same variables, objects, answers and ticks.
func TestLeavingLab(t *testing.T) {
	for _, leaving := range leavings[2:] {
		t.Run(leaving.name, func(t *testing.T) {
			l := newLearner(t, content.English)
			s := l.opens("list")
			before := l.lab()
			s.run("answer 99")
			leaving.do(s)
			s.exits(leaving.code)
			if leaving.name != "closed" {
				s.isFree()
				s.isAsBefore()
			}
			s = l.continues()
			s.waitFor(asWords(l.say("lab.resumed")))
			s.waitFor(labPrompt)
			now := l.lab()
			if now.ID != before.ID || fmt.Sprint(now.Binding) != fmt.Sprint(before.Binding) || fmt.Sprint(now.Answers) != "[99]" {
				t.Errorf("the lab is %s %v %v, want %s %v [99]", now.ID, now.Binding, now.Answers, before.ID, before.Binding)
			}
			l.finishes()
			s.exits(0)
		})
	}
}

// finishes solves the exercise that is open by its reference solution, and quits.
func (l *learner) finishes() {
	l.t.Helper()
	lab := l.lab()
	for _, line := range solution(l.t, lab) {
		l.seat.run(line)
	}
	if got := l.step(lab.Step).State; got != progress.Done {
		l.t.Errorf("after the solution the step is %q, want done", got)
	}
	l.seat.enter("exit")
	l.takes("pass.title", "pass.leave")
	if l.fromMenu {
		l.takes("home.title", "home.quit")
	}
}

// Who leaves an exercise unsolved gets a menu with ways on.
func TestExitUnsolved(t *testing.T) {
	l := newLearner(t, content.English)
	s := l.opens("list")
	first := l.lab()
	s.press(keyCtrlD) // the shell's own end of input
	l.takes("exit.title", "exit.hint")
	s.waitFor(l.say("lab.hint", content.Args{"n": 1, "of": 3}))
	s.waitFor("The repository is the first column.")
	l.takes("exit.title", "exit.solution")
	s.waitFor(l.say("lab.solution"))
	s.waitFor("docker images answer " + first.Binding.Vars["n"])
	l.takes("exit.title", "exit.back")
	s.waitFor(labPrompt)
	if now := l.lab(); now.ID != first.ID {
		t.Errorf("back in the shell the lab is %s, want %s", now.ID, first.ID)
	}
	if got := l.step("list"); got.Hints != 1 || !got.Solution {
		t.Errorf("progress holds %+v, want a hint and the solution seen", got)
	}

	s.enter("exit")
	l.takes("exit.title", "exit.reset")
	l.awaits(labPrompt)
	second := l.lab()
	if second.ID == first.ID {
		t.Error("a new attempt has the lab of the first")
	}
	if got := l.step("list"); got.Hints != 0 || got.Solution {
		t.Errorf("after a reset progress holds %+v", got)
	}
	// The second attempt bears the names of the first: what is there must be its own.
	n := len(strings.Fields(docker(t, "images", "-q", second.Binding.Apply("dt-shop"))))
	if want := second.Binding.Vars["n"]; fmt.Sprint(n) != want {
		t.Errorf("%d names after a reset, want %s", n, want)
	}

	s.enter("exit")
	l.takes("exit.title", "exit.skip")
	l.awaits("── Images · page 2 of")
	l.awaits(l.say("reading.title") + " [")
	if got := l.step("list").State; got != progress.Skipped {
		t.Errorf("the step is %q, want skipped", got)
	}
	isGone(t, daemon(t), []sandbox.State{first, second})
	s.takesKeys()
	s.press(keyCtrlC)
	s.exits(130)
}

// Stopping cleans the daemon, or keeps the work for the next time.
func TestStopping(t *testing.T) {
	t.Run("and clean", func(t *testing.T) {
		l := newLearner(t, content.English)
		s := l.opens("full-id")
		lab := l.lab()
		s.run("docker run --name " + ownName() + " busybox true")
		s.enter("exit")
		l.takes("exit.title", "exit.leave")
		l.awaits(l.say("home.bye"))
		s.exits(0)
		s.isAsBefore()
		isGone(t, daemon(t), []sandbox.State{lab})
		if left := l.labs(); len(left) > 0 {
			t.Errorf("labs are left: %v", left)
		}
	})
	for how, code := range map[string]int{"and keep": 0, "by Ctrl-C": 130} {
		t.Run(how, func(t *testing.T) { stopAndGoOn(t, code) })
	}
}

// stopAndGoOn leaves the lab by the menu or, where the exit code says so, by Ctrl-C at it,
// and takes it up again.
func stopAndGoOn(t *testing.T, code int) {
	l := newLearner(t, content.English)
	s := l.opens("list")
	lab := l.lab()
	s.run("echo mine > note.txt")
	s.enter("exit")
	if code == 0 {
		l.takes("exit.title", "exit.keep")
	} else {
		l.awaits(l.say("exit.title") + " [")
		s.takesKeys()
		s.press(keyCtrlC)
	}
	s.waitFor(l.say("home.bye"))
	s.exits(code)
	s.isAsBefore()
	s = l.continues()
	s.waitFor(asWords(l.say("lab.resumed")))
	s.waitFor(labPrompt)
	if now := l.lab(); now.ID != lab.ID {
		t.Errorf("the lab is %s, want %s", now.ID, lab.ID)
	}
	if out := s.run("cat note.txt"); !strings.HasSuffix(out, "mine ") {
		t.Errorf("the learner's file holds %q", out)
	}
	l.finishes()
	s.exits(0)
}
