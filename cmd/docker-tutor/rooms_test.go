package main

import (
	"go/build"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// arrows says which rooms each room may import.
var arrows = map[string][]string{
	"lessons":          {"lessons/command"},
	"lessons/command":  nil,
	"checker":          {"lessons", "lessons/command"},
	"content":          {"lessons", "checker"},
	"progress":         {"lessons", "checker"},
	"sandbox":          {"lessons", "checker", "sandbox/guard"},
	"sandbox/guard":    {"checker", "lessons/command"},
	"tutor":            {"lessons", "checker", "content", "progress", "sandbox"},
	"cmd/docker-tutor": {"lessons", "checker", "content", "progress", "sandbox", "tutor"},
}

// seams says where alone a package of the world outside may be imported.
var seams = map[string][]string{
	"github.com/docker/docker/":            {"sandbox", "sandbox/guard", "checker"},
	"github.com/charmbracelet/glamour":     {"content"},
	"github.com/AlecAivazis/survey/":       {"tutor"},
	"gopkg.in/yaml.v3":                     {"lessons"},
	"github.com/invopop/jsonschema":        {"lessons"},
	"github.com/docker/cli/cli/connhelper": {"sandbox"},
	"github.com/moby/buildkit/frontend/":   {"checker"},
	"github.com/moby/patternmatcher":       {"checker"},
}

func TestRoomsImportOneWay(t *testing.T) {
	const module = "docker-tutor/"
	for room, may := range arrows {
		pkg, err := build.ImportDir(filepath.Join("../..", room), 0)
		if err != nil {
			t.Fatalf("reading the room %s: %v", room, err)
		}
		for _, path := range pkg.Imports {
			if other, ours := strings.CutPrefix(path, module); ours && !slices.Contains(may, other) {
				t.Errorf("%s imports %s; it may import %v", room, other, may)
			}
			for prefix, rooms := range seams {
				if strings.HasPrefix(path, prefix) && !slices.Contains(rooms, room) {
					t.Errorf("%s imports %s, which belongs in %v alone", room, path, rooms)
				}
			}
		}
		if pkg.Doc == "" {
			t.Errorf("%s has no package comment", room)
		}
	}
}

// A room that is not in the table would be free to import anything.
func TestEveryRoomIsKnown(t *testing.T) {
	found := 0
	for _, pattern := range []string{"../../*/*.go", "../../*/*/*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatalf("looking for the rooms: %v", err)
		}
		found += len(files)
		for _, file := range files {
			room := filepath.ToSlash(strings.TrimPrefix(filepath.Dir(file), filepath.FromSlash("../../")))
			if _, known := arrows[room]; !known {
				t.Errorf("the folder %s is not among the rooms of this test", room)
			}
		}
	}
	if found == 0 {
		t.Fatal("no rooms were found")
	}
}
