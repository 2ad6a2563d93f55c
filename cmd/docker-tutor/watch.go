package main

import (
	"context"
	"fmt"
	"strconv"

	"docker-tutor/content"
	"docker-tutor/progress"
	"docker-tutor/sandbox"
	"docker-tutor/tutor"

	"github.com/spf13/cobra"
	"golang.org/x/term"
)

func (a *app) watchCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "watch",
		Short: "Show the open exercise's checklist live, in a second terminal",
		Args:  exactArgs(0),
		RunE:  func(cmd *cobra.Command, _ []string) error { return a.watch(cmd.Context()) },
	}
}

// watch shows one exercise after another until Ctrl-C. Where nobody sees it, it ends with
// the first.
func (a *app) watch(ctx context.Context) error {
	dir, err := progress.Dir()
	if err != nil {
		return err
	}
	ui, labs := a.ui(), tutor.LabsDir(dir)
	live := term.IsTerminal(int(a.out.Fd()))
	if !live && sandbox.Answering(labs) == "" {
		return &sandbox.Problem{ID: "no-exercise"}
	}
	for {
		if live && sandbox.Answering(labs) == "" {
			a.frame(ui, ui.Line("watch.waiting", nil))
		}
		lab, err := sandbox.AwaitLab(ctx, labs)
		if err == nil {
			columns, _ := ui.Size()
			err = sandbox.Watch(ctx, lab, strconv.Itoa(columns), func(r sandbox.Reply) { a.frame(ui, r.Text) })
		}
		switch {
		case ctx.Err() != nil:
			return nil // Ctrl-C is how one leaves
		case err != nil || !live:
			return err
		}
	}
}

// frame shows a text in place of the one before; without a screen, below it.
func (a *app) frame(ui *tutor.UI, text string) {
	if ui.Style == content.Plain {
		text = content.Unstyled(text)
	}
	if !ui.Plain && term.IsTerminal(int(a.out.Fd())) {
		text = "\x1b[H\x1b[2J" + text
	}
	fmt.Fprintln(a.out, text)
}
