package checker

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"docker-tutor/lessons"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/events"
)

const lookContainers = "docker ps -a"

// container judges the state of one container.
func (j *judge) container(ctx context.Context, want *lessons.Container, keep bool) (*Diagnosis, error) {
	found, err := j.view.container(ctx, want.Name)
	switch {
	case err != nil:
		return nil, err
	case found == nil && want.State == "absent":
		if j.wasContainer(want.Name) {
			return nil, nil
		}
		return diagnose(false, "container-never-there", lookContainers, args{"name": want.Name}), nil
	case found == nil:
		return j.missingContainer(ctx, want)
	case !keep && j.ev.Baseline.HasContainer(found.ID):
		return diagnose(false, "container-existed-before", lookContainers, args{"name": want.Name}), nil
	case want.State == "absent":
		return j.containerStillThere(found), nil
	}
	return j.differentContainer(ctx, want, found)
}

// wasContainer tells whether a container had that name when the exercise opened,
// or got it since. The learner's own containers do not count.
func (j *judge) wasContainer(name string) bool {
	if id := j.ev.Opened.ContainerOf(name); id != "" && !j.ev.Baseline.HasContainer(id) {
		return true
	}
	return slices.ContainsFunc(j.events, func(e events.Message) bool {
		return e.Type == events.ContainerEventType && e.Actor.Attributes["name"] == name &&
			(e.Action == events.ActionCreate || e.Action == events.ActionRename)
	})
}

// touched tells whether anything was done to that container since the exercise opened.
func (j *judge) touched(id string) bool {
	return slices.ContainsFunc(j.events, func(e events.Message) bool {
		return e.Type == events.ContainerEventType && e.Actor.ID == id && !IsReading(e)
	})
}

func (j *judge) containerStillThere(found *container.InspectResponse) *Diagnosis {
	name := strings.TrimPrefix(found.Name, "/")
	if j.touched(found.ID) && found.State.Status == container.StateExited {
		return diagnose(false, "container-stopped-only", lookContainers, args{"name": name}) // the first of two steps
	}
	return diagnose(j.touched(found.ID), "container-still-there", lookContainers, args{"name": name})
}

// missingContainer says why there is no container of that name: it went away, it
// has another name, or it is yet to come.
func (j *judge) missingContainer(ctx context.Context, want *lessons.Container) (*Diagnosis, error) {
	if d := j.goneContainer(want.Name); d != nil {
		return d, nil
	}
	named, err := j.freshContainers(ctx)
	if err != nil {
		return nil, err
	}
	names := slices.Sorted(maps.Keys(named))
	typos := slices.DeleteFunc(slices.Clone(names), func(n string) bool { return !looksLike(n, want.Name) })
	if len(typos) > 0 {
		return diagnose(true, "container-name-typo", lookContainers,
			args{"found": closest(typos, want.Name), "wanted": want.Name}), nil
	}
	for _, name := range names {
		fresh := named[name]
		if !hasLabel(fresh.Config.Labels, j.ev.Label) {
			continue
		}
		same, err := j.isImage(ctx, want.Image, fresh.Config.Image, fresh.Image)
		if err != nil {
			return nil, err
		}
		if same {
			if last := optionsLast(want, fresh); last != nil {
				return last, nil
			}
			return diagnose(true, "container-other-name", lookContainers,
				args{"found": name, "image": want.Image, "wanted": want.Name}), nil
		}
	}
	return diagnose(false, "container-missing", lookContainers, args{"name": want.Name}), nil
}

// freshContainers gives, by name, the containers that are new or renamed since the
// exercise opened, as the events tell, and that the exercise does not speak of itself.
func (j *judge) freshContainers(ctx context.Context) (map[string]*container.InspectResponse, error) {
	named := map[string]*container.InspectResponse{}
	for i := range j.events {
		e := &j.events[i]
		name := strings.TrimPrefix(e.Actor.Attributes["name"], "/")
		if e.Type != events.ContainerEventType || e.Action != events.ActionCreate && e.Action != events.ActionRename ||
			j.containerNames[name] || j.ev.Baseline.HasContainer(e.Actor.ID) {
			continue
		}
		found, err := j.view.container(ctx, name)
		if err != nil {
			return nil, err
		}
		if found != nil && found.ID == e.Actor.ID {
			named[name] = found
		}
	}
	return named, nil
}

// atOnce is how soon after its end a container that removes itself is gone; no hand
// is as quick as that after reading what it printed.
const atOnce = 2 * time.Second

// goneContainer says how a container that was there went away, from the events;
// nil when there never was one.
func (j *judge) goneContainer(name string) *Diagnosis {
	if !j.wasContainer(name) {
		return nil
	}
	var died, destroyed *events.Message
	newName := "" // of the last one that was renamed, where none has come after it
	for i := range j.events {
		e := &j.events[i]
		if e.Type != events.ContainerEventType {
			continue
		}
		switch attributes := e.Actor.Attributes; {
		case e.Action == events.ActionRename && strings.TrimPrefix(attributes["oldName"], "/") == name:
			newName = attributes["name"]
		case attributes["name"] != name:
		case e.Action == events.ActionCreate, e.Action == events.ActionRename:
			newName = ""
		case e.Action == events.ActionStart:
			died = nil
		case e.Action == events.ActionDie:
			died = e
		case e.Action == events.ActionDestroy:
			destroyed = e
		}
	}
	if newName != "" {
		return diagnose(true, "container-renamed", lookContainers, args{"found": newName, "wanted": name})
	}
	if died == nil || destroyed == nil || j.killed(destroyed.Actor.ID) != "" ||
		destroyed.TimeNano-died.TimeNano > int64(atOnce) || j.removedByHand(destroyed.Actor.ID, name) {
		return diagnose(false, "container-is-gone", lookContainers, args{"name": name}) // who tries again removes first
	}
	code := exitCode(died)
	return diagnose(true, "container-removed-at-exit", lookContainers,
		args{"name": name, "code": code, "why": j.exitPhrase(destroyed.Actor.ID, code, false)})
}

// removedByHand tells whether a command removed the container, and not its own --rm.
func (j *judge) removedByHand(id, name string) bool {
	return slices.ContainsFunc(j.ev.Calls, func(c Call) bool {
		return c.Method == http.MethodDelete && c.Path == "containers/{}" && c.Status < 400 && (c.Name == name || sameID(c.Name, id))
	})
}

// differentContainer gives the first difference between a container and what is
// wanted of it, the most telling first.
func (j *judge) differentContainer(ctx context.Context, want *lessons.Container, found *container.InspectResponse) (*Diagnosis, error) {
	same, err := j.isImage(ctx, want.Image, found.Config.Image, found.Image)
	if err != nil {
		return nil, err
	}
	if want.Image != "" && !same {
		return diagnose(true, "container-wrong-image", lookContainers,
			args{"name": want.Name, "found": found.Config.Image, "wanted": want.Image}), nil
	}
	d := j.otherState(want, found)
	if d == nil {
		d = j.otherExitCode(want, found)
	}
	if d == nil {
		d = otherSettings(want, found)
	}
	if d == nil {
		d, err = otherPorts(want, found)
	}
	for _, other := range []func(*lessons.Container, *container.InspectResponse) *Diagnosis{
		j.otherOption, j.otherMounts, otherNetwork, j.otherFate, j.otherHealth,
	} {
		if d == nil && err == nil {
			d = other(want, found)
		}
	}
	if last := optionsLast(want, found); d != nil && last != nil {
		return last, nil
	}
	return d, err
}

// optionsLast says that an option was written after the image; nil where none was.
func optionsLast(want *lessons.Container, found *container.InspectResponse) *Diagnosis {
	option := misplacedOption(want, found)
	if option == "" {
		return nil
	}
	name := strings.TrimPrefix(found.Name, "/")
	return diagnose(true, "container-options-last", inspect("{{json .Config.Cmd}}", name),
		args{"name": name, "option": option, "image": found.Config.Image})
}

// isImage tells whether a container that was created from the image called found,
// of that ID, is one of the wanted image: by the same name, or by another name or ID
// of the same image.
func (j *judge) isImage(ctx context.Context, want, found, id string) (bool, error) {
	if want == "" || sameImageName(want, found) {
		return want != "", nil
	}
	img, err := j.view.image(ctx, want)
	return img != nil && img.ID == id, err
}

// misplacedOption gives the option of docker run that was written after the image,
// and so became the command.
func misplacedOption(want *lessons.Container, found *container.InspectResponse) string {
	command := found.Config.Cmd
	if len(found.Config.Entrypoint) > 0 || len(command) == 0 || slices.Equal(want.Command, command) {
		return ""
	}
	if option := command[0]; len(option) > 1 && option[0] == '-' {
		return option
	}
	return ""
}

// inspect gives the command that shows one thing of an object.
func inspect(format, name string) string {
	return "docker inspect -f '" + format + "' " + name
}
