package sandbox

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/docker/cli/cli/connhelper"
	"github.com/docker/docker/client"
	"github.com/docker/go-connections/tlsconfig"
)

// Engine is a Docker Engine that answered.
type Engine struct {
	*client.Client
	Source string // where it was found: "DOCKER_HOST", "context NAME", "socket"
	Host   string
	// Env makes a docker CLI talk to this engine; empty when it does so by itself.
	Env []string
}

// pingTimeout bounds the first answer of an engine. A local one takes under 2 ms, one
// behind ssh up to some seconds.
const pingTimeout = 10 * time.Second

// FindEngine looks for a Docker Engine the way the docker CLI does (DOCKER_HOST, then the
// current context), then at the usual sockets. The first that answers is used.
// The error is a *Problem that says what was tried and what kept it from working.
func FindEngine(ctx context.Context) (*Engine, error) {
	endpoints, err := endpoints()
	if err != nil {
		return nil, &Problem{ID: "engine-context", Args: map[string]any{"reason": err.Error()}, Err: err}
	}
	var failures []error
	for _, e := range endpoints {
		engine, err := e.dial(ctx)
		if err == nil {
			return engine, nil
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		failures = append(failures, err)
	}
	return nil, noEngine(endpoints, failures)
}

// endpoints lists where an engine may be. An explicit choice (DOCKER_HOST or a context)
// is the only one: falling back to another engine would teach on the wrong daemon.
func endpoints() ([]endpoint, error) {
	if host := os.Getenv("DOCKER_HOST"); host != "" {
		e := endpoint{Source: "DOCKER_HOST", Host: host}
		if os.Getenv("DOCKER_TLS_VERIFY") != "" || os.Getenv("DOCKER_TLS") != "" {
			e.TLSDir = os.Getenv("DOCKER_CERT_PATH")
			if e.TLSDir == "" {
				e.TLSDir = dockerConfigDir()
			}
			e.SkipVerify = os.Getenv("DOCKER_TLS_VERIFY") == ""
		}
		return []endpoint{e}, nil
	}
	name, err := currentContext()
	if err != nil {
		return nil, err
	}
	if name != "" {
		e, err := contextEndpoint(name)
		return []endpoint{e}, err
	}
	return usualSockets(), nil
}

// usualSockets are where Docker's packages put theirs: the system daemon, Docker Desktop,
// a rootless daemon, Colima, Rancher Desktop and OrbStack.
func usualSockets() []endpoint {
	list := []endpoint{{Source: "socket", Host: client.DefaultDockerHost}}
	home, _ := os.UserHomeDir()
	paths := []string{filepath.Join(home, ".docker/run/docker.sock")}
	if dir := os.Getenv("XDG_RUNTIME_DIR"); dir != "" {
		paths = append(paths, filepath.Join(dir, "docker.sock"))
	}
	for _, p := range []string{".colima/default/docker.sock", ".rd/docker.sock", ".orbstack/run/docker.sock"} {
		paths = append(paths, filepath.Join(home, p))
	}
	for _, path := range paths {
		if _, err := os.Stat(path); err == nil {
			host := "unix://" + path
			list = append(list, endpoint{Source: "socket", Host: host, Env: []string{"DOCKER_HOST=" + host}})
		}
	}
	return list
}

// dial connects and asks for a sign of life, which also settles the API version.
func (e endpoint) dial(ctx context.Context) (*Engine, error) {
	opts, err := e.options()
	if err != nil {
		return nil, err
	}
	c, err := client.NewClientWithOpts(opts...)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, pingTimeout)
	defer cancel()
	ping, err := c.Ping(ctx)
	if err != nil {
		c.Close()
		return nil, err
	}
	c.NegotiateAPIVersionPing(ping)
	return &Engine{Client: c, Source: e.Source, Host: e.Host, Env: e.Env}, nil
}

func (e endpoint) options() ([]client.Opt, error) {
	if strings.HasPrefix(e.Host, "ssh://") {
		helper, err := connhelper.GetConnectionHelper(e.Host)
		if err != nil {
			return nil, err
		}
		return []client.Opt{
			client.WithHTTPClient(&http.Client{Transport: &http.Transport{DialContext: helper.Dialer}}),
			client.WithHost(helper.Host), client.WithDialContext(helper.Dialer),
			client.WithAPIVersionNegotiation(),
		}, nil
	}
	opts := []client.Opt{client.WithHost(e.Host), client.WithAPIVersionNegotiation()}
	if e.TLSDir == "" && !e.SkipVerify {
		return opts, nil
	}
	config, err := tlsconfig.Client(tlsconfig.Options{
		CAFile:             e.tlsFile("ca.pem"),
		CertFile:           e.tlsFile("cert.pem"),
		KeyFile:            e.tlsFile("key.pem"),
		InsecureSkipVerify: e.SkipVerify,
		ExclusiveRootPools: true,
	})
	if err != nil {
		return nil, err
	}
	tls := &http.Client{Transport: &http.Transport{TLSClientConfig: config}}
	return append([]client.Opt{client.WithHTTPClient(tls)}, opts...), nil
}

// tlsFile gives the path of a file of the engine's TLS settings, or nothing: each may be
// missing, as where only the engine shows a certificate.
func (e endpoint) tlsFile(name string) string {
	path := filepath.Join(e.TLSDir, name)
	if _, err := os.Stat(path); e.TLSDir == "" || os.IsNotExist(err) {
		return ""
	}
	return path
}

// noEngine names the cause as closely as the failures tell: a wrong cause costs learners
// more time than no cause.
func noEngine(tried []endpoint, failures []error) error {
	last := errors.Join(failures...)
	args := map[string]any{"host": tried[0].Host, "source": tried[0].Source, "reason": failures[0].Error()}
	id := "engine-missing"
	switch {
	case errors.Is(last, fs.ErrPermission) || errors.Is(last, syscall.EACCES) || strings.Contains(last.Error(), "permission denied"):
		id = "engine-permission"
	case len(tried) == 1 && tried[0].Source != "socket":
		id = "engine-unreachable"
	case !hasDockerd():
		id = "engine-missing"
	default:
		id = "engine-stopped"
	}
	return &Problem{ID: id, Args: args, Err: last}
}

func hasDockerd() bool {
	for _, name := range []string{"dockerd", "/usr/sbin/dockerd", "/usr/bin/dockerd", "/Applications/Docker.app"} {
		if _, err := exec.LookPath(name); err == nil {
			return true
		}
		if _, err := os.Stat(name); err == nil && filepath.IsAbs(name) {
			return true
		}
	}
	return false
}

// IsSilence tells an engine that does not answer from one that answers with an error.
func IsSilence(err error) bool {
	var op *net.OpError
	return client.IsErrConnectionFailed(err) || errors.As(err, &op) && op.Op != "listen" ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, context.DeadlineExceeded)
}
