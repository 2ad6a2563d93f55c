package tutor

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"docker-tutor/content"
)

func lines(typed string) (*lineAsker, *bytes.Buffer) {
	out := &bytes.Buffer{}
	return &lineAsker{in: strings.NewReader(typed), out: out, lang: content.English}, out
}

func TestLineAskerChoose(t *testing.T) {
	for typed, want := range map[string]int{"2\n": 1, "\n": 2, "9\nx\n1\n": 0, " 3 \n": 2} {
		a, out := lines(typed)
		got, err := a.Choose("Which?", []string{"a", "b", "c"}, 2)
		if err != nil || got != want {
			t.Errorf("typed %q: got %d, %v, want %d\n%s", typed, got, err, want, out)
		}
	}
	a, out := lines("7")
	if _, err := a.Choose("Which?", []string{"a"}, 0); !errors.Is(err, ErrInterrupted) {
		t.Errorf("an end without a line: got %v, want ErrInterrupted", err)
	}
	if strings.Contains(out.String(), "\x1b") {
		t.Errorf("escape sequences in plain text: %q", out)
	}
}

func TestLineAskerSeveral(t *testing.T) {
	for typed, want := range map[string][]int{"1 3\n": {0, 2}, "2\n": {1}, "\n0\n1,2\n": {0, 1}} {
		a, _ := lines(typed)
		got, err := a.Several("Which?", []string{"a", "b", "c"})
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("typed %q: got %v, %v, want %v", typed, got, err, want)
		}
	}
}

// What is typed ahead belongs to whoever reads next.
func TestLineAskerReadsNoFurther(t *testing.T) {
	rest := strings.NewReader("first\nsecond\n")
	a := &lineAsker{in: rest, out: &bytes.Buffer{}, lang: content.English}
	if got, err := a.Line("?"); got != "first" || err != nil {
		t.Fatalf("got %q, %v", got, err)
	}
	if rest.Len() != len("second\n") {
		t.Errorf("%d bytes are left, want %d", rest.Len(), len("second\n"))
	}
}

// survey's English gives way to the learner's language, each time it changes, and what does
// not fit the terminal goes on a new line.
func TestMenusSpeakTheLearnersLanguage(t *testing.T) {
	for _, lang := range []content.Lang{content.French, content.English, content.French} {
		a := &menuAsker{lineAsker: &lineAsker{lang: lang}}
		for _, test := range []struct{ template, theirs, id string }{
			{selectTemplate, "[Use arrows to move, type to filter", "ask.keys"},
			{severalTemplate, "[Use arrows to move, space to select,", "ask.keys-several"},
		} {
			m := a.layOut("Which?", a.say(test.id, nil), []string{"this", "that"}, "  ")
			got := m.inOurWords(test.template, test.theirs)
			if strings.Contains(got, "Use arrows") || !strings.Contains(got, "["+lang.Say(test.id, nil)+"]") {
				t.Errorf("in %s the template is\n%s", lang, got)
			}
		}
	}
}

func TestFold(t *testing.T) {
	tests := []struct {
		text   string
		width  int
		indent string
		want   string
	}{
		{"one two three", 0, "", "one two three"},
		{"one two three", 13, "", "one two three"},
		{"one two three", 12, "", "one two\nthree"},
		{"one two three", 7, "  ", "one two\n  three"},
		{"  one two three", 9, "    ", "  one two\n    three"},
		{"one   two", 8, "", "one\ntwo"},
		{"one averylongword two", 6, "", "one\naverylongword\ntwo"},
		{"dix\u00a0% fait", 6, "", "dix\u00a0%\nfait"},
		{"dix ? fait", 4, "", "dix ?\nfait"},
		{"dit « non » et", 8, "", "dit\n« non »\net"},
		{"one two\nthree four", 7, "", "one two\nthree\nfour"},
		{"\x1b[1mone\x1b[0m two", 7, "", "\x1b[1mone\x1b[0m two"},
	}
	for _, test := range tests {
		if got := fold(test.text, test.width, test.indent); got != test.want {
			t.Errorf("%q to %d columns: got %q, want %q", test.text, test.width, got, test.want)
		}
	}
}
