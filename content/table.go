package content

import (
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
	tables "github.com/yuin/goldmark/extension/ast"
)

const (
	tableGap = 2 // columns between two columns of a table
	minCol   = 10
)

// grid is a table: its rows of cells, the header first.
type grid struct {
	rows  [][][]cell
	align []tables.Alignment
}

// table sets a table as columns, with their cells folded where they must be. Where
// even that is too wide, each row becomes a short list of its own.
func (l *layout) table(n *tables.Table) {
	g := l.readGrid(n)
	widths := g.widths(l.width())
	if widths == nil {
		l.records(g)
		return
	}
	loose := false
	for _, row := range g.rows[1:] {
		loose = loose || height(foldRow(row, widths)) > 1
	}
	for i, row := range g.rows {
		if loose && i > 1 {
			l.line(nil)
		}
		l.row(foldRow(row, widths), widths, g.align)
		if i == 0 {
			l.rule(widths)
		}
	}
}

func (l *layout) readGrid(n *tables.Table) grid {
	g := grid{align: n.Alignments}
	for r := n.FirstChild(); r != nil; r = r.NextSibling() {
		var row [][]cell
		for c := r.FirstChild(); c != nil && len(row) < len(g.align); c = c.NextSibling() {
			row = append(row, l.tableCell(c, len(g.rows) == 0))
		}
		g.rows = append(g.rows, row)
	}
	return g
}

func (l *layout) tableCell(n ast.Node, header bool) []cell {
	text := l.inline(strings.ReplaceAll(l.inlineSource(n), `\|`, "|"))
	for i := range text {
		if header && l.page.Style != Plain {
			text[i].style = addStyle(text[i].style, "1")
		}
	}
	return text
}

// widths gives each column its width, or nil where they cannot stand side by side.
func (g grid) widths(total int) []int {
	total -= tableGap * (len(g.align) - 1)
	natural := make([]int, len(g.align))
	least := make([]int, len(g.align))
	for _, row := range g.rows {
		for i, c := range row {
			natural[i] = max(natural[i], widthOf(c))
			least[i] = max(least[i], longestWord(c), min(minCol, natural[i]))
		}
	}
	spare, wanted := total, 0
	for i := range natural {
		spare -= least[i]
		wanted += natural[i] - least[i]
	}
	if spare < 0 {
		return nil
	}
	for i := range least { // shared out by what each column still lacks
		if lacks := natural[i] - least[i]; lacks > 0 {
			share := min(spare*lacks/wanted, lacks)
			least[i] += share
			spare -= share
			wanted -= lacks
		}
	}
	return least
}

// longestWord gives the width below which a text would be broken inside a word.
func longestWord(text []cell) int {
	longest, word := 0, 0
	for _, c := range text {
		word += c.width
		if c.breaks() {
			word = 0
		}
		longest = max(longest, word)
	}
	return longest
}

func foldRow(row [][]cell, widths []int) [][][]cell {
	folded := make([][][]cell, len(row))
	for i, c := range row {
		folded[i] = fold(c, widths[i])
	}
	return folded
}

func height(folded [][][]cell) int {
	n := 0
	for _, c := range folded {
		n = max(n, len(c))
	}
	return n
}

func (l *layout) row(folded [][][]cell, widths []int, align []tables.Alignment) {
	for y := range height(folded) {
		var whole []cell
		for x, lines := range folded {
			var text []cell
			if y < len(lines) {
				text = lines[y]
			}
			if x > 0 {
				whole = append(whole, blanks(tableGap)...)
			}
			pad := blanks(widths[x] - widthOf(text))
			if align[x] == tables.AlignRight {
				whole = append(append(whole, pad...), text...)
			} else {
				whole = append(append(whole, text...), pad...)
			}
		}
		l.line(whole)
	}
}

// rule draws the line below the header.
func (l *layout) rule(widths []int) {
	var parts []string
	for _, w := range widths {
		parts = append(parts, strings.Repeat(l.symbol("─"), w))
	}
	l.line(colored(strings.Join(parts, strings.Repeat(" ", tableGap)), l.colors.dim))
}

// records sets each row below the other: its first cell, then "header: cell".
func (l *layout) records(g grid) {
	for i, row := range g.rows[1:] {
		if i > 0 {
			l.line(nil)
		}
		for x, c := range row {
			if x == 0 {
				l.prose(c)
				continue
			}
			head := append(slices.Clone(g.rows[0][x]), cells(": ")...)
			l.push(blanks(2), blanks(4))
			l.prose(append(head, c...))
			l.pop()
		}
	}
}
