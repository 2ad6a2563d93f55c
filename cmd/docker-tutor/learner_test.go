//go:build linux

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"docker-tutor/content"
	"docker-tutor/lessons"
	"docker-tutor/progress"
	"docker-tutor/sandbox"
)

// labPrompt is what the lab's shell shows when it waits for a command.
const labPrompt = "(tutor) images $ "

// learner is a person with a home and a state folder of their own.
type learner struct {
	t    *testing.T
	home string // the tutor's state folder
	env  []string
	lang content.Lang
	seat *terminal // where they sit now

	fromMenu bool // whether they came by the main menu, and go back to it

	columns, rows int
}

// newLearner makes a learner who has not begun. What their labs leave is cleaned up.
func newLearner(t *testing.T, lang content.Lang, env ...string) *learner {
	t.Helper()
	dir := t.TempDir()
	l := &learner{t: t, lang: lang, home: filepath.Join(dir, "state"), columns: 100, rows: 50}
	l.env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "SHELL=/bin/bash", "TERM=xterm-256color", "LANG=C.UTF-8",
		"DOCKER_TUTOR_LANG=" + string(lang), "DOCKER_TUTOR_HOME=" + l.home, noRaceSleep,
	}
	for _, name := range []string{"DOCKER_HOST", "DOCKER_CONFIG", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH"} {
		if value, set := os.LookupEnv(name); set {
			l.env = append(l.env, name+"="+value)
		}
	}
	l.env = append(l.env, env...) // the last of a name counts
	t.Cleanup(l.leave)
	return l
}

// leave ends what still runs, and takes away what labs left.
func (l *learner) leave() {
	if l.seat != nil {
		l.seat.master.Close() // hangs up
		l.seat.cmd.Process.Kill()
		<-l.seat.ended
	}
	if _, errs, code := l.command("clean"); code != 0 {
		l.t.Errorf("docker-tutor clean ended with code %d: %s", code, errs)
	}
	if left, err := filepath.Glob(filepath.Join(l.home, "labs", "*")); err != nil || len(left) > 0 {
		l.t.Errorf("docker-tutor clean has left %v, %v", left, err)
	}
}

// sits starts docker-tutor on a terminal.
func (l *learner) sits(args ...string) *terminal {
	l.t.Helper()
	cmd := exec.Command("docker-tutor", args...)
	cmd.Env = l.env
	l.seat = onTerminal(l.t, cmd, l.columns, l.rows)
	l.fromMenu = len(args) == 0
	return l.seat
}

// command runs docker-tutor without a terminal.
func (l *learner) command(args ...string) (out, errOut string, code int) {
	l.t.Helper()
	cmd := exec.Command("docker-tutor", args...)
	cmd.Env = l.env
	var stderr strings.Builder
	cmd.Stderr = &stderr
	stdout, err := cmd.Output()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		l.t.Fatalf("running docker-tutor %v: %v", args, err)
	}
	return string(stdout), stderr.String(), cmd.ProcessState.ExitCode()
}

// isAt puts a learner who has not begun at a step of the lesson images.
func (l *learner) isAt(step string) {
	l.t.Helper()
	if err := os.MkdirAll(l.home, 0o700); err != nil {
		l.t.Fatal(err)
	}
	record := fmt.Sprintf(`{"format":1,"position":{"lesson":"images","step":%q}}`, step)
	if err := os.WriteFile(filepath.Join(l.home, "progress.json"), []byte(record), 0o600); err != nil {
		l.t.Fatal(err)
	}
}

// progress is what docker-tutor progress tells machines.
func (l *learner) progress() progress.Record {
	l.t.Helper()
	out, errOut, code := l.command("progress", "--json")
	if code != 0 {
		l.t.Fatalf("docker-tutor progress --json ended with code %d: %s", code, errOut)
	}
	var record progress.Record
	if err := json.Unmarshal([]byte(out), &record); err != nil {
		l.t.Fatalf("reading %q: %v", out, err)
	}
	return record
}

// step is what became of a step of the lesson images.
func (l *learner) step(id string) progress.Step {
	l.t.Helper()
	return l.progress().Lesson("images").Step(id)
}

// labs reads the state of every lab there is.
func (l *learner) labs() []sandbox.State {
	l.t.Helper()
	files, err := filepath.Glob(filepath.Join(l.home, "labs", "*", "lab.json"))
	if err != nil {
		l.t.Fatal(err)
	}
	states := make([]sandbox.State, len(files))
	for i, file := range files {
		data, err := os.ReadFile(file)
		if err == nil {
			err = json.Unmarshal(data, &states[i])
		}
		if err != nil {
			l.t.Fatalf("reading the lab %s: %v", file, err)
		}
	}
	return states
}

// lab is the one lab there is.
func (l *learner) lab() sandbox.State {
	l.t.Helper()
	labs := l.labs()
	if len(labs) != 1 {
		l.t.Fatalf("%d labs, want 1", len(labs))
	}
	return labs[0]
}

// say gives a message in the learner's language.
func (l *learner) say(id string, args ...content.Args) string {
	return l.lang.Say(id, append(args, nil)[0])
}

// imagesLesson is the lesson that all these tests play.
func imagesLesson(t *testing.T) *lessons.Lesson {
	t.Helper()
	course, err := lessons.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	return course.Lesson("images")
}

// exercise is an exercise of the lesson as a lab has bound it.
func exercise(t *testing.T, lab sandbox.State) *lessons.Exercise {
	t.Helper()
	for _, step := range imagesLesson(t).Steps {
		if step.ID() == lab.Step {
			return lessons.Bind(step.Exercise, lab.Binding)
		}
	}
	t.Fatalf("no exercise is called %q", lab.Step)
	return nil
}

// solution gives the reference solution of an open exercise, line by line.
func solution(t *testing.T, lab sandbox.State) []string {
	t.Helper()
	return strings.Split(strings.TrimSpace(exercise(t, lab).Solution), "\n")
}
