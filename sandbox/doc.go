// Package sandbox holds all that touches the learner's machine: finding the Docker
// Engine, bringing the course's base image, and the lab, which is the scratch folder
// and shell of one open exercise, with the inventory of the daemon at its opening and
// the clean-up that gives it back.
//
// It does not judge (package checker), speak to learners (package content), or decide
// what comes next (package tutor). A Problem carries an id, and the words for it are in
// package content.
package sandbox
