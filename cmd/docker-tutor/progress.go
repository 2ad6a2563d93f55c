package main

import (
	"encoding/json"
	"fmt"

	"docker-tutor/progress"

	"github.com/spf13/cobra"
)

func (a *app) progressCommand() *cobra.Command {
	var where, asJSON bool
	cmd := &cobra.Command{
		Use:   "progress",
		Short: "Show what you have done, and where it is kept",
		Args:  exactArgs(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			dir, err := progress.Dir()
			if err != nil {
				return err
			}
			if where {
				fmt.Fprintln(a.out, dir)
				return nil
			}
			s, err := a.begin(cmd.Context())
			if err != nil {
				return err
			}
			record, err := a.store.Read()
			if err != nil {
				return err
			}
			if asJSON {
				return json.NewEncoder(a.out).Encode(record)
			}
			s.ShowProgress(record)
			s.Print("progress.where", map[string]any{"dir": dir})
			return nil
		},
	}
	cmd.Flags().BoolVar(&where, "where", false, "print the folder where progress is kept")
	cmd.Flags().BoolVar(&asJSON, "json", false, "for machines")
	return cmd
}
