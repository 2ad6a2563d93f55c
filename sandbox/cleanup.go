package sandbox

import (
	"context"
	"errors"
	"fmt"
	"regexp"
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
	base     string                       // the base image's name
	made     func(kind, name string) bool // by way of the guard, with no label on it
	images   map[string]bool              // ids of images found to be the lab's
}

// nameIsMine goes by the repository of a name, dt-web for dt-web:1.0, and forgives a typo
// behind the dt- that only the course uses. A name that was there before the lab is no
// typo, nor is dt-web-2 next to dt-web: so a lab of another state folder calls its own.
func (o *owner) nameIsMine(name string) bool {
	repository, _, _ := strings.Cut(name, ":")
	if repository == "" || o.others[repository] {
		return false
	}
	sibling := func(name string) bool {
		return number.ReplaceAllString(name, "") == number.ReplaceAllString(repository, "")
	}
	return slices.Contains(o.names, repository) || strings.HasPrefix(repository, "dt-") &&
		!o.baseline.NameTaken(repository) && !slices.ContainsFunc(o.names, sibling) && lessons.Nearest(repository, o.names) != ""
}

// number is what a name gets where it is taken (lessons.Choose).
var number = regexp.MustCompile(`-[0-9]+$`)

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

// ownImages finds the images that are the lab's, and the nameless ones without a label that
// the legacy builder keeps of each step: those that the lab's were built upon, and those of
// builds that failed. One that something else was built upon too is left to that.
func (o *owner) ownImages(images []image.Summary) {
	o.images = map[string]bool{}
	children := map[string][]string{}
	var steps []image.Summary
	for _, i := range images {
		children[i.ParentID] = append(children[i.ParentID], i.ID)
		names := imageNames(i)
		switch {
		case o.baseline.HasImage(i.ID):
		case o.isMine(i.Labels, names...) || slices.ContainsFunc(names, func(n string) bool { return o.made("image", n) }):
			o.images[i.ID] = true
		case len(names) == 0:
			steps = append(steps, i)
		}
	}
	isMine := func(id string) bool { return o.images[id] }
	for found := true; found; {
		found = false
		for _, i := range steps {
			if !o.images[i.ID] && (len(children[i.ID]) > 0 || o.made("step", shortID(i.ID))) && allOf(children[i.ID], isMine) {
				o.images[i.ID], found = true, true
			}
		}
	}
}

func allOf(ids []string, is func(string) bool) bool {
	return !slices.ContainsFunc(ids, func(id string) bool { return !is(id) })
}

// plan is the difference to the baseline: what is the lab's, and what is doubtful. What
// another lab made is neither.
type plan struct {
	containers, images, names, volumes, networks []Object
	doubtful                                     []Object
}

func (p plan) all() []Object {
	return slices.Concat(p.containers, p.names, p.images, p.volumes, p.networks)
}

func (p *plan) put(mine bool, to *[]Object, kind, id, name string) {
	if !mine {
		to = &p.doubtful
	}
	*to = append(*to, Object{Kind: kind, ID: id, Name: name})
}

func (o *owner) plan(h holdings) plan {
	var p plan
	o.ownImages(h.images)
	o.planImages(h.images, &p)
	for _, c := range h.containers {
		if o.isNew(o.baseline.HasContainer(c.ID), c.Labels) {
			p.put(o.isMine(c.Labels, containerName(c)) || o.images[c.ImageID] || o.made("step", shortID(c.ID)), &p.containers, "container", c.ID, containerName(c))
		}
	}
	for _, v := range h.volumes {
		if _, was := o.baseline.Volumes[v.Name]; o.isNew(was, v.Labels) {
			p.put(o.isMine(v.Labels, v.Name) || o.made("volume", v.Name), &p.volumes, "volume", v.Name, v.Name)
		}
	}
	for _, n := range h.networks {
		// The engine's own networks get other ids when it restarts.
		_, was := o.baseline.Networks[n.ID]
		if was = was || slices.Contains(enginesOwn, n.Name); o.isNew(was, n.Labels) {
			p.put(o.isMine(n.Labels, n.Name), &p.networks, "network", n.ID, n.Name)
		}
	}
	return p
}

// enginesOwn are the networks that an engine makes for itself.
var enginesOwn = []string{"bridge", "host", "none"}

// isNew tells that something was not there when the lab opened, and is not another lab's.
func (o *owner) isNew(was bool, labels map[string]string) bool {
	_, theirs := o.labelsAreMine(labels)
	return !was && !theirs
}

// planImages sorts new images, and new names of old ones. A nameless image that another
// is built upon is part of that one, and no doubt of its own.
func (o *owner) planImages(images []image.Summary, p *plan) {
	built := map[string]bool{}
	for _, i := range images {
		built[i.ParentID] = true
	}
	for _, i := range images {
		names, mine, was := imageNames(i), o.images[i.ID], o.baseline.HasImage(i.ID)
		if !mine && (!o.isNew(false, i.Labels) || len(names) == 0 && built[i.ID]) {
			continue
		}
		for _, name := range names {
			if !o.baseline.HasImageName(name) && (mine || was) {
				p.put(mine || o.nameIsMine(name) || o.made("image", name), &p.names, "image", name, name)
			}
		}
		if !was {
			p.put(mine, &p.images, "image", i.ID, append(names, shortID(i.ID))[0])
		}
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
	was := o.baseline.ImageOf(o.base)
	if was == "" || now.ImageOf(o.base) == was {
		return nil
	}
	if err := e.ImageTag(ctx, was, o.base); err != nil {
		return nil // gone altogether: EnsureBaseImage brings it back at the next lab
	}
	return []string{o.base}
}
