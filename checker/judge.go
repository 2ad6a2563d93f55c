package checker

import (
	"context"
	"errors"
	"slices"
	"time"

	"docker-tutor/lessons"

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
}

func newJudge(ex *lessons.Exercise, ev *Evidence) *judge {
	j := &judge{
		ex: ex, ev: ev, view: newView(ev.Daemon), events: since(ev.Events, ev.Since),
		containerNames: map[string]bool{}, imageNames: map[string]bool{},
	}
	for i := range ex.Checks {
		j.mention(ex.Checks[i].Statement)
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
	case s.Event != nil && s.Event.Type == "image":
		j.mentionImage(s.Event.Name)
	case s.Event != nil:
		j.containerNames[s.Event.Name] = true
	}
}

func (j *judge) mentionImage(name string) {
	if full, err := imageName(name); err == nil {
		j.imageNames[full] = true
	}
}

// stays tells whether a check, once passed, is passed for good.
func stays(c *lessons.Check) bool {
	return c.Edge || c.Event != nil || c.Answer != nil
}

func (j *judge) check(ctx context.Context, c *lessons.Check, passed map[string]bool) Verdict {
	final := stays(c)
	if final && passed[c.ID] {
		return Verdict{Check: c.ID, Outcome: Passed, Final: true}
	}
	d, err := j.statement(ctx, c.Statement, c.Keep)
	switch {
	case err != nil:
		return Verdict{Check: c.ID, Outcome: Unknown, Diagnosis: unknown(err)}
	case d == nil:
		return Verdict{Check: c.ID, Outcome: Passed, Final: final}
	}
	if own := j.mistake(ctx, c.ID, d); own != nil {
		d = own
	}
	d.Near = d.Near || c.Keep // it was true to begin with: something was done
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
	case s.Event != nil:
		return j.event(ctx, s.Event)
	case s.Answer != nil:
		return j.answer(ctx, s.Answer)
	}
	return nil, errors.New("the check states nothing")
}

// mistake gives the author's diagnosis of a failed check: that of the first mistake
// which is recognised. Nothing that it finds can pass a check.
func (j *judge) mistake(ctx context.Context, check string, d *Diagnosis) *Diagnosis {
	for i := range j.ex.Mistakes {
		m := &j.ex.Mistakes[i]
		if m.Fails != check || m.When == nil {
			continue
		}
		if m.When.Answer != nil && d.ID == "answer-not-given" {
			continue // the last answer, if any, was meant for another check
		}
		not, err := j.statement(ctx, m.When.Statement, false)
		if err == nil && not == nil {
			return &Diagnosis{ID: m.Says, Own: true, Near: true}
		}
	}
	return nil
}
