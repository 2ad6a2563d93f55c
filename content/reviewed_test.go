package content

import (
	"strings"
	"testing"
	"testing/fstest"

	"docker-tutor/lessons"
)

// A translation is stale when the other language changed after the two were compared.
func TestStaleTranslations(t *testing.T) {
	lesson := &lessons.Lesson{ID: "a", Steps: []lessons.Step{{Reading: &lessons.Reading{ID: "r"}}}}
	course := &lessons.Course{Lessons: []*lessons.Lesson{lesson}}
	words := fstest.MapFS{}
	write := func(lang, text string) {
		words[lang+"/a.md"] = &fstest.MapFile{Data: []byte("# A {#lesson}\n\nA.\n\n## R {#r}\n\n" + text + "\n")}
	}
	faults := func() string {
		t.Helper()
		found, err := LintCourse(course, words, nil)
		if err != nil {
			t.Fatal(err)
		}
		var own []string
		for _, f := range found {
			if strings.Contains(f.Message, "reviewed") {
				own = append(own, f.String())
			}
		}
		return strings.Join(own, "\n")
	}
	reviewed := func() {
		t.Helper()
		text, err := Reviewed(course, words, nil)
		if err != nil {
			t.Fatal(err)
		}
		words[ReviewedFile] = &fstest.MapFile{Data: []byte(text)}
	}
	write("en", "One two.")
	write("fr", "Un deux.")
	if got := faults(); got != "" {
		t.Errorf("a course that does not review: %s", got)
	}
	reviewed()
	if got := faults(); got != "" {
		t.Errorf("reviewed a moment ago: %s", got)
	}
	write("en", "One\ntwo.")
	if got := faults(); got != "" {
		t.Errorf("folded otherwise: %s", got)
	}
	const then = "; compare them, then run docker-tutor author reviewed"
	write("en", "One two three.")
	if got, want := faults(), "content/fr/a.md:5:1: the part r was changed in English and not here"+then; got != want {
		t.Errorf("changed in English: got %s, want %s", got, want)
	}
	write("fr", "Un deux trois.")
	if got, want := faults(), "content/en/a.md:5:1: nobody has compared the languages of the part r as it is now"+then; got != want {
		t.Errorf("changed in both: got %s, want %s", got, want)
	}
	reviewed()
	write("fr", "Un, deux, trois.")
	if got, want := faults(), "content/en/a.md:5:1: the part r was changed in français and not here"+then; got != want {
		t.Errorf("changed in French: got %s, want %s", got, want)
	}
}
