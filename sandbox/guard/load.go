package guard

import (
	"archive/tar"
	"bufio"
	"cmp"
	"compress/bzip2"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path"
	"slices"
	"strings"

	"docker-tutor/checker"
)

// load looks into an archive before it is loaded: it names its images, often at its end,
// so that all of it must be there first. It waits in a file.
func (k *Keeper) load(r *http.Request, _ checker.Endpoint) error {
	file, err := os.CreateTemp("", "dt-load-*")
	if err != nil {
		return fmt.Errorf("keeping the archive to look into it: %w", err)
	}
	os.Remove(file.Name()) // it goes when it is closed, whatever happens
	if err := k.lookInto(file, r.Body); err != nil {
		file.Close()
		return err
	}
	size, _ := file.Seek(0, io.SeekEnd)
	file.Seek(0, io.SeekStart)
	r.Body, r.ContentLength = file, size
	r.Header.Del("Content-Length")
	return nil
}

// lookInto refuses an archive that would move a name. What is no archive is the daemon's
// to refuse.
func (k *Keeper) lookInto(file *os.File, archive io.Reader) error {
	_, err := io.Copy(file, archive)
	if err == nil {
		_, err = file.Seek(0, io.SeekStart)
	}
	if err != nil {
		return fmt.Errorf("keeping the archive to look into it: %w", err)
	}
	images, err := imagesIn(file)
	if err != nil {
		return err
	}
	for name, ids := range images {
		if was := k.Baseline.ImageOf(name); was != "" && slices.Contains(ids, was) {
			continue // the very image that has the name
		}
		if err := k.giveName(name); err != nil {
			return err
		}
	}
	return nil
}

// imagesIn reads the names that docker load will give, with the ids of their images:
// that of the configuration, as the classic image store has it, and that of the index, as
// containerd's has it.
func imagesIn(file io.Reader) (map[string][]string, error) {
	found := map[string][]string{}
	plain, err := unzipped(bufio.NewReader(file))
	if err != nil {
		return nil, err
	}
	for archive := tar.NewReader(plain); ; {
		header, err := archive.Next()
		switch {
		case err != nil:
			return found, nil
		case path.Clean(header.Name) == "manifest.json":
			manifestImages(archive, found)
		case path.Clean(header.Name) == "index.json":
			indexImages(archive, found)
		case path.Clean(header.Name) == "repositories":
			repositoryImages(archive, found)
		}
	}
}

// unzipped reads what docker save gives, and what people make of it. Two compressions
// that an engine knows need more than Go's own library: such an archive is refused, since
// the lab cannot tell what it would do.
func unzipped(in *bufio.Reader) (io.Reader, error) {
	magic, _ := in.Peek(4)
	switch start := string(magic); {
	case strings.HasPrefix(start, "\x1f\x8b"):
		if plain, err := gzip.NewReader(in); err == nil {
			return plain, nil
		}
	case strings.HasPrefix(start, "BZh"):
		return bzip2.NewReader(in), nil
	case start == "\xfd7zX":
		return nil, &Refusal{KeptArchive, "xz"}
	case start == "\x28\xb5\x2f\xfd":
		return nil, &Refusal{KeptArchive, "zstd"}
	}
	return in, nil
}

func manifestImages(r io.Reader, found map[string][]string) {
	var manifest []struct {
		Config   string // ID.json, or blobs/sha256/ID
		RepoTags []string
	}
	json.NewDecoder(io.LimitReader(r, maxBody)).Decode(&manifest)
	for _, m := range manifest {
		id := "sha256:" + strings.TrimSuffix(path.Base(m.Config), ".json")
		for _, name := range m.RepoTags {
			found[name] = append(found[name], id)
		}
	}
}

func indexImages(r io.Reader, found map[string][]string) {
	var index struct {
		Manifests []struct {
			Digest      string
			Annotations map[string]string
		}
	}
	json.NewDecoder(io.LimitReader(r, maxBody)).Decode(&index)
	for _, m := range index.Manifests {
		// As containerd does (client/import.go: imageName).
		if name := cmp.Or(m.Annotations["io.containerd.image.name"], m.Annotations["org.opencontainers.image.ref.name"]); name != "" {
			name = fullName(name)
			found[name] = append(found[name], m.Digest)
		}
	}
}

func repositoryImages(r io.Reader, found map[string][]string) {
	var repositories map[string]map[string]string // to the id of the last layer, which tells nothing here
	json.NewDecoder(io.LimitReader(r, maxBody)).Decode(&repositories)
	for repository, tags := range repositories {
		for tag := range tags {
			name := joinTag(repository, tag)
			found[name] = append(found[name], "")
		}
	}
}
