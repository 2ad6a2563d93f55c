package tutor

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"strings"
	"testing"

	"docker-tutor/content"
	"docker-tutor/lessons"
	"docker-tutor/sandbox"
)

// uniqueName gives a dt- name that nobody else on the daemon uses.
func uniqueName(t testing.TB) string {
	t.Helper()
	id := make([]byte, 4)
	rand.Read(id)
	return "dt-tutortest-" + hex.EncodeToString(id)
}

func mustEngine(t testing.TB) *sandbox.Engine {
	t.Helper()
	e, err := sandbox.FindEngine(context.Background())
	if err != nil {
		t.Fatalf("the tests need a Docker Engine (make test brings one): %v", err)
	}
	if _, err := sandbox.EnsureBaseImage(context.Background(), e); err != nil {
		t.Fatalf("the tests need the image %s: %v", sandbox.BaseImage, err)
	}
	return e
}

// oneExercise is a lesson with one exercise, whose YAML is given without its id, and the
// words that it needs. NAME stands for a name of its own.
func oneExercise(t testing.TB, yaml, words string) (*lessons.Lesson, *content.Words, string) {
	t.Helper()
	name := uniqueName(t)
	indented := strings.ReplaceAll(strings.TrimSpace(yaml), "\n", "\n    ")
	text := "id: mini\nminutes: 1\nsteps:\n  - exercise: only\n    " + indented + "\n"
	l, err := lessons.ParseLesson("mini.yaml", []byte(strings.ReplaceAll(text, "NAME", name)))
	if err != nil {
		t.Fatal(err)
	}
	w, faults := content.ParseWords("mini.md", []byte(strings.ReplaceAll("# Mini {#lesson}\n\n## Only {#only}\n\nDo it.\n\n"+words, "NAME", name)))
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	return l, w, name
}

// openAttempt opens a lab for the lesson's only exercise, with an attempt on it.
func openAttempt(t testing.TB, l *lessons.Lesson, w *content.Words, announce func(string) bool) (*Attempt, *sandbox.Lab) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	lab, err := sandbox.Open(ctx, mustEngine(t), t.TempDir(), sandbox.Spec{Lesson: l.ID, Exercise: l.Steps[0].Exercise})
	if err != nil {
		t.Fatal(err)
	}
	ui := &UI{Out: &bytes.Buffer{}, Lang: content.English, Style: content.Plain}
	a := newAttempt(ctx, &Attempt{ui: ui, lab: lab, lesson: l, words: w, announce: announce})
	if err := lab.Serve(ctx, a.Tutor(ctx)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		if _, err := lab.Close(context.Background()); err != nil {
			t.Errorf("cleaning up: %v", err)
		}
	})
	return a, lab
}

// say says a word to the attempt, as the lab's shell would.
func say(a *Attempt, word, text string) sandbox.Reply {
	return a.Handle(context.Background(), sandbox.Request{Word: word, Text: text})
}

func mustRun(t testing.TB, lab *sandbox.Lab, script string) {
	t.Helper()
	var out strings.Builder
	if err := lab.Run(context.Background(), sandbox.Script{Text: script, Out: &out}); err != nil {
		t.Fatalf("running %q: %v\n%s", script, err, out.String())
	}
}
