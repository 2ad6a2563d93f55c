package progress

import "time"

// Format is the version of the file's shape that this build writes and understands.
// It changes only when an older build could no longer make sense of the file: fields
// that are merely added do not change it.
const Format = 1

// maxAnswers is how many answers are kept per question, the newest. Review is planned
// by replaying them, and twenty reviews reach years ahead.
const maxAnswers = 20

// Record is what one learner did and knows. The zero Record is a learner who has not
// begun. Times are in UTC, to the second.
type Record struct {
	Format   int               `json:"format"`
	Settings Settings          `json:"settings"`
	Position Position          `json:"position"`
	Active   time.Time         `json:"active,omitzero"` // when something was last marked
	Lessons  map[string]Lesson `json:"lessons,omitempty"`
}

// Settings is what the learner chose.
type Settings struct {
	Language string `json:"language,omitempty"` // "en", "fr", or "" for not chosen

	// Trusted are the courses of others that may run their scripts: digest by name.
	Trusted map[string]string `json:"trusted,omitempty"`
}

// Position is where the learner left. Without a Lesson nothing was ever opened;
// without a Step it is the lesson's beginning.
type Position struct {
	Lesson string `json:"lesson,omitempty"`
	Step   string `json:"step,omitempty"`
}

// Lesson is what became of one lesson.
type Lesson struct {
	Steps map[string]Step `json:"steps,omitempty"` // by step id

	// Answers are the newest answers to each question, oldest first: by quiz id,
	// then by question id. They say what the learner knows, so resets keep them.
	Answers map[string]map[string][]Answer `json:"answers,omitempty"`
}

// State is what became of a step; "" as long as it is open or untouched.
type State string

// The states that a step can reach. A step that is done stays so until it is reset.
const (
	Done    State = "done"
	Skipped State = "skipped"
)

// Step is what became of one step.
type Step struct {
	State    State     `json:"state,omitempty"`
	Opened   time.Time `json:"opened,omitzero"`    // the first time
	Done     time.Time `json:"done,omitzero"`      // the first time
	Tries    int       `json:"tries,omitempty"`    // failed verdicts that were shown
	Hints    int       `json:"hints,omitempty"`    // the furthest hint taken, from 1
	Solution bool      `json:"solution,omitempty"` // the solution was shown
}

// Answer is one answer to a quiz question.
type Answer struct {
	At    time.Time `json:"at"`
	Right bool      `json:"right"`
}

// Trust notes that the course with this name and digest may run its scripts.
func (r *Record) Trust(name, digest string) {
	if r.Settings.Trusted == nil {
		r.Settings.Trusted = map[string]string{}
	}
	r.Settings.Trusted[name] = digest
}

// At marks that the learner is at this step now.
func (r *Record) At(lesson, step string, now time.Time) {
	r.Position = Position{Lesson: lesson, Step: step}
	r.mark(lesson, step, now, func(*Step) {})
}

// Done marks the step as done.
func (r *Record) Done(lesson, step string, now time.Time) {
	r.mark(lesson, step, now, func(s *Step) {
		s.State = Done
		if s.Done.IsZero() {
			s.Done = r.Active
		}
	})
}

// Skip marks the step as skipped, unless it is done.
func (r *Record) Skip(lesson, step string, now time.Time) {
	r.mark(lesson, step, now, func(s *Step) {
		if s.State != Done {
			s.State = Skipped
		}
	})
}

// AddTry counts one failed verdict that the learner was shown.
func (r *Record) AddTry(lesson, step string, now time.Time) {
	r.mark(lesson, step, now, func(s *Step) { s.Tries++ })
}

// Hint marks that the learner took the step's nth hint, counted from 1.
func (r *Record) Hint(lesson, step string, n int, now time.Time) {
	r.mark(lesson, step, now, func(s *Step) { s.Hints = max(s.Hints, n) })
}

// SeeSolution marks that the learner was shown the step's solution.
func (r *Record) SeeSolution(lesson, step string, now time.Time) {
	r.mark(lesson, step, now, func(s *Step) { s.Solution = true })
}

// AnswerQuestion adds an answer to a question of the quiz, and forgets the oldest
// ones beyond the twenty that are kept. It does not open the quiz: a question may
// come back in a review.
func (r *Record) AnswerQuestion(lesson, quiz, question string, right bool, now time.Time) {
	r.touch(now)
	l := r.Lessons[lesson]
	if l.Answers == nil {
		l.Answers = map[string]map[string][]Answer{}
	}
	if l.Answers[quiz] == nil {
		l.Answers[quiz] = map[string][]Answer{}
	}
	all := append(l.Answers[quiz][question], Answer{At: r.Active, Right: right})
	l.Answers[quiz][question] = all[max(0, len(all)-maxAnswers):]
	r.Lessons[lesson] = l
}

// ResetStep forgets what became of the step. Answers to questions are kept.
func (r *Record) ResetStep(lesson, step string) {
	delete(r.Lessons[lesson].Steps, step)
}

// ResetLesson forgets what became of the lesson's steps; a learner who was in the
// middle of it is put back to its beginning. Answers to questions are kept.
func (r *Record) ResetLesson(lesson string) {
	clear(r.Lessons[lesson].Steps)
	if r.Position.Lesson == lesson {
		r.Position.Step = ""
	}
}

// Lesson gives what became of the lesson; the zero Lesson if nothing did.
func (r Record) Lesson(id string) Lesson { return r.Lessons[id] }

// Step gives what became of the step; the zero Step if nothing did.
func (l Lesson) Step(id string) Step { return l.Steps[id] }

// Fraction tells how much of the lesson is done, from 0 to 1, given the ids of the
// steps that it has now. Skipped steps are not done.
func (l Lesson) Fraction(steps []string) float64 {
	done := 0
	for _, id := range steps {
		if l.Steps[id].State == Done {
			done++
		}
	}
	return float64(done) / float64(max(1, len(steps)))
}

// mark changes one step; whatever is marked also opens the step.
func (r *Record) mark(lesson, step string, now time.Time, change func(*Step)) {
	r.touch(now)
	l := r.Lessons[lesson]
	s := l.Steps[step]
	if s.Opened.IsZero() {
		s.Opened = r.Active
	}
	change(&s)
	if l.Steps == nil {
		l.Steps = map[string]Step{}
	}
	l.Steps[step] = s
	r.Lessons[lesson] = l
}

// touch notes that the learner is active, and makes room for lessons.
func (r *Record) touch(now time.Time) {
	r.Active = now.UTC().Truncate(time.Second)
	if r.Lessons == nil {
		r.Lessons = map[string]Lesson{}
	}
}
