package lessons

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

const (
	maxFile  = 256 << 10 // bytes of one lesson file
	maxDepth = 24        // lists and mappings inside each other
)

// kind tells what a node is.
type kind int

const (
	refused  kind = iota // nothing more to say about it
	aNothing             // null, or nothing after a key
	aText
	aNumber
	aTruth
	aList
	aMapping
)

// String gives the kind in plain words.
func (k kind) String() string {
	return [...]string{"refused", "nothing", "a text", "a number", "true or false", "a list", "a mapping"}[k]
}

// node is one value of a lesson file. It is what the rest of the package sees of YAML.
type node struct {
	place
	kind  kind
	text  string  // of a text, number or truth: without its quotes, otherwise as it is spelled
	keys  []*node // of a mapping
	items []*node // of a list; of a mapping, the values of keys
}

// yamlReader turns one file into nodes, noting all that is wrong on the way.
type yamlReader struct {
	file   string
	lines  [][]rune
	marked bool // some characters were refused, and refusedMark put in their place
	faults Faults
}

// readYAML reads the only document of a file, without its meaning. The node is nil
// when there is none to be had.
func readYAML(file string, data []byte) (*node, Faults) {
	r := &yamlReader{file: file}
	if len(data) > maxFile {
		r.fault(1, 1, "a lesson has at most %d KiB, this file has more; split it", maxFile>>10)
		return nil, r.faults
	}
	src, faults := cleanSource(file, data)
	r.faults, r.marked = faults, len(faults) > 0
	for line := range strings.SplitSeq(src, "\n") {
		r.lines = append(r.lines, []rune(line))
	}
	first, second, err := parseYAML(strings.NewReader(src))
	switch {
	case err != nil:
		r.syntax(src, err)
		return nil, r.faults
	case first == nil:
		r.fault(1, 1, "nothing is written here; a lesson is wanted, which begins with its id")
		return nil, r.faults
	case second != nil:
		r.fault(second.Line, second.Column, "a second document begins here; a file holds one lesson")
	}
	return r.node(first.Content[0], 1), r.faults
}

// parseYAML gives the first two documents, nil where there are fewer.
func parseYAML(src io.Reader) (first, second *yaml.Node, err error) {
	defer func() {
		// The library is no longer maintained, and panics where it finds itself at fault.
		if recover() != nil {
			err = errors.New("yaml: this cannot be read")
		}
	}()
	documents := yaml.NewDecoder(src)
	for _, document := range []**yaml.Node{&first, &second} {
		var n yaml.Node
		switch err := documents.Decode(&n); {
		case errors.Is(err, io.EOF):
			return first, second, nil
		case err != nil:
			return nil, nil, err
		}
		*document = &n
	}
	return first, second, nil
}

var yamlError = regexp.MustCompile(`^(?:yaml: )?(?:line (\d+): )?(.*)$`)

// complaint is what the library says of a syntax error, and what is said instead.
type complaint struct {
	theirs string // what its message holds
	ours   string
	line   func(own, stopped int) int // which line it is about
}

// The line that the library names is right for what its scanner finds. Its parser names
// the line before that of the list or mapping that it was in, which helps only for
// brackets; for the rest, how far it had read is nearer to the truth.
func ownLine(own, _ int) int      { return own }
func nextLine(own, _ int) int     { return own + 1 }
func stopLine(_, stopped int) int { return stopped }

const wrongIndent = "; is the indentation right?"

var complaints = []complaint{
	{"anchor", noAnchors, stopLine},
	{"did not find expected key", "a key is expected here" + wrongIndent, stopLine},
	{"did not find expected '-' indicator", "an item that begins with - is expected here" + wrongIndent, stopLine},
	{"did not find expected node content", "a value is expected here", stopLine},
	{"did not find expected <document start>", "nothing more is expected here" + wrongIndent, stopLine},
	{"did not find expected ',' or ']'", "a comma or ] is missing in the list that is opened here", nextLine},
	{"did not find expected ',' or '}'", "a comma or } is missing in the mapping that is opened here", nextLine},
	{"could not find expected ':'", "a key must end with a colon and a space", ownLine},
	{"mapping values are not allowed in this context", "a text with a colon and a space in it needs quotes", ownLine},
	{"found unexpected end of stream", "this has no end; is a quote left open?", ownLine},
	{"found character that cannot start any token", "indent with spaces, not tabs, and quote a text that begins with a sign", ownLine},
	{"", "", ownLine},
}

// syntax notes a syntax error.
func (r *yamlReader) syntax(src string, err error) {
	m := yamlError.FindStringSubmatch(strings.ReplaceAll(err.Error(), "\n", " "))
	s := &slowly{src: src}
	_, _, _ = parseYAML(s)
	stopped, _ := placeAt(src, max(0, s.read-1))
	own, err := strconv.Atoi(m[1])
	if err != nil {
		own = stopped
	}
	known := complaints[slices.IndexFunc(complaints, func(c complaint) bool { return strings.Contains(m[2], c.theirs) })]
	line := min(known.line(own, stopped), len(r.lines))
	r.fault(line, indent(r.lines[line-1])+1, "%s", cmp.Or(known.ours, "this is not YAML: "+m[2]))
}

// slowly hands out one byte at a time and knows how many were asked for.
type slowly struct {
	src  string
	read int
}

func (s *slowly) Read(p []byte) (int, error) {
	if s.read == len(s.src) {
		return 0, io.EOF
	}
	p[0] = s.src[s.read]
	s.read++
	return 1, nil
}

const noAnchors = "anchors and aliases (& and *) are not used in lessons; write the value out"

// node takes over one value and what it holds.
func (r *yamlReader) node(n *yaml.Node, depth int) *node {
	out := &node{place: place{Pos: Pos{r.file, n.Line, n.Column}}}
	if depth > maxDepth {
		r.fault(n.Line, n.Column, "this is nested too deep; no lesson needs more than %d levels", maxDepth)
		return out
	}
	switch {
	case n.Kind == yaml.AliasNode:
		r.fault(n.Line, n.Column, noAnchors)
		return out
	case n.Anchor != "":
		r.fault(n.Line, n.Column, noAnchors)
	case n.Style&yaml.TaggedStyle != 0:
		r.fault(n.Line, n.Column, "types are not written out in lessons; remove %s", quote(n.Tag))
		return out
	}
	switch n.Kind {
	case yaml.ScalarNode:
		r.scalar(n, out)
	case yaml.SequenceNode:
		out.kind = aList
		for _, item := range n.Content {
			out.items = append(out.items, r.node(item, depth+1))
		}
	case yaml.MappingNode:
		out.kind = aMapping
		for i := 0; i+1 < len(n.Content); i += 2 {
			out.keys = append(out.keys, r.node(n.Content[i], depth+1))
			out.items = append(out.items, r.node(n.Content[i+1], depth+1))
		}
	}
	return out
}

// scalar takes over a value that holds no others.
func (r *yamlReader) scalar(n *yaml.Node, out *node) {
	out.text, out.first = n.Value, r.firstLetter(n)
	switch n.Tag {
	case "!!null":
		out.kind = aNothing
	case "!!int", "!!float":
		out.kind = aNumber
	case "!!bool":
		out.kind = aTruth
	case "!!merge":
		out.kind = refused
		r.fault(n.Line, n.Column, "merge keys (<<) are not used in lessons; write the values out")
	default:
		out.kind = aText
	}
	if i := strings.IndexFunc(n.Value, forbidden); i >= 0 {
		out.kind = refused
		if c, _ := utf8.DecodeRuneInString(n.Value[i:]); c != refusedMark || !r.marked { // written as an escape, such as "\e"
			at := out.inside(placeAt(n.Value, i))
			r.fault(at.Line, at.Col, "%s", forbiddenMessage(c))
		}
	}
}

// firstLetter gives the place of a text's first letter, if every further line of it
// is a line of the file that begins in the same column.
func (r *yamlReader) firstLetter(n *yaml.Node) Pos {
	value := []rune(n.Value)
	line, col := n.Line, n.Column
	switch {
	case n.Style&yaml.LiteralStyle != 0:
		blank := len(n.Value) - len(strings.TrimLeft(n.Value, "\n"))
		if line+blank >= len(r.lines) {
			return Pos{}
		}
		return Pos{r.file, line + 1, 1 + indent(r.lines[line+blank]) - indent(value[blank:])}
	case n.Style&yaml.FoldedStyle != 0:
		return Pos{}
	case n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0:
		col++
	}
	if line > len(r.lines) {
		return Pos{}
	}
	end := col - 1 + len(value)
	if written := r.lines[line-1]; end > len(written) || !slices.Equal(written[col-1:end], value) {
		return Pos{}
	}
	return Pos{r.file, line, col}
}

// indent counts the blanks that a line begins with.
func indent(line []rune) int {
	for i, c := range line {
		if c != ' ' && c != '\t' {
			return i
		}
	}
	return len(line)
}

func (r *yamlReader) fault(line, col int, format string, args ...any) {
	r.faults = append(r.faults, Fault{Pos{r.file, line, col}, fmt.Sprintf(format, args...)})
}
