package checker

import (
	"slices"
	"strings"
)

// distance counts the slips to get from one word to the other: a letter changed,
// added, left out, or swapped with the next.
func distance(a, b string) int {
	d := make([][]int, len(a)+1)
	for i := range d {
		d[i] = make([]int, len(b)+1)
		for k := range d[i] {
			switch {
			case i == 0 || k == 0:
				d[i][k] = i + k
			case a[i-1] == b[k-1]:
				d[i][k] = d[i-1][k-1]
			default:
				d[i][k] = 1 + min(d[i-1][k-1], d[i-1][k], d[i][k-1])
			}
			if i > 1 && k > 1 && a[i-1] == b[k-2] && a[i-2] == b[k-1] {
				d[i][k] = min(d[i][k], d[i-2][k-2]+1)
			}
		}
	}
	return d[len(a)][len(b)]
}

// looksLike tells whether found may be a misspelling of wanted: at most two slips
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
