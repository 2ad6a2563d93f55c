package content

import (
	"regexp"
	"strconv"
	"strings"

	"docker-tutor/lessons"
)

// line is one line of a document.
type line struct {
	n    int // 1-based
	text string
	code bool // in a fenced code block, its fences included
}

func (l line) blank() bool { return strings.TrimSpace(l.text) == "" }

func (l line) indented() bool { return strings.HasPrefix(l.text, " ") }

// fence follows the fenced code blocks of a document; mark is "" outside of one.
type fence struct {
	mark string // as it was opened: ``` or ~~~, or more of them
	line int
}

var fenceLine = regexp.MustCompile("^ *(`{3,}|~{3,})(.*)$")

// next takes the next line and tells whether it is part of a code block.
func (f *fence) next(l line) bool {
	m := fenceLine.FindStringSubmatch(l.text)
	switch {
	case f.mark == "" && m != nil && (m[1][0] == '~' || !strings.Contains(m[2], "`")):
		f.mark, f.line = m[1], l.n
		return true
	case f.mark == "":
		return false
	case m != nil && strings.HasPrefix(m[1], f.mark) && strings.TrimSpace(m[2]) == "":
		f.mark = ""
	}
	return true
}

var (
	bulletItem  = regexp.MustCompile("^([-*+] +)`([a-z][a-z0-9-]*)`(?: +(.*))?$")
	orderedItem = regexp.MustCompile(`^([0-9]{1,9}[.)] +)(.*)$`)
)

// fill reads the part's text and items from its lines.
func (p *Part) fill(lines []line) {
	if len(lines) == 0 {
		return
	}
	p.line = lines[0].n
	p.Text = joinLines(lines)
	p.Lead = p.Text
	var open *itemReader
	for i, l := range lines {
		next := startItem(l, len(p.Items)+1, p.At.File)
		switch {
		case next != nil:
			if len(p.Items) == 0 {
				p.Lead = joinLines(trimBlank(lines[:i]))
			}
			open.close(p)
			open = next
			p.Items = append(p.Items, open.first)
		case open != nil && (l.blank() || l.indented()):
			open.more = append(open.more, line{n: l.n, text: dedent(l.text, open.width), code: l.code})
		case len(p.Items) > 0 && !l.blank():
			open.close(p)
			open = nil
			p.loose = append(p.loose, l.n)
		}
	}
	open.close(p)
}

// itemReader gathers the lines of one item.
type itemReader struct {
	first Item
	width int // of the bullet or number and its space
	more  []line
}

// startItem begins an item where a line is one; number is the id of a numbered one.
func startItem(l line, number int, file string) *itemReader {
	if l.code {
		return nil
	}
	at := lessons.Pos{File: file, Line: l.n, Col: 1}
	if m := bulletItem.FindStringSubmatch(l.text); m != nil {
		return &itemReader{width: len(m[1]), first: Item{ID: m[2], Text: m[3], At: at}}
	}
	if m := orderedItem.FindStringSubmatch(l.text); m != nil {
		return &itemReader{width: len(m[1]), first: Item{ID: strconv.Itoa(number), Text: m[2], At: at}}
	}
	return nil
}

// close gives the part's last item the lines gathered for it. A nil reader does nothing.
func (r *itemReader) close(p *Part) {
	if r == nil {
		return
	}
	i := &p.Items[len(p.Items)-1]
	i.Text = strings.TrimSpace(i.Text)
	i.More = joinLines(trimBlank(r.more))
}

// dedent takes up to n spaces off the front.
func dedent(s string, n int) string {
	for ; n > 0 && strings.HasPrefix(s, " "); n-- {
		s = s[1:]
	}
	return s
}

func joinLines(lines []line) string {
	texts := make([]string, len(lines))
	for i, l := range lines {
		texts[i] = l.text
	}
	return strings.Join(texts, "\n")
}
