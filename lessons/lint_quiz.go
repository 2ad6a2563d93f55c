package lessons

import (
	"regexp"
	"slices"
)

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
	l.claims(q.At, q.Covers, q.Refutes)
	if !l.exactlyOne("a question", q, q.At, []string{"one", "several", "order", "text", "live"}) {
		return
	}
	switch {
	case q.One != nil:
		l.option(seen{}, q.One.Right, spot{q.One.At, "right"})
		l.wrong(q.One.Wrong, []string{q.One.Right}, spot{q.One.At, "wrong"})
	case q.Several != nil:
		l.several(q.Several)
	case q.Order != nil:
		l.inOrder(q.Order)
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
	for i, id := range s.Right {
		l.option(ids, id, spot{s.At, "right"}.item(i))
	}
	l.wrong(s.Wrong, s.Right, spot{s.At, "wrong"})
}

const leastSteps = 3

func (l *linter) inOrder(o *Order) {
	if n := len(o.Right); n > 0 && n < leastSteps {
		l.fault(spot{o.At, "right"}, "an order has at least %s; this has %d", plural(leastSteps, "step"), n)
	}
	ids := seen{}
	for i, id := range o.Right {
		l.option(ids, id, spot{o.At, "right"}.item(i))
	}
	l.wrong(o.Wrong, o.Right, spot{o.At, "wrong"})
}

// wrong checks the wrong options of a question, given its right ones.
func (l *linter) wrong(options, right []string, at spot) {
	ids := seen{}
	for i, id := range options {
		if slices.Contains(right, id) {
			l.fault(at.item(i), "the option %q cannot be right and wrong", id)
			continue
		}
		l.option(ids, id, at.item(i))
	}
}

var optionID = regexp.MustCompile(`^[a-z0-9][a-z0-9-]*$`)

// option checks the id of one option, which stands once among the right or the wrong.
func (l *linter) option(ids seen, id string, at spot) {
	l.unique(ids, "option", id, at)
	if !optionID.MatchString(id) {
		l.fault(at, "%s is not the id of an option (lowercase letters, digits and hyphens); its words are elsewhere", quote(id))
	}
}
