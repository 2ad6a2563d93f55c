package content

import (
	"runtime"
	"strings"
)

// Mark is what stands before a check or a question.
type Mark int

// The marks: Todo is not judged yet, Unknown could not be judged.
const (
	Todo Mark = iota
	Passed
	Failed
	Unknown
)

// Mark draws a mark: ✔ ✘ ○ ?, or [x] [!] [ ] [?] in ASCII, in its colour.
func (p Page) Mark(m Mark) string {
	colors := palettes[p.Style]
	switch m {
	case Passed:
		return p.draw("✔", colors.good)
	case Failed:
		return p.draw("✘", colors.bad)
	case Unknown:
		if p.ASCII {
			return p.draw("[?]", colors.warn)
		}
		return p.draw("?", colors.warn)
	}
	return p.draw("○", colors.dim)
}

// Bar draws how much of a whole is done, width columns wide: ▓▓▓░░░. It is only full
// when all is done, and only empty when nothing is.
func (p Page) Bar(done, total, width int) string {
	width = max(width, 0)
	full := 0
	if total > 0 {
		done = min(max(done, 0), total)
		full = done * width / total
	}
	if done > 0 && full == 0 && width > 0 && total > 0 {
		full = 1
	}
	colors := palettes[p.Style]
	return p.draw(strings.Repeat("▓", full), colors.accent) + p.draw(strings.Repeat("░", width-full), colors.dim)
}

// Rule draws a title in a line that is as wide as the text: ── Layers · exercise 2 ───.
// A title that is too long is cut.
func (p Page) Rule(title string) string {
	left, right := cells("── "), cells(" ──")
	text := p.fit(title, p.text()-widthOf(left)-widthOf(right))
	tail := max(p.text()-widthOf(left)-widthOf(text)-1, 0)
	dim := palettes[p.Style].dim
	return p.draw("──", dim) + " " + p.Strong(join(text)) + " " + p.draw(strings.Repeat("─", tail), dim)
}

// Meter draws a bar with its title behind it in one line of the page: ▓▓▓░░░  Layers.
// On a narrow page the bar is shorter, and a title that is too long is cut.
func (p Page) Meter(done, total int, title string) string {
	width := min(20, max(3, (p.text()-30)/2))
	return "  " + p.Bar(done, total, width) + "  " + p.Strong(join(p.fit(title, p.text()-width-4)))
}

// fit gives a title in one line, cut where there is no more room.
func (p Page) fit(title string, room int) []cell {
	text := cells(p.forms(strings.ReplaceAll(neutralise(title), "\n", " ")))
	if widthOf(text) > room {
		dots := cells(p.forms("…"))
		text = append(cut(text, room-widthOf(dots)), dots...)
	}
	return text
}

// Strong makes a short text stand out.
func (p Page) Strong(s string) string { return p.styled(s, "1") }

// Dim makes a short text step back.
func (p Page) Dim(s string) string { return p.styled(s, sgr(palettes[p.Style].dim)) }

// draw gives a drawing in one colour, in ASCII if that is asked for.
func (p Page) draw(s, color string) string { return p.styled(p.forms(s), sgr(color)) }

// forms gives a text of ours in the characters that the page may use.
func (p Page) forms(s string) string {
	if p.ASCII {
		return asciiForms.Replace(s)
	}
	return s
}

// Text gives a short text of ours in the characters that the page may use.
func (p Page) Text(s string) string { return p.forms(s) }

// styled puts a text in one style, unless the page is plain.
func (p Page) styled(s, style string) string {
	if _, colored := palettes[p.Style]; !colored || s == "" || style == "" {
		return s
	}
	return "\x1b[" + style + "m" + s + "\x1b[0m"
}

// Unstyled takes the escape sequences off a text that was drawn for a terminal.
func Unstyled(s string) string {
	var out strings.Builder
	for line := range strings.Lines(s) {
		text, ended := strings.CutSuffix(line, "\n")
		out.WriteString(join(cells(text)))
		if ended {
			out.WriteByte('\n')
		}
	}
	return out.String()
}

// cut gives as much of a text as fits.
func cut(text []cell, width int) []cell {
	used := 0
	for i, c := range text {
		if used += c.width; used > width {
			return trimSpaces(text[:i:i])
		}
	}
	return text
}

func join(text []cell) string {
	var out strings.Builder
	for _, c := range text {
		out.WriteString(c.text)
	}
	return out.String()
}

// CanUTF8 tells whether the terminal is known to show UTF-8, by its locale. On Windows
// there is none to ask, and the terminals of today do.
func CanUTF8(env func(string) string) bool {
	if runtime.GOOS == "windows" {
		return true
	}
	l := strings.ToLower(locale(env, "LC_CTYPE"))
	return strings.Contains(l, "utf-8") || strings.Contains(l, "utf8")
}
