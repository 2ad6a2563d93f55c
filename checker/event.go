package checker

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"docker-tutor/lessons"

	"github.com/docker/docker/api/types/events"
)

// lookFor gives the command that lists the objects of a kind.
var lookFor = map[string]string{
	"container": lookContainers, "image": lookImages, "volume": "docker volume ls", "network": "docker network ls",
}

// event judges whether the daemon reported something since the exercise opened.
func (j *judge) event(ctx context.Context, want *lessons.Event) (*Diagnosis, error) {
	var otherName string
	var otherAttributes *events.Message
	for i := range j.events {
		e := &j.events[i]
		if string(e.Type) != want.Type || !sameAction(want.Action, string(e.Action)) || j.older(e) || !time.Unix(0, e.TimeNano).After(j.notBefore) {
			continue
		}
		concerned, err := j.concerns(ctx, i, want)
		switch {
		case err != nil:
			return nil, err
		case concerned && otherAttribute(want, e) == "":
			j.proof = time.Unix(0, e.TimeNano)
			return nil, nil
		case concerned && (want.Name != "" || j.ev.Label != "" && hasLabel(e.Actor.Attributes, j.ev.Label)):
			otherAttributes = e
		case j.nearName(want, e):
			otherName = eventName(e)
		}
	}
	kind := Phrase("type-" + want.Type)
	switch look := lookFor[want.Type]; {
	case otherAttributes != nil:
		return j.otherEvent(want, otherAttributes), nil
	case otherName != "":
		return diagnose(true, "event-other-name", look,
			args{"action": want.Action, "found": otherName, "wanted": want.Name}), nil
	case want.Name != "":
		return diagnose(false, "event-not-yet-on", look,
			args{"action": want.Action, "type": kind, "name": want.Name}), nil
	default:
		return diagnose(false, "event-not-yet", look, args{"action": want.Action, "type": kind}), nil
	}
}

// sameAction compares an action with the wanted one. Some actions carry details after
// a colon (exec_create: sh -c …, health_status: healthy); a wanted one without details
// means any.
func sameAction(want, is string) bool {
	is = strings.TrimSpace(is)
	bare, _, _ := strings.Cut(is, ":")
	return is == strings.TrimSpace(want) || bare == want
}

// older tells whether an event is about a container or volume that was there before
// the exercise. Old images may get new names, and old networks new members.
func (j *judge) older(e *events.Message) bool {
	switch e.Type {
	case events.ContainerEventType:
		return j.ev.Baseline.HasContainer(e.Actor.ID)
	case events.VolumeEventType:
		_, was := j.ev.Baseline.Volumes[e.Actor.ID]
		return was
	}
	return false
}

// concerns tells whether the event at that place is about the wanted object.
func (j *judge) concerns(ctx context.Context, at int, want *lessons.Event) (bool, error) {
	e := &j.events[at]
	if want.Name == "" {
		return true, nil
	}
	if want.Type != "image" {
		return eventName(e) == want.Name, nil
	}
	name, err := imageName(want.Name)
	if err != nil {
		return false, err
	}
	if is, ok := eventImageName(e); ok {
		return is == name, nil
	}
	return j.lostName(ctx, at, name)
}

// eventName gives the name of the object of an event; of a volume that is its ID.
func eventName(e *events.Message) string {
	switch e.Type {
	case events.ImageEventType:
		name, _ := eventImageName(e)
		return name
	case events.VolumeEventType:
		return e.Actor.ID
	}
	return e.Actor.Attributes["name"]
}

// eventImageName gives the image name of an event, if it has one. Engine 20.10 writes
// the image's ID in place of the name that was taken away; pulls and pushes have the
// whole name as their ID and the name without its tag as their name.
func eventImageName(e *events.Message) (string, bool) {
	for _, name := range []string{e.Actor.ID, e.Actor.Attributes["name"]} {
		if name == "" || strings.HasPrefix(name, "sha256:") {
			continue
		}
		full, err := imageName(name)
		return full, err == nil
	}
	return "", false
}

// lostName tells whether an event that names an image by its ID alone (untag and
// delete on engine 20.10) is about that name: the image had it, and has it no more or
// got it back later.
func (j *judge) lostName(ctx context.Context, at int, name string) (bool, error) {
	id := j.events[at].Actor.ID
	had := slices.Contains(j.ev.Opened.Images[id], name)
	back := false
	for i := range j.events {
		e := &j.events[i]
		if is, ok := eventImageName(e); e.Type != events.ImageEventType || !ok || is != name {
			continue
		}
		if i < at {
			if e.Action == events.ActionPull || e.Action == events.ActionPush { // tell the name alone on 20.10
				continue
			}
			had = e.Actor.ID == id
		} else {
			back = true
		}
	}
	if !had && j.knownImage(id) {
		return false, nil
	}
	img, err := j.view.image(ctx, name)
	if err != nil {
		return false, err
	}
	if !had { // built by BuildKit, which engine 20.10 does not report
		return img == nil, nil
	}
	return img == nil || img.ID != id || back, nil
}

// knownImage tells whether the names of an image are known from the inventories and
// the events.
func (j *judge) knownImage(id string) bool {
	return j.ev.Baseline.HasImage(id) || j.ev.Opened.HasImage(id) ||
		slices.ContainsFunc(j.events, func(e events.Message) bool {
			return e.Type == events.ImageEventType && e.Action == events.ActionTag && e.Actor.ID == id
		})
}

// nearName tells whether the same was done to an object that the learner may have
// taken for the wanted one: one of nearly that name, or a container of the set-up. The
// daemon may be shared, so that not everything is the learner's.
func (j *judge) nearName(want *lessons.Event, e *events.Message) bool {
	name := eventName(e)
	if want.Name == "" || name == "" || j.containerNames[name] || j.namesImage(name) {
		return false
	}
	if want.Type == "image" {
		found, wanted := repository(name), repository(want.Name)
		return found == wanted || looksLike(found, wanted)
	}
	return looksLike(name, want.Name) ||
		j.ev.Opened.HasContainer(e.Actor.ID) && hasLabel(e.Actor.Attributes, j.ev.Label)
}

// otherAttribute gives the first attribute, in the order of the alphabet, that is not
// the wanted one.
func otherAttribute(want *lessons.Event, e *events.Message) string {
	for _, key := range slices.Sorted(maps.Keys(want.Attributes)) {
		wanted, is := want.Attributes[key], e.Actor.Attributes[key]
		if is != wanted && !(key == "image" && sameImageName(is, wanted)) {
			return key
		}
	}
	return ""
}

// otherEvent says how the right event on the right object differs.
func (j *judge) otherEvent(want *lessons.Event, e *events.Message) *Diagnosis {
	key := otherAttribute(want, e)
	a := args{"name": eventName(e), "found": e.Actor.Attributes[key], "wanted": want.Attributes[key]}
	if code, err := strconv.Atoi(e.Actor.Attributes[key]); key == "exitCode" && err == nil {
		a["why"] = codePhrase(code)
		if e.Action == events.ActionDie {
			a["why"] = j.exitPhrase(e.Actor.ID, code, false)
		}
		return diagnose(true, "event-other-exit-code", lookContainers, a)
	}
	a["action"], a["attribute"] = want.Action, key
	return diagnose(true, "event-other-attribute", lookFor[want.Type], a)
}
