package main

import (
	"github.com/spf13/cobra"
)

func (a *app) demoCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "demo LESSON",
		Short: "Play a lesson with its own solutions on the real engine",
		Args:  exactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			l, err := a.lesson(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			s, err := a.begin(cmd.Context())
			if err != nil {
				return err
			}
			a.session = nil // no learner: an interrupt is the context's affair
			return s.Demo(cmd.Context(), l)
		},
	}
}
