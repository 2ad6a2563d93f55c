package tutor

import (
	"cmp"
	"context"
	"slices"
	"time"

	"docker-tutor/content"
	"docker-tutor/lessons"
	"docker-tutor/progress"
)

// openingQuestions is how many questions of earlier lessons a lesson opens with.
const openingQuestions = 3

// isBeginning tells a learner who begins a lesson, or does it once more, from one who
// goes on with it.
func isBeginning(r progress.Record, l *lessons.Lesson) bool {
	lesson := r.Lesson(l.ID)
	return lesson.Step(l.Steps[0].ID()).Opened.IsZero() || lesson.Fraction(stepIDs(l)) == 1
}

// openWithReview asks some questions of earlier lessons that the learner has begun, where
// there are any. It may be passed over.
func (s *Session) openWithReview(ctx context.Context, record progress.Record, l *lessons.Lesson) error {
	var earlier []*lessons.Lesson
	for _, other := range s.Course.Lessons {
		if other.ID == l.ID {
			break
		}
		earlier = append(earlier, other)
	}
	questions, err := s.toReview(ctx, record, earlier, openingQuestions)
	if err != nil || len(questions) == 0 {
		return err
	}
	s.Title(s.Say("review.heading", nil))
	s.Print("review.opening", content.Args{"n": len(questions)})
	choice, err := s.choose("review.title", "review.begin", "review.skip")
	if err != nil || choice == "review.skip" {
		return err
	}
	if err := s.askAll(ctx, questions); err != nil {
		return err
	}
	_, err = s.choose("review.done", "quiz.next") // the next page would push the answers off the screen
	return err
}

// toReview picks questions from the lessons that the learner has begun: those missed the
// last time, then those never asked, then the others; of each the longest unseen first.
func (s *Session) toReview(ctx context.Context, record progress.Record, from []*lessons.Lesson, most int) ([]posed, error) {
	var all []posed
	for _, l := range from {
		if len(record.Lesson(l.ID).Steps) == 0 {
			continue
		}
		questions, err := s.allQuestions(ctx, l)
		if err != nil {
			return nil, err
		}
		all = append(all, questions...)
	}
	if s.engine == nil { // nobody could tell the truth
		all = slices.DeleteFunc(all, func(q posed) bool { return q.Live != nil })
	}
	mostUrgentFirst(record, all)
	return all[:min(most, len(all))], nil
}

// allQuestions gives the questions of a lesson's quizzes.
func (s *Session) allQuestions(ctx context.Context, l *lessons.Lesson) ([]posed, error) {
	words, err := s.wordsOf(ctx, l)
	if err != nil {
		return nil, err
	}
	var all []posed
	for _, step := range l.Steps {
		if step.Quiz != nil {
			all = append(all, questionsOf(l, step.Quiz, words)...)
		}
	}
	return all, nil
}

func mostUrgentFirst(record progress.Record, questions []posed) {
	slices.SortStableFunc(questions, func(a, b posed) int {
		urgencyA, seenA := urgency(record, a)
		urgencyB, seenB := urgency(record, b)
		return cmp.Or(cmp.Compare(urgencyA, urgencyB), seenA.Compare(seenB))
	})
}

// urgency tells a missed question (0) from one never asked (1) and one that was known (2),
// and when it was last seen.
func urgency(record progress.Record, q posed) (int, time.Time) {
	answers := record.Lesson(q.lesson.ID).Answers[q.quiz][q.ID]
	if len(answers) == 0 {
		return 1, time.Time{}
	}
	last := answers[len(answers)-1]
	if !last.Right {
		return 0, last.At
	}
	return 2, last.At
}

// Quiz asks the questions of the quizzes of these lessons; where none is named, some of
// those that the learner has begun, or of the whole course for one who has begun none.
func (s *Session) Quiz(ctx context.Context, named []*lessons.Lesson, most int) error {
	record, err := s.Store.Read()
	if err != nil {
		return err
	}
	var questions []posed
	for _, l := range named {
		of, err := s.allQuestions(ctx, l)
		if err != nil {
			return err
		}
		questions = append(questions, of...)
	}
	if len(named) == 0 {
		if questions, err = s.toReview(ctx, record, s.Course.Lessons, most); err != nil {
			return err
		}
	}
	if len(questions) == 0 {
		return s.Quiz(ctx, s.Course.Lessons[:1], most)
	}
	return s.askAll(ctx, questions[:min(most, len(questions))])
}
