package guard

import (
	"archive/tar"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"docker-tutor/checker"

	"github.com/distribution/reference"
	"github.com/docker/docker/api/types/image"
	"github.com/docker/docker/client"
)

// removeImage lets go of the lab's own images, and of the names that the lab gave to one
// that was there.
func (k *Keeper) removeImage(r *http.Request, e checker.Endpoint) error {
	if k.Baseline.HasImageName(e.Name) {
		return &Refusal{KeptName, e.Name}
	}
	found, err := k.Daemon.ImageInspect(r.Context(), e.Name)
	switch {
	case client.IsErrNotFound(err):
		return nil // the daemon says so better
	case err != nil:
		return fmt.Errorf("finding out which image %s is: %w", e.Name, err)
	case !k.Baseline.HasImage(found.ID):
		return k.keepParents(r, found)
	case slices.Contains(k.newNames(found.ID, found.RepoTags), fullName(e.Name)):
		return nil
	case slices.Contains(found.RepoTags, fullName(e.Name)):
		return k.takeName(r.Context(), fullName(e.Name))
	}
	return &Refusal{KeptImage, e.Name} // by its id, or by its digest
}

// takeName takes a name from an image that had none before the lab: to remove its only
// name would remove the image. The name is moved to an empty image, which goes with it.
func (k *Keeper) takeName(ctx context.Context, name string) error {
	err := k.moveToEmpty(ctx, name)
	if err == nil {
		_, err = k.Daemon.ImageRemove(ctx, name, image.RemoveOptions{})
	}
	if err != nil {
		return fmt.Errorf("taking the name %s from its image: %w", name, err)
	}
	return &answered{http.StatusOK, []image.DeleteResponse{{Untagged: name}}}
}

func (k *Keeper) moveToEmpty(ctx context.Context, name string) error {
	empty := new(bytes.Buffer)
	if err := tar.NewWriter(empty).Close(); err != nil {
		return err
	}
	said, err := k.Daemon.ImageImport(ctx, image.ImportSource{Source: empty, SourceName: "-"}, "", image.ImportOptions{})
	if err != nil {
		return err
	}
	defer said.Close()
	var last struct{ Status string }
	if err := json.NewDecoder(said).Decode(&last); err != nil {
		return err
	}
	return k.Daemon.ImageTag(ctx, last.Status, name)
}

// newNames gives those names of an image that it has got since the baseline, and that
// can go without it: the last name of an image takes the image along.
func (k *Keeper) newNames(id string, names []string) []string {
	fresh := slices.DeleteFunc(slices.Clone(names), k.Baseline.HasImageName)
	if k.Baseline.HasImage(id) && len(fresh) == len(names) {
		return nil // it was nameless
	}
	return fresh
}

// fullName gives an image name the way the engine lists it: busybox is busybox:latest.
func fullName(name string) string {
	named, err := reference.ParseNormalizedNamed(name)
	if err != nil {
		return name
	}
	return reference.FamiliarString(reference.TagNameOnly(named))
}

// keepParents has the daemon leave an image's nameless parents where one of them was
// there before: removing the child would take it along.
func (k *Keeper) keepParents(r *http.Request, i image.InspectResponse) error {
	if k.keptParent(r.Context(), i.Parent) != "" {
		setQuery(r, "noprune", "1")
	}
	return nil
}

// keptParent gives the nearest of a parent and its own parents that was there before and
// that would go along, being nameless.
func (k *Keeper) keptParent(ctx context.Context, parent string) string {
	for parent != "" {
		found, err := k.Daemon.ImageInspect(ctx, parent)
		switch {
		case err != nil || !nameless(found.RepoTags):
			return "" // it is gone, or stays
		case k.Baseline.HasImage(parent):
			return parent
		}
		parent = found.Parent
	}
	return ""
}

// nameless tells an image without a name, of which engines before API 1.43 say <none>.
func nameless(names []string) bool {
	return len(names) == 0 || slices.Equal(names, []string{"<none>:<none>"})
}

// giveName refuses to move a name that stood for an image before the lab, and notes any
// other as the lab's.
func (k *Keeper) giveName(name string) error {
	if name == "" {
		return nil
	}
	if k.Baseline.HasImageName(name) {
		return &Refusal{KeptName, fullName(name)}
	}
	k.noteMade("image", fullName(name))
	return nil
}

// tag admits giving a name once more to the image that has it.
func (k *Keeper) tag(r *http.Request, e checker.Endpoint) error {
	name := joinTag(r.URL.Query().Get("repo"), r.URL.Query().Get("tag"))
	if id := k.Baseline.ImageOf(name); id != "" {
		if found, err := k.Daemon.ImageInspect(r.Context(), e.Name); err == nil && found.ID == id {
			return nil
		}
	}
	return k.giveName(name)
}

func joinTag(repository, tag string) string {
	switch {
	case repository == "" || tag == "":
		return repository
	case strings.Contains(tag, ":"): // a digest
		return repository + "@" + tag
	}
	return repository + ":" + tag
}

// commit does not pause a container that was there, which it would by default.
func (k *Keeper) commit(r *http.Request, _ checker.Endpoint) error {
	q := r.URL.Query()
	if err := k.giveName(joinTag(q.Get("repo"), q.Get("tag"))); err != nil {
		return err
	}
	if k.refuseContainer(r.Context(), q.Get("container")) != nil {
		q.Set("pause", "0")
	}
	key, value, _ := strings.Cut(k.Label, "=")
	q.Add("changes", fmt.Sprintf("LABEL %s=%s", key, value))
	r.URL.RawQuery = q.Encode()
	return nil
}

// build labels the image of a build by the legacy builder, or by BuildKit through the old
// call.
func (k *Keeper) build(r *http.Request, _ checker.Endpoint) error {
	q := r.URL.Query()
	for _, name := range q["t"] {
		if err := k.giveName(name); err != nil {
			return err
		}
	}
	setQuery(r, "labels", string(k.labelled(buildFacts(q).Labels)))
	// The legacy builder would move the names after FROM to what the registry has; they
	// stand in the Dockerfile, which is not looked into. What is missing it pulls anyway.
	if !buildFacts(q).BuildKit {
		setQuery(r, "pull", "0")
	}
	return nil
}

func (k *Keeper) pullOrImport(r *http.Request, _ checker.Endpoint) error {
	q := r.URL.Query()
	if q.Get("fromSrc") != "" {
		key, value, _ := strings.Cut(k.Label, "=")
		q.Add("changes", fmt.Sprintf("LABEL %s=%s", key, value))
		r.URL.RawQuery = q.Encode()
		return k.giveName(joinTag(q.Get("repo"), q.Get("tag")))
	}
	return k.pull(r, joinTag(q.Get("fromImage"), q.Get("tag")))
}

// pull admits a name that was there where the registry has the same image under it: then
// the engine says that it is up to date.
func (k *Keeper) pull(r *http.Request, name string) error {
	named, err := reference.ParseNormalizedNamed(name)
	if err != nil {
		return nil // the daemon says so better
	}
	if _, byDigest := named.(reference.Digested); byDigest {
		return nil // no name is moved
	}
	if _, tagged := named.(reference.Tagged); !tagged {
		return k.pullAll(named) // docker pull --all-tags
	}
	if !k.Baseline.HasImageName(name) {
		return k.giveName(name)
	}
	there, err := k.Daemon.DistributionInspect(r.Context(), name, r.Header.Get("X-Registry-Auth"))
	if err != nil { // then it could not be pulled either, for the same reason
		said := strings.TrimPrefix(err.Error(), "Error response from daemon: ")
		return &answered{http.StatusInternalServerError, map[string]string{"message": said}}
	}
	here, err := k.Daemon.ImageInspect(r.Context(), name)
	if err == nil && slices.ContainsFunc(here.RepoDigests, func(d string) bool { return strings.HasSuffix(d, "@"+there.Descriptor.Digest.String()) }) {
		return nil
	}
	return &Refusal{KeptName, fullName(name)}
}

func (k *Keeper) pullAll(repository reference.Named) error {
	for _, names := range k.Baseline.Images {
		for _, name := range names {
			if was, err := reference.ParseNormalizedNamed(name); err == nil && was.Name() == repository.Name() {
				return &Refusal{KeptName, name}
			}
		}
	}
	return nil
}

func (k *Keeper) noteMade(kind, name string) {
	if k.Made != nil {
		k.Made(kind, name)
	}
}

func (k *Keeper) owns(kind, name string) bool {
	return k.Owns != nil && k.Owns(kind, name)
}
