package sandbox

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"slices"
	"sync"
	"time"

	"docker-tutor/checker"

	"github.com/docker/docker/api/types/events"
)

// journalLimit bounds what a lab remembers: on a busy machine, health checks alone report
// an event every few seconds.
const journalLimit = 20000

// journal is what the daemon reported since the lab opened, each event once, oldest first.
type journal struct {
	mu        sync.Mutex
	list      []events.Message
	seen      map[string]bool
	following bool

	calls  []checker.Call // what the lab's docker CLI asked for, oldest first
	called chan struct{}  // holds one where calls came that nobody was told of
}

// callLimit bounds the calls that are remembered; a script in a loop makes some hundreds.
const callLimit = 5000

// record adds a call of the lab's docker CLI.
func (j *journal) record(c checker.Call) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.calls = append(j.calls, c)
	if len(j.calls) > callLimit {
		j.calls = slices.Clone(j.calls[callLimit/2:])
	}
	select {
	case j.news() <- struct{}{}:
	default:
	}
}

// news is the channel that tells of calls. The mutex is held.
func (j *journal) news() chan struct{} {
	if j.called == nil {
		j.called = make(chan struct{}, 1)
	}
	return j.called
}

// forgetCalls forgets what the set-up asked for.
func (j *journal) forgetCalls() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.calls = nil
}

// key names an event: an engine gives no id, but no two are alike in all of these.
func key(m events.Message) string {
	return fmt.Sprintf("%d %s %s %s", m.TimeNano, m.Type, m.Action, m.Actor.ID)
}

func (j *journal) add(m events.Message) {
	j.mu.Lock()
	defer j.mu.Unlock()
	k := key(m)
	if j.seen[k] {
		return
	}
	if j.seen == nil {
		j.seen = map[string]bool{}
	}
	j.seen[k] = true
	j.list = append(j.list, m)
	// The stream and CatchUp may report the same moment in either order.
	for i := len(j.list) - 1; i > 0 && j.list[i].TimeNano < j.list[i-1].TimeNano; i-- {
		j.list[i], j.list[i-1] = j.list[i-1], j.list[i]
	}
	if len(j.list) > journalLimit {
		delete(j.seen, key(j.list[0]))
		j.list = j.list[1:]
	}
}

// overlap is how far back the events are read again. The daemon stamps an event before it
// queues it, so that some come after others with a later stamp: by 4 ms on a busy machine.
const overlap = time.Second

// resume is the moment to read events from, never before since.
func (j *journal) resume(since time.Time) time.Time {
	j.mu.Lock()
	defer j.mu.Unlock()
	if len(j.list) == 0 {
		return since
	}
	from := time.Unix(0, j.list[len(j.list)-1].TimeNano).Add(-overlap)
	if from.Before(since) {
		return since
	}
	return from
}

// Follow keeps the lab's journal from the daemon's events until ctx ends or the stream
// breaks, and calls changed after what came in one go, recorded calls too. Calling it again goes on where it
// stopped; a daemon replays at most its last 256 events (docker/docker, daemon/events:
// eventsLimit), and none from before its own start.
func (l *Lab) Follow(ctx context.Context, changed func()) {
	l.journal.mu.Lock()
	already := l.journal.following
	l.journal.following = true
	called := l.journal.news()
	l.journal.mu.Unlock()
	if already {
		return
	}
	messages, errs := l.Engine.Events(ctx, events.ListOptions{Since: stamp(l.journal.resume(l.State.Since))})
	go func() {
		for {
			select {
			case m := <-messages:
				l.journal.add(m)
				// Judging reads files and processes, which the daemon reports: that must not
				// lead to judging again. The learner's own reading is seen at the next prompt.
				if l.takeWaiting(messages) || !checker.IsReading(m) {
					changed()
				}
			case <-called:
				changed()
			case <-errs:
				// Who is told that it broke may follow again at once.
				l.journal.mu.Lock()
				l.journal.following = false
				l.journal.mu.Unlock()
				changed()
				return
			}
		}
	}()
}

// takeWaiting adds what has come in meanwhile, so that a build's burst of events is
// judged once, and tells whether any of it is worth judging.
func (l *Lab) takeWaiting(messages <-chan events.Message) bool {
	worth := false
	for {
		select {
		case m := <-messages:
			l.journal.add(m)
			worth = worth || !checker.IsReading(m)
		default:
			return worth
		}
	}
}

// CatchUp adds the events until now and does not wait for more: what a command did before
// it ended is in the journal afterwards.
func (l *Lab) CatchUp(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, pingTimeout)
	defer cancel()
	messages, errs := l.Engine.Events(ctx, events.ListOptions{
		Since: stamp(l.journal.resume(l.State.Since)),
		Until: stamp(time.Now().Add(l.State.ClockAhead)),
	})
	for {
		select {
		case m := <-messages:
			l.journal.add(m)
		case err := <-errs:
			if err == io.EOF || err == nil {
				return nil
			}
			return fmt.Errorf("reading the engine's events: %w", err)
		}
	}
}

// Evidence is what the exercise is judged on at this moment.
func (l *Lab) Evidence() *checker.Evidence {
	l.journal.mu.Lock()
	defer l.journal.mu.Unlock()
	return &checker.Evidence{
		Daemon:   l.Engine,
		Baseline: l.State.Baseline,
		Label:    l.label(),
		Opened:   l.State.Opened,
		Since:    l.State.Since,
		Events:   slices.Clone(l.journal.list),
		Answers:  l.State.Answers,
		Calls:    slices.Clip(l.journal.calls), // only ever appended to
		Now:      time.Now().Add(l.State.ClockAhead),
		Folder:   l.Work(),
		Host:     hostOf(l.Engine.Host),

		Unguarded:    l.Unguarded,
		DockerConfig: LabDockerConfig(l.Dir),
	}
}

// hostOf gives the name by which the ports that an engine publishes are reached from here:
// that of its own machine, and nothing for this one.
func hostOf(engine string) string {
	u, err := url.Parse(engine)
	if err != nil || u.Scheme == "unix" || u.Scheme == "npipe" {
		return ""
	}
	return u.Hostname()
}

// stamp writes a time the way the events API takes it, to the nanosecond.
func stamp(t time.Time) string {
	return fmt.Sprintf("%d.%09d", t.Unix(), t.Nanosecond())
}
