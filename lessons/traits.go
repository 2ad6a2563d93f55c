package lessons

// A trait is something that engines differ in, as far as lessons tell them apart: where
// images are kept, what builds them, and whether the API is 1.42 or later. An engine
// has one of each pair.
var traitPairs = [][2]string{
	{"containerd", "graph-driver"},
	{"buildkit", "legacy-builder"},
	{"since-23", "before-23"},
}

// Traits gives all traits there are.
func Traits() []string {
	var all []string
	for _, pair := range traitPairs {
		all = append(all, pair[:]...)
	}
	return all
}

// Kinds gives every set of traits that an engine can have.
func Kinds() [][]string {
	kinds := [][]string{nil}
	for _, pair := range traitPairs {
		var longer [][]string
		for _, kind := range kinds {
			for _, trait := range pair {
				longer = append(longer, append(kind[:len(kind):len(kind)], trait))
			}
		}
		kinds = longer
	}
	return kinds
}
