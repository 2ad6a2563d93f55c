package lessons

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

// parse reads a lesson that must be right.
func parse(t *testing.T, src string) *Lesson {
	t.Helper()
	lesson, err := ParseLesson("01-small.yaml", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	return lesson
}

func TestDecodeFillsTheModel(t *testing.T) {
	lesson := parse(t, `id: small
after: [a, b]
minutes: 5
steps:
  - reading: one
  - exercise: two
    vars: {tag: {pick: [1.0, 2.10, 0x1F, true, 2001-01-01]}, web: {port: 8080}}
    files: {1: "a\tb", b.txt: ''}
    checks:
      - id: state
        edge: true
        container: {name: dt-a, exit-code: 0, command: [echo, 1], env: {A: 1, B: yes}}
      - id: count
        images: {dangling: false, max: 0}
    solution: |
      docker ps
    mistakes:
      - {run: a, fails: state, says: b, when: {image: {name: dt-a}}}
`)
	at := func(line, col int) Pos { return Pos{"01-small.yaml", line, col} }
	zero, no := 0, false
	want := &Lesson{At: at(1, 1), ID: "small", After: []string{"a", "b"}, Minutes: 5, Steps: []Step{
		{At: at(5, 5), Reading: &Reading{At: at(5, 5), ID: "one"}},
		{At: at(6, 5), Exercise: &Exercise{At: at(6, 5), ID: "two",
			Vars: map[string]Var{
				"tag": {At: at(7, 17), Pick: []string{"1.0", "2.10", "0x1F", "true", "2001-01-01"}},
				"web": {At: at(7, 67), Port: 8080},
			},
			Files: map[string]string{"1": "a\tb", "b.txt": ""},
			Checks: []Check{
				{At: at(10, 9), ID: "state", Edge: true, Statement: Statement{Container: &Container{At: at(12, 20), Name: "dt-a",
					ExitCode: &zero, Command: []string{"echo", "1"}, Env: map[string]string{"A": "1", "B": "yes"}}}},
				{At: at(13, 9), ID: "count", Statement: Statement{Images: &Images{At: at(14, 17), Dangling: &no, Max: &zero}}},
			},
			Solution: "docker ps\n",
			Mistakes: []Mistake{{At: at(18, 9), Run: "a", Fails: []string{"state"}, Says: "b",
				When: &Probe{At: at(18, 47), Statement: Statement{Image: &Image{At: at(18, 55), Name: "dt-a"}}}}},
		}},
	}}
	lesson.source = nil
	if !reflect.DeepEqual(lesson, want) {
		got, _ := json.MarshalIndent(lesson, "", " ")
		want, _ := json.MarshalIndent(want, "", " ")
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestForbiddenCharacters has them in a Go file, where an editor shows them.
func TestForbiddenCharacters(t *testing.T) {
	at := "x.yaml:2:6: "
	steers := func(code string) string {
		return at + "the character " + code + " is invisible or steers the terminal; remove it"
	}
	tests := []struct{ name, character, want string }{
		{"escape", "\x1b", steers("U+001B")},
		{"null", "\x00", steers("U+0000")},
		{"delete", "\x7f", steers("U+007F")},
		{"next line", "\u0085", steers("U+0085")},
		{"C1", "\u009b", steers("U+009B")},
		{"bidi override", "\u202e", steers("U+202E")},
		{"bidi isolate", "\u2066", steers("U+2066")},
		{"line separator", "\u2028", steers("U+2028")},
		{"lone carriage return", "\rb", steers("U+000D")},
		{"byte order mark inside", "\ufeff", steers("U+FEFF")},
		{"replacement character", "\ufffd", steers("U+FFFD")},
		{"not UTF-8", "\xff", at + "this is not UTF-8; save the file as UTF-8"},
		{"Latin-1", "\xe9", at + "this is not UTF-8; save the file as UTF-8"},
		{"accents, joiners and tabs are fine", "é\u200d\t", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := ParseLesson("x.yaml", []byte("id: small\n# é: "+test.character+"!\nminutes: 5\nsteps: [{reading: a}]\n"))
			got := ""
			if err != nil {
				got = err.Error()
			}
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestReadingGoesOnAfterForbiddenCharacters(t *testing.T) {
	_, err := ParseLesson("x.yaml", []byte("id: sm\u202eall\nminutes: 0\r\nsteps: [{reading: \"\xff\"}]\n"))
	want := "x.yaml:1:7: the character U+202E is invisible or steers the terminal; remove it\n" +
		"x.yaml:2:10: a number of at least 1 is wanted here, this is 0\n" +
		"x.yaml:3:20: this is not UTF-8; save the file as UTF-8"
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}

func TestWindowsFileIsRead(t *testing.T) {
	lesson := parse(t, "\ufeff"+strings.ReplaceAll(smallest, "\n", "\r\n"))
	course := &Course{Lessons: []*Lesson{lesson}}
	if faults := Lint(course, Known{}); len(faults) > 0 {
		t.Errorf("got %v, want no fault", faults)
	}
}

// TestBombs reads files that are made to be slow or deep.
func TestBombs(t *testing.T) {
	tests := []struct{ name, src, want string }{
		{"aliases", "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n", "x.yaml:1:4: " + noAnchors},
		{"lists", "id: " + strings.Repeat("[", 200) + strings.Repeat("]", 200), "x.yaml:1:28: this is nested too deep; no lesson needs more than 24 levels"},
		{"very many lists", strings.Repeat("[", maxFile), "x.yaml:1:1: this is not YAML: exceeded max depth of 10000"},
		{"mappings", strings.Repeat("{a: ", 200) + strings.Repeat("}", 200), "x.yaml:1:97: this is nested too deep; no lesson needs more than 24 levels"},
		{"indents", strings.Repeat("- ", 200) + "a", "x.yaml:1:49: this is nested too deep; no lesson needs more than 24 levels"},
		{"one long line", "id: [" + strings.Repeat("a,", maxFile/2-4) + "]", "x.yaml:1:1: the key \"minutes\""},
		{"a long key", strings.Repeat("a", 1000) + ": b", "x.yaml:1:1: the key \"id\" is missing here"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := ParseLesson("x.yaml", []byte(test.src))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %.300v, want %s", err, test.want)
			}
		})
	}
}

// TestPlacesInTexts tells where a line and a column of a text stand in the file.
func TestPlacesInTexts(t *testing.T) {
	tests := []struct{ name, yaml, mark string }{
		{"block", "|\n      echo\n\n        é {{.x}}\n", "{{.x}}"},
		{"block with a sign", "|-\n      {{.x}}", "{{.x}}"},
		{"block with its own indent", "|2\n\n        {{.x}}", "{{.x}}"},
		{"block after blank lines", "|\n\n\n      a\n      b {{.x}}", "{{.x}}"},
		{"plain", "echo é {{.x}}", "{{.x}}"},
		{"single quotes", "'echo é {{.x}}'", "{{.x}}"},
		{"double quotes", `"echo é {{.x}}"`, "{{.x}}"},
		{"escapes", `"echo \t {{.x}}"`, `"echo`},
		{"folded", ">\n      echo\n      {{.x}}", ">"},
		{"folded plain", "echo\n      {{.x}}", "echo"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			src := "id: small\nminutes: 5\nsteps:\n  - exercise: a\n    checks: [{id: a, answer: {is: [a]}}]\n    solution: " + test.yaml
			line, col := placeAt(src, strings.LastIndex(src, test.mark))
			want := Fault{Pos{"01-small.yaml", line, col}, "there is no variable {{.x}} here; declare it under vars"}
			for _, got := range Lint(&Course{Lessons: []*Lesson{parse(t, src)}}, Known{}) {
				if got == want {
					return
				}
			}
			t.Errorf("got %v, want %v among them", Lint(&Course{Lessons: []*Lesson{parse(t, src)}}, Known{}), want)
		})
	}
}

func TestNearest(t *testing.T) {
	tests := []struct {
		word  string
		among []string
		want  string
	}{
		{"contianer", []string{"container", "image"}, "container"},
		{"IMAGE", []string{"container", "image"}, "image"},
		{"nmae", []string{"image", "name"}, "name"},
		{"tow", []string{"one", "two"}, "two"},
		{"ab", []string{"cd", "xy"}, ""},
		{"running", []string{}, ""},
		{"", []string{"a"}, "a"},
		{strings.Repeat("x", 100_000), []string{"image"}, ""},
	}
	for _, test := range tests {
		if got := Nearest(test.word, test.among); got != test.want {
			t.Errorf("Nearest(%.20q, %v): got %q, want %q", test.word, test.among, got, test.want)
		}
	}
}

// A command may stand by itself where a list of them may stand too.
func TestCommandsOneOrMore(t *testing.T) {
	const src = "id: small\nminutes: 5\nsteps:\n  - exercise: a\n    checks: [{id: a, ran: %s}]\n    solution: docker ps\n"
	for written, want := range map[string][]string{
		"docker ps -a":             {"docker ps -a"},
		"[docker ps, docker logs]": {"docker ps", "docker logs"},
		"[docker ps]":              {"docker ps"},
	} {
		lesson := parse(t, strings.ReplaceAll(src, "%s", written))
		if got := lesson.Steps[0].Exercise.Checks[0].Ran; !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %q, want %q", written, got, want)
		}
		if err := compiledSchema(t).Validate(asJSON(t, []byte(strings.ReplaceAll(src, "%s", written)))); err != nil {
			t.Errorf("%s: the schema says %v", written, err)
		}
	}
	for written, want := range map[string]string{
		"[]":       "x.yaml:5:27: this list is empty; at least 1 item is wanted",
		"{a: b}":   "x.yaml:5:27: a list of texts is wanted here, this is a mapping",
		"":         "x.yaml:5:27: nothing is written here; a list of texts is wanted",
		"[[a], b]": "x.yaml:5:28: a text is wanted here, this is a list",
	} {
		if _, err := ParseLesson("x.yaml", []byte(strings.ReplaceAll(src, "%s", written))); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", written, err, want)
		}
	}
}
