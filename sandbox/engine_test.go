package sandbox

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/events"
	"github.com/docker/docker/api/types/volume"
	"github.com/docker/docker/client"
)

// noSettings gives the test a docker CLI without settings of its own, and the folder that
// they would be in.
func noSettings(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_TLS", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH"} {
		t.Setenv(name, "")
		os.Unsetenv(name)
	}
	dir := t.TempDir()
	t.Setenv("DOCKER_CONFIG", dir)
	return dir
}

// dockerContext has the docker CLI itself make a context.
func dockerContext(t *testing.T, dir, name, endpoint string) {
	t.Helper()
	cmd := exec.Command("docker", "--config", dir, "context", "create", name, "--docker", endpoint)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

func deadSocket(t *testing.T) string {
	t.Helper()
	path := filepath.Join(shortDir(t), "dead.sock")
	l := listen(t, path)
	l.(*net.UnixListener).SetUnlinkOnClose(false)
	l.Close()
	return "unix://" + path
}

func wantEngine(t *testing.T, source, host string) *Engine {
	t.Helper()
	e, err := FindEngine(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	if e.Source != source || e.Host != host {
		t.Errorf("engine: got %s at %s, want %s at %s", e.Source, e.Host, source, host)
	}
	if _, err := e.Info(t.Context()); err != nil {
		t.Errorf("asking the engine: %v", err)
	}
	return e
}

func TestEngineChosenByHand(t *testing.T) {
	real := newBench(t).e.Host
	dir := noSettings(t)
	dead := deadSocket(t)
	dockerContext(t, dir, "alive", "host="+real)
	dockerContext(t, dir, "dead", "host="+dead)

	t.Run("nothing chosen", func(t *testing.T) { wantEngine(t, "socket", client.DefaultDockerHost) })
	t.Run("DOCKER_CONTEXT", func(t *testing.T) {
		t.Setenv("DOCKER_CONTEXT", "alive")
		wantEngine(t, "context alive", real)
	})
	t.Run("current context", func(t *testing.T) {
		writeJSON(t, filepath.Join(dir, "config.json"), map[string]string{"currentContext": "alive"})
		wantEngine(t, "context alive", real)
		t.Setenv("DOCKER_CONTEXT", "default")
		wantEngine(t, "socket", client.DefaultDockerHost)
	})
	t.Run("DOCKER_HOST wins over a context", func(t *testing.T) {
		t.Setenv("DOCKER_CONTEXT", "dead")
		t.Setenv("DOCKER_HOST", real)
		wantEngine(t, "DOCKER_HOST", real)
	})
	t.Run("no other engine in place of a dead one", func(t *testing.T) {
		t.Setenv("DOCKER_CONTEXT", "dead")
		_, err := FindEngine(t.Context())
		p := wantProblem(t, err, "engine-unreachable")
		if p.Args["source"] != "context dead" || p.Args["host"] != dead || !IsSilence(err) {
			t.Errorf("problem: got %v, silence %v", p.Args, IsSilence(err))
		}
		t.Setenv("DOCKER_HOST", dead)
		_, err = FindEngine(t.Context())
		if p = wantProblem(t, err, "engine-unreachable"); p.Args["source"] != "DOCKER_HOST" {
			t.Errorf("problem: got %v, want DOCKER_HOST as its source", p.Args)
		}
	})
	t.Run("asked to stop", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := FindEngine(ctx); err != context.Canceled {
			t.Errorf("got %v, want %v", err, context.Canceled)
		}
	})
}

func TestBrokenSettings(t *testing.T) {
	dir := noSettings(t)
	dockerContext(t, dir, "half", "host=unix:///nowhere")
	meta, err := filepath.Glob(filepath.Join(dir, "contexts/meta/*/meta.json"))
	if err != nil || len(meta) != 1 {
		t.Fatalf("got %v %v, want one context", meta, err)
	}
	for _, c := range []struct {
		name, path, text, context, reason string
	}{
		{"broken config.json", filepath.Join(dir, "config.json"), `{"currentContext": `, "", "config.json"},
		{"missing context", filepath.Join(dir, "config.json"), `{"currentContext": "missing"}`, "", `"missing"`},
		{"broken meta.json", meta[0], `{"Name": `, "half", `"half"`},
		{"no docker endpoint", meta[0], `{"Name": "half", "Endpoints": {}}`, "half", "names no docker host"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv("DOCKER_CONTEXT", c.context)
			if err := os.WriteFile(c.path, []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := FindEngine(t.Context())
			p := wantProblem(t, err, "engine-context")
			if reason := p.Args["reason"].(string); !strings.Contains(reason, c.reason) {
				t.Errorf("reason: got %q, want %q in it", reason, c.reason)
			}
		})
	}
}

// The same daemon behind TLS, reached by contexts and by the environment.
func TestEngineBehindTLS(t *testing.T) {
	e := newBench(t).e
	dir := noSettings(t)
	a := newAuthority(t)
	file := func(name string) string { return filepath.Join(a.dir, name) }
	strict := newRelay(t, e, a.listen(tls.RequireAndVerifyClientCert))
	open := newRelay(t, e, a.listen(tls.NoClientCert))
	host := func(r *relay) string { return "tcp://" + r.listener.Addr().String() }
	client := ",cert=" + file("cert.pem") + ",key=" + file("key.pem")

	dockerContext(t, dir, "both", "host="+host(strict)+",ca="+file("ca.pem")+client)
	dockerContext(t, dir, "server-only", "host="+host(open)+",ca="+file("ca.pem"))
	dockerContext(t, dir, "unchecked", "host="+host(open)+",skip-tls-verify=true")
	dockerContext(t, dir, "stranger", "host="+host(strict)+",ca="+file("ca.pem"))
	for name, r := range map[string]*relay{"both": strict, "server-only": open, "unchecked": open} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("DOCKER_CONTEXT", name)
			wantEngine(t, "context "+name, host(r))
		})
	}
	t.Run("without a certificate of one's own", func(t *testing.T) {
		t.Setenv("DOCKER_CONTEXT", "stranger")
		_, err := FindEngine(t.Context())
		wantProblem(t, err, "engine-unreachable")
	})
	t.Run("environment", func(t *testing.T) {
		t.Setenv("DOCKER_HOST", host(strict))
		t.Setenv("DOCKER_TLS_VERIFY", "1")
		t.Setenv("DOCKER_CERT_PATH", a.dir)
		wantEngine(t, "DOCKER_HOST", host(strict))
	})
	t.Run("another authority's server", func(t *testing.T) {
		t.Setenv("DOCKER_HOST", host(strict))
		t.Setenv("DOCKER_TLS_VERIFY", "1")
		t.Setenv("DOCKER_CERT_PATH", newAuthority(t).dir)
		_, err := FindEngine(t.Context())
		wantProblem(t, err, "engine-unreachable")
	})
}

// strangerChild looks for an engine as a user who may not, and prints the problem's id.
func strangerChild() {
	if os.Geteuid() == 0 {
		syscall.Setgroups(nil)
		syscall.Setgid(65534)
		syscall.Setuid(65534)
	}
	var p *Problem
	if _, err := FindEngine(context.Background()); errors.As(err, &p) {
		fmt.Print(p.ID)
	}
}

func TestForbiddenSocket(t *testing.T) {
	t.Parallel()
	dir := shortDir(t)
	path := filepath.Join(dir, "forbidden.sock")
	l := listen(t, path)
	defer l.Close()
	if err := errors.Join(os.Chmod(dir, 0o755), os.Chmod(path, 0)); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childKey+"=stranger", "DOCKER_HOST=unix://"+path)
	out, err := cmd.CombinedOutput()
	if want := "engine-permission"; err != nil || string(out) != want {
		t.Errorf("got %s (%v), want %s", out, err, want)
	}
}

// answering is a server that answers each connection with these bytes, and hangs up.
func answering(t *testing.T, text string) *client.Client {
	t.Helper()
	path := filepath.Join(shortDir(t), "half.sock")
	l := listen(t, path)
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			conn.Read(make([]byte, 4096))
			io.WriteString(conn, text)
			conn.Close()
		}
	}()
	c, err := client.NewClientWithOpts(client.WithHost("unix://" + path))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestIsSilence(t *testing.T) {
	t.Parallel()
	e := newBench(t).e
	info := func(c *client.Client) error { _, err := c.Info(t.Context()); return err }
	dead, err := client.NewClientWithOpts(client.WithHost(deadSocket(t)))
	if err != nil {
		t.Fatal(err)
	}
	const head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
	_, half := answering(t, head+"Content-Length: 1000\r\n\r\n{\"Volumes\": ").VolumeList(t.Context(), volume.ListOptions{})
	_, broken := answering(t, head+"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n").Events(t.Context(), events.ListOptions{})
	_, unknown := e.ContainerInspect(t.Context(), "dt-sandboxtest-nothing")
	_, wrong := e.ContainerCreate(t.Context(), &container.Config{}, nil, nil, nil, "")
	_, unheard := net.Listen("unix", filepath.Join(t.TempDir(), "no", "folder"))
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	_, cancelled := e.Info(stopped)
	late, cancel := context.WithTimeout(t.Context(), 0)
	defer cancel()
	_, slow := e.Info(late)
	for name, c := range map[string]struct {
		err  error
		want bool
	}{
		"dead socket":           {info(dead), true},
		"hung up at once":       {info(answering(t, "")), true},
		"hung up mid-answer":    {half, true},
		"hung up mid-event":     {<-broken, true},
		"no answer in time":     {slow, true},
		"no such container":     {unknown, false},
		"wrong request":         {wrong, false},
		"socket not listenable": {unheard, false},
		"asked to stop":         {cancelled, false},
		"nothing wrong":         {nil, false},
	} {
		if name != "nothing wrong" && c.err == nil {
			t.Errorf("%s: got no error", name)
		}
		if got := IsSilence(c.err); got != c.want {
			t.Errorf("%s: %v: got %v, want %v", name, c.err, got, c.want)
		}
	}
}
