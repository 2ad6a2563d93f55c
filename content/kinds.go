package content

import (
	"regexp"
	"slices"
	"strings"

	"docker-tutor/lessons"
)

// What only learners on some engines are to read stands between two lines:
//
//	::: containerd
//	…
//	:::
//
// Several traits mean an engine that has all of them.
var kindLine = regexp.MustCompile(`^ *:::(.*)$`)

// kindOf reads a line that begins (traits) or ends (no traits) such a passage.
func kindOf(l line) (traits []string, ok bool) {
	m := kindLine.FindStringSubmatch(l.text)
	if l.code || m == nil {
		return nil, false
	}
	return strings.Fields(m[1]), true
}

// linesFor gives the lines of a document without the passages that are not wanted.
func linesFor(lines []line, wanted func(traits []string) bool) []line {
	var kept []line
	skipping := false
	for _, l := range lines {
		if traits, ok := kindOf(l); ok {
			skipping = len(traits) > 0 && !wanted(traits)
		} else if !skipping {
			kept = append(kept, l)
		}
	}
	return kept
}

// checkKinds faults what is wrong with the lines that begin and end such passages.
func (r *reader) checkKinds(lines []line) {
	open := 0
	for _, l := range lines {
		traits, ok := kindOf(l)
		switch {
		case !ok:
		case open > 0 && len(traits) > 0:
			r.fault(l.n, "the passage of line %d is not ended yet; end it with ::: alone on a line", open)
		case open == 0 && len(traits) == 0:
			r.fault(l.n, "no passage begins above; one begins like this: ::: containerd")
		case open > 0:
			open = 0
		default:
			open = l.n
			r.checkTraits(l, traits)
		}
	}
	if open > 0 {
		r.fault(open, "this passage is not ended; end it with ::: alone on a line")
	}
}

func (r *reader) checkTraits(l line, traits []string) {
	known := lessons.Traits()
	for _, trait := range traits {
		if !slices.Contains(known, trait) {
			r.fault(l.n, "%q is no kind of engine; these are: %s", trait, strings.Join(known, ", "))
		}
	}
}

// For gives the words for a learner on an engine that has these traits. For one whose
// engine is not known (nil) every passage is there, behind a line that says for whom.
func (w *Words) For(traits []string, lang Lang) *Words {
	if traits == nil {
		return w.reread(named(w.lines, lang))
	}
	return w.reread(linesFor(w.lines, func(wanted []string) bool {
		return !slices.ContainsFunc(wanted, func(t string) bool { return !slices.Contains(traits, t) })
	}))
}

func (w *Words) reread(lines []line) *Words {
	other := &Words{File: w.File, parts: map[string]Part{}, lines: w.lines}
	(&reader{words: other}).read(lines)
	return other
}

// named puts a line before each passage that says for which engines it is.
func named(lines []line, lang Lang) []line {
	var out []line
	for _, l := range lines {
		traits, ok := kindOf(l)
		switch {
		case !ok:
			out = append(out, l)
		case len(traits) > 0:
			var names []string
			for _, t := range traits {
				names = append(names, lang.Say("trait."+t, nil))
			}
			indent := l.text[:strings.Index(l.text, ":")]
			text := indent + "*" + lang.Say("trait.for", Args{"kinds": strings.Join(names, ", ")}) + "*"
			out = append(out, line{n: l.n, text: text}, line{n: l.n})
		}
	}
	return out
}
