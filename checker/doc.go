// Package checker turns evidence into verdicts: what a daemon holds now, what it
// reported since an exercise opened and what the learner answered, against the
// statements of an exercise. Where a statement does not hold, it says which of the
// known wrong turns was taken: what was found, what was wanted, where to look.
//
// It reads the Engine API and changes nothing there. It neither waits nor polls:
// whoever calls decides when to judge, and bounds the time with the context. It
// knows no language: a diagnosis is an id with arguments, whose words are in
// package content. Watching events, taking inventories and protecting what was
// there before are the business of package sandbox.
package checker
