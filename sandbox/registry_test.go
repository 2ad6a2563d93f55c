package sandbox

import (
	"archive/tar"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// The registry's files come as an archive that an engine need not compress.
func TestRegistryFiles(t *testing.T) {
	program := filepath.Join(t.TempDir(), "docker-tutor")
	if err := os.WriteFile(program, []byte("a program"), 0o700); err != nil {
		t.Fatal(err)
	}
	r, w := io.Pipe()
	go func() { w.CloseWithError(writeProgram(w, program)) }()
	z, err := gzip.NewReader(r)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	var text []byte
	for files := tar.NewReader(z); ; {
		file, err := files.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, file.Name)
		if text, err = io.ReadAll(files); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := io.Copy(io.Discard, z); err != nil { // its checksum comes last
		t.Fatal(err)
	}
	if want := []string{"tmp/", "registry"}; !slices.Equal(names, want) || string(text) != "a program" {
		t.Errorf("got %q with the text %q, want %q", names, text, want)
	}
}
