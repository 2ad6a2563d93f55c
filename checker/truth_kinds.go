package checker

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"docker-tutor/lessons"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/image"
	"github.com/docker/docker/api/types/volume"
	units "github.com/docker/go-units"
)

// texts computes the kinds of truth that are no numbers, or numbers that measure and count
// nothing; known is false for the others. Every spelling that docker itself prints is right.
func (v *view) texts(ctx context.Context, a *lessons.Answer) (right []string, known bool, err error) {
	compute, known := map[string]func(context.Context, *lessons.Answer) ([]string, error){
		"image-largest-layer": v.largestLayer,
		"image-size":          v.imageSize,
		"image-architecture":  v.imageArchitecture,
		"image-variable":      v.imageVariable,
		"container-variable":  v.containerVariable,
		"container-ip":        v.containerIP,
		"container-port":      v.containerPort,
		"container-memory":    v.containerMemory,
		"volume-mountpoint":   v.mountpoint,
		"network-gateway":     v.addresses,
		"network-subnet":      v.addresses,
		"daemon-kernel":       v.daemonInfo,
		"daemon-version":      v.daemonInfo,
		"daemon-registry":     v.daemonInfo,
	}[a.Computed]
	if !known {
		return nil, false, nil
	}
	right, err = compute(ctx, a)
	return right, true, err
}

// counts computes the further kinds of truth that are numbers.
func (v *view) counts(ctx context.Context, a *lessons.Answer) (int, error) {
	compute, known := map[string]func(context.Context, *lessons.Answer) (int, error){
		"image-layers-above":    v.layersAbove,
		"image-history":         v.historyLines,
		"image-variables":       v.imageVariables,
		"intermediate-images":   v.intermediateImages,
		"stopped-containers":    v.stoppedContainers,
		"privileged-containers": v.privilegedContainers,
		"container-restarts":    v.restarts,
		"container-pids":        v.pids,
		"container-processes":   v.countProcesses,
		"volumes":               v.countVolumes,
	}[a.Computed]
	if !known {
		return 0, fmt.Errorf("nothing is known to compute %q", a.Computed)
	}
	return compute(ctx, a)
}

// absentPart says that something is there, but not the part of it that is asked for.
func absentPart(a *lessons.Answer, name, part string) error {
	return &nothingThere{diagnose(false, "answer-no-part", lookAnswer(a), args{"name": name, "part": part})}
}

func (v *view) layersAbove(ctx context.Context, a *lessons.Answer) (int, error) {
	img, err := v.askedImage(ctx, a)
	if err != nil {
		return 0, err
	}
	base, err := v.askedImage(ctx, &lessons.Answer{Image: a.Base})
	if err != nil {
		return 0, err
	}
	return len(img.RootFS.Layers) - common(img.RootFS.Layers, base.RootFS.Layers), nil
}

// largestLayer gives the instruction that made the largest layer, alone and with its words.
func (v *view) largestLayer(ctx context.Context, a *lessons.Answer) ([]string, error) {
	items, err := v.askedHistory(ctx, a)
	if err != nil {
		return nil, err
	}
	if len(items) == 0 {
		return nil, absentPart(a, a.Image, "history")
	}
	largest := slices.MaxFunc(items, func(a, b image.HistoryResponseItem) int { return cmp.Compare(a.Size, b.Size) })
	by := oneLine(strings.Replace(largest.CreatedBy, "/bin/sh -c #(nop) ", "", 1))
	by = strings.TrimSuffix(by, " # buildkit")
	word, _, _ := strings.Cut(by, " ")
	if word == "/bin/sh" || word != strings.ToUpper(word) { // the classic builder leaves RUN out
		word, by = "RUN", "RUN "+by
	}
	return []string{word, by, strings.TrimPrefix(by, "RUN /bin/sh -c ")}, nil
}

// historyLines counts the lines of docker history: every step of the build is one, with
// or without a layer.
func (v *view) historyLines(ctx context.Context, a *lessons.Answer) (int, error) {
	items, err := v.askedHistory(ctx, a)
	return len(items), err
}

func (v *view) askedHistory(ctx context.Context, a *lessons.Answer) ([]image.HistoryResponseItem, error) {
	if _, err := v.askedImage(ctx, a); err != nil {
		return nil, err
	}
	items, err := v.daemon.ImageHistory(ctx, a.Image)
	if err != nil {
		return nil, v.failed(fmt.Errorf("reading the history of the image %s: %w", a.Image, err))
	}
	return items, nil
}

// imageSize gives the size in bytes, and the way docker images prints it.
func (v *view) imageSize(ctx context.Context, a *lessons.Answer) ([]string, error) {
	img, err := v.askedImage(ctx, a)
	if err != nil {
		return nil, err
	}
	return []string{units.HumanSizeWithPrecision(float64(img.Size), 3), units.HumanSize(float64(img.Size)), strconv.FormatInt(img.Size, 10)}, nil
}

func (v *view) imageArchitecture(ctx context.Context, a *lessons.Answer) ([]string, error) {
	img, err := v.askedImage(ctx, a)
	if err != nil {
		return nil, err
	}
	return []string{img.Architecture, img.Os + "/" + img.Architecture}, nil
}

func (v *view) imageEnv(ctx context.Context, a *lessons.Answer) ([]string, error) {
	img, err := v.askedImage(ctx, a)
	if err != nil || img.Config == nil {
		return nil, err
	}
	return img.Config.Env, nil
}

func (v *view) imageVariables(ctx context.Context, a *lessons.Answer) (int, error) {
	env, err := v.imageEnv(ctx, a)
	return len(env), err
}

func (v *view) imageVariable(ctx context.Context, a *lessons.Answer) ([]string, error) {
	env, err := v.imageEnv(ctx, a)
	if err != nil {
		return nil, err
	}
	return variable(a, a.Image, env)
}

func (v *view) containerVariable(ctx context.Context, a *lessons.Answer) ([]string, error) {
	c, err := v.askedContainer(ctx, a)
	if err != nil {
		return nil, err
	}
	return variable(a, a.Container, c.Config.Env)
}

// variable gives the value of an environment variable, the last where it is set twice.
func variable(a *lessons.Answer, name string, env []string) ([]string, error) {
	for _, line := range slices.Backward(env) {
		if key, value, _ := strings.Cut(line, "="); key == a.Variable {
			return []string{value, line}, nil
		}
	}
	return nil, absentPart(a, name, a.Variable)
}

// askedContainer gives the container that a question is about.
func (v *view) askedContainer(ctx context.Context, a *lessons.Answer) (*container.InspectResponse, error) {
	c, err := v.container(ctx, a.Container)
	if err == nil && c == nil {
		err = &nothingThere{diagnose(false, "answer-nothing-there", lookContainers, args{"name": a.Container})}
	}
	return c, err
}

// containerIP gives the address in the network asked for, or in any.
func (v *view) containerIP(ctx context.Context, a *lessons.Answer) ([]string, error) {
	c, err := v.askedContainer(ctx, a)
	if err != nil {
		return nil, err
	}
	var right []string
	for name, endpoint := range c.NetworkSettings.Networks {
		if (a.Network == "" || a.Network == name) && endpoint.IPAddress != "" {
			right = append(right, endpoint.IPAddress, fmt.Sprintf("%s/%d", endpoint.IPAddress, endpoint.IPPrefixLen))
		}
	}
	if len(right) == 0 {
		return nil, absentPart(a, a.Container, cmp.Or(a.Network, "IPAddress"))
	}
	return right, nil
}

// containerPort gives the ports of the host that a port is published on, alone and with
// the address before it.
func (v *view) containerPort(ctx context.Context, a *lessons.Answer) ([]string, error) {
	c, err := v.askedContainer(ctx, a)
	if err != nil {
		return nil, err
	}
	var right []string
	for inside, bindings := range c.NetworkSettings.Ports {
		for _, b := range bindings {
			if inside.Port() == a.Port || string(inside) == a.Port {
				right = append(right, b.HostPort, b.HostIP+":"+b.HostPort, "localhost:"+b.HostPort)
			}
		}
	}
	if len(right) == 0 {
		return nil, absentPart(a, a.Container, a.Port)
	}
	return right, nil
}

func (v *view) containerMemory(ctx context.Context, a *lessons.Answer) ([]string, error) {
	c, err := v.askedContainer(ctx, a)
	if err != nil {
		return nil, err
	}
	limit := c.HostConfig.Memory
	return []string{strconv.FormatInt(limit, 10), size(limit), strings.TrimSuffix(size(limit), "iB"), strings.TrimSuffix(size(limit), "iB") + "b"}, nil
}

func (v *view) restarts(ctx context.Context, a *lessons.Answer) (int, error) {
	c, err := v.askedContainer(ctx, a)
	if err != nil {
		return 0, err
	}
	return c.RestartCount, nil
}

// runningContainer gives the container that a question is about, which must run.
func (v *view) runningContainer(ctx context.Context, a *lessons.Answer) (*container.InspectResponse, error) {
	c, err := v.askedContainer(ctx, a)
	if err != nil {
		return nil, err
	}
	if !c.State.Running {
		return nil, &nothingThere{diagnose(false, "answer-not-running", lookContainers,
			args{"name": a.Container, "found": Phrase("state-" + c.State.Status)})}
	}
	return c, nil
}

// pids is what docker stats shows: threads count too.
func (v *view) pids(ctx context.Context, a *lessons.Answer) (int, error) {
	c, err := v.runningContainer(ctx, a)
	if err != nil {
		return 0, err
	}
	answer, err := v.daemon.ContainerStatsOneShot(ctx, c.ID)
	if err != nil {
		return 0, v.failed(fmt.Errorf("reading the statistics of the container %s: %w", a.Container, err))
	}
	defer answer.Body.Close()
	var stats container.StatsResponse
	if err := json.NewDecoder(answer.Body).Decode(&stats); err != nil {
		return 0, v.failed(fmt.Errorf("reading the statistics of the container %s: %w", a.Container, err))
	}
	return int(stats.PidsStats.Current), nil
}

func (v *view) countProcesses(ctx context.Context, a *lessons.Answer) (int, error) {
	c, err := v.runningContainer(ctx, a)
	if err != nil {
		return 0, err
	}
	all, err := v.processes(ctx, c)
	return len(all), err
}

// stoppedContainers counts those that docker container prune would remove.
func (v *view) stoppedContainers(ctx context.Context, a *lessons.Answer) (int, error) {
	all, err := v.containersWith(ctx)
	n := 0
	for _, c := range all {
		if slices.Contains([]string{container.StateCreated, container.StateExited, container.StateDead}, c.State) && hasLabel(c.Labels, a.Label) {
			n++
		}
	}
	return n, err
}

// privilegedContainers asks every container, since a list does not tell.
func (v *view) privilegedContainers(ctx context.Context, a *lessons.Answer) (int, error) {
	all, err := v.containersWith(ctx)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, c := range all {
		found, err := v.daemon.ContainerInspect(ctx, c.ID)
		if err != nil {
			return 0, v.failed(fmt.Errorf("inspecting the container %s: %w", c.ID[:12], err))
		}
		if found.HostConfig.Privileged {
			n++
		}
	}
	return n, nil
}

// intermediateImages counts the images that docker images -a adds.
func (v *view) intermediateImages(ctx context.Context, a *lessons.Answer) (int, error) {
	if v.silent != nil {
		return 0, v.silent
	}
	var n [2]int
	for i, all := range []bool{false, true} {
		list, err := ListImages(ctx, v.daemon, image.ListOptions{All: all})
		if err != nil {
			return 0, v.failed(fmt.Errorf("listing the images: %w", err))
		}
		n[i] = len(list)
	}
	return n[1] - n[0], nil
}

func (v *view) countVolumes(ctx context.Context, a *lessons.Answer) (int, error) {
	if v.silent != nil {
		return 0, v.silent
	}
	by := filters.NewArgs()
	if a.Label != "" {
		by.Add("label", a.Label)
	}
	all, err := v.daemon.VolumeList(ctx, volume.ListOptions{Filters: by})
	if err != nil {
		return 0, v.failed(fmt.Errorf("listing the volumes: %w", err))
	}
	return len(all.Volumes), nil
}

func (v *view) mountpoint(ctx context.Context, a *lessons.Answer) ([]string, error) {
	found, err := v.volume(ctx, a.Volume)
	if err != nil {
		return nil, err
	}
	if found == nil {
		return nil, &nothingThere{diagnose(false, "answer-nothing-there", lookVolumes, args{"name": a.Volume})}
	}
	return []string{found.Mountpoint, found.Mountpoint + "/"}, nil
}

// addresses gives the gateways, or the subnets, of a network. Where the daemon chose the
// subnet, an engine may leave the gateway out; it is then the first address.
func (v *view) addresses(ctx context.Context, a *lessons.Answer) ([]string, error) {
	found, err := v.network(ctx, a.Network)
	if err != nil {
		return nil, err
	}
	if found == nil {
		return nil, &nothingThere{diagnose(false, "answer-nothing-there", lookNetworks, args{"name": a.Network})}
	}
	var right []string
	for _, c := range found.IPAM.Config {
		value := c.Subnet
		if a.Computed == "network-gateway" {
			value, _, _ = strings.Cut(c.Gateway, "/")
		}
		if value != "" {
			right = append(right, value)
		}
	}
	if len(right) == 0 {
		return nil, absentPart(a, a.Network, strings.TrimPrefix(a.Computed, "network-"))
	}
	return right, nil
}

func (v *view) daemonInfo(ctx context.Context, a *lessons.Answer) ([]string, error) {
	if v.silent != nil {
		return nil, v.silent
	}
	info, err := v.daemon.Info(ctx)
	if err != nil {
		return nil, v.failed(fmt.Errorf("asking the daemon about itself: %w", err))
	}
	switch a.Computed {
	case "daemon-kernel":
		return []string{info.KernelVersion}, nil
	case "daemon-version":
		return []string{info.ServerVersion}, nil
	}
	return []string{info.IndexServerAddress, strings.TrimSuffix(info.IndexServerAddress, "/")}, nil
}

// about is the name of what a question is about.
func about(a *lessons.Answer) string {
	if a.Computed == "daemon-version" { // docker info shows the client's too, and first
		return "docker version (Server)"
	}
	return cmp.Or(a.Container, a.Image, a.Volume, a.Network, "docker info")
}

// lookKinds gives the command that shows a truth of these kinds.
func lookKinds(a *lessons.Answer) string {
	switch a.Computed {
	case "image-layers-above":
		return inspect("{{json .RootFS.Layers}}", a.Image)
	case "image-largest-layer", "image-history":
		return "docker history " + a.Image
	case "image-size":
		return "docker images " + a.Image
	case "image-architecture":
		return inspect("{{.Os}}/{{.Architecture}}", a.Image)
	case "image-variable", "image-variables":
		return inspect("{{json .Config.Env}}", a.Image)
	case "container-variable":
		return inspect("{{json .Config.Env}}", a.Container)
	case "container-ip":
		return inspect("{{json .NetworkSettings.Networks}}", a.Container)
	case "container-port":
		return "docker port " + a.Container
	case "container-memory":
		return inspect("{{.HostConfig.Memory}}", a.Container)
	case "container-restarts":
		return inspect("{{.RestartCount}}", a.Container)
	case "container-pids":
		return "docker stats --no-stream " + a.Container
	case "container-processes":
		return "docker top " + a.Container
	case "intermediate-images":
		return "docker images -a"
	case "stopped-containers", "privileged-containers":
		return lookContainers
	case "volumes":
		return lookVolumes
	case "volume-mountpoint":
		return "docker volume inspect " + a.Volume
	case "network-gateway", "network-subnet":
		return "docker network inspect " + a.Network
	case "daemon-version":
		return "docker version --format '{{.Server.Version}}'"
	case "daemon-kernel", "daemon-registry":
		return "docker info"
	}
	return ""
}
