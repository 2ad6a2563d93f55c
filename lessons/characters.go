package lessons

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// forbidden tells whether a character may not stand in a lesson: what steers a
// terminal, what turns the reading direction so that a command reads otherwise than
// it runs, what YAML takes for a line break and no editor does, and what stands for a
// character that was lost.
func forbidden(r rune) bool {
	switch {
	case r == '\n', r == '\t':
		return false
	case r < ' ', r >= 0x7f && r <= 0x9f:
		return true
	case r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069:
		return true
	}
	return r == 0x2028 || r == 0x2029 || r == 0xfeff || r == refusedMark
}

// refusedMark stands in for what was refused already.
const refusedMark = utf8.RuneError

// cleanSource refuses the forbidden characters of a file and puts refusedMark in the
// place of each, so that reading goes on and finds what else is wrong. A byte order
// mark at the start and line ends of CR LF are allowed, and dropped.
func cleanSource(file string, data []byte) (string, Faults) {
	src := strings.TrimPrefix(string(data), "\ufeff")
	src = strings.ReplaceAll(src, "\r\n", "\n")
	if utf8.ValidString(src) && strings.IndexFunc(src, forbidden) < 0 {
		return src, nil
	}
	var faults Faults
	var out strings.Builder
	line, col := 1, 0
	for i, r := range src {
		col++
		_, size := utf8.DecodeRuneInString(src[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			faults = append(faults, Fault{Pos{file, line, col}, "this is not UTF-8; save the file as UTF-8"})
			r = refusedMark
		case forbidden(r):
			faults = append(faults, Fault{Pos{file, line, col}, forbiddenMessage(r)})
			r = refusedMark
		}
		out.WriteRune(r)
		if r == '\n' {
			line, col = line+1, 0
		}
	}
	return out.String(), faults
}

func forbiddenMessage(r rune) string {
	return fmt.Sprintf("the character %U is invisible or steers the terminal; remove it", r)
}

// placeAt gives the line and the column, both from 1 and in characters, of a byte
// offset into a text.
func placeAt(text string, offset int) (line, col int) {
	return (&cursor{text: text}).moveTo(min(offset, len(text)))
}

// cursor is placeAt for one offset after another in the same text.
type cursor struct {
	text              string
	offset, line, col int // line and col from 0
}

func (c *cursor) moveTo(offset int) (line, col int) {
	passed := c.text[c.offset:offset]
	c.offset = offset
	if newline := strings.LastIndexByte(passed, '\n'); newline >= 0 {
		c.line += strings.Count(passed, "\n")
		c.col = 0
		passed = passed[newline+1:]
	}
	c.col += utf8.RuneCountInString(passed)
	return c.line + 1, c.col + 1
}
