package sandbox

import (
	"errors"
	"io"
	"net"
	"testing"
)

func findings(list []Finding) map[string]Finding {
	byID := map[string]Finding{}
	for _, f := range list {
		byID[f.ID] = f
	}
	return byID
}

func TestDoctor(t *testing.T) {
	e := newBench(t).e
	found := findings(Doctor(t.Context(), e, nil, t.TempDir()))
	for _, id := range []string{"engine", "context", "version", "store", "base", "cli"} {
		if f, ok := found[id]; !ok || f.Health != Good {
			t.Errorf("%s: got %+v, want it good", id, f)
		}
	}
	version, err := e.ServerVersion(t.Context())
	if err != nil || found["version"].Args["version"] != version.Version || found["engine"].Args["host"] != e.Host {
		t.Errorf("facts: got %+v, want %s (%v)", found, version.Version, err)
	}
	if f := findings(Doctor(t.Context(), e, nil, t.TempDir()+"/missing"))["disk-state"]; f.Health != Bad {
		t.Errorf("a state folder that is missing: got %+v", f)
	}
}

func TestDoctorWithoutAnEngine(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	found := findings(Doctor(t.Context(), nil, errors.New("no engine"), t.TempDir()))
	if f := found["engine"]; f.Health != Bad || f.Args["reason"] != "no engine" {
		t.Errorf("engine: got %+v", f)
	}
	for id, health := range map[string]string{"cli": Bad, "buildx": Warn, "compose": Warn} {
		if found[id].Health != health {
			t.Errorf("%s without a docker command: got %+v, want %s", id, found[id], health)
		}
	}
}

func TestBusyPort(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	if FreePort(port) {
		t.Errorf("port %d: got free, want busy", port)
	}
	l.Close()
	if !FreePort(port) {
		t.Errorf("port %d: got busy, want free", port)
	}
}

// A machine that is ready is left as it is; an engine that was chosen and does not answer
// is not replaced by another.
func TestPrepare(t *testing.T) {
	noSettings(t)
	note := func(id string, _ map[string]any) { t.Errorf("got %s, want nothing done", id) }
	e, err := Prepare(t.Context(), io.Discard, note)
	if err != nil {
		t.Fatal(err)
	}
	e.Close()
	t.Setenv("DOCKER_HOST", deadSocket(t))
	_, err = Prepare(t.Context(), io.Discard, note)
	wantProblem(t, err, "engine-unreachable")
	t.Setenv("DOCKER_HOST", "")
	t.Setenv("PATH", t.TempDir())
	_, err = Prepare(t.Context(), io.Discard, note)
	wantProblem(t, err, "docker-cli")
}
