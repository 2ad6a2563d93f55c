package tutor

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"docker-tutor/content"
	"docker-tutor/lessons"
	"docker-tutor/progress"
	"docker-tutor/sandbox"
)

const quizWords = "# %s {#lesson}\n\nA lesson.\n\n## Read {#read}\n\nText.\n\n## Quiz {#quiz}\n\n" +
	"### Q1 {#q1}\n\nWhich?\n\n- `yes` Yes\n  Because.\n- `no` No\n  Not so.\n\n" +
	"### Q2 {#q2}\n\nWhat order?\n\n- `a` First\n  One.\n- `b` Second\n  Two.\n- `c` Third\n  Three.\n- `x` Never\n  None.\n"

// quizSession is a session with three lessons of two questions each, and no engine.
func quizSession(t *testing.T, typed string) (*Session, *bytes.Buffer) {
	t.Helper()
	store, err := progress.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	course := &lessons.Course{}
	for _, id := range []string{"one", "two", "three"} {
		course.Lessons = append(course.Lessons, &lessons.Lesson{ID: id, Steps: []lessons.Step{
			{Reading: &lessons.Reading{ID: "read"}},
			{Quiz: &lessons.Quiz{ID: "quiz", Questions: []lessons.Question{
				{ID: "q1", One: &lessons.One{Right: "yes", Wrong: []string{"no"}}},
				{ID: "q2", Order: &lessons.Order{Right: []string{"a", "b", "c"}, Wrong: []string{"x"}}},
			}}},
		}})
	}
	out := &bytes.Buffer{}
	s := &Session{
		UI: &UI{Out: out, Lang: content.English, Style: content.Plain, Plain: true}, Course: course, Store: store,
		Words: func(_ content.Lang, id string) (*content.Words, error) {
			w, faults := content.ParseWords(id+".md", []byte(strings.ReplaceAll(quizWords, "%s", id)))
			if len(faults) > 0 {
				return nil, faults
			}
			return w, nil
		},
		TitleOf: func(_ content.Lang, id string) string { return id },
		Connect: func(context.Context) (*sandbox.Engine, error) { return nil, errors.New("no engine here") },
	}
	s.Ask = &lineAsker{in: strings.NewReader(typed), out: out, lang: content.English}
	return s, out
}

func update(t *testing.T, s *Session, change func(*progress.Record)) progress.Record {
	t.Helper()
	r, err := s.Store.Update(func(r *progress.Record) error { change(r); return nil })
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// What was missed comes first, then what was never asked, then what was seen longest ago;
// lessons that were not begun do not count.
func TestToReview(t *testing.T) {
	s, _ := quizSession(t, "")
	at := func(minute int) time.Time { return time.Date(2026, 1, 1, 10, minute, 0, 0, time.UTC) }
	r := update(t, s, func(r *progress.Record) {
		r.Done("one", "read", at(0))
		r.Done("two", "read", at(0))
		r.AnswerQuestion("one", "quiz", "q1", true, at(9))
		r.AnswerQuestion("one", "quiz", "q2", true, at(5))
		r.AnswerQuestion("two", "quiz", "q2", true, at(1))
		r.AnswerQuestion("two", "quiz", "q2", false, at(8))
	})
	for most, want := range map[int][]string{
		3: {"two/q2", "two/q1", "one/q2"},
		9: {"two/q2", "two/q1", "one/q2", "one/q1"},
	} {
		questions, err := s.toReview(t.Context(), r, s.Course.Lessons, most)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, q := range questions {
			got = append(got, q.lesson.ID+"/"+q.ID)
		}
		if !slices.Equal(got, want) {
			t.Errorf("at most %d: got %v, want %v", most, got, want)
		}
	}
}

// A lesson opens with questions of earlier ones, once; the first has none, and a learner
// may pass them over.
func TestOpeningReview(t *testing.T) {
	s, out := quizSession(t, "3\n")
	if err := s.Lesson(t.Context(), s.Course.Lessons[0]); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(out.String(), "earlier") {
		t.Errorf("the first lesson asks about earlier ones:\n%s", out)
	}
	for _, test := range []struct {
		what, typed string
		asks        bool
	}{
		{"passed over", "2\n3\n", false},
		{"going on, as the first page was opened", "3\n", false},
	} {
		s.Ask = &lineAsker{in: strings.NewReader(test.typed), out: out, lang: content.English}
		out.Reset()
		if err := s.Lesson(t.Context(), s.Course.Lessons[1]); err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(out.String(), "Question 1 of"); got != test.asks {
			t.Errorf("%s: asked: %t\n%s", test.what, got, out)
		}
	}
	s, out = quizSession(t, "1\n")
	update(t, s, func(r *progress.Record) { r.Done("one", "read", time.Now()) })
	if err := s.Lesson(t.Context(), s.Course.Lessons[2]); !errors.Is(err, ErrInterrupted) { // what was typed ends
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "2 questions from earlier lessons") || !strings.Contains(out.String(), "Question 1 of 2: Q1") {
		t.Errorf("got\n%s", out)
	}
}

// Only the whole order is right, and without the step that does not belong.
func TestOrderQuestion(t *testing.T) {
	s, out := quizSession(t, "")
	questions, err := s.allQuestions(t.Context(), s.Course.Lessons[0])
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{"First": "a", "Second": "b", "Third": "c", "Never": "x"}
	for _, test := range []struct {
		order string
		known bool
	}{{"abc", true}, {"acb", false}, {"ab", false}, {"abcx", false}, {"cba", false}} {
		out.Reset()
		s.Ask = &orderer{texts: texts, want: test.order}
		known, err := s.ask(t.Context(), questions[1])
		if err != nil || known != test.known {
			t.Errorf("%s: got %t, %v, want %t", test.order, known, err, test.known)
		}
		var lines []string
		for line := range strings.Lines(out.String()) {
			if strings.Contains(line, "✔") || strings.Contains(line, "✘") {
				lines = append(lines, strings.Join(strings.Fields(line), " "))
			}
		}
		if got := strings.Join(lines[1:], ", "); got != "✔ 1. First, ✔ 2. Second, ✔ 3. Third, ✘ Never" {
			t.Errorf("%s: explained as %s", test.order, got)
		}
	}
}

// orderer puts options in an order, by their texts.
type orderer struct {
	Asker
	texts map[string]string
	want  string
}

func (o *orderer) Order(_ string, options []string) ([]int, error) {
	var chosen []int
	for _, id := range o.want {
		chosen = append(chosen, slices.IndexFunc(options, func(text string) bool { return o.texts[text] == string(id) }))
	}
	return chosen, nil
}

// A quiz of its own asks what is named, and keeps what was known.
func TestQuizAlone(t *testing.T) {
	s, out := quizSession(t, "1\n1\n")
	if err := s.Quiz(t.Context(), s.Course.Lessons[1:2], 5); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	r, err := s.Store.Read()
	if err != nil {
		t.Fatal(err)
	}
	answers := r.Lesson("two").Answers["quiz"]
	if len(answers["q1"]) != 1 || len(answers["q2"]) != 1 || len(r.Lesson("two").Steps) != 0 {
		t.Errorf("kept %+v", r.Lesson("two"))
	}
	if !strings.Contains(out.String(), " of 2 right.") {
		t.Errorf("got\n%s", out)
	}
	s, out = quizSession(t, "1\n")
	if err := s.Quiz(t.Context(), nil, 1); err != nil || !strings.Contains(out.String(), "Question 1 of 1: Q1") {
		t.Errorf("nothing begun: %v\n%s", err, out)
	}
}
