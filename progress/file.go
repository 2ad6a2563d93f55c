package progress

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"

	"github.com/natefinch/atomic"
)

// Kind tells what was wrong with a file that was kept aside.
type Kind string

// The kinds of files that this build cannot use.
const (
	Damaged Kind = "damaged" // it is not a record: cut off, edited by hand, or something else
	Newer   Kind = "newer"   // it was written by a newer docker-tutor, in another format
)

// Notice tells of a file that was kept aside; a fresh record took its place.
type Notice struct {
	Kind   Kind
	KeptAs string // where the file is now
}

const tempPrefix, tempSuffix = "progress-", ".tmp"

// write replaces the file by one that holds data, and returns when the disk has it.
// The lock must be held. atomic.WriteFile is not enough: it hides the cause of an
// error, and does not put the new name on the disk.
func (s *Store) write(data []byte) (err error) {
	f, err := os.CreateTemp(s.dir, tempPrefix+"*"+tempSuffix)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name()) // on failure Open does it
		}
	}()
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return err
	}
	return s.rename(f.Name(), s.Path())
}

// rename moves a file within the folder, and returns when the disk has its new name.
func (s *Store) rename(from, to string) error {
	if err := atomic.ReplaceFile(from, to); err != nil {
		return err
	}
	if runtime.GOOS == "windows" { // ReplaceFile has waited for the disk
		return nil
	}
	d, err := os.Open(s.dir)
	if err != nil {
		return err
	}
	defer d.Close()
	err = d.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, errors.ErrUnsupported) {
		return nil // this file system has no such thing
	}
	return err
}

// setAside gives the file another name, never one that is taken, and notes it. The
// lock must be held.
func (s *Store) setAside(kind Kind) error {
	name := filepath.Join(s.dir, fmt.Sprintf("progress.%s-%s", kind, s.now().Format("20060102-150405")))
	as := name + ".json"
	for n := 2; ; n++ {
		if _, err := os.Lstat(as); errors.Is(err, fs.ErrNotExist) {
			break
		} else if err != nil {
			return err
		}
		as = fmt.Sprintf("%s-%d.json", name, n)
	}
	if err := s.rename(s.Path(), as); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.notices = append(s.notices, Notice{Kind: kind, KeptAs: as})
	return nil
}

// probe finds out whether files can be made in the folder; its mode does not tell.
func (s *Store) probe() error {
	f, err := os.CreateTemp(s.dir, tempPrefix+"*"+tempSuffix)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Remove(f.Name())
}

// removeTemps removes the files of processes that were killed while writing. The
// lock must be held: under it, nobody is writing.
func (s *Store) removeTemps() error {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), tempPrefix) && strings.HasSuffix(e.Name(), tempSuffix) {
			if err := os.Remove(filepath.Join(s.dir, e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}
