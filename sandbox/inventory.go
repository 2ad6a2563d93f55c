package sandbox

import (
	"context"
	"fmt"
	"sort"
	"strings"

	"docker-tutor/checker"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/image"
	"github.com/docker/docker/api/types/network"
	"github.com/docker/docker/api/types/volume"
)

// BaseImage is the one image that lessons start from.
const BaseImage = "busybox:latest"

// labLabel marks what a set-up made; its value is the lab's id.
const labLabel = "docker-tutor.lab"

// holdings is what the daemon holds at one moment, with the details that tell whose it is.
type holdings struct {
	containers []container.Summary
	images     []image.Summary
	volumes    []*volume.Volume
	networks   []network.Summary
}

func takeHoldings(ctx context.Context, e *Engine) (holdings, error) {
	var h holdings
	var err error
	if h.containers, err = e.ContainerList(ctx, container.ListOptions{All: true}); err != nil {
		return h, fmt.Errorf("listing the containers: %w", err)
	}
	if h.images, err = checker.ListImages(ctx, e, image.ListOptions{All: true}); err != nil {
		return h, fmt.Errorf("listing the images: %w", err)
	}
	volumes, err := e.VolumeList(ctx, volume.ListOptions{})
	if err != nil {
		return h, fmt.Errorf("listing the volumes: %w", err)
	}
	h.volumes = volumes.Volumes
	if h.networks, err = e.NetworkList(ctx, network.ListOptions{}); err != nil {
		return h, fmt.Errorf("listing the networks: %w", err)
	}
	return h, nil
}

// TakeInventory lists what the daemon holds now, intermediate images included.
func TakeInventory(ctx context.Context, e *Engine) (checker.Inventory, error) {
	h, err := takeHoldings(ctx, e)
	return h.inventory(), err
}

func (h holdings) inventory() checker.Inventory {
	inv := checker.Inventory{
		Containers: map[string]string{}, Images: map[string][]string{},
		Volumes: map[string]string{}, Networks: map[string]string{},
	}
	for _, c := range h.containers {
		inv.Containers[c.ID] = containerName(c)
	}
	for _, i := range h.images {
		inv.Images[i.ID] = imageNames(i)
	}
	for _, v := range h.volumes {
		inv.Volumes[v.Name] = v.Driver
	}
	for _, n := range h.networks {
		inv.Networks[n.ID] = n.Name
	}
	return inv
}

func containerName(c container.Summary) string {
	for _, name := range c.Names {
		// Old links add names such as /other/alias; a container's own has one slash.
		if strings.Count(name, "/") == 1 {
			return strings.TrimPrefix(name, "/")
		}
	}
	return ""
}

// imageNames gives an image's repository:tag names, sorted, without the <none>:<none>
// that old engines list for an image without a name.
func imageNames(i image.Summary) []string {
	names := []string{}
	for _, tag := range i.RepoTags {
		if tag != "<none>:<none>" {
			names = append(names, tag)
		}
	}
	sort.Strings(names)
	return names
}
