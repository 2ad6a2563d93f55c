package main

import (
	"context"
	"fmt"

	"docker-tutor/lessons"
	"docker-tutor/sandbox"
	"docker-tutor/tutor"

	"github.com/spf13/cobra"
)

func (a *app) lessonCommand() *cobra.Command {
	var read bool
	cmd := &cobra.Command{
		Use:   "lesson NAME",
		Short: "Go on with a lesson, or begin it",
		Args:  exactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			l, err := a.lesson(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			if read {
				return a.readLesson(l)
			}
			if !a.interactive() {
				return &sandbox.Problem{ID: "no-terminal", Args: map[string]any{"lesson": l.ID}}
			}
			return a.learn(cmd.Context(), func(ctx context.Context, s *tutor.Session) error { return s.Lesson(ctx, l) })
		},
	}
	cmd.Flags().BoolVar(&read, "read", false, "print the lesson's pages and tasks, and do nothing")
	return cmd
}

// readLesson prints what is read in a lesson: its pages, tasks and questions.
func (a *app) readLesson(l *lessons.Lesson) error {
	ui := a.ui()
	words, err := a.loadWords(ui.Lang, l.ID)
	if err != nil {
		return err
	}
	fmt.Fprint(a.out, tutor.Document(ui, l, words))
	return nil
}

// exactArgs is cobra's, as an error of usage.
func exactArgs(n int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if err := cobra.ExactArgs(n)(cmd, args); err != nil {
			return &usageError{fmt.Errorf("%s: %w", cmd.UseLine(), err)}
		}
		return nil
	}
}
