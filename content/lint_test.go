package content

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"docker-tutor/lessons"
)

// readLesson reads testdata/FOLDER/01-cups.yaml and its words. Faults in the words are
// the test's own mistake.
func readLesson(t *testing.T, folder string) (*lessons.Lesson, map[Lang]*Words) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", folder, "01-cups.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	lesson, err := lessons.ParseLesson("01-cups.yaml", data)
	if err != nil {
		t.Fatal(err)
	}
	words := map[Lang]*Words{}
	for _, lang := range Langs() {
		if words[lang], err = LoadWords(os.DirFS(filepath.Join("testdata", folder)), lang, "cups"); err != nil {
			t.Fatal(err)
		}
	}
	return lesson, words
}

func TestLintFindsNothingInGoodWords(t *testing.T) {
	lesson, words := readLesson(t, "good")
	if faults := Lint(lesson, words); len(faults) > 0 {
		t.Errorf("got faults:\n%s", faults)
	}
}

func TestLint(t *testing.T) {
	lesson, words := readLesson(t, "bad")
	golden(t, "bad.faults", Lint(lesson, words).Error()+"\n")
}

func TestLintMissesALanguage(t *testing.T) {
	lesson, words := readLesson(t, "good")
	delete(words, French)
	got := Lint(lesson, words)
	want := lessons.Fault{At: lesson.At, Message: "the lesson has no words in français: write content/fr/cups.md"}
	if len(got) != 1 || got[0] != want {
		t.Errorf("got %v, want %v alone", got, want)
	}
}

// The built-in lessons have all their words, in both languages.
func TestBuiltinWords(t *testing.T) {
	course, err := lessons.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, lesson := range course.Lessons {
		words := map[Lang]*Words{}
		for _, lang := range Langs() {
			w, err := Builtin(lang, lesson.ID)
			if err != nil {
				t.Fatal(err)
			}
			words[lang] = w
		}
		for _, fault := range Lint(lesson, words) {
			t.Error(fault)
		}
	}
}

// The words in French keep the rules that the messages keep.
func TestFrenchWords(t *testing.T) {
	files, err := builtin.ReadDir("fr")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		words, err := Builtin(French, strings.TrimSuffix(file.Name(), ".md"))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range words.Paths() {
			part, _ := words.Part(path)
			_, prose := part.codeBlocks()
			for _, fault := range frenchFaults(part.Title + "\n" + strings.Join(prose, "\n")) {
				t.Errorf("%s: %s", part.At, fault)
			}
		}
	}
}
