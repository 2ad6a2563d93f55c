package lessons

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
)

//go:embed facts.txt
var factsText string

// Fact is something that the built-in course has to teach (S-011) or, of the errors that
// are widespread, to put right (E-05).
type Fact struct{ ID, Text string }

// Facts gives all of them, in the order of their numbers.
func Facts() []Fact {
	var facts []Fact
	for line := range strings.Lines(factsText) {
		id, text, _ := strings.Cut(strings.TrimSpace(line), " ")
		if id != "#" {
			facts = append(facts, Fact{id, text})
		}
	}
	return facts
}

// IsError tells a widespread error from a fact.
func (f Fact) IsError() bool { return strings.HasPrefix(f.ID, "E-") }

// Claim is a place of the course that teaches a fact. Only what is done or answered there
// proves that it was learned.
type Claim struct {
	Lesson, Step string // the step of a question is QUIZ/QUESTION
	Reading      bool
}

// Coverage maps the number of each fact to the places that claim it, in the order of the
// course.
func (c *Course) Coverage() map[string][]Claim {
	claims := map[string][]Claim{}
	for _, l := range c.Lessons {
		note := func(step string, reading bool, numbers ...[]string) {
			for _, number := range slices.Concat(numbers...) {
				claims[number] = append(claims[number], Claim{l.ID, step, reading})
			}
		}
		for _, step := range l.Steps {
			switch {
			case step.Reading != nil:
				note(step.ID(), true, step.Reading.Covers, step.Reading.Refutes)
			case step.Exercise != nil:
				note(step.ID(), false, step.Exercise.Covers, step.Exercise.Refutes)
			default:
				for _, q := range step.Quiz.Questions {
					note(step.ID()+"/"+q.ID, false, q.Covers, q.Refutes)
				}
			}
		}
	}
	return claims
}

// Uncovered lists what the course claims nowhere: facts that no exercise and no question
// proves, errors that nothing puts right, and numbers that there are not.
func (c *Course) Uncovered() []string {
	var missing []string
	claims := c.Coverage()
	for _, f := range Facts() {
		proved := slices.ContainsFunc(claims[f.ID], func(claim Claim) bool { return f.IsError() || !claim.Reading })
		if !proved {
			missing = append(missing, fmt.Sprintf("%s (%s) is claimed by no exercise or question", f.ID, f.Text))
		}
		delete(claims, f.ID)
	}
	for id, places := range claims {
		missing = append(missing, fmt.Sprintf("%s, which %s/%s claims, is not among the facts", id, places[0].Lesson, places[0].Step))
	}
	slices.Sort(missing)
	return missing
}
