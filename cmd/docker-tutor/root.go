package main

import (
	"context"
	"errors"
	"os"

	"docker-tutor/lessons"
	"docker-tutor/sandbox"
	"docker-tutor/tutor"

	"github.com/spf13/cobra"
)

// root is docker-tutor without a command: the menu.
func (a *app) root() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "docker-tutor",
		Short: "Learn Docker in your own terminal, on your own Docker Engine",
		Long: `docker-tutor explains a thing in a page, hands you a real shell, watches what
happens in your real Docker Engine, and says at once whether it worked.

Without a command it opens the menu.`,
		Args:              cobra.ArbitraryArgs,
		SilenceErrors:     true,
		SilenceUsage:      true,
		PersistentPreRunE: func(*cobra.Command, []string) error { return a.checkLanguage() },
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownCommand(cmd, args[0])
			}
			return a.home(cmd.Context())
		},
	}
	cmd.PersistentFlags().StringVar(&a.lang, "lang", "", "language: en or fr")
	cmd.PersistentFlags().BoolVar(&a.plain, "plain", false, "plain text: no colours, no drawings, numbered menus")
	cmd.PersistentFlags().StringVar(&a.coursePlace, "course", os.Getenv("DOCKER_TUTOR_COURSE"), "another course than the built-in one: a folder, or the address of a git repository")
	cmd.SetFlagErrorFunc(flagError)
	cmd.CompletionOptions.HiddenDefaultCmd = true
	cmd.AddCommand(a.lessonCommand(), a.listCommand(), a.checkCommand(), a.watchCommand(), a.envCommand(), a.askCommand(), a.demoCommand(), a.progressCommand(),
		a.doctorCommand(), a.cleanCommand(), a.prepareCommand(), a.authorCommand(), a.versionCommand(), a.quizCommand(), a.trustCommand(), a.registryCommand())
	return cmd
}

func unknownCommand(cmd *cobra.Command, word string) error {
	var names []string
	for _, c := range cmd.Commands() {
		names = append(names, c.Name())
	}
	nearest := lessons.Nearest(word, names)
	if nearest == "" {
		nearest = "--help"
	}
	return &sandbox.Problem{ID: "unknown-command", Args: map[string]any{"word": word, "nearest": nearest}}
}

func (a *app) home(ctx context.Context) error {
	if !a.interactive() {
		return &sandbox.Problem{ID: "no-terminal", Args: map[string]any{"lesson": "images"}}
	}
	return a.learn(ctx, func(ctx context.Context, s *tutor.Session) error { return s.Home(ctx) })
}

// learn runs a learner's session, with its signals handled and its farewell said.
func (a *app) learn(ctx context.Context, what func(context.Context, *tutor.Session) error) error {
	s, err := a.begin(ctx)
	if err != nil {
		return err
	}
	a.unwatch()
	ctx, done := s.Guard(context.WithoutCancel(ctx))
	defer done()
	err = what(ctx, s)
	if err == nil || errors.Is(err, tutor.ErrInterrupted) {
		s.Print("home.bye", nil)
	}
	return err
}
