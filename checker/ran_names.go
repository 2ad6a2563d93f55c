package checker

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"docker-tutor/lessons/command"

	"github.com/docker/docker/api/types/events"
)

// same tells whether two words stand for one object: a name, an id or its beginning, an
// image name in any spelling.
func (j *judge) same(ctx context.Context) command.Same {
	return func(kind command.Kind, wanted, found string) bool {
		if wanted == found || wanted == command.Any {
			return true
		}
		switch kind {
		case command.Container:
			return j.sameContainer(ctx, wanted, found)
		case command.Image:
			return j.sameImage(ctx, wanted, found)
		case command.Network:
			return shareID(j.networkIDs(wanted), found)
		case command.Object:
			return j.sameContainer(ctx, wanted, found) || j.sameImage(ctx, wanted, found) || shareID(j.networkIDs(wanted), found)
		}
		return false
	}
}

// sameContainer goes by all that is known of names and ids: the container may be gone by
// now, or have another name. The daemon is asked last.
func (j *judge) sameContainer(ctx context.Context, wanted, found string) bool {
	found = strings.TrimPrefix(found, "/")
	if wanted == found {
		return true
	}
	ids := j.containerIDs(wanted)
	for _, id := range j.containerIDs(found) {
		if slices.Contains(ids, id) {
			return true
		}
	}
	if shareID(ids, found) || !hexadecimal.MatchString(found) {
		return shareID(ids, found)
	}
	c, err := j.view.container(ctx, wanted)
	return err == nil && c != nil && sameID(c.ID, found)
}

// containerIDs gives the ids of all containers that ever had a name here.
func (j *judge) containerIDs(name string) []string {
	if j.ids == nil {
		j.ids = map[string][]string{}
		for _, inventory := range []Inventory{j.ev.Baseline, j.ev.Opened} {
			for id, n := range inventory.Containers {
				j.ids[n] = append(j.ids[n], id)
			}
		}
		for _, e := range j.events {
			if e.Type == events.ContainerEventType {
				for _, key := range []string{"name", "oldName"} {
					n := strings.TrimPrefix(e.Actor.Attributes[key], "/")
					j.ids[n] = append(j.ids[n], e.Actor.ID)
				}
			}
		}
		delete(j.ids, "")
		for name, ids := range j.ids {
			slices.Sort(ids)
			j.ids[name] = slices.Compact(ids)
		}
	}
	return j.ids[name]
}

func (j *judge) networkIDs(name string) (ids []string) {
	for _, inventory := range []Inventory{j.ev.Baseline, j.ev.Opened} {
		for id, n := range inventory.Networks {
			if n == name {
				ids = append(ids, id)
			}
		}
	}
	for _, e := range j.events {
		if e.Type == events.NetworkEventType && e.Actor.Attributes["name"] == name {
			ids = append(ids, e.Actor.ID)
		}
	}
	return ids
}

// sameImage compares image names in their one spelling, and an id with those that the
// wanted name stood for since the exercise opened.
func (j *judge) sameImage(ctx context.Context, wanted, found string) bool {
	if sameImageName(wanted, found) {
		return true
	}
	id := strings.TrimPrefix(found, "sha256:")
	if !hexadecimal.MatchString(id) {
		return false
	}
	ids := []string{j.ev.Baseline.ImageOf(wanted), j.ev.Opened.ImageOf(wanted)}
	for i := range j.events {
		if e := &j.events[i]; e.Type == events.ImageEventType && sameImageName(e.Actor.Attributes["name"], wanted) {
			ids = append(ids, e.Actor.ID)
		}
	}
	if shareID(ids, id) {
		return true
	}
	img, err := j.view.image(ctx, wanted)
	return err == nil && img != nil && sameID(img.ID, id)
}

var hexadecimal = regexp.MustCompile(`^[0-9a-f]+$`)

// sameID tells whether one of two words is the beginning of the other, which is an id.
func sameID(a, b string) bool {
	a, b = strings.TrimPrefix(a, "sha256:"), strings.TrimPrefix(b, "sha256:")
	if len(a) < len(b) {
		a, b = b, a
	}
	return len(a) == 64 && b != "" && hexadecimal.MatchString(a) && strings.HasPrefix(a, b)
}

func shareID(ids []string, found string) bool {
	return slices.ContainsFunc(ids, func(id string) bool { return sameID(id, found) })
}
