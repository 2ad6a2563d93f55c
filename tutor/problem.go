package tutor

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"syscall"

	"docker-tutor/content"
	"docker-tutor/lessons"
	"docker-tutor/progress"
	"docker-tutor/sandbox"
)

// words finds the id and the arguments of the words for an error, where it has any.
func words(err error) (id string, args content.Args) {
	var problem *sandbox.Problem
	var unwritable *progress.Unwritable
	switch {
	case errors.As(err, &problem):
		return problem.ID, maps.Clone(content.Args(problem.Args))
	case errors.Is(err, syscall.ENOSPC):
		return "disk-full", content.Args{"reason": err.Error()}
	case errors.As(err, &unwritable):
		return "unwritable", content.Args{"dir": unwritable.Dir, "reason": unwritable.Err.Error()}
	case errors.Is(err, progress.ErrBusy):
		return "progress-busy", nil
	case sandbox.IsSilence(err):
		return "engine-silent", content.Args{"reason": err.Error()}
	}
	return "", nil
}

// problemText gives an error in the learner's language, without its hint.
func problemText(lang content.Lang, err error) string {
	if id, args := words(err); id != "" {
		return lang.Say("error."+id, args)
	}
	return err.Error()
}

// PrintError writes an error as every command does: one line that says what failed, one
// that says what to try.
func PrintError(w io.Writer, lang content.Lang, err error) {
	var faults lessons.Faults
	if errors.As(err, &faults) {
		fmt.Fprintln(w, faults.Error())
		return
	}
	fmt.Fprintf(w, "docker-tutor: %s: %s\n", lang.Say("ui.error", nil), problemText(lang, err))
	if id, args := words(err); id != "" {
		fmt.Fprintf(w, "docker-tutor: %s: %s\n", lang.Say("ui.hint", nil), lang.Say("hint."+id, args))
	}
}
