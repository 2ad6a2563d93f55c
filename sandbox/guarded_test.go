package sandbox

import (
	"errors"
	"io"
	"io/fs"
	"maps"
	"net"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// What the learner owned before the lab is kept, and the refusal is in their words.
func TestGuardedLab(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.elsewhere("docker run -d --name my-own busybox sleep 600; docker volume create my-data; docker tag busybox my-image:1")
	before := b.traces()
	l, err := Open(t.Context(), b.e, b.root, Spec{Lesson: "images", Exercise: b.exercise("", "dt-web"), Refusal: func(id, object string) string {
		return "not yours here: " + id + " " + object
	}})
	if err != nil {
		t.Fatal(err)
	}
	b.labs = append(b.labs, l.State.ID)
	for script, want := range map[string]string{
		"docker rm -f my-own":           "not yours here: kept-container " + b.own("my-own"),
		"docker volume rm my-data":      "not yours here: kept-volume " + b.own("my-data"),
		"docker rmi my-image:1":         "not yours here: kept-name " + b.own("my-image:1"),
		"docker tag busybox my-image:1": "", // it has that name already
	} {
		var out strings.Builder
		err := l.Run(t.Context(), Script{Text: b.own(script), Out: &out})
		if (err == nil) != (want == "") || !strings.Contains(out.String(), want) {
			t.Errorf("%s: got %v and %s, want %q", script, err, out.String(), want)
		}
	}
	wantSame(t, "what was there", b.traces(), before)
	calls := l.Evidence().Calls
	if len(calls) == 0 || calls[len(calls)-1].Time.Before(l.State.Since.Add(-time.Minute)) {
		t.Errorf("recorded calls: %v", calls)
	}
	b.run(l, "docker system prune --all --volumes --force")
	wantSame(t, "what was there, after a prune", b.traces(), before)
	b.close(l)
	wantSame(t, "what was there, after the lab", b.traces(), before)
}

// Volumes without a name carry no label: the guard tells whose they are.
func TestVolumesWithoutAName(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	l := b.open(b.exercise("", "dt-web"))
	volume := b.run(l, "docker run -d --name dt-web -v /data -v dt-named:/named busybox true >/dev/null; docker inspect -f '{{range .Mounts}}{{.Name}} {{end}}' dt-web; docker rm -f dt-web >/dev/null")
	if len(strings.Fields(volume)) != 2 {
		t.Fatalf("the container's volumes: %s", volume)
	}
	// Another lab of the same learner takes it up where it was left.
	if err := errors.Join(l.Save(), l.Release()); err != nil {
		t.Fatal(err)
	}
	again, err := Reopen(b.e, b.root, l.State.ID, Spec{})
	if err != nil {
		t.Fatal(err)
	}
	b.close(again)
	for _, name := range strings.Fields(volume) {
		b.gone(name)
	}
}

// Build cache carries no label either; what the lab's own builds left goes with the lab. Not
// beside other tests: what is built at the same moment loses its cache.
func TestBuildCacheGoes(t *testing.T) {
	b := newBench(t)
	step := func(name string) string { return "printf 'FROM busybox\nRUN echo " + name + "\n' | docker build -q -" }
	b.elsewhere(step("my-step"))
	l := b.open(b.exercise("", ""))
	b.run(l, step("dt-step"))
	b.close(l)
	if steps := b.buildCache(); strings.Contains(steps, b.own("dt-step")) {
		t.Error("the cache of the lab's build is still there")
	} else if steps != "" && !strings.Contains(steps, b.own("my-step")) {
		t.Errorf("the cache of another build is gone; left:\n%s", steps)
	}
}

// What another build uses is known to be in use, and goes as soon as that one lets go of it.
func TestBuildCacheInUseGoes(t *testing.T) {
	b := newBench(t)
	l := b.open(b.exercise("", ""))
	copied := "echo note >dt-note; printf 'FROM busybox\nCOPY dt-note /\nRUN "
	b.run(l, copied+"true\n' | docker build -q -f - .")
	runs := newMailbox(t)
	ended := make(chan bool)
	go func() {
		b.elsewhere("cd '" + t.TempDir() + "'; " + copied + "echo on; sleep 3; false\n' | docker build -f - . 2>&1 | grep --line-buffered -v RUN | grep -m1 '\\bon$' >'" + runs.path + "'")
		close(ended)
	}()
	runs.read()
	left, inUse, err := l.pruneBuildCache(t.Context())
	if builds := b.buildCache() != ""; err != nil || inUse != builds || (left > 0) != builds {
		t.Errorf("while it is used: got %d left, in use %v (%v)", left, inUse, err)
	}
	<-ended
	b.close(l)
	if steps := b.buildCache(); strings.Contains(steps, b.own("dt-note")) {
		t.Errorf("the cache of the lab's build is still there:\n%s", steps)
	}
}

// buildCache gives the descriptions of what is cached.
func (b *bench) buildCache() string {
	b.t.Helper()
	cache, err := BuildCache(b.t.Context(), b.e)
	if err != nil {
		b.t.Fatal(err)
	}
	return strings.Join(slices.Sorted(maps.Values(cache)), "\n")
}

// What runs through the guard ends with the lab, and no socket stays.
func TestGuardEndsWithTheLab(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	l := b.open(b.exercise("docker run -d --name dt-web busybox sleep 600", ""))
	follows := newMailbox(t)
	ended := make(chan error, 1)
	go func() {
		var out strings.Builder
		ended <- l.Run(t.Context(), Script{Text: b.own("echo on >'" + follows.path + "'; docker logs -f dt-web"), Out: &out})
	}()
	follows.read()
	for following := false; !following; {
		for _, c := range l.Evidence().Calls {
			following = following || c.Path == "containers/{}/logs"
		}
	}
	socket := l.socket("guard")
	b.close(l)
	<-ended
	if _, err := os.Stat(socket); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the guard's socket: got %v, want it gone", err)
	}
	if _, err := net.Dial("unix", socket); err == nil {
		t.Error("the guard still answers")
	}
}

// A lab that cannot have a guard says why, and works without.
func TestUnguardedLab(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	l := b.open(b.exercise("", ""))
	if err := l.Release(); err != nil {
		t.Fatal(err)
	}
	// A folder in the socket's place cannot be removed, since it holds something.
	if err := os.MkdirAll(l.socket("guard")+"/in-the-way", 0o700); err != nil {
		t.Fatal(err)
	}
	again, err := Reopen(b.e, b.root, l.State.ID, Spec{Exercise: l.Exercise})
	if err != nil {
		t.Fatal(err)
	}
	if again.Unguarded == "" || again.Evidence().Unguarded != again.Unguarded || again.GuardHost() != "" {
		t.Errorf("unguarded: got %q, host %q", again.Unguarded, again.GuardHost())
	}
	b.run(again, "docker version >/dev/null")
	b.close(again)
}

// A build that fails leaves what no label tells: the legacy builder's container of the step,
// and the nameless images of the steps before it.
func TestFailedBuildLeavesNothing(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	l := b.open(b.exercise("", ""))
	dockerfile := b.own("FROM busybox\nRUN touch /dt-one\nRUN touch /dt-two; exit 9\n")
	if err := l.Run(t.Context(), Script{Text: "docker build - <<'END'\n" + dockerfile + "END\n", Out: io.Discard}); err == nil {
		t.Fatal("the build did not fail")
	}
	done := b.close(l)
	h, err := takeHoldings(t.Context(), b.e)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range h.containers {
		if strings.Contains(c.Command, b.token) {
			t.Errorf("the step's container %s is left: %s", c.ID, c.Command)
		}
	}
	for _, obj := range done.Doubtful {
		if history, err := b.e.ImageHistory(t.Context(), obj.ID); err == nil && obj.Kind == "image" && strings.Contains(history[0].CreatedBy, b.token) {
			t.Errorf("a step's image is doubtful: %s", history[0].CreatedBy)
		}
	}
}
