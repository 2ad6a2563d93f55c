package main

import (
	"fmt"

	"docker-tutor/sandbox"

	"github.com/spf13/cobra"
)

func (a *app) prepareCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "prepare",
		Short: "Bring what lessons need: a Docker Engine that runs, and the image busybox",
		Args:  exactArgs(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			lang := a.language()
			_, err := sandbox.Prepare(cmd.Context(), a.errOut, func(id string, args map[string]any) {
				fmt.Fprintln(a.errOut, "docker-tutor:", lang.Say(id, args))
			})
			return err
		},
	}
}
