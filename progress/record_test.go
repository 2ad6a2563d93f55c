package progress

import (
	"reflect"
	"testing"
	"time"
)

// at gives a moment, n seconds after an arbitrary one. Its zone and its fraction of
// a second should never reach a record.
func at(n int) time.Time {
	return time.Date(2026, 3, 1, 10, 0, n, 999, time.FixedZone("", 3600))
}

// utc gives the moment as a record has it.
func utc(n int) time.Time { return time.Date(2026, 3, 1, 9, 0, n, 0, time.UTC) }

func TestMarks(t *testing.T) {
	tests := []struct {
		name string
		do   func(*Record)
		want Step
	}{
		{"opened", func(r *Record) { r.At("l", "s", at(1)) }, Step{Opened: utc(1)}},
		{"opened twice", func(r *Record) { r.At("l", "s", at(1)); r.At("l", "s", at(2)) }, Step{Opened: utc(1)}},
		{"done", func(r *Record) { r.At("l", "s", at(1)); r.Done("l", "s", at(2)) },
			Step{State: Done, Opened: utc(1), Done: utc(2)}},
		{"done unopened", func(r *Record) { r.Done("l", "s", at(1)) }, Step{State: Done, Opened: utc(1), Done: utc(1)}},
		{"done twice", func(r *Record) { r.Done("l", "s", at(1)); r.Done("l", "s", at(2)) },
			Step{State: Done, Opened: utc(1), Done: utc(1)}},
		{"skipped", func(r *Record) { r.Skip("l", "s", at(1)) }, Step{State: Skipped, Opened: utc(1)}},
		{"skipped, then done", func(r *Record) { r.Skip("l", "s", at(1)); r.Done("l", "s", at(2)) },
			Step{State: Done, Opened: utc(1), Done: utc(2)}},
		{"done, then skipped", func(r *Record) { r.Done("l", "s", at(1)); r.Skip("l", "s", at(2)) },
			Step{State: Done, Opened: utc(1), Done: utc(1)}},
		{"tries", func(r *Record) { r.AddTry("l", "s", at(1)); r.AddTry("l", "s", at(2)) }, Step{Opened: utc(1), Tries: 2}},
		{"hints", func(r *Record) { r.Hint("l", "s", 2, at(1)); r.Hint("l", "s", 1, at(2)) }, Step{Opened: utc(1), Hints: 2}},
		{"solution", func(r *Record) { r.SeeSolution("l", "s", at(1)) }, Step{Opened: utc(1), Solution: true}},
		{"reset", func(r *Record) { r.Done("l", "s", at(1)); r.ResetStep("l", "s") }, Step{}},
		{"reset untouched", func(r *Record) { r.ResetStep("l", "s"); r.ResetLesson("l") }, Step{}},
		{"another step", func(r *Record) { r.Done("l", "t", at(1)); r.Done("m", "s", at(1)) }, Step{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var r Record
			tt.do(&r)
			if got := r.Lesson("l").Step("s"); got != tt.want {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
}

func TestPositionAndActivity(t *testing.T) {
	var r Record
	r.At("layers", "list", at(1))
	r.AddTry("images", "tag", at(2)) // from another window
	if got, want := r.Position, (Position{"layers", "list"}); got != want {
		t.Errorf("position: got %v, want %v", got, want)
	}
	if got, want := r.Active, utc(2); got != want {
		t.Errorf("active: got %v, want %v", got, want)
	}
	r.AnswerQuestion("images", "quiz", "why", true, at(3))
	if got, want := r.Active, utc(3); got != want {
		t.Errorf("active after an answer: got %v, want %v", got, want)
	}
	r.ResetLesson("images")
	if got, want := r.Position, (Position{"layers", "list"}); got != want {
		t.Errorf("position after resetting another lesson: got %v, want %v", got, want)
	}
	r.ResetLesson("layers")
	if got, want := r.Position, (Position{"layers", ""}); got != want {
		t.Errorf("position after resetting its lesson: got %v, want %v", got, want)
	}
}

func TestAnswersAreBoundedAndOutliveResets(t *testing.T) {
	var r Record
	for i := range 23 {
		r.AnswerQuestion("images", "quiz", "why", i%3 == 0, at(i))
	}
	r.AnswerQuestion("images", "quiz", "how", true, at(30))
	if got := r.Lesson("images").Step("quiz"); got != (Step{}) {
		t.Errorf("an answer opened the quiz: %+v", got)
	}
	r.Done("images", "quiz", at(31))
	r.ResetStep("images", "quiz")
	r.ResetLesson("images")

	var want []Answer
	for i := 3; i < 23; i++ {
		want = append(want, Answer{utc(i), i%3 == 0})
	}
	if got := r.Lesson("images").Answers["quiz"]["why"]; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want the newest twenty: %v", got, want)
	}
	if got, want := r.Lesson("images").Answers["quiz"]["how"], []Answer{{utc(30), true}}; !reflect.DeepEqual(got, want) {
		t.Errorf("another question: got %v, want %v", got, want)
	}
}

func TestFraction(t *testing.T) {
	var r Record
	r.Done("l", "a", at(1))
	r.Done("l", "b", at(1))
	r.Skip("l", "c", at(1))
	r.At("l", "d", at(1))
	r.Done("l", "removed-since", at(1))
	tests := []struct {
		lesson string
		steps  []string
		want   float64
	}{
		{"l", []string{"a", "b", "c", "d"}, 0.5},
		{"l", []string{"a", "b"}, 1},
		{"l", []string{"c", "d", "e"}, 0},
		{"l", nil, 0},
		{"never-opened", []string{"a"}, 0},
	}
	for _, tt := range tests {
		if got := r.Lesson(tt.lesson).Fraction(tt.steps); got != tt.want {
			t.Errorf("%s %v: got %v, want %v", tt.lesson, tt.steps, got, tt.want)
		}
	}
}
