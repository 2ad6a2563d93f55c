package checker

import (
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"docker-tutor/lessons"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/mount"
)

// otherMounts compares what is mounted in a container, however it was asked for.
func (j *judge) otherMounts(want *lessons.Container, found *container.InspectResponse) *Diagnosis {
	has := mountsOf(found)
	for i := range want.Mounts {
		if d := j.otherMount(&want.Mounts[i], has); d != nil {
			d.Near, d.Look = true, inspect("{{json .Mounts}}", want.Name)
			d.Args["name"] = want.Name
			return d
		}
	}
	return nil
}

// mountsOf lists what is mounted; --tmpfs is not among what the daemon calls mounts.
func mountsOf(found *container.InspectResponse) []container.MountPoint {
	has := slices.Clone(found.Mounts)
	for target, options := range found.HostConfig.Tmpfs {
		has = append(has, container.MountPoint{Type: mount.TypeTmpfs, Destination: target,
			RW: !slices.Contains(strings.Split(options, ","), "ro")})
	}
	return has
}

// otherMount says how what is mounted differs from one mount that is wanted.
func (j *judge) otherMount(want *lessons.Mount, has []container.MountPoint) *Diagnosis {
	target := path.Clean(want.Target)
	at := slices.IndexFunc(has, func(m container.MountPoint) bool { return path.Clean(m.Destination) == target })
	if at < 0 {
		return j.missingMount(want, target, has)
	}
	m, a := has[at], args{"target": target}
	switch {
	case want.Source != "" && !j.isSource(want, m) && m.Type == mount.TypeVolume && anonymous.MatchString(m.Name):
		a["wanted"] = want.Source
		return diagnose(true, "container-mount-anonymous", "", a)
	case want.Type != "" && string(m.Type) != want.Type:
		a["found"], a["wanted"] = string(m.Type), want.Type
		return diagnose(true, "container-mount-other-type", "", a)
	case want.Source != "" && !j.isSource(want, m):
		a["found"], a["wanted"] = source(m), want.Source
		return diagnose(true, "container-mount-other-source", "", a)
	case want.ReadOnly != nil && *want.ReadOnly && m.RW:
		return diagnose(true, "container-mount-writable", "", a)
	case want.ReadOnly != nil && !*want.ReadOnly && !m.RW:
		return diagnose(true, "container-mount-read-only", "", a)
	}
	return nil
}

// missingMount says what is mounted elsewhere instead.
func (j *judge) missingMount(want *lessons.Mount, target string, has []container.MountPoint) *Diagnosis {
	for _, m := range has {
		if want.Source == "" || !j.isSource(want, m) {
			continue
		}
		a := args{"source": want.Source, "found": m.Destination, "wanted": target}
		if strings.HasPrefix(m.Destination, target+":") || strings.HasPrefix(m.Destination, target+",") {
			return diagnose(true, "container-mount-option-in-path", "", a)
		}
		return diagnose(true, "container-mount-other-target", "", a)
	}
	return diagnose(true, "container-mount-missing", "", args{"target": target})
}

// anonymous matches the name that Docker gives to a volume without one.
var anonymous = regexp.MustCompile(`^[0-9a-f]{64}$`)

// source names what is mounted: a volume by its name.
func source(m container.MountPoint) string {
	if m.Type == mount.TypeVolume {
		return m.Name
	}
	return m.Source
}

// isSource tells whether that is what is wanted: the volume of that name, or the folder of
// the host. Docker Desktop puts /host_mnt before the folders of the machine.
func (j *judge) isSource(want *lessons.Mount, m container.MountPoint) bool {
	if m.Type == mount.TypeVolume {
		return m.Name == want.Source
	}
	folder := want.Source
	if !filepath.IsAbs(folder) {
		folder = filepath.Join(j.ev.Folder, folder)
	}
	return slices.Contains([]string{folder, "/host_mnt" + folder, real(folder)}, strings.TrimSuffix(m.Source, "/"))
}

// real is a path with its links followed, or the path itself.
func real(folder string) string {
	if followed, err := filepath.EvalSymlinks(folder); err == nil {
		return followed
	}
	return folder
}
