package lessons

import "fmt"

// spot names a value of a lesson: the place of the mapping it belongs to, and its
// path from there: publish[0], env.PORT, setup.
type spot struct {
	in   Pos
	path string
}

// item is the spot of one item of the list at s.
func (s spot) item(i int) spot { return spot{s.in, fmt.Sprintf("%s[%d]", s.path, i)} }

// entry is the spot of one value of the mapping of names at s.
func (s spot) entry(name string) spot { return spot{s.in, s.path + "." + name} }

// place is where a value stands in its file.
type place struct {
	Pos
	// first is where the first letter of a text stands, behind its quote or in the
	// line under its |. It is zero for a text that YAML has folded or unescaped, whose
	// lines and columns are not those of the file.
	first Pos
}

// inside gives the place of a line and a column (both from 1) within a text or, where
// that cannot be told, the place of the whole.
func (p place) inside(line, col int) Pos {
	if p.first.Line == 0 {
		return p.Pos
	}
	return Pos{p.first.File, p.first.Line + line - 1, p.first.Col + col - 1}
}

// source is what a lesson keeps of its file.
type source struct {
	firstLine string
	places    map[spot]place
}

// place finds where a value stands or, when it was not written, the mapping that it
// would belong to.
func (l *Lesson) place(s spot) place {
	if l.source != nil {
		if p, ok := l.source.places[s]; ok {
			return p
		}
	}
	return place{Pos: s.in}
}
