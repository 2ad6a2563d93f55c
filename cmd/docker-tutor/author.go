package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"strings"
	"time"

	"docker-tutor/checker"
	"docker-tutor/content"
	"docker-tutor/lessons"
	"docker-tutor/progress"
	"docker-tutor/sandbox"
	"docker-tutor/tutor"

	"github.com/spf13/cobra"
)

func (a *app) authorCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "author",
		Short: "For those who write lessons: new, lint, test, reviewed, schema",
		Args:  cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownCommand(cmd, args[0])
			}
			return cmd.Help()
		},
	}
	cmd.AddCommand(a.newCommand(), a.lintCommand(), a.testCommand(), a.reviewedCommand(), a.schemaCommand())
	return cmd
}

func (a *app) lintCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "lint [FOLDER]",
		Short: "Find what is wrong with the lessons and their words, all of it at once",
		Long: `Finds what is wrong with lessons and their words, one line each. FOLDER holds
lessons/NN-name.yaml and content/LANG/name.md; without it the built-in course is read.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			faults, err := lint(cmd.Context(), cmp.Or(strings.Join(args, ""), a.coursePlace))
			if err != nil {
				return err
			}
			if len(faults) > 0 {
				fmt.Fprintln(a.out, faults.Error())
				return exit(exitContent)
			}
			return nil
		},
	}
}

func lint(ctx context.Context, place string) (lessons.Faults, error) {
	from, err := sourceOf(ctx, place)
	if err != nil {
		return nil, err
	}
	course, err := from.load()
	var faults lessons.Faults
	switch {
	case errors.As(err, &faults):
		return faults, nil
	case err != nil:
		return nil, err
	}
	return content.LintCourse(course, from.words, checker.KnownDiagnoses())
}

func (a *app) reviewedCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "reviewed [LESSON…]",
		Short: "Print content/reviewed.txt for lessons whose languages you have compared",
		Long: `Prints the file content/reviewed.txt of the course, in which the lessons named, or
all, are noted as compared in all languages as they are now. The lint then tells which
part of a lesson changed in one language after that.`,
		RunE: func(cmd *cobra.Command, names []string) error {
			from, err := a.source(cmd.Context())
			if err != nil {
				return err
			}
			course, err := from.load()
			if err != nil {
				return err
			}
			for _, name := range names {
				if _, err := findLesson(course, name); err != nil {
					return err
				}
			}
			text, err := content.Reviewed(course, from.words, names)
			if err == nil {
				fmt.Fprint(a.out, text)
			}
			return err
		},
	}
}

func (a *app) schemaCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of a lesson, by which editors complete",
		Args:  exactArgs(0),
		RunE: func(*cobra.Command, []string) error {
			schema, err := lessons.Schema()
			if err == nil {
				_, err = a.out.Write(schema)
			}
			return err
		},
	}
}

func (a *app) testCommand() *cobra.Command {
	var asJSON bool
	var mistakes int
	cmd := &cobra.Command{
		Use:   "test [LESSON…]",
		Short: "Prove every exercise both ways on the running engine",
		Long: `Opens each exercise and shows that its checks are open; runs the solution, twice;
makes each mistake and looks at its diagnosis; and compares the daemon with what it held
before. It runs the scripts of the lessons: test only a course that you trust.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			from, err := a.source(cmd.Context())
			if err != nil {
				return err
			}
			return a.prove(cmd.Context(), from, args, mistakes, asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "for machines: one object a line, and a summary")
	cmd.Flags().IntVar(&mistakes, "mistakes", math.MaxInt, "make at most this many mistakes of each exercise, the first ones")
	cmd.Flag("mistakes").DefValue = "all"
	return cmd
}

// prove tries every exercise and quiz of the lessons named, or of the whole course.
func (a *app) prove(ctx context.Context, from source, names []string, mistakes int, asJSON bool) error {
	course, err := from.load()
	if err != nil {
		return err
	}
	chosen := course.Lessons
	if len(names) > 0 {
		chosen = nil
		for _, name := range names {
			l, err := findLesson(course, name)
			if err != nil {
				return err
			}
			chosen = append(chosen, l)
		}
	}
	engine, err := sandbox.FindEngine(ctx)
	if err != nil {
		return err
	}
	if _, err := sandbox.EnsureBaseImage(ctx, engine); err != nil {
		return err
	}
	report := &report{app: a, ui: a.ui(), words: from.words, json: asJSON, mistakes: mistakes, began: time.Now()}
	for _, l := range chosen {
		if err := report.lesson(ctx, engine, l); err != nil {
			return err
		}
	}
	return report.end()
}

// report prints proofs as they come, a line each.
type report struct {
	app            *app
	ui             *tutor.UI
	words          fs.FS
	json           bool
	began          time.Time
	mistakes       int
	passed, failed int
}

func (r *report) lesson(ctx context.Context, e *sandbox.Engine, l *lessons.Lesson) error {
	words, err := content.LoadWords(r.words, r.ui.Lang, l.ID)
	if err != nil {
		return err
	}
	dir, err := progress.Dir()
	if err != nil {
		return err
	}
	for _, step := range l.Steps {
		if step.Reading != nil {
			continue
		}
		proof, err := tutor.Prove(ctx, r.ui, e, tutor.LabsDir(dir), l, step, words, r.mistakes)
		if err != nil {
			return err
		}
		r.print(proof)
	}
	return nil
}

func (r *report) print(p tutor.Proof) {
	if len(p.Faults) == 0 {
		r.passed++
	} else {
		r.failed++
	}
	if r.json {
		json.NewEncoder(r.app.out).Encode(p)
		return
	}
	mark := "ok  "
	if len(p.Faults) > 0 {
		mark = "FAIL"
	}
	fmt.Fprintf(r.app.out, "%s %s/%s  %s\n", mark, p.Lesson, p.Step, r.ui.Say("author.line", content.Args{
		"setup": ms(p.Setup), "solution": ms(p.Solution), "n": p.Mistakes, "took": ms(p.Took)}))
	for _, fault := range p.Faults {
		fmt.Fprintf(r.app.out, "     %s\n", fault)
	}
}

func ms(d time.Duration) string { return d.Round(time.Millisecond).String() }

func (r *report) end() error {
	took := time.Since(r.began)
	if r.json {
		json.NewEncoder(r.app.out).Encode(map[string]any{"passed": r.passed, "failed": r.failed, "took_ns": took})
	} else {
		fmt.Fprintf(r.app.out, "%s\n", r.ui.Say("author.summary", content.Args{"passed": r.passed, "failed": r.failed, "took": ms(took)}))
	}
	if r.failed > 0 {
		return exit(exitFailed)
	}
	return nil
}
