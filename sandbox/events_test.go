package sandbox

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/docker/docker/api/types/events"
	"github.com/docker/docker/api/types/image"
)

// told gives what the lab's journal says of a name: the actions, oldest first.
func told(l *Lab, name string) []string {
	actions := []string{}
	for _, m := range l.Evidence().Events {
		if m.Actor.Attributes["name"] == name {
			actions = append(actions, string(m.Action))
		}
	}
	return actions
}

// inOrder checks that the journal is in order of time, each event once.
func inOrder(t *testing.T, l *Lab) {
	t.Helper()
	list := l.Evidence().Events
	if !slices.IsSortedFunc(list, func(a, b events.Message) int { return int(a.TimeNano - b.TimeNano) }) {
		t.Error("the events are out of order")
	}
	seen := map[string]bool{}
	for _, m := range list {
		if seen[key(m)] {
			t.Errorf("%s: got it twice", key(m))
		}
		seen[key(m)] = true
	}
}

// tagged makes a name and takes it away, as two commands would.
func (b *bench) tagged(name string) {
	b.t.Helper()
	if err := b.e.ImageTag(context.Background(), "busybox", name); err != nil {
		b.t.Fatal(err)
	}
	if _, err := b.e.ImageRemove(context.Background(), name, image.RemoveOptions{}); err != nil {
		b.t.Fatal(err)
	}
}

// toldOfTagged gives what the engine tells of such a name. With a graph driver the removal
// bears the image's ID in place of the name.
func (b *bench) toldOfTagged() []string {
	b.t.Helper()
	facts, err := b.e.Describe(context.Background())
	if err != nil {
		b.t.Fatal(err)
	}
	if facts.Containerd {
		return []string{"tag", "untag"}
	}
	return []string{"tag"}
}

// What a command did before it ended is known after CatchUp, with and without the stream
// beside it, while others work on the daemon too.
func TestCatchUp(t *testing.T) {
	t.Parallel()
	for _, following := range []bool{false, true} {
		t.Run(fmt.Sprintf("following %v", following), func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.tagged(b.own("dt-early:1"))
			l := b.open(b.exercise("docker tag busybox dt-setup:1", ""))
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			if following {
				l.Follow(ctx, func() {})
				l.Follow(ctx, func() { t.Error("followed twice") })
			}
			want := b.toldOfTagged()
			others := make(chan bool)
			go func() {
				defer close(others)
				for n := 0; ctx.Err() == nil; n++ {
					b.tagged(b.own(fmt.Sprintf("my-other:%d", n)))
				}
			}()
			for i := range 50 {
				name := b.own(fmt.Sprintf("dt-shop:%d", i))
				b.tagged(name)
				if err := l.CatchUp(t.Context()); err != nil {
					t.Fatal(err)
				}
				if got := told(l, name); !slices.Equal(got, want) {
					t.Fatalf("%s: got %v, want %v", name, got, want)
				}
			}
			stop()
			<-others
			for _, name := range []string{"dt-early:1", "dt-setup:1"} {
				if got := told(l, b.own(name)); len(got) != 0 {
					t.Errorf("%s, from before the exercise: got %v, want nothing", name, got)
				}
			}
			inOrder(t, l)
		})
	}
}

// The daemon stamps an event before it queues it: under load, some 5 % come after one
// that is stamped later, by up to 4 ms.
func TestCatchUpOnLateComers(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.tagged(b.own("dt-early:1"))
	l := b.open(b.exercise("", "dt-shop"))
	b.tagged(b.own("dt-shop:1"))
	later := time.Now()
	l.journal.add(events.Message{Type: "image", Action: "tag", TimeNano: later.UnixNano()})
	if err := l.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantSame(t, "stamped before the newest", told(l, b.own("dt-shop:1")), b.toldOfTagged())
	wantSame(t, "from before the exercise", told(l, b.own("dt-early:1")), []string{})
	inOrder(t, l)
}

// A container's whole life is there at once, with its exit code.
func TestCatchUpOnRun(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	l := b.open(b.exercise("", "dt-web"))
	b.run(l, "docker run --rm --name dt-web busybox sh -c 'exit 3' || :")
	if err := l.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantSame(t, "events", told(l, b.own("dt-web")), []string{"create", "attach", "start", "die", "destroy"})
	for _, m := range l.Evidence().Events {
		if m.Actor.Attributes["name"] == b.own("dt-web") && m.Action == "die" && m.Actor.Attributes["exitCode"] != "3" {
			t.Errorf("exit code: got %q, want 3", m.Actor.Attributes["exitCode"])
		}
	}
	ev := l.Evidence()
	if ev.Daemon != l.Engine || !ev.Since.Equal(l.State.Since) || ev.Now.Before(ev.Since) || len(ev.Baseline.Images) == 0 || len(ev.Opened.Images) == 0 {
		t.Errorf("evidence: got %+v", ev)
	}
}

// follower follows a lab's events, and waits for what it is told.
type follower struct {
	b       *bench
	l       *Lab
	changed chan bool // whether the stream goes on
}

func (f *follower) follow() {
	f.l.Follow(f.b.t.Context(), func() { f.changed <- f.l.isFollowing() })
}

// until waits for calls until it is so; following tells whether the stream goes on.
func (f *follower) until(what string, so func(following bool) bool) {
	f.b.t.Helper()
	for late := time.After(patience); ; {
		select {
		case following := <-f.changed:
			if so(following) {
				return
			}
		case <-late:
			f.b.t.Fatalf("waiting for %s", what)
		}
	}
}

func (f *follower) untilTold(name string) {
	f.b.t.Helper()
	f.until(name, func(bool) bool { return len(told(f.l, f.b.own(name))) > 0 })
}

func (f *follower) untilBroken() {
	f.b.t.Helper()
	f.until("the end of the stream", func(following bool) bool { return !following })
}

// The stream breaks, as with a daemon that is started again, and goes on where it stopped.
func TestFollowBreaks(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	path := filepath.Join(shortDir(t), "relay.sock")
	r := newRelay(t, b.e, listen(t, path))
	e, err := endpoint{Source: "test", Host: "unix://" + path}.dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	f := &follower{b: b, l: b.open(b.exercise("", "dt-shop")), changed: make(chan bool, 1000)}
	f.l.Engine = e
	defer func() { f.l.Engine = b.e }() // which cleans up

	f.follow()
	b.tagged(b.own("dt-shop:1"))
	f.untilTold("dt-shop:1")
	r.cut()
	f.untilBroken()
	if err := f.l.CatchUp(t.Context()); !IsSilence(err) {
		t.Errorf("catching up on a daemon that is gone: got %v, want silence", err)
	}
	f.follow()
	f.untilBroken()
	b.tagged(b.own("dt-shop:2"))

	r.start(listen(t, path))
	f.follow()
	f.untilTold("dt-shop:2")
	b.tagged(b.own("dt-shop:3"))
	f.untilTold("dt-shop:3")
	if err := f.l.CatchUp(t.Context()); err != nil {
		t.Error(err)
	}
	for i := 1; i <= 3; i++ {
		wantSame(t, "events", told(f.l, b.own(fmt.Sprintf("dt-shop:%d", i))), b.toldOfTagged())
	}
	inOrder(t, f.l)
}

func (l *Lab) isFollowing() bool {
	l.journal.mu.Lock()
	defer l.journal.mu.Unlock()
	return l.journal.following
}

func TestJournal(t *testing.T) {
	t.Parallel()
	var j journal
	event := func(n int64) events.Message {
		return events.Message{Type: "image", Action: "tag", TimeNano: n, Actor: events.Actor{ID: "busybox"}}
	}
	const n = journalLimit + 100
	for i := int64(1); i <= n; i += 2 { // in pairs the wrong way round, each twice
		for _, at := range []int64{i + 1, i, i + 1, i} {
			j.add(event(at))
		}
	}
	if len(j.list) != journalLimit || len(j.seen) != journalLimit {
		t.Errorf("got %d events, %d seen, want %d", len(j.list), len(j.seen), journalLimit)
	}
	for i, m := range j.list {
		if want := int64(i + n - journalLimit + 1); m.TimeNano != want {
			t.Fatalf("event %d: got %d, want %d", i, m.TimeNano, want)
		}
	}
	since := time.Unix(7, 7)
	for newest, want := range map[time.Time]time.Time{
		{}:                     since, // no event yet
		since.Add(1):           since,
		since.Add(overlap):     since,
		since.Add(overlap + 5): since.Add(5),
	} {
		j := journal{}
		if !newest.IsZero() {
			j.add(event(newest.UnixNano()))
		}
		if got := j.resume(since); !got.Equal(want) {
			t.Errorf("resuming after %v: got %v, want %v", newest, got, want)
		}
	}
}
