// Command docker-tutor is an interactive Docker tutor in the terminal. This folder holds
// wiring alone: one file per command, which reads flags and calls the rooms.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"docker-tutor/lessons"
	"docker-tutor/progress"
	"docker-tutor/sandbox"
	"docker-tutor/tutor"

	"github.com/spf13/cobra"
)

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

// Exit codes, for scripts. An end by a signal is 128 and its number, as in a shell.
const (
	exitOK       = 0
	exitFailed   = 1 // a check is not passed, a proof failed, or something else went wrong
	exitUsage    = 2 // the command line is wrong, or a terminal is needed
	exitEngine   = 3 // no Docker Engine, or it does not answer
	exitContent  = 4 // a lesson or its words are wrong
	exitProgress = 5 // progress cannot be kept
)

// exit is an error that only carries a code: what there was to say has been said.
type exit int

func (e exit) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// run is main without the process: it gives the exit code.
func run(args []string, in, out, errOut *os.File) int {
	args = asPlugin(args)
	a := &app{in: in, out: out, errOut: errOut}
	if len(args) == 1 && args[0] == pluginMetadata {
		return a.metadata()
	}
	// Commands without a learner end by the context; a session handles its own signals.
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	a.unwatch = stop
	root := a.root()
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errOut)
	err := root.ExecuteContext(ctx)
	if ctx.Err() != nil && err != nil && a.session == nil {
		return 128 + int(syscall.SIGINT)
	}
	return a.code(err)
}

// code prints an error once, in the one form that all errors have, and gives its exit code.
func (a *app) code(err error) int {
	var code exit
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &code):
		return int(code)
	case a.session != nil && a.session.Signal() != 0:
		return 128 + int(a.session.Signal())
	case errors.Is(err, tutor.ErrInterrupted):
		return 128 + int(syscall.SIGINT)
	case errors.Is(err, tutor.ErrHungUp):
		return 128 + int(syscall.SIGHUP)
	}
	tutor.PrintError(a.errOut, a.language(), err)
	return codeOf(err)
}

func codeOf(err error) int {
	var faults lessons.Faults
	var unwritable *progress.Unwritable
	var problem *sandbox.Problem
	var usage *usageError
	switch {
	case errors.As(err, &usage):
		return exitUsage
	case errors.As(err, &faults):
		return exitContent
	case errors.As(err, &unwritable), errors.Is(err, progress.ErrBusy), errors.Is(err, syscall.ENOSPC):
		return exitProgress
	case errors.As(err, &problem):
		return problemCode(problem.ID)
	case sandbox.IsSilence(err):
		return exitEngine
	}
	return exitFailed
}

func problemCode(id string) int {
	switch id {
	case "engine-context", "engine-missing", "engine-stopped", "engine-permission", "engine-unreachable", "docker-cli", "daemon-start", "base-image", "install":
		return exitEngine
	case "no-terminal", "unknown-lesson", "unknown-language", "unknown-command":
		return exitUsage
	case "lab-folder":
		return exitProgress
	}
	return exitFailed
}

// usageError is a command line that makes no sense.
type usageError struct{ error }

func (u *usageError) Unwrap() error { return u.error }

// flagError marks cobra's complaints about flags as errors of usage.
func flagError(_ *cobra.Command, err error) error { return &usageError{err} }

var _ io.Writer = (*os.File)(nil)
