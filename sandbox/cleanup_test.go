package sandbox

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"docker-tutor/checker"
)

func TestNameIsMine(t *testing.T) {
	t.Parallel()
	o := &owner{
		names:  []string{"dt-web", "dt-shop-2"},
		others: map[string]bool{"dt-wec": true},
		baseline: checker.Inventory{
			Images:  map[string][]string{"sha256:1": {"dt-shop:1", "dt-wed:1", "busybox:latest"}},
			Volumes: map[string]string{"dt-wex": "local"},
		},
	}
	for name, want := range map[string]bool{
		"dt-web": true, "dt-web:1.0": true, "dt-shop-2:new": true,
		"dt-wbe": true, "dt-webb:1": true, "dt-sop-2": true, // typos
		"dt-shop:new": false, "dt-wed:2": false, "dt-wex": false, // was there before
		"dt-web-2": false, "dt-web-13:1": false, "dt-shop-3": false, // another lab's, renamed
		"dt-wec": false, "dt-wec:1": false, // another lab's
		"dt-other": false, "web": false, "my-dt-web": false, "busybox": false, "": false, ":1": false,
	} {
		if got := o.nameIsMine(name); got != want {
			t.Errorf("%q: got %v, want %v", name, got, want)
		}
	}
}

func TestLabelsAreMine(t *testing.T) {
	t.Parallel()
	o := &owner{lab: "11", names: []string{"dt-web"}, others: map[string]bool{"22": true, "dt-net": true}}
	type labels map[string]string
	for _, c := range []struct {
		labels       labels
		mine, theirs bool
	}{
		{nil, false, false},
		{labels{"a": "b"}, false, false},
		{labels{labLabel: "11", "a": "dt-net"}, true, false},
		{labels{labLabel: "22", "a": "dt-web"}, false, true},
		{labels{labLabel: "33"}, false, true}, // a lab of another state folder
		{labels{"com.docker.compose.project": "dt-web"}, true, false},
		{labels{"com.docker.compose.project": "dt-net"}, false, true},
	} {
		if mine, theirs := o.labelsAreMine(c.labels); mine != c.mine || theirs != c.theirs {
			t.Errorf("%v: got %v %v, want %v %v", c.labels, mine, theirs, c.mine, c.theirs)
		}
	}
}

// BaseImage itself belongs to all who use this daemon; another name stands in for it.
func TestBaseImageRestored(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, script string
		restored     bool
	}{
		{"untouched", "docker tag busybox dt-web:1", false},
		{"name taken away", "docker rmi my-base:1", true},
		{"moved to what has names", "printf 'FROM busybox\nENV b=c\n' | docker build -q -t my-base:1 -t dt-web:1 -t dt-web:2 -", true},
		{"moved to what was there", "docker tag my-other:1 my-base:1", true},
		{"used", "docker run --name dt-web my-base:1; docker rmi -f my-base:1", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.elsewhere("docker tag busybox my-base:1; printf 'FROM busybox\nENV my-other=1\n' | docker build -q -t my-other:1 -")
			before := b.traces()
			l := b.open(b.exercise("", "dt-web"))
			b.elsewhere(c.script) // in the lab the guard would refuse it
			o := l.owner()
			o.base = b.own("my-base:1")
			done, err := o.cleanUp(t.Context(), b.e)
			if err != nil {
				t.Fatal(err)
			}
			if got, want := b.imageID("my-base:1"), b.imageID("busybox"); got != want {
				t.Errorf("the base image: got %s, want %s", got, want)
			}
			wantSame(t, "restored", done.Restored, map[bool][]string{true: {o.base}}[c.restored])
			wantSame(t, "traces", b.traces(), before)
		})
	}
}

// The base image may be gone altogether; EnsureBaseImage brings it back the next time.
func TestBaseImageGone(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.elsewhere("printf 'FROM busybox\nENV my-base=1\n' | docker build -q -t my-base:1 -")
	l := b.open(b.exercise("", ""))
	b.elsewhere("docker rmi my-base:1")
	o := l.owner()
	o.base = b.own("my-base:1")
	if done, err := o.cleanUp(t.Context(), b.e); err != nil || len(done.Restored) != 0 {
		t.Errorf("got %v restored (%v), want nothing", done.Restored, err)
	}
}

// The daemon is removing these by itself while the clean-up wants to.
func TestContainersThatRemoveThemselves(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	l := b.open(b.exercise("", "dt-web"))
	b.run(l, `for i in 1 2 3 4; do docker run -d --rm busybox sleep 600; done >ids
		docker kill $(head -n 3 ids) >/dev/null`)
	b.close(l)
	wantSame(t, "traces", b.traces(), []string{})
}

// A clean-up that cannot finish says what is left, and the lab stays to try again.
func TestCleanUpFails(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	l := b.open(b.exercise("", "dt-data dt-net"))
	b.run(l, "docker volume create dt-data; docker network create dt-net")
	b.elsewhere("docker run -d --name my-own -v dt-data:/d --network dt-net busybox sleep 600")
	_, err := l.Close(t.Context())
	var p *Problem
	if !errors.As(err, &p) || p.ID != "cleanup" {
		t.Fatalf("got %v, want the problem cleanup", err)
	}
	left := p.Args["left"].([]string)
	slices.Sort(left)
	wantSame(t, "left", left, []string{b.own("network dt-net"), b.own("volume dt-data")})
	if !strings.Contains(err.Error(), "volume is in use") {
		t.Errorf("got %q, want the daemon's reason in it", err)
	}
	if got := Left(b.root); len(got) != 1 || got[0].ID != l.State.ID {
		t.Fatalf("left: got %+v, want the lab", got)
	}
	b.elsewhere("docker rm -f my-own")
	again, err := Reopen(b.e, b.root, l.State.ID, Spec{})
	if err != nil {
		t.Fatal(err)
	}
	b.close(again)
	wantSame(t, "traces", b.traces(), []string{})
}

func TestCleanUpWithoutAnEngine(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	l := b.open(b.exercise("docker tag busybox dt-shop:1", ""))
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if _, err := l.Close(stopped); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
	again, err := Reopen(b.e, b.root, l.State.ID, Spec{})
	if err != nil {
		t.Fatal(err)
	}
	b.close(again)
	wantSame(t, "traces", b.traces(), []string{})
}

// The names of a lab on another engine are free on this one.
func TestOtherLabs(t *testing.T) {
	root := t.TempDir()
	for id, host := range map[string]string{"here": "unix:///a.sock", "there": "unix:///b.sock", "self": "unix:///a.sock"} {
		l := &Lab{Dir: filepath.Join(root, id), root: root, State: State{ID: id, Host: host, Names: []string{"dt-" + id}}}
		if err := errors.Join(os.Mkdir(l.Dir, 0o700), l.Save()); err != nil {
			t.Fatal(err)
		}
	}
	want := map[string]bool{"here": true, "dt-here": true}
	if got := otherLabs(root, &State{ID: "self", Host: "unix:///a.sock"}); !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
