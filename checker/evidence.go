package checker

import (
	"context"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/events"
	"github.com/docker/docker/api/types/image"
	"github.com/docker/docker/client"
)

// Daemon is what the checker reads of the Engine API; *client.Client satisfies it.
type Daemon interface {
	ContainerInspect(ctx context.Context, name string) (container.InspectResponse, error)
	ContainerList(ctx context.Context, options container.ListOptions) ([]container.Summary, error)
	ImageInspect(ctx context.Context, name string, options ...client.ImageInspectOption) (image.InspectResponse, error)
	ImageList(ctx context.Context, options image.ListOptions) ([]image.Summary, error)
}

// Evidence is all that the checks of an exercise are judged on.
type Evidence struct {
	Daemon   Daemon
	Baseline Inventory        // before the exercise's set-up: the learner's own, never counts
	Opened   Inventory        // when the learner got the shell: what was there to begin with
	Since    time.Time        // when the exercise opened, by the daemon's clock; what happened before does not count
	Events   []events.Message // reported since then, oldest first
	Answers  []string         // typed by the learner, oldest first
	Now      time.Time        // from which "three seconds ago" is told
	// Label, key=value, is what the lab puts on the containers and images that are
	// made in it; it may be empty. Where a diagnosis goes by no name, it tells the
	// learner's objects from those of others on the same daemon.
	Label string
}
