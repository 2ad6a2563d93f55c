package content

import (
	"os"
	"testing"

	"docker-tutor/lessons"
)

// docs/course.md says what the lessons say.
func TestCourseDocument(t *testing.T) {
	course, err := lessons.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	titles := map[string]string{}
	for _, l := range course.Lessons {
		words, err := Builtin(English, l.ID)
		if err != nil {
			t.Fatal(err)
		}
		part, _ := words.Part("lesson")
		titles[l.ID] = part.Title
	}
	want := CourseDocument(course, titles)
	const file = "../docs/course.md"
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("%s is not up to date: go test ./content -run CourseDocument -update", file)
	}
}
