package checker

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"docker-tutor/lessons"

	"github.com/docker/docker/api/types/events"
	"github.com/docker/docker/api/types/volume"
)

const lookVolumes = "docker volume ls"

// volume judges the state of one volume.
func (j *judge) volume(ctx context.Context, want *lessons.Volume, keep bool) (*Diagnosis, error) {
	found, err := j.view.volume(ctx, want.Name)
	a := args{"name": want.Name}
	switch {
	case err != nil:
		return nil, err
	case found == nil && want.State == "absent":
		if j.wasVolume(want.Name) {
			return nil, nil
		}
		return diagnose(false, "volume-never-there", lookVolumes, a), nil
	case found == nil:
		return j.missingVolume(ctx, want)
	case !keep && j.oldVolume(want.Name):
		return diagnose(false, "volume-existed-before", lookVolumes, a), nil
	case want.State == "absent":
		return j.volumeStillThere(ctx, want)
	case keep && j.volumeEvent(want.Name, events.ActionDestroy):
		return diagnose(true, "volume-made-anew", lookVolumes, a), nil
	}
	return j.differentVolume(ctx, want, found)
}

// volume gives the volume of that name, or nil.
func (v *view) volume(ctx context.Context, name string) (*volume.Volume, error) {
	return once(v, v.volumes, "volume", name, func() (volume.Volume, bool, error) {
		found, err := v.daemon.VolumeInspect(ctx, name)
		return found, true, err
	})
}

// volumeEvent tells whether that was done to the volume since the exercise opened.
func (j *judge) volumeEvent(name string, action events.Action) bool {
	return slices.ContainsFunc(j.events, func(e events.Message) bool {
		return e.Type == events.VolumeEventType && e.Actor.ID == name && e.Action == action
	})
}

// oldVolume tells whether a volume is the learner's own of before: one that was made
// anew is not.
func (j *judge) oldVolume(name string) bool {
	_, was := j.ev.Baseline.Volumes[name]
	return was && !j.volumeEvent(name, events.ActionDestroy)
}

// wasVolume tells whether there was such a volume of the exercise. Engines before 23.0
// report a volume that run or compose made as mounted, always as created.
func (j *judge) wasVolume(name string) bool {
	_, opened := j.ev.Opened.Volumes[name]
	_, before := j.ev.Baseline.Volumes[name]
	return opened && !before || j.volumeEvent(name, events.ActionCreate) || j.volumeEvent(name, events.ActionMount)
}

// missingVolume says why there is no volume of that name.
func (j *judge) missingVolume(ctx context.Context, want *lessons.Volume) (*Diagnosis, error) {
	if j.wasVolume(want.Name) {
		return diagnose(true, "volume-is-gone", lookVolumes, args{"name": want.Name}), nil
	}
	if j.view.silent != nil {
		return nil, j.view.silent
	}
	all, err := j.view.daemon.VolumeList(ctx, volume.ListOptions{})
	if err != nil {
		return nil, j.view.failed(fmt.Errorf("listing the volumes: %w", err))
	}
	var typos, nameless []string
	for _, v := range all.Volumes {
		switch {
		case j.otherNames[v.Name] || inMap(j.ev.Opened.Volumes, v.Name) || inMap(j.ev.Baseline.Volumes, v.Name):
		case looksLike(v.Name, want.Name):
			typos = append(typos, v.Name)
		case anonymous.MatchString(v.Name) && j.volumeEvent(v.Name, events.ActionCreate):
			nameless = append(nameless, v.Name)
		}
	}
	if len(typos) > 0 {
		return diagnose(true, "volume-name-typo", lookVolumes, args{"found": closest(typos, want.Name), "wanted": want.Name}), nil
	}
	for _, name := range nameless { // those of an image's VOLUME are in use
		if users, err := j.view.users(ctx, name); err != nil || len(users) > 0 {
			continue
		}
		return diagnose(true, "volume-without-name", lookVolumes, args{"found": name[:12], "wanted": want.Name}), nil
	}
	return diagnose(false, "volume-missing", lookVolumes, args{"name": want.Name}), nil
}

func inMap[V any](m map[string]V, key string) bool {
	_, ok := m[key]
	return ok
}

// volumeStillThere names what keeps a volume from being removed.
func (j *judge) volumeStillThere(ctx context.Context, want *lessons.Volume) (*Diagnosis, error) {
	users, err := j.view.users(ctx, want.Name)
	if err != nil {
		return nil, err
	}
	a := args{"name": want.Name}
	if len(users) == 0 {
		return diagnose(len(j.events) > 0 && j.volumesTouched(), "volume-still-there", lookVolumes, a), nil
	}
	near := false
	var names []string
	for _, u := range users {
		names = append(names, strings.TrimPrefix(u.container.Name, "/"))
		near = near || j.touched(u.container.ID)
	}
	a["container"] = strings.Join(names, ", ")
	return diagnose(near, "volume-still-used", "docker ps -a --filter volume="+want.Name, a), nil
}

// volumesTouched tells whether any volume was removed since the exercise opened.
func (j *judge) volumesTouched() bool {
	return slices.ContainsFunc(j.events, func(e events.Message) bool {
		return e.Type == events.VolumeEventType && (e.Action == events.ActionDestroy || e.Action == events.ActionPrune)
	})
}

// differentVolume gives the first difference between a volume and what is wanted of it.
func (j *judge) differentVolume(ctx context.Context, want *lessons.Volume, found *volume.Volume) (*Diagnosis, error) {
	look := "docker volume inspect " + want.Name
	if want.Driver != "" && found.Driver != want.Driver {
		return diagnose(true, "volume-other-driver", look, args{"name": want.Name, "found": found.Driver, "wanted": want.Driver}), nil
	}
	if label, is, has := otherLabel(want.Labels, found.Labels); label != "" {
		return labelDiagnosis("volume", look, is, has, args{"name": want.Name, "label": label, "wanted": want.Labels[label]}), nil
	}
	for _, name := range slices.Sorted(maps.Keys(want.MountedBy)) {
		if d, err := j.otherUse(ctx, want, name); d != nil || err != nil {
			return d, err
		}
	}
	return nil, nil
}

// otherUse compares where one container has the volume mounted.
func (j *judge) otherUse(ctx context.Context, want *lessons.Volume, name string) (*Diagnosis, error) {
	c, d, err := j.present(ctx, name, false)
	if d != nil || err != nil {
		return d, err
	}
	a := args{"name": want.Name, "container": name, "wanted": want.MountedBy[name]}
	elsewhere := ""
	for _, m := range c.Mounts {
		switch {
		case m.Name != want.Name:
		case cleanPath(m.Destination) == cleanPath(want.MountedBy[name]):
			return nil, nil
		default:
			elsewhere = m.Destination
		}
	}
	if elsewhere != "" {
		a["found"] = elsewhere
		return diagnose(true, "volume-mounted-elsewhere", inspect("{{json .Mounts}}", name), a), nil
	}
	return diagnose(true, "volume-not-mounted", inspect("{{json .Mounts}}", name), a), nil
}
