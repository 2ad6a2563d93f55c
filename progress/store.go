package progress

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/gofrs/flock"
)

// lockWait bounds the wait for other processes; each holds the lock for milliseconds.
const lockWait = 5 * time.Second

// ErrBusy says that another process held the lock for longer than anyone should.
var ErrBusy = errors.New("another docker-tutor is writing the progress")

// Unwritable says that the folder Dir cannot keep progress, and why: Err. Naming
// another folder in $DOCKER_TUTOR_HOME is the way out.
type Unwritable struct {
	Dir string
	Err error
}

func (u *Unwritable) Error() string {
	return fmt.Sprintf("cannot keep progress in %q: %v", u.Dir, u.Err)
}

// Unwrap gives the cause.
func (u *Unwritable) Unwrap() error { return u.Err }

// Store keeps one learner's Record in a folder. Its methods may be called from
// several goroutines, and several processes may have the same folder open.
type Store struct {
	dir  string
	wait time.Duration
	now  func() time.Time

	mu      sync.Mutex
	notices []Notice
}

// Open makes the folder if need be, readable by its owner alone, and sees to it that
// progress can be kept there. It removes what killed processes left half written and
// keeps aside a file that it cannot understand: see Notices. The error is an
// *Unwritable, or wraps ErrBusy.
func Open(dir string) (*Store, error) {
	s := &Store{dir: dir, wait: lockWait, now: time.Now}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, &Unwritable{dir, err}
	}
	unlock, err := s.lock()
	if err != nil {
		return nil, err
	}
	defer unlock()
	if err := s.removeTemps(); err != nil {
		return nil, &Unwritable{dir, err}
	}
	if err := s.probe(); err != nil {
		return nil, &Unwritable{dir, err}
	}
	if _, _, err := s.load(); err != nil {
		return nil, &Unwritable{dir, err}
	}
	return s, nil
}

// Path names the file that the record is kept in. It is there after the first Update.
func (s *Store) Path() string { return filepath.Join(s.dir, "progress.json") }

// Notices gives what the learner should be told about files that this Store could
// not understand, oldest first.
func (s *Store) Notices() []Notice {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.notices)
}

// Read gives the record as it is now; a fresh one if there is none. A file that it
// cannot understand is kept aside as in Open or, where nothing can be written, left
// alone and reported as an error.
func (s *Store) Read() (Record, error) {
	// Files are replaced whole, so reading needs no lock; but Windows does not let
	// a file be replaced that someone is reading.
	if runtime.GOOS != "windows" {
		_, r, kind, err := s.look()
		if err != nil {
			return Record{}, fmt.Errorf("reading progress: %w", err)
		}
		if kind == "" {
			return r, nil
		}
	}
	unlock, err := s.lock()
	if err != nil {
		return Record{}, fmt.Errorf("reading progress: %w", err)
	}
	defer unlock()
	_, r, err := s.load()
	if err != nil {
		return Record{}, fmt.Errorf("reading progress: %w", err)
	}
	return r, nil
}

// Update lets change alter the record as it is now, and gives the record as altered.
// When it returns without an error the record is on the disk. An error of change is
// returned as it is, and nothing is written.
//
// change runs under the lock: it must be quick, and must not use the Store.
func (s *Store) Update(change func(*Record) error) (Record, error) {
	unlock, err := s.lock()
	if err != nil {
		return Record{}, fmt.Errorf("saving progress: %w", err)
	}
	defer unlock()
	raw, r, err := s.load()
	if err != nil {
		return Record{}, fmt.Errorf("saving progress: %w", err)
	}
	from, err := originOf(raw, r)
	if err != nil {
		return Record{}, fmt.Errorf("saving progress: %w", err)
	}
	if err := change(&r); err != nil {
		return Record{}, err
	}
	r.Format = Format
	data, err := encode(r, from)
	if err != nil {
		return Record{}, fmt.Errorf("saving progress: %w", err)
	}
	if err := s.write(data); err != nil {
		return Record{}, fmt.Errorf("saving progress: %w", err)
	}
	return r, nil
}

// lock waits for the right to change files in the folder. The lock ends with the
// process, however that ends.
func (s *Store) lock() (unlock func(), err error) {
	l := flock.New(filepath.Join(s.dir, "progress.lock"))
	release := func() { _ = l.Unlock() } // fails only where locking would have failed
	got := make(chan error, 1)
	go func() {
		err := l.Lock()
		for errors.Is(err, syscall.EINTR) { // file systems over a network do that
			err = l.Lock()
		}
		got <- err
	}()
	timeout := time.NewTimer(s.wait)
	defer timeout.Stop()
	select {
	case err := <-got:
		if err != nil {
			return nil, &Unwritable{s.dir, err}
		}
		return release, nil
	case <-timeout.C:
		go func() { // the call cannot be taken back: give away at once what it gets
			if <-got == nil {
				release()
			}
		}()
		return nil, fmt.Errorf("%w: waited %v for %q", ErrBusy, s.wait, l.Path())
	}
}

// look reads the file and changes nothing. raw is nil if there is no file.
func (s *Store) look() (raw []byte, r Record, kind Kind, err error) {
	raw, err = os.ReadFile(s.Path())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, Record{Format: Format}, "", nil
	}
	if err != nil {
		return nil, Record{}, "", err
	}
	r, kind = parse(raw)
	return raw, r, kind, nil
}

// load reads the file, and keeps it aside if it makes no sense. The lock must be held.
func (s *Store) load() (raw []byte, r Record, err error) {
	raw, r, kind, err := s.look()
	if err != nil || kind == "" {
		return raw, r, err
	}
	if err := s.setAside(kind); err != nil {
		return nil, Record{}, fmt.Errorf("the file is %s and cannot be kept aside: %w", kind, err)
	}
	return nil, Record{Format: Format}, nil
}
