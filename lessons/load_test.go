package lessons

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

const smallest = `# yaml-language-server: $schema=lesson.schema.json
id: small
minutes: 5
steps:
  - reading: one
`

func TestBuiltinIsFaultless(t *testing.T) {
	course, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	if course.Lesson("images") == nil {
		t.Errorf("got the lessons %v, want images among them", course.IDs())
	}
	// Which diagnoses the checker has is not known here: all that are used pass.
	if faults := Lint(course, Known{Diagnoses: usedDiagnoses(course)}); len(faults) > 0 {
		t.Errorf("got\n%v\nwant no fault", faults)
	}
}

func usedDiagnoses(c *Course) []string {
	var used []string
	for _, step := range exercises(c) {
		for _, m := range step.Mistakes {
			used = append(used, m.Says)
		}
	}
	return used
}

func exercises(c *Course) []*Exercise {
	var found []*Exercise
	for _, l := range c.Lessons {
		for _, step := range l.Steps {
			if step.Exercise != nil {
				found = append(found, step.Exercise)
			}
		}
	}
	return found
}

func TestLoadFS(t *testing.T) {
	file := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	named := func(id string) *fstest.MapFile { return file(strings.Replace(smallest, "small", id, 1)) }
	tests := []struct {
		name string
		fsys fstest.MapFS
		want []string // the ids or, if err is set, nothing
		err  string
	}{
		{"in order of the numbers", fstest.MapFS{"10-b.yaml": named("b"), "02-c.yaml": named("c"), "01-a.yaml": named("a")}, []string{"a", "c", "b"}, ""},
		{"other files are not lessons", fstest.MapFS{"01-a.yaml": named("a"), "compose.yaml": file("x"), "01-a.md": file("x"), "sub/02-b.yaml": file("x")}, []string{"a"}, ""},
		{"faults of all files", fstest.MapFS{"01-a.yaml": file("id: [a"), "02-b.yaml": named("b"), "03-c.yaml": file("- c")}, nil,
			"01-a.yaml:1:1: a comma or ] is missing in the list that is opened here\n" +
				"03-c.yaml:1:1: a mapping (id, after, minutes, steps) is wanted here, this is a list"},
		{"nearly a lesson's name", fstest.MapFS{"01-a.yml": named("a"), "1-b.yaml": named("b"), "02-C.yaml": named("c")}, nil,
			"01-a.yml: a lesson's file is named NN-id.yaml, such as 02-images.yaml; rename this one\n" +
				"02-C.yaml: a lesson's file is named NN-id.yaml, such as 02-images.yaml; rename this one\n" +
				"1-b.yaml: a lesson's file is named NN-id.yaml, such as 02-images.yaml; rename this one"},
		{"no lesson", fstest.MapFS{"notes.md": file("x")}, nil,
			"loading the course: there is no lesson here; a lesson is a file NN-id.yaml, such as 02-images.yaml"},
		{"a folder of a lesson's name", fstest.MapFS{"01-a.yaml/x": file("x")}, nil, "loading the lesson 01-a.yaml: this is not a file"},
		{"too big", fstest.MapFS{"01-a.yaml": file(strings.Repeat("#", maxFile+1))}, nil, "01-a.yaml:1:1: a lesson has at most 256 KiB, this file has more; split it"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			course, err := LoadFS(test.fsys)
			if test.err != "" {
				if err == nil || err.Error() != test.err {
					t.Errorf("got the error\n%v\nwant\n%s", err, test.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := course.IDs(); !slices.Equal(got, test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func TestLoadFSWithoutFolder(t *testing.T) {
	if _, err := LoadFS(os.DirFS(filepath.Join(t.TempDir(), "none"))); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v, want that the folder does not exist", err)
	}
}

func TestBuiltinFaultsNameTheFolder(t *testing.T) {
	course, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	if got, want := course.Lesson("images").At.File, "lessons/02-images.yaml"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestLessonIsFoundByID(t *testing.T) {
	course := &Course{Lessons: []*Lesson{{ID: "images"}, {ID: "layers"}}}
	if got := course.Lesson("layers"); got != course.Lessons[1] {
		t.Errorf("got %v, want the second lesson", got)
	}
	if got := course.Lesson("layer"); got != nil {
		t.Errorf("got %v, want none", got)
	}
	if got, want := Nearest("layer", course.IDs()), "layers"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func BenchmarkLoadBuiltin(b *testing.B) {
	for b.Loop() {
		if _, err := Builtin(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLintBuiltin(b *testing.B) {
	course, err := Builtin()
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		Lint(course, Known{})
	}
}
