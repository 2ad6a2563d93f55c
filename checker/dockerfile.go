package checker

import (
	"bytes"
	"slices"
	"strings"

	"docker-tutor/lessons"

	"github.com/moby/buildkit/frontend/dockerfile/command"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/patternmatcher"
	"github.com/moby/patternmatcher/ignorefile"
)

// line is one instruction of a Dockerfile.
type line struct {
	name  string
	flags []string
	words []string
	text  string // as it is written, on one line
	at    int
}

// otherDockerfile compares the instructions of a Dockerfile, read by BuildKit's own parser.
func otherDockerfile(want *lessons.LabFile, content []byte) *Diagnosis {
	if len(want.Has)+len(want.HasNot)+len(want.Order)+want.Stages == 0 {
		return nil
	}
	lines, d := dockerfileLines(want.Path, content)
	if d != nil {
		return d
	}
	for _, text := range want.Has {
		if at(lines, text, 0) < 0 {
			return lacksInstruction(want.Path, lines, text)
		}
	}
	for _, text := range want.HasNot {
		if i := at(lines, text, 0); i >= 0 {
			return diagnose(true, "lab-file-has-instruction", "", args{"path": want.Path, "line": lines[i].at, "found": clip(lines[i].text)})
		}
	}
	if d := otherOrder(want, lines); d != nil {
		return d
	}
	stages := 0
	for _, l := range lines {
		if l.name == "FROM" {
			stages++
		}
	}
	if stages < want.Stages {
		return diagnose(true, "lab-file-few-stages", "", args{"path": want.Path, "found": stages, "wanted": want.Stages})
	}
	return nil
}

// dockerfileLines reads a Dockerfile. The parser takes any first word for an instruction.
func dockerfileLines(path string, content []byte) ([]line, *Diagnosis) {
	parsed, err := parser.Parse(bytes.NewReader(content))
	if err != nil {
		return nil, diagnose(true, "lab-file-no-dockerfile", "", args{"path": path, "reason": err.Error()})
	}
	var lines []line
	for _, n := range parsed.AST.Children {
		l := line{name: strings.ToUpper(n.Value), flags: n.Flags, text: oneLine(n.Original), at: n.StartLine}
		if _, known := command.Commands[strings.ToLower(n.Value)]; !known {
			return nil, diagnose(true, "lab-file-unknown-instruction", "", args{"path": path, "line": l.at, "found": clip(n.Value)})
		}
		for _, w := range strings.Fields(l.text)[1:] {
			if !slices.Contains(l.flags, w) {
				l.words = append(l.words, w)
			}
		}
		lines = append(lines, l)
	}
	return lines, nil
}

// at gives the first instruction from there on which is the wanted one, or -1.
func at(lines []line, text string, from int) int {
	wanted := strings.Fields(text)
	for i := from; i < len(lines); i++ {
		if lines[i].is(wanted) {
			return i
		}
	}
	return -1
}

// is tells whether an instruction is the wanted one: it has its flags, and begins with its
// words; where the order of words does not matter, it has them somewhere.
func (l line) is(wanted []string) bool {
	if l.name != wanted[0] {
		return false
	}
	var words []string
	for _, w := range wanted[1:] {
		if !strings.HasPrefix(w, "--") {
			words = append(words, w)
		} else if !slices.Contains(l.flags, w) {
			return false
		}
	}
	if slices.Contains([]string{"ENV", "LABEL", "EXPOSE", "ARG", "VOLUME"}, l.name) {
		return !slices.ContainsFunc(words, func(w string) bool { return !slices.Contains(l.words, w) })
	}
	return len(words) <= len(l.words) && slices.Equal(words, l.words[:len(words)])
}

// lacksInstruction names the instruction of the same kind that is there instead.
func lacksInstruction(path string, lines []line, text string) *Diagnosis {
	a := args{"path": path, "wanted": text}
	if i := at(lines, strings.Fields(text)[0], 0); i >= 0 {
		a["found"], a["line"] = clip(lines[i].text), lines[i].at
		return diagnose(true, "lab-file-other-instruction", "", a)
	}
	return diagnose(true, "lab-file-lacks-instruction", "", a)
}

// otherOrder looks for instructions that come one after the other.
func otherOrder(want *lessons.LabFile, lines []line) *Diagnosis {
	next := 0
	for i, text := range want.Order {
		found := at(lines, text, next)
		if found >= 0 {
			next = found + 1
			continue
		}
		earlier := at(lines, text, 0)
		if earlier < 0 || i == 0 {
			return lacksInstruction(want.Path, lines, text)
		}
		return diagnose(true, "lab-file-other-order", "", args{"path": want.Path, "found": clip(lines[earlier].text),
			"line": lines[earlier].at, "wanted": want.Order[i-1]})
	}
	return nil
}

// otherIgnore compares what the patterns of a .dockerignore leave out, the way docker
// build does.
func otherIgnore(want *lessons.LabFile, content []byte) *Diagnosis {
	if len(want.Ignores)+len(want.Keeps) == 0 {
		return nil
	}
	patterns, err := ignorefile.ReadAll(bytes.NewReader(content))
	var matcher *patternmatcher.PatternMatcher
	if err == nil {
		matcher, err = patternmatcher.New(patterns)
	}
	if err != nil {
		return diagnose(true, "lab-file-bad-pattern", "", args{"path": want.Path, "reason": err.Error()})
	}
	for _, file := range want.Ignores {
		if out, err := matcher.MatchesOrParentMatches(file); err == nil && !out {
			return diagnose(true, "lab-file-lets-through", "", args{"path": want.Path, "file": file})
		}
	}
	for _, file := range want.Keeps {
		if out, err := matcher.MatchesOrParentMatches(file); err == nil && out {
			return diagnose(true, "lab-file-leaves-out", "", args{"path": want.Path, "file": file})
		}
	}
	return nil
}
