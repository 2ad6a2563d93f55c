package content

import (
	"fmt"
	"strings"

	"docker-tutor/lessons"
)

// CourseDocument gives the built-in course as a page of Markdown: its lessons, and which
// fact is taught, and which error put right, where. titles are the lessons' titles by id.
func CourseDocument(course *lessons.Course, titles map[string]string) string {
	var out strings.Builder
	out.WriteString("# The course\n\nThis page is generated from the lessons (`go test ./content -run CourseDocument -update`); a test keeps it up to date.\n\n" +
		"| lesson | title | minutes | after | exercises | questions |\n|---|---|---|---|---|---|\n")
	minutes, exercises, questions := 0, 0, 0
	for _, l := range course.Lessons {
		e, q := count(l)
		minutes, exercises, questions = minutes+l.Minutes, exercises+e, questions+q
		fmt.Fprintf(&out, "| [%s](../content/en/%s.md) | %s | %d | %s | %d | %d |\n", l.ID, l.ID, titles[l.ID], l.Minutes, strings.Join(l.After, ", "), e, q)
	}
	fmt.Fprintf(&out, "| %d lessons | | %d | | %d | %d |\n", len(course.Lessons), minutes, exercises, questions)
	out.WriteString("\n## What is taught, and where\n\nA fact is proved by exercises and questions (`quiz/question`); a page in italics only explains it.\n\n")
	writeClaims(&out, course, "fact", false)
	out.WriteString("\n## Widespread errors that are put right\n\n")
	writeClaims(&out, course, "error", true)
	return out.String()
}

func count(l *lessons.Lesson) (exercises, questions int) {
	for _, step := range l.Steps {
		switch {
		case step.Exercise != nil:
			exercises++
		case step.Quiz != nil:
			questions += len(step.Quiz.Questions)
		}
	}
	return exercises, questions
}

func writeClaims(out *strings.Builder, course *lessons.Course, kind string, errors bool) {
	fmt.Fprintf(out, "| %s | | lesson: exercises and questions |\n|---|---|---|\n", kind)
	claims := course.Coverage()
	for _, f := range lessons.Facts() {
		if f.IsError() == errors {
			fmt.Fprintf(out, "| %s | %s | %s |\n", f.ID, strings.ReplaceAll(f.Text, "|", `\|`), places(claims[f.ID]))
		}
	}
}

// places lists claims, lesson by lesson.
func places(claims []lessons.Claim) string {
	var parts []string
	lesson := ""
	for _, c := range claims {
		text := c.Step
		if c.Reading {
			text = "*" + text + "*"
		}
		if c.Lesson != lesson {
			lesson = c.Lesson
			parts = append(parts, lesson+": "+text)
			continue
		}
		parts[len(parts)-1] += ", " + text
	}
	return strings.Join(parts, "; ")
}
