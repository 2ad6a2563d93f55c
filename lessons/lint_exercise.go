package lessons

import (
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

const leastMistakes = 2

func (l *linter) exercise(ex *Exercise) {
	l.claims(ex.At, ex.Covers, ex.Refutes)
	l.needs(ex)
	l.vars(ex)
	l.files(ex)
	l.script(spot{ex.At, "setup"}, ex.Setup)
	l.solution(spot{ex.At, "solution"}, ex.Solution)
	l.commands(ex)
	bound := Bind(ex, firstChoice(ex))
	l.checks(bound)
	l.readings(bound)
	l.mistakes(bound)
	l.mentions(bound)
}

// Needs are what an exercise may need beyond an engine and busybox.
const (
	NeedsCompose  = "compose"
	NeedsRegistry = "registry"
)

func (l *linter) needs(ex *Exercise) {
	for i, need := range ex.Needs {
		if need != NeedsCompose && need != NeedsRegistry {
			l.fault(spot{ex.At, "needs"}.item(i), "%s is not known here; an exercise may need %s or %s", quote(need), NeedsCompose, NeedsRegistry)
		}
	}
}

// firstChoice is a binding to look at an exercise with: what a statement means is
// told from its values, not from {{.name}}.
func firstChoice(ex *Exercise) Binding {
	b := Binding{Vars: map[string]string{}}
	for name, v := range ex.Vars {
		b.Vars[name] = strconv.Itoa(v.Port)
		switch {
		case len(v.Pick) > 0:
			b.Vars[name] = v.Pick[0]
		case v.Digits > 0:
			b.Vars[name] = strings.Repeat("1", v.Digits)
		}
	}
	return b
}

var varName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// vars checks the variables: each well formed, declared and used.
func (l *linter) vars(ex *Exercise) {
	for _, name := range slices.Sorted(maps.Keys(ex.Vars)) {
		v, at := ex.Vars[name], spot{ex.At, "vars"}.entry(name)
		if !varName.MatchString(name) {
			l.fault(at, "the name of a variable has lowercase letters, digits and _, a letter first; %s has not", quote(name))
		}
		if l.exactlyOne("a variable", v, v.At, []string{"pick", "port", "digits"}) && v.Pick != nil && len(v.Pick) == 0 {
			l.fault(spot{v.At, "pick"}, "this list is empty; a variable needs something to pick from")
		}
	}
	used := map[string]bool{}
	rewriteExercise(ex, func(at spot, text string) string {
		for _, name := range Variables(text) {
			used[name] = true
		}
		l.declared(at, text, ex.Vars)
		return text
	})
	for _, name := range slices.Sorted(maps.Keys(ex.Vars)) {
		if !used[name] && varName.MatchString(name) {
			l.fault(spot{ex.At, "vars"}.entry(name), "the variable %q is never used; write {{.%s}} somewhere, or remove it", name, name)
		}
	}
}

// declared faults the variables in a text that are not among vars.
func (l *linter) declared(at spot, text string, vars map[string]Var) {
	here := cursor{text: text}
	for _, m := range variable.FindAllStringSubmatchIndex(text, -1) {
		name := text[m[2]:m[3]]
		if _, ok := vars[name]; ok {
			continue
		}
		advice := "declare it under vars"
		if near := Nearest(name, slices.Sorted(maps.Keys(vars))); near != "" {
			advice = "did you mean {{." + near + "}}?"
		}
		l.faultAt(l.lesson.place(at).inside(here.moveTo(m[0])), "there is no variable {{.%s}} here; %s", name, advice)
	}
}

func (l *linter) files(ex *Exercise) {
	for _, name := range slices.Sorted(maps.Keys(ex.Files)) {
		if !validPath(name) {
			l.fault(spot{ex.At, "files"}.entry(name), "%s is not a path inside the lab folder; write it like site/index.html", quote(name))
		}
	}
}

// validPath tells whether a path stays in its folder, on every system.
func validPath(name string) bool {
	return fs.ValidPath(name) && name != "." && !strings.ContainsAny(name, `\:`)
}

func (l *linter) checks(ex *Exercise) {
	ids := seen{}
	for i, c := range ex.Checks {
		l.unique(ids, "check", c.ID, spot{c.At, "id"})
		l.order(c, ex.Checks[:i])
		l.statement("a check", c.At, c.Statement)
		switch {
		case c.Keep && c.Edge:
			l.fault(spot{c.At, "edge"}, "keep and edge contradict each other: what must stay true cannot be let go of once seen")
		case c.Keep && (c.Event != nil || c.Sequence != nil || c.Answer != nil || c.Ran != nil):
			l.fault(spot{c.At, "keep"}, "keep is for what is true from the start; events, commands and answers only come later")
		}
		if !c.Keep {
			l.ownNames(c)
		}
	}
}

// base is the image that every lesson may use under its own name.
const base = "busybox"

// ownNames faults a check about an object that is not of the course: the learner may
// have one of that name, and only dt- names are replaced then.
func (l *linter) ownNames(c Check) {
	for _, o := range objects(c) {
		repository, _, _ := strings.Cut(o.name, ":")
		if len(namesIn(o.name)) == 0 && o.name != "" && repository != base {
			l.fault(o.at, "%s may be the learner's own; a name that the course gives begins with dt-", quote(o.name))
		}
	}
}

// object is a container, an image or the like that a check is about.
type object struct {
	at   spot
	name string
}

func objects(c Check) []object {
	var found []object
	if o := c.Container; o != nil {
		found = append(found, object{spot{o.At, "name"}, o.Name})
		found = append(found, object{spot{o.At, "image"}, o.Image})
	}
	if o := c.Image; o != nil {
		found = append(found, object{spot{o.At, "name"}, o.Name})
	}
	if o := c.Event; o != nil {
		found = append(found, object{spot{o.At, "name"}, o.Name})
	}
	for i, line := range c.Ran {
		for _, name := range ownArguments(line) {
			found = append(found, object{spot{c.At, "ran"}.item(i), name})
		}
	}
	if o := c.Volume; o != nil {
		found = append(found, object{spot{o.At, "name"}, o.Name})
	}
	if o := c.Network; o != nil {
		found = append(found, object{spot{o.At, "name"}, o.Name})
	}
	if o := c.File; o != nil {
		found = append(found, object{spot{o.At, "container"}, o.Container}, object{spot{o.At, "volume"}, o.Volume}, object{spot{o.At, "image"}, o.Image})
	}
	if o := c.HTTP; o != nil {
		found = append(found, object{spot{o.At, "container"}, o.Container})
	}
	if o := c.Process; o != nil {
		found = append(found, object{spot{o.At, "container"}, o.Container})
	}
	if o := c.Compose; o != nil {
		found = append(found, object{spot{o.At, "project"}, o.Project})
	}
	if o := c.Sequence; o != nil {
		for _, e := range o.Events {
			found = append(found, object{spot{e.At, "name"}, e.Name})
		}
	}
	if o := c.Answer; o != nil {
		found = append(found, object{spot{o.At, "image"}, o.Image})
		found = append(found, object{spot{o.At, "container"}, o.Container})
	}
	return found
}

var slugForm = regexp.MustCompile(slug)

func (l *linter) mistakes(ex *Exercise) {
	if n := len(ex.Mistakes); n < leastMistakes {
		l.fault(spot{ex.At, "mistakes"}, "an exercise has at least %s, with the diagnosis of each; this has %d", plural(leastMistakes, "mistake"), n)
	}
	var checks []string
	for _, c := range ex.Checks {
		checks = append(checks, c.ID)
	}
	for _, m := range ex.Mistakes {
		l.script(spot{m.At, "run"}, m.Run)
		for _, id := range m.Fails {
			if !slices.Contains(checks, id) {
				l.fault(spot{m.At, "fails"}, "there is no check %s; %s", quote(id), meant(id, checks, "the checks are"))
			}
		}
		if m.Quiet && m.When == nil {
			l.fault(spot{m.At, "quiet"}, "only a mistake that is recognised can be quiet; give it a when")
		}
		if m.When != nil {
			l.when(m.When)
		}
		l.says(m)
	}
}

func (l *linter) when(p *Probe) {
	each := p.Each()
	if len(each) == 0 {
		l.statement("when", p.At, p.Statement)
	}
	for _, one := range each {
		l.statement("when", p.At, one)
	}
}

func (l *linter) says(m Mistake) {
	at := spot{m.At, "says"}
	switch {
	case m.When != nil && !slugForm.MatchString(m.Says):
		l.fault(at, "%s is wanted here, this is %s", patternWords(slugForm), quote(m.Says))
	case m.When == nil && !slices.Contains(l.known.Diagnoses, m.Says):
		advice := "give it a when, or use one of the checker's own"
		if near := Nearest(m.Says, l.known.Diagnoses); near != "" {
			advice = "did you mean " + strconv.Quote(near) + "?"
		}
		l.fault(at, "the checker has no diagnosis %s; %s", quote(m.Says), advice)
	}
}

// mentions faults a dt- name in a statement that nothing makes or uses: neither the
// files, nor the set-up, nor the solution, nor the mistake that the statement is for.
func (l *linter) mentions(ex *Exercise) {
	made := slices.Concat(namesIn(ex.Setup), namesIn(ex.Solution))
	for name, content := range ex.Files {
		made = slices.Concat(made, namesIn(name), namesIn(content))
	}
	for _, c := range ex.Checks {
		rewriteAt(c.Statement, spot{in: c.At}, l.mentioned(made, projects(ex)))
	}
	for _, m := range ex.Mistakes {
		rewriteAt(m.When, spot{m.At, "when"}, l.mentioned(slices.Concat(made, namesIn(m.Run)), projects(ex)))
	}
}

func (l *linter) mentioned(made, projects []string) rewriter {
	made = slices.Compact(slices.Sorted(slices.Values(made)))
	return func(at spot, text string) string {
		for _, name := range namesIn(text) {
			if !slices.Contains(made, name) && !slices.Contains(made, projectOf(name, projects)) {
				l.fault(at, "nothing in this exercise makes or uses %s; %s", name, meant(name, made, "its set-up, solution and files name"))
			}
		}
		return text
	}
}
