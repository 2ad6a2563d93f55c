package progress

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

func TestDir(t *testing.T) {
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	byDefault := filepath.Join(home, ".local", "state", "docker-tutor")
	if runtime.GOOS == "darwin" {
		byDefault = filepath.Join(home, "Library", "Application Support", "docker-tutor")
	}
	elsewhere := t.TempDir()
	tests := []struct {
		name, own, state string
		want             string
	}{
		{"named", elsewhere, "/state", elsewhere},
		{"named from here", "sub", "/state", filepath.Join(here, "sub")},
		{"state home", "", elsewhere, filepath.Join(elsewhere, "docker-tutor")},
		{"nothing set", "", "", byDefault},
		{"state home not absolute, as if unset", "", "state", byDefault},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Setenv("HOME", home)
			t.Setenv("XDG_STATE_HOME", tt.state)
			t.Setenv(HomeVar, tt.own)
			got, err := Dir()
			if err != nil || got != tt.want {
				t.Errorf("got %q, %v, want %q", got, err, tt.want)
			}
		})
	}
}

func TestDirWithoutHome(t *testing.T) {
	t.Setenv("HOME", "not/absolute")
	t.Setenv("XDG_STATE_HOME", "")
	t.Setenv(HomeVar, "")
	if got, err := Dir(); err == nil {
		t.Errorf("got %q, want an error", got)
	}
}
