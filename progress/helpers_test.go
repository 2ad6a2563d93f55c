package progress

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// children are what the test binary does when it is run again as another process.
// Each gets a folder as its only argument.
var children = map[string]func(dir string) error{}

const childVar = "DT_PROGRESS_CHILD"

func TestMain(m *testing.M) {
	do := children[os.Getenv(childVar)]
	if do == nil {
		os.Exit(m.Run())
	}
	if err := do(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// child prepares a process that does what children has under that name.
func child(t *testing.T, name, dir string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), self, dir)
	c.Env = append(os.Environ(), childVar+"="+name,
		"GORACE=atexit_sleep_ms=0") // the race detector would wait a second at the end
	return c
}

func open(t testing.TB, dir string) *Store {
	t.Helper()
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func read(t testing.TB, s *Store) Record {
	t.Helper()
	r, err := s.Read()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func update(t testing.TB, s *Store, change func(*Record)) Record {
	t.Helper()
	r, err := s.Update(func(r *Record) error { change(r); return nil })
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func put(t testing.TB, dir, name, content string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func content(t testing.TB, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// names lists the folder, sorted.
func names(t testing.TB, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}

// grown is a record of somebody who did the whole course: 18 lessons of 11 steps,
// and 5 questions in each, answered as often as is kept.
func grown(r *Record) {
	for l := range 18 {
		lesson := fmt.Sprintf("lesson-%d", l)
		for s := range 11 {
			step := fmt.Sprintf("step-%d", s)
			r.AddTry(lesson, step, at(1))
			r.Hint(lesson, step, 2, at(1))
			r.Done(lesson, step, at(2))
		}
		for q := range 5 * maxAnswers {
			r.AnswerQuestion(lesson, "quiz", fmt.Sprintf("question-%d", q%5), q%2 == 0, at(q))
		}
	}
	r.At("lesson-17", "step-10", at(100))
}
