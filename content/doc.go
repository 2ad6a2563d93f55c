// Package content holds all that a learner reads: the words of the lessons (one
// Markdown document per lesson and language, in en/ and fr/), the messages and the
// diagnoses of the program in every language, and what turns them into text for a
// terminal: layout, colours and small drawings.
//
// It decides nothing. What a lesson checks lives in package lessons, how a check is
// judged in package checker, and when a text is shown in package tutor. Glamour is
// imported here alone, in render.go.
package content
