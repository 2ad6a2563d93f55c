package content

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	tables "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// blockParser finds paragraphs, lists, tables and so on, and leaves their words alone.
// Glamour could lay these out too, but it does not hang the lines of a list item, runs
// its paragraphs together, breaks lines inside commands and at no-break spaces, and
// pads every line; so it styles the words only, and the lines are made here.
var blockParser = parser.NewParser(
	parser.WithBlockParsers(parser.DefaultBlockParsers()...),
	parser.WithParagraphTransformers(util.Prioritized(extension.NewTableParagraphTransformer(), 200)),
)

// layout writes the lines of a page.
type layout struct {
	page    Page
	colors  palette
	words   *wordRenderer
	source  []byte
	gutters []*gutter
	out     strings.Builder
}

// gutter is what stands at the left of the lines of a list item or a quote.
type gutter struct {
	first, rest []cell
	used        bool // whether first has been printed
}

func newLayout(p Page) *layout {
	if _, ok := wordRenderers[p.Style]; !ok {
		p.Style = Plain
	}
	return &layout{page: p, colors: palettes[p.Style], words: wordRenderers[p.Style]()}
}

func (l *layout) markdown(source string) {
	l.source = []byte(source)
	l.blocks(blockParser.Parse(text.NewReader(l.source)), false)
	l.flush()
}

// symbol gives a drawing character, or its ASCII form.
func (l *layout) symbol(s string) string { return l.page.forms(s) }

// blocks lays out the children of a node, a blank line between them unless tight.
func (l *layout) blocks(parent ast.Node, tight bool) {
	drawn := false
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		if n.Kind() == ast.KindHTMLBlock { // a comment of the author, to the author
			continue
		}
		if drawn && (!tight || isCode(n) || isCode(n.PreviousSibling())) {
			l.line(nil)
		}
		l.block(n)
		drawn = true
	}
}

func (l *layout) block(n ast.Node) {
	switch n := n.(type) {
	case *ast.Heading:
		l.prose(l.words.render(strings.Repeat("#", n.Level) + " " + l.inlineSource(n)))
	case *ast.List:
		l.list(n)
	case *ast.Blockquote:
		l.quote(n)
	case *ast.FencedCodeBlock:
		l.code(n, string(n.Language(l.source)))
	case *ast.CodeBlock:
		l.code(n, "")
	case *ast.ThematicBreak:
		l.line(colored(strings.Repeat(l.symbol("─"), l.width()), l.colors.dim))
	case *tables.Table:
		l.table(n)
	default:
		l.prose(l.inline(l.inlineSource(n)))
	}
}

func isCode(n ast.Node) bool {
	return n != nil && (n.Kind() == ast.KindFencedCodeBlock || n.Kind() == ast.KindCodeBlock)
}

func (l *layout) list(n *ast.List) {
	number := n.Start
	for item := n.FirstChild(); item != nil; item = item.NextSibling() {
		if before := item.PreviousSibling(); before != nil && (!n.IsTight || isCode(before.LastChild())) {
			l.line(nil)
		}
		bullet := colored(l.symbol("•")+" ", l.colors.dim)
		if n.IsOrdered() {
			bullet = colored(strconv.Itoa(number)+". ", l.colors.accent)
			number++
		}
		l.push(bullet, blanks(widthOf(bullet)))
		l.blocks(item, n.IsTight)
		l.pop()
	}
}

func (l *layout) quote(n *ast.Blockquote) {
	bar := l.symbol("│") + " "
	if l.page.Style == Plain {
		bar = "> "
	}
	l.push(colored(bar, l.colors.accent), colored(bar, l.colors.accent))
	l.blocks(n, false)
	l.pop()
}

// push opens a gutter; pop closes it, and prints what it has not shown yet.
func (l *layout) push(first, rest []cell) {
	l.gutters = append(l.gutters, &gutter{first: first, rest: rest})
}

func (l *layout) pop() {
	l.flush()
	l.gutters = l.gutters[:len(l.gutters)-1]
}

// flush prints the bullet of an item that begins with no text.
func (l *layout) flush() {
	for _, g := range l.gutters {
		if !g.used {
			l.line(nil)
			return
		}
	}
}

// width gives the columns that are left beside the gutters.
func (l *layout) width() int {
	return max(l.page.text()-l.indent(), 2)
}

func (l *layout) indent() int {
	n := 0
	for _, g := range l.gutters {
		n += widthOf(g.rest)
	}
	return n
}

// line prints one line behind the gutters, with nothing invisible at its end.
func (l *layout) line(text []cell) {
	var whole []cell
	for _, g := range l.gutters {
		if g.used {
			whole = append(whole, g.rest...)
		} else {
			whole = append(whole, g.first...)
		}
		g.used = true
	}
	paint(&l.out, trimSpaces(append(whole, text...)))
	l.out.WriteByte('\n')
}

func (l *layout) prose(text []cell) {
	for _, line := range fold(text, l.width()) {
		l.line(line)
	}
}

// code prints a code block as it is: no gutter beside it that would be copied along.
func (l *layout) code(n ast.Node, language string) {
	l.flush()
	margin := strings.Repeat(" ", 4)
	if in := l.indent(); in > 2 {
		margin = strings.Repeat(" ", in+2)
	}
	lines := n.Lines()
	for i := range lines.Len() {
		at := lines.At(i)
		if line := strings.TrimRight(string(at.Value(l.source)), " \n"); line != "" {
			l.out.WriteString(margin)
			paint(&l.out, l.codeLine(line, language))
		}
		l.out.WriteByte('\n')
	}
}

// shellComment finds the comment at the end of a line.
var shellComment = regexp.MustCompile(`(^|\s)#(\s.*)?$`)

// codeLine colours one line of code, its comment dimmer.
func (l *layout) codeLine(line, language string) []cell {
	code, comment := line, ""
	switch language {
	case "", "text", "console", "output":
	default:
		if at := shellComment.FindStringIndex(line); at != nil {
			code, comment = line[:at[0]], line[at[0]:]
		}
	}
	return append(colored(code, l.colors.code), colored(comment, l.colors.dim)...)
}

// opening goes before the words that glamour gets, and is dropped from what it gives:
// so "1. May" is not taken for a list. After this mark **, ` and links mean the same as
// at the start of a line.
const opening = "("

// inline styles the words of a paragraph or a table cell. They are not folded yet.
func (l *layout) inline(source string) []cell {
	if source == "" {
		return nil
	}
	out := l.words.render(opening + source)
	if len(out) > 0 && out[0].text == opening {
		out = out[1:]
	}
	return out
}

// inlineSource joins the lines of a node; only a hard line break stays one.
func (l *layout) inlineSource(n ast.Node) string {
	var out strings.Builder
	lines := n.Lines()
	for i := range lines.Len() {
		at := lines.At(i)
		line := strings.TrimSuffix(string(at.Value(l.source)), "\n")
		last := i == lines.Len()-1
		hard := strings.HasSuffix(line, "  ") || strings.HasSuffix(line, `\`)
		if hard && !last {
			line = strings.TrimSuffix(line, `\`)
		}
		out.WriteString(strings.Trim(line, " "))
		switch {
		case last:
		case hard:
			out.WriteString("  \n")
		default:
			out.WriteByte(' ')
		}
	}
	return l.page.forms(strings.TrimSpace(out.String()))
}

// colored gives a text in one colour of the palette.
func colored(s, color string) []cell {
	out := cells(s)
	for i := range out {
		out[i].style = sgr(color)
	}
	return out
}

func blanks(n int) []cell { return cells(strings.Repeat(" ", n)) }
