package sandbox

import (
	"archive/tar"
	"context"
	"debug/elf"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/docker/docker/api/types/image"
	"github.com/docker/docker/client"
)

// How the base image came to be there.
const (
	BasePresent = "present" // it was there
	BasePulled  = "pulled"  // from the registry
	BaseMade    = "made"    // from this machine's static busybox
)

// pullTimeout bounds the registry's part of the chain: a machine without internet must
// not wait for it.
const pullTimeout = 60 * time.Second

// EnsureBaseImage makes sure that the engine has BaseImage and says which link of the
// chain brought it: present, pulled or made.
func EnsureBaseImage(ctx context.Context, e *Engine) (string, error) {
	return ensureImage(ctx, e, BaseImage)
}

func ensureImage(ctx context.Context, e *Engine, name string) (string, error) {
	_, err := e.ImageInspect(ctx, name)
	if err == nil {
		return BasePresent, nil
	}
	if !client.IsErrNotFound(err) {
		return "", fmt.Errorf("looking for the image %s: %w", name, err)
	}
	pullErr := pull(ctx, e, name)
	if pullErr == nil {
		return BasePulled, nil
	}
	if makeErr := makeBaseImage(ctx, e, name); makeErr != nil {
		return "", &Problem{ID: "base-image", Args: map[string]any{"reason": makeErr.Error()}, Err: errors.Join(pullErr, makeErr)}
	}
	return BaseMade, nil
}

// pull reads the engine's progress to the end: a failed pull answers 200 and says so in
// its last line.
func pull(ctx context.Context, e *Engine, name string) error {
	ctx, cancel := context.WithTimeout(ctx, pullTimeout)
	defer cancel()
	progress, err := e.ImagePull(ctx, name, image.PullOptions{})
	if err != nil {
		return fmt.Errorf("pulling %s: %w", name, err)
	}
	defer progress.Close()
	return readProgress(progress)
}

func readProgress(r io.Reader) error {
	for lines := json.NewDecoder(r); ; {
		var line struct{ Error string }
		switch err := lines.Decode(&line); {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		case line.Error != "":
			return errors.New(line.Error)
		}
	}
}

// makeBaseImage imports an image, under a name with a tag, whose file system is this
// machine's busybox and a link for each of its programs.
func makeBaseImage(ctx context.Context, e *Engine, name string) error {
	path, err := StaticBusybox()
	if err != nil {
		return err
	}
	programs, err := exec.CommandContext(ctx, path, "--list").Output()
	if err != nil {
		return fmt.Errorf("asking %s for its programs: %w", path, err)
	}
	r, w := io.Pipe()
	go func() { w.CloseWithError(writeRootFS(w, path, strings.Fields(string(programs)))) }()
	defer r.Close()
	progress, err := e.ImageImport(ctx, image.ImportSource{Source: r, SourceName: "-"}, name,
		image.ImportOptions{Changes: []string{`CMD ["sh"]`}, Message: "made by docker-tutor from this machine's busybox"})
	if err != nil {
		return fmt.Errorf("importing the image %s: %w", name, err)
	}
	defer progress.Close()
	return readProgress(progress)
}

// StaticBusybox finds a busybox on this machine that runs without shared libraries.
func StaticBusybox() (string, error) {
	var found []string
	for _, path := range []string{"/bin/busybox", "/usr/bin/busybox", "/bin/busybox.static", "/usr/local/bin/busybox"} {
		if static, err := isStatic(path); err == nil && static {
			return path, nil
		} else if err == nil {
			found = append(found, path)
		}
	}
	if len(found) > 0 {
		return "", fmt.Errorf("%s needs shared libraries; a static busybox is needed", strings.Join(found, ", "))
	}
	return "", errors.New("there is no static busybox on this machine")
}

// isStatic tells a static program by having no interpreter segment.
func isStatic(path string) (bool, error) {
	f, err := elf.Open(path)
	if err != nil {
		return false, err
	}
	defer f.Close()
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP {
			return false, nil
		}
	}
	return true, nil
}

func writeRootFS(w io.Writer, busybox string, programs []string) error {
	t := tar.NewWriter(w)
	for _, dir := range []struct {
		name string
		mode int64
	}{{"bin/", 0o755}, {"etc/", 0o755}, {"home/", 0o755}, {"root/", 0o700}, {"tmp/", 0o1777}, {"usr/", 0o755}, {"usr/bin/", 0o755}, {"usr/sbin/", 0o755}, {"var/", 0o755}, {"var/www/", 0o755}} {
		if err := t.WriteHeader(&tar.Header{Typeflag: tar.TypeDir, Name: dir.name, Mode: dir.mode}); err != nil {
			return err
		}
	}
	for name, text := range map[string]string{
		"etc/passwd": "root:x:0:0:root:/root:/bin/sh\nwww-data:x:33:33:www-data:/var/www:/bin/false\nnobody:x:65534:65534:nobody:/home:/bin/false\n",
		"etc/group":  "root:x:0:\nwww-data:x:33:\nnogroup:x:65534:\n",
	} {
		if err := writeFile(t, name, 0o644, int64(len(text)), strings.NewReader(text)); err != nil {
			return err
		}
	}
	if err := copyProgram(t, busybox, "bin/busybox"); err != nil {
		return err
	}
	for _, p := range programs {
		if p == "busybox" {
			continue
		}
		if err := t.WriteHeader(&tar.Header{Typeflag: tar.TypeSymlink, Name: "bin/" + p, Linkname: "busybox", Mode: 0o777}); err != nil {
			return err
		}
	}
	return t.Close()
}

func copyProgram(t *tar.Writer, path, name string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	return writeFile(t, name, 0o755, info.Size(), f)
}

func writeFile(t *tar.Writer, name string, mode, size int64, from io.Reader) error {
	if err := t.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: mode, Size: size}); err != nil {
		return err
	}
	_, err := io.Copy(t, from)
	return err
}

// FreePort tells whether nothing listens on a TCP port of this machine.
func FreePort(port int) bool {
	l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return false
	}
	l.Close()
	return true
}
