package checker

import (
	"archive/tar"
	"context"
	"fmt"
	"io"
	"os"
	"sync"

	cerrdefs "github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/container"
)

// mostLinks bounds how many links are followed.
const mostLinks = 5

// readContainer gives a file of a container, running or not, or nil. Asking what it is
// leaves no trace; reading it makes the daemon report archive-path, so that what was read
// once is not read again while the file is as it was.
func (v *view) readContainer(ctx context.Context, id, file string) (*aFile, error) {
	for range mostLinks {
		stat, err := v.stat(ctx, id, file)
		if stat == nil || err != nil {
			return nil, err
		}
		if stat.Mode&os.ModeSymlink == 0 || stat.LinkTarget == "" || stat.LinkTarget == file {
			return v.readOnce(ctx, id, file, stat)
		}
		file = stat.LinkTarget // the daemon has made it absolute, within the container
	}
	return nil, nil
}

func (v *view) stat(ctx context.Context, id, file string) (*container.PathStat, error) {
	if v.silent != nil {
		return nil, v.silent
	}
	stat, err := v.daemon.ContainerStatPath(ctx, id, file)
	if cerrdefs.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, v.failed(fmt.Errorf("looking at %s in the container %s: %w", file, id[:12], err))
	}
	return &stat, nil
}

// version tells one state of a container's file from another.
type version struct {
	container, path string
	size, modified  int64
	mode            os.FileMode
}

// readFiles are the files that were read, by their versions. A container's ID is its own
// on every daemon, so that one store serves all.
var readFiles = struct {
	sync.Mutex
	byVersion map[version]*aFile
}{byVersion: map[version]*aFile{}}

// mostRead bounds how many files are kept.
const mostRead = 100

func (v *view) readOnce(ctx context.Context, id, file string, stat *container.PathStat) (*aFile, error) {
	if stat.Mode.IsDir() { // a folder would come with all that it holds
		return &aFile{typ: tar.TypeDir, mode: int64(stat.Mode.Perm())}, nil
	}
	key := version{id, file, stat.Size, stat.Mtime.UnixNano(), stat.Mode}
	readFiles.Lock()
	known := readFiles.byVersion[key]
	readFiles.Unlock()
	if known != nil {
		return known, nil
	}
	body, _, err := v.daemon.CopyFromContainer(ctx, id, file)
	if err != nil {
		return nil, v.failed(fmt.Errorf("reading %s in the container %s: %w", file, id[:12], err))
	}
	defer body.Close()
	archive := tar.NewReader(body)
	header, err := archive.Next()
	if err != nil {
		return nil, v.failed(fmt.Errorf("reading %s in the container %s: %w", file, id[:12], err))
	}
	read, err := fileOf(header, archive)
	if err != nil {
		return nil, v.failed(fmt.Errorf("reading %s in the container %s: %w", file, id[:12], err))
	}
	readFiles.Lock()
	defer readFiles.Unlock()
	if len(readFiles.byVersion) >= mostRead {
		clear(readFiles.byVersion)
	}
	readFiles.byVersion[key] = read
	return read, nil
}

// fileOf reads one file of an archive.
func fileOf(header *tar.Header, content io.Reader) (*aFile, error) {
	f := &aFile{typ: header.Typeflag, mode: header.Mode, uid: header.Uid, gid: header.Gid, size: header.Size, link: header.Linkname}
	if header.Size > mostContent {
		f.tooBig = true
		return f, nil
	}
	var err error
	f.content, err = io.ReadAll(content)
	return f, err
}
