package checker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"

	cerrdefs "github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/image"
	"github.com/docker/docker/api/types/network"
	"github.com/docker/docker/api/types/volume"
	"github.com/docker/docker/client"
)

// view is the daemon as one judgement sees it: each thing is asked for once, and
// only when a check needs it, so that ten checks of one container cost one call.
type view struct {
	daemon     Daemon
	containers map[string]*container.InspectResponse // by name; nil where there is none
	images     map[string]*image.InspectResponse     // by familiar name; nil where there is none
	lists      map[imageFilter][]image.Summary
	volumes    map[string]*volume.Volume   // by name; nil where there is none
	networks   map[string]*network.Inspect // by name; nil where there is none
	silent     error                       // set once the daemon did not answer; it is not asked again
}

func newView(d Daemon) *view {
	return &view{
		daemon:     d,
		containers: map[string]*container.InspectResponse{},
		images:     map[string]*image.InspectResponse{},
		lists:      map[imageFilter][]image.Summary{},
		volumes:    map[string]*volume.Volume{},
		networks:   map[string]*network.Inspect{},
	}
}

// container gives the container of exactly that name, or nil. One that is being removed
// counts as gone.
func (v *view) container(ctx context.Context, name string) (*container.InspectResponse, error) {
	return once(v, v.containers, "container", name, func() (container.InspectResponse, bool, error) {
		c, err := v.daemon.ContainerInspect(ctx, name)
		return c, err == nil && c.Name == "/"+name && !isGoing(&c), err // the daemon also takes the beginning of an ID
	})
}

// once inspects an object the first time that it is asked for. It gives nil for one that the
// daemon does not have, or that is not the one that was asked for.
func once[T any](v *view, known map[string]*T, kind, name string, inspect func() (T, bool, error)) (*T, error) {
	if found, asked := known[name]; asked {
		return found, nil
	}
	if v.silent != nil {
		return nil, v.silent
	}
	found, is, err := inspect()
	switch {
	case err != nil && !cerrdefs.IsNotFound(err):
		return nil, v.failed(fmt.Errorf("inspecting the %s %s: %w", kind, name, err))
	case err != nil, !is:
		known[name] = nil
	default:
		known[name] = &found
	}
	return known[name], nil
}

// isGoing tells a container that the daemon is removing, or is about to.
func isGoing(c *container.InspectResponse) bool {
	return c.State.Status == "removing" || c.State.Status == "exited" && c.HostConfig.AutoRemove
}

// image gives the image that a name stands for, or nil.
func (v *view) image(ctx context.Context, name string) (*image.InspectResponse, error) {
	full, err := imageName(name)
	if err != nil {
		return nil, fmt.Errorf("reading the image name %q: %w", name, err)
	}
	return once(v, v.images, "image", full, func() (image.InspectResponse, bool, error) {
		img, err := v.daemon.ImageInspect(ctx, full)
		return img, true, err
	})
}

// containersWith lists the containers, stopped ones too, to which a filter of docker ps
// applies, such as volume=dt-data: where there are a thousand, to list them all takes the
// daemon a hundred times as long as to look at one.
func (v *view) containersWith(ctx context.Context, filter ...filters.KeyValuePair) ([]container.Summary, error) {
	if v.silent != nil {
		return nil, v.silent
	}
	list, err := v.daemon.ContainerList(ctx, container.ListOptions{All: true, Filters: filters.NewArgs(filter...)})
	if err != nil {
		return nil, v.failed(fmt.Errorf("listing the containers: %w", err))
	}
	return list, nil
}

// imageFilter narrows a list of images the way docker images --filter does. Reference
// may hold several patterns with spaces between; dangling is "true", "false" or nothing.
type imageFilter struct {
	reference, label, dangling string
}

func filterOf(reference, label string, dangling *bool) imageFilter {
	f := imageFilter{reference: reference, label: label}
	if dangling != nil {
		f.dangling = fmt.Sprint(*dangling)
	}
	return f
}

// pairs gives the filter as key=value, the way the command line takes it.
func (f imageFilter) pairs() []string {
	var pairs []string
	for _, pattern := range strings.Fields(f.reference) {
		pairs = append(pairs, "reference="+pattern)
	}
	if f.label != "" {
		pairs = append(pairs, "label="+f.label)
	}
	if f.dangling != "" {
		pairs = append(pairs, "dangling="+f.dangling)
	}
	return pairs
}

// String names the set in a diagnosis.
func (f imageFilter) String() string {
	if f == (imageFilter{}) {
		return "*"
	}
	return strings.Join(f.pairs(), ", ")
}

// look gives the command that lists the set.
func (f imageFilter) look() string {
	if f.label == "" && f.dangling == "" {
		return strings.TrimSpace("docker images " + shellWord(f.reference))
	}
	look := "docker images"
	for _, p := range f.pairs() {
		look += " --filter " + shellWord(p)
	}
	return look
}

// imageList lists the images that the filter lets through; the daemon does the
// filtering, so that a thousand others cost little. Names are real ones only.
func (v *view) imageList(ctx context.Context, f imageFilter) ([]image.Summary, error) {
	if list, asked := v.lists[f]; asked {
		return list, nil
	}
	if v.silent != nil {
		return nil, v.silent
	}
	asked := f
	if f.reference != "" || f.dangling == "true" {
		asked.label = "" // engine 29 would read every image for its labels first, 3 ms each
	}
	by := filters.NewArgs()
	for _, p := range asked.pairs() {
		key, value, _ := strings.Cut(p, "=")
		by.Add(key, value)
	}
	list, err := ListImages(ctx, v.daemon, image.ListOptions{Filters: by})
	if err != nil {
		return nil, v.failed(fmt.Errorf("listing the images %s: %w", f, err))
	}
	list = slices.DeleteFunc(list, func(img image.Summary) bool { return !hasLabel(img.Labels, f.label) })
	for i := range list {
		list[i].RepoTags = realNames(list[i].RepoTags)
	}
	v.lists[f] = list
	return list, nil
}

// hasLabel tells whether labels hold the wanted one, key or key=value; any do where
// none is wanted.
func hasLabel(labels map[string]string, wanted string) bool {
	key, value, withValue := strings.Cut(wanted, "=")
	is, has := labels[key]
	return wanted == "" || has && (!withValue || is == value)
}

// failed remembers a daemon that does not answer.
func (v *view) failed(err error) error {
	if isSilence(err) {
		v.silent = err
	}
	return err
}

// isSilence tells a daemon that did not answer from one that answered with an error.
func isSilence(err error) bool {
	if errors.Is(err, context.Canceled) {
		return false
	}
	var netErr net.Error
	return client.IsErrConnectionFailed(err) || errors.As(err, &netErr) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

// unknown says why a check could not be run.
func unknown(err error) *Diagnosis {
	if isSilence(err) {
		return diagnose(true, "daemon-silent", "docker version", args{"reason": err.Error()})
	}
	return diagnose(true, "check-broken", "", args{"reason": err.Error()})
}

// shellWord quotes a word where a shell would take it for something else.
func shellWord(s string) string {
	if strings.ContainsAny(s, "*?[]{} '\"$&|;<>()\\`") {
		return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
	}
	return s
}
