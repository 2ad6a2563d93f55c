package main

import (
	"github.com/spf13/cobra"
)

func (a *app) cleanCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "clean",
		Short: "Take away what a crash left of an exercise",
		Args:  exactArgs(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := a.begin(cmd.Context())
			if err != nil {
				return err
			}
			a.session = nil
			return s.Clean(cmd.Context())
		},
	}
}
