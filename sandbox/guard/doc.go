// Package guard holds the proxy between a lab's docker CLI and the daemon: a private unix
// socket through which everything works as without it, but for two things. It records
// every call, so that checks can be about read-only work, and it refuses what would harm
// what was there before the lab.
//
// It is a safety rail, not a boundary: who has the daemon's own socket can go round it. It
// judges nothing (package checker) and knows no learner's language: a refusal is an id
// with arguments, which the owner of the guard puts into words.
package guard
