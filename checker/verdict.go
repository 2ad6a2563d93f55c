package checker

import "time"

// Outcome is what a check came to.
type Outcome string

// The three outcomes. Unknown means that the check itself could not be run:
// the diagnosis says why, and nobody is blamed.
const (
	Passed  Outcome = "passed"
	Failed  Outcome = "failed"
	Unknown Outcome = "unknown"
)

// Verdict is the outcome of one check.
type Verdict struct {
	Check     string     // id of the check; empty for a question of a quiz
	Outcome   Outcome    //
	Diagnosis *Diagnosis // nil when passed
	Final     bool       // passed for good, whatever happens afterwards: edges, events, answers
}

// Diagnosis says why a check is not passed.
type Diagnosis struct {
	// ID is one of KnownDiagnoses, whose words are "diagnosis.ID"; or, where Own is
	// set, an item of the exercise's own Mistakes section.
	ID  string
	Own bool
	// Near tells that something was done, though not the right thing: worth showing
	// unasked. Where it is false the learner has merely not got there yet.
	Near bool
	// Waiting is for how long this may still come right by itself; see Verdict.Waiting.
	Waiting time.Duration
	// Args fill the placeholders of the words: string, int, time.Duration or Phrase.
	Args map[string]any
	// Look is a command that shows the learner the evidence; it may be empty.
	Look string
}

// Phrase is an argument that is itself words, "phrase.ID", to be said in the
// language of the diagnosis it stands in. Phrases have no placeholders.
type Phrase string

type args map[string]any

// diagnose gives a built-in diagnosis.
func diagnose(near bool, id, look string, a args) *Diagnosis {
	return &Diagnosis{ID: id, Near: near, Look: look, Args: a}
}
