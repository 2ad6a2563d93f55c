package lessons

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Source is a course that is not built in: the files of a folder, as they were when they
// were read. What is trusted is therefore what runs, whatever becomes of the folder.
type Source struct {
	Name   string // of the folder
	Digest string // of all files: 64 hexadecimal digits
	Files  fs.FS  // lessons/NN-name.yaml and content/LANG/name.md
}

const (
	maxCourse      = 32 << 20 // bytes of all files of a course
	maxCourseFiles = 2000
)

// ReadSource reads the course in a folder. Links that lead out of the folder are refused,
// so that a course cannot show what is not its own.
func ReadSource(dir string) (*Source, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("reading the course: %w", err)
	}
	root, err := os.OpenRoot(abs)
	if err != nil {
		return nil, fmt.Errorf("reading the course: %w", err)
	}
	defer root.Close()
	s := &snapshot{digest: sha256.New()}
	s.zip = zip.NewWriter(&s.bytes)
	for _, folder := range []string{"lessons", "content"} {
		if err := s.add(root.FS(), folder); err != nil {
			return nil, fmt.Errorf("reading the course in %s: %w", dir, err)
		}
	}
	if err := s.zip.Close(); err != nil {
		return nil, fmt.Errorf("reading the course in %s: %w", dir, err)
	}
	files, err := zip.NewReader(bytes.NewReader(s.bytes.Bytes()), int64(s.bytes.Len()))
	if err != nil {
		return nil, fmt.Errorf("reading the course in %s: %w", dir, err)
	}
	return &Source{Name: filepath.Base(abs), Digest: hex.EncodeToString(s.digest.Sum(nil)), Files: files}, nil
}

// Load reads the course's lessons.
func (s *Source) Load() (*Course, error) { return LoadFolder(s.Files, "lessons") }

// snapshot gathers files in memory, and their digest: of each its path, length and bytes.
type snapshot struct {
	digest interface {
		io.Writer
		Sum([]byte) []byte
	}
	bytes bytes.Buffer
	zip   *zip.Writer
	files int
}

func (s *snapshot) add(fsys fs.FS, folder string) error {
	return fs.WalkDir(fsys, folder, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case path != folder && strings.HasPrefix(entry.Name(), "."):
			if entry.IsDir() {
				return fs.SkipDir
			}
			return nil
		case entry.IsDir():
			return nil
		}
		return s.file(fsys, path)
	})
}

func (s *snapshot) file(fsys fs.FS, path string) error {
	info, err := fs.Stat(fsys, path)
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() { // opening a pipe would wait for ever
		return fmt.Errorf("%s is not a file", path)
	}
	s.files++
	if s.files > maxCourseFiles || int64(s.bytes.Len())+info.Size() > maxCourse {
		return fmt.Errorf("this is more than a course: over %d files or %d MB", maxCourseFiles, maxCourse>>20)
	}
	data, err := fs.ReadFile(fsys, path)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.digest, "%s\x00%d\x00", path, len(data))
	s.digest.Write(data)
	w, err := s.zip.CreateHeader(&zip.FileHeader{Name: path, Method: zip.Store})
	if err != nil {
		return err
	}
	_, err = w.Write(data)
	return err
}
