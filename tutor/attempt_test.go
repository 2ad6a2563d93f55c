package tutor

import (
	"io"
	"strings"
	"testing"

	"docker-tutor/sandbox"
)

const tagYAML = `
setup: docker tag busybox NAME:old
checks:
  - id: named
    image: {name: "NAME:v1", same-as: busybox}
  - id: kept
    keep: true
    image: {name: "NAME:old"}
  - id: counted
    answer: {computed: image-names, reference: NAME}
solution: docker tag busybox NAME:v1`

const tagWords = "### Checks {#checks}\n\n- `named` it has a name\n- `kept` the old name is there\n- `counted` you counted\n\n" +
	"### Hints {#hints}\n\n1. First hint.\n2. Second hint.\n3. Third hint.\n"

// Who tries again undoes what was right first: that is said, and is no wrong turn.
func TestUndone(t *testing.T) {
	l, w, name := oneExercise(t, "checks: [{id: up, container: {name: NAME, image: busybox}}, {id: told, answer: {is: [ok]}}]\nsolution: docker create --name NAME busybox",
		"### Checks {#checks}\n\n- `up` it is there\n- `told` you told\n\n### Hints {#hints}\n\n1. First hint.\n2. Second hint.\n3. Third hint.\n")
	a, lab := openAttempt(t, l, w, nil)
	for _, s := range []struct{ run, want string }{
		{"docker create --name " + name + " busybox", "✔ it is there"},
		{"docker rm " + name, "○ it is there"},
		{"docker ps", ""},
	} {
		mustRun(t, lab, s.run)
		if got := say(a, "prompt", "").Text; !strings.Contains(got, s.want) || strings.Contains(got, "✘") || s.want == "" && got != "" {
			t.Errorf("after %s: got\n%s\nwant %q", s.run, got, s.want)
		}
	}
}

// What the set-up left is said once the learner has done the same.
func TestSameFaultAgain(t *testing.T) {
	l, w, name := oneExercise(t, "setup: docker run --name NAME busybox false || true\nchecks: [{id: up, container: {name: NAME, state: running}}]\nsolution: docker rm NAME; docker run -d --name NAME busybox sleep 60",
		"### Checks {#checks}\n\n- `up` it is up\n\n### Hints {#hints}\n\n1. First hint.\n2. Second hint.\n3. Third hint.\n")
	a, lab := openAttempt(t, l, w, nil)
	if got := say(a, "prompt", "").Text; got != "" {
		t.Errorf("at first: got\n%s\nwant nothing", got)
	}
	lab.Run(t.Context(), sandbox.Script{Text: "docker rm " + name + "; docker run --name " + name + " busybox false", Out: io.Discard})
	if got := say(a, "prompt", "").Text; !strings.Contains(got, "✘") {
		t.Errorf("after the same: got %q, want it said", got)
	}
}

// What a person sees before each prompt, from the first wrong turn to the end.
func TestAttempt(t *testing.T) {
	l, w, name := oneExercise(t, tagYAML, tagWords)
	a, lab := openAttempt(t, l, w, nil)
	steps := []struct {
		what, run, word, text string
		want, not             []string
		code                  int
	}{
		{what: "nothing done yet", word: "prompt", not: []string{"✘", "✔"}},
		{what: "the checklist", word: "check", want: []string{"○ it has a name", "✔ the old name is there", "○ you counted"}, code: 1},
		{what: "a wrong tag", run: "docker tag busybox " + name, word: "prompt", want: []string{"✘", "latest", "→ docker images"}},
		{what: "the same wrong turn is not said again", word: "prompt", not: []string{"✘", "✔"}},
		{what: "a wrong number", word: "answer", text: "99", want: []string{"✘", "too many"}, code: 1},
		{what: "the same wrong number is said again, and a hint is offered", word: "answer", text: "99", want: []string{"✘", "Stuck? Type hint."}, code: 1},
		{what: "no word at all", word: "answer", text: " ", want: []string{"answer 42"}, code: 2},
		{what: "a hint", word: "hint", want: []string{"Hint 1 of 3", "First hint."}},
		{what: "the next hint", word: "hint", want: []string{"Hint 2 of 3", "Second hint."}},
		{what: "the right tag", run: "docker tag busybox " + name + ":v1", word: "prompt", want: []string{"✔ it has a name"}},
		{what: "losing what was to be kept", run: "docker rmi " + name + ":old", word: "prompt", want: []string{"✘"}, not: []string{"✔"}},
		{what: "giving it back", run: "docker tag busybox " + name + ":old", word: "prompt", want: []string{"✔ the old name is there"}},
		{what: "losing what was passed", run: "docker rmi " + name + ":v1", word: "prompt", want: []string{"✘"}},
		{what: "the right number, which ends nothing yet", word: "answer", text: "2 names", want: []string{"✔ you counted"}, not: []string{"done"}},
		{what: "an answer that is not wanted any more", word: "answer", text: "2", want: []string{"was right, and is noted"}, code: 2},
		{what: "the end", run: "docker tag busybox " + name + ":v1", word: "prompt", want: []string{"✔ it has a name", "Exercise done"}},
		{what: "after the end nothing is taken back", run: "docker rmi " + name + ":v1", word: "prompt", not: []string{"✘"}},
		{what: "the solution", word: "solution", want: []string{"docker tag busybox " + name + ":v1"}},
		{what: "a word that there is not", word: "frobnicate", want: []string{"frobnicate"}, code: 2},
	}
	for _, s := range steps {
		if s.run != "" {
			mustRun(t, lab, s.run)
		}
		got := say(a, s.word, s.text)
		for _, want := range s.want {
			if !strings.Contains(got.Text, want) {
				t.Errorf("%s: got\n%s\nwant %q in it", s.what, got.Text, want)
			}
		}
		for _, not := range s.not {
			if strings.Contains(got.Text, not) {
				t.Errorf("%s: got\n%s\nwant no %q in it", s.what, got.Text, not)
			}
		}
		if got.Code != s.code {
			t.Errorf("%s: got code %d, want %d", s.what, got.Code, s.code)
		}
		if strings.Contains(got.Text, "⟨") {
			t.Errorf("%s: the words have a hole:\n%s", s.what, got.Text)
		}
	}
}

// A tick comes by itself when the learner's shell waits at its prompt.
func TestTicksComeByThemselves(t *testing.T) {
	l, w, name := oneExercise(t, `
checks:
  - id: named
    image: {name: "NAME:v1", same-as: busybox}
solution: docker tag busybox NAME:v1`, "### Checks {#checks}\n\n- `named` it has a name\n")
	announced := make(chan string, 1)
	a, lab := openAttempt(t, l, w, func(text string) bool {
		announced <- text
		return true
	})
	if err := lab.Engine.ImageTag(t.Context(), sandboxBase, name+":v1"); err != nil {
		t.Fatal(err)
	}
	if got := <-announced; !strings.Contains(got, "✔ it has a name") || !strings.Contains(got, "Exercise done") {
		t.Errorf("announced %q, want the tick and the end", got)
	}
	if got := say(a, "prompt", ""); got.Text != "" {
		t.Errorf("before the next prompt: %q, want nothing said twice", got.Text)
	}
	if !a.Done() {
		t.Error("the exercise is not done")
	}
}

// What is announced while a command runs is said before the next prompt instead.
func TestWhatCannotBeAnnouncedComesWithThePrompt(t *testing.T) {
	l, w, name := oneExercise(t, `
checks:
  - id: named
    image: {name: "NAME:v1", same-as: busybox}
solution: docker tag busybox NAME:v1`, "### Checks {#checks}\n\n- `named` it has a name\n")
	refused := make(chan string, 8)
	a, lab := openAttempt(t, l, w, func(text string) bool {
		refused <- text
		return false
	})
	if err := lab.Engine.ImageTag(t.Context(), sandboxBase, name+":v1"); err != nil {
		t.Fatal(err)
	}
	<-refused
	if got := say(a, "prompt", ""); !strings.Contains(got.Text, "✔ it has a name") || !strings.Contains(got.Text, "Exercise done") {
		t.Errorf("before the next prompt: %q, want the tick and the end", got.Text)
	}
}
