package checker

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"docker-tutor/lessons"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/image"
)

// Truth gives what the right answer is now: the first accepted text, or what is
// computed from the daemon. Where several answers are right, it gives one of them.
// The error of an object that is not there yet says so.
func Truth(ctx context.Context, d Daemon, a *lessons.Answer) (string, error) {
	right, err := newView(d).truths(ctx, a)
	var none *nothingThere
	switch {
	case errors.As(err, &none):
		return "", fmt.Errorf("computing %s: nothing to look at yet (%s)", a.Computed, none.d.ID)
	case err != nil:
		return "", fmt.Errorf("computing %s: %w", a.Computed, err)
	}
	return right[0], nil
}

// nothingThere is the error of a question about something that is not there, or not
// in a state to be asked about; the diagnosis says which.
type nothingThere struct{ d *Diagnosis }

func (n *nothingThere) Error() string { return n.d.ID }

// truths gives every right answer, at least one.
func (v *view) truths(ctx context.Context, a *lessons.Answer) ([]string, error) {
	if a.Computed == "" {
		return a.Is, nil
	}
	if a.Computed == "image-id" {
		return v.imageIDs(ctx, a)
	}
	if a.Computed == "image-label" {
		value, err := v.imageLabel(ctx, a)
		return []string{value}, err
	}
	if right, known, err := v.texts(ctx, a); known {
		return right, err
	}
	n, err := v.number(ctx, a)
	return []string{strconv.Itoa(n + a.Plus)}, err
}

// number computes the kinds of truth that are numbers.
func (v *view) number(ctx context.Context, a *lessons.Answer) (int, error) {
	switch a.Computed {
	case "image-names":
		all, err := v.imageList(ctx, filterOf(a.Reference, a.Label, a.Dangling))
		return countNames(all), err
	case "images":
		all, err := v.imageList(ctx, filterOf(a.Reference, a.Label, a.Dangling))
		return len(all), err
	case "image-layers":
		img, err := v.askedImage(ctx, a)
		if err != nil {
			return 0, err
		}
		return len(img.RootFS.Layers), nil
	case "containers":
		return v.countContainers(ctx, a)
	case "container-exit-code":
		return v.exitCode(ctx, a)
	}
	return v.counts(ctx, a)
}

// countNames counts the lines that docker images prints: one for each name that the
// daemon's filter let through, so that one image may have many.
func countNames(all []image.Summary) int {
	n := 0
	for _, img := range all {
		n += len(img.RepoTags)
	}
	return n
}

// askedImage gives the image that a question is about.
func (v *view) askedImage(ctx context.Context, a *lessons.Answer) (*image.InspectResponse, error) {
	img, err := v.image(ctx, a.Image)
	if err == nil && img == nil {
		err = &nothingThere{diagnose(false, "answer-nothing-there", lookImages, args{"name": a.Image})}
	}
	return img, err
}

// imageIDs gives the ID of the image asked for, or of all that are of the kind.
func (v *view) imageIDs(ctx context.Context, a *lessons.Answer) ([]string, error) {
	if a.Image != "" {
		img, err := v.askedImage(ctx, a)
		if err != nil {
			return nil, err
		}
		return []string{img.ID}, nil
	}
	set := filterOf(a.Reference, a.Label, a.Dangling)
	all, err := v.imageList(ctx, set)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, &nothingThere{diagnose(false, "answer-nothing-there", set.look(), args{"name": set.String()})}
	}
	var ids []string
	for _, img := range all {
		ids = append(ids, img.ID)
	}
	slices.Sort(ids)
	return ids, nil
}

func (v *view) imageLabel(ctx context.Context, a *lessons.Answer) (string, error) {
	img, err := v.askedImage(ctx, a)
	if err != nil {
		return "", err
	}
	if img.Config != nil {
		if value, ok := img.Config.Labels[a.Label]; ok {
			return value, nil
		}
	}
	return "", &nothingThere{diagnose(false, "answer-no-label", lookAnswer(a),
		args{"name": a.Image, "label": a.Label})}
}

func (v *view) countContainers(ctx context.Context, a *lessons.Answer) (int, error) {
	by := filters.NewArgs()
	if a.State != "" {
		by.Add("status", a.State)
	}
	if a.Label != "" {
		by.Add("label", a.Label)
	}
	if v.silent != nil {
		return 0, v.silent
	}
	all, err := v.daemon.ContainerList(ctx, container.ListOptions{All: true, Filters: by})
	if err != nil {
		return 0, v.failed(fmt.Errorf("listing the containers: %w", err))
	}
	return len(all), nil
}

func (v *view) exitCode(ctx context.Context, a *lessons.Answer) (int, error) {
	c, err := v.container(ctx, a.Container)
	switch {
	case err != nil:
		return 0, err
	case c == nil:
		return 0, &nothingThere{diagnose(false, "answer-nothing-there", lookContainers, args{"name": a.Container})}
	case c.State.Status == container.StateExited || c.State.Error != "":
		return c.State.ExitCode, nil
	}
	return 0, &nothingThere{diagnose(false, "answer-not-exited", lookContainers,
		args{"name": a.Container, "found": Phrase("state-" + c.State.Status)})}
}

// lookAnswer gives the command that shows the truth.
func lookAnswer(a *lessons.Answer) string {
	switch a.Computed {
	case "image-names", "images":
		return filterOf(a.Reference, a.Label, a.Dangling).look()
	case "image-id":
		if a.Image != "" {
			return "docker images --no-trunc " + a.Image
		}
		return filterOf(a.Reference, a.Label, a.Dangling).look() + " --no-trunc"
	case "image-label":
		return inspect("{{json .Config.Labels}}", a.Image)
	case "image-layers":
		return inspect("{{json .RootFS.Layers}}", a.Image)
	case "containers":
		look := lookContainers
		if a.State != "" {
			look += " --filter status=" + a.State
		}
		if a.Label != "" {
			look += " --filter " + shellWord("label="+a.Label)
		}
		return look
	case "container-exit-code":
		return lookContainers + " --filter name=" + a.Container
	}
	return lookKinds(a)
}
