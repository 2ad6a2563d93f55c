package content

import (
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"docker-tutor/lessons"
)

func TestParts(t *testing.T) {
	w := mustParse(t, "testdata/good/en/cups.md")
	want := []string{"lesson", "what", "stop", "stop/checks", "stop/hints", "stop/mistakes", "stop/after",
		"cups-quiz", "cups-quiz/where", "cups-quiz/how-many"}
	if !slices.Equal(w.Paths(), want) {
		t.Errorf("got paths %v\nwant %v", w.Paths(), want)
	}
	p, ok := w.Part("what")
	if !ok || p.Title != "What is a cup?" || p.At != (lessons.Pos{File: "testdata/good/en/cups.md", Line: 5, Col: 1}) {
		t.Errorf("got %v %q at %s", ok, p.Title, p.At)
	}
	if !strings.HasPrefix(p.Text, "A cup, with") || !strings.HasSuffix(p.Text, "docker stop dt-cup\n```") {
		t.Errorf("got the text %q", p.Text)
	}
	for _, keeps := range []string{"### A heading without an id", "# a comment"} {
		if !strings.Contains(p.Text, keeps) {
			t.Errorf("got no %q in %q", keeps, p.Text)
		}
	}
	if _, ok := w.Part("checks"); ok {
		t.Error("got a part without the step before it")
	}
}

func TestItems(t *testing.T) {
	w := mustParse(t, "testdata/good/en/cups.md")
	file := "testdata/good/en/cups.md"
	for path, want := range map[string][]Item{
		"stop/checks": {
			{ID: "stopped", Text: "the cup is stopped", At: lessons.Pos{File: file, Line: 26, Col: 1}},
			{ID: "told", Text: "you said how many cups", More: "there are", At: lessons.Pos{File: file, Line: 27, Col: 1}},
		},
		"stop/hints": {
			{ID: "1", Text: "Think.", At: lessons.Pos{File: file, Line: 32, Col: 1}},
			{ID: "2", Text: "Look:", More: "```sh\ndocker ps\n```", At: lessons.Pos{File: file, Line: 33, Col: 1}},
			{ID: "3", Text: "Type `docker stop dt-cup`.", At: lessons.Pos{File: file, Line: 38, Col: 1}},
		},
		"cups-quiz/where": {
			{ID: "here", Text: "On the table", More: "You see it.", At: lessons.Pos{File: file, Line: 54, Col: 1}},
			{ID: "there", Text: "In the cupboard", More: "That one is empty.", At: lessons.Pos{File: file, Line: 56, Col: 1}},
		},
	} {
		if p, _ := w.Part(path); !slices.Equal(p.Items, want) {
			t.Errorf("%s: got %+v\nwant %+v", path, p.Items, want)
		}
	}
	p, _ := w.Part("cups-quiz/where")
	if p.Lead != "Where is the cup?" {
		t.Errorf("got the lead %q", p.Lead)
	}
	checks, _ := w.Part("stop/checks")
	told, ok := checks.Item("told")
	if want := "you said how many cups\nthere are"; !ok || told.Whole() != want {
		t.Errorf("got %v %q, want %q", ok, told.Whole(), want)
	}
	if _, ok := checks.Item("tolled"); ok {
		t.Error("got an item that is not there")
	}
}

func TestParseWordsFaults(t *testing.T) {
	const start = "# T {#lesson}\n\nx\n\n"
	for _, c := range []struct{ name, doc, want string }{
		{"good", start + "## A {#a}\n\n### B {#b}\n#### C {#c}\n## D {#d}\n### B {#b}\n", ""},
		{"CR LF and a byte order mark", "\ufeff" + strings.ReplaceAll(start, "\n", "\r\n"), ""},
		{"a heading in a fence", start + "~~~~md\n## A {#a}\n~~~\n```\n~~~~\n", ""},
		{"code in an item", start + "- x\n\n    ```\n# y {#z}\n    ```\n", ""},
		{"empty", "", "f:1:1: the document starts with its title: # Title {#lesson}"},
		{"text first", "x\n" + start, "f:1:1: the document starts with its title: # Title {#lesson}"},
		{"step first", "## A {#a}\n", "f:1:1: the document starts with its title: # Title {#lesson}"},
		{"two titles", start + "# U {#lesson}\n", "f:5:1: # is for the first line alone: # Title {#lesson}; a step is ## Title {#step}"},
		{"other title id", "# T {#cups}\n", "f:1:1: # is for the first line alone: # Title {#lesson}; a step is ## Title {#step}"},
		{"no id", start + "## A\n", "f:5:1: a heading of this level opens a part and needs an id: ## A {#some-id}"},
		{"bad id", start + "## A {#A b}\n", `f:5:1: the id "A b" is not lower-case letters, digits and hyphens`},
		{"no title", start + "## {#a}\n", "f:5:1: the heading has no title"},
		{"part without a step", start + "### A {#a}\n", "f:5:1: a part needs a step above it: ## Title {#step}"},
		{"twice", start + "## A {#a}\n## B {#a}\n", "f:6:1: the part a is already there, at line 5"},
		{"open fence", start + "```sh\n## A {#a}\n``\n", "f:5:1: this code block is never closed"},
		{"control character", start + "ab\x1b[31m\n", "f:5:3: the character U+001B is invisible or steers the terminal; remove it"},
		{"reading direction", start + "é\u202eab\n", "f:5:2: the character U+202E is invisible or steers the terminal; remove it"},
		{"private character", start + "\ue000\n", "f:5:1: the character U+E000 is invisible or steers the terminal; remove it"},
		{"tab", start + "a\tb\n", "f:5:2: a tab; use spaces"},
		{"not UTF-8", start + "a\xff\n", "f:5:2: this is not UTF-8"},
		{"replacement character", start + "\ufffd\n", ""},
		{"in order", start + "## A\n\x07\n## B\n", "f:5:1: a heading of this level opens a part and needs an id: ## A {#some-id}\n" +
			"f:6:1: the character U+0007 is invisible or steers the terminal; remove it\n" +
			"f:7:1: a heading of this level opens a part and needs an id: ## B {#some-id}"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, faults := ParseWords("f", []byte(c.doc)); faults.Error() != c.want {
				t.Errorf("got  %s\nwant %s", faults, c.want)
			}
		})
	}
}

func TestWordsAreBounded(t *testing.T) {
	const start = "# T {#lesson}\n"
	fits := start + strings.Repeat("x", maxWords-len(start))
	if _, faults := ParseWords("f", []byte(fits)); len(faults) > 0 {
		t.Errorf("got %s for %d bytes", faults, len(fits))
	}
	_, err := LoadWords(fstest.MapFS{"en/l.md": {Data: []byte(fits + "x")}}, English, "l")
	if want := "en/l.md: more than 512 KiB of words; split the lesson"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestLoadWordsMissing(t *testing.T) {
	_, err := LoadWords(fstest.MapFS{}, French, "cups")
	if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), `loading the words of lesson "cups" in français`) {
		t.Errorf("got %v", err)
	}
}

func mustParse(t *testing.T, file string) *Words {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	w, faults := ParseWords(file, data)
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	return w
}
