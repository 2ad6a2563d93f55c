package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"runtime"

	"docker-tutor/content"
	"docker-tutor/progress"
	"docker-tutor/sandbox"

	"github.com/spf13/cobra"
)

func (a *app) doctorCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Look at all that lessons need; made to be pasted",
		Args:  exactArgs(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			dir, problem := progress.Dir()
			if problem == nil {
				problem = a.open()
			}
			state := sandbox.Finding{ID: "state", Health: sandbox.Good, Args: map[string]any{"dir": dir}}
			if problem != nil {
				state.Health, state.Args["reason"] = sandbox.Bad, problem.Error()
			}
			engine, problem := sandbox.FindEngine(cmd.Context())
			findings := append([]sandbox.Finding{state}, sandbox.Doctor(cmd.Context(), engine, problem, dir)...)
			if asJSON {
				if err := json.NewEncoder(a.out).Encode(findings); err != nil {
					return err
				}
			} else {
				a.printFindings(findings)
			}
			return worst(findings)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "for machines")
	return cmd
}

func (a *app) printFindings(findings []sandbox.Finding) {
	ui := a.ui()
	fmt.Fprintf(a.out, "docker-tutor %s, %s/%s\n", version(), runtime.GOOS, runtime.GOARCH)
	for _, f := range findings {
		mark, id := content.Passed, "doctor."+f.ID
		if f.Health != sandbox.Good {
			mark, id = content.Failed, id+"-"+f.Health
		}
		args := maps.Clone(content.Args(f.Args))
		fmt.Fprint(a.out, ui.Point(mark, ui.Say(id, args)))
		if f.Health != sandbox.Good {
			fmt.Fprint(a.out, ui.Arrow(ui.Say("remedy."+f.ID, args)))
		}
	}
}

// worst gives exit code 3 where lessons cannot run.
func worst(findings []sandbox.Finding) error {
	for _, f := range findings {
		if f.Health == sandbox.Bad {
			return exit(exitEngine)
		}
	}
	return nil
}
