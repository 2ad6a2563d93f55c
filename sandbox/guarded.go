package sandbox

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"docker-tutor/checker"
	"docker-tutor/sandbox/guard"
)

// openGuard puts the guard between the lab's docker CLI and the engine. Where that cannot
// be, Unguarded says why, and the lab does without: read-only commands leave no trace
// then, and nothing keeps the learner's own objects.
func (l *Lab) openGuard(refusal func(id, object string) string) error {
	if err := l.made.open(filepath.Join(l.Dir, "made")); err != nil {
		return &Problem{ID: "lab-folder", Args: map[string]any{"dir": l.root, "reason": err.Error()}, Err: err}
	}
	ahead := l.State.ClockAhead
	g, err := guard.Open(l.socket("guard"), guard.Options{
		Dial: l.Engine.Dialer(),
		Keep: &guard.Keeper{
			Daemon: l.Engine.Client, Baseline: l.State.Baseline, Label: l.label(), Built: l.made.built,
			Made: l.made.add, Owns: l.made.has,
		},
		Record: func(c checker.Call) {
			l.made.addBuild(c, ahead)
			l.journal.record(c)
		},
		Words: inWords(refusal),
	})
	if err != nil {
		l.Unguarded = err.Error()
		return nil
	}
	l.guard = g
	return nil
}

func inWords(refusal func(id, object string) string) func(guard.Refusal) string {
	if refusal == nil {
		return nil
	}
	return func(r guard.Refusal) string { return refusal(r.ID, r.Object) }
}

// closeGuard ends what still goes through the guard, and takes its socket away.
func (l *Lab) closeGuard() {
	if l.guard != nil {
		l.guard.Close()
	}
	l.made.close()
	os.Remove(l.socket("guard"))
}

// label is what the guard puts on all that the lab makes.
func (l *Lab) label() string { return labLabel + "=" + l.State.ID }

// dockerVariables are what would lead the lab's docker CLI elsewhere, or would have it
// speak to the guard's socket as it must to another (docker/cli, "Environment variables").
var dockerVariables = []string{
	"DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_TLS", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH", "DOCKER_API_VERSION",
}

// GuardHost is the guard's address as docker takes it; empty where there is no guard.
func (l *Lab) GuardHost() string {
	if l.guard == nil {
		return ""
	}
	return "unix://" + l.socket("guard")
}

// dockerEnviron is the process's environment, with what makes a docker CLI talk to the
// engine, by way of the guard where there is one.
func (l *Lab) dockerEnviron() []string {
	if l.guard == nil {
		return append(os.Environ(), l.Engine.Env...)
	}
	env := slices.DeleteFunc(os.Environ(), func(e string) bool {
		name, _, _ := strings.Cut(e, "=")
		return slices.Contains(dockerVariables, name)
	})
	return append(env, "DOCKER_HOST="+l.GuardHost())
}

// ledger remembers on disk what the lab made and no label can tell: "volume" and "image"
// names. It outlives the process, since a clean-up needs it.
type ledger struct {
	mu   sync.Mutex
	file *os.File
	made map[string]bool
}

func (m *ledger) open(path string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	m.file, m.made = file, map[string]bool{}
	for lines := bufio.NewScanner(file); lines.Scan(); {
		m.made[lines.Text()] = true
	}
	return nil
}

func (m *ledger) add(kind, name string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if line := kind + " " + name; !m.made[line] {
		m.made[line] = true
		fmt.Fprintln(m.file, line) // a line that is lost leaves a doubtful object, no more
	}
}

func (m *ledger) has(kind, name string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.made[kind+" "+name]
}

func (m *ledger) close() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.file != nil {
		m.file.Close()
	}
}
