//go:build linux

package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"docker-tutor/checker"
	"docker-tutor/sandbox"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/events"
	"github.com/docker/docker/api/types/image"
)

// daemon is the learner's engine, looked at from outside.
func daemon(t *testing.T) *sandbox.Engine {
	t.Helper()
	e, err := sandbox.FindEngine(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	if _, err := sandbox.EnsureBaseImage(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	return e
}

// ownName gives a name that nobody else uses.
func ownName() string {
	b := make([]byte, 4)
	rand.Read(b)
	return "dt-cmdtest-" + hex.EncodeToString(b)
}

// docker runs the docker command and gives what it prints.
func docker(t *testing.T, args ...string) string {
	t.Helper()
	out, err := exec.Command("docker", args...).CombinedOutput()
	if err != nil {
		t.Fatalf("docker %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// bystander makes an image and a container that are the learner's own, and no lab's.
func bystander(t *testing.T) (name string) {
	t.Helper()
	name = ownName()
	t.Cleanup(func() {
		exec.Command("docker", "rm", "-f", name).Run()
		exec.Command("docker", "rmi", name).Run()
	})
	docker(t, "tag", sandbox.BaseImage, name)
	docker(t, "create", "--name", name, name)
	return name
}

// isGone waits until nothing of those labs is on the daemon: nothing with a lab's label, and
// none of the names and label values of its exercise, unless it was there before. A lab that
// somebody else has open may bear a name for a while, hence the wait; it goes by the
// daemon's events.
func isGone(t *testing.T, e *sandbox.Engine, labs []sandbox.State) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	changes, broken := e.Events(ctx, events.ListOptions{})
	for {
		left := leftOf(t, e, labs)
		if len(left) == 0 {
			return
		}
		select {
		case <-changes:
		case <-broken:
			t.Errorf("left on the daemon: %v", left)
			return
		}
	}
}

func leftOf(t *testing.T, e *sandbox.Engine, labs []sandbox.State) (left []string) {
	t.Helper()
	containers, err := e.ContainerList(t.Context(), container.ListOptions{All: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range containers {
		left = append(left, ofLabs(labs, "container", c.ID, c.Labels, c.Names)...)
	}
	images, err := checker.ListImages(t.Context(), e, image.ListOptions{All: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range images {
		left = append(left, ofLabs(labs, "image", i.ID, i.Labels, i.RepoTags)...)
	}
	return left
}

// ofLabs tells why an object looks like a lab's, once for each reason.
func ofLabs(labs []sandbox.State, kind, id string, labels map[string]string, names []string) (why []string) {
	for _, lab := range labs {
		if lab.Baseline.HasContainer(id) || lab.Baseline.HasImage(id) && id != lab.Baseline.ImageOf(sandbox.BaseImage) {
			continue
		}
		if owner := labels["docker-tutor.lab"]; owner != "" && owner != lab.ID {
			continue
		}
		for key, value := range labels {
			if value == lab.ID || slices.Contains(lab.Names, value) {
				why = append(why, fmt.Sprintf("%s %s with the label %s=%s", kind, id, key, value))
			}
		}
		for _, name := range names {
			repository, _, _ := strings.Cut(strings.TrimPrefix(name, "/"), ":")
			if slices.Contains(lab.Names, repository) && !lab.Baseline.HasImageName(name) {
				why = append(why, fmt.Sprintf("%s %s", kind, name))
			}
		}
	}
	return why
}
