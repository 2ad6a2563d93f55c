package checker

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"docker-tutor/lessons"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/go-connections/nat"
	units "github.com/docker/go-units"
)

// option is one option of docker run: what a container has of it and what is wanted, as
// the command line has it; nothing stands for not given.
type option struct {
	flag, found, wanted string
	field               string // where docker inspect shows it
}

// otherOption gives the first option that a container was not given as wanted.
func (j *judge) otherOption(want *lessons.Container, found *container.InspectResponse) *Diagnosis {
	for _, o := range slices.Concat(textOptions(want, found), j.listOptions(want, found), switches(want, found)) {
		if o.wanted == o.found {
			continue
		}
		look, a := inspect("{{json ."+o.field+"}}", want.Name), args{"name": want.Name, "option": o.flag}
		switch {
		case o.wanted == on:
			return diagnose(true, "container-switch-missing", look, a)
		case o.wanted == off:
			return diagnose(true, "container-switch-unwanted", look, a)
		case o.found == "":
			a["wanted"] = o.wanted
			return diagnose(true, "container-option-missing", look, a)
		}
		a["found"], a["wanted"] = o.found, o.wanted
		return diagnose(true, "container-option-other", look, a)
	}
	return nil
}

// textOptions gives the options with one value that are asked for.
func textOptions(want *lessons.Container, found *container.InspectResponse) []option {
	host, config := found.HostConfig, found.Config
	all := []option{
		{"--user", config.User, want.User, "Config.User"},
		{"--workdir", config.WorkingDir, cleanPath(want.Workdir), "Config.WorkingDir"},
		{"--hostname", config.Hostname, want.Hostname, "Config.Hostname"},
		{"--entrypoint", words(config.Entrypoint), words(want.Entrypoint), "Config.Entrypoint"},
		{"--memory", size(host.Memory), sizeOf(want.Memory), "HostConfig.Memory"},
		{"--memory-swap", swap(host, want), sizeOf(want.MemorySwap), "HostConfig.MemorySwap"},
		{"--cpus", cpus(host), cpusOf(want.CPUs), "HostConfig.NanoCpus"},
		{"--network", networkMode(host), want.Network, "HostConfig.NetworkMode"},
		{"--pid", string(host.PidMode), want.PID, "HostConfig.PidMode"},
		{"--log-driver", host.LogConfig.Type, want.LogDriver, "HostConfig.LogConfig"},
	}
	if want.PidsLimit > 0 {
		o := option{"--pids-limit", "", strconv.Itoa(want.PidsLimit), "HostConfig.PidsLimit"}
		if host.PidsLimit != nil && *host.PidsLimit > 0 {
			o.found = strconv.FormatInt(*host.PidsLimit, 10)
		}
		all = append(all, o)
	}
	return slices.DeleteFunc(all, func(o option) bool { return o.wanted == "" })
}

func cleanPath(p string) string {
	if p == "" {
		return ""
	}
	return path.Clean(p)
}

// networkMode is the network of docker run; a container without the option has the
// default, which is bridge.
func networkMode(host *container.HostConfig) string {
	if host.NetworkMode.IsDefault() {
		return "bridge"
	}
	return string(host.NetworkMode)
}

// size writes bytes the way people do, in powers of 1024; nothing for no limit.
func size(bytes int64) string {
	if bytes <= 0 {
		return ""
	}
	return units.BytesSize(float64(bytes))
}

// swap is the limit of memory and swap together. A kernel that cannot limit swap makes any limit
// -1 (docker/docker, daemon: verifyPlatformContainerResources): there what was asked for is unknown.
func swap(host *container.HostConfig, want *lessons.Container) string {
	if host.MemorySwap < 0 {
		return sizeOf(want.MemorySwap)
	}
	return size(host.MemorySwap)
}

// sizeOf brings a limit that an author wrote into the same form.
func sizeOf(text string) string {
	bytes, err := units.RAMInBytes(text)
	if err != nil {
		return text
	}
	return size(bytes)
}

// cpus is how many CPUs a container may use, by either way to say so.
func cpus(host *container.HostConfig) string {
	switch {
	case host.NanoCPUs > 0:
		return strconv.FormatFloat(float64(host.NanoCPUs)/1e9, 'f', -1, 64)
	case host.CPUQuota > 0:
		period := host.CPUPeriod
		if period == 0 {
			period = 100_000 // the kernel's own
		}
		return strconv.FormatFloat(float64(host.CPUQuota)/float64(period), 'f', -1, 64)
	}
	return ""
}

func cpusOf(text string) string {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return text
	}
	return strconv.FormatFloat(n, 'f', -1, 64)
}

// listOptions gives each value wanted of the options that may be given again and again.
// What else was given does not matter.
func (j *judge) listOptions(want *lessons.Container, found *container.InspectResponse) []option {
	host := found.HostConfig
	var all []option
	add := func(flag, field string, has, wanted []string, same func(string) string) {
		if wanted != nil && len(wanted) == 0 {
			all = append(all, option{flag: flag, field: field, found: position(len(has) > 0), wanted: off})
		}
		for _, w := range wanted {
			o := option{flag: flag, field: field, found: strings.Join(has, ", "), wanted: w}
			if slices.ContainsFunc(has, func(h string) bool { return same(h) == same(w) }) {
				o.found = w
			}
			all = append(all, o)
		}
	}
	add("--cap-add", "HostConfig.CapAdd", host.CapAdd, want.CapAdd, capability)
	add("--cap-drop", "HostConfig.CapDrop", host.CapDrop, want.CapDrop, capability)
	add("--security-opt", "HostConfig.SecurityOpt", host.SecurityOpt, want.SecurityOpt, securityOpt)
	add("--device", "HostConfig.Devices", devices(host), want.Devices, device)
	add("--sysctl", "HostConfig.Sysctls", assignments(host.Sysctls), assignments(want.Sysctls), strings.TrimSpace)
	add("--volumes-from", "HostConfig.VolumesFrom", j.named(host.VolumesFrom, want.VolumesFrom), want.VolumesFrom, containerOnly)
	return all
}

// capability is a capability as it is compared: engines add CAP_, or take it away.
func capability(name string) string {
	return strings.TrimPrefix(strings.ToUpper(name), "CAP_")
}

// securityOpt leaves out what no-new-privileges may be followed by.
func securityOpt(text string) string {
	return strings.TrimSuffix(strings.TrimSuffix(text, ":true"), "=true")
}

func devices(host *container.HostConfig) []string {
	var all []string
	for _, d := range host.Devices {
		all = append(all, d.PathOnHost+":"+d.PathInContainer)
	}
	return all
}

// device writes a device as host:container, without what may be done with it.
func device(text string) string {
	parts := strings.SplitN(text, ":", 3)
	if len(parts) == 1 {
		return text + ":" + text
	}
	return parts[0] + ":" + parts[1]
}

func assignments(values map[string]string) []string {
	var all []string
	for _, key := range slices.Sorted(maps.Keys(values)) {
		all = append(all, key+"="+values[key])
	}
	return all
}

// named gives containers that were asked for by their IDs the names that are wanted.
func (j *judge) named(has, wanted []string) []string {
	named := slices.Clone(has)
	for i, h := range has {
		for _, w := range wanted {
			if shareID(j.containerIDs(containerOnly(w)), containerOnly(h)) {
				named[i] = w
			}
		}
	}
	return named
}

// containerOnly leaves out the :ro of --volumes-from.
func containerOnly(text string) string {
	name, _, _ := strings.Cut(text, ":")
	return name
}

// What a switch is set to.
const on, off = "on", "off"

// switches gives the options without a value that something is said of.
func switches(want *lessons.Container, found *container.InspectResponse) []option {
	host := found.HostConfig
	var all []option
	add := func(flag, field string, is bool, wanted *bool) {
		if wanted != nil {
			all = append(all, option{flag, position(is), position(*wanted), field})
		}
	}
	add("--read-only", "HostConfig.ReadonlyRootfs", host.ReadonlyRootfs, want.ReadOnly)
	add("--init", "HostConfig.Init", host.Init != nil && *host.Init, want.Init)
	add("--privileged", "HostConfig.Privileged", host.Privileged, want.Privileged)
	add("-t", "Config.Tty", found.Config.Tty, want.TTY)
	add("-i", "Config.OpenStdin", found.Config.OpenStdin, want.Interactive)
	add("--rm", "HostConfig.AutoRemove", host.AutoRemove, want.AutoRemove)
	add("-P", "HostConfig.PublishAllPorts", host.PublishAllPorts || publishesEach(found), want.PublishAll)
	return all
}

// publishesEach tells whether each exposed port is published by a -p of its own that leaves the
// host's port to Docker, which comes to the same as -P.
func publishesEach(found *container.InspectResponse) bool {
	for port := range found.Config.ExposedPorts {
		byDocker := func(b nat.PortBinding) bool { return b.HostPort == "" }
		if !slices.ContainsFunc(found.HostConfig.PortBindings[port], byDocker) {
			return false
		}
	}
	return len(found.Config.ExposedPorts) > 0
}

func position(is bool) string {
	if is {
		return on
	}
	return off
}

// otherNetwork gives the first network that a container should be connected to and is not.
func otherNetwork(want *lessons.Container, found *container.InspectResponse) *Diagnosis {
	has := slices.Sorted(maps.Keys(found.NetworkSettings.Networks))
	for _, wanted := range want.Networks {
		if !slices.Contains(has, wanted) {
			return diagnose(true, "container-not-in-network", inspect("{{json .NetworkSettings.Networks}}", want.Name),
				args{"name": want.Name, "found": orNone(has), "wanted": wanted})
		}
	}
	return nil
}

// orNone lists words, or says that there are none the way docker does.
func orNone(words []string) string {
	if len(words) == 0 {
		return "–"
	}
	return strings.Join(words, ", ")
}

// otherFate compares what became of a container with what should have.
func (j *judge) otherFate(want *lessons.Container, found *container.InspectResponse) *Diagnosis {
	look := inspect("{{json .State}}", want.Name)
	switch {
	case found.RestartCount < want.Restarts:
		return diagnose(j.touched(found.ID), "container-few-restarts", inspect("{{.RestartCount}}", want.Name),
			args{"name": want.Name, "found": found.RestartCount, "wanted": want.Restarts})
	case want.OOMKilled == nil || *want.OOMKilled == found.State.OOMKilled:
		return nil
	case found.State.OOMKilled:
		return diagnose(true, "container-out-of-memory", look, args{"name": want.Name})
	case j.endedUnseen(found):
		return diagnose(j.touched(found.ID), "container-oom-unseen", look, args{"name": want.Name})
	}
	return diagnose(j.touched(found.ID), "container-not-out-of-memory", look,
		args{"name": want.Name, "state": Phrase("state-" + found.State.Status), "code": fmt.Sprint(found.State.ExitCode)})
}

// endedUnseen tells whether a container may have lacked memory without the daemon's noticing:
// nobody killed it. containerd's shim asks the kernel for such news once the container has
// started (Start in its task service), and drops what comes when the control group has gone (process
// in pkg/oom/v1): a container that is killed in its first instants, or ends by that, may get neither
// State.OOMKilled nor an event oom. Measured for 5 of 250 on Docker 20.10 under load.
func (j *judge) endedUnseen(found *container.InspectResponse) bool {
	return found.State.ExitCode == 128+int(syscall.SIGKILL) && found.HostConfig.Memory > 0 && j.killed(found.ID) == ""
}
