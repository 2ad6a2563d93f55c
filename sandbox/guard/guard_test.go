package guard

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"docker-tutor/checker"

	"github.com/docker/docker/api/types"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/image"
	"github.com/docker/docker/client"
)

// direct is the daemon that the tests run on, as the docker CLI is told.
var direct = cmp.Or(os.Getenv("DOCKER_HOST"), client.DefaultDockerHost)

type fixture struct {
	client *client.Client
	host   string // DOCKER_HOST of the guard
	label  string
	name   string // a prefix that nobody else uses

	mu    sync.Mutex
	calls []checker.Call
	made  sync.Map // "KIND NAME" of what the guard says that the lab made
}

// openGuard opens a guard before the real daemon, which keeps what is there now.
func openGuard(t testing.TB, keep bool) *fixture {
	t.Helper()
	c := newClient(t)
	f := &fixture{client: c, name: ownPrefix()}
	f.label = "docker-tutor.lab=" + f.name
	options := Options{
		Dial: c.Dialer(),
		Record: func(c checker.Call) {
			f.mu.Lock()
			defer f.mu.Unlock()
			f.calls = append(f.calls, c)
		},
	}
	if keep {
		t.Cleanup(func() { removeSteps(c, &f.made) })
		options.Keep = &Keeper{
			Daemon: c, Label: f.label, Baseline: f.inventory(t), Built: after(now(t, c)),
			Made: func(kind, name string) { f.made.Store(kind+" "+name, true) },
			Owns: func(kind, name string) bool { _, ok := f.made.Load(kind + " " + name); return ok },
		}
	}
	path := filepath.Join(t.TempDir(), "g.sock")
	g, err := Open(path, options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { g.Close() })
	f.host = "unix://" + path
	return f
}

// removeSteps takes away what builds by the legacy builder left that failed, children before
// parents: what is used stays.
func removeSteps(c *client.Client, made *sync.Map) {
	for range 3 {
		made.Range(func(line, _ any) bool {
			if id, step := strings.CutPrefix(line.(string), "step "); step {
				c.ContainerRemove(context.Background(), id, container.RemoveOptions{Force: true})
				c.ImageRemove(context.Background(), id, image.RemoveOptions{})
			}
			return true
		})
	}
}

func newClient(t testing.TB) *client.Client {
	c, err := client.NewClientWithOpts(client.FromEnv, client.WithAPIVersionNegotiation())
	if err != nil {
		t.Fatal(err)
	}
	c.NegotiateAPIVersion(t.Context())
	t.Cleanup(func() { c.Close() })
	return c
}

// ownPrefix begins names that nobody else uses.
func ownPrefix() string {
	id := make([]byte, 4)
	rand.Read(id)
	return "dt-guardtest-" + hex.EncodeToString(id)
}

// after makes all that is built from then on the lab's.
func after(began time.Time) func(time.Time) bool {
	return func(at time.Time) bool { return !at.Before(began) }
}

// now is the daemon's clock.
func now(t testing.TB, c *client.Client) time.Time {
	t.Helper()
	info, err := c.Info(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	at, err := time.Parse(time.RFC3339Nano, info.SystemTime)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// docker runs the docker CLI, by way of the guard or not, and gives what it printed.
func docker(host, stdin string, args ...string) (out string, code int) {
	cmd := exec.Command("docker", args...)
	cmd.Env = append(cmd.Environ(), "DOCKER_HOST="+host)
	cmd.Stdin = strings.NewReader(stdin)
	text, err := cmd.CombinedOutput()
	if err != nil {
		code = -1
		if exit, ok := err.(*exec.ExitError); ok {
			code = exit.ExitCode()
		}
	}
	return string(text), code
}

func (f *fixture) inventory(t testing.TB) checker.Inventory {
	t.Helper()
	inv := checker.Inventory{Containers: map[string]string{}, Images: map[string][]string{}, Volumes: map[string]string{}, Networks: map[string]string{}}
	lines := func(args ...string) []string {
		out, code := docker(direct, "", args...)
		if code != 0 {
			t.Fatal(out)
		}
		return strings.Fields(out)
	}
	for _, l := range lines("ps", "-a", "--no-trunc", "--format", "{{.ID}}|{{.Names}}") {
		id, name, _ := strings.Cut(l, "|")
		inv.Containers[id] = name
	}
	for _, l := range lines("images", "--no-trunc", "--format", "{{.ID}}|{{.Repository}}:{{.Tag}}") {
		id, name, _ := strings.Cut(l, "|")
		if !strings.Contains(name, "<none>") {
			inv.Images[id] = append(inv.Images[id], name)
		} else if inv.Images[id] == nil {
			inv.Images[id] = []string{}
		}
	}
	for _, l := range lines("volume", "ls", "--format", "{{.Name}}") {
		inv.Volumes[l] = "local"
	}
	for _, l := range lines("network", "ls", "--no-trunc", "--format", "{{.ID}}|{{.Name}}") {
		id, name, _ := strings.Cut(l, "|")
		inv.Networks[id] = name
	}
	return inv
}

// A build is labelled, recorded and refused over BuildKit as over the legacy builder.
func TestBuilds(t *testing.T) {
	f := openGuard(t, true)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "My.dockerfile"), []byte("FROM busybox AS one\nARG WHO\nRUN echo $WHO > /who\nFROM one AS two\nRUN false\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	name := f.name + ":1"
	t.Cleanup(func() { docker(direct, "", "rmi", "-f", name) })
	out, code := docker(f.host, "", "build", "-t", name, "-f", filepath.Join(dir, "My.dockerfile"), "--build-arg", "WHO="+f.name, "--target", "one", "--label", "a=b", dir)
	if code != 0 {
		t.Fatal(out)
	}
	labels, _ := docker(direct, "", "image", "inspect", "-f", "{{json .Config.Labels}}", name)
	if key, value, _ := strings.Cut(f.label, "="); !strings.Contains(labels, key) || !strings.Contains(labels, value) || !strings.Contains(labels, `"a":"b"`) {
		t.Errorf("the image has the labels %s", labels)
	}
	if out, code := docker(f.host, "", "build", "-q", "-f", filepath.Join(dir, "My.dockerfile"), dir); code == 0 {
		t.Errorf("a build that fails gave code 0 and %s", out)
	}
	var builds []checker.Call
	for _, c := range f.recorded() {
		if c.Build != nil {
			builds = append(builds, c)
		}
	}
	if len(builds) != 2 {
		t.Fatalf("recorded builds: %+v", builds)
	}
	good := builds[0]
	if b := good.Build; good.Status != 200 || !slices.Equal(b.Tags, []string{name}) || b.File != "My.dockerfile" || b.Target != "one" || b.Args["WHO"] != f.name || b.Labels["a"] != "b" || len(b.Labels) != 1 || b.NoCache {
		t.Errorf("recorded %d %+v", good.Status, b)
	}
	if bad := builds[1]; bad.Build.BuildKit != (bad.Status == 500) { // the legacy builder fails amid its answer
		t.Errorf("a build that failed is recorded as %d %+v", bad.Status, bad.Build)
	}
	out, code = docker(f.host, "", "build", "-t", "busybox", "-f", filepath.Join(dir, "My.dockerfile"), dir)
	if code == 0 || !strings.Contains(out, "kept-name") || !strings.Contains(out, "busybox") {
		t.Errorf("a build over a name that was there gave code %d and %s", code, out)
	}
}

// What a build by the legacy builder goes on from is not what it made.
func TestBaseIsNoStep(t *testing.T) {
	f := openGuard(t, true)
	name := f.name + ":1"
	t.Cleanup(func() { docker(direct, "", "rmi", "-f", name) })
	cmd := exec.Command("docker", "build", "-t", name, "-")
	cmd.Env = append(cmd.Environ(), "DOCKER_HOST="+f.host, "DOCKER_BUILDKIT=0")
	cmd.Stdin = strings.NewReader("FROM busybox AS one\nRUN echo " + f.name + " >/n\nFROM busybox\nCOPY --from=one /n /n\n")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatal(string(out))
	}
	id, _ := docker(direct, "", "image", "inspect", "-f", "{{.Id}}", "busybox")
	base := "step " + strings.TrimPrefix(id, "sha256:")[:12]
	steps := 0
	f.made.Range(func(line, _ any) bool {
		if line == base {
			t.Errorf("the base image is said to be made by the lab: %s", line)
		}
		if strings.HasPrefix(line.(string), "step ") {
			steps++
		}
		return true
	})
	if steps < 2 {
		t.Errorf("%d steps were noted", steps)
	}
}

// Build cache has no labels: a prune takes what is younger than the lab, and no more.
func TestCache(t *testing.T) {
	build := func(host, what string) {
		t.Helper()
		cmd := exec.Command("docker", "build", "-q", "-")
		cmd.Env = append(cmd.Environ(), "DOCKER_HOST="+host)
		cmd.Stdin = strings.NewReader("FROM busybox\nRUN echo " + what + "\n")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatal(string(out))
		}
	}
	f := openGuard(t, false)
	build(direct, f.name+"-before")
	buildKit := len(f.cache(t)) > 0 // the legacy builder's cache are images
	k := openGuard(t, true)
	build(k.host, f.name+"-within")
	for _, args := range [][]string{{"builder", "prune", "-af"}, {"system", "prune", "-af"}} {
		if out, code := docker(k.host, "", args...); code != 0 {
			t.Errorf("docker %v: %s", args, out)
		}
	}
	left := strings.Join(f.cache(t), "\n")
	if buildKit != strings.Contains(left, f.name+"-before") || strings.Contains(left, f.name+"-within") {
		t.Errorf("the cache left is\n%s", left)
	}
}

// cache lists what the steps in the build cache say of themselves.
func (f *fixture) cache(t *testing.T) (steps []string) {
	t.Helper()
	usage, err := f.client.DiskUsage(t.Context(), types.DiskUsageOptions{Types: []types.DiskUsageObject{types.BuildCacheObject}})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range usage.BuildCache {
		steps = append(steps, c.Description)
	}
	return steps
}

func (f *fixture) recorded() []checker.Call {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.calls)
}
