package progress

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gofrs/flock"
)

func TestFreshFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "not", "there [yet]")
	s := open(t, dir)
	if got, want := read(t, s), (Record{Format: 1}); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got, want := names(t, dir), []string{"progress.lock"}; !slices.Equal(got, want) {
		t.Errorf("before an update: got %v, want %v", got, want)
	}
	if got := s.Notices(); len(got) != 0 {
		t.Errorf("notices: got %v, want none", got)
	}
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	updated := update(t, s, func(r *Record) {
		grown(r)
		r.Settings.Language = "fr"
		r.Skip("l", "s", at(1))
		r.SeeSolution("l", "s", at(1))
	})
	if got := read(t, s); !reflect.DeepEqual(got, updated) {
		t.Errorf("the same store: got %+v, want %+v", got, updated)
	}
	if got := read(t, open(t, dir)); !reflect.DeepEqual(got, updated) {
		t.Errorf("another store: got %+v, want %+v", got, updated)
	}
	if got, want := names(t, dir), []string{"progress.json", "progress.lock"}; !slices.Equal(got, want) {
		t.Errorf("files: got %v, want %v", got, want)
	}
}

// TestShapeOfTheFile holds the shape still: other builds read it.
func TestShapeOfTheFile(t *testing.T) {
	s := open(t, t.TempDir())
	update(t, s, func(r *Record) {
		r.Settings.Language = "en"
		r.At("images", "list", at(0))
		r.AddTry("images", "list", at(1))
		r.Hint("images", "list", 1, at(2))
		r.SeeSolution("images", "list", at(3))
		r.Done("images", "list", at(4))
		r.AnswerQuestion("images", "images-quiz", "dangling-is", true, at(5))
	})
	if got, want := content(t, s.Path()), content(t, "testdata/format-1.json"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestRefusedChangeWritesNothing(t *testing.T) {
	s := open(t, t.TempDir())
	update(t, s, func(r *Record) { r.Done("l", "s", at(1)) })
	before := content(t, s.Path())
	refusal := errors.New("no")
	_, err := s.Update(func(r *Record) error { r.Done("l", "t", at(2)); return refusal })
	if err != refusal {
		t.Errorf("got error %v, want %v", err, refusal)
	}
	if got := content(t, s.Path()); got != before {
		t.Errorf("got\n%s\nwant\n%s", got, before)
	}
	update(t, s, func(r *Record) {}) // the lock is free again
}

func TestPanickingChangeFreesTheLock(t *testing.T) {
	s := open(t, t.TempDir())
	func() {
		defer func() { _ = recover() }()
		_, _ = s.Update(func(*Record) error { panic("a bug") })
	}()
	update(t, s, func(r *Record) { r.Done("l", "s", at(1)) })
}

func TestFieldsOfAnotherBuildSurvive(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "progress.json", content(t, "testdata/other-build.json"))
	s := open(t, dir)
	update(t, s, func(r *Record) {
		r.AddTry("images", "list", at(1))
		r.ResetStep("images", "gone")
		r.Settings.Language = "fr"
	})
	var got, want any
	for path, into := range map[string]*any{s.Path(): &got, "testdata/other-build-after.json": &want} {
		if err := json.Unmarshal([]byte(content(t, path)), into); err != nil {
			t.Fatal(err)
		}
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%s\nwant\n%s", content(t, s.Path()), content(t, "testdata/other-build-after.json"))
	}
	if !strings.Contains(content(t, s.Path()), "12345678901234567890") {
		t.Error("a long number was rounded")
	}
}

func TestGoroutinesLoseNothing(t *testing.T) {
	s := open(t, t.TempDir())
	const each = 10
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range each {
				if _, err := s.Update(func(r *Record) error { r.AddTry("l", "s", at(1)); return nil }); err != nil {
					t.Error(err)
				}
				if _, err := s.Read(); err != nil {
					t.Error(err)
				}
				s.Notices()
			}
		})
	}
	wg.Wait()
	if got, want := read(t, s).Lesson("l").Step("s").Tries, 8*each; got != want {
		t.Errorf("got %d, want %d", got, want)
	}
}

func TestLockHeldTooLong(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	update(t, s, func(r *Record) { r.Done("l", "s", at(1)) })
	other := flock.New(filepath.Join(dir, "progress.lock"))
	if err := other.Lock(); err != nil {
		t.Fatal(err)
	}
	s.wait = time.Millisecond
	_, err := s.Update(func(*Record) error { t.Error("changed without the lock"); return nil })
	if !errors.Is(err, ErrBusy) || !strings.Contains(err.Error(), "progress.lock") {
		t.Errorf("got error %v, want %v and the name of the lock", err, ErrBusy)
	}
	if got := read(t, s).Lesson("l").Step("s").State; got != Done {
		t.Errorf("reading meanwhile: got %q, want %q", got, Done)
	}
	if err := other.Unlock(); err != nil {
		t.Fatal(err)
	}
	s.wait = lockWait
	for range 50 { // sooner or later the call that waited in vain gets the lock: it must not keep it
		update(t, s, func(r *Record) { r.AddTry("l", "t", at(1)) })
	}
}

func TestTempsOfTheKilledAreRemoved(t *testing.T) {
	dir := t.TempDir()
	update(t, open(t, dir), func(r *Record) { r.Done("l", "s", at(1)) })
	put(t, dir, "progress-123.tmp", `{"format": 1, "les`)
	put(t, dir, "progress-456.tmp", "")
	put(t, dir, "notes.tmp", "somebody else's")
	open(t, dir)
	if got, want := names(t, dir), []string{"notes.tmp", "progress.json", "progress.lock"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestUnwritable(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	put(t, filepath.Dir(file), "file", "")
	taken := t.TempDir() // a folder stands where the record should
	if err := os.Mkdir(filepath.Join(taken, "progress.json"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{file, filepath.Join(file, "below"), taken} {
		_, err := Open(dir)
		var u *Unwritable
		if !errors.As(err, &u) {
			t.Errorf("%s: got error %v, want an *Unwritable", dir, err)
			continue
		}
		if u.Dir != dir || u.Err == nil || !strings.Contains(err.Error(), dir) {
			t.Errorf("got %q, %v: %v; want the folder %q and a cause", u.Dir, u.Err, err, dir)
		}
	}
}

func BenchmarkUpdate(b *testing.B) {
	s := open(b, b.TempDir())
	update(b, s, grown)
	for b.Loop() {
		update(b, s, func(r *Record) { r.AddTry("lesson-3", "step-2", at(1)) })
	}
}

func BenchmarkRead(b *testing.B) {
	s := open(b, b.TempDir())
	update(b, s, grown)
	for b.Loop() {
		read(b, s)
	}
}
