package sandbox

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"docker-tutor/checker"
	"docker-tutor/lessons"

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
	Doubtful []Object // new since the lab opened, but nothing says that the lab made it: left alone
}

// owner decides whose a new object is. What docker makes in the lab's shell carries the
// lab's label; a name cannot carry one, so names go by what the exercise calls things.
// All else may be the learner's own work in another terminal, and is doubtful.
type owner struct {
	lab      string
	names    []string        // dt-… names and label values of the exercise
	others   map[string]bool // names and ids of the other open labs
	baseline checker.Inventory
	baseID   string
	images   map[string]bool // ids of images found to be the lab's
}

// nameIsMine goes by the repository of a name, dt-web for dt-web:1.0, and forgives a typo
// behind the dt- that only the course uses.
func (o *owner) nameIsMine(name string) bool {
	repository, _, _ := strings.Cut(name, ":")
	if repository == "" || o.others[repository] {
		return false
	}
	return slices.Contains(o.names, repository) ||
		strings.HasPrefix(repository, "dt-") && lessons.Nearest(repository, o.names) != ""
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

// isMine judges an object by its labels first, and by its name where these say nothing.
func (o *owner) isMine(labels map[string]string, names ...string) bool {
	mine, theirs := o.labelsAreMine(labels)
	return mine || !theirs && slices.ContainsFunc(names, o.nameIsMine)
}

// ownImages finds the images that are the lab's, and those that they were built upon
// step by step, which carry no label (the legacy builder keeps one for each step).
func (o *owner) ownImages(images []image.Summary) {
	o.images = map[string]bool{}
	parent := map[string]string{}
	for _, i := range images {
		parent[i.ID] = i.ParentID
		if !o.baseline.HasImage(i.ID) && o.isMine(i.Labels, imageNames(i)...) {
			o.images[i.ID] = true
		}
	}
	for id := range maps.Clone(o.images) {
		for id = parent[id]; id != "" && !o.baseline.HasImage(id); id = parent[id] {
			o.images[id] = true
		}
	}
}

// plan is the difference to the baseline, sorted by whose it is.
type plan struct {
	containers, images, names, volumes, networks []Object
	doubtful                                     []Object
}

func (p plan) all() []Object {
	return slices.Concat(p.containers, p.names, p.images, p.volumes, p.networks)
}

func (o *owner) plan(h holdings) plan {
	var p plan
	put := func(mine bool, to *[]Object, obj Object) {
		if !mine {
			to = &p.doubtful
		}
		*to = append(*to, obj)
	}
	o.ownImages(h.images)
	for _, i := range h.images {
		o.planImage(i, &p, put)
	}
	for _, c := range h.containers {
		if !o.baseline.HasContainer(c.ID) {
			put(o.isMine(c.Labels, containerName(c)) || o.images[c.ImageID], &p.containers, Object{"container", c.ID, containerName(c)})
		}
	}
	for _, v := range h.volumes {
		if _, was := o.baseline.Volumes[v.Name]; !was {
			put(o.isMine(v.Labels, v.Name), &p.volumes, Object{"volume", v.Name, v.Name})
		}
	}
	for _, n := range h.networks {
		if _, was := o.baseline.Networks[n.ID]; !was {
			put(o.isMine(n.Labels, n.Name), &p.networks, Object{"network", n.ID, n.Name})
		}
	}
	return p
}

// planImage sorts a new image, or the new names of an old one.
func (o *owner) planImage(i image.Summary, p *plan, put func(bool, *[]Object, Object)) {
	names := imageNames(i)
	mine := o.images[i.ID]
	for _, name := range names {
		if !o.baseline.HasImageName(name) && (mine || o.baseline.HasImage(i.ID)) {
			put(mine || o.nameIsMine(name), &p.names, Object{"image", name, name})
		}
	}
	if !o.baseline.HasImage(i.ID) {
		put(mine, &p.images, Object{"image", i.ID, append(names, shortID(i.ID))[0]})
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
	p := o.plan(h)
	done.Removed, done.Doubtful = p.all(), p.doubtful
	failures := removeAll(ctx, e, p)
	if h, err = takeHoldings(ctx, e); err != nil {
		return done, err
	}
	if left := o.plan(h).all(); len(left) > 0 {
		return done, leftBehind(left, failures)
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

// Remove takes away objects that the learner said are of no use to them.
func Remove(ctx context.Context, e *Engine, objects []Object) error {
	var p plan
	for _, obj := range objects {
		switch obj.Kind {
		case "container":
			p.containers = append(p.containers, obj)
		case "image":
			p.images = append(p.images, obj)
		case "volume":
			p.volumes = append(p.volumes, obj)
		case "network":
			p.networks = append(p.networks, obj)
		}
	}
	return errors.Join(removeAll(ctx, e, p)...)
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
