package lessons

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// writeCourse writes files of a course into a new folder.
func writeCourse(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "our-course")
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

var smallCourse = map[string]string{
	"lessons/01-a.yaml": "id: a\nminutes: 5\nsteps:\n  - reading: r\n",
	"content/en/a.md":   "# A {#lesson}\n\nA.\n\n## R {#r}\n\nR.\n",
}

func TestReadSource(t *testing.T) {
	dir := writeCourse(t, smallCourse)
	s, err := ReadSource(dir)
	if err != nil {
		t.Fatal(err)
	}
	if s.Name != "our-course" || len(s.Digest) != 64 {
		t.Errorf("got the course %q with the digest %q", s.Name, s.Digest)
	}
	// What happens to the folder afterwards changes nothing.
	if err := os.WriteFile(filepath.Join(dir, "lessons/01-a.yaml"), []byte("id: b"), 0o600); err != nil {
		t.Fatal(err)
	}
	course, err := s.Load()
	if err != nil || course.Lessons[0].ID != "a" {
		t.Errorf("got %v, %v", course, err)
	}
}

// The digest tells any change of a file that counts, its name included, and nothing else.
func TestSourceDigest(t *testing.T) {
	digest := func(change func(dir string)) string {
		dir := writeCourse(t, smallCourse)
		change(dir)
		s, err := ReadSource(dir)
		if err != nil {
			t.Fatal(err)
		}
		return s.Digest
	}
	same := digest(func(string) {})
	for what, c := range map[string]struct {
		change func(dir string)
		same   bool
	}{
		"nothing":         {func(string) {}, true},
		"a hidden folder": {func(dir string) { os.MkdirAll(filepath.Join(dir, "lessons/.git"), 0o700) }, true},
		"another folder":  {func(dir string) { os.WriteFile(filepath.Join(dir, "README.md"), []byte("x"), 0o600) }, true},
		"a byte": {func(dir string) {
			os.WriteFile(filepath.Join(dir, "content/en/a.md"), []byte("# A {#lesson}\n\nB.\n"), 0o600)
		}, false},
		"a name": {func(dir string) {
			os.Rename(filepath.Join(dir, "content/en/a.md"), filepath.Join(dir, "content/en/b.md"))
		}, false},
	} {
		if got := digest(c.change); (got == same) != c.same {
			t.Errorf("%s: the digest is %s, and was %s", what, got, same)
		}
	}
}

func TestSourceRefuses(t *testing.T) {
	for what, change := range map[string]func(dir string){
		"escapes": func(dir string) { os.Symlink("/etc/passwd", filepath.Join(dir, "content/en/b.md")) },
		"no such": func(dir string) { os.RemoveAll(filepath.Join(dir, "content")) },
	} {
		dir := writeCourse(t, smallCourse)
		change(dir)
		if s, err := ReadSource(dir); err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("%s: got %v, %v", what, s, err)
		}
	}
}
