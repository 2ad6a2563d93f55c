package checker

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"docker-tutor/lessons"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/filters"
)

// place is where a file is looked for: a container's file system, the part of it that is a
// volume, or an image.
type place struct {
	name      string // as the learner knows it
	container *container.InspectResponse
	mount     string // where the volume is mounted in that container
	image     *imageFiles
	others    []volumeUser // further containers with the volume: one whose mounts fail shows nothing of it
}

// file judges one file in a container, a volume or an image.
func (j *judge) file(ctx context.Context, want *lessons.File, keep bool) (*Diagnosis, error) {
	p, d, err := j.placeOf(ctx, want, keep)
	if d != nil || err != nil {
		return d, err
	}
	found, err := j.view.read(ctx, p, want.Path)
	if err != nil {
		return nil, err
	}
	d, err = j.judgeFile(ctx, want, p, found)
	if d == nil || err != nil {
		return d, err
	}
	file := want.Path
	if path, ok := d.Args["path"].(string); ok && p.image != nil {
		file = path // of a pattern, the file that was found
	}
	d.Look = cmp.Or(d.Look, p.look(file, d.ID))
	if c := p.container; c != nil && c.State.Running && want.State != "absent" && j.touched(c.ID) {
		d.wait(j.leftSince(c, within(want.Within, usualWait)))
	}
	return d, nil
}

// ofContent are the diagnoses of what a file holds.
var ofContent = []string{"file-lacks-text", "file-holds-text", "file-other-content"}

// look gives the command that shows the file, or what it holds where the diagnosis is of that.
// An image has to be run for it.
func (p *place) look(file, diagnosis string) string {
	program, of, at := "ls", " -la ", path.Dir
	if slices.Contains(ofContent, diagnosis) && !strings.Contains(file, "*") {
		program, of, at = "cat", " ", path.Clean
	}
	switch {
	case p.container == nil:
		return "docker run --rm --entrypoint " + program + " " + p.name + of + shellWord(at(path.Clean("/"+strings.TrimRight(strings.Split(file, "*")[0], "/"))))
	case p.mount != "" && !p.container.State.Running: // docker diff shows nothing of a volume
		return "docker run --rm -v " + p.name + ":" + p.mount + " busybox " + program + of + shellWord(at(p.inside(file)))
	case p.container.State.Running:
		return "docker exec " + strings.TrimPrefix(p.container.Name, "/") + " " + program + of + shellWord(at(p.inside(file)))
	}
	return "docker diff " + strings.TrimPrefix(p.container.Name, "/")
}

// inside is the path of a file in the container's file system.
func (p *place) inside(file string) string {
	return path.Join("/", p.mount, file)
}

// placeOf finds the container, volume or image; what keeps it from being there is the
// diagnosis.
func (j *judge) placeOf(ctx context.Context, want *lessons.File, keep bool) (*place, *Diagnosis, error) {
	switch {
	case want.Container != "":
		found, d, err := j.present(ctx, want.Container, keep)
		if d == nil && err == nil && j.maySoonGo(found) {
			d = diagnose(false, "file-missing", "", args{"name": want.Container, "path": want.Path})
			d.wait(j.fleeting(found))
		}
		return &place{name: want.Container, container: found}, d, err
	case want.Volume != "":
		return j.volumePlace(ctx, want.Volume, keep)
	}
	d, err := j.image(ctx, &lessons.Image{Name: want.Image}, keep)
	if d != nil || err != nil {
		return nil, d, err
	}
	files, err := j.view.imageFiles(ctx, want.Image)
	return &place{name: want.Image, image: files}, nil, err
}

// present gives the container of that name, or why there is none that counts.
func (j *judge) present(ctx context.Context, name string, keep bool) (*container.InspectResponse, *Diagnosis, error) {
	d, err := j.container(ctx, &lessons.Container{Name: name}, keep)
	if d != nil || err != nil {
		return nil, d, err
	}
	found, err := j.view.container(ctx, name)
	return found, nil, err
}

// maySoonGo tells a container that must not be looked into now: the daemon mounts the file
// system of a container for whoever asks for a file of it, and fails to remove what is
// mounted. Most containers with --rm end as soon as they have started.
func (j *judge) maySoonGo(c *container.InspectResponse) bool {
	return c.State.Dead || j.fleeting(c) > 0
}

// fleeting gives for how long a container with --rm is still left in peace: the first
// second after it was created, and after its start.
func (j *judge) fleeting(c *container.InspectResponse) time.Duration {
	if !c.HostConfig.AutoRemove {
		return 0
	}
	return max(j.left(c.Created, time.Second), j.left(c.State.StartedAt, time.Second))
}

// volumePlace finds a container through which the volume can be read; a running one is
// the better one to show.
func (j *judge) volumePlace(ctx context.Context, name string, keep bool) (*place, *Diagnosis, error) {
	d, err := j.volume(ctx, &lessons.Volume{Name: name}, keep)
	if d != nil || err != nil {
		return nil, d, err
	}
	users, err := j.view.users(ctx, name)
	if err != nil {
		return nil, nil, err
	}
	quiet := slices.DeleteFunc(slices.Clone(users), func(u volumeUser) bool { return j.maySoonGo(u.container) })
	if len(quiet) == 0 {
		d := diagnose(false, "file-volume-unused", "docker ps -a --filter volume="+name, args{"volume": name})
		for _, u := range users {
			d.wait(j.fleeting(u.container))
		}
		return nil, d, nil
	}
	slices.SortStableFunc(quiet, func(a, b volumeUser) int { return cmp.Compare(idle(a), idle(b)) })
	return &place{name: name, container: quiet[0].container, mount: quiet[0].target, others: quiet[1:min(len(quiet), mostHolders)]}, nil, nil
}

// mostHolders bounds through how many containers a volume is looked into.
const mostHolders = 5

// idle is 0 for a container that runs, 1 for another.
func idle(u volumeUser) int {
	if u.container.State.Running {
		return 0
	}
	return 1
}

// judgeFile compares a file, nil where there is none, with what is wanted of it.
func (j *judge) judgeFile(ctx context.Context, want *lessons.File, p *place, found *aFile) (*Diagnosis, error) {
	a := args{"name": p.name, "path": want.Path}
	if want.State == "absent" {
		return j.absentFile(want, p, found, a), nil
	}
	if found == nil {
		return j.missingFile(ctx, want, p, a)
	}
	if found.tooBig && want.Equals+want.Contains+want.Lacks+want.SameIn+want.DiffersIn != "" {
		return nil, fmt.Errorf("reading %s in %s: it is bigger than what is looked into (%d bytes)", want.Path, p.name, mostContent)
	}
	if d := otherFile("file", want.FileContent, found, a); d != nil {
		return d, nil
	}
	if d := otherRights(want, found, a); d != nil {
		return d, nil
	}
	return j.compareFiles(ctx, want, found, a)
}

// absentFile says that a file is there which must not be, or was when a layer was made.
func (j *judge) absentFile(want *lessons.File, p *place, found *aFile, a args) *Diagnosis {
	if found != nil {
		if p.image != nil {
			a["path"] = p.image.first(want.Path)
		}
		return diagnose(true, "file-still-there", "", a)
	}
	if want.AnyLayer && p.image.inAnyLayer(want.Path) {
		return diagnose(true, "file-in-a-layer", "docker history "+p.name, a)
	}
	return nil
}

// missingFile says where a file of that name is instead.
func (j *judge) missingFile(ctx context.Context, want *lessons.File, p *place, a args) (*Diagnosis, error) {
	elsewhere, err := j.elsewhere(ctx, p, path.Base(want.Path))
	if err != nil {
		return nil, err
	}
	elsewhere = slices.DeleteFunc(elsewhere, func(e string) bool { return e == p.inside(want.Path) })
	if len(elsewhere) == 0 {
		return diagnose(false, "file-missing", "", a), nil
	}
	a["found"] = elsewhere[0]
	if p.mount != "" {
		a["container"] = strings.TrimPrefix(p.container.Name, "/")
		delete(a, "path")
		return diagnose(true, "file-not-in-volume", "docker diff "+a["container"].(string), a), nil
	}
	return diagnose(true, "file-elsewhere", "", a), nil
}

// elsewhere lists the files of that base name which an image has, or which were made in a
// container's own layer.
func (j *judge) elsewhere(ctx context.Context, p *place, base string) ([]string, error) {
	if p.image != nil {
		return p.image.named(base), nil
	}
	changes, err := j.view.changes(ctx, p.container.ID)
	var found []string
	for _, c := range changes {
		if c.Kind == container.ChangeAdd && path.Base(c.Path) == base {
			found = append(found, c.Path)
		}
	}
	return found, err
}

// otherRights compares permissions and owner.
func otherRights(want *lessons.File, found *aFile, a args) *Diagnosis {
	is := fmt.Sprintf("%04o", found.mode&0o7777)
	if wanted, err := strconv.ParseInt(want.Mode, 8, 64); err == nil && wanted != found.mode&0o7777 {
		a["found"], a["wanted"] = is, fmt.Sprintf("%04o", wanted)
		return diagnose(true, "file-other-mode", "", a)
	}
	if owner := fmt.Sprintf("%d:%d", found.uid, found.gid); want.Owner != "" && owner != want.Owner {
		a["found"], a["wanted"] = owner, want.Owner
		return diagnose(true, "file-other-owner", "", a)
	}
	return nil
}

// compareFiles compares the file with the one of the same path in another place.
func (j *judge) compareFiles(ctx context.Context, want *lessons.File, found *aFile, a args) (*Diagnosis, error) {
	other := cmp.Or(want.SameIn, want.DiffersIn)
	if other == "" {
		return nil, nil
	}
	there := &lessons.File{Path: want.Path}
	switch {
	case want.Container != "":
		there.Container = other
	case want.Volume != "":
		there.Volume = other
	default:
		there.Image = other
	}
	p, d, err := j.placeOf(ctx, there, true)
	if d != nil || err != nil {
		return d, err
	}
	file, err := j.view.read(ctx, p, want.Path)
	if err != nil {
		return nil, err
	}
	if file == nil {
		return diagnose(true, "file-missing", p.look(want.Path, "file-missing"), args{"name": other, "path": want.Path}), nil
	}
	same := bytes.Equal(file.content, found.content)
	a["other"] = other
	switch {
	case want.SameIn != "" && !same:
		return diagnose(true, "file-differs", "", a), nil
	case want.DiffersIn != "" && same:
		return diagnose(true, "file-same", "", a), nil
	}
	return nil, nil
}

// volumeUser is a container that has a volume mounted, and where.
type volumeUser struct {
	container *container.InspectResponse
	target    string
}

// users lists the containers that have a volume mounted.
func (v *view) users(ctx context.Context, name string) ([]volumeUser, error) {
	all, err := v.containersWith(ctx, filters.Arg("volume", name))
	if err != nil {
		return nil, err
	}
	var users []volumeUser
	for _, c := range all {
		for _, m := range c.Mounts {
			if m.Name != name || len(c.Names) == 0 {
				continue
			}
			found, err := v.container(ctx, strings.TrimPrefix(c.Names[0], "/"))
			if err != nil {
				return nil, err
			}
			if found != nil {
				users = append(users, volumeUser{found, m.Destination})
			}
		}
	}
	return users, nil
}

// changes lists what was added, changed and deleted in a container's own layer.
func (v *view) changes(ctx context.Context, id string) ([]container.FilesystemChange, error) {
	if v.silent != nil {
		return nil, v.silent
	}
	changes, err := v.daemon.ContainerDiff(ctx, id)
	if err != nil {
		return nil, v.failed(fmt.Errorf("listing the changed files of the container %s: %w", id[:12], err))
	}
	return changes, nil
}

// read gives a file of a place, or nil.
func (v *view) read(ctx context.Context, p *place, file string) (*aFile, error) {
	if p.image != nil {
		return p.image.find(file), nil
	}
	found, err := v.readContainer(ctx, p.container.ID, p.inside(file))
	for _, o := range p.others {
		if found != nil || v.silent != nil {
			break
		}
		other := &place{name: p.name, container: o.container, mount: o.target}
		if again, err := v.readContainer(ctx, other.container.ID, other.inside(file)); again != nil && err == nil {
			*p = *other
			return again, nil
		}
	}
	return found, err
}
