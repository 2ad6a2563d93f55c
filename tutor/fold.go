package tutor

import (
	"io"
	"os"
	"strings"

	"docker-tutor/content"

	"golang.org/x/term"
)

// sizeOf gives the columns and rows of a terminal, and 0 of anything else.
func sizeOf(w io.Writer) (columns, rows int) {
	f, ok := w.(*os.File)
	if !ok {
		return 0, 0
	}
	columns, rows, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0, 0
	}
	return columns, rows
}

func widthOf(w io.Writer) int {
	columns, _ := sizeOf(w)
	return columns
}

// fold breaks a text of ours at spaces so that no line is wider than width, unless one
// word is; the lines that this makes begin with indent. Width 0 breaks nothing. A
// no-break space is none, and runs of spaces stay as they are.
func fold(text string, width int, indent string) string {
	if width <= 0 || content.Width(text) <= width {
		return text
	}
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		lines = append(lines, foldLine(line, width, indent)...)
	}
	return strings.Join(lines, "\n")
}

func foldLine(line string, width int, indent string) (lines []string) {
	now, bare := "", true // bare: nothing but the indent stands on the line yet
	for i, word := range unbroken(strings.Split(line, " ")) {
		switch {
		case i == 0:
			now = word
		case !bare && word != "" && content.Width(now)+1+content.Width(word) > width:
			lines = append(lines, strings.TrimRight(now, " "))
			now = indent + word
		default:
			now += " " + word
		}
		bare = bare && word == ""
	}
	return append(lines, now)
}

// unbroken joins to a word what must stay on its line: in ASCII the no-break spaces of
// French are plain ones.
func unbroken(words []string) (joined []string) {
	for _, word := range words {
		last := len(joined) - 1
		mark := len([]rune(word)) == 1 && strings.Contains(content.BeginsNoLine, word)
		if last >= 0 && (mark || strings.HasSuffix(joined[last], "«")) {
			joined[last] += " " + word
		} else {
			joined = append(joined, word)
		}
	}
	return joined
}
