package lessons

import (
	"slices"
	"testing"
)

func TestKinds(t *testing.T) {
	kinds := Kinds()
	if len(kinds) != 8 {
		t.Errorf("%d kinds of engines, want 8", len(kinds))
	}
	seen := map[string]bool{}
	for _, kind := range kinds {
		for _, pair := range traitPairs {
			if slices.Contains(kind, pair[0]) == slices.Contains(kind, pair[1]) {
				t.Errorf("%v has both or none of %v", kind, pair)
			}
		}
		seen[kind[0]+kind[1]+kind[2]] = true
	}
	if len(seen) != len(kinds) {
		t.Errorf("some kinds are the same: %v", kinds)
	}
}
