package progress

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"syscall"
	"testing"
)

func init() {
	children["full"] = onTinyDisk(fullChild)
	children["readonly"] = onTinyDisk(readonlyChild)
}

func TestFullDisk(t *testing.T)       { runWithOwnMounts(t, "full") }
func TestReadOnlyFolder(t *testing.T) { runWithOwnMounts(t, "readonly") }

// runWithOwnMounts runs a child that may mount what it likes: nobody else sees its
// mounts, and they end with it.
func runWithOwnMounts(t *testing.T, name string) {
	t.Helper()
	c := child(t, name, t.TempDir())
	c.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS}
	if os.Getuid() != 0 { // then in a user namespace
		c.SysProcAttr.Cloneflags = syscall.CLONE_NEWUSER
		c.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}}
		c.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}}
	}
	out, err := c.CombinedOutput()
	if errors.Is(err, syscall.EPERM) {
		t.Fatalf("%v: this test mounts a small disk; run it as root, or where user namespaces are allowed", err)
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

// onTinyDisk mounts a disk of 64 KiB on the folder before it is used.
func onTinyDisk(do func(dir string) error) func(dir string) error {
	return func(dir string) error {
		if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=64k"); err != nil {
			return fmt.Errorf("mounting a small disk on %s: %w; run this test as root, or where user namespaces are allowed", dir, err)
		}
		return do(dir)
	}
}

// marked opens a store in the folder and makes a first mark.
func marked(dir string) (*Store, string, error) {
	s, err := Open(dir)
	if err != nil {
		return nil, "", err
	}
	if _, err := s.Update(func(r *Record) error { r.Done("l", "s", at(1)); return nil }); err != nil {
		return nil, "", err
	}
	data, err := os.ReadFile(s.Path())
	return s, string(data), err
}

// unchanged tells whether the folder holds what it should, and nothing more.
func unchanged(s *Store, want map[string]string) error {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return err
	}
	got := map[string]string{}
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(s.dir, e.Name()))
		if err != nil {
			return err
		}
		got[e.Name()] = string(data)
	}
	if !reflect.DeepEqual(got, want) {
		return fmt.Errorf("got files %q, want %q", got, want)
	}
	return nil
}

func fullChild(dir string) error {
	s, before, err := marked(dir)
	if err != nil {
		return err
	}
	ballast := filepath.Join(dir, "ballast")
	if err := fill(ballast); err != nil {
		return err
	}
	load, err := os.ReadFile(ballast)
	if err != nil {
		return err
	}
	_, err = s.Update(func(r *Record) error { r.Done("l", "t", at(2)); return nil })
	if !errors.Is(err, syscall.ENOSPC) {
		return fmt.Errorf("update: got error %v, want %v", err, syscall.ENOSPC)
	}
	want := map[string]string{"progress.json": before, "progress.lock": "", "ballast": string(load)}
	if err := unchanged(s, want); err != nil {
		return err
	}
	if err := os.Remove(ballast); err != nil {
		return err
	}
	r, err := s.Update(func(r *Record) error { r.Done("l", "t", at(3)); return nil })
	if got := len(r.Lesson("l").Steps); err != nil || got != 2 {
		return fmt.Errorf("with room again: got %d steps, %v, want 2", got, err)
	}
	return nil
}

// fill writes a file until the disk is full.
func fill(path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	for err == nil {
		_, err = f.Write(make([]byte, 4096))
	}
	if !errors.Is(err, syscall.ENOSPC) {
		return err
	}
	return nil
}

func readonlyChild(dir string) error {
	s, good, err := marked(dir)
	if err != nil {
		return err
	}
	if err := remount(dir, syscall.MS_RDONLY); err != nil {
		return err
	}
	var u *Unwritable
	if _, err := Open(dir); !errors.As(err, &u) || !errors.Is(err, syscall.EROFS) {
		return fmt.Errorf("open: got error %v, want an *Unwritable for %v", err, syscall.EROFS)
	}
	if r, err := s.Read(); err != nil || r.Lesson("l").Step("s").State != Done {
		return fmt.Errorf("read: got %+v, %v", r, err)
	}
	if _, err := s.Update(func(*Record) error { return nil }); !errors.Is(err, syscall.EROFS) {
		return fmt.Errorf("update: got error %v, want %v", err, syscall.EROFS)
	}
	if err := unchanged(s, map[string]string{"progress.json": good, "progress.lock": ""}); err != nil {
		return err
	}
	return damagedReadOnly(s)
}

// damagedReadOnly has a damaged file which cannot be kept aside.
func damagedReadOnly(s *Store) error {
	if err := remount(s.dir, 0); err != nil {
		return err
	}
	if err := os.WriteFile(s.Path(), []byte("damaged"), 0o600); err != nil {
		return err
	}
	if err := remount(s.dir, syscall.MS_RDONLY); err != nil {
		return err
	}
	if r, err := s.Read(); !errors.Is(err, syscall.EROFS) {
		return fmt.Errorf("read: got %+v, %v, want %v", r, err, syscall.EROFS)
	}
	if got := s.Notices(); len(got) != 0 {
		return fmt.Errorf("notices: got %v, want none", got)
	}
	return unchanged(s, map[string]string{"progress.json": "damaged", "progress.lock": ""})
}

func remount(dir string, flags uintptr) error {
	if err := syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT|flags, "size=64k"); err != nil {
		return fmt.Errorf("mounting %s again: %w", dir, err)
	}
	return nil
}
