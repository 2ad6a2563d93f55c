package checker

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"syscall"
	"time"

	"docker-tutor/lessons"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/go-connections/nat"
)

// oneRequest bounds a request, so that a server that says nothing does not hold the prompt.
const oneRequest = time.Second

// http judges what a published port answers. It asks once: a server that may still be
// starting is waited for by whoever judges.
func (j *judge) http(ctx context.Context, want *lessons.HTTP, keep bool) (*Diagnosis, error) {
	at, d, err := j.server(ctx, want, keep)
	if d != nil || err != nil {
		return d, err
	}
	path := cmp.Or(want.Path, "/")
	url := "http://" + at.address + path
	a := args{"name": at.name, "port": at.port}
	answer, err := get(ctx, url)
	if err != nil && ctx.Err() != nil {
		return nil, fmt.Errorf("asking %s: %w", url, ctx.Err())
	}
	if d = unanswered(err, at, a); d == nil {
		a["path"] = path
		d = otherAnswer(want, answer, a)
	}
	if d == nil {
		return nil, nil
	}
	d.Look = cmp.Or(d.Look, "docker logs "+at.name)
	if err != nil || answer.status >= http.StatusInternalServerError {
		d.wait(j.leftSince(at.container, within(want.Within, usualWait)))
	}
	return d, nil
}

// server is a published port of a running container.
type server struct {
	container *container.InspectResponse
	name      string
	inside    string // the port in the container
	port      string // of the host
	address   string // as it is reached from here
}

// server finds the published port, and the container that it belongs to.
func (j *judge) server(ctx context.Context, want *lessons.HTTP, keep bool) (*server, *Diagnosis, error) {
	name := want.Container
	if name == "" {
		published, err := j.publisher(ctx, want.Port)
		if published == "" || err != nil {
			return nil, diagnose(false, "http-nobody-publishes", "docker ps", args{"port": want.Port}), err
		}
		name = published
	}
	d, err := j.container(ctx, &lessons.Container{Name: name, State: "running"}, keep)
	if d != nil || err != nil {
		return nil, d, err
	}
	found, err := j.view.container(ctx, name)
	if err != nil {
		return nil, nil, err
	}
	for inside, bindings := range found.NetworkSettings.Ports {
		for _, b := range bindings {
			if inside.Proto() == "tcp" && (want.Container == "" && b.HostPort == want.Port || want.Container != "" && inside.Port() == want.Port) {
				return j.serverAt(found, inside, b), nil, nil
			}
		}
	}
	return nil, diagnose(true, "http-not-published", "docker port "+name, args{"name": name, "port": want.Port}), nil
}

func (j *judge) serverAt(found *container.InspectResponse, inside nat.Port, b nat.PortBinding) *server {
	host := cmp.Or(j.ev.Host, "127.0.0.1")
	if ip := net.ParseIP(b.HostIP); j.ev.Host == "" && ip != nil && !ip.IsUnspecified() {
		host = b.HostIP
	}
	return &server{
		container: found, name: strings.TrimPrefix(found.Name, "/"),
		inside: inside.Port(), port: b.HostPort, address: net.JoinHostPort(host, b.HostPort),
	}
}

// publisher gives the name of the container that publishes a port of the host, or nothing.
func (j *judge) publisher(ctx context.Context, port string) (string, error) {
	all, err := j.view.containersWith(ctx, filters.Arg("publish", port), filters.Arg("status", "running"))
	for _, c := range all {
		for _, p := range c.Ports {
			if p.PublicPort != 0 && strconv.Itoa(int(p.PublicPort)) == port && p.Type == "tcp" && len(c.Names) > 0 {
				return strings.TrimPrefix(c.Names[0], "/"), nil
			}
		}
	}
	return "", err
}

// answer is what came back.
type httpAnswer struct {
	status int
	body   string
}

// asker asks without any proxy: the port is on the engine's own machine.
var asker = &http.Client{Timeout: oneRequest, Transport: &http.Transport{DisableKeepAlives: true}}

func get(ctx context.Context, url string) (*httpAnswer, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	response, err := asker.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, mostContent))
	return &httpAnswer{response.StatusCode, string(body)}, err
}

// hungUp tells that the other side ended the connection. Where it did before the question
// was out, net/http says so in words alone (transport.go: errServerClosedIdle).
func hungUp(err error) bool {
	return errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) || errors.Is(err, io.EOF) ||
		errors.Is(err, io.ErrUnexpectedEOF) || strings.Contains(err.Error(), "server closed idle connection")
}

// unanswered tells the ways in which no answer came apart. Docker itself listens on the
// port that it publishes: when nothing does so in the container, it hangs up.
func unanswered(err error, at *server, a args) *Diagnosis {
	var timeout net.Error
	switch {
	case err == nil:
		return nil
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, syscall.EHOSTUNREACH):
		a["inside"] = at.inside
		return diagnose(true, "http-refused", "", a)
	case hungUp(err):
		a["inside"] = at.inside
		return diagnose(true, "http-reset", "", a)
	case errors.As(err, &timeout) && timeout.Timeout():
		return diagnose(true, "http-silent", "", a)
	}
	a["reason"] = clip(innermost(err).Error())
	return diagnose(true, "http-not-http", "", a)
}

// innermost gives the reason without the layers that name the request again.
func innermost(err error) error {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err
		}
		err = inner
	}
}

// otherAnswer compares an answer with the one wanted.
func otherAnswer(want *lessons.HTTP, answer *httpAnswer, a args) *Diagnosis {
	body, wanted := plainText(answer.body), cmp.Or(want.Status, http.StatusOK)
	switch {
	case answer.status != wanted && answer.status == http.StatusNotFound:
		return diagnose(true, "http-not-found", "", a)
	case answer.status != wanted:
		a["found"], a["wanted"] = answer.status, wanted
		return diagnose(true, "http-other-status", "", a)
	case want.Equals != "" && body != plainText(want.Equals):
		a["found"], a["wanted"] = clip(oneLine(body)), clip(oneLine(want.Equals))
		return diagnose(true, "http-other-body", "", a)
	case want.Contains != "" && !strings.Contains(body, want.Contains):
		a["found"], a["wanted"] = clip(oneLine(body)), clip(want.Contains)
		return diagnose(true, "http-lacks-text", "", a)
	}
	return nil
}
