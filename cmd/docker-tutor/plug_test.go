//go:build linux

package main

import (
	"context"
	"io"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"docker-tutor/content"
	"docker-tutor/sandbox"
)

// plug is the way to the real daemon, which can be cut.
type plug struct {
	t    *testing.T
	path string
	dial func(context.Context) (net.Conn, error)

	mu       sync.Mutex
	listener net.Listener
	open     map[net.Conn]bool
}

func newPlug(t *testing.T) *plug {
	t.Helper()
	p := &plug{t: t, path: filepath.Join(t.TempDir(), "plug.sock"), dial: daemon(t).Dialer(), open: map[net.Conn]bool{}}
	p.push()
	t.Cleanup(p.pull)
	return p
}

// host is the plug as DOCKER_HOST has it.
func (p *plug) host() string { return "unix://" + p.path }

// push opens the way.
func (p *plug) push() {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	listener, err := net.Listen("unix", p.path)
	if err != nil {
		p.t.Fatal(err)
	}
	p.listener = listener
	go p.serve(listener)
}

// pull cuts it, amid whatever is on the way.
func (p *plug) pull() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.listener.Close()
	for conn := range p.open {
		conn.Close()
	}
	clear(p.open)
}

func (p *plug) serve(l net.Listener) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		go p.join(l, conn)
	}
}

// join carries bytes both ways until both ends are done.
func (p *plug) join(l net.Listener, conn net.Conn) {
	defer conn.Close()
	up, err := p.dial(context.Background())
	if err != nil {
		return
	}
	defer up.Close()
	p.mu.Lock()
	cut := p.listener != l
	p.open[conn], p.open[up] = true, true
	p.mu.Unlock()
	if cut {
		return
	}
	var both sync.WaitGroup
	both.Go(func() { carry(up, conn) })
	both.Go(func() { carry(conn, up) })
	both.Wait()
	p.mu.Lock()
	delete(p.open, conn)
	delete(p.open, up)
	p.mu.Unlock()
}

// carry copies one way, and passes the end on: a docker build ends its upload so.
func carry(to, from net.Conn) {
	io.Copy(to, from)
	if half, ok := to.(interface{ CloseWrite() error }); ok {
		half.CloseWrite()
	}
}

// A daemon that goes away in mid-exercise is nobody's fault, and the exercise goes on when
// it is back.
func TestPlugPulledInLab(t *testing.T) {
	p := newPlug(t)
	l := newLearner(t, content.English, "DOCKER_HOST="+p.host())
	l.isAt("tag")
	s := l.continues()
	s.waitFor(labPrompt)
	lab := l.lab()

	p.pull()
	for i, typed := range []struct {
		line       string
		said, list int // how often it is said, and how many checks are listed
	}{{"true", 1, 0}, {"true", 0, 0}, {"check", 1, 2}, {"check", 1, 2}, {"true", 0, 0}} {
		out := s.run(typed.line)
		if got := strings.Count(out, "? The Docker Engine does not answer"); got != typed.said {
			t.Errorf("line %d: it is said %d times that the engine does not answer, want %d:\n%s", i, got, typed.said, out)
		}
		if got := strings.Count(out, "? dt-"); got != typed.list {
			t.Errorf("line %d: %d checks are listed as unknown, want %d:\n%s", i, got, typed.list, out)
		}
		if strings.ContainsAny(out, "✘✔○") {
			t.Errorf("line %d: without an engine, somebody is blamed or praised:\n%s", i, out)
		}
	}
	if got := l.step("tag").Tries; got != 0 {
		t.Errorf("%d wrong turns are kept, want none", got)
	}

	s.enter("exit")
	if out := l.oneProblem("home.title", func() { l.takes("exit.title", "exit.leave") }); !strings.Contains(out, l.say("home.no-engine")) {
		t.Errorf("the menu does not say that there is no engine:\n%s", out)
	}
	l.oneProblem("home.title", l.takesFirst)
	l.takes("home.title", "home.show-progress")
	s.waitFor("Name an image again")
	p.push()
	l.takesFirst() // painted without an engine
	s.waitFor(asWords(l.say("lab.resumed")))
	s.waitFor(labPrompt)
	if now := l.lab(); now.ID != lab.ID {
		t.Errorf("the lab is %s, want %s", now.ID, lab.ID)
	}
	p.pull()
	s.run("check")
	p.push()
	if out := s.run("check"); strings.Count(out, "○") != 1 || strings.Count(out, "✔") != 1 {
		t.Errorf("with the engine back, check says:\n%s", out)
	}
	l.finishes()
	s.exits(0)
	isGone(t, daemon(t), []sandbox.State{lab})
}

// oneProblem does something that fails: one error and one hint come, then the menu again.
func (l *learner) oneProblem(title string, do func()) (out string) {
	l.t.Helper()
	do()
	out = l.seat.waitFor(l.say(title) + " [")
	l.isOneProblem(out)
	l.seat.mu.Lock()
	l.seat.seen -= len(asWords(l.say(title) + " ["))
	l.seat.mu.Unlock()
	return out
}

// isOneProblem wants one error and one hint.
func (l *learner) isOneProblem(out string) {
	l.t.Helper()
	for _, kind := range []string{"ui.error", "ui.hint"} {
		if got := strings.Count(out, "docker-tutor: "+l.say(kind)+": "); got != 1 {
			l.t.Errorf("%d times %q, want once:\n%s", got, l.say(kind), out)
		}
	}
}

// Without a daemon the menu and the readings work, and opening an exercise says what is
// wrong, once.
func TestPlugPulledBefore(t *testing.T) {
	p := newPlug(t)
	p.pull()
	l := newLearner(t, content.French, "DOCKER_HOST="+p.host())
	l.isAt("filters")
	s := l.sits()
	s.waitFor(l.say("home.no-engine"))
	l.takesFirst()
	l.awaits("Filtrer la liste")
	out := l.oneProblem("home.title", func() { l.takes("reading.title", "reading.next") })
	if !strings.Contains(out, "ne répond pas") {
		t.Errorf("the error says:\n%s", out)
	}
	if labs := l.labs(); len(labs) > 0 {
		t.Errorf("labs without an engine: %v", labs)
	}
	p.push()
	l.takesFirst()
	s.waitFor(labPrompt)
	l.finishes()
	s.exits(0)
}
