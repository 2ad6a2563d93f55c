package guard

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// A line of daemon connections that can be cut, and counted.
type daemonLine struct {
	dial func(context.Context) (net.Conn, error)

	mu   sync.Mutex
	open map[*daemonConn]bool
	down string // where the daemon is not, while it is down
}

type daemonConn struct {
	net.Conn
	line *daemonLine
}

func (l *daemonLine) Dial(ctx context.Context) (net.Conn, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	dial := l.dial
	if l.down != "" {
		dial = func(ctx context.Context) (net.Conn, error) { return (&net.Dialer{}).DialContext(ctx, "unix", l.down) }
	}
	c, err := dial(ctx)
	if err != nil {
		return nil, err
	}
	conn := &daemonConn{c, l}
	l.open[conn] = true
	return conn, nil
}

func (c *daemonConn) CloseWrite() error { return c.Conn.(*net.UnixConn).CloseWrite() }

func (c *daemonConn) Close() error {
	c.line.mu.Lock()
	delete(c.line.open, c)
	c.line.mu.Unlock()
	return c.Conn.Close()
}

func (l *daemonLine) setDown(where string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.down = where
}

// cut breaks all connections, as a daemon that dies does.
func (l *daemonLine) cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for c := range l.open {
		c.Conn.Close()
	}
}

func (l *daemonLine) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.open)
}

// mortal is a guard whose end is watched.
type mortal struct {
	*fixture
	guard      *Guard
	line       *daemonLine
	socket     string
	goroutines int // before it was opened
}

func openMortal(t *testing.T) *mortal {
	c := newClient(t)
	m := &mortal{fixture: &fixture{client: c, name: ownPrefix()}, socket: filepath.Join(t.TempDir(), "g.sock")}
	t.Cleanup(func() { m.remove(m.name) })
	m.line = &daemonLine{dial: c.Dialer(), open: map[*daemonConn]bool{}}
	m.host = "unix://" + m.socket
	keeper := &Keeper{Daemon: c, Label: "docker-tutor.lab=" + m.name, Baseline: m.inventory(t), Built: after(now(t, c))}
	c.HTTPClient().CloseIdleConnections()
	m.goroutines = runtime.NumGoroutine()
	g, err := Open(m.socket, Options{Dial: m.line.Dial, Keep: keeper})
	if err != nil {
		t.Fatal(err)
	}
	m.guard = g
	t.Cleanup(func() { g.Close() })
	return m
}

// waitFor waits until something holds; what does not in this time never will.
func waitFor(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			pprof.Lookup("goroutine").WriteTo(os.Stderr, 1)
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

// quiet waits until the guard has let go of every client and of the daemon.
func (m *mortal) quiet(t *testing.T, listening int, after string) {
	t.Helper()
	waitFor(t, "the daemon's connections to end after "+after, func() bool {
		m.guard.daemon.CloseIdleConnections()
		return m.line.count() == 0
	})
	waitFor(t, "goroutines to end after "+after, func() bool {
		m.client.HTTPClient().CloseIdleConnections()
		return runtime.NumGoroutine() <= m.goroutines+listening
	})
}

// streams are command lines that last until something ends them. Each prints "begun" when
// it is under way.
var streams = []line{
	{with: "up", do: `docker logs -f $N & p=$!; ` + begun(`docker logs $N | grep three`) + `wait $p`},
	{with: "up", do: `docker exec -i $N sh -c 'echo begun; cat' <pipe`},
	{with: "up", do: `docker exec $N sh -c 'echo begun; exec sleep 600'`},
	{do: `docker run --name $N -i busybox sh -c 'echo begun; exec sleep 600' <pipe`},
	{do: `docker run --name $N -it busybox sh -c 'echo begun; exec sleep 600'`, keys: []string{"", ""}},
	{do: `docker run --name $N -it busybox sh -c 'echo begun; exec cat'`, keys: []string{"", ""}},
	{with: "shell", do: `sleep 1; echo begun; docker attach $N <pipe`},
	{do: `docker events --filter container=$N & sleep 1; echo begun; wait`},
	{with: "up", do: `docker wait $N & sleep 1; echo begun; wait`},
	{do: `printf 'FROM busybox\nRUN echo %s; echo begun; sleep 600\n' $N | docker build --progress plain -t $N:1 -`, needs: "buildx"},
	{do: `printf 'FROM busybox\nRUN echo %s; echo begun; sleep 600\n' $N | docker build -t $N:1 -`, needs: "legacy"},
}

// feeds are those that the docker CLI itself does not end, whatever has become of its
// connection: before what it reads from or writes to ends, and stats never.
var feeds = []line{
	{with: "up", do: `docker stats $N`},
	{with: "created", do: `(sleep 1; echo begun) & exec docker cp - $N:/tmp <pipe`},
	{do: `(sleep 1; echo begun) & exec docker import - $N:1 <pipe`},
	{with: "created huge", do: `(cat random.tar; echo begun >&2; sleep 600) | docker cp - $N:/tmp`},
	{do: `docker save busybox | (sleep 1; echo begun; exec sleep 600)`},
}

func begun(what string) string { return until(what) + "echo begun; " }

// begin starts a stream, and gives what kills its processes and what waits for their end.
func (m *mortal) begin(t *testing.T, l line, name string) (kill, wait func()) {
	p := place{m.host, name, filepath.Join(t.TempDir(), name)}
	p.prepare(t, l.with)
	p.run(t, "mkfifo pipe", nil)
	pipe, err := os.OpenFile(filepath.Join(p.dir, "pipe"), os.O_RDWR, 0) // it gives nothing
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { pipe.Close() })
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	cmd := p.command(ctx, l.do, l.keys != nil)
	var seen screen
	ended := make(chan struct{})
	go func() {
		if cmd.Stdout, cmd.Stderr = &seen, &seen; l.keys != nil {
			cmd.Stdout, cmd.Stderr = nil, nil
			typeTo(t, cmd, nil, &seen)
		} else {
			cmd.Run()
		}
		close(ended)
	}()
	waitFor(t, l.do+" to begin", func() bool {
		return strings.Contains(seen.String(), "begun") || strings.Contains(l.do, "stats") && strings.Contains(seen.String(), name)
	})
	return cancel, func() {
		<-ended
		if ctx.Err() != nil {
			t.Errorf("%s did not end by itself; it said %q", l.do, seen.String())
		}
		cancel()
	}
}

// A client that is killed leaves nothing behind in the guard, however quiet its stream.
func TestKilledClient(t *testing.T) {
	m := openMortal(t)
	for i, l := range slices.Concat(streams, feeds) {
		if m.can(l.needs) {
			kill, _ := m.begin(t, l, m.nameOf(i))
			kill()
			m.quiet(t, 1, l.do)
		}
	}
}

func (m *mortal) nameOf(i int) string { return fmt.Sprintf("%s-%02d", m.name, i) }

// When the guard closes, its clients end, and nothing is left of it.
func TestClose(t *testing.T) { endsAll(t, func(m *mortal) { m.guard.Close() }) }

// When the daemon dies, clients end too, and nothing is left of them.
func TestBrokenDaemon(t *testing.T) { endsAll(t, func(m *mortal) { m.line.cut() }) }

func endsAll(t *testing.T, end func(*mortal)) {
	m := openMortal(t)
	var waits []func()
	for i, l := range streams {
		if m.can(l.needs) {
			_, wait := m.begin(t, l, m.nameOf(i))
			waits = append(waits, wait)
		}
	}
	end(m)
	for _, wait := range waits {
		wait()
	}
	m.guard.Close()
	m.quiet(t, 0, "all")
	if _, err := os.Stat(m.socket); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the socket is still there: %v", err)
	}
}

// A daemon that is down is told of in the docker CLI's own words, and is found once it is up.
func TestNoDaemon(t *testing.T) {
	m := openMortal(t)
	nowhere := filepath.Join(t.TempDir(), "d.sock")
	m.line.setDown(nowhere)
	for _, args := range [][]string{{"ps"}, {"logs", "x"}, {"images"}, {"pull", "x/y"}, {"volume", "ls"}} {
		want, wantCode := docker("unix://"+nowhere, "", args...)
		got, code := docker(m.host, "", args...)
		got = strings.ReplaceAll(got, "Error response from daemon: ", "")
		if got != want || code != wantCode {
			t.Errorf("docker %v: got %d %q, want %d %q", args, code, got, wantCode, want)
		}
	}
	m.line.setDown("")
	if out, code := docker(m.host, "", "ps", "-q"); code != 0 {
		t.Errorf("the daemon is up: %s", out)
	}
}
