package tutor

import (
	"strings"
	"testing"

	"docker-tutor/content"
	"docker-tutor/sandbox/guard"
)

// Every reason for which the guard refuses has words in both languages, with the object in
// them.
func TestRefusalsHaveWords(t *testing.T) {
	for _, lang := range content.Langs() {
		ui := &UI{Lang: lang}
		for _, reason := range guard.Reasons() {
			if words := ui.refusal(reason, "my-own"); strings.Contains(words, "⟨") || !strings.Contains(words, "my-own") {
				t.Errorf("%s in %s: %q", reason, lang, words)
			}
		}
	}
}
