package lessons

import (
	"slices"
	"strings"
	"testing"
)

// Every fact is proved by an exercise or a question, and every error put right somewhere.
func TestCoverage(t *testing.T) {
	course, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, missing := range course.Uncovered() {
		t.Error(missing)
	}
	if n := len(Facts()); n != 194+45 {
		t.Errorf("%d facts, want 194 and 45 errors", n)
	}
}

// A reading alone proves nothing, and puts an error right all the same.
func TestUncovered(t *testing.T) {
	course := &Course{Lessons: []*Lesson{{ID: "a", Steps: []Step{
		{Reading: &Reading{ID: "r", Covers: []string{"S-001"}, Refutes: []string{"E-01"}}},
		{Exercise: &Exercise{ID: "x", Covers: []string{"S-002"}}},
		{Quiz: &Quiz{ID: "q", Questions: []Question{{ID: "one", Covers: []string{"S-003", "S-999"}}}}},
	}}}}
	missing := strings.Join(course.Uncovered(), "\n")
	for number, want := range map[string]bool{"S-001": true, "S-002": false, "S-003": false, "E-01": false, "E-02": true} {
		if got := strings.Contains(missing, number+" ("); got != want {
			t.Errorf("%s missing: %t, want %t", number, got, want)
		}
	}
	if want := "S-999, which a/q/one claims, is not among the facts"; !slices.Contains(course.Uncovered(), want) {
		t.Errorf("got %s, want %q in it", missing, want)
	}
}
