package content

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/charmbracelet/glamour"
	"github.com/charmbracelet/glamour/ansi"
)

// Style is the look of a page.
type Style string

// The styles: for dark and for light backgrounds, and without any escape sequence.
const (
	Dark  Style = "dark"
	Light Style = "light"
	Plain Style = "plain"
)

// Styles gives the styles, for the help of a flag.
func Styles() []Style { return []Style{Dark, Light, Plain} }

// DetectStyle chooses the style: the flag; plain where the output is no terminal, is
// a dumb one, or NO_COLOR is set; light where COLORFGBG tells of a light background;
// else dark. The terminal itself is never asked, since one that does not answer would
// cost seconds. Only a flag that names no style is an error.
func DetectStyle(flag string, env func(string) string, terminal bool) (Style, error) {
	if flag != "" {
		if s := Style(flag); slices.Contains(Styles(), s) {
			return s, nil
		}
		return Plain, fmt.Errorf("choosing the style: %q is not one of dark, light, plain", flag)
	}
	if !terminal || env("NO_COLOR") != "" || env("TERM") == "dumb" {
		return Plain, nil
	}
	fields := strings.Split(env("COLORFGBG"), ";") // "15;0", or "0;default;15"
	switch fields[len(fields)-1] {
	case "7", "9", "10", "11", "12", "13", "14", "15":
		return Light, nil
	}
	return Dark, nil
}

// maxText is the widest that text is set, in columns: longer lines tire the eye.
const maxText = 80

// Page says how something is to look. Its zero value is plain and 80 columns wide.
type Page struct {
	Width int   // columns of the terminal; 0 is 80, and less than 20 is 20
	Style Style // "" is plain
	ASCII bool  // no character that an old terminal may lack, accents aside
}

// text gives the columns for text.
func (p Page) text() int {
	if p.Width <= 0 {
		return maxText
	}
	return min(max(p.Width, 20), maxText)
}

// palette is the colours of a style, as numbers of the 256-colour table.
type palette struct {
	accent, code, dim, good, bad, warn string
}

var palettes = map[Style]palette{
	Dark:  {accent: "75", code: "180", dim: "245", good: "114", bad: "210", warn: "221"},
	Light: {accent: "26", code: "94", dim: "242", good: "28", bad: "160", warn: "130"},
}

// sgr gives the parameters that set a colour, "" for no colour.
func sgr(color string) string {
	if color == "" {
		return ""
	}
	return "38;5;" + color
}

// glamourStyle is our style sheet. It is calm: one accent, for headings; no marks
// before them, no background, no padding. Inline code carries marks that fold reads,
// and keeps its backticks where no colour can set it apart.
func glamourStyle(s Style) ansi.StyleConfig {
	yes := true
	color := func(c string) *string {
		if s == Plain {
			return nil
		}
		return &c
	}
	p := palettes[s]
	var c ansi.StyleConfig
	c.Code.Prefix, c.Code.Suffix = string(codeStart), string(codeEnd)
	c.Code.Color = color(p.code)
	c.Link.Prefix, c.Link.Suffix = "<", ">"
	c.Link.Color = color(p.dim)
	if s == Plain {
		c.Code.Prefix, c.Code.Suffix = string(codeStart)+"`", "`"+string(codeEnd)
		return c
	}
	c.Heading.Bold = &yes
	c.H1.Color, c.H2.Color = color(p.accent), color(p.accent)
	c.Strong.Bold, c.Emph.Italic, c.Strikethrough.CrossedOut = &yes, &yes, &yes
	return c
}

// wordRenderer is glamour for one style. One at a time may use it.
type wordRenderer struct {
	sync.Mutex
	term *glamour.TermRenderer
}

// wordRenderers makes the renderer of a style when it is first needed. None depends on
// a width: lines are folded afterwards.
var wordRenderers = map[Style]func() *wordRenderer{
	Dark:  sync.OnceValue(func() *wordRenderer { return newWordRenderer(Dark) }),
	Light: sync.OnceValue(func() *wordRenderer { return newWordRenderer(Light) }),
	Plain: sync.OnceValue(func() *wordRenderer { return newWordRenderer(Plain) }),
}

func newWordRenderer(s Style) *wordRenderer {
	term, err := glamour.NewTermRenderer(
		glamour.WithStyles(glamourStyle(s)),
		glamour.WithWordWrap(0),
	)
	if err != nil { // no option given here can fail
		panic(fmt.Sprintf("setting up glamour: %v", err))
	}
	return &wordRenderer{term: term}
}

// render styles one paragraph, heading or table cell, without folding it.
func (r *wordRenderer) render(markdown string) []cell {
	r.Lock()
	out, err := r.term.Render(markdown)
	r.Unlock()
	if err != nil { // better unstyled than unseen
		out = markdown
	}
	return cells(strings.Trim(out, "\n "))
}

// Render sets a Markdown text for the terminal. Prose is folded at spaces, within 80
// columns and the page; code blocks are indented by four and never folded nor padded,
// so that a copied command runs. The result ends in a newline unless it is empty.
func Render(markdown string, p Page) string { return Hang("", markdown, p) }

// Hang renders a Markdown text behind something, such as a mark, that stands on the
// first line alone: the other lines are indented by its width.
func Hang(before, markdown string, p Page) string {
	l := newLayout(p)
	if before != "" {
		l.push(cells(before), blanks(Width(before)))
	}
	l.markdown(neutralise(markdown))
	return l.out.String()
}
