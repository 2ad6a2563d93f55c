package sandbox

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"debug/elf"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"docker-tutor/lessons"

	"github.com/docker/docker/api/types/image"
)

// RegistryImage is the course's registry as an image: this very program, as the command
// registry (package cmd), listening on port 5000.
const RegistryImage = "dt-registry:1"

// IsMissing tells an exercise that cannot be opened for want of what it needs beyond an
// engine, from a failure.
func IsMissing(err error) bool {
	var p *Problem
	return errors.As(err, &p) && (p.ID == "needs-compose" || p.ID == "needs-registry")
}

// needs brings what the exercise needs beyond an engine and the base image, or says what
// is missing. It comes before anything is done to the daemon.
func needs(ex *lessons.Exercise) error {
	for _, need := range ex.Needs {
		switch need {
		case lessons.NeedsCompose:
			if !HasPlugin("compose") {
				return &Problem{ID: "needs-compose"}
			}
		case lessons.NeedsRegistry:
			// made in the lab, so that it goes with it
		}
	}
	return nil
}

// makeRegistryImage imports the image of the registry under a name.
func makeRegistryImage(ctx context.Context, e *Engine, name, label string) error {
	arch, err := e.architecture(ctx)
	if err != nil {
		return err
	}
	path, err := registryProgram(arch)
	if err != nil {
		return &Problem{ID: "needs-registry", Args: map[string]any{"reason": err.Error()}, Err: err}
	}
	r, w := io.Pipe()
	go func() { w.CloseWithError(writeProgram(w, path)) }()
	defer r.Close()
	progress, err := e.ImageImport(ctx, image.ImportSource{Source: r, SourceName: "-"}, name, image.ImportOptions{
		Changes: []string{`ENTRYPOINT ["/registry", "registry"]`, "EXPOSE 5000", "LABEL " + label},
		Message: "the registry of docker-tutor",
	})
	if err != nil {
		return fmt.Errorf("importing the image %s: %w", name, err)
	}
	defer progress.Close()
	return readProgress(progress)
}

func (e *Engine) architecture(ctx context.Context) (string, error) {
	version, err := e.ServerVersion(ctx)
	if err != nil {
		return "", fmt.Errorf("asking the engine for its architecture: %w", err)
	}
	return version.Arch, nil
}

var machines = map[string]elf.Machine{"amd64": elf.EM_X86_64, "arm64": elf.EM_AARCH64}

// registryProgram finds a docker-tutor that runs in a container of that architecture: this
// program, or docker-tutor-linux-ARCH beside it, as on a Mac.
func registryProgram(arch string) (string, error) {
	own, err := os.Executable()
	if err != nil {
		return "", err
	}
	beside := filepath.Join(filepath.Dir(own), "docker-tutor-linux-"+arch)
	for _, path := range []string{own, beside} {
		if static, err := isStatic(path); err == nil && static && isFor(path, arch) {
			return path, nil
		}
	}
	return "", fmt.Errorf("neither %s nor %s is a static program for linux/%s", own, beside, arch)
}

func isFor(path, arch string) bool {
	f, err := elf.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	return f.Machine == machines[arch]
}

// writeProgram writes the root file system of the registry: one program, and /tmp. It is
// gzip's format without any compression: what is a plain archive the containerd image store
// compresses first, which takes seconds.
func writeProgram(w io.Writer, path string) error {
	z, err := gzip.NewWriterLevel(w, gzip.NoCompression)
	if err != nil {
		return err
	}
	t := tar.NewWriter(z)
	if err := t.WriteHeader(&tar.Header{Typeflag: tar.TypeDir, Name: "tmp/", Mode: 0o1777}); err != nil {
		return err
	}
	if err := copyProgram(t, path, "registry"); err != nil {
		return err
	}
	if err := t.Close(); err != nil {
		return err
	}
	return z.Close()
}
