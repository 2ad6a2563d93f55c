package checker

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/events"
)

// Waiting tells how long a failed check may still come right by itself: a server that was
// just started, a health check that has not spoken yet. It is 0 where only the learner can
// change something. Whoever judges tries again within that time, at the next event or a
// little later, and shows until then that it waits.
func (v Verdict) Waiting() time.Duration {
	if v.Outcome != Failed || v.Diagnosis == nil {
		return 0
	}
	return v.Diagnosis.Waiting
}

// wait marks a diagnosis as one that may pass by itself. Until then it is no wrong turn.
func (d *Diagnosis) wait(left time.Duration) {
	if left > 0 {
		d.Waiting, d.Near = left, false
	}
}

// left is what is left of a time that began at a moment, as the daemon writes it.
func (j *judge) left(began string, within time.Duration) time.Duration {
	at, err := time.Parse(time.RFC3339Nano, began)
	if err != nil || at.IsZero() || at.Year() < 2000 {
		return 0
	}
	return max(0, min(within, within-j.ev.Now.Sub(at)))
}

// leftSince is what is left of a time that began with the last thing done to a container,
// or with its start.
func (j *judge) leftSince(c *container.InspectResponse, within time.Duration) time.Duration {
	left, probes := j.left(c.State.StartedAt, within), j.probes(c)
	for i := len(j.events) - 1; i >= 0; i-- {
		e := &j.events[i]
		if isDoing(e, c.ID, probes) {
			since := j.ev.Now.Sub(time.Unix(0, e.TimeNano))
			return max(left, min(within, within-since))
		}
	}
	return left
}

// execID is the attribute of an event that tells which command of docker exec it is about.
const execID = "execID"

// probes are the ids of the commands that a container's health check has run. They go on
// for ever, and are no sign that anything was done.
func (j *judge) probes(c *container.InspectResponse) map[string]bool {
	ids := map[string]bool{}
	if c.Config == nil || c.Config.Healthcheck == nil || len(c.Config.Healthcheck.Test) < 2 {
		return ids
	}
	command := strings.Join(c.Config.Healthcheck.Test[1:], " ")
	for _, e := range j.events {
		id := e.Actor.Attributes[execID]
		if id != "" && e.Actor.ID == c.ID && strings.HasSuffix(strings.TrimSpace(string(e.Action)), command) {
			ids[id] = true
		}
	}
	return ids
}

// handled tells whether anything was done to a container since the exercise opened, its own health
// check left aside.
func (j *judge) handled(c *container.InspectResponse) bool {
	probes := j.probes(c)
	return slices.ContainsFunc(j.events, func(e events.Message) bool {
		return isDoing(&e, c.ID, probes) && !strings.HasPrefix(string(e.Action), string(events.ActionHealthStatus))
	})
}

// isDoing tells an event of a container that neither reading nor a probe of its health check causes.
func isDoing(e *events.Message, id string, probes map[string]bool) bool {
	return e.Type == events.ContainerEventType && e.Actor.ID == id && !IsReading(*e) && !probes[e.Actor.Attributes[execID]]
}

// IsReading tells an event that reading causes, the checker's own too: it is no sign that
// anything was done.
func IsReading(e events.Message) bool {
	return e.Action == events.ActionTop || e.Action == events.ActionArchivePath || e.Action == events.ActionSave
}

// within reads the bound of a waiting check; the lint has seen to its form.
func within(text string, usual time.Duration) time.Duration {
	d, err := time.ParseDuration(text)
	if err != nil {
		return usual
	}
	return min(d, longestWait)
}

// How long a check waits at most, and where it does not say.
const (
	longestWait = 30 * time.Second
	usualWait   = 5 * time.Second
)

func itoa(n int) string { return strconv.Itoa(n) }
