package sandbox

import (
	"context"
	"fmt"
	"os/exec"
	"strings"

	"github.com/docker/docker/api/types/system"
	"golang.org/x/sys/unix"
)

// Health of one finding.
const (
	Good = "good"
	Warn = "warn" // works, with something to know
	Bad  = "bad"  // lessons cannot run before it is mended
)

// Finding is one line of the self-check. Its words are "doctor.<ID>", and where it is not
// good "doctor.<ID>.<Health>" with the remedy in "remedy.<ID>".
type Finding struct {
	ID     string         `json:"id"`
	Health string         `json:"health"`
	Args   map[string]any `json:"facts,omitempty"`
}

// Facts describe an engine in a line: for the menu, the doctor and reports.
type Facts struct {
	Version, API, OS, Arch, Driver string
	Containerd                     bool // the containerd image store
	RootDir                        string
}

// Describe asks the engine what it is; 5 ms, so not for a hot path.
func (e *Engine) Describe(ctx context.Context) (Facts, error) {
	info, err := e.Info(ctx)
	if err != nil {
		return Facts{}, fmt.Errorf("asking the engine about itself: %w", err)
	}
	return Facts{
		Version: info.ServerVersion, API: e.ClientVersion(), OS: info.OperatingSystem, Arch: info.Architecture,
		Driver: info.Driver, Containerd: containerdStore(info), RootDir: info.DockerRootDir,
	}, nil
}

// containerdStore reads which image store the engine uses from its driver's status
// (https://docs.docker.com/engine/storage/containerd/).
func containerdStore(info system.Info) bool {
	for _, pair := range info.DriverStatus {
		if pair[0] == "driver-type" && strings.HasPrefix(pair[1], "io.containerd.snapshotter") {
			return true
		}
	}
	return false
}

// coursePorts are the ports that lessons publish; a busy one is replaced.
var coursePorts = []int{18080, 18090, 5755}

// lowDisk is under what free space a warning is due; the whole course needs far less, a
// full disk stops the daemon.
const lowDisk = 1 << 30

// Doctor looks at all that lessons need. e is nil where no engine was found, and problem
// says why. dir is where the tutor keeps its own state.
func Doctor(ctx context.Context, e *Engine, problem error, dir string) []Finding {
	if e == nil {
		return append([]Finding{{ID: "engine", Health: Bad, Args: map[string]any{"reason": fmt.Sprint(problem)}}}, tools(ctx)...)
	}
	findings := []Finding{{ID: "engine", Health: Good, Args: map[string]any{"host": e.Host}}}
	findings = append(findings, Finding{ID: "context", Health: Good, Args: map[string]any{"source": e.Source}})
	facts, err := e.Describe(ctx)
	if err != nil {
		return append(findings, Finding{ID: "version", Health: Bad, Args: map[string]any{"reason": err.Error()}})
	}
	store := facts.Driver
	if facts.Containerd {
		store = "containerd, " + store
	}
	findings = append(findings,
		Finding{ID: "version", Health: Good, Args: map[string]any{"version": facts.Version, "api": facts.API, "os": facts.OS, "arch": facts.Arch}},
		Finding{ID: "store", Health: Good, Args: map[string]any{"store": store}},
		baseImage(ctx, e), disk("disk-state", dir))
	if free, err := freeSpace(facts.RootDir); err == nil {
		findings = append(findings, diskFinding("disk-docker", facts.RootDir, free))
	}
	return append(append(findings, ports()), tools(ctx)...)
}

func baseImage(ctx context.Context, e *Engine) Finding {
	if _, err := e.ImageInspect(ctx, BaseImage); err == nil {
		return Finding{ID: "base", Health: Good, Args: map[string]any{"image": BaseImage}}
	}
	return Finding{ID: "base", Health: Warn, Args: map[string]any{"image": BaseImage}}
}

func disk(id, dir string) Finding {
	free, err := freeSpace(dir)
	if err != nil {
		return Finding{ID: id, Health: Bad, Args: map[string]any{"dir": dir, "free": "?"}}
	}
	return diskFinding(id, dir, free)
}

func diskFinding(id, dir string, free uint64) Finding {
	health := Good
	if free < lowDisk {
		health = Warn
	}
	return Finding{ID: id, Health: health, Args: map[string]any{"dir": dir, "free": fmt.Sprintf("%.1f GB", float64(free)/1e9)}}
}

func freeSpace(dir string) (uint64, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return 0, err
	}
	return s.Bavail * uint64(s.Bsize), nil
}

func ports() Finding {
	var busy []string
	for _, p := range coursePorts {
		if !FreePort(p) {
			busy = append(busy, fmt.Sprint(p))
		}
	}
	if len(busy) > 0 {
		return Finding{ID: "ports", Health: Warn, Args: map[string]any{"busy": busy}}
	}
	return Finding{ID: "ports", Health: Good}
}

// tools looks for the docker CLI and its plugins by running them: a plugin that is there
// and does not run helps nobody.
func tools(ctx context.Context) []Finding {
	line := func(id string, absent string, args ...string) Finding {
		out, err := exec.CommandContext(ctx, "docker", args...).Output()
		if err != nil {
			return Finding{ID: id, Health: absent}
		}
		first, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
		return Finding{ID: id, Health: Good, Args: map[string]any{"version": first}}
	}
	return []Finding{
		line("cli", Bad, "--version"),
		line("buildx", Warn, "buildx", "version"),
		line("compose", Warn, "compose", "version", "--short"),
	}
}
