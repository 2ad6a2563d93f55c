package content

import (
	"embed"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"docker-tutor/lessons"
)

//go:embed en/*.md fr/*.md
var builtin embed.FS

// maxWords bounds one document of words, in bytes.
const maxWords = 512 << 10

// Words is one Markdown document: what is read about one lesson, in one language.
type Words struct {
	File  string // as it is named in faults
	paths []string
	parts map[string]Part

	lines []line // of the document, as written
}

// Part is what stands under one heading with an id, up to the next such heading.
type Part struct {
	Title string      // the heading, without marks and id
	Text  string      // all of it, as written: for a reading, a task, a debrief
	Lead  string      // what stands before the first item: for a question
	Items []Item      // the list items with an id, and the numbered ones
	At    lessons.Pos // of the heading

	line  int   // of the first line of Text
	loose []int // lines after the first item that belong to no item
}

// Item is one point of a list: "- `id` text", or "1. text" with the ids 1, 2, …
type Item struct {
	ID   string
	Text string // its first line
	More string // the other lines, dedented
	At   lessons.Pos
}

// Whole gives the item's text and the rest of it as one Markdown text.
func (i Item) Whole() string {
	return strings.TrimSpace(i.Text + "\n" + i.More)
}

// Part finds a part by its path: lesson, list, list/hints, images-quiz/dangling-is.
func (w *Words) Part(path string) (Part, bool) {
	p, ok := w.parts[path]
	return p, ok
}

// Paths gives the path of every part, in the order of the document.
func (w *Words) Paths() []string { return w.paths }

// Item finds one item of a part by its id.
func (p Part) Item(id string) (Item, bool) {
	for _, i := range p.Items {
		if i.ID == id {
			return i, true
		}
	}
	return Item{}, false
}

// Title gives the title of a lesson from LANG/LESSON.md in fsys, which is one of Files' or
// a course's, without reading the rest: menus show many. It is the lesson's id where there is none.
func Title(fsys fs.FS, lang Lang, lesson string) string {
	f, err := fsys.Open(path.Join(string(lang), lesson+".md"))
	if err != nil {
		return lesson
	}
	defer f.Close()
	begin := make([]byte, 1<<10)
	n, _ := io.ReadFull(f, begin) // shorter is no error here
	first, _, _ := strings.Cut(string(begin[:n]), "\n")
	h, ok := readHeading(line{text: strings.TrimRight(strings.TrimPrefix(first, "\ufeff"), "\r")})
	if !ok || h.title == "" {
		return lesson
	}
	return neutralise(h.title)
}

// Builtin loads the words of a built-in lesson.
func Builtin(lang Lang, lesson string) (*Words, error) {
	return load(builtin, "content", lang, lesson)
}

// LoadWords loads the words of a lesson from LANG/LESSON.md in fsys. What is wrong
// with the document comes back as lessons.Faults, all of it at once.
func LoadWords(fsys fs.FS, lang Lang, lesson string) (*Words, error) {
	return load(fsys, "", lang, lesson)
}

// load loads a document that is reported as being in folder.
func load(fsys fs.FS, folder string, lang Lang, lesson string) (*Words, error) {
	file := path.Join(string(lang), lesson+".md")
	doing := fmt.Sprintf("loading the words of lesson %q in %s", lesson, lang.Name())
	f, err := fsys.Open(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", doing, err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxWords+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", doing, err)
	}
	words, faults := ParseWords(path.Join(folder, file), data)
	if len(faults) > 0 {
		return nil, faults
	}
	return words, nil
}

// ParseWords reads one document. It always gives the parts that it could make out,
// together with everything that is wrong.
func ParseWords(file string, data []byte) (*Words, lessons.Faults) {
	w := &Words{File: file, parts: map[string]Part{}}
	if len(data) > maxWords {
		return w, lessons.Faults{{At: lessons.Pos{File: file}, Message: fmt.Sprintf("more than %d KiB of words; split the lesson", maxWords>>10)}}
	}
	r := &reader{words: w}
	w.lines = splitLines(string(data), r)
	r.checkKinds(w.lines)
	r.read(linesFor(w.lines, func([]string) bool { return true }))
	slices.SortStableFunc(r.faults, func(a, b lessons.Fault) int { return a.At.Line - b.At.Line })
	return w, r.faults
}

// reader goes through the lines of a document once.
type reader struct {
	words  *Words
	faults lessons.Faults
	stack  []heading // the open headings with an id, outermost first
	part   Part
	path   string
	body   []line
}

// heading is one heading line; level is the number of its # marks.
type heading struct {
	level     int
	title, id string
}

var (
	headingLine = regexp.MustCompile(`^(#{1,6})[ ]+(.*?)[ ]*(?:\{#([^}]*)\})?[ ]*$`)
	goodID      = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)
)

func (r *reader) read(lines []line) {
	early := false // whether something stands before the first heading
	for _, l := range lines {
		h, ok := readHeading(l)
		switch {
		case ok && (h.id != "" || h.level <= 2):
			r.closePart()
			r.openPart(l, h)
		case len(r.stack) == 0:
			early = early || !l.blank()
		default:
			r.body = append(r.body, l)
		}
	}
	r.closePart()
	if early || len(r.stack) == 0 {
		r.fault(1, "the document starts with its title: # Title {#lesson}")
	}
}

func readHeading(l line) (heading, bool) {
	m := headingLine.FindStringSubmatch(l.text)
	if l.code || m == nil {
		return heading{}, false
	}
	return heading{level: len(m[1]), title: m[2], id: m[3]}, true
}

// openPart begins the part of a heading, which the lines that follow fill.
func (r *reader) openPart(l line, h heading) {
	for len(r.stack) > 0 && r.stack[len(r.stack)-1].level >= h.level {
		r.stack = r.stack[:len(r.stack)-1]
	}
	r.path = r.pathOf(h)
	r.part = Part{Title: h.title, At: r.at(l.n)}
	r.stack = append(r.stack, h)
	switch _, again := r.words.parts[r.path]; {
	case h.id == "":
		r.fault(l.n, "a heading of this level opens a part and needs an id: %s %s {#some-id}", strings.Repeat("#", h.level), h.title)
	case !goodID.MatchString(h.id):
		r.fault(l.n, "the id %q is not lower-case letters, digits and hyphens", h.id)
	case h.level == 1 && h.id != "lesson" || h.level == 1 && len(r.words.paths) > 0:
		r.fault(l.n, "# is for the first line alone: # Title {#lesson}; a step is ## Title {#step}")
	case h.level > 1 && len(r.words.paths) == 0:
		r.fault(l.n, "the document starts with its title: # Title {#lesson}")
	case h.level > 2 && !strings.Contains(r.path, "/"):
		r.fault(l.n, "a part needs a step above it: ## Title {#step}")
	case again:
		r.fault(l.n, "the part %s is already there, at line %d", r.path, r.words.parts[r.path].At.Line)
	case h.title == "":
		r.fault(l.n, "the heading has no title")
	default:
		return
	}
}

// pathOf joins the ids from the step down to the heading.
func (r *reader) pathOf(h heading) string {
	var ids []string
	for _, up := range r.stack {
		if up.level > 1 {
			ids = append(ids, up.id)
		}
	}
	return strings.Join(append(ids, h.id), "/")
}

// closePart stores the part that is open, with the lines gathered for it.
func (r *reader) closePart() {
	if r.part.At.Line > 0 {
		r.part.fill(trimBlank(r.body))
		if _, again := r.words.parts[r.path]; !again {
			r.words.paths = append(r.words.paths, r.path)
			r.words.parts[r.path] = r.part
		}
	}
	r.part, r.body = Part{}, nil
}

func (r *reader) at(n int) lessons.Pos {
	return lessons.Pos{File: r.words.File, Line: n, Col: 1}
}

func (r *reader) fault(n int, format string, args ...any) {
	r.faults = append(r.faults, lessons.Fault{At: r.at(n), Message: fmt.Sprintf(format, args...)})
}

// trimBlank drops the blank lines at both ends.
func trimBlank(lines []line) []line {
	for len(lines) > 0 && lines[0].blank() {
		lines = lines[1:]
	}
	for len(lines) > 0 && lines[len(lines)-1].blank() {
		lines = lines[:len(lines)-1]
	}
	return lines
}

// splitLines cuts a document into lines, knowing which are code, and reports the
// characters that no words may hold.
func splitLines(text string, r *reader) []line {
	var lines []line
	var f fence
	for i, s := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		if i == 0 {
			s = strings.TrimPrefix(s, "\ufeff")
		}
		l := line{n: i + 1, text: s}
		l.code = f.next(l)
		r.refuseForbidden(l)
		lines = append(lines, l)
	}
	if f.mark != "" {
		r.fault(f.line, "this code block is never closed")
	}
	return lines
}

func (r *reader) refuseForbidden(l line) {
	col := 0
	for i, c := range l.text {
		col++
		if !forbidden(c) {
			continue
		}
		if _, size := utf8.DecodeRuneInString(l.text[i:]); c == utf8.RuneError && size == 3 {
			continue // U+FFFD itself, written on purpose
		}
		what := fmt.Sprintf("the character %U is invisible or steers the terminal; remove it", c)
		switch c {
		case utf8.RuneError:
			what = "this is not UTF-8"
		case '\t':
			what = "a tab; use spaces"
		}
		at := lessons.Pos{File: r.words.File, Line: l.n, Col: col}
		r.faults = append(r.faults, lessons.Fault{At: at, Message: what})
		return // one a line is enough
	}
}
