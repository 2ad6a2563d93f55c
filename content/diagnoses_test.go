package content

import (
	"maps"
	"slices"
	"testing"

	"docker-tutor/checker"
)

// TestDiagnosesHaveWords asserts that each language has words for every diagnosis and
// phrase of the checker, for nothing else, and with just the arguments that come.
func TestDiagnosesHaveWords(t *testing.T) {
	want := map[string][]string{}
	for _, id := range checker.KnownDiagnoses() {
		want["diagnosis."+id] = checker.DiagnosisArgs(id)
	}
	for _, p := range checker.KnownPhrases() {
		want["phrase."+string(p)] = nil
	}
	for lang, words := range map[Lang]map[string]string{English: diagnosesEN, French: diagnosesFR} {
		for _, id := range slices.Sorted(maps.Keys(want)) {
			text := words[id]
			if text == "" {
				t.Errorf("%s: no words for %s", lang, id)
			} else if got := placeholders(text); !slices.Equal(got, want[id]) {
				t.Errorf("%s: %s: got the placeholders %v, want %v", lang, id, got, want[id])
			}
		}
		for id := range words {
			if _, ok := want[id]; !ok {
				t.Errorf("%s: words for %s, which the checker does not know", lang, id)
			}
		}
	}
}
