package sandbox

import (
	"bufio"
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

// Tutor answers the lab's words. Its functions may be called from several goroutines at
// once.
type Tutor struct {
	Handle func(Request) Reply
	// Watch sends a reply whenever there is something new to see, until ctx ends or a reply
	// cannot be sent. It may be nil.
	Watch func(ctx context.Context, request Request, send func(Reply) error)
}

// watchWord is the request that is answered by Watch.
const watchWord = "watch"

// Serve answers the lab's words until ctx ends: those of the lab's own shell over two
// named pipes, since a shell can use these without starting a process, and those of other
// processes (docker-tutor check in a second terminal) over a socket.
func (l *Lab) Serve(ctx context.Context, t Tutor) error {
	ask, reply, err := l.openPipes()
	if err != nil {
		return err
	}
	// The lab is locked: a socket that is there was left by a process that is gone.
	os.Remove(l.socket("lab"))
	listener, err := net.Listen("unix", l.socket("lab"))
	if err != nil {
		ask.Close()
		reply.Close()
		return fmt.Errorf("listening for other terminals: %w", err)
	}
	context.AfterFunc(ctx, func() {
		listener.Close()
		ask.Close()
	})
	go serveSocket(ctx, listener, t)
	go func() {
		defer reply.Close()
		servePipes(ask, reply, t.Handle)
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

func serveSocket(ctx context.Context, l net.Listener, t Tutor) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		go serveConn(ctx, conn, t)
	}
}

func serveConn(ctx context.Context, conn net.Conn, t Tutor) {
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	conn.SetDeadline(time.Now().Add(time.Minute))
	in := bufio.NewReader(conn)
	request, serial, err := readRequest(in)
	switch {
	case err != nil:
	case request.Word == watchWord && t.Watch != nil:
		conn.SetDeadline(time.Time{})
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		go func() { // who watches says nothing more: what comes is the end
			io.Copy(io.Discard, in)
			cancel()
		}()
		t.Watch(ctx, request, func(r Reply) error {
			conn.SetWriteDeadline(time.Now().Add(replyTimeout))
			return writeReply(conn, serial, r)
		})
	default:
		writeReply(conn, serial, t.Handle(request))
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

func writeReply(w io.Writer, serial string, r Reply) error {
	text := unmarked.Replace(r.Text)
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	// The reply before may have been cut off amid a line.
	_, err := fmt.Fprintf(w, "\n%s%s\n%s%s%d\n", begin, serial, text, end, r.Code)
	return err
}

// Ask sends a word to the lab of that folder and waits for its reply.
func Ask(dir string, request Request) (Reply, error) {
	var reply Reply
	err := ask(dir, request, func(r Reply) { reply = r })
	return reply, err
}

// Watch shows what the lab of that folder has to tell, as it comes, until the lab is left
// or ctx ends; text says how it is to be laid out.
func Watch(ctx context.Context, dir, text string, show func(Reply)) error {
	return askUntil(ctx, dir, Request{Word: watchWord, Text: text}, func(r Reply) bool { show(r); return true })
}

func ask(dir string, request Request, show func(Reply)) error {
	return askUntil(context.Background(), dir, request, func(r Reply) bool { show(r); return false })
}

// askUntil reads replies for as long as more says so. That the lab ends amid them is no
// error once one has come.
func askUntil(ctx context.Context, dir string, request Request, more func(Reply) bool) error {
	conn, err := net.Dial("unix", (&Lab{Dir: dir}).socket("lab"))
	if err != nil {
		return fmt.Errorf("reaching the open exercise: %w", err)
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	fmt.Fprintf(conn, "%s %s\n%s\n", request.Word, request.Text, end)
	for in, n := bufio.NewReader(conn), 0; ; n++ {
		reply, err := readReply(in)
		switch {
		case err != nil && n > 0:
			return ctx.Err()
		case err != nil:
			return fmt.Errorf("asking the open exercise: %w", err)
		case !more(reply):
			return nil
		}
	}
}

var errBrokeOff = errors.New("it broke off")

func readReply(in *bufio.Reader) (Reply, error) {
	var text strings.Builder
	for begun := false; ; {
		line, err := in.ReadString('\n')
		if err != nil {
			return Reply{}, errBrokeOff
		}
		if code, found := strings.CutPrefix(line, end); found && begun {
			n, err := strconv.Atoi(strings.TrimSpace(code))
			if err != nil {
				return Reply{}, errBrokeOff
			}
			return Reply{Text: text.String(), Code: n}, nil
		}
		if begun {
			text.WriteString(line)
		}
		begun = begun || strings.HasPrefix(line, begin)
	}
}

// socket is the address of one of the lab's sockets: short enough (104 bytes on the
// tightest system) also where the state folder's is not. Then it lies in the folder for
// temporary files, under a name that only this lab uses.
func (l *Lab) socket(name string) string {
	path := filepath.Join(l.Dir, name+".sock")
	if len(path) < 100 {
		return path
	}
	return filepath.Join(os.TempDir(), fmt.Sprintf("dt-%d-%s-%s.sock", os.Getuid(), filepath.Base(l.Dir), name))
}
