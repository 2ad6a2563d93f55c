package main

import (
	"context"
	"math"

	"docker-tutor/lessons"
	"docker-tutor/sandbox"
	"docker-tutor/tutor"

	"github.com/spf13/cobra"
)

// quizQuestions is how many questions a quiz over several lessons has.
const quizQuestions = 10

func (a *app) quizCommand() *cobra.Command {
	var most int
	cmd := &cobra.Command{
		Use:   "quiz [LESSON…]",
		Short: "Answer the questions of lessons; without a name, of those that you have begun",
		Long: `Asks the questions of the lessons that are named. Without a name it asks ten of the
lessons that you have begun: first those that you missed, then those that you have not
seen for longest. What you knew is kept with your progress.`,
		RunE: func(cmd *cobra.Command, names []string) error {
			course, err := a.course(cmd.Context())
			if err != nil {
				return err
			}
			var named []*lessons.Lesson
			for _, name := range names {
				l, err := findLesson(course, name)
				if err != nil {
					return err
				}
				named = append(named, l)
			}
			if !a.interactive() {
				return &sandbox.Problem{ID: "no-terminal", Args: map[string]any{"lesson": course.Lessons[0].ID}}
			}
			if len(named) > 0 && !cmd.Flags().Changed("number") {
				most = math.MaxInt
			}
			return a.learn(cmd.Context(), func(ctx context.Context, s *tutor.Session) error { return s.Quiz(ctx, named, most) })
		},
	}
	cmd.Flags().IntVarP(&most, "number", "n", quizQuestions, "ask this many questions at most")
	return cmd
}
