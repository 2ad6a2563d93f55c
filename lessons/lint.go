package lessons

import (
	"fmt"
	"path"
	"regexp"
	"slices"
)

// Known is what the lint has to be told by the rooms that `lessons` does not know.
type Known struct {
	Diagnoses []string // ids of the checker's own diagnoses
}

// Lint finds what is wrong with a course that could be read: what no single key shows.
// The faults are sorted.
func Lint(c *Course, known Known) Faults {
	var faults Faults
	ids := seen{}
	for i, lesson := range c.Lessons {
		l := &linter{known: known, lesson: lesson}
		l.unique(ids, "lesson", lesson.ID, spot{lesson.At, "id"})
		l.file()
		l.after(c, i)
		l.steps()
		faults = append(faults, l.faults...)
	}
	faults.sort()
	return faults
}

// linter looks at one lesson.
type linter struct {
	known  Known
	lesson *Lesson
	faults Faults
}

// fault notes what is wrong with the value at a spot.
func (l *linter) fault(at spot, format string, args ...any) {
	l.faultAt(l.lesson.place(at).Pos, format, args...)
}

func (l *linter) faultAt(at Pos, format string, args ...any) {
	l.faults = append(l.faults, Fault{at, fmt.Sprintf(format, args...)})
}

// seen maps the ids met so far to their places.
type seen map[string]Pos

// unique notes an id, and faults it if it is there already.
func (l *linter) unique(ids seen, what, id string, at spot) {
	place := l.lesson.place(at).Pos
	first, again := ids[id]
	switch {
	case !again:
		ids[id] = place
	case first.File == place.File:
		l.fault(at, "the %s %q is there already, on line %d; give this one another id", what, id, first.Line)
	default:
		l.fault(at, "the %s %q is there already, in %s; give this one another id", what, id, first.File)
	}
}

// exactlyOne faults a mapping that does not have one, and only one, of some keys. It
// tells whether all is well.
func (l *linter) exactlyOne(what string, structure any, at Pos, keys []string) bool {
	all := given(structure)
	found := without(all, without(all, keys...)...)
	switch len(found) {
	case 0:
		l.faultAt(at, "%s needs one of the keys %s", what, enumerate(keys, "or"))
	case 1:
		return true
	default:
		l.fault(spot{at, found[1]}, "%s has only one of the keys %s; this has %s", what, enumerate(keys, "and"), enumerate(found, "and"))
	}
	return false
}

var header = regexp.MustCompile(`^# yaml-language-server: \$schema=\S+$`)

// file checks what concerns the file as a whole.
func (l *linter) file() {
	name := path.Base(l.lesson.At.File)
	if m := lessonFile.FindStringSubmatch(name); m == nil {
		l.fault(spot{l.lesson.At, "id"}, "a lesson's file is named NN-id.yaml; name this one NN-%s.yaml", l.lesson.ID)
	} else if m[1] != l.lesson.ID {
		l.fault(spot{l.lesson.At, "id"}, "the id %q and the file name differ; name the file %s%s.yaml or the lesson %q", l.lesson.ID, name[:3], l.lesson.ID, m[1])
	}
	if l.lesson.source != nil && !header.MatchString(l.lesson.source.firstLine) {
		l.faultAt(Pos{l.lesson.At.File, 1, 1}, "the first line must be: # yaml-language-server: $schema=lesson.schema.json")
	}
}

// after checks the lessons that should come first.
func (l *linter) after(c *Course, index int) {
	for i, id := range l.lesson.After {
		at := spot{l.lesson.At, "after"}.item(i)
		ids := c.IDs()
		other := slices.Index(ids, id)
		switch {
		case other < 0:
			l.fault(at, "there is no lesson %q; %s", id, meant(id, ids[:index], "the earlier lessons are"))
		case other == index:
			l.fault(at, "a lesson cannot come after itself")
		case other > index:
			l.fault(at, "the lesson %q comes later; only earlier ones can stand here", id)
		}
	}
}

// titleID is the id that the words give to a lesson's title.
const titleID = "lesson"

func (l *linter) steps() {
	ids := seen{}
	for _, step := range l.lesson.Steps {
		switch {
		case step.Reading != nil:
			l.step(ids, "reading", step)
			l.claims(step.At, step.Reading.Covers, step.Reading.Refutes)
		case step.Exercise != nil:
			l.step(ids, "exercise", step)
			l.exercise(step.Exercise)
		case step.Quiz != nil:
			l.step(ids, "quiz", step)
			l.quiz(step.Quiz)
		}
	}
}

func (l *linter) step(ids seen, key string, step Step) {
	at := spot{step.At, key}
	l.unique(ids, "step", step.ID(), at)
	if step.ID() == titleID {
		l.fault(at, "the id %q is that of the title in the words; give this step another", titleID)
	}
}

var (
	fact     = regexp.MustCompile(`^S-[0-9]{3}$`)
	mistaken = regexp.MustCompile(`^E-[0-9]{2}$`)
)

// claims checks the numbers of what a step says that it teaches, and puts right.
func (l *linter) claims(in Pos, covers, refutes []string) {
	for i, f := range covers {
		if !fact.MatchString(f) {
			l.fault(spot{in, "covers"}.item(i), "%s is not the number of a fact, such as S-011", quote(f))
		}
	}
	for i, e := range refutes {
		if !mistaken.MatchString(e) {
			l.fault(spot{in, "refutes"}.item(i), "%s is not the number of an error, such as E-05", quote(e))
		}
	}
}
