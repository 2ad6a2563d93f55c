package checker

import (
	"context"
	"path"
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
	return j.otherImageOption(ctx, want, name, found)
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
		is, ok := eventImageName(e)
		if ok && is == name {
			return true
		}
		// Engine 20.10 reports nothing of a BuildKit build, and no name when it is
		// removed: an unknown image that lost its name has to count as this one.
		if !ok && e.Action == events.ActionUnTag && !j.knownImage(e.Actor.ID) {
			return true
		}
	}
	return false
}

// imagesTouched tells whether anything was done, since the exercise opened, to images
// of the set-up or by names of the kind that the exercise speaks of.
func (j *judge) imagesTouched() bool {
	return slices.ContainsFunc(j.events, func(e events.Message) bool {
		if e.Type != events.ImageEventType || IsReading(e) {
			return false
		}
		if name, ok := eventImageName(&e); ok {
			return j.ownRepository(repository(name))
		}
		return j.setUp(e.Actor.ID)
	})
}

// setUp tells whether the set-up made that image, or gave it a name.
func (j *judge) setUp(id string) bool {
	names, opened := j.ev.Opened.Images[id]
	before, was := j.ev.Baseline.Images[id]
	return opened && (!was || !slices.Equal(names, before))
}

// ownRepository tells whether the exercise speaks of image names with that base, or
// its set-up made some.
func (j *judge) ownRepository(base string) bool {
	for name := range j.imageNames {
		if repository(name) == base {
			return true
		}
	}
	for id, names := range j.ev.Opened.Images {
		for _, name := range names {
			if repository(name) == base && !slices.Contains(j.ev.Baseline.Images[id], name) {
				return true
			}
		}
	}
	return slices.ContainsFunc(j.ex.Checks, func(c lessons.Check) bool {
		return c.Images != nil && c.Images.Reference != "" && matches(repository(c.Images.Reference), base)
	})
}

// missingImage says why no image has that name: it lost it, another name was given,
// or it is yet to come.
func (j *judge) missingImage(ctx context.Context, want *lessons.Image, name string) (*Diagnosis, error) {
	if j.wasImage(name) {
		return diagnose(true, "image-is-gone", lookImages, args{"name": name}), nil
	}
	fresh, err := j.freshNames(ctx, repository(name))
	if err != nil {
		return nil, err
	}
	if d := nearImageName(fresh, name); d != nil {
		return d, nil
	}
	if want.SameAs != "" {
		return j.sameUnderOtherName(ctx, want, name)
	}
	nameless, err := j.view.imageList(ctx, imageFilter{dangling: "true", label: j.ev.Label})
	for _, img := range nameless {
		if !j.ev.Opened.HasImage(img.ID) {
			return diagnose(true, "image-untagged", "docker images --filter dangling=true",
				args{"found": shortID(img.ID), "wanted": name}), nil
		}
	}
	return diagnose(false, "image-missing", lookImages, args{"name": name}), err
}

// freshNames gives the image names not far from a repository that are new, or stand
// for another image, since the exercise opened, and that the exercise does not speak
// of itself.
func (j *judge) freshNames(ctx context.Context, base string) ([]string, error) {
	all, err := j.view.imageList(ctx, imageFilter{reference: neighbours(base)})
	var fresh []string
	for _, img := range all {
		for _, name := range img.RepoTags {
			if j.isFresh(img.ID, name) {
				fresh = append(fresh, name)
			}
		}
	}
	slices.Sort(fresh)
	return fresh, err
}

func (j *judge) isFresh(id, name string) bool {
	return !slices.Contains(j.ev.Opened.Images[id], name) && !j.namesImage(name)
}

// neighbours gives the patterns of the names that a repository may be mistaken for:
// those with the beginning that names in lessons have, and its own without it. Engines
// take long to list everything, some 10 ms for each image.
func neighbours(base string) string {
	folder, last := path.Split(base)
	if bare, ok := strings.CutPrefix(last, "dt-"); ok && bare != "" {
		return folder + "dt-* " + folder + bare
	}
	return folder + "*"
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
func (j *judge) sameUnderOtherName(ctx context.Context, want *lessons.Image, name string) (*Diagnosis, error) {
	other, err := j.view.image(ctx, want.SameAs)
	if err != nil {
		return nil, err
	}
	if other != nil {
		for _, found := range realNames(other.RepoTags) {
			if j.isFresh(other.ID, found) {
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
