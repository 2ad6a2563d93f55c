package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"docker-tutor/content"
	"docker-tutor/lessons"
	"docker-tutor/sandbox"

	"github.com/spf13/cobra"
)

func (a *app) newCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "new FOLDER",
		Short: "Make a course of your own: a folder with one lesson to begin with",
		Args:  exactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := writeSkeleton(args[0]); err != nil {
				return err
			}
			a.ui().Print("author.made", content.Args{"folder": args[0]})
			return nil
		},
	}
}

// writeSkeleton writes a course that passes lint and test into a folder that has none yet.
func writeSkeleton(folder string) error {
	schema, err := lessons.Schema()
	if err != nil {
		return err
	}
	files := content.Skeleton()
	files["lessons/"+lessons.SkeletonFile] = lessons.Skeleton()
	files["lessons/lesson.schema.json"] = schema
	for name := range files {
		if _, err := os.Lstat(filepath.Join(folder, name)); !errors.Is(err, os.ErrNotExist) {
			return &sandbox.Problem{ID: "course-exists", Args: map[string]any{"file": filepath.Join(folder, name)}}
		}
	}
	for name, data := range files {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return fmt.Errorf("making the course: %w", err)
		}
		if err := os.WriteFile(path, data, 0o644); err != nil {
			return fmt.Errorf("making the course: %w", err)
		}
	}
	return nil
}
