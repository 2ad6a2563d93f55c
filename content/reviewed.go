package content

import (
	"bufio"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"docker-tutor/lessons"

	_ "embed"
)

// ReviewedFile is where a course notes, beside its languages, which text of a part was
// compared with which of the other language: a line "LESSON PART DIGEST DIGEST", with the
// digests in the order of Langs. A part that was changed in one language alone is stale.
// A course without the file is not held to it.
const ReviewedFile = "reviewed.txt"

//go:embed reviewed.txt
var builtinReviewed string

// reviews maps "LESSON PART" to the digests that were compared.
type reviews map[string][]string

// readReviews reads the file; nil where the course has none.
func readReviews(words fs.FS) (reviews, error) {
	data := []byte(builtinReviewed)
	if words != fs.FS(builtin) {
		var err error
		if data, err = fs.ReadFile(words, ReviewedFile); errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		} else if err != nil {
			return nil, fmt.Errorf("reading which translations were reviewed: %w", err)
		}
	}
	r := reviews{}
	for lines := bufio.NewScanner(strings.NewReader(string(data))); lines.Scan(); {
		if fields := strings.Fields(lines.Text()); len(fields) > 2 && fields[0] != "#" {
			r[fields[0]+" "+fields[1]] = fields[2:]
		}
	}
	return r, nil
}

// digest tells texts of a part apart; how lines are folded does not count.
func (p Part) digest() string {
	sum := sha256.Sum256([]byte(p.Title + "\n" + strings.Join(strings.Fields(p.Text), " ")))
	return hex.EncodeToString(sum[:5])
}

// stale faults the parts of a lesson of which one language was changed after the other.
func (r reviews) stale(lesson string, byLang map[Lang]*Words) lessons.Faults {
	var faults lessons.Faults
	if r == nil || slices.ContainsFunc(Langs(), func(l Lang) bool { return byLang[l] == nil }) {
		return nil
	}
	for _, path := range byLang[Langs()[0]].Paths() {
		parts, ok := partsOf(byLang, path)
		if !ok {
			continue // the lint says that it is missing
		}
		compared, known := r[lesson+" "+path]
		if fault, is := staleness(path, parts, compared, known); is {
			faults = append(faults, fault)
		}
	}
	return faults
}

// partsOf gives a part in every language.
func partsOf(byLang map[Lang]*Words, path string) (parts []Part, ok bool) {
	for _, lang := range Langs() {
		part, ok := byLang[lang].Part(path)
		if !ok {
			return nil, false
		}
		parts = append(parts, part)
	}
	return parts, true
}

func staleness(path string, parts []Part, compared []string, known bool) (lessons.Fault, bool) {
	const then = "compare them, then run docker-tutor author reviewed"
	var changed, same []int
	for i, part := range parts {
		if known && i < len(compared) && part.digest() == compared[i] {
			same = append(same, i)
		} else {
			changed = append(changed, i)
		}
	}
	switch {
	case len(changed) == 0:
		return lessons.Fault{}, false
	case !known || len(same) == 0:
		return lessons.Fault{At: parts[0].At, Message: fmt.Sprintf("nobody has compared the languages of the part %s as it is now; %s", path, then)}, true
	}
	return lessons.Fault{At: parts[same[0]].At, Message: fmt.Sprintf("the part %s was changed in %s and not here; %s",
		path, Langs()[changed[0]].Name(), then)}, true
}

// Reviewed gives the text of ReviewedFile for a course whose languages were all compared,
// or those of some lessons; for the others what the file says stays.
func Reviewed(course *lessons.Course, words fs.FS, some []string) (string, error) {
	before, err := readReviews(words)
	if err != nil {
		return "", err
	}
	var out strings.Builder
	out.WriteString("# Which text of a part was compared with which; docker-tutor author reviewed writes it.\n")
	for _, l := range course.Lessons {
		byLang := map[Lang]*Words{}
		for _, lang := range Langs() {
			if byLang[lang], err = load(words, "content", lang, l.ID); err != nil {
				return "", err
			}
		}
		compared := len(some) == 0 || slices.Contains(some, l.ID)
		for _, path := range byLang[Langs()[0]].Paths() {
			digests := before[l.ID+" "+path]
			if parts, ok := partsOf(byLang, path); ok && compared {
				digests = nil
				for _, p := range parts {
					digests = append(digests, p.digest())
				}
			}
			if digests != nil {
				fmt.Fprintln(&out, l.ID, path, strings.Join(digests, " "))
			}
		}
	}
	return out.String(), nil
}

// sortFaults puts faults in the order of a reader.
func sortFaults(faults lessons.Faults) {
	slices.SortStableFunc(faults, func(a, b lessons.Fault) int {
		return cmp.Or(strings.Compare(a.At.File, b.At.File), cmp.Compare(a.At.Line, b.At.Line))
	})
}
