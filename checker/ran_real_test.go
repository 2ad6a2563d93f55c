package checker_test

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"docker-tutor/checker"
	"docker-tutor/lessons"
	"docker-tutor/lessons/command"
	"docker-tutor/sandbox/guard"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/image"
	"github.com/docker/docker/client"
)

// guarded is the real docker CLI before the real guard before the real daemon.
type guarded struct {
	t      testing.TB
	daemon *client.Client
	socket string
	folder string
	names  *strings.Replacer // WEB, DB, IMG, VOL and their ids

	mu    sync.Mutex
	calls []checker.Call
}

func openGuarded(t testing.TB) *guarded {
	t.Helper()
	daemon, err := client.NewClientWithOpts(client.FromEnv, client.WithAPIVersionNegotiation())
	if err != nil {
		t.Fatal(err)
	}
	g := &guarded{t: t, daemon: daemon, folder: t.TempDir()}
	g.socket = "unix://" + filepath.Join(t.TempDir(), "g.sock")
	open, err := guard.Open(strings.TrimPrefix(g.socket, "unix://"), guard.Options{Dial: daemon.Dialer(), Record: g.record})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { open.Close(); daemon.Close() })
	prefix := fmt.Sprintf("dt-rantest%06x", rand.N(1<<24))
	web, db, img, vol := prefix+"-web", prefix+"-db", prefix+"-img", prefix+"-vol"
	t.Cleanup(func() {
		g.direct("docker rm -fv " + web + " " + db)
		g.direct("docker rmi -f " + img + " " + img + "-new")
		g.direct("docker volume rm " + vol)
	})
	for _, line := range []string{
		"docker tag busybox " + img, "docker volume create " + vol,
		"docker run -d --name " + web + " -p 127.0.0.1:0:80 busybox sh -c echo${IFS}hi;sleep${IFS}600",
		"docker run -d --name " + db + " busybox true",
	} {
		if out, err := g.direct(line); err != nil {
			t.Fatalf("%s: %v\n%s", line, err, out)
		}
	}
	id, _ := g.direct("docker inspect -f {{.Id}} " + web)
	imageID, _ := g.direct("docker image inspect -f {{.Id}} " + img)
	g.names = strings.NewReplacer("WEBID", strings.TrimSpace(id)[:12], "WEB", web, "DB", db,
		"NEW", img+"-new", "PRJ", prefix, "IMGID", strings.TrimPrefix(strings.TrimSpace(imageID), "sha256:")[:12], "IMG", img, "VOL", vol)
	return g
}

func (g *guarded) record(c checker.Call) {
	c.Argv = command.Redact(c.Argv) // as whoever records does
	g.mu.Lock()
	defer g.mu.Unlock()
	g.calls = append(g.calls, c)
}

// direct runs a command line past the guard.
func (g *guarded) direct(line string) (string, error) {
	return docker(context.Background(), cmp.Or(os.Getenv("DOCKER_HOST"), client.DefaultDockerHost), g.folder, line)
}

func docker(ctx context.Context, host, folder, line string) (string, error) {
	words := strings.Fields(line)
	cmd := exec.CommandContext(ctx, words[0], words[1:]...)
	cmd.Env = append(os.Environ(), "DOCKER_HOST="+host)
	cmd.Dir, cmd.WaitDelay = folder, time.Second
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	return out.String(), err
}

// run runs a command line by way of the guard, and gives its calls. What goes on for ever is
// stopped once it has begun.
func (g *guarded) run(line string, streams bool) []checker.Call {
	g.t.Helper()
	g.mu.Lock()
	g.calls = nil
	g.mu.Unlock()
	ctx, stop := context.WithTimeout(context.Background(), 2*time.Minute)
	defer stop()
	if streams {
		go g.stopWhenQuiet(ctx, stop)
	}
	out, err := docker(ctx, g.socket, g.folder, g.names.Replace(line))
	for strings.Contains(out, "is already running") && ctx.Err() == nil { // somebody else's docker system df
		time.Sleep(200 * time.Millisecond)
		out, err = docker(ctx, g.socket, g.folder, g.names.Replace(line))
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.calls) < 2 && !strings.Contains(line, "__complete") {
		g.t.Errorf("%s: got the calls %v; it said %v %s", line, g.calls, err, out)
	}
	return slices.Clone(g.calls)
}

// stopWhenQuiet waits until calls have come and no more come.
func (g *guarded) stopWhenQuiet(ctx context.Context, stop func()) {
	for last, quiet := 0, 0; ctx.Err() == nil && quiet < 8; quiet++ {
		time.Sleep(50 * time.Millisecond)
		g.mu.Lock()
		if n := len(g.calls); n < 2 || n != last {
			last, quiet = n, 0
		}
		g.mu.Unlock()
	}
	stop()
}

func (g *guarded) evidence(calls []checker.Call) *checker.Evidence {
	g.t.Helper()
	opened := checker.Inventory{Containers: map[string]string{}, Images: map[string][]string{}, Volumes: map[string]string{}, Networks: map[string]string{}}
	containers, err := g.daemon.ContainerList(context.Background(), container.ListOptions{All: true})
	if err != nil {
		g.t.Fatal(err)
	}
	for _, c := range containers {
		opened.Containers[c.ID] = strings.TrimPrefix(strings.Join(c.Names, ""), "/")
	}
	images, err := checker.ListImages(context.Background(), g.daemon, image.ListOptions{})
	if err != nil {
		g.t.Fatal(err)
	}
	for _, i := range images {
		opened.Images[i.ID] = i.RepoTags
	}
	return &checker.Evidence{Daemon: g.daemon, Opened: opened, Calls: calls, Now: time.Now()}
}

// judge judges one ran: check.
func judge(ev *checker.Evidence, line string) checker.Verdict {
	ex := &lessons.Exercise{Checks: []lessons.Check{{ID: "c", Statement: lessons.Statement{Ran: []string{line}}}}}
	return checker.Judge(context.Background(), ex, ev, nil)[0]
}

// way is a command line in two spellings.
type way struct {
	line, other string
	streams     bool
	also        []string
}

// ways are command lines, each in two spellings. What is more than another proves that one
// too, where also says so.
var ways = []way{
	{line: "docker ps", other: "docker container ls"},
	{line: "docker ps -a", other: "docker container ls --all --no-trunc"},
	{line: "docker ps -q", other: "docker container list --quiet", also: []string{"docker ps"}},
	{line: "docker ps -l", other: "docker ps -n 1"},
	{line: "docker ps -n 2", other: "docker container ps --last=2"},
	{line: "docker ps -s", other: "docker container ls --size"},
	{line: "docker ps -a --filter status=exited", other: "docker ps -afstatus=exited"},
	{line: "docker images", other: "docker image ls"},
	{line: "docker images -a", other: "docker image list --all"},
	{line: "docker images --filter dangling=true", other: "docker image ls -f dangling=true"},
	{line: "docker images busybox", other: "docker image ls --filter reference=busybox"},
	{line: "docker images --no-trunc", other: "docker image ls --no-trunc", also: []string{"docker images"}},
	{line: "docker history IMG", other: "docker image history IMGID"},
	{line: "docker history --no-trunc IMG", other: "docker image history --no-trunc IMG:latest", also: []string{"docker history IMG"}},
	{line: "docker image inspect IMG", other: "docker image inspect -f {{.Id}} docker.io/library/IMG:latest", also: []string{"docker inspect IMG"}},
	{line: "docker inspect IMG", other: "docker inspect --type image IMG", also: []string{"docker image inspect IMG"}},
	{line: "docker inspect WEB", other: "docker inspect WEBID", also: []string{"docker container inspect WEB"}},
	{line: "docker container inspect WEB", other: "docker container inspect -f {{.Name}} WEBID", also: []string{"docker inspect WEB"}},
	{line: "docker port WEB", other: "docker container port WEBID"},
	{line: "docker port WEB 80", other: "docker container port WEBID 80"},
	{line: "docker logs WEB", other: "docker container logs -t WEBID"},
	{line: "docker logs DB", other: "docker container logs --details DB"},
	{line: "docker logs --tail 1 WEB", other: "docker logs -n1 WEB", also: []string{"docker logs WEB"}},
	{line: "docker logs -f WEB", other: "docker container logs WEBID --follow", streams: true},
	{line: "docker top WEB", other: "docker container top WEBID"},
	{line: "docker diff WEB", other: "docker container diff WEBID"},
	{line: "docker stats", other: "docker container stats", streams: true},
	{line: "docker stats WEB", other: "docker container stats --no-trunc WEBID", streams: true},
	{line: "docker stats --no-stream", other: "docker container stats --no-stream=true"},
	{line: "docker stats --no-stream WEB", other: "docker container stats WEBID --no-stream"},
	{line: "docker stats --no-stream --format json WEB", other: "docker stats --format=json WEB --no-stream", also: []string{"docker stats --no-stream WEB"}},
	{line: "docker stats -a --no-stream", other: "docker container stats --no-stream --all"},
	{line: "docker events", other: "docker system events", streams: true},
	{line: "docker events --since 5m", other: "docker system events --since=300s --until 0s", streams: true},
	{line: "docker events --since 5m --filter event=die", other: "docker events -f event=die --since 5m --until 0s", streams: true},
	{line: "docker events --since 5m --filter container=WEB", other: "docker events --since 5m --until 0s --filter container=WEBID", streams: true},
	{line: "docker search busybox", other: "docker search --limit 5 busybox"},
	{line: "docker volume ls", other: "docker volume list -q"},
	{line: "docker volume ls --filter dangling=true", other: "docker volume ls -f dangling=true"},
	{line: "docker volume inspect VOL", other: "docker volume inspect -f {{.Name}} VOL"},
	{line: "docker network ls", other: "docker network list --no-trunc"},
	{line: "docker network inspect bridge", other: "docker network inspect -f {{.Name}} bridge"},
	{line: "docker system df", other: "docker system df -v"},
	{line: "docker info", other: "docker system info"},
	{line: "docker version", other: "docker version -f {{.Server.Version}}"},
	{line: "docker exec WEB true", other: "docker container exec -i WEBID true"},
	{line: "docker exec -d WEB true", other: "docker exec --detach WEB true"},
	{line: "docker stop -t 1 DB", other: "docker container stop DB -t1", also: []string{"docker stop DB"}},
	{line: "docker stop DB", other: "docker container stop DB"},
	{line: "docker rename DB DB", other: "docker container rename DB DB"}, // refused by the daemon: proves nothing
}

// TestRanMatrix proves that each command line proves its own check, in two spellings, and
// none of the others'. The spelling that is judged is the first.
func TestRanMatrix(t *testing.T) {
	t.Parallel()
	g := openGuarded(t)
	g.matrix(ways)
	// What a shell asks when Tab is pressed is nothing that the learner ran.
	ev := g.evidence(g.run("docker __complete logs dt-", false))
	for _, wanted := range []string{"docker ps", "docker ps -a"} {
		if v := judge(ev, wanted); v.Outcome != checker.Failed {
			t.Errorf("completion proves %s; the calls were\n%s", wanted, listed(ev.Calls))
		}
	}
}

var buildWays = []way{
	{line: "docker build -t NEW .", other: "docker image build --tag docker.io/library/NEW:latest ./"},
	{line: "docker build --no-cache -t NEW .", other: "docker image build . --no-cache=true -t NEW"},
	{line: "docker build -t NEW -f Dockerfile.dev .", other: "docker builder build --file=Dockerfile.dev -t NEW ."},
	{line: "docker build -t NEW --target one .", other: "docker build . --target=one -tNEW"},
	{line: "docker build -t NEW --build-arg V=2 .", other: "docker build --build-arg=V=2 . -t NEW"},
	{line: "docker build -t NEW sub", other: "docker build -t NEW ./sub/"},
}

var composeWays = []way{
	{line: "docker compose -p PRJ up -d", other: "docker compose --project-name PRJ up --detach"},
	{line: "docker compose -p PRJ ps", other: "docker compose -p PRJ ps --format json"},
	{line: "docker compose -p PRJ ps -a", other: "docker compose -p PRJ ps --all"},
	{line: "docker compose -p PRJ logs", other: "docker compose -p PRJ logs --no-color", also: []string{"docker logs PRJ-one-1"}},
	{line: "docker compose -p PRJ logs -f", other: "docker compose -p PRJ logs --follow", streams: true, also: []string{"docker logs -f PRJ-one-1"}},
	{line: "docker compose -p PRJ logs one", other: "docker compose -p PRJ logs --no-color one", also: []string{"docker logs PRJ-one-1"}},
	{line: "docker logs PRJ-one-1", other: "docker logs -n 3 PRJ-one-1"},
	{line: "docker logs -f PRJ-one-1", other: "docker logs --follow PRJ-one-1", streams: true},
	{line: "docker inspect PRJ-one-1", other: "docker inspect PRJ-one-1 -f {{.Id}}"},
	{line: "docker ps", other: "docker container ls"},
	{line: "docker compose -p PRJ exec -T one true", other: "docker compose -p PRJ exec -T one true", also: []string{"docker exec PRJ-one-1 true"}},
	{line: "docker exec PRJ-one-1 true", other: "docker container exec PRJ-one-1 true"},
	{line: "docker compose -p PRJ images", other: "docker compose -p PRJ images -q"},
	{line: "docker compose -p PRJ stop -t 1 one", other: "docker compose -p PRJ stop one --timeout 1"},
	{line: "docker compose -p PRJ down -t 1", other: "docker compose -p PRJ down --timeout=1"},
}

// TestRanBuilds proves builds, by whichever builder there is.
func TestRanBuilds(t *testing.T) {
	t.Parallel()
	g := openGuarded(t)
	g.write("Dockerfile", "FROM busybox AS one\nARG V\nRUN echo $V\nFROM one\nRUN true\n")
	g.write("Dockerfile.dev", "FROM busybox\n")
	g.write("sub/Dockerfile", "FROM busybox\n")
	g.matrix(buildWays)
}

var buildxWays = []way{
	{line: "docker buildx du", other: "docker buildx du --verbose"},
	{line: "docker buildx ls", other: "docker buildx ls --no-trunc"},
	{line: "docker buildx inspect", other: "docker buildx inspect -D"},
	{line: "docker system df", other: "docker system df -v"},
}

func TestRanBuildx(t *testing.T) {
	t.Parallel()
	g := openGuarded(t)
	if out, err := g.direct("docker buildx version"); err != nil {
		t.Skip("there is no buildx here: ", out)
	}
	g.matrix(buildxWays)
}

// TestRanCompose proves Compose's commands, and what of them is docker's too.
func TestRanCompose(t *testing.T) {
	t.Parallel()
	g := openGuarded(t)
	if out, err := g.direct("docker compose version"); err != nil {
		t.Skip("there is no Compose here: ", out)
	}
	g.write("compose.yaml", "services:\n  one: {image: busybox, command: sleep 600, init: true}\n")
	t.Cleanup(func() { g.direct(g.names.Replace("docker compose -p PRJ down -t 1")) })
	g.matrix(composeWays)
}

func (g *guarded) write(name, text string) {
	g.t.Helper()
	file := filepath.Join(g.folder, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		g.t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		g.t.Fatal(err)
	}
}

// matrix runs each spelling of each way, and judges it as each of the ways.
func (g *guarded) matrix(ways []way) {
	t := g.t
	for _, way := range ways {
		for _, spelling := range []string{way.line, way.other} {
			ev := g.evidence(g.run(spelling, way.streams))
			for _, wanted := range ways {
				want := checker.Failed
				if (wanted.line == way.line || slices.Contains(way.also, wanted.line)) && !strings.Contains(wanted.line, "rename") {
					want = checker.Passed
				}
				if v := judge(ev, g.names.Replace(wanted.line)); v.Outcome != want {
					t.Errorf("%s was run, %s is wanted: got %s %+v; the calls were\n%s", spelling, wanted.line, v.Outcome, v.Diagnosis, listed(ev.Calls))
				}
			}
		}
	}
}

func listed(calls []checker.Call) string {
	var text strings.Builder
	for _, c := range calls {
		fmt.Fprintf(&text, "  %d %s %s %s %v %q\n", c.Status, c.Method, c.Path, c.Name, c.Query, c.Argv)
	}
	return text.String()
}
