package tutor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"docker-tutor/content"
	"docker-tutor/lessons"
	"docker-tutor/progress"
)

// stepIDs lists a lesson's steps in order.
func stepIDs(l *lessons.Lesson) []string {
	ids := make([]string, len(l.Steps))
	for i, step := range l.Steps {
		ids[i] = step.ID()
	}
	return ids
}

// startAt tells which step of a lesson to go on with: where the learner left, unless that
// is done; then the next that is neither done nor skipped; then the next skipped one. A
// lesson that is done begins anew.
func startAt(r progress.Record, l *lessons.Lesson) int {
	ids := stepIDs(l)
	from := 0
	if r.Position.Lesson == l.ID {
		from = max(0, slices.Index(ids, r.Position.Step))
	}
	for _, closed := range []func(progress.State) bool{
		func(state progress.State) bool { return state != "" },
		func(state progress.State) bool { return state == progress.Done },
	} {
		for n := range ids {
			i := (from + n) % len(ids)
			if !closed(r.Lesson(l.ID).Step(ids[i]).State) {
				return i
			}
		}
	}
	return 0
}

// Lesson plays a lesson from where the learner left it. It ends when the last step is
// done, or when the learner leaves.
func (s *Session) Lesson(ctx context.Context, l *lessons.Lesson) error {
	words, err := s.wordsOf(ctx, l)
	if err != nil {
		return err
	}
	record, err := s.Store.Read()
	if err != nil {
		return err
	}
	if isBeginning(record, l) {
		if err := s.openWithReview(ctx, record, l); err != nil {
			return err
		}
	}
	for i := startAt(record, l); i < len(l.Steps); {
		p := place{lesson: l, words: words, step: l.Steps[i]}
		next, err := s.playStep(ctx, p)
		switch {
		case err != nil:
			return err
		case next == leave:
			return nil
		case next == onward:
			i++
		}
	}
	s.Print("lesson.done", content.Args{"title": lessonTitle(words)})
	fmt.Fprintln(s.Out)
	return nil
}

// wordsOf gives the words of a lesson as they are for the engine at hand; where none
// answers, for all kinds of engines.
func (s *Session) wordsOf(ctx context.Context, l *lessons.Lesson) (*content.Words, error) {
	words, err := s.Words(s.Lang, l.ID)
	if err != nil {
		return nil, fmt.Errorf("loading the words of the lesson %s: %w", l.ID, err)
	}
	return words.For(s.traits(ctx), s.Lang), nil
}

// traits are those of the engine at hand; nil where none answers.
func (s *Session) traits(ctx context.Context) []string {
	ctx, cancel := context.WithTimeout(ctx, bannerTimeout)
	defer cancel()
	e, err := s.connect(ctx)
	if err != nil {
		return nil
	}
	traits, err := e.Traits(ctx)
	if err != nil {
		s.engine = nil // it may be another one, or back, at the next try
		return nil
	}
	return traits
}

func lessonTitle(words *content.Words) string {
	part, _ := words.Part("lesson")
	return part.Title
}

func (s *Session) playStep(ctx context.Context, p place) (move, error) {
	if p.step.Exercise == nil { // which one is at when it has opened
		s.at(p.lesson.ID, p.step.ID())
	}
	s.title(p)
	switch {
	case p.step.Reading != nil:
		return s.reading(p)
	case p.step.Exercise != nil:
		return s.exercise(ctx, p)
	default:
		return s.quiz(ctx, p)
	}
}

// title prints the line above a step: "── Images · exercise 2 of 8 ──".
func (s *Session) title(p place) {
	kind, n, of := "step.reading", 0, 0
	for _, step := range p.lesson.Steps {
		if (step.Exercise != nil) != (p.step.Exercise != nil) || (step.Quiz != nil) != (p.step.Quiz != nil) {
			continue
		}
		of++
		if step.ID() == p.step.ID() {
			n = of
		}
	}
	switch {
	case p.step.Exercise != nil:
		kind = "step.exercise"
	case p.step.Quiz != nil:
		kind = "step.quiz"
	}
	s.Title(lessonTitle(p.words), s.Say(kind, content.Args{"n": n, "of": of}))
}

// reading shows a page, and notes it as done when the learner goes on.
func (s *Session) reading(p place) (move, error) {
	part, _ := p.words.Part(p.step.ID())
	for {
		if err := s.Show("## " + part.Title + "\n\n" + part.Text); err != nil {
			return leave, err
		}
		choice, err := s.choose("reading.title", "reading.next", "reading.again", "reading.leave")
		switch {
		case err != nil:
			return leave, err
		case choice == "reading.next":
			s.mark(func(r *progress.Record) { r.Done(p.lesson.ID, p.step.ID(), time.Now()) })
			return onward, nil
		case choice == "reading.leave":
			return leave, nil
		}
	}
}

// isLeaving tells an end by the learner's wish, or of their terminal, from a failure.
func isLeaving(err error) bool {
	return errors.Is(err, ErrInterrupted) || errors.Is(err, ErrHungUp)
}

// Document lays out all that is read in a lesson, for a reader without a lab: variables
// have the first value that they can take.
func Document(ui *UI, l *lessons.Lesson, words *content.Words) string {
	words = words.For(nil, ui.Lang)
	lesson, _ := words.Part("lesson")
	var out strings.Builder
	out.WriteString(ui.Render("# "+lesson.Title+"\n\n"+lesson.Text) + "\n")
	for _, step := range l.Steps {
		part, _ := words.Part(step.ID())
		if step.Exercise != nil {
			part = bindPart(part, firstValues(step.Exercise).Apply)
		}
		out.WriteString(ui.Render("## "+part.Title+"\n\n"+part.Text) + "\n")
		if step.Quiz == nil {
			continue
		}
		for _, q := range questionsOf(l, step.Quiz, words) {
			text := "### " + q.part.Title + "\n\n" + q.part.Lead
			if q.Text == nil && q.Live == nil {
				for _, item := range q.part.Items {
					text += "\n- " + item.Text
				}
			}
			out.WriteString(ui.Render(text) + "\n")
		}
	}
	return out.String()
}

func firstValues(ex *lessons.Exercise) lessons.Binding {
	b := lessons.Binding{Vars: map[string]string{}}
	for name, v := range ex.Vars {
		if len(v.Pick) > 0 {
			b.Vars[name] = v.Pick[0]
		} else {
			b.Vars[name] = strconv.Itoa(v.Port)
		}
	}
	return b
}
