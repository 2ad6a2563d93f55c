package checker

import (
	"slices"
	"strings"

	"github.com/distribution/reference"
)

// Inventory is what a daemon held at one moment. It is kept as JSON between the
// processes of a lab. A nil map is an empty one.
type Inventory struct {
	Containers map[string]string   `json:"containers"` // ID to name, without a slash
	Images     map[string][]string `json:"images"`     // ID to its names repository:tag, sorted; none for a dangling image
	Volumes    map[string]string   `json:"volumes"`    // name to name: a volume has no other ID
	Networks   map[string]string   `json:"networks"`   // ID to name
}

// HasContainer tells whether the container of that ID was there.
func (v Inventory) HasContainer(id string) bool {
	_, ok := v.Containers[id]
	return ok
}

// ContainerOf gives the ID of the container that had that name, or nothing.
func (v Inventory) ContainerOf(name string) string {
	for id, n := range v.Containers {
		if n == name {
			return id
		}
	}
	return ""
}

// HasImage tells whether the image of that ID was there, under whatever name.
func (v Inventory) HasImage(id string) bool {
	_, ok := v.Images[id]
	return ok
}

// ImageOf gives the ID that an image name stood for, or nothing. A name without a
// tag means latest.
func (v Inventory) ImageOf(name string) string {
	name, err := imageName(name)
	if err != nil {
		return ""
	}
	for id, names := range v.Images {
		if slices.Contains(names, name) {
			return id
		}
	}
	return ""
}

// HasImageName tells whether an image had that name.
func (v Inventory) HasImageName(name string) bool {
	return v.ImageOf(name) != ""
}

// NameTaken tells whether a base name such as dt-web is taken: by a container, a
// volume, a network, or as the repository of an image, whatever its tag: also of one that
// is named for a registry, localhost:5000/dt-web.
func (v Inventory) NameTaken(base string) bool {
	if v.ContainerOf(base) != "" {
		return true
	}
	if _, ok := v.Volumes[base]; ok {
		return true
	}
	for _, name := range v.Networks {
		if name == base {
			return true
		}
	}
	for _, names := range v.Images {
		if slices.ContainsFunc(names, func(n string) bool { return repository(n) == base || last(repository(n)) == base }) {
			return true
		}
	}
	return false
}

// imageName gives the one spelling of an image name by which names are compared:
// busybox, busybox:latest and docker.io/library/busybox are all busybox:latest.
func imageName(name string) (string, error) {
	named, err := reference.ParseNormalizedNamed(name)
	if err != nil {
		return "", err
	}
	return reference.FamiliarString(reference.TagNameOnly(named)), nil
}

// sameImageName tells whether two spellings are one image name.
func sameImageName(a, b string) bool {
	a, errA := imageName(a)
	b, errB := imageName(b)
	return errA == nil && errB == nil && a == b
}

// repository gives a familiar image name without its tag. The last colon is a
// tag's only when no slash follows: localhost:5000/app has none.
func repository(name string) string {
	if at := strings.LastIndexByte(name, ':'); at > strings.LastIndexByte(name, '/') {
		return name[:at]
	}
	return name
}

// realNames leaves out what engines before API 1.43 say of an image without a name.
func realNames(repoTags []string) []string {
	return slices.DeleteFunc(slices.Clone(repoTags), func(n string) bool {
		return strings.Contains(n, "<none>")
	})
}
