package content

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// catalogueFaults compares two catalogues and holds each text to the rules of its
// language and of its kind.
func catalogueFaults(en, fr map[string]string) []string {
	var faults []string
	all := maps.Clone(en)
	maps.Copy(all, fr)
	for _, id := range slices.Sorted(maps.Keys(all)) {
		e, inEnglish := en[id]
		f, inFrench := fr[id]
		switch {
		case !inEnglish:
			faults = append(faults, id+": not in English")
		case !inFrench:
			faults = append(faults, id+": not in French")
		case !slices.Equal(placeholders(e), placeholders(f)):
			faults = append(faults, fmt.Sprintf("%s: placeholders %v in English, %v in French", id, placeholders(e), placeholders(f)))
		}
		for _, text := range []string{e, f} {
			for _, fault := range textFaults(id, text) {
				faults = append(faults, id+": "+fault)
			}
		}
		for _, fault := range frenchFaults(f) {
			faults = append(faults, id+": "+fault)
		}
	}
	return faults
}

// placeholders gives the names that a text uses, sorted, each once. Where a language
// has a plural and the other has none, the names are the same all the same.
func placeholders(text string) []string {
	names := map[string]bool{}
	for {
		start, p := nextPlaceholder(text)
		if start < 0 {
			return slices.Sorted(maps.Keys(names))
		}
		names[p.name] = true
		text = text[start+len(p.source):]
	}
}

func textFaults(id, text string) []string {
	var faults []string
	if strings.ContainsFunc(strings.ReplaceAll(text, "\t", ""), forbidden) {
		faults = append(faults, "a forbidden character")
	}
	short := strings.HasPrefix(id, "error.") || strings.HasPrefix(id, "hint.")
	if short && strings.HasSuffix(text, ".") && !strings.HasSuffix(text, "...") {
		faults = append(faults, "a period at the end of an error or a hint")
	}
	return faults
}

var (
	notProse = regexp.MustCompile("`[^`]*`|sha256:|\\{[^{}]*\\}|https?://[^\\s]*[^\\s.,;:!?)»]")
	familiar = regexp.MustCompile(`(?i)(^|[^\p{L}\p{N}_-])(tu|te|ton|ta|tes|toi|t['’]\p{L}+)($|[^\p{L}\p{N}_-])`)
	noSpace  = regexp.MustCompile(`[^\x{a0}\x{202f}?!]([;:!?»])(\s|$|[.,)\x{a0}\x{202f}])`)
	noOpen   = regexp.MustCompile(`«[^\x{a0}\x{202f}]|«$`)
)

// frenchFaults holds a French text to vous, and to no-break spaces beside : ; ! ? « ».
func frenchFaults(text string) []string {
	var faults []string
	prose := notProse.ReplaceAllString(text, "x")
	if m := familiar.FindStringSubmatch(prose); m != nil {
		faults = append(faults, fmt.Sprintf("%q: a learner is vous", m[2]))
	}
	if m := noSpace.FindStringSubmatch(prose); m != nil {
		faults = append(faults, fmt.Sprintf("no no-break space before %q in %q", m[1], text))
	}
	if noOpen.MatchString(prose) {
		faults = append(faults, fmt.Sprintf("no no-break space after « in %q", text))
	}
	return faults
}

func TestCatalogues(t *testing.T) {
	for _, fault := range catalogueFaults(messagesEN, messagesFR) {
		t.Errorf("messages: %s", fault)
	}
	for _, fault := range catalogueFaults(diagnosesEN, diagnosesFR) {
		t.Errorf("diagnoses: %s", fault)
	}
	for id := range diagnosesEN {
		if _, both := messagesEN[id]; both {
			t.Errorf("the id %s is a message's and a diagnosis's", id)
		}
	}
	if len(messagesEN) == 0 || len(diagnosesEN) == 0 {
		t.Error("a catalogue is empty")
	}
}

// The rules above find what they are there to find.
func TestCatalogueFaults(t *testing.T) {
	for _, c := range []struct{ id, en, fr, want string }{
		{"a", "", "", ""},
		{"a", "{n} {n:image|images}", "{n} {n:image|images}", ""},
		{"a", "{name}", "{nom}", "a: placeholders [name] in English, [nom] in French"},
		{"a", "{n:a|b}", "{n}", ""},
		{"a", "{n:a|b}", "b", "a: placeholders [n] in English, [] in French"},
		{"error.a", "it broke.", "cassé", "error.a: a period at the end of an error or a hint"},
		{"hint.a", "try again", "réessayez.", "hint.a: a period at the end of an error or a hint"},
		{"a", "wait...", "attendez...", ""},
		{"a", "a\x1b[m", "a", "a: a forbidden character"},
		{"a", "", "Tu peux", `a: "Tu": a learner is vous`},
		{"a", "", "dans ta fenêtre", `a: "ta": a learner is vous`},
		{"a", "", "il t'attend", `a: "t'attend": a learner is vous`},
		{"a", "", "docker-tu, arrête, été, tuteur, `tu`, doit-on", ""},
		{"a", "", "Prêt ?", `a: no no-break space before "?" in "Prêt ?"`},
		{"a", "", "Prêt?", `a: no no-break space before "?" in "Prêt?"`},
		{"a", "", "ici: `x`", `a: no no-break space before ":" in "ici: ` + "`x`" + `"`},
		{"a", "", "un « mot\u00a0»", `a: no no-break space after « in "un « mot\u00a0»"`},
		{"a", "", "un «\u00a0mot »", `a: no no-break space before "»" in "un «\u00a0mot »"`},
		{"a", "", "dt-web:1.0 à 12:30, https://x.example/a:b, vraiment\u00a0?! «\u00a0oui\u00a0»\u00a0; `a: b`", ""},
	} {
		got := strings.Join(catalogueFaults(map[string]string{c.id: c.en}, map[string]string{c.id: c.fr}), "\n")
		if c.en == "" { // these are about the French text alone
			got = strings.Join(catalogueFaults(map[string]string{c.id: c.fr}, map[string]string{c.id: c.fr}), "\n")
		}
		if got != c.want {
			t.Errorf("%q, %q:\n got %s\nwant %s", c.en, c.fr, got, c.want)
		}
	}
	missing := catalogueFaults(map[string]string{"a": "x"}, map[string]string{"b": "x"})
	if want := []string{"a: not in French", "b: not in English"}; !slices.Equal(missing, want) {
		t.Errorf("got %v, want %v", missing, want)
	}
}
