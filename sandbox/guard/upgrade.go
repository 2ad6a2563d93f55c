package guard

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"

	"docker-tutor/checker"
)

// upgrade passes on a call that takes over its connection: attach, exec, and BuildKit's
// session. It is done by hand, since a reverse proxy does not close one direction alone:
// echo hi | docker run -i … cat would print nothing.
func (g *Guard) upgrade(w http.ResponseWriter, r *http.Request, call checker.Call) {
	client, daemon, answer, ok := g.takeOver(w, r)
	call.Status = answer
	g.record(call)
	if !ok {
		return
	}
	defer g.drop(client, daemon)
	join(client, daemon)
}

// stream is one side of a connection that was taken over; what came behind the head of
// the request or answer is read first.
type stream struct {
	net.Conn
	buffered *bufio.Reader
}

func (s stream) Read(p []byte) (int, error) { return s.buffered.Read(p) }

// WriteTo lets io.Copy use the connection's own ways once the buffer is drained.
func (s stream) WriteTo(w io.Writer) (int64, error) { return s.buffered.WriteTo(w) }

// CloseWrite ends one direction alone, where the connection can.
func (s stream) CloseWrite() error {
	if half, ok := s.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return s.Conn.Close()
}

// takeOver asks the daemon for the connection and hands it to the client. Where ok is
// false the client has had its answer; status is that of the answer in either case.
func (g *Guard) takeOver(w http.ResponseWriter, r *http.Request) (client, daemon stream, status int, ok bool) {
	conn, err := g.options.Dial(r.Context())
	if err != nil {
		fail(w, http.StatusBadGateway, silence(err))
		return client, daemon, http.StatusBadGateway, false
	}
	daemon = stream{conn, bufio.NewReader(conn)}
	answer, err := ask(daemon, r)
	if err != nil {
		conn.Close()
		fail(w, http.StatusBadGateway, silence(err))
		return client, daemon, http.StatusBadGateway, false
	}
	if answer.StatusCode != http.StatusSwitchingProtocols && !isRawStream(answer) {
		defer conn.Close()
		copyAnswer(w, answer)
		return client, daemon, answer.StatusCode, false
	}
	hijacked, buffer, err := w.(http.Hijacker).Hijack()
	if err != nil {
		conn.Close()
		return client, daemon, http.StatusBadGateway, false
	}
	client = stream{hijacked, buffer.Reader}
	if err := writeHead(client, answer); err != nil || !g.keep(client.Conn, daemon.Conn) {
		g.drop(client, daemon)
		return client, daemon, answer.StatusCode, false
	}
	return client, daemon, answer.StatusCode, true
}

// ask waits no longer for the daemon than the client does.
func ask(daemon stream, r *http.Request) (*http.Response, error) {
	defer context.AfterFunc(r.Context(), func() { daemon.Close() })()
	r.URL.Scheme, r.URL.Host = "http", "docker"
	if err := r.Write(daemon); err != nil {
		return nil, err
	}
	return http.ReadResponse(daemon.buffered, r)
}

// drop ends a pair that was taken over.
func (g *Guard) drop(client, daemon stream) {
	client.Close()
	daemon.Close()
	g.forget(client.Conn, daemon.Conn)
}

// isRawStream tells an old daemon's hijack, which answers 200 and then goes raw.
func isRawStream(answer *http.Response) bool {
	return answer.StatusCode == http.StatusOK && answer.Header.Get("Content-Type") == "application/vnd.docker.raw-stream"
}

func copyAnswer(w http.ResponseWriter, answer *http.Response) {
	defer answer.Body.Close()
	for name, values := range answer.Header {
		w.Header()[name] = values
	}
	w.WriteHeader(answer.StatusCode)
	io.Copy(w, answer.Body)
}

// writeHead writes the head of an answer alone: what follows it is no body.
func writeHead(w io.Writer, answer *http.Response) error {
	if _, err := fmt.Fprintf(w, "HTTP/1.1 %s\r\n", answer.Status); err != nil {
		return err
	}
	if err := answer.Header.Write(w); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\r\n")
	return err
}

// keep has Close end a hijacked pair; it refuses when the guard is closed already.
func (g *Guard) keep(conns ...net.Conn) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, c := range conns {
		g.raw[c] = true
	}
	return !g.closed
}

func (g *Guard) forget(conns ...net.Conn) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, c := range conns {
		delete(g.raw, c)
	}
}

// join copies both ways until both have ended, and passes the end of either on by itself.
func join(client, daemon stream) {
	var both sync.WaitGroup
	both.Go(func() {
		io.Copy(daemon, client)
		daemon.CloseWrite()
		// A client that was killed looks like one that has no more to say, until the daemon
		// speaks: a quiet container may never.
		go func() {
			if awaitClosed(client.Conn) {
				daemon.Close()
			}
		}()
	})
	both.Go(func() {
		io.Copy(client, daemon)
		client.CloseWrite()
		// The daemon has said all: nothing that the client still sends has a reader.
		if c, ok := client.Conn.(interface{ CloseRead() error }); ok {
			c.CloseRead()
		}
	})
	both.Wait()
}
