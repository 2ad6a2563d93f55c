package lessons

import "regexp"

const leastQuestions = 3

func (l *linter) quiz(q *Quiz) {
	if n := len(q.Questions); n < leastQuestions {
		l.fault(spot{q.At, "questions"}, "a quiz has at least %s; this has %d", plural(leastQuestions, "question"), n)
	}
	ids := seen{}
	for _, question := range q.Questions {
		l.unique(ids, "question", question.ID, spot{question.At, "id"})
		l.question(question)
		rewrite(question, func(at spot, text string) string {
			l.declared(at, text, nil)
			return text
		})
	}
}

func (l *linter) question(q Question) {
	l.covers(q.At, q.Covers)
	if !l.exactlyOne("a question", q, q.At, []string{"one", "several", "text", "live"}) {
		return
	}
	switch {
	case q.One != nil:
		ids := seen{}
		l.option(ids, q.One.Right, spot{q.One.At, "right"})
		l.options(ids, q.One.Wrong, spot{q.One.At, "wrong"})
	case q.Several != nil:
		l.several(q.Several)
	case q.Live != nil:
		l.answer(q.Live)
		if q.Live.Is != nil {
			l.fault(spot{q.Live.At, "is"}, "a live question needs a computed answer; for a fixed one use text")
		}
	case len(q.Text) == 0:
		l.fault(spot{q.At, "text"}, "this list is empty; at least one answer must be right")
	}
}

func (l *linter) several(s *Several) {
	if len(s.Right) == 1 {
		l.fault(spot{s.At, "right"}, "only one option is right; make it one, not several")
	}
	ids := seen{}
	l.options(ids, s.Right, spot{s.At, "right"})
	l.options(ids, s.Wrong, spot{s.At, "wrong"})
}

func (l *linter) options(ids seen, options []string, at spot) {
	for i, id := range options {
		l.option(ids, id, at.item(i))
	}
}

var optionID = regexp.MustCompile(`^[a-z0-9][a-z0-9-]*$`)

// option checks one option of a question, which is either right or wrong.
func (l *linter) option(ids seen, id string, at spot) {
	l.unique(ids, "option", id, at)
	if !optionID.MatchString(id) {
		l.fault(at, "%s is not the id of an option (lowercase letters, digits and hyphens); its words are elsewhere", quote(id))
	}
}
