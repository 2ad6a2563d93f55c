package content

import (
	"fmt"
	"regexp"
	"strings"

	"docker-tutor/lessons"
)

// maxCode is how wide a line of code may be, in columns, so that with its margin it
// fits a terminal of 80.
const maxCode = 76

// codeBlock is a fenced code block of a part.
type codeBlock struct {
	first int // its first line, counted from 0 in the part's text
	lines []string
}

// codeBlocks finds the code blocks of a part, and gives its prose: the same lines,
// those of the code emptied.
func (p Part) codeBlocks() (blocks []codeBlock, prose []string) {
	var f fence
	for i, text := range p.lines() {
		before := f
		if !f.next(line{n: i, text: text}) {
			prose = append(prose, text)
			continue
		}
		prose = append(prose, "")
		switch {
		case before.mark == "":
			blocks = append(blocks, codeBlock{first: i + 1})
		case f.mark != "":
			last := &blocks[len(blocks)-1]
			last.lines = append(last.lines, text)
		}
	}
	for i := range blocks {
		blocks[i].dedent()
	}
	return blocks, prose
}

// dedent takes off what the list item that holds the block indents it by.
func (b *codeBlock) dedent() {
	margin := -1
	for _, l := range b.lines {
		if indent := len(l) - len(strings.TrimLeft(l, " ")); l != "" && (margin < 0 || indent < margin) {
			margin = indent
		}
	}
	for i, l := range b.lines {
		b.lines[i] = dedent(l, margin)
	}
}

// command gives a line without its comment, which is what languages share.
func command(line string) string {
	if at := shellComment.FindStringIndex(line); at != nil {
		line = line[:at[0]]
	}
	return strings.TrimRight(line, " ")
}

var (
	hereDocument = regexp.MustCompile(`<<-?\s*['"\\]?[A-Za-z_]`)
	codeSpan     = regexp.MustCompile("(?s)`+.+?`+")
	htmlTag      = regexp.MustCompile(`</?[a-zA-Z][a-zA-Z0-9-]*(\s[^<>]*)?/?>`)
)

// lintCode finds code that could not be copied from a page, and words in <> that
// would be taken for HTML and vanish.
func lintCode(p Part) lessons.Faults {
	var faults lessons.Faults
	blocks, prose := p.codeBlocks()
	for _, b := range blocks {
		for i, l := range b.lines {
			at := p.pos(b.first + i)
			if n := Width(l); n > maxCode {
				faults = append(faults, lessons.Fault{At: at, Message: fmt.Sprintf("this code is %d columns wide and %d fit a page; split it with a backslash", n, maxCode)})
			}
			if hereDocument.MatchString(l) {
				faults = append(faults, lessons.Fault{At: at, Message: "a here-document breaks when it is copied with a margin; use a file of the exercise, printf or echo"})
			}
		}
	}
	text := codeSpan.ReplaceAllStringFunc(strings.Join(prose, "\n"), func(span string) string {
		return strings.Repeat("\n", strings.Count(span, "\n"))
	})
	for i, l := range strings.Split(text, "\n") {
		if tag := htmlTag.FindString(l); tag != "" {
			faults = append(faults, lessons.Fault{At: p.pos(i), Message: tag + " is taken for HTML and not shown; put it in backticks"})
		}
	}
	return faults
}

// compare finds where the words in another language differ in what a translation
// leaves as it is: the code, and how many items there are.
func compare(first, other *Words) lessons.Faults {
	var faults lessons.Faults
	for _, path := range first.Paths() {
		a, _ := first.Part(path)
		b, ok := other.Part(path)
		if !ok {
			continue // said already: the lesson needs it, or it is stray
		}
		if len(a.Items) != len(b.Items) && strings.HasSuffix(path, "/hints") {
			faults = append(faults, lessons.Fault{At: b.At, Message: fmt.Sprintf("hints: %d here, %d at %s", len(b.Items), len(a.Items), a.At)})
		}
		faults = append(faults, compareCode(a, b)...)
	}
	return faults
}

func compareCode(a, b Part) lessons.Faults {
	as, _ := a.codeBlocks()
	bs, _ := b.codeBlocks()
	if len(as) != len(bs) {
		return lessons.Faults{{At: b.At, Message: fmt.Sprintf("code blocks: %d here, %d at %s", len(bs), len(as), a.At)}}
	}
	var faults lessons.Faults
	for i := range as {
		al, bl := as[i].lines, bs[i].lines
		if len(al) != len(bl) {
			message := fmt.Sprintf("lines of code: %d here, %d at %s", len(bl), len(al), a.pos(as[i].first))
			faults = append(faults, lessons.Fault{At: b.pos(bs[i].first), Message: message})
			continue
		}
		for n := range al {
			if command(al[n]) != command(bl[n]) {
				message := fmt.Sprintf("this code is not the one at %s", a.pos(as[i].first+n))
				faults = append(faults, lessons.Fault{At: b.pos(bs[i].first + n), Message: message})
			}
		}
	}
	return faults
}
