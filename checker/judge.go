package checker

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"time"

	"docker-tutor/lessons"
	"docker-tutor/lessons/command"

	"github.com/docker/docker/api/types/events"
)

// Judge judges every check of an exercise whose variables are already bound, in
// order, on the evidence. passed holds the ids of checks that passed earlier; edges,
// events and answers among them stay passed without asking the daemon.
func Judge(ctx context.Context, ex *lessons.Exercise, ev *Evidence, passed map[string]bool) []Verdict {
	j := newJudge(ex, ev)
	verdicts := make([]Verdict, len(ex.Checks))
	for i := range ex.Checks {
		verdicts[i] = j.check(ctx, &ex.Checks[i], passed)
	}
	return verdicts
}

// judge is one judgement: the evidence, what is asked of it, and what the daemon
// said so far.
type judge struct {
	ex     *lessons.Exercise
	ev     *Evidence
	events []events.Message // those that count
	view   *view
	// The names that the exercise itself speaks of: never somebody's misspelling.
	containerNames, imageNames map[string]bool

	ids        map[string][]string  // of containers, by every name that they had
	lines      map[string]*lineRead // command lines, by their words
	notBefore  time.Time            // what came until then does not count for the check at hand
	tried      bool                 // of each kind of command the last one counts, though the daemon could not do it
	proof      time.Time            // when the event or command came that passed the last one
	otherNames map[string]bool      // of volumes and networks
	labFiles   map[string]bool      // in the lab folder
}

func newJudge(ex *lessons.Exercise, ev *Evidence) *judge {
	j := &judge{
		ex: ex, ev: ev, view: newView(ev.Daemon), events: since(ev.Events, ev.Since),
		containerNames: map[string]bool{}, imageNames: map[string]bool{}, otherNames: map[string]bool{}, labFiles: map[string]bool{},
		lines: map[string]*lineRead{},
	}
	for i := range ex.Checks {
		j.mention(ex.Checks[i].Statement)
	}
	for name := range ex.Files {
		j.labFiles[name] = true
	}
	return j
}

// since gives the events from that moment on; they come oldest first.
func since(all []events.Message, from time.Time) []events.Message {
	first := slices.IndexFunc(all, func(e events.Message) bool { return e.TimeNano >= from.UnixNano() })
	if first < 0 {
		return nil
	}
	return all[first:]
}

func (j *judge) mention(s lessons.Statement) {
	switch {
	case s.Container != nil:
		j.containerNames[s.Container.Name] = true
	case s.Image != nil:
		j.mentionImage(s.Image.Name)
		j.mentionImage(s.Image.SameAs)
	case s.Volume != nil:
		j.otherNames[s.Volume.Name] = true
	case s.LabFile != nil:
		j.labFiles[s.LabFile.Path] = true
	case s.Network != nil:
		j.otherNames[s.Network.Name] = true
	case s.File != nil:
		j.containerNames[s.File.Container] = true
		j.otherNames[s.File.Volume] = true
		j.mentionImage(s.File.Image)
	case s.HTTP != nil:
		j.containerNames[s.HTTP.Container] = true
	case s.Process != nil:
		j.containerNames[s.Process.Container] = true
	case s.Sequence != nil:
		for i := range s.Sequence.Events {
			j.mention(lessons.Statement{Event: &s.Sequence.Events[i]})
		}
	case s.Event != nil && s.Event.Type == "image":
		j.mentionImage(s.Event.Name)
	case s.Event != nil:
		j.containerNames[s.Event.Name] = true
	}
	for _, line := range s.Ran {
		if c, err := command.Parse(line); err == nil {
			for _, arg := range c.Arguments() {
				j.containerNames[arg.Text] = j.containerNames[arg.Text] || arg.Kind == command.Container || arg.Kind == command.Object
				if arg.Kind == command.Image || arg.Kind == command.Object {
					j.mentionImage(arg.Text)
				}
			}
		}
	}
}

func (j *judge) mentionImage(name string) {
	if full, err := imageName(name); err == nil {
		j.imageNames[full] = true
	}
}

// namesImage tells whether the exercise speaks of that image: in its checks, or on the way, in
// its set-up and its solution, which are read for it only when somebody may have misspelt it.
func (j *judge) namesImage(full string) bool {
	if j.imageNames[full] {
		return true
	}
	for word := range strings.FieldsSeq(j.ex.Setup + " " + j.ex.Solution) {
		if word = strings.Trim(word, `"'`); strings.HasPrefix(word, "dt-") && strings.Contains(word, ":") && sameImageName(word, full) {
			return true
		}
	}
	return false
}

// stays tells whether a check, once passed, is passed for good.
func stays(c *lessons.Check) bool {
	return c.Edge || c.Event != nil || c.Sequence != nil || c.Ran != nil || c.Answer != nil
}

func (j *judge) check(ctx context.Context, c *lessons.Check, passed map[string]bool) Verdict {
	final := stays(c)
	if final && passed[c.ID] {
		return Verdict{Check: c.ID, Outcome: Passed, Final: true}
	}
	d, err := j.ordered(ctx, c, passed)
	switch {
	case err != nil:
		return Verdict{Check: c.ID, Outcome: Unknown, Diagnosis: asUnknown(err)}
	case d == nil:
		return Verdict{Check: c.ID, Outcome: Passed, Final: final}
	}
	if own := j.mistake(ctx, c.ID, d); own != nil {
		d = own
	}
	d.Near = (d.Near || c.Keep) && d.Waiting == 0 // what was true to begin with: something was done
	return Verdict{Check: c.ID, Outcome: Failed, Diagnosis: d}
}

// statement gives nil where the statement holds, and otherwise why it does not. An
// error means that this could not be found out. What keep is true of may be older
// than the exercise.
func (j *judge) statement(ctx context.Context, s lessons.Statement, keep bool) (*Diagnosis, error) {
	switch {
	case s.Container != nil:
		return j.container(ctx, s.Container, keep)
	case s.Image != nil:
		return j.image(ctx, s.Image, keep)
	case s.Images != nil:
		return j.images(ctx, s.Images, keep)
	case s.Volume != nil:
		return j.volume(ctx, s.Volume, keep)
	case s.Network != nil:
		return j.network(ctx, s.Network, keep)
	case s.File != nil:
		return j.file(ctx, s.File, keep)
	case s.LabFile != nil:
		return j.labFile(s.LabFile)
	case s.HTTP != nil:
		return j.http(ctx, s.HTTP, keep)
	case s.Process != nil:
		return j.process(ctx, s.Process, keep)
	case s.Compose != nil:
		return j.compose(ctx, s.Compose, keep)
	case s.Registry != nil:
		return j.registry(ctx, s.Registry)
	case s.Login != nil:
		return j.login(ctx, s.Login)
	case s.Sequence != nil:
		return j.sequence(ctx, s.Sequence)
	case s.Event != nil:
		return j.event(ctx, s.Event)
	case s.Ran != nil:
		return j.ran(ctx, s.Ran)
	case s.Answer != nil:
		return j.answer(ctx, s.Answer)
	}
	return nil, errors.New("the check states nothing")
}

// never is later than anything.
var never = time.Unix(0, math.MaxInt64)

// ordered judges a check that may have to come after others. What came too early is said
// to be just that.
func (j *judge) ordered(ctx context.Context, c *lessons.Check, passed map[string]bool) (*Diagnosis, error) {
	after, err := j.after(ctx, c, passed)
	if err != nil {
		return nil, err
	}
	j.notBefore = after
	d, err := j.statement(ctx, c.Statement, c.Keep)
	j.notBefore = time.Time{}
	if d == nil || after.IsZero() {
		return d, err
	}
	if early, err := j.statement(ctx, c.Statement, c.Keep); early == nil && err == nil {
		return diagnose(true, "came-too-early", "", args{}), nil
	}
	return d, nil
}

// after gives the moment from which a check counts: when the last of those was passed that
// come before it. What was passed in an earlier session is older than all the evidence.
func (j *judge) after(ctx context.Context, c *lessons.Check, passed map[string]bool) (time.Time, error) {
	var last time.Time
	for _, id := range c.After {
		i := slices.IndexFunc(j.ex.Checks, func(o lessons.Check) bool { return o.ID == id })
		if i < 0 || &j.ex.Checks[i] == c {
			continue // the lint knows
		}
		before := &j.ex.Checks[i]
		d, err := j.ordered(ctx, before, passed)
		var u *unknowable
		switch {
		case err != nil && !errors.As(err, &u):
			return never, err
		case (err != nil || d != nil) && !passed[id]:
			return never, nil
		case err == nil && d == nil && j.proof.After(last):
			last = j.proof
		}
	}
	return last, nil
}

// mistake gives the author's diagnosis of a failed check: that of the first mistake
// which is recognised. Nothing that it finds can pass a check.
func (j *judge) mistake(ctx context.Context, check string, d *Diagnosis) *Diagnosis {
	for i := range j.ex.Mistakes {
		m := &j.ex.Mistakes[i]
		if m.When == nil || !slices.Contains(m.Fails, check) {
			continue
		}
		if m.When.Answer != nil && d.ID == "answer-not-given" {
			continue // the last answer, if any, was meant for another check
		}
		if j.isMade(ctx, m) {
			own := &Diagnosis{ID: m.Says, Own: true, Near: !m.Quiet}
			own.wait(d.Waiting) // a server that starts may still come right
			return own
		}
	}
	return nil
}

// isMade tells whether all that recognises a mistake holds.
func (j *judge) isMade(ctx context.Context, m *lessons.Mistake) bool {
	j.tried = true
	defer func() { j.tried = false }()
	for _, s := range m.When.Each() {
		if not, err := j.statement(ctx, s, false); not != nil || err != nil {
			return false
		}
	}
	return true
}
