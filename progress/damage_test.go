package progress

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// unusable are files that this build cannot use, by what they are.
var unusable = map[string]struct {
	content string
	kind    Kind
}{
	"empty":                {"", Damaged},
	"zeros":                {strings.Repeat("\x00", 4096), Damaged},
	"garbage":              {"\x1f\x8b\x08 not a record", Damaged},
	"truncated":            {`{"format": 1, "lessons": {"images": {"st`, Damaged},
	"two":                  {`{"format": 1} {"format": 1}`, Damaged},
	"null":                 {`null`, Damaged},
	"list":                 {`[1]`, Damaged},
	"no format":            {`{}`, Damaged},
	"format a word":        {`{"format": "1"}`, Damaged},
	"format below all":     {`{"format": 0}`, Damaged},
	"lessons a list":       {`{"format": 1, "lessons": []}`, Damaged},
	"tries a word":         {`{"format": 1, "lessons": {"l": {"steps": {"s": {"tries": "two"}}}}}`, Damaged},
	"time a number":        {`{"format": 1, "active": 5}`, Damaged},
	"newer":                {`{"format": 2, "settings": {"language": "fr"}}`, Newer},
	"newer, another shape": {`{"format": 12, "settings": [], "lessons": 7}`, Newer},
}

// ways are the calls that may come upon such a file.
var ways = map[string]func(t *testing.T, s *Store) *Store{
	"open": func(t *testing.T, s *Store) *Store { return open(t, s.dir) },
	"read": func(t *testing.T, s *Store) *Store {
		if got, want := read(t, s), (Record{Format: 1}); !reflect.DeepEqual(got, want) {
			t.Errorf("got %+v, want %+v", got, want)
		}
		return s
	},
	"update": func(t *testing.T, s *Store) *Store {
		update(t, s, func(r *Record) {
			if want := (Record{Format: 1}); !reflect.DeepEqual(*r, want) {
				t.Errorf("got %+v, want %+v", *r, want)
			}
		})
		return s
	},
}

func TestUnusableFileIsKeptAside(t *testing.T) {
	for what, file := range unusable {
		for way, meet := range ways {
			t.Run(what+"/"+way, func(t *testing.T) {
				s := open(t, t.TempDir())
				put(t, s.dir, "progress.json", file.content)
				s = meet(t, s)
				got := s.Notices()
				if len(got) != 1 || got[0].Kind != file.kind {
					t.Fatalf("notices: got %v, want one of kind %s", got, file.kind)
				}
				if got := content(t, got[0].KeptAs); got != file.content {
					t.Errorf("kept %q, want %q", got, file.content)
				}
				if _, err := time.Parse("progress."+string(file.kind)+"-20060102-150405.json", filepath.Base(got[0].KeptAs)); err != nil {
					t.Error(err)
				}
				update(t, s, func(r *Record) { r.Done("l", "s", at(1)) })
				if got := read(t, open(t, s.dir)).Lesson("l").Step("s").State; got != Done {
					t.Errorf("the fresh record: got %q, want %q", got, Done)
				}
				if got := s.Notices(); len(got) != 1 {
					t.Errorf("notices afterwards: got %v, want the same one", got)
				}
			})
		}
	}
}

func TestNothingKeptAsideIsOverwritten(t *testing.T) {
	s := open(t, t.TempDir())
	s.now = func() time.Time { return time.Date(2026, 3, 1, 9, 8, 7, 0, time.Local) }
	for _, c := range []string{"first", "second", `{"format": 2}`, "third"} {
		put(t, s.dir, "progress.json", c)
		read(t, s)
	}
	want := map[string]string{
		"progress.damaged-20260301-090807.json":   "first",
		"progress.damaged-20260301-090807-2.json": "second",
		"progress.newer-20260301-090807.json":     `{"format": 2}`,
		"progress.damaged-20260301-090807-3.json": "third",
	}
	got := map[string]string{}
	for _, n := range s.Notices() {
		got[filepath.Base(n.KeptAs)] = content(t, n.KeptAs)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// TestEveryCutIsNoticed cuts a real file at each of its bytes.
func TestEveryCutIsNoticed(t *testing.T) {
	s := open(t, t.TempDir())
	update(t, s, func(r *Record) {
		r.Done("images", "list", at(1))
		r.AnswerQuestion("images", "quiz", "why", false, at(2))
	})
	whole := strings.TrimSpace(content(t, s.Path()))
	for n := range whole {
		if _, got := parse([]byte(whole[:n])); got != Damaged {
			t.Errorf("cut at %d: got %q, want %q", n, got, Damaged)
		}
	}
	if _, got := parse([]byte(whole)); got != "" {
		t.Errorf("whole: got %q", got)
	}
}

// TestUnreadableIsNotDamaged has a file that cannot be read now, and may be good.
func TestUnreadableIsNotDamaged(t *testing.T) {
	s := open(t, t.TempDir())
	if err := os.Mkdir(s.Path(), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Read(); err == nil {
		t.Error("read: got no error")
	}
	if _, err := s.Update(func(*Record) error { return nil }); err == nil {
		t.Error("update: got no error")
	}
	if got, want := names(t, s.dir), []string{"progress.json", "progress.lock"}; !slices.Equal(got, want) {
		t.Errorf("files: got %v, want %v", got, want)
	}
}

// FuzzParse asks of every record that is read that it can be written again, with
// all that it said.
func FuzzParse(f *testing.F) {
	for _, file := range unusable {
		f.Add([]byte(file.content))
	}
	for _, name := range []string{"format-1.json", "other-build.json"} {
		f.Add([]byte(content(f, filepath.Join("testdata", name))))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		r, kind := parse(raw)
		if kind != "" {
			return
		}
		from, err := originOf(raw, r)
		if err != nil {
			t.Fatal(err)
		}
		data, err := encode(r, from)
		if err != nil {
			t.Fatal(err)
		}
		if _, kind := parse(data); kind != "" {
			t.Errorf("%q was written as %q, which is %s", raw, data, kind)
		}
	})
}
