// Package progress holds what one learner did and knows, and keeps it on disk: the
// language chosen, where the learner left, what became of each step, and how each
// quiz question was answered.
//
// All of it is one JSON file, progress.json, in the folder that Dir names; beside it
// stands progress.lock. An update is on the disk before it is acknowledged. It is
// never half there, whatever kills the process, and several processes may update at
// once. A file that cannot be understood is kept aside, never thrown away.
//
// It knows nothing of Docker, of languages or of terminals, and it does not know the
// course: lessons, steps and questions are just ids here, so the ids of a lesson that
// has since been removed do no harm. What a lesson holds lives in package lessons,
// what is said about it in package content. When a question is next due, and reports
// for others, are not decided here.
package progress
