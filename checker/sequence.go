package checker

import (
	"cmp"
	"context"

	"docker-tutor/lessons"
)

// sequence judges whether events came in an order. Those without a name are about one and
// the same object of their type: whichever gets furthest is judged.
func (j *judge) sequence(ctx context.Context, want *lessons.Sequence) (*Diagnosis, error) {
	best, bestAt := 0, -1
	for _, object := range j.objects(want) {
		n, at, err := j.follow(ctx, want, object)
		if err != nil {
			return nil, err
		}
		if n == len(want.Events) {
			return nil, nil
		}
		if n > best {
			best, bestAt = n, at
		}
	}
	missing := &want.Events[best]
	if best == 0 {
		return j.event(ctx, missing)
	}
	before, other := want.Events[best-1], eventName(&j.events[bestAt])
	a := args{"before": before.Action, "other": other, "wanted": missing.Action, "type": Phrase("type-" + missing.Type), "name": cmp.Or(missing.Name, other)}
	for i := range bestAt {
		if ok, err := j.isEvent(ctx, i, missing, j.events[bestAt].Actor.ID); ok || err != nil {
			return diagnose(true, "sequence-other-order", lookFor[missing.Type], a), err
		}
	}
	return diagnose(false, "sequence-not-yet", lookFor[missing.Type], a), nil
}

// objects lists the IDs that events without a name may be about; one that is none where
// every event has a name.
func (j *judge) objects(want *lessons.Sequence) []string {
	first := -1
	for i, e := range want.Events {
		if e.Name == "" {
			first = i
			break
		}
	}
	if first < 0 {
		return []string{""}
	}
	var ids []string
	seen := map[string]bool{}
	for _, e := range j.events {
		if string(e.Type) == want.Events[first].Type && !seen[e.Actor.ID] {
			seen[e.Actor.ID] = true
			ids = append(ids, e.Actor.ID)
		}
	}
	return ids
}

// follow goes through the events in order. It gives how many of the wanted ones came, and
// where the last of them stands.
func (j *judge) follow(ctx context.Context, want *lessons.Sequence, object string) (n, last int, err error) {
	for i := range j.events {
		if n == len(want.Events) {
			break
		}
		ok, err := j.isEvent(ctx, i, &want.Events[n], object)
		if err != nil {
			return n, last, err
		}
		if ok {
			n, last = n+1, i
		}
	}
	return n, last, nil
}

// isEvent tells whether the event at that place is the wanted one, on its own object or on
// the one that all are about.
func (j *judge) isEvent(ctx context.Context, at int, want *lessons.Event, object string) (bool, error) {
	e := &j.events[at]
	if string(e.Type) != want.Type || !sameAction(want.Action, string(e.Action)) || j.older(e) || otherAttribute(want, e) != "" {
		return false, nil
	}
	if want.Name == "" {
		return object == "" || e.Actor.ID == object, nil
	}
	return j.concerns(ctx, at, want)
}
