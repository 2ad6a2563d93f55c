package checker

import (
	"context"
	"slices"
	"strings"

	"docker-tutor/lessons"

	"github.com/docker/docker/api/types/events"
	"github.com/docker/docker/api/types/image"
)

const lookImages = "docker images"

// image judges what one image name stands for.
func (j *judge) image(ctx context.Context, want *lessons.Image, keep bool) (*Diagnosis, error) {
	found, err := j.view.image(ctx, want.Name)
	if err != nil {
		return nil, err
	}
	name, err := imageName(want.Name)
	if err != nil {
		return nil, err
	}
	look := "docker images " + repository(name)
	switch {
	case found == nil && want.State == "absent":
		if j.wasImage(name) {
			return nil, nil
		}
		return diagnose(false, "image-never-there", lookImages, args{"name": name}), nil
	case found == nil:
		return j.missingImage(ctx, want, name)
	case !keep && slices.Contains(j.ev.Baseline.Images[found.ID], name):
		return diagnose(false, "image-existed-before", look, args{"name": name}), nil
	case want.State == "absent":
		return diagnose(j.imagesTouched(), "image-still-there", look, args{"name": name}), nil
	}
	return j.differentImage(ctx, want, name, found)
}

// differentImage compares the image that a name stands for with what is wanted of it.
func (j *judge) differentImage(ctx context.Context, want *lessons.Image, name string, found *image.InspectResponse) (*Diagnosis, error) {
	if want.SameAs != "" {
		other, err := j.view.image(ctx, want.SameAs)
		switch a := (args{"name": name, "other": want.SameAs}); {
		case err != nil:
			return nil, err
		case other == nil:
			return diagnose(true, "image-no-other", lookImages, a), nil
		case other.ID != found.ID:
			return diagnose(true, "image-other-image", lookImages, a), nil
		}
	}
	var labels map[string]string
	if found.Config != nil {
		labels = found.Config.Labels
	}
	if label, is, has := otherLabel(want.Labels, labels); label != "" {
		a := args{"name": name, "label": label, "wanted": want.Labels[label]}
		return labelDiagnosis("image", inspect("{{json .Config.Labels}}", name), is, has, a), nil
	}
	return nil, nil
}

// wasImage tells whether an image had that name when the exercise opened, or got it
// since. The learner's own images do not count.
func (j *judge) wasImage(name string) bool {
	if id := j.ev.Opened.ImageOf(name); id != "" && !slices.Contains(j.ev.Baseline.Images[id], name) {
		return true
	}
	for i := range j.events {
		e := &j.events[i]
		if e.Type != events.ImageEventType {
			continue
		}
		if is, ok := eventImageName(e); ok && is == name {
			return true
		}
		// Engine 20.10 reports nothing of a BuildKit build, and no name when it is
		// removed: an unknown image that lost its name has to count as this one.
		if e.Action == events.ActionUnTag && !j.knownImage(e.Actor.ID) {
			return true
		}
	}
	return false
}

// imagesTouched tells whether anything was done to images since the exercise opened.
func (j *judge) imagesTouched() bool {
	return slices.ContainsFunc(j.events, func(e events.Message) bool { return e.Type == events.ImageEventType })
}

// missingImage says why no image has that name: it lost it, another name was given,
// or it is yet to come.
func (j *judge) missingImage(ctx context.Context, want *lessons.Image, name string) (*Diagnosis, error) {
	if j.wasImage(name) {
		return diagnose(true, "image-is-gone", lookImages, args{"name": name}), nil
	}
	all, err := j.view.imageList(ctx, imageFilter{})
	if err != nil {
		return nil, err
	}
	fresh := j.freshNames(all)
	if d := nearImageName(fresh, name); d != nil {
		return d, nil
	}
	if want.SameAs != "" {
		return j.sameUnderOtherName(ctx, want, name, all, fresh)
	}
	for _, img := range all {
		if len(img.RepoTags) == 0 && !j.ev.Opened.HasImage(img.ID) && !j.ev.Baseline.HasImage(img.ID) {
			return diagnose(true, "image-untagged", "docker images --filter dangling=true",
				args{"found": shortID(img.ID), "wanted": name}), nil
		}
	}
	return diagnose(false, "image-missing", lookImages, args{"name": name}), nil
}

// freshNames gives the image names that are new, or stand for another image, since
// the exercise opened, and that the exercise does not speak of itself.
func (j *judge) freshNames(all []image.Summary) []string {
	var fresh []string
	for _, img := range all {
		for _, name := range img.RepoTags {
			if !slices.Contains(j.ev.Opened.Images[img.ID], name) && !j.imageNames[name] {
				fresh = append(fresh, name)
			}
		}
	}
	slices.Sort(fresh)
	return fresh
}

// nearImageName finds the wanted name among fresh ones with another tag, or misspelt.
func nearImageName(fresh []string, wanted string) *Diagnosis {
	base := repository(wanted)
	var tags, typos []string
	for _, name := range fresh {
		if repository(name) == base {
			tags = append(tags, name)
		} else if looksLike(repository(name), base) {
			typos = append(typos, name)
		}
	}
	switch {
	case slices.Contains(tags, base+":latest"):
		return diagnose(true, "image-wrong-tag", "docker images "+base,
			args{"found": base + ":latest", "wanted": wanted, "why": Phrase("tag-latest")})
	case len(tags) > 0:
		return diagnose(true, "image-wrong-tag", "docker images "+base,
			args{"found": closest(tags, wanted), "wanted": wanted, "why": Phrase("tag-other")})
	case len(typos) > 0:
		return diagnose(true, "image-name-typo", lookImages,
			args{"found": closest(typos, wanted), "wanted": wanted})
	}
	return nil
}

// sameUnderOtherName finds a fresh name on the very image that the wanted name should
// stand for.
func (j *judge) sameUnderOtherName(ctx context.Context, want *lessons.Image, name string, all []image.Summary, fresh []string) (*Diagnosis, error) {
	other, err := j.view.image(ctx, want.SameAs)
	if err != nil {
		return nil, err
	}
	for _, img := range all {
		if other == nil || img.ID != other.ID {
			continue
		}
		for _, found := range img.RepoTags {
			if slices.Contains(fresh, found) {
				return diagnose(true, "image-other-name", lookImages,
					args{"found": found, "other": want.SameAs, "wanted": name}), nil
			}
		}
	}
	return diagnose(false, "image-missing", lookImages, args{"name": name}), nil
}

// shortID is the ID as docker images prints it.
func shortID(id string) string {
	id = strings.TrimPrefix(id, "sha256:")
	return id[:min(12, len(id))]
}
