package command

import (
	"errors"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// Error says why a line is not one docker command that can be understood.
type Error struct {
	At      int // where in the line, in bytes; 0 for a command line that is no text
	Message string
}

func (e *Error) Error() string { return e.Message }

// word is one word of a command line, and where it stands.
type word struct {
	text string
	at   int
}

// shellWords takes the quotes off a line that is one command and nothing more.
func shellWords(line string) ([]word, error) {
	file, err := syntax.NewParser(syntax.Variant(syntax.LangPOSIX)).Parse(strings.NewReader(line), "")
	var broken syntax.ParseError
	var foreign syntax.LangError
	switch {
	case errors.As(err, &broken):
		return nil, &Error{int(broken.Pos.Offset()), "this is not shell: " + broken.Text}
	case errors.As(err, &foreign):
		return nil, &Error{int(foreign.Pos.Offset()), "sh does not know this: " + foreign.Feature}
	case err != nil:
		return nil, &Error{0, "this is not shell: " + err.Error()}
	case len(file.Stmts) == 0:
		return nil, &Error{0, "nothing is written here; a docker command is wanted, such as docker ps -a"}
	case len(file.Stmts) > 1:
		return nil, &Error{int(file.Stmts[1].Pos().Offset()), "a second command begins here; write one docker command, and a check for each"}
	}
	call, err := plainCall(file.Stmts[0])
	if err != nil {
		return nil, err
	}
	words := make([]word, len(call.Args))
	for i, arg := range call.Args {
		text, err := plainText(arg.Parts, false)
		if err != nil {
			return nil, err
		}
		words[i] = word{text, int(arg.Pos().Offset())}
	}
	return words, nil
}

// plainCall faults what a shell would do besides starting one command.
func plainCall(s *syntax.Stmt) (*syntax.CallExpr, error) {
	call, ok := s.Cmd.(*syntax.CallExpr)
	switch {
	case len(s.Redirs) > 0:
		return nil, &Error{int(s.Redirs[0].Pos().Offset()), "a redirection is the shell's and not docker's; leave it out"}
	case s.Background || s.Coprocess || s.Disown:
		return nil, &Error{int(s.Semicolon.Offset()), "this would run in the background; write the docker command alone"}
	case s.Negated || !ok:
		return nil, &Error{int(s.Pos().Offset()), "one docker command is wanted here, without a pipe, && or anything else of the shell"}
	case len(call.Assigns) > 0:
		return nil, &Error{int(call.Assigns[0].Pos().Offset()), "a variable is set here; write the docker command alone"}
	}
	return call, nil
}

// plainText gives the text of a word, and faults what would come from elsewhere.
func plainText(parts []syntax.WordPart, quoted bool) (string, error) {
	var text strings.Builder
	for _, part := range parts {
		switch p := part.(type) {
		case *syntax.Lit:
			text.WriteString(unescape(p.Value, quoted))
		case *syntax.SglQuoted:
			text.WriteString(p.Value)
		case *syntax.DblQuoted:
			inner, err := plainText(p.Parts, true)
			if err != nil {
				return "", err
			}
			text.WriteString(inner)
		default:
			return "", &Error{int(part.Pos().Offset()), "the shell would put something else here; write what docker gets, and {{.name}} for a variable of the lesson"}
		}
	}
	return text.String(), nil
}

// unescape takes off the backslashes that a shell takes off.
func unescape(text string, quoted bool) string {
	var plain strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '\\' && i+1 < len(text) && (!quoted || strings.IndexByte("$`\"\\\n", text[i+1]) >= 0) {
			i++
			if text[i] == '\n' {
				continue
			}
		}
		plain.WriteByte(text[i])
	}
	return plain.String()
}
