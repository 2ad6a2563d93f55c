package guard

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"

	"docker-tutor/checker"
)

// BuildKit's API is gRPC, over HTTP/2 on a connection that a call to /grpc takes over
// (docker/docker, api/server/router/grpc). The guard ends HTTP/2 on both sides, to read
// what is built and pruned; every other method passes as it is.
const (
	controlService = "/moby.buildkit.v1.Control/"

	solveMethod  = "/moby.buildkit.v1.Control/Solve"
	pruneMethod  = "/moby.buildkit.v1.Control/Prune"
	bridgeMethod = "/moby.buildkit.v1.frontend.LLBBridge/Solve"
)

// Status codes of gRPC (grpc.io/docs/guides/status-codes).
const (
	grpcPermissionDenied = 7
	grpcUnavailable      = 14
)

// buildKit passes on a connection of BuildKit's clients.
func (g *Guard) buildKit(w http.ResponseWriter, r *http.Request, call checker.Call) {
	client, daemon, status, ok := g.takeOver(w, r)
	call.Status = status
	g.record(call)
	if !ok {
		return
	}
	defer g.drop(client, daemon)
	b := &builds{guard: g, argv: call.Argv, solves: map[string]*solve{}}
	onlyHTTP2 := new(http.Protocols)
	onlyHTTP2.SetUnencryptedHTTP2(true)
	transport := &http.Transport{
		Protocols:          onlyHTTP2,
		DisableCompression: true,
		DialContext: func(context.Context, string, string) (net.Conn, error) {
			// When the daemon goes, so must the client, who would wait for ever.
			return &watched{Conn: daemon, gone: sync.OnceFunc(func() { client.Close() })}, nil
		},
	}
	defer transport.CloseIdleConnections()
	b.proxy = &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(&url.URL{Scheme: "http", Host: "docker"})
			r.Out.Host = r.In.Host
		},
		Transport:     transport,
		FlushInterval: -1,
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, err error) {
			refuseGRPC(w, grpcUnavailable, silence(err))
		},
		ErrorLog: g.proxy.ErrorLog,
	}
	server := &http.Server{Protocols: onlyHTTP2, Handler: b, ErrorLog: g.proxy.ErrorLog}
	server.Serve(newSingle(client))
}

// builds serves one connection of a BuildKit client.
type builds struct {
	guard *Guard
	argv  []string
	proxy *httputil.ReverseProxy

	mu     sync.Mutex
	solves map[string]*solve // under way on this connection, by ref: their frontends may follow
}

func (b *builds) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case solveMethod:
		b.build(w, r)
	case bridgeMethod:
		b.frontend(w, r)
	case pruneMethod:
		b.prune(w, r)
	default:
		if strings.HasPrefix(r.URL.Path, controlService) {
			call := b.call(r)
			call.Status = http.StatusOK // of its start: some of these stream
			b.guard.record(call)
		}
		b.proxy.ServeHTTP(w, r)
	}
}

// build judges and labels one build, and records it when it has ended: whether it worked
// is known only then.
func (b *builds) build(w http.ResponseWriter, r *http.Request) {
	message, err := readMessage(r)
	if err != nil {
		refuseGRPC(w, grpcUnavailable, err.Error())
		return
	}
	s := readSolve(message)
	b.note(s)
	defer b.forget(s)
	call := b.call(r)
	if k := b.guard.options.Keep; k != nil {
		if err := k.solve(s); err != nil {
			call.Status, call.Refused, call.Build = http.StatusForbidden, true, s.facts()
			b.guard.record(call)
			refuseGRPC(w, grpcPermissionDenied, b.guard.words(err))
			return
		}
		message = labelled(message, solveAttributes, k.Label)
	}
	setMessage(r, message)
	b.proxy.ServeHTTP(w, r)
	call.Build, call.Status = s.facts(), httpStatus(w.Header())
	b.guard.record(call)
}

// frontend is where newer clients say what is built: they drive the frontend themselves.
func (b *builds) frontend(w http.ResponseWriter, r *http.Request) {
	message, err := readMessage(r)
	if err != nil {
		refuseGRPC(w, grpcUnavailable, err.Error())
		return
	}
	if s := b.solve(r.Header.Get(refHeader)); s != nil {
		s.readFrontend(message)
	}
	if k := b.guard.options.Keep; k != nil {
		message = labelled(message, bridgeAttributes, k.Label)
	}
	setMessage(r, message)
	b.proxy.ServeHTTP(w, r)
}

// refHeader names the build that a message belongs to (moby/buildkit, client/buildid).
const refHeader = "Buildkit-Controlapi-Buildid"

func (b *builds) note(s *solve) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.solves[s.ref] = s
}

func (b *builds) forget(s *solve) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.solves, s.ref)
}

func (b *builds) solve(ref string) *solve {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.solves[ref]
}

// prune has the build cache go by the ids of what is the lab's.
func (b *builds) prune(w http.ResponseWriter, r *http.Request) {
	message, err := readMessage(r)
	if err != nil {
		refuseGRPC(w, grpcUnavailable, err.Error())
		return
	}
	call := b.call(r)
	if k := b.guard.options.Keep; k != nil {
		ids, err := k.newCache(r.Context())
		if err != nil {
			refuseGRPC(w, grpcUnavailable, err.Error())
			return
		}
		message = narrowPrune(message, ids)
	}
	setMessage(r, message)
	b.proxy.ServeHTTP(w, r)
	call.Status = httpStatus(w.Header())
	b.guard.record(call)
}

func (b *builds) call(r *http.Request) checker.Call {
	c, _ := newCall(r)
	c.Argv = b.argv
	c.Path = "grpc/" + strings.TrimPrefix(r.URL.Path, "/")
	return c
}

// maxMessage bounds a build's request: its definition may hold a Dockerfile inline.
const maxMessage = 64 << 20

// readMessage reads the one message of a unary call: a byte that tells whether it is
// compressed, four of length, and the message (gRPC over HTTP2, "Length-Prefixed-Message").
func readMessage(r *http.Request) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxMessage))
	if err != nil {
		return nil, fmt.Errorf("reading what is to be built: %w", err)
	}
	if len(body) < 5 || body[0] != 0 || int(binary.BigEndian.Uint32(body[1:5])) != len(body)-5 {
		return nil, errors.New("the guard does not understand this build's request")
	}
	return body[5:], nil
}

func setMessage(r *http.Request, message []byte) {
	framed := binary.BigEndian.AppendUint32([]byte{0}, uint32(len(message)))
	framed = append(framed, message...)
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(framed)), int64(len(framed))
	r.Header.Del("Content-Length")
}

// refuseGRPC answers with an error alone, as gRPC has it: in the head.
func refuseGRPC(w http.ResponseWriter, code int, message string) {
	w.Header().Set("Content-Type", "application/grpc")
	w.Header().Set("Grpc-Status", fmt.Sprint(code))
	w.Header().Set("Grpc-Message", url.PathEscape(message))
	w.WriteHeader(http.StatusOK)
}

// httpStatus gives the status that a gRPC answer would have as a call of HTTP.
func httpStatus(h http.Header) int {
	for _, key := range []string{"Grpc-Status", http.TrailerPrefix + "Grpc-Status"} {
		switch h.Get(key) {
		case "":
		case "0":
			return http.StatusOK
		default:
			return http.StatusInternalServerError
		}
	}
	return http.StatusBadGateway // the connection ended before the answer did
}

// single is a listener with one connection, at its end when that is closed.
type single struct {
	conn   chan net.Conn
	closed chan struct{}
	addr   net.Addr
}

func newSingle(c net.Conn) *single {
	s := &single{conn: make(chan net.Conn, 1), closed: make(chan struct{}), addr: c.LocalAddr()}
	s.conn <- &watched{Conn: c, gone: sync.OnceFunc(func() { close(s.closed) })}
	return s
}

func (s *single) Accept() (net.Conn, error) {
	select {
	case c := <-s.conn:
		return c, nil
	case <-s.closed:
		return nil, net.ErrClosed
	}
}

func (s *single) Close() error   { return nil }
func (s *single) Addr() net.Addr { return s.addr }

// watched is a connection that tells when it has ended, by either side.
type watched struct {
	net.Conn
	gone func()
}

func (c *watched) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if err != nil {
		c.gone()
	}
	return n, err
}

func (c *watched) Close() error {
	err := c.Conn.Close()
	c.gone()
	return err
}
