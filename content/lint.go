package content

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"docker-tutor/lessons"
)

// minHints is how many hints an exercise has at least: from a nudge to nearly the answer.
const minHints = 3

// Lint compares a lesson with its words in every language: what is missing, what
// nothing shows, what one language has and the other has not, and code that could not
// be copied from a page. A fault stands at the heading or line in the words, or, where
// there is none yet, at the step in the lesson.
func Lint(l *lessons.Lesson, byLang map[Lang]*Words) lessons.Faults {
	var faults lessons.Faults
	for _, lang := range Langs() {
		w := byLang[lang]
		if w == nil {
			message := fmt.Sprintf("the lesson has no words in %s: write content/%s/%s.md", lang.Name(), lang, l.ID)
			faults = append(faults, lessons.Fault{At: l.At, Message: message})
			continue
		}
		for _, kind := range lessons.Kinds() {
			c := &linter{lesson: l, words: w.For(kind, lang), known: map[string]bool{}}
			c.run()
			faults = append(faults, c.faults...)
		}
	}
	for _, lang := range Langs()[1:] {
		if first, w := byLang[Langs()[0]], byLang[lang]; first != nil && w != nil {
			for _, kind := range lessons.Kinds() {
				faults = append(faults, compare(first.For(kind, Langs()[0]), w.For(kind, lang))...)
			}
		}
	}
	sortFaults(faults)
	return faults.Once() // what is wrong for every kind of engine is said once
}

// linter lints one document.
type linter struct {
	lesson *lessons.Lesson
	words  *Words
	known  map[string]bool // the paths that the lesson has parts for
	faults lessons.Faults
}

func (c *linter) fault(at lessons.Pos, format string, args ...any) {
	c.faults = append(c.faults, lessons.Fault{At: at, Message: fmt.Sprintf(format, args...)})
}

func (c *linter) run() {
	c.text("lesson", c.lesson.At, nil)
	for _, s := range c.lesson.Steps {
		switch {
		case s.Reading != nil:
			c.text(s.ID(), s.At, nil)
		case s.Exercise != nil:
			c.exercise(s.Exercise, s.At)
		case s.Quiz != nil:
			c.quiz(s.Quiz, s.At)
		}
	}
	for _, path := range c.words.Paths() {
		if part, _ := c.words.Part(path); !c.known[path] {
			c.fault(part.At, "no step of the lesson shows the part %s%s", path, c.meant(path))
		}
	}
}

// meant suggests which part a stray one was probably meant to be.
func (c *linter) meant(path string) string {
	var missing []string
	for known := range c.known {
		if _, ok := c.words.Part(known); !ok {
			missing = append(missing, known)
		}
	}
	slices.Sort(missing)
	if near := lessons.Nearest(path, missing); near != "" {
		return fmt.Sprintf("; was %s meant?", near)
	}
	return ""
}

// part finds a part that the lesson needs; at is where the lesson needs it.
func (c *linter) part(path string, at lessons.Pos, vars map[string]lessons.Var) (Part, bool) {
	c.known[path] = true
	p, ok := c.words.Part(path)
	if !ok {
		step, sub, below := strings.Cut(path, "/")
		switch {
		case below:
			c.fault(at, "%s has no part ### … {#%s} below {#%s}", c.words.File, sub, step)
		default:
			c.fault(at, "%s has no part ## … {#%s}", c.words.File, path)
		}
		return p, false
	}
	c.variables(p, vars)
	c.faults = append(c.faults, lintCode(p)...)
	return p, true
}

// text checks a part that is shown whole, and tells whether it is there.
func (c *linter) text(path string, at lessons.Pos, vars map[string]lessons.Var) bool {
	p, ok := c.part(path, at, vars)
	if ok && p.Text == "" {
		c.fault(p.At, "the part %s is empty", path)
	}
	return ok
}

func (c *linter) exercise(ex *lessons.Exercise, at lessons.Pos) {
	if !c.text(ex.ID, at, ex.Vars) {
		return // its parts cannot be there either
	}
	var checks, mistakes []string
	for _, check := range ex.Checks {
		checks = append(checks, check.ID)
	}
	for _, m := range ex.Mistakes {
		if m.When != nil && !slices.Contains(mistakes, m.Says) {
			mistakes = append(mistakes, m.Says)
		}
	}
	if p, ok := c.part(ex.ID+"/checks", at, ex.Vars); ok {
		c.items(p, "check", checks)
		c.itemsOnly(p)
	}
	if p, ok := c.part(ex.ID+"/hints", at, ex.Vars); ok {
		c.hints(p)
	}
	if len(mistakes) > 0 {
		if p, ok := c.part(ex.ID+"/mistakes", at, ex.Vars); ok {
			c.items(p, "mistake with when", mistakes)
			c.itemsOnly(p)
		}
	}
	c.text(ex.ID+"/after", at, ex.Vars)
}

func (c *linter) hints(p Part) {
	if len(p.Items) < minHints {
		c.fault(p.At, "hints: %d; write %d or more, as a numbered list", len(p.Items), minHints)
	}
	for i, item := range p.Items {
		if item.ID != strconv.Itoa(i+1) {
			c.fault(item.At, "a hint has a number, not an id")
		}
	}
	c.itemsOnly(p)
}

func (c *linter) quiz(q *lessons.Quiz, at lessons.Pos) {
	if _, ok := c.part(q.ID, at, nil); !ok {
		return
	}
	for _, question := range q.Questions {
		p, ok := c.part(q.ID+"/"+question.ID, question.At, nil)
		if !ok {
			continue
		}
		if p.Lead == "" {
			c.fault(p.At, "the question %s has no text before its options", question.ID)
		}
		var options []string
		switch {
		case question.One != nil:
			options = append([]string{question.One.Right}, question.One.Wrong...)
		case question.Several != nil:
			options = slices.Concat(question.Several.Right, question.Several.Wrong)
		case question.Order != nil:
			options = slices.Concat(question.Order.Right, question.Order.Wrong)
		default:
			c.items(p, "question", []string{"why"})
			continue
		}
		c.items(p, "question", options)
		for _, item := range p.Items {
			if item.More == "" && slices.Contains(options, item.ID) {
				c.fault(item.At, "the option %s has no explanation; write it on the lines below, indented", item.ID)
			}
		}
	}
}

// items checks that a part has an item for each id, and no other.
func (c *linter) items(p Part, owner string, ids []string) {
	seen := map[string]bool{}
	for _, item := range p.Items {
		switch {
		case !slices.Contains(ids, item.ID):
			c.fault(item.At, "no %s of the lesson has `%s`%s", owner, item.ID, nearest(item.ID, ids))
		case seen[item.ID]:
			c.fault(item.At, "the item `%s` is there twice", item.ID)
		case item.Whole() == "":
			c.fault(item.At, "the item `%s` has no text", item.ID)
		}
		seen[item.ID] = true
	}
	for _, id := range ids {
		if !seen[id] {
			c.fault(p.At, "this part has no item `%s`; write: - `%s` …", id, id)
		}
	}
	for _, n := range p.loose {
		c.fault(lessons.Pos{File: p.At.File, Line: n, Col: 1}, "this line belongs to no item and is never shown; indent it, or give it an id")
	}
}

// itemsOnly checks that a part whose items alone are shown has nothing before them.
func (c *linter) itemsOnly(p Part) {
	if p.Lead != "" {
		c.fault(p.At, "only the items of this part are shown; the text before them never is")
	}
}

func nearest(id string, ids []string) string {
	if near := lessons.Nearest(id, ids); near != "" {
		return fmt.Sprintf("; was `%s` meant?", near)
	}
	return ""
}

// variables checks that every {{.name}} of a part is a variable of its exercise.
func (c *linter) variables(p Part, vars map[string]lessons.Var) {
	for i, line := range append(p.lines(), p.Title) {
		for _, name := range lessons.Variables(line) {
			if _, ok := vars[name]; ok {
				continue
			}
			at := p.pos(i)
			if i == len(p.lines()) {
				at = p.At
			}
			c.fault(at, "{{.%s}} is no variable of this step", name)
		}
	}
}

// lines gives the lines of the part's text.
func (p Part) lines() []string {
	if p.Text == "" {
		return nil
	}
	return strings.Split(p.Text, "\n")
}

// pos gives the place of a line of the part's text, counted from 0.
func (p Part) pos(i int) lessons.Pos {
	return lessons.Pos{File: p.At.File, Line: p.line + i, Col: 1}
}
