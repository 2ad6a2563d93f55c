package tutor

import (
	"testing"
	"time"

	"docker-tutor/checker"
	"docker-tutor/lessons"
	"docker-tutor/progress"
)

func TestStartAt(t *testing.T) {
	l := &lessons.Lesson{ID: "l"}
	for _, id := range []string{"a", "b", "c", "d"} {
		l.Steps = append(l.Steps, lessons.Step{Reading: &lessons.Reading{ID: id}})
	}
	now := time.Now()
	tests := []struct {
		what string
		mark func(*progress.Record)
		want int
	}{
		{"nothing opened", func(*progress.Record) {}, 0},
		{"left in the middle", func(r *progress.Record) { r.At("l", "c", now) }, 2},
		{"left where all is done", func(r *progress.Record) { r.At("l", "b", now); r.Done("l", "b", now) }, 2},
		{"the next one was skipped", func(r *progress.Record) { r.At("l", "b", now); r.Done("l", "b", now); r.Skip("l", "c", now) }, 3},
		{"at the end, with a gap before", func(r *progress.Record) {
			r.At("l", "d", now)
			r.Done("l", "d", now)
			r.Done("l", "b", now)
		}, 0},
		{"only a skipped one is left", func(r *progress.Record) {
			for _, id := range []string{"a", "b", "d"} {
				r.Done("l", id, now)
			}
			r.Skip("l", "c", now)
			r.At("l", "d", now)
		}, 2},
		{"all done", func(r *progress.Record) {
			for _, id := range []string{"a", "b", "c", "d"} {
				r.Done("l", id, now)
			}
			r.At("l", "d", now)
		}, 0},
		{"another lesson's position", func(r *progress.Record) { r.At("other", "c", now) }, 0},
		{"a step that there is no more", func(r *progress.Record) { r.At("l", "gone", now) }, 0},
	}
	for _, test := range tests {
		var r progress.Record
		test.mark(&r)
		if got := startAt(r, l); got != test.want {
			t.Errorf("%s: got step %d, want %d", test.what, got, test.want)
		}
	}
}

func TestStepwise(t *testing.T) {
	lines, played, err := stepwise("# first\ndocker images\nfor i in 1 2; do\n  echo $i\ndone\nanswer 3 # it is\n")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"docker images", "for i in 1 2; do\n  echo $i\ndone", "answer 3"}
	if len(lines) != len(want) {
		t.Fatalf("got %q, want %q\n%s", lines, want, played)
	}
	for i := range want {
		if lines[i] != want[i] {
			t.Errorf("command %d: got %q, want %q", i, lines[i], want[i])
		}
	}
	if _, _, err := stepwise("for i in"); err == nil {
		t.Error("a script that cannot be parsed is accepted")
	}
}

func TestDifferences(t *testing.T) {
	before := checker.Inventory{Containers: map[string]string{"c1": "web"}, Images: map[string][]string{"i1": {"a:1"}, "i2": {}}}
	after := checker.Inventory{Containers: map[string]string{}, Images: map[string][]string{"i1": {"a:1", "a:2"}, "i3": {}}}
	want := []string{"container web (c1) is gone", "image i1 was [a:1] and is [a:1 a:2]", "image [] (i3) is new", "image [] (i2) is gone"}
	got := differences(holdings{Inventory: before}, holdings{Inventory: after})
	if len(got) != len(want) {
		t.Fatalf("got %q, want %q", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("got %q, want %q", got[i], want[i])
		}
	}
	if got := differences(holdings{Inventory: before}, holdings{Inventory: before}); len(got) != 0 {
		t.Errorf("no difference: got %q", got)
	}
}
