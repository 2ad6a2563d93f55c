package checker

import (
	"cmp"
	"context"
	"path"
	"slices"

	"docker-tutor/lessons"

	"github.com/distribution/reference"
	"github.com/docker/docker/api/types/events"
	"github.com/docker/docker/api/types/image"
)

// images judges how many images there are of a kind.
func (j *judge) images(ctx context.Context, want *lessons.Images, keep bool) (*Diagnosis, error) {
	set := filterOf(want.Reference, want.Label, want.Dangling)
	all, err := j.view.imageList(ctx, set)
	if err != nil {
		return nil, err
	}
	found, made := 0, false
	for _, img := range all {
		if keep || j.isNew(img, want.Reference != "") {
			found++
			made = made || !j.ev.Opened.HasImage(img.ID)
		}
	}
	a := args{"found": found, "which": set.String()}
	switch {
	case found < want.Min:
		a["wanted"] = want.Min
		if named, err := j.namedInstead(ctx, want); named != "" || err != nil {
			a["found"] = named
			return diagnose(true, "images-have-a-name", lookImages, a), err
		}
		return diagnose(made || j.imagesTouched(), "images-too-few", set.look(), a), nil
	case want.Max != nil && *want.Max == 0 && found > 0:
		return diagnose(made || j.imagesTouched(), "images-not-gone", set.look(), a), nil
	case want.Max != nil && found > *want.Max:
		a["wanted"] = *want.Max
		return diagnose(made || j.imagesTouched(), "images-too-many", set.look(), a), nil
	case want.Max != nil && *want.Max == 0 && !keep && !j.everHad(want):
		return diagnose(false, "images-never-there", set.look(), args{"which": set.String()}), nil
	}
	return nil, nil
}

// isNew tells whether an image of a list came after the baseline. In a list by name
// an older image counts for a name that it got since.
func (j *judge) isNew(img image.Summary, byName bool) bool {
	before, was := j.ev.Baseline.Images[img.ID]
	if !was || !byName {
		return !was
	}
	return slices.ContainsFunc(img.RepoTags, func(name string) bool { return !slices.Contains(before, name) })
}

// namedInstead gives the name of a new image of the kind where one without a name
// was wanted.
func (j *judge) namedInstead(ctx context.Context, want *lessons.Images) (string, error) {
	if want.Dangling == nil || !*want.Dangling {
		return "", nil
	}
	label := cmp.Or(want.Label, j.ev.Label)
	if label == "" {
		return "", nil
	}
	all, err := j.view.imageList(ctx, imageFilter{label: label})
	if err != nil {
		return "", err
	}
	for _, img := range all {
		if len(img.RepoTags) > 0 && !j.ev.Opened.HasImage(img.ID) && hasLabel(img.Labels, j.ev.Label) {
			return img.RepoTags[0], nil
		}
	}
	return "", nil
}

// everHad tells whether there can have been any image of the kind since the exercise
// opened: that none is left says nothing if there never was one. Labels are not in an
// inventory, so they are not asked for.
func (j *judge) everHad(want *lessons.Images) bool {
	for id, names := range j.ev.Opened.Images {
		before, was := j.ev.Baseline.Images[id]
		for _, name := range names {
			if !slices.Contains(before, name) && matches(want.Reference, name) && (want.Dangling == nil || !*want.Dangling) {
				return true
			}
		}
		if !was && len(names) == 0 && want.Reference == "" && (want.Dangling == nil || *want.Dangling) {
			return true
		}
	}
	return slices.ContainsFunc(j.events, func(e events.Message) bool { return j.mayHaveBeen(want, &e) })
}

// mayHaveBeen tells whether an event may be about an image of the kind.
func (j *judge) mayHaveBeen(want *lessons.Images, e *events.Message) bool {
	if e.Type != events.ImageEventType {
		return false
	}
	if want.Reference == "" {
		return !j.ev.Baseline.HasImage(e.Actor.ID)
	}
	if name, ok := eventImageName(e); ok {
		return matches(want.Reference, name)
	}
	return e.Action == events.ActionUnTag && !j.knownImage(e.Actor.ID) // see wasImage
}

// matches tells whether a name is like a pattern, as the daemon's filter reference=
// has it: the pattern covers the whole name, or all but its tag. Engine 29 compares
// full names (docker.io/library/busybox) too, older ones familiar names alone.
func matches(pattern, name string) bool {
	if pattern == "" {
		return true
	}
	named, err := reference.ParseNormalizedNamed(name)
	if err != nil {
		return false
	}
	return slices.ContainsFunc([]string{
		reference.FamiliarString(named), reference.FamiliarName(named), named.String(), named.Name(),
	}, func(n string) bool {
		ok, err := path.Match(pattern, n)
		return ok && err == nil
	})
}
