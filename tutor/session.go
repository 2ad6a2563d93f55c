package tutor

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"docker-tutor/content"
	"docker-tutor/lessons"
	"docker-tutor/progress"
	"docker-tutor/sandbox"

	"golang.org/x/term"
)

// Session is one learner at one terminal.
type Session struct {
	*UI
	Course *lessons.Course
	Words  func(content.Lang, string) (*content.Words, error)
	// TitleOf gives the title of a lesson, fast enough for menus.
	TitleOf func(content.Lang, string) string
	Store   *progress.Store
	Dir     string // where the tutor keeps its state; labs lie below it
	// Connect finds the engine; it is called when a lab is wanted, so that the menu and
	// the readings need none.
	Connect func(context.Context) (*sandbox.Engine, error)

	// Origin tells the course from others in what labs keep; "" is the built-in one.
	Origin string
	// Asker makes the menus of a language.
	Asker func(content.Lang) Asker

	engine *sandbox.Engine
	// marks guards what of progress could not be kept yet, and why; the why is said once.
	marks   sync.Mutex
	pending []func(*progress.Record)
	unsaved error

	// mu guards what a signal must know: the shell to hang up, and whether something is
	// being done to the daemon that should be undone rather than cut off.
	mu     sync.Mutex
	shell  *sandbox.Shell
	busy   bool
	signal syscall.Signal
}

// ErrHungUp says that the terminal was closed, or that the tutor was told to end.
var ErrHungUp = errors.New("the terminal was closed")

// LabsDir is the folder of the labs below the tutor's state folder.
func LabsDir(dir string) string { return filepath.Join(dir, "labs") }

func (s *Session) labs() string { return LabsDir(s.Dir) }

// Guard has signals end the session in order: the terminal is put back as it was, and an
// open lab stays resumable. It returns a context that ends with the first signal. The signals
// stay handled after it: a terminal that closes is read as closed and signalled at once, and
// the signal must not kill what is ending in order.
func (s *Session) Guard(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancel(ctx)
	fd := int(s.In.Fd())
	before, _ := term.GetState(fd)
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	go func() {
		for sig := range signals {
			s.onSignal(sig.(syscall.Signal), cancel, func() {
				if before != nil {
					term.Restore(fd, before)
				}
				if !s.Plain {
					fmt.Fprint(s.Out, "\x1b[?25h") // menus hide the cursor
				}
				fmt.Fprintln(s.Out)
			})
		}
	}()
	return ctx, cancel
}

// onSignal decides by what is going on. In the shell Ctrl-C is the shell's own affair. At
// a menu everything is on disk already, so the tutor just ends. Amid work on the daemon
// the context ends, and the work undoes itself.
func (s *Session) onSignal(sig syscall.Signal, cancel func(), restore func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.shell != nil {
		if sig != syscall.SIGINT {
			s.signal = sig
			s.shell.HangUp()
		}
		return
	}
	s.signal = sig
	cancel()
	if !s.busy {
		restore()
		os.Exit(128 + int(sig))
	}
}

// Signal is the signal that ended the session, or 0.
func (s *Session) Signal() syscall.Signal {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.signal
}

// working marks work on the daemon that a signal must not cut off.
func (s *Session) working(work func()) {
	s.mu.Lock()
	s.busy = true
	s.mu.Unlock()
	work()
	s.mu.Lock()
	s.busy = false
	s.mu.Unlock()
}

// mark keeps progress. When that fails the learner is told once, and goes on; what could
// not be kept is kept together with the next mark that can.
func (s *Session) mark(change func(*progress.Record)) {
	s.marks.Lock()
	defer s.marks.Unlock()
	s.pending = append(s.pending, change)
	_, err := s.Store.Update(func(r *progress.Record) error {
		for _, change := range s.pending {
			change(r)
		}
		return nil
	})
	if err == nil {
		s.pending, s.unsaved = nil, nil
		return
	}
	if s.unsaved == nil {
		s.tell(err)
	}
	s.unsaved = err
}

func (s *Session) at(lesson, step string) {
	s.mark(func(r *progress.Record) { r.At(lesson, step, time.Now()) })
}

// tell prints an error and its hint between two steps, where the session goes on.
func (s *Session) tell(err error) { PrintError(s.Out, s.Lang, err) }

// connect finds the engine once.
func (s *Session) connect(ctx context.Context) (*sandbox.Engine, error) {
	if s.engine != nil {
		return s.engine, nil
	}
	e, err := s.Connect(ctx)
	if err != nil {
		return nil, err
	}
	s.engine = e
	return e, nil
}
