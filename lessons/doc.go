// Package lessons holds the facts of the course: the model of a lesson, the strict
// loader that reads it from YAML, the lint that finds what no decoder can see, the
// binding that fits an exercise to one attempt, and the JSON Schema that lets an
// editor complete it. The built-in lessons, NN-name.yaml, stand beside the code.
//
// It knows nothing of Docker, of languages or of terminals: what learners read lives
// in package content, and what judges a check in package checker.
package lessons
