package lessons

import (
	"errors"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// script parses shell commands, and gives nil when they are not to be understood.
func (l *linter) script(at spot, text string) *syntax.File {
	// Digits of the same length can stand wherever a value can, even in $((…)).
	filled := variable.ReplaceAllStringFunc(text, func(written string) string { return strings.Repeat("1", len(written)) })
	file, err := syntax.NewParser(syntax.Variant(syntax.LangPOSIX)).Parse(strings.NewReader(filled), "")
	var broken syntax.ParseError
	var foreign syntax.LangError
	switch {
	case errors.As(err, &broken):
		l.scriptFault(at, text, broken.Pos, "this is not shell: "+broken.Text)
	case errors.As(err, &foreign):
		l.scriptFault(at, text, foreign.Pos, "sh does not know this: "+foreign.Feature)
	case err != nil:
		l.fault(at, "this is not shell: %s", err)
	default:
		return file
	}
	return nil
}

// solution checks the commands that a learner may be shown, and copy.
func (l *linter) solution(at spot, text string) {
	file := l.script(at, text)
	if file == nil {
		return
	}
	syntax.Walk(file, func(n syntax.Node) bool {
		if r, ok := n.(*syntax.Redirect); ok && (r.Op == syntax.Hdoc || r.Op == syntax.DashHdoc) {
			l.scriptFault(at, text, r.OpPos, "a here-document is hard to copy from the screen; use printf")
		}
		return true
	})
}

// scriptFault places a fault in the line of the script that it is about.
func (l *linter) scriptFault(at spot, text string, pos syntax.Pos, message string) {
	l.faultAt(l.lesson.place(at).inside(placeAt(text, int(pos.Offset()))), "%s", message)
}
