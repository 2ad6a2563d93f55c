package lessons

import (
	"fmt"
	"strings"
)

// Nearest gives the word that was probably meant: the one among the given words that
// is fewest typing errors away (a letter too many, missing, wrong, or two swapped),
// the first of equals. Case does not count. It is empty when nothing is near.
func Nearest(word string, among []string) string {
	best, bound := "", max(1, len(word)/3)+1
	for _, candidate := range among {
		if d := typos(strings.ToLower(word), strings.ToLower(candidate), bound); d < bound {
			best, bound = candidate, d
		}
	}
	return best
}

// typos counts the typing errors between two words (optimal string alignment). It
// gives up at bound when their lengths alone differ by as much.
func typos(a, b string, bound int) int {
	if len(a)-len(b) >= bound || len(b)-len(a) >= bound {
		return bound
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		before, last, row = last, row, before
		row[0] = i
		for j := 1; j <= len(b); j++ {
			wrong := last[j-1]
			if a[i-1] != b[j-1] {
				wrong++
			}
			row[j] = min(wrong, last[j]+1, row[j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
	}
	return row[len(b)]
}

// meant ends a message about an unknown word: with the word that was probably meant
// or, when none is near, with all the words that may stand there.
func meant(word string, among []string, otherwise string) string {
	if near := Nearest(word, among); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
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
