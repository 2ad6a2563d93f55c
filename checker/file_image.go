package checker

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/moby/patternmatcher"
)

// imageFiles is what an image holds: its layers, and what a container of it would see.
// An image never changes, so that it is read once for each ID.
//
// It is read from the layers that the daemon streams, as docker save has them: the one way
// that makes no container. The daemon reports it as the event save of the image.
type imageFiles struct {
	layers []layer
	merged layer
}

// layer is the files of one layer, by their path without the first slash.
type layer map[string]*aFile

// How much of an image is looked into: reading 100 MB takes the daemon about a second.
const (
	mostImage   = 512 << 20
	mostKept    = 8 << 20 // of all files' content together
	mostIndexed = 16      // images
)

var readImages = struct {
	sync.Mutex
	byID map[string]*imageFiles
}{byID: map[string]*imageFiles{}}

// imageFiles gives the files of the image of that name, which must be there.
func (v *view) imageFiles(ctx context.Context, name string) (*imageFiles, error) {
	img, err := v.image(ctx, name)
	switch {
	case err != nil:
		return nil, err
	case img == nil:
		return nil, fmt.Errorf("reading the image %s: it is gone", name)
	case img.Size > mostImage:
		return nil, fmt.Errorf("reading the image %s: it is bigger than what is looked into (%d MB)", name, mostImage>>20)
	}
	readImages.Lock()
	defer readImages.Unlock()
	if known := readImages.byID[img.ID]; known != nil {
		return known, nil
	}
	stream, err := v.daemon.ImageSave(ctx, []string{img.ID})
	if err != nil {
		return nil, v.failed(fmt.Errorf("reading the image %s: %w", name, err))
	}
	defer stream.Close()
	files, err := readImage(stream)
	if err != nil {
		return nil, v.failed(fmt.Errorf("reading the image %s: %w", name, err))
	}
	if len(readImages.byID) >= mostIndexed {
		clear(readImages.byID)
	}
	readImages.byID[img.ID] = files
	return files, nil
}

// readImage reads the archive of docker save. Which of its files are layers is told at its
// end, and how they are packed by their first bytes.
func readImage(stream io.Reader) (*imageFiles, error) {
	archive := tar.NewReader(io.LimitReader(stream, 2*mostImage))
	layers, links, kept := map[string]layer{}, map[string]string{}, 0
	var manifest []struct{ Layers []string }
	for {
		header, err := archive.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		name := path.Clean(header.Name)
		switch {
		case header.Typeflag == tar.TypeSymlink: // a layer that an image has twice
			links[name] = path.Join(path.Dir(name), header.Linkname)
		case name == "manifest.json":
			if err := json.NewDecoder(archive).Decode(&manifest); err != nil {
				return nil, fmt.Errorf("reading its manifest: %w", err)
			}
		case header.Typeflag == tar.TypeReg:
			if layers[name], err = readLayer(archive, &kept); err != nil {
				return nil, fmt.Errorf("reading its layer %s: %w", name, err)
			}
		}
	}
	if len(manifest) == 0 {
		return nil, errors.New("the archive has no manifest.json")
	}
	files := &imageFiles{merged: layer{}}
	for _, name := range manifest[0].Layers {
		l := layers[name]
		if target, ok := links[name]; ok {
			l = layers[target]
		}
		if l == nil {
			return nil, fmt.Errorf("its layer %s is packed in a way that is not known here", name)
		}
		files.layers = append(files.layers, l)
		files.merged.add(l)
	}
	return files, nil
}

// readLayer reads what may be a layer; it gives nil for what is something else.
func readLayer(r io.Reader, kept *int) (layer, error) {
	in := bufio.NewReader(r)
	if head, _ := in.Peek(2); bytes.Equal(head, []byte{0x1f, 0x8b}) {
		unpacked, err := gzip.NewReader(in)
		if err != nil {
			return nil, err
		}
		in = bufio.NewReader(unpacked)
	}
	// An empty layer is an archive too: blocks of zeroes.
	head, _ := in.Peek(512)
	if len(head) < 512 || string(head[257:262]) != "ustar" && !bytes.Equal(head, make([]byte, 512)) {
		return nil, nil
	}
	l, archive := layer{}, tar.NewReader(in)
	for {
		header, err := archive.Next()
		if err == io.EOF {
			return l, nil
		}
		if err != nil {
			return nil, err
		}
		f, err := fileOf(header, archive)
		if err != nil {
			return nil, err
		}
		name := strings.TrimPrefix(path.Clean("/"+header.Name), "/")
		if f.typ == tar.TypeLink { // another name of a file of this layer
			if other := l[strings.TrimPrefix(path.Clean("/"+header.Linkname), "/")]; other != nil {
				f = other
			}
		}
		if *kept += len(f.content); *kept > mostKept {
			f.content, f.tooBig = nil, true
		}
		l[name] = f
	}
}

const whiteout, opaque = ".wh.", ".wh..wh..opq"

// add puts a layer on top: it hides what it deletes, then shows what it has.
func (l layer) add(top layer) {
	for name := range top {
		folder, base := path.Split(name)
		switch {
		case base == opaque:
			l.remove(folder)
		case strings.HasPrefix(base, whiteout):
			gone := folder + strings.TrimPrefix(base, whiteout)
			delete(l, gone)
			l.remove(gone + "/")
		}
	}
	for name, f := range top {
		if !strings.HasPrefix(path.Base(name), whiteout) {
			l[name] = f
		}
	}
}

// remove takes away all that begins with that.
func (l layer) remove(prefix string) {
	for name := range l {
		if strings.HasPrefix(name, prefix) {
			delete(l, name)
		}
	}
}

// find gives the file of that path, with its links followed, or the first that a pattern
// matches; nil where there is none.
func (i *imageFiles) find(file string) *aFile {
	if isPattern(file) {
		file = i.first(file)
		if file == "" {
			return nil
		}
	}
	return i.merged.follow(strings.TrimPrefix(path.Clean("/"+file), "/"), mostLinks)
}

// follow resolves links in every part of a path.
func (l layer) follow(file string, most int) *aFile {
	at := ""
	for part := range strings.SplitSeq(file, "/") {
		at = path.Join(at, part)
		f := l[at]
		if f == nil || f.typ != tar.TypeSymlink {
			continue
		}
		if most == 0 {
			return nil
		}
		target := f.link
		if !path.IsAbs(target) {
			target = path.Join("/", path.Dir(at), target)
		}
		rest := strings.TrimPrefix(strings.TrimPrefix(file, at), "/")
		return l.follow(strings.TrimPrefix(path.Join(target, rest), "/"), most-1)
	}
	return l[at]
}

func isPattern(file string) bool { return strings.ContainsAny(file, "*?[") }

// first gives the first path that a pattern matches, or the path itself.
func (i *imageFiles) first(pattern string) string {
	if !isPattern(pattern) {
		return pattern
	}
	if found := i.merged.matching(pattern); len(found) > 0 {
		return "/" + found[0]
	}
	return ""
}

// inAnyLayer tells whether any layer has such a file, even one that a later layer deletes.
func (i *imageFiles) inAnyLayer(pattern string) bool {
	return slices.ContainsFunc(i.layers, func(l layer) bool { return len(l.matching(pattern)) > 0 })
}

// matching lists the paths that a pattern matches, sorted; patterns are those of
// .dockerignore.
func (l layer) matching(pattern string) []string {
	matcher, err := patternmatcher.New([]string{strings.TrimPrefix(pattern, "/")})
	if err != nil {
		return nil
	}
	var found []string
	for name := range l {
		if ok, err := matcher.MatchesOrParentMatches(name); ok && err == nil {
			found = append(found, name)
		}
	}
	slices.Sort(found)
	return found
}

// named lists the files of that base name, sorted.
func (i *imageFiles) named(base string) []string {
	var found []string
	for name := range i.merged {
		if path.Base(name) == base && !isPattern(base) {
			found = append(found, "/"+name)
		}
	}
	slices.Sort(found)
	return found
}
