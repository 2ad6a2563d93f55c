package sandbox

import (
	"context"
	"fmt"

	"github.com/docker/docker/api/types/image"
)

// stepName is the repository in which steps of builds are kept from one lab to the next.
const stepName = "docker-tutor/step"

// KeepSteps keeps what the lab's builds made on the way, so that the next lab of the same
// exercise finds it in the legacy builder's cache, and gives the images' ids. That builder
// knows its steps by the nameless images that it leaves (docker/docker,
// builder/dockerfile/imageprobe.go): a name keeps them from the clean-up. It is for who
// opens an exercise many times over, and removes the steps afterwards (RemoveSteps).
func (l *Lab) KeepSteps(ctx context.Context) ([]string, error) {
	h, err := takeHoldings(ctx, l.Engine)
	if err != nil {
		return nil, err
	}
	steps := l.owner().steps(h.images)
	builtUpon := map[string]bool{}
	for _, i := range steps {
		builtUpon[i.ParentID] = true
	}
	var ids []string
	for _, i := range steps {
		if ids = append(ids, i.ID); builtUpon[i.ID] {
			continue // kept by what was built upon it
		}
		if err := l.Engine.ImageTag(ctx, i.ID, stepName+":"+shortID(i.ID)); err != nil {
			return ids, fmt.Errorf("keeping the step %s of a build: %w", shortID(i.ID), err)
		}
	}
	return ids, nil
}

// steps gives the lab's images that have neither a name nor a label.
func (o *owner) steps(images []image.Summary) (steps []image.Summary) {
	o.ownImages(images)
	for _, i := range images {
		if mine, theirs := o.labelsAreMine(i.Labels); o.images[i.ID] && !mine && !theirs && len(imageNames(i)) == 0 {
			steps = append(steps, i)
		}
	}
	return steps
}

// RemoveSteps takes away steps that labs kept.
func RemoveSteps(ctx context.Context, e *Engine, ids []string) error {
	var images []Object
	for _, id := range ids {
		images = append(images, Object{Kind: "image", ID: id, Name: shortID(id)})
	}
	return Remove(ctx, e, images)
}
