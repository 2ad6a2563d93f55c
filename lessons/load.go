package lessons

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// LoadFS reads a course: every lesson NN-name.yaml in the root of fsys, in the order
// of their numbers. What is wrong with the lessons comes back as Faults, all of it at
// once; Lint finds what only a whole course shows.
func LoadFS(fsys fs.FS) (*Course, error) {
	return load(fsys, "")
}

// LoadFolder reads the course in a folder of fsys; its faults name the files with the folder.
func LoadFolder(fsys fs.FS, folder string) (*Course, error) {
	sub, err := fs.Sub(fsys, folder)
	if err != nil {
		return nil, fmt.Errorf("loading the course: %w", err)
	}
	return load(sub, folder)
}

// ParseLesson reads one lesson. The name is what its faults are reported under. The
// error is always Faults.
func ParseLesson(name string, data []byte) (*Lesson, error) {
	root, faults := readYAML(name, data)
	if root == nil {
		return nil, faults.asError()
	}
	d := &decoder{places: map[spot]place{}, faults: faults}
	lesson := d.lesson(root)
	if err := d.faults.asError(); err != nil {
		return nil, err
	}
	firstLine, _, _ := strings.Cut(strings.TrimPrefix(string(data), "\ufeff"), "\n")
	lesson.source = &source{firstLine: strings.TrimSpace(firstLine), places: d.places}
	return lesson, nil
}

// Lesson finds a lesson by its id, or gives nil. Nearest with IDs finds what may have
// been meant instead.
func (c *Course) Lesson(id string) *Lesson {
	for _, l := range c.Lessons {
		if l.ID == id {
			return l
		}
	}
	return nil
}

// IDs lists the ids of the lessons, in order.
func (c *Course) IDs() []string {
	var ids []string
	for _, l := range c.Lessons {
		ids = append(ids, l.ID)
	}
	return ids
}

var (
	lessonFile = regexp.MustCompile(`^[0-9]{2}-([a-z][a-z0-9-]*)\.yaml$`)
	maybeFile  = regexp.MustCompile(`^[0-9].*\.ya?ml$`)
)

// load reads a course whose files are reported as being in folder.
func load(fsys fs.FS, folder string) (*Course, error) {
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, fmt.Errorf("loading the course: %w", err)
	}
	entries = slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return !maybeFile.MatchString(e.Name()) })
	loaded, errs := make([]*Lesson, len(entries)), make([]error, len(entries))
	var all sync.WaitGroup
	for i, e := range entries { // side by side: the menu waits for them
		all.Go(func() { loaded[i], errs[i] = loadLesson(fsys, e.Name(), path.Join(folder, e.Name())) })
	}
	all.Wait()
	course := &Course{}
	var faults Faults
	for i, err := range errs {
		var found Faults
		switch {
		case errors.As(err, &found):
			faults = append(faults, found...)
		case err != nil:
			return nil, err
		default:
			course.Lessons = append(course.Lessons, loaded[i])
		}
	}
	if len(course.Lessons)+len(faults) == 0 {
		return nil, errors.New("loading the course: there is no lesson here; a lesson is a file NN-id.yaml, such as 02-images.yaml")
	}
	if err := faults.asError(); err != nil {
		return nil, err
	}
	return course, nil
}

func loadLesson(fsys fs.FS, file, name string) (*Lesson, error) {
	if !lessonFile.MatchString(file) {
		return nil, Faults{{Pos{File: name}, "a lesson's file is named NN-id.yaml, such as 02-images.yaml; rename this one"}}
	}
	data, err := readFile(fsys, file)
	if err != nil {
		return nil, fmt.Errorf("loading the lesson %s: %w", name, err)
	}
	return ParseLesson(name, data)
}

// readFile reads a lesson file and no more of it than shows that it is too big.
func readFile(fsys fs.FS, file string) ([]byte, error) {
	info, err := fs.Stat(fsys, file)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() { // opening a pipe would wait for ever
		return nil, errors.New("this is not a file")
	}
	f, err := fsys.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxFile+1))
}
