package sandbox

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"docker-tutor/checker"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/image"
	"github.com/docker/docker/client"
)

// Object is one thing on the daemon.
type Object struct {
	Kind string // "container", "image", "volume", "network"
	ID   string // what the daemon removes it by; for an image's name, that name
	Name string // what a learner calls it
}

// Cleaned says what a clean-up did.
type Cleaned struct {
	Removed  []Object // made by the lab, gone now
	Restored []string // image names that the lab took away or moved, given back
	Foreign  []Object // new since the lab opened, but nothing says that the lab made it: left alone
}

// owner decides whose a new object is. Until every call of the lab is recorded, it goes
// by what the object itself says: the set-up's label, a name of the exercise, or being
// made from the course's base image.
type owner struct {
	lab      string
	names    []string        // dt-… names and label values of the exercise
	others   map[string]bool // names and ids of the other open labs
	baseline checker.Inventory
	base     []string // layers of the base image
	baseID   string
	mine     map[string]bool // image ids found to be the lab's
}

// nameIsMine goes by the first word of a name: dt-web for dt-web:1.0.
func (o *owner) nameIsMine(name string) bool {
	repository, _, _ := strings.Cut(name, ":")
	if o.others[repository] {
		return false
	}
	return slices.Contains(o.names, repository) || strings.HasPrefix(repository, "dt-")
}

func (o *owner) labelsAreMine(labels map[string]string) (mine, theirs bool) {
	if lab := labels[labLabel]; lab != "" {
		return lab == o.lab, lab != o.lab
	}
	for _, value := range labels {
		if o.others[value] {
			return false, true
		}
		if slices.Contains(o.names, value) {
			return true, false
		}
	}
	return false, false
}

func (o *owner) container(c container.Summary) bool {
	mine, theirs := o.labelsAreMine(c.Labels)
	switch {
	case theirs:
		return false
	case mine, o.nameIsMine(containerName(c)):
		return true
	}
	return c.ImageID == o.baseID || o.mine[c.ImageID] || o.nameIsMine(c.Image)
}

// image tells whether a new image is the lab's: by label, by name, or, for one without a
// name, by being built on the base image.
func (o *owner) image(ctx context.Context, e *Engine, i image.Summary) bool {
	mine, theirs := o.labelsAreMine(i.Labels)
	switch names := imageNames(i); {
	case theirs:
		return false
	case mine:
		return true
	case len(names) > 0:
		return slices.ContainsFunc(names, o.nameIsMine)
	}
	found, err := e.ImageInspect(ctx, i.ID)
	if err != nil || len(o.base) == 0 || len(found.RootFS.Layers) < len(o.base) {
		return false
	}
	return slices.Equal(found.RootFS.Layers[:len(o.base)], o.base)
}

// plan is the difference to the baseline, sorted by whose it is.
type plan struct {
	containers, images, names, volumes, networks []Object
	foreign                                      []Object
}

func (p plan) empty() bool {
	return len(p.containers)+len(p.images)+len(p.names)+len(p.volumes)+len(p.networks) == 0
}

func (p plan) all() []Object {
	return slices.Concat(p.containers, p.names, p.images, p.volumes, p.networks)
}

func (o *owner) plan(ctx context.Context, e *Engine, h holdings) plan {
	var p plan
	put := func(mine bool, to *[]Object, obj Object) {
		if mine {
			*to = append(*to, obj)
		} else {
			p.foreign = append(p.foreign, obj)
		}
	}
	for _, i := range h.images {
		o.planImage(ctx, e, i, &p, put)
	}
	for _, c := range h.containers {
		if _, was := o.baseline.Containers[c.ID]; !was {
			put(o.container(c), &p.containers, Object{"container", c.ID, containerName(c)})
		}
	}
	for _, v := range h.volumes {
		if _, was := o.baseline.Volumes[v.Name]; !was {
			mine, theirs := o.labelsAreMine(v.Labels)
			put(mine || !theirs && o.nameIsMine(v.Name), &p.volumes, Object{"volume", v.Name, v.Name})
		}
	}
	for _, n := range h.networks {
		if _, was := o.baseline.Networks[n.ID]; !was {
			mine, theirs := o.labelsAreMine(n.Labels)
			put(mine || !theirs && o.nameIsMine(n.Name), &p.networks, Object{"network", n.ID, n.Name})
		}
	}
	return p
}

// planImage sorts a new image, or the new names of an old one. A new name on the base
// image is the lab's even without the dt- that a beginner forgot.
func (o *owner) planImage(ctx context.Context, e *Engine, i image.Summary, p *plan, put func(bool, *[]Object, Object)) {
	before, was := o.baseline.Images[i.ID]
	mine := !was && o.image(ctx, e, i)
	if mine {
		o.mine[i.ID] = true
	}
	for _, name := range imageNames(i) {
		if !slices.Contains(before, name) && !o.baseline.HasImageName(name) {
			put(mine || o.nameIsMine(name) || i.ID == o.baseID && !o.others[name], &p.names, Object{"image", name, name})
		}
	}
	if !was {
		label := shortID(i.ID)
		if names := imageNames(i); len(names) > 0 {
			label = names[0]
		}
		put(mine, &p.images, Object{"image", i.ID, label})
	}
}

func shortID(id string) string {
	id = strings.TrimPrefix(id, "sha256:")
	return id[:min(12, len(id))]
}

// cleanUp takes away what the lab made, gives the base image its name back, and proves
// by a second inventory that nothing of the lab's is left.
func (o *owner) cleanUp(ctx context.Context, e *Engine) (Cleaned, error) {
	var done Cleaned
	h, err := takeHoldings(ctx, e)
	if err != nil {
		return done, err
	}
	p := o.plan(ctx, e, h)
	done.Removed, done.Foreign = p.all(), p.foreign
	failures := removeAll(ctx, e, p)
	if h, err = takeHoldings(ctx, e); err != nil {
		return done, err
	}
	if left := o.plan(ctx, e, h); !left.empty() {
		return done, leftBehind(left.all(), failures)
	}
	done.Restored = o.restore(ctx, e, h.inventory())
	return done, nil
}

func leftBehind(left []Object, failures []error) error {
	var names []string
	for _, obj := range left {
		names = append(names, obj.Kind+" "+obj.Name)
	}
	return &Problem{ID: "cleanup", Args: map[string]any{"left": names}, Err: errors.Join(failures...)}
}

// removeAll removes containers first, since they hold the rest. What fails is told by the
// inventory that follows; the failures say why.
func removeAll(ctx context.Context, e *Engine, p plan) []error {
	var failures []error
	note := func(obj Object, err error) {
		if err != nil && !client.IsErrNotFound(err) {
			failures = append(failures, fmt.Errorf("removing %s %s: %w", obj.Kind, obj.Name, err))
		}
	}
	for _, c := range p.containers {
		note(c, e.ContainerRemove(ctx, c.ID, container.RemoveOptions{Force: true, RemoveVolumes: true}))
	}
	for _, n := range p.networks {
		note(n, e.NetworkRemove(ctx, n.ID))
	}
	for _, v := range p.volumes {
		note(v, e.VolumeRemove(ctx, v.ID, false))
	}
	for _, name := range p.names {
		// Without PruneChildren an image's nameless parents stay: one of them may have
		// been there before the lab.
		_, err := e.ImageRemove(ctx, name.ID, image.RemoveOptions{})
		note(name, err)
	}
	return append(failures, removeImages(ctx, e, p.images)...)
}

// removeImages removes images by id, children before parents, by going round until a
// round removes nothing.
func removeImages(ctx context.Context, e *Engine, images []Object) []error {
	for {
		var failures []error
		var left []Object
		for _, i := range images {
			_, err := e.ImageRemove(ctx, i.ID, image.RemoveOptions{})
			if err != nil && !client.IsErrNotFound(err) {
				failures = append(failures, fmt.Errorf("removing image %s: %w", i.Name, err))
				left = append(left, i)
			}
		}
		if len(left) == 0 || len(left) == len(images) {
			return failures
		}
		images = left
	}
}

// restore gives the base image its name back when the lab took it away or moved it. Other
// names are left as they are: they may have changed by the learner's own work in another
// terminal, and moving them back would undo it.
func (o *owner) restore(ctx context.Context, e *Engine, now checker.Inventory) []string {
	if o.baseID == "" || now.ImageOf(BaseImage) == o.baseID {
		return nil
	}
	if err := e.ImageTag(ctx, o.baseID, BaseImage); err != nil {
		return nil // gone altogether: EnsureBaseImage brings it back at the next lab
	}
	return []string{BaseImage}
}
