package guard

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"strconv"
	"sync"
	"time"

	"docker-tutor/checker"
)

// Options say what a guard stands before, and whom it tells.
type Options struct {
	// Dial opens a connection to the daemon.
	Dial func(ctx context.Context) (net.Conn, error)
	// Keep says what must stay as it is; nil lets all pass.
	Keep *Keeper
	// Record is told of every call, of one that streams at its start. It must be quick, and
	// may be called from several goroutines at once. It may be nil.
	Record func(checker.Call)
	// Words puts a refusal into the learner's language; nil leaves its id.
	Words func(Refusal) string
}

// Refusal is why a call is kept from the daemon.
type Refusal struct {
	ID     string // "kept-container", …: the words are "guard.<ID>"
	Object string // what would have been harmed
}

func (r *Refusal) Error() string { return r.ID + ": " + r.Object }

// Guard is an open proxy.
type Guard struct {
	options Options
	server  *http.Server
	proxy   *httputil.ReverseProxy
	daemon  *http.Transport

	mu     sync.Mutex
	raw    map[net.Conn]bool // taken-over connections, which the server does not close
	closed bool
}

// copyBuffer is the size of the pieces in which bodies pass: with 512 KiB docker save of a
// large image is as fast as without the guard.
const copyBuffer = 512 << 10

// readBuffer lets several of the daemon's chunks, of 32 KiB each, pass as one.
const readBuffer = 128 << 10

type buffers struct{ sync.Pool }

func (b *buffers) Get() []byte  { return *b.Pool.Get().(*[]byte) }
func (b *buffers) Put(p []byte) { b.Pool.Put(&p) }

// Open listens on a unix socket at path, for this user alone, and serves until Close.
func Open(path string, o Options) (*Guard, error) {
	listener, err := listen(path)
	if err != nil {
		return nil, err
	}
	g := &Guard{options: o, raw: map[net.Conn]bool{}}
	g.daemon = &http.Transport{
		DialContext:         func(ctx context.Context, _, _ string) (net.Conn, error) { return o.Dial(ctx) },
		DisableCompression:  true,
		ReadBufferSize:      readBuffer,
		MaxIdleConns:        0,
		MaxIdleConnsPerHost: 64,
		IdleConnTimeout:     time.Minute,
	}
	daemon := &url.URL{Scheme: "http", Host: "docker"}
	g.proxy = &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(daemon)
			r.Out.Host = r.In.Host
			// A reverse proxy drops what asks for an upgrade only where it does not
			// handle it; nothing else of the request is touched.
			r.Out.Header = r.In.Header.Clone()
		},
		Transport:      g.daemon,
		ModifyResponse: g.completeAnswer,
		FlushInterval:  -1, // logs, events and stats are streams
		BufferPool:     &buffers{sync.Pool{New: func() any { p := make([]byte, copyBuffer); return &p }}},
		ErrorHandler:   func(w http.ResponseWriter, _ *http.Request, err error) { fail(w, http.StatusBadGateway, silence(err)) },
		ErrorLog:       log.New(io.Discard, "", 0),
	}
	g.server = &http.Server{Handler: g, ErrorLog: g.proxy.ErrorLog, ConnContext: withPeer}
	go g.server.Serve(listener)
	return g, nil
}

// listen makes the socket with the user's rights alone from its first moment.
func listen(path string) (net.Listener, error) {
	os.Remove(path)
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, fmt.Errorf("opening the guard's socket: %w", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		l.Close()
		return nil, fmt.Errorf("opening the guard's socket: %w", err)
	}
	return l, nil
}

// Close ends every connection, streams too.
func (g *Guard) Close() error {
	err := g.server.Close()
	g.daemon.CloseIdleConnections()
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = true
	for conn := range g.raw {
		conn.Close()
	}
	return err
}

// ServeHTTP passes one call on, or refuses it.
func (g *Guard) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	call, err := newCall(r)
	if err == nil && g.options.Keep != nil {
		err = g.options.Keep.admit(r, call.Endpoint)
	}
	switch {
	case err != nil:
		g.answer(w, call, err)
	case call.Path == "grpc":
		g.buildKit(w, r, call)
	case r.Header.Get("Upgrade") != "":
		g.upgrade(w, r, call)
	case call.Build != nil:
		// Recorded when it has ended, as BuildKit's are.
		defer func() { g.record(call) }()
		if k := g.options.Keep; k != nil {
			w = &steps{ResponseWriter: w, made: k.noteMade}
		}
		g.pass(w, r, call.Endpoint, func(status int) { call.Status = status })
	default:
		g.pass(w, r, call.Endpoint, func(status int) {
			call.Status = status
			g.record(call)
		})
	}
}

// pass has the daemon answer; started is called when the answer begins.
func (g *Guard) pass(w http.ResponseWriter, r *http.Request, e checker.Endpoint, started func(status int)) {
	g.proxy.ServeHTTP(&statusWriter{ResponseWriter: w, started: started}, r.WithContext(context.WithValue(r.Context(), endpointKey{}, e)))
}

type endpointKey struct{}

// completeAnswer lets the keeper finish what a narrowed prune could not reach, and note
// what a call has made besides.
func (g *Guard) completeAnswer(answer *http.Response) error {
	endpoint, ok := answer.Request.Context().Value(endpointKey{}).(checker.Endpoint)
	if !ok || g.options.Keep == nil || answer.StatusCode >= http.StatusMultipleChoices {
		return nil
	}
	complete := completions[endpoint.Method+" "+endpoint.Path]
	if complete == nil {
		return nil
	}
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	answer.Body.Close()
	body = complete(g.options.Keep, answer.Request, body)
	answer.Body, answer.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	answer.Header.Set("Content-Length", strconv.Itoa(len(body)))
	return nil
}

// answer speaks for the daemon, which does not see the call.
func (g *Guard) answer(w http.ResponseWriter, call checker.Call, err error) {
	var own *answered
	if errors.As(err, &own) {
		call.Status = own.Status
		g.record(call)
		writeJSON(w, own.Status, own.Body)
		return
	}
	call.Status, call.Refused = http.StatusForbidden, true
	g.record(call)
	fail(w, call.Status, g.words(err))
}

func (g *Guard) record(c checker.Call) {
	if g.options.Record != nil {
		g.options.Record(c)
	}
}

func (g *Guard) words(err error) string {
	var refusal *Refusal
	if errors.As(err, &refusal) && g.options.Words != nil {
		return g.options.Words(*refusal)
	}
	return err.Error()
}

// silence is the daemon's silence in the docker CLI's own words.
func silence(err error) string {
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "dial" && op.Addr != nil {
		return "Cannot connect to the Docker daemon at " + op.Net + "://" + op.Addr.String() + ". Is the docker daemon running?"
	}
	return "error during connect: " + err.Error()
}

// fail answers in the shape of the daemon's own errors, which the docker CLI prints word
// for word.
func fail(w http.ResponseWriter, status int, message string) {
	writeJSON(w, status, map[string]string{"message": message})
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(body)
}

// statusWriter tells when the answer begins: a call that streams counts from there.
type statusWriter struct {
	http.ResponseWriter
	started func(status int)
	once    sync.Once
}

func (s *statusWriter) WriteHeader(status int) {
	if status >= 200 {
		s.once.Do(func() { s.started(status) })
	}
	s.ResponseWriter.WriteHeader(status)
}

func (s *statusWriter) Write(p []byte) (int, error) {
	s.once.Do(func() { s.started(http.StatusOK) })
	return s.ResponseWriter.Write(p)
}

// Unwrap lets the reverse proxy flush.
func (s *statusWriter) Unwrap() http.ResponseWriter { return s.ResponseWriter }
