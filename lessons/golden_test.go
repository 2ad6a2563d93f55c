package lessons

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files and lesson.schema.json anew")

// golden compares a text with a file of testdata, or writes it there with -update.
func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s: got\n%s\nwant\n%s", file, got, want)
	}
}

// faultsOf gives an error as the lines of a golden file.
func faultsOf(t *testing.T, err error) string {
	t.Helper()
	if err == nil {
		t.Fatal("got no fault, want at least one")
	}
	return err.Error() + "\n"
}

// TestBrokenLessons reads lessons that are not YAML, or not lessons.
func TestBrokenLessons(t *testing.T) {
	for _, dir := range []string{"yaml", "decode"} {
		for _, file := range glob(t, "testdata/"+dir+"/*.yaml") {
			t.Run(file, func(t *testing.T) {
				lesson, err := ParseLesson(filepath.Base(file), read(t, file))
				if lesson != nil {
					t.Error("got a lesson together with its faults, want none")
				}
				golden(t, strings.TrimSuffix(file, ".yaml")+".faults", faultsOf(t, err))
			})
		}
	}
}

// TestBrokenCourses lints courses that can be read and are wrong otherwise.
func TestBrokenCourses(t *testing.T) {
	known := Known{Diagnoses: []string{"container-missing", "image-wrong-tag"}}
	for _, dir := range glob(t, "testdata/lint/*") {
		t.Run(dir, func(t *testing.T) {
			course, err := LoadFS(os.DirFS(dir))
			if err != nil {
				t.Fatal(err)
			}
			golden(t, filepath.Join(dir, "faults"), faultsOf(t, Lint(course, known)))
		})
	}
}

func glob(t testing.TB, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("looking for %s: found %d files (%v)", pattern, len(files), err)
	}
	return files
}

func read(t testing.TB, file string) []byte {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
