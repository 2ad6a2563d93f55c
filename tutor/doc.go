// Package tutor holds one learner's session: the menu, the way through a lesson's
// readings, exercises and quizzes, the open exercise from its task to its last tick, and
// the two ways to play a lesson without a learner, demo and proof.
//
// It decides what comes next and says it. It does not judge (package checker), does not
// touch the daemon or the shell (package sandbox), keeps nothing on disk (package
// progress) and holds no words (package content).
package tutor
