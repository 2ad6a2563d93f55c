package sandbox

import "fmt"

// Problem is a failure that a learner can do something about. ID names the words for
// it: "error.<ID>" says what failed, "hint.<ID>" what to try; Args fill their blanks.
type Problem struct {
	ID   string
	Args map[string]any
	Err  error
}

// Error is the fallback for logs; learners see the words for ID.
func (p *Problem) Error() string {
	if p.Err != nil {
		return fmt.Sprintf("%s: %v", p.ID, p.Err)
	}
	return p.ID
}

// Unwrap gives the cause.
func (p *Problem) Unwrap() error { return p.Err }
