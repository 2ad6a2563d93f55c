package command

import "strings"

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
