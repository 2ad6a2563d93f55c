package sandbox

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Request is one word of the lab as it was typed: "hint", or "answer" with its text.
type Request struct {
	Word, Text string
}

// Reply is what the word prints, and the exit code that a script sees.
type Reply struct {
	Text string
	Code int
}

// A request is its text, and a line of end and the asker's serial. A reply is a line of
// begin and that serial, its text, and a line of end and the exit code. An asker skips
// what comes before its own serial: the reply to a word that was interrupted.
const (
	begin = "\x02"
	end   = "\x04"
)

// unmarked takes the marks out of a text that quotes them, as a learner's answer may.
var unmarked = strings.NewReplacer(begin, "", end, "")

// replyTimeout bounds the writing of a reply to a shell that stopped reading (Ctrl-C).
const replyTimeout = 2 * time.Second

// Serve answers the lab's words until ctx ends: those of the lab's own shell over two
// named pipes, since a shell can use these without starting a process, and those of other
// processes (docker-tutor check in a second terminal) over a socket.
// handle may be called from several goroutines at once.
func (l *Lab) Serve(ctx context.Context, handle func(Request) Reply) error {
	ask, reply, err := l.openPipes()
	if err != nil {
		return err
	}
	// The lab is locked: a socket that is there was left by a process that is gone.
	os.Remove(l.socketPath())
	listener, err := net.Listen("unix", l.socketPath())
	if err != nil {
		ask.Close()
		reply.Close()
		return fmt.Errorf("listening for other terminals: %w", err)
	}
	context.AfterFunc(ctx, func() {
		listener.Close()
		ask.Close()
	})
	go serveSocket(ctx, listener, handle)
	go func() {
		defer reply.Close()
		servePipes(ask, reply, handle)
	}()
	return nil
}

// openPipes opens both ends of both pipes, so that neither side ever waits for the other
// to open and a shell that goes away closes nothing.
func (l *Lab) openPipes() (ask, reply *os.File, err error) {
	files := [2]*os.File{}
	for i, name := range []string{"ask", "reply"} {
		path := filepath.Join(l.Dir, name)
		if err := unix.Mkfifo(path, 0o600); err != nil && !errors.Is(err, os.ErrExist) {
			return nil, nil, fmt.Errorf("making the pipe %s: %w", path, err)
		}
		if files[i], err = os.OpenFile(path, os.O_RDWR|syscall.O_NONBLOCK, 0o600); err != nil {
			files[0].Close()
			return nil, nil, fmt.Errorf("opening the pipe %s: %w", path, err)
		}
	}
	return files[0], files[1], nil
}

func servePipes(ask, reply *os.File, handle func(Request) Reply) {
	for in := bufio.NewReader(ask); ; {
		request, serial, err := readRequest(in)
		if err != nil {
			return
		}
		answer := handle(request)
		reply.SetWriteDeadline(time.Now().Add(replyTimeout))
		writeReply(reply, serial, answer)
	}
}

func serveSocket(ctx context.Context, l net.Listener, handle func(Request) Reply) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		go serveConn(ctx, conn, handle)
	}
}

func serveConn(ctx context.Context, conn net.Conn, handle func(Request) Reply) {
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	conn.SetDeadline(time.Now().Add(time.Minute))
	if request, serial, err := readRequest(bufio.NewReader(conn)); err == nil {
		writeReply(conn, serial, handle(request))
	}
}

// readRequest reads lines up to the end mark; an answer may have several.
func readRequest(in *bufio.Reader) (r Request, serial string, err error) {
	var lines []string
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return Request{}, "", err
		}
		line = strings.TrimSuffix(line, "\n")
		if serial, found := strings.CutPrefix(line, end); found {
			word, text, _ := strings.Cut(strings.Join(lines, "\n"), " ")
			return Request{Word: word, Text: text}, serial, nil
		}
		lines = append(lines, line)
	}
}

func writeReply(w io.Writer, serial string, r Reply) {
	text := unmarked.Replace(r.Text)
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	// The reply before may have been cut off amid a line.
	fmt.Fprintf(w, "\n%s%s\n%s%s%d\n", begin, serial, text, end, r.Code)
}

// Ask sends a word to the lab of that folder and waits for its reply.
func Ask(dir string, request Request) (Reply, error) {
	conn, err := net.Dial("unix", (&Lab{Dir: dir}).socketPath())
	if err != nil {
		return Reply{}, fmt.Errorf("reaching the open exercise: %w", err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "%s %s\n%s\n", request.Word, request.Text, end)
	data, err := io.ReadAll(conn)
	if err != nil {
		return Reply{}, fmt.Errorf("asking the open exercise: %w", err)
	}
	_, data, _ = bytes.Cut(data, []byte(begin+"\n"))
	text, code, found := strings.Cut(string(data), end)
	n, err := strconv.Atoi(strings.TrimSpace(code))
	if !found || err != nil {
		return Reply{}, errors.New("asking the open exercise: it broke off")
	}
	return Reply{Text: text, Code: n}, nil
}

// socketPath is short enough for a socket's address (104 bytes on the tightest system),
// also where the state folder's is not: then it lies in the folder for temporary files,
// under a name that only this lab uses.
func (l *Lab) socketPath() string {
	path := filepath.Join(l.Dir, "lab.sock")
	if len(path) < 100 {
		return path
	}
	return filepath.Join(os.TempDir(), fmt.Sprintf("dt-%d-%s.sock", os.Getuid(), filepath.Base(l.Dir)))
}
