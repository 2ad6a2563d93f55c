package checker

import (
	"slices"
	"strings"
)

// distance counts the letters to change, add or leave out to get from one word to
// the other (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for i := range row {
		row[i] = i
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for k := range len(b) {
			cost := diagonal
			if a[i] != b[k] {
				cost++
			}
			diagonal = row[k+1]
			row[k+1] = min(cost, diagonal+1, row[k]+1)
		}
	}
	return row[len(b)]
}

// looksLike tells whether found may be a misspelling of wanted: at most two letters
// away (one in a very short name), or without the dt- that all names here begin with.
func looksLike(found, wanted string) bool {
	if found == wanted {
		return false
	}
	bare := strings.TrimPrefix(wanted, "dt-")
	if found == bare {
		return true
	}
	allowed := 2
	if len(bare) <= 3 {
		allowed = 1
	}
	return abs(len(found)-len(wanted)) <= allowed && distance(found, wanted) <= allowed
}

// closest gives the word nearest to wanted, the first in the alphabet among equals.
func closest(words []string, wanted string) string {
	return slices.MinFunc(words, func(a, b string) int {
		if d := distance(a, wanted) - distance(b, wanted); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
}

func abs(n int) int {
	return max(n, -n)
}
