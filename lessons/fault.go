package lessons

import (
	"cmp"
	"slices"
	"strings"
)

// Fault is one thing that is wrong with a course, where it stands, and what was meant.
type Fault struct {
	At      Pos
	Message string
}

// String gives the fault as one line: file:line:col: what is wrong.
func (f Fault) String() string {
	return f.At.String() + ": " + f.Message
}

// Faults is everything that was found wrong, one line each.
type Faults []Fault

func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i, fault := range f {
		lines[i] = fault.String()
	}
	return strings.Join(lines, "\n")
}

// sort puts faults in the order of a reader: by file, then from top to bottom.
func (f Faults) sort() {
	slices.SortStableFunc(f, func(a, b Fault) int {
		return cmp.Or(
			strings.Compare(a.At.File, b.At.File),
			cmp.Compare(a.At.Line, b.At.Line),
			cmp.Compare(a.At.Col, b.At.Col),
		)
	})
}

// asError gives the faults, sorted, as an error, or nil when there are none.
func (f Faults) asError() error {
	if len(f) == 0 {
		return nil
	}
	f.sort()
	return f
}

// Once gives the faults without those that stand there a second time.
func (f Faults) Once() Faults {
	said := map[Fault]bool{}
	return slices.DeleteFunc(f, func(fault Fault) bool {
		again := said[fault]
		said[fault] = true
		return again
	})
}
