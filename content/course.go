package content

import (
	"errors"
	"io/fs"

	"docker-tutor/lessons"
)

// Files are the words of the built-in course: LANG/LESSON.md.
func Files() fs.FS { return builtin }

// LintCourse lints a course that could be read, and its words: everything that is wrong
// with either, all of it at once.
func LintCourse(course *lessons.Course, words fs.FS, diagnoses []string) (lessons.Faults, error) {
	faults := lessons.Lint(course, lessons.Known{Diagnoses: diagnoses})
	compared, err := readReviews(words)
	if err != nil {
		return nil, err
	}
	for _, lesson := range course.Lessons {
		byLang := map[Lang]*Words{}
		for _, lang := range Langs() {
			w, err := load(words, "content", lang, lesson.ID)
			var found lessons.Faults
			switch {
			case errors.As(err, &found):
				faults = append(faults, found...)
			case errors.Is(err, fs.ErrNotExist):
				// Lint says that they are missing.
			case err != nil:
				return nil, err
			}
			byLang[lang] = w
		}
		faults = append(faults, Lint(lesson, byLang)...)
		faults = append(faults, compared.stale(lesson.ID, byLang)...)
	}
	return faults, nil
}
