package lessons

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
)

// leaks are the ways in which the workings would show in a message.
var leaks = []string{"lessons.", "map[", "reflect", "!!", "*yaml", "node", "panic", "%!"}

var faultLine = regexp.MustCompile(`^x\.yaml(:\d+:\d+)?: \S`)

// FuzzParseLesson reads anything. It must not panic, and say what is wrong in words;
// what it accepts, the lint and the binding must stand.
func FuzzParseLesson(f *testing.F) {
	for _, pattern := range []string{"testdata/yaml/*.yaml", "testdata/decode/*.yaml", "testdata/lint/*/*.yaml", "*.yaml"} {
		for _, file := range glob(f, pattern) {
			f.Add(read(f, file))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		lesson, err := ParseLesson("x.yaml", data)
		if err == nil {
			use(t, lesson, data)
			return
		}
		var faults Faults
		if !errors.As(err, &faults) || lesson != nil {
			t.Fatalf("got %v and %v, want only faults", lesson, err)
		}
		plain(t, faults, data)
	})
}

// use does to an accepted lesson what the tutor does.
func use(t *testing.T, lesson *Lesson, data []byte) {
	course := &Course{Lessons: []*Lesson{lesson}}
	plain(t, Lint(course, Known{Diagnoses: []string{"image-missing"}}), data)
	for _, ex := range exercises(course) {
		some := func(name string) bool { return len(name)%2 == 0 }
		b, err := Choose(ex, some, func(port int) bool { return port%2 == 0 }, rand.New(rand.NewPCG(1, 1)))
		if err != nil {
			continue
		}
		if bound := Bind(ex, b); bound.ID != ex.ID || len(bound.Checks) != len(ex.Checks) {
			t.Errorf("got %+v from %+v, want the same ids", bound, ex)
		}
	}
}

// plain asserts that each fault is one line with its place, in the reader's words.
func plain(t *testing.T, faults Faults, data []byte) {
	lines := strings.Split(string(data), "\n")
	for _, fault := range faults {
		line := fault.String()
		if !faultLine.MatchString(line) || strings.ContainsAny(line, "\n\x1b") {
			t.Errorf("got %q, want one line that begins with its place", line)
		}
		if fault.At.Line > len(lines) {
			t.Errorf("got %q, want a line of the file, which has %d", line, len(lines))
		}
		for _, leak := range leaks {
			// What the file itself says may be quoted.
			if strings.Contains(line, leak) && !bytes.Contains(data, []byte(leak[:2])) && !bytes.ContainsRune(data, '\\') {
				t.Errorf("got %q, want no %q in it", line, leak)
			}
		}
	}
}
