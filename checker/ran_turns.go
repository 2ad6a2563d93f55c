package checker

import (
	"context"
	"regexp"
	"strings"

	"docker-tutor/lessons/command"

	"github.com/docker/docker/api/types/events"
)

// recent bounds how far back wrong turns are looked for.
const recent = 300

// notRan says why a command does not count as run. An error means that this cannot be
// found out here.
func (j *judge) notRan(ctx context.Context, wanted []command.Command, blind bool) (*Diagnosis, error) {
	if j.ev.Unguarded != "" {
		return nil, &unknowable{diagnose(true, "ran-unguarded", "", args{"reason": j.ev.Unguarded})}
	}
	if d := j.wrongTurn(ctx, j.pending(ctx, wanted)); d != nil {
		return d, nil
	}
	if blind {
		return nil, &unknowable{diagnose(true, "ran-untold", "", args{"command": wanted[0].Name()})}
	}
	if name := j.madeElsewhere(); name != "" {
		return diagnose(strings.HasPrefix(name, "dt-"), "ran-round-the-lab", "docker context ls", args{"name": name}), nil
	}
	return diagnose(false, "ran-not-yet", "", args{}), nil
}

// pending leaves out the objects of a list that have been dealt with.
func (j *judge) pending(ctx context.Context, wanted []command.Command) (left []command.Command) {
	for _, w := range wanted {
		for _, one := range w.Each() {
			if at, _ := j.oneRanAt(ctx, one); at.IsZero() {
				left = append(left, one)
			}
		}
	}
	return left
}

// wrongTurn looks for the last command that was nearly the wanted one.
func (j *judge) wrongTurn(ctx context.Context, wanted []command.Command) *Diagnosis {
	seen := map[string]bool{}
	for i := len(j.ev.Calls) - 1; i >= max(0, len(j.ev.Calls)-recent); i-- {
		c := &j.ev.Calls[i]
		key := strings.Join(c.Argv, "\x00")
		if c.Path == "_ping" || !c.Time.After(j.notBefore) || key != "" && seen[key] {
			continue
		}
		seen[key] = true
		for _, w := range wanted {
			own, program := j.commandOf(c)
			if !own.known && (program == dockerItself || !patterns[w.Path].takes(c)) {
				continue
			}
			if !own.known {
				if own = j.reading(w.Path, i); !own.known {
					continue
				}
				own.line = own.command.String()
			}
			if d := j.turn(ctx, w, own, c); d != nil {
				return d
			}
		}
	}
	return nil
}

// turn says how a command that was run is not the wanted one, or nothing where the two
// have too little in common, or the exercise asks for that one too.
func (j *judge) turn(ctx context.Context, wanted command.Command, ran reading, c *Call) *Diagnosis {
	ran.command = asInspect(wanted.Path, ran.command)
	if wanted.Path != ran.command.Path {
		if !j.neighbours(ctx, wanted, ran.command) || j.wantedToo(ctx, ran.command) || j.solves(ctx, ran.command) {
			return nil
		}
		return diagnose(true, "ran-neighbour", wanted.Name()+" --help", args{"ran": ran.line, "wanted": wanted.Name()})
	}
	differences := j.differences(ctx, wanted, ran)
	switch {
	case len(differences) == 0:
		return j.inVain(ctx, wanted, ran, c)
	case j.wantedToo(ctx, ran.command):
		return nil
	}
	for _, d := range differences {
		if d.What == command.MissingOption && d.StandsIn(ran.command) {
			return diagnose(true, "ran-option-behind", lookHelp(wanted), args{"ran": ran.line, "option": asShown(d.Option)})
		}
	}
	return j.differs(wanted, ran, differences[0])
}

// wantedToo tells whether another check of the exercise asks for that command.
func (j *judge) wantedToo(ctx context.Context, ran command.Command) bool {
	for i := range j.ex.Checks {
		for _, line := range j.ex.Checks[i].Ran {
			w, err := command.Parse(line)
			if err != nil {
				continue
			}
			for _, one := range w.Each() {
				if len(one.Compare(asInspect(one.Path, ran), j.same(ctx))) == 0 {
					return true
				}
			}
		}
	}
	return false
}

// solves tells whether the reference solution has that command too, as a line of its own.
func (j *judge) solves(ctx context.Context, ran command.Command) bool {
	for line := range strings.Lines(j.ex.Solution) {
		w, err := command.Parse(strings.TrimSpace(line))
		if err == nil && len(w.Compare(asInspect(w.Path, ran), j.same(ctx))) == 0 {
			return true
		}
	}
	return false
}

// lookHelp gives the command that explains a command.
func lookHelp(c command.Command) string { return c.Name() + " --help" }

var anyWord = regexp.MustCompile(`\b` + command.Any + `\b`)

// asShown writes a teacher's line for learners: what is up to them is left open.
func asShown(line string) string { return anyWord.ReplaceAllString(line, "…") }

// differs puts a difference into a diagnosis.
func (j *judge) differs(wanted command.Command, ran reading, d command.Difference) *Diagnosis {
	a := args{"ran": ran.line, "option": asShown(d.Option), "why": optionPhrase(wanted.Path, d.Name)}
	switch d.What {
	case command.MissingOption:
		return diagnose(true, "ran-option-missing", lookHelp(wanted), a)
	case command.ExtraOption:
		return diagnose(true, "ran-option-extra", lookHelp(wanted), a)
	case command.OtherValue:
		return diagnose(true, "ran-option-other", lookHelp(wanted), args{"ran": ran.line, "found": d.Found, "wanted": asShown(d.Wanted)})
	}
	look := map[command.Kind]string{
		command.Container: lookContainers, command.Object: lookContainers, command.Image: lookImages,
		command.Volume: lookFor["volume"], command.Network: lookFor["network"],
	}[d.Kind]
	if look == "" || d.Wanted == "" || d.Found == "" {
		return diagnose(true, "ran-other-words", lookHelp(wanted), args{"ran": ran.line, "wanted": asShown(wanted.String())})
	}
	return diagnose(true, "ran-other-object", look, args{"ran": ran.line, "found": d.Found, "wanted": asShown(d.Wanted)})
}

// inVain says why the right command came to nothing, once it is known.
func (j *judge) inVain(ctx context.Context, wanted command.Command, ran reading, last *Call) *Diagnosis {
	for i := len(j.ev.Calls) - 1; i >= 0; i-- {
		c := &j.ev.Calls[i]
		if strings.Join(c.Argv, "\x00") != strings.Join(last.Argv, "\x00") || !j.isAbout(ctx, wanted, c) {
			continue
		}
		switch {
		case c.Refused:
			return diagnose(true, "ran-refused", "", args{"ran": ran.line})
		case c.Status >= 400:
			return diagnose(true, "ran-failed", "", args{"ran": ran.line, "code": c.Status, "why": statusPhrase(c.Status)})
		}
	}
	return nil
}

func statusPhrase(status int) Phrase {
	switch status {
	case 404:
		return "failed-not-found"
	case 409:
		return "failed-conflict"
	}
	return "failed-other"
}

// neighbours tells whether two commands that only look are taken for each other: they look
// at the same object, or list what is of one group.
func (j *judge) neighbours(ctx context.Context, wanted, ran command.Command) bool {
	if !onlyLooks(wanted) || !onlyLooks(ran) {
		return false
	}
	of, other := wanted.Arguments(), ran.Arguments()
	if len(of) > 0 && len(other) == 0 {
		return false // who looks at one thing often lists all first
	}
	if len(of) == 0 {
		return wanted.Group() == ran.Group() && wanted.Group() != "system"
	}
	kind := of[0].Kind
	if kind == command.Object {
		kind = other[0].Kind
	}
	return kind != command.Text && (of[0].Text == other[0].Text || j.same(ctx)(kind, of[0].Text, other[0].Text))
}

func onlyLooks(c command.Command) bool {
	p := patterns[c.Path]
	if p == nil || p.calls == nil {
		return false
	}
	for _, own := range p.calls {
		if !strings.HasPrefix(own, "GET ") {
			return false
		}
	}
	return true
}

// madeElsewhere gives the name of a container that came into being without the lab's label
// while nothing went through the lab at all.
func (j *judge) madeElsewhere() string {
	if len(j.ev.Calls) > 0 || j.ev.Label == "" {
		return ""
	}
	for i := range j.events {
		e := &j.events[i]
		if e.Type == events.ContainerEventType && e.Action == events.ActionCreate && !j.older(e) && j.mayBeTheirs(e) {
			return eventName(e)
		}
	}
	return ""
}

// mayBeTheirs tells whether the learner may have made a container, round the lab: no lab
// did, and where the exercise names containers it has one of these names.
func (j *judge) mayBeTheirs(e *events.Message) bool {
	label, _, _ := strings.Cut(j.ev.Label, "=")
	return !hasLabel(e.Actor.Attributes, label) && (len(j.containerNames) == 0 || j.containerNames[eventName(e)])
}

// optionPhrases say what an option of a command does. Of the others nothing is said but
// that they are asked for.
var optionPhrases = map[string]Phrase{
	"container ls --all": "option-all-containers", "container ls --last": "option-last", "container ls --size": "option-size",
	"container stats --all": "option-all-containers", "container stats --no-stream": "option-no-stream",
	"container logs --follow": "option-follow", "compose logs --follow": "option-follow",
	"image ls --all": "option-all-images", "system events --since": "option-since",
	"container run --detach": "option-detach", "container exec --detach": "option-detach", "compose up --detach": "option-detach",
	"container rm --force": "option-force", "image rm --force": "option-force",
	"image prune --all": "option-all-unused", "system prune --all": "option-all-unused", "system prune --volumes": "option-volumes",
}

func optionPhrase(path, name string) Phrase {
	if name == "filter" {
		return "option-filter"
	}
	if p := optionPhrases[path+" --"+name]; p != "" {
		return p
	}
	return "option-other"
}
