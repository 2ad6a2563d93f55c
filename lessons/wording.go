package lessons

import (
	"fmt"
	"strings"
)

// meant ends a message about an unknown word: with the word that was probably meant
// or, when none is near, with all the words that may stand there.
func meant(word string, among []string, otherwise string) string {
	if near := Nearest(word, among); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	if len(among) == 0 {
		return otherwise + " none"
	}
	return otherwise + " " + enumerate(among, "and")
}

// enumerate joins words as a sentence does: a, b and c.
func enumerate(words []string, and string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " " + and + " " + words[last]
}

// plural gives a count with its noun.
func plural(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}

// lowerFirst begins a sentence with a small letter and drops its full stop.
func lowerFirst(s string) string {
	s = strings.TrimSuffix(s, ".")
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

// quote gives a word from a file for use in a message, on one line and not too long.
func quote(s string) string {
	if r := []rune(s); len(r) > 40 {
		s = string(r[:40]) + "…"
	}
	return fmt.Sprintf("%q", s)
}
