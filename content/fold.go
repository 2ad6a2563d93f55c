package content

import (
	"cmp"
	"strings"
	"unicode/utf8"

	"github.com/mattn/go-runewidth"
)

// The marks that styled text carries through glamour, around inline code.
const (
	codeStart = '\ue000'
	codeEnd   = '\ue001'
)

// columns measures characters. Ambiguous ones are narrow whatever the locale, so that
// a page is the same everywhere.
var columns = &runewidth.Condition{StrictEmojiNeutral: true}

// cell is one character on the screen with what combines with it.
type cell struct {
	text  string
	style string // parameters of its SGR sequence, "" for none
	width int    // columns
	code  bool   // inside inline code, where a line does not break
}

func (c cell) space() bool { return c.text == " " }

// breaks tells whether a line may end before this cell; a no-break space says no.
func (c cell) breaks() bool { return c.space() && !c.code }

// Width gives the columns that a text takes on a terminal, escape sequences not counted.
func Width(s string) int { return widthOf(cells(s)) }

func widthOf(line []cell) int {
	n := 0
	for _, c := range line {
		n += c.width
	}
	return n
}

// cells reads styled text: characters, SGR sequences and the marks of inline code.
// Other escape sequences are dropped.
func cells(s string) []cell {
	out := make([]cell, 0, len(s))
	style, code := "", false
	for len(s) > 0 {
		if params, size := readSGR(s); size > 0 {
			style = addStyle(style, params)
			s = s[size:]
			continue
		}
		r, size := utf8.DecodeRuneInString(s)
		switch w := columns.RuneWidth(r); {
		case r == codeStart || r == codeEnd:
			code = r == codeStart
		case r == '\ufe0f' && len(out) > 0: // shows the character before as an emoji
			out[len(out)-1].text += s[:size]
			out[len(out)-1].width = 2
		case w == 0 && r != '\n' && len(out) > 0:
			out[len(out)-1].text += s[:size]
		default:
			out = append(out, cell{text: s[:size], style: style, width: w, code: code})
		}
		s = s[size:]
	}
	return out
}

// readSGR reads the colour or style sequence that s begins with; size 0 when none.
func readSGR(s string) (params string, size int) {
	if !strings.HasPrefix(s, "\x1b[") {
		return "", 0
	}
	end := strings.IndexFunc(s[2:], func(r rune) bool { return r != ';' && (r < '0' || r > '9') })
	if end < 0 || s[2+end] != 'm' {
		return "", 0
	}
	return s[2 : 2+end], 2 + end + 1
}

// addStyle gives the style after one more sequence.
func addStyle(style, params string) string {
	switch {
	case params == "" || params == "0":
		return ""
	case style == "":
		return params
	}
	return style + ";" + params
}

// fold cuts a text into lines of at most width columns. It breaks at spaces; inside
// inline code, or a word, only where that alone is wider than a line.
func fold(text []cell, width int) [][]cell {
	var lines [][]cell
	for {
		for len(text) > 0 && text[0].space() {
			text = text[1:]
		}
		if len(text) == 0 {
			return lines
		}
		end := lineEnd(text, max(width, 2))
		lines = append(lines, trimSpaces(text[:end]))
		text = text[end:]
		if len(text) > 0 && text[0].text == "\n" {
			text = text[1:]
		}
	}
}

// glued tells whether a space is one that French puts inside « guillemets » and before : ; ? !
// and %, which begin no line. In ASCII the no-break spaces there have become plain ones.
func glued(before, after []cell) bool {
	if len(before) > 0 && before[len(before)-1].text == "«" {
		return true
	}
	return len(after) > 0 && strings.Contains(BeginsNoLine, after[0].text) && (len(after) == 1 || after[1].space() || after[1].text == "\n")
}

// BeginsNoLine are the characters that stand alone behind a space in French, and must not
// begin a line.
const BeginsNoLine = ":;?!%»"

// lineEnd finds how many cells of a text go on its first line; always one or more,
// unless the line is cut short by a line break.
func lineEnd(text []cell, width int) int {
	used, atSpace, inCode, atSlash := 0, 0, 0, 0
	for i, c := range text {
		used += c.width
		switch {
		case c.text == "\n":
			return i
		case c.breaks() && !glued(text[:i], text[i+1:]):
			atSpace = i
		case c.space():
			inCode = i
		}
		if used > width && !c.space() {
			return cmp.Or(atSpace, inCode, atSlash, max(i, 1))
		}
		if c.text == "/" {
			atSlash = i + 1
		}
	}
	return len(text)
}

func trimSpaces(line []cell) []cell {
	for len(line) > 0 && line[len(line)-1].space() {
		line = line[:len(line)-1]
	}
	return line
}

// paint writes a line with as few sequences as its styles need, never two in a row,
// and none of them open at its end. A space is in a style only inside a run of it.
func paint(out *strings.Builder, line []cell) {
	style := ""
	for i, c := range line {
		next := c.style
		if c.space() {
			next = styleAfterSpaces(line[i:])
			if next != style {
				next = ""
			}
		}
		if next != style {
			out.WriteString(sequence(style, next))
			style = next
		}
		out.WriteString(c.text)
	}
	out.WriteString(sequence(style, ""))
}

// styleAfterSpaces gives the style of the first cell that is no space.
func styleAfterSpaces(line []cell) string {
	for _, c := range line {
		if !c.space() {
			return c.style
		}
	}
	return ""
}

// sequence gives the one escape sequence that leads from a style to another.
func sequence(from, to string) string {
	switch {
	case from == to:
		return ""
	case to == "":
		return "\x1b[0m"
	case from == "":
		return "\x1b[" + to + "m"
	}
	return "\x1b[0;" + to + "m"
}
