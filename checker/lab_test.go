package checker

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"docker-tutor/lessons"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/events"
	"github.com/docker/docker/api/types/image"
	"github.com/docker/docker/api/types/network"
	"github.com/docker/docker/api/types/volume"
	"github.com/docker/docker/client"
)

// lab plays an exercise on the real daemon. Tests write names as lessons do, dt-web;
// the lab makes them its own, so that tests do not meet.
type lab struct {
	t      testing.TB
	daemon *client.Client
	prefix string // what dt- becomes
	folder string
	ev     Evidence
	marks  int
	stream <-chan events.Message
	broken <-chan error
}

func connect(t testing.TB) *client.Client {
	t.Helper()
	d, err := client.NewClientWithOpts(client.FromEnv, client.WithAPIVersionNegotiation())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

// openLab runs what the learner had done before, takes the baseline, runs the set-up
// and opens the exercise.
func openLab(t testing.TB, before, setup string) *lab {
	t.Helper()
	l := &lab{
		t: t, daemon: connect(t), folder: t.TempDir(),
		prefix: fmt.Sprintf("dt-checkertest%06x-", rand.N(1<<24)),
	}
	t.Cleanup(l.cleanUp)
	l.ev.Daemon, l.ev.Folder, l.ev.DockerConfig = l.daemon, l.folder, filepath.Join(l.folder, "config")
	l.ev.Label = l.own("dt-lab=1")
	l.must(before)
	l.ev.Baseline = l.inventory()
	l.must(setup)
	l.ev.Opened = l.inventory()
	l.ev.Since = time.Now()
	ctx, stop := context.WithCancel(context.Background())
	t.Cleanup(stop)
	l.stream, l.broken = l.daemon.Events(ctx, events.ListOptions{Since: fmt.Sprintf("%d.%09d", l.ev.Since.Unix(), l.ev.Since.Nanosecond())})
	return l
}

// own gives a text with the lab's own names.
func (l *lab) own(text string) string {
	return strings.ReplaceAll(text, "dt-", l.prefix)
}

func (l *lab) must(script string) {
	l.t.Helper()
	if out, err := l.shell(script); err != nil {
		l.t.Fatalf("%s: %v\n%s", script, err, out)
	}
}

// run runs what a learner might type. It may fail: mistakes do.
func (l *lab) run(script string) string {
	l.t.Helper()
	out, err := l.shell(script)
	if err != nil {
		l.t.Logf("%s\n%v", out, err)
	}
	return out
}

func (l *lab) shell(script string) (string, error) {
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	defer stop()
	cmd := exec.CommandContext(ctx, "sh", "-euc", l.own(script))
	cmd.WaitDelay = time.Second
	cmd.Dir = l.folder
	cmd.Env = append(os.Environ(), "DOCKER_CLI_HINTS=false")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// evidence gives all that happened until now: a volume made last marks the end of the
// events.
func (l *lab) evidence(answers ...string) *Evidence {
	l.t.Helper()
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	defer stop()
	l.marks++
	mark := l.own(fmt.Sprintf("dt-mark%d", l.marks))
	if _, err := l.daemon.VolumeCreate(ctx, volume.CreateOptions{Name: mark}); err != nil {
		l.t.Fatal(err)
	}
	l.listen(ctx, func(e events.Message) bool { return e.Type == events.VolumeEventType && e.Actor.ID == mark })
	l.ev.Now, l.ev.Answers = time.Now(), answers
	ev := l.ev
	return &ev
}

// listen collects events until one is the last; that one is not collected.
func (l *lab) listen(ctx context.Context, last func(events.Message) bool) {
	l.t.Helper()
	for {
		select {
		case e := <-l.stream:
			if last(e) {
				return
			}
			l.ev.Events = append(l.ev.Events, e)
		case err := <-l.broken:
			l.t.Fatal("listening to events: ", err)
		case <-ctx.Done():
			l.t.Fatal("what was waited for never came")
		}
	}
}

// await waits for these events on containers of the lab, one after the other: some
// come after the command that causes them has returned.
func (l *lab) await(actions ...events.Action) {
	l.t.Helper()
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	defer stop()
	for _, action := range actions {
		l.listen(ctx, func(e events.Message) bool {
			if e.Action != action || !strings.HasPrefix(e.Actor.Attributes["name"], l.prefix) {
				return false
			}
			l.ev.Events = append(l.ev.Events, e)
			return true
		})
	}
}

// judge judges one check on what happened until now.
func (l *lab) judge(c lessons.Check, answers ...string) Verdict {
	l.t.Helper()
	ex := lessons.Exercise{Checks: []lessons.Check{c}}
	return Judge(context.Background(), bind(l, ex), l.evidence(answers...), nil)[0]
}

// answers fills in what only the daemon knows.
func (l *lab) answers(texts []string) []string {
	l.t.Helper()
	var filled []string
	for _, text := range texts {
		if strings.HasPrefix(text, "$(") {
			text = strings.TrimSpace(l.run("echo " + text))
		}
		filled = append(filled, text)
	}
	return filled
}

// bind gives lesson data the lab's own names.
func bind[T any](l *lab, what T) *T {
	l.t.Helper()
	text, err := json.Marshal(what)
	if err != nil {
		l.t.Fatal(err)
	}
	var bound T
	if err := json.Unmarshal([]byte(l.own(string(text))), &bound); err != nil {
		l.t.Fatal(err)
	}
	return &bound
}

func (l *lab) inventory() Inventory {
	l.t.Helper()
	ctx := context.Background()
	v := Inventory{Containers: map[string]string{}, Images: map[string][]string{}, Volumes: map[string]string{}, Networks: map[string]string{}}
	containers, err := l.daemon.ContainerList(ctx, container.ListOptions{All: true})
	if err != nil {
		l.t.Fatal(err)
	}
	for _, c := range containers {
		if len(c.Names) > 0 { // one that is going away has none
			v.Containers[c.ID] = strings.TrimPrefix(c.Names[0], "/")
		}
	}
	images, err := ListImages(ctx, l.daemon, image.ListOptions{})
	if err != nil {
		l.t.Fatal(err)
	}
	for _, img := range images {
		v.Images[img.ID] = slices.Sorted(slices.Values(realNames(img.RepoTags)))
	}
	volumes, err := l.daemon.VolumeList(ctx, volume.ListOptions{})
	if err != nil {
		l.t.Fatal(err)
	}
	for _, vol := range volumes.Volumes {
		v.Volumes[vol.Name] = vol.Driver
	}
	networks, err := l.daemon.NetworkList(ctx, network.ListOptions{})
	if err != nil {
		l.t.Fatal(err)
	}
	for _, n := range networks {
		v.Networks[n.ID] = n.Name
	}
	return v
}

// cleanUp removes what has the lab's names, and what was built with its label.
func (l *lab) cleanUp() {
	script := `
docker ps -aq --filter name=dt- | xargs -r docker rm -fv
docker ps -aq --filter label=dt-lab | xargs -r docker rm -fv
docker images --format '{{.Repository}}:{{.Tag}}' | grep '^dt-' | xargs -r docker rmi -f
docker images -q --no-trunc --filter label=dt-lab | sort -u | xargs -r docker rmi -f
docker volume ls -q --filter name=dt- | xargs -r docker volume rm
docker network ls -q --filter name=dt- | xargs -r docker network rm`
	if out, err := l.shell(script); err != nil {
		l.t.Errorf("clean-up: %v\n%s", err, out)
	}
}
