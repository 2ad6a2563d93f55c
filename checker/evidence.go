package checker

import (
	"context"
	"io"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/events"
	"github.com/docker/docker/api/types/image"
	"github.com/docker/docker/api/types/network"
	"github.com/docker/docker/api/types/system"
	"github.com/docker/docker/api/types/volume"
	"github.com/docker/docker/client"
)

// Daemon is what the checker reads of the Engine API; *client.Client satisfies it.
type Daemon interface {
	ContainerInspect(ctx context.Context, name string) (container.InspectResponse, error)
	ContainerList(ctx context.Context, options container.ListOptions) ([]container.Summary, error)
	ImageInspect(ctx context.Context, name string, options ...client.ImageInspectOption) (image.InspectResponse, error)
	ImageLister
	ImageHistory(ctx context.Context, name string, options ...client.ImageHistoryOption) ([]image.HistoryResponseItem, error)
	ImageSave(ctx context.Context, names []string, options ...client.ImageSaveOption) (io.ReadCloser, error)
	ContainerDiff(ctx context.Context, name string) ([]container.FilesystemChange, error)
	ContainerStatPath(ctx context.Context, name, path string) (container.PathStat, error)
	CopyFromContainer(ctx context.Context, name, path string) (io.ReadCloser, container.PathStat, error)
	ContainerTop(ctx context.Context, name string, arguments []string) (container.TopResponse, error)
	ContainerStatsOneShot(ctx context.Context, name string) (container.StatsResponseReader, error)
	VolumeInspect(ctx context.Context, name string) (volume.Volume, error)
	VolumeList(ctx context.Context, options volume.ListOptions) (volume.ListResponse, error)
	NetworkInspect(ctx context.Context, name string, options network.InspectOptions) (network.Inspect, error)
	NetworkList(ctx context.Context, options network.ListOptions) ([]network.Summary, error)
	Info(ctx context.Context) (system.Info, error)
}

// ImageLister is who lists images.
type ImageLister interface {
	ImageList(ctx context.Context, options image.ListOptions) ([]image.Summary, error)
}

// listTries bounds how often a list is asked for: one in some hundred fails.
const listTries = 10

// ListImages lists images. The containerd image store answers that something was not found
// when an image goes away while it lists, whoever removed it (seen on Docker 29.0); the next
// list is without it.
func ListImages(ctx context.Context, d ImageLister, options image.ListOptions) (list []image.Summary, err error) {
	for range listTries {
		if list, err = d.ImageList(ctx, options); !client.IsErrNotFound(err) {
			break
		}
	}
	return list, err
}

// Evidence is all that the checks of an exercise are judged on.
type Evidence struct {
	Daemon   Daemon
	Baseline Inventory        // before the exercise's set-up: the learner's own, never counts
	Opened   Inventory        // when the learner got the shell: what was there to begin with
	Since    time.Time        // when the exercise opened, by the daemon's clock; what happened before does not count
	Events   []events.Message // reported since then, oldest first
	Answers  []string         // typed by the learner, oldest first
	Calls    []Call           // made by the lab's docker CLI since the exercise opened, oldest first
	// Unguarded says why there is no guard before this engine, so that no call can be
	// recorded; empty where there is one.
	Unguarded string
	Now       time.Time // from which "three seconds ago" is told
	// Label, key=value, is what the lab puts on the containers and images that are
	// made in it; it may be empty. Where a diagnosis goes by no name, it tells the
	// learner's objects from those of others on the same daemon.
	Label string
	// Folder is the lab folder; empty where there is none.
	Folder string
	// Host is the host name by which the engine's published ports are reached from here;
	// empty means this machine.
	Host string
	// DockerConfig is the folder of the docker CLI's configuration; empty means the usual one.
	DockerConfig string
}
