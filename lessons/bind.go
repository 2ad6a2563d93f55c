package lessons

import (
	"regexp"
	"slices"
	"strings"
)

// Binding is what one attempt at an exercise has chosen: the values of its variables,
// and the names that stand in for names already taken on the learner's daemon.
type Binding struct {
	Vars    map[string]string `json:"vars"`
	Renames map[string]string `json:"renames"`
}

// Bind gives a deep copy of an exercise with the binding applied to every text that is
// shown, run or compared: not to ids, and not to the choices of its variables.
func Bind(ex *Exercise, b Binding) *Exercise {
	return rewriteExercise(ex, func(_ spot, text string) string { return b.Apply(text) })
}

// BindAnswer is Bind for the answer to a question of a quiz.
func BindAnswer(a *Answer, b Binding) *Answer {
	return rewrite(a, func(_ spot, text string) string { return b.Apply(text) })
}

// variable matches {{.name}}. Docker's own formats begin with a capital or a word.
var variable = regexp.MustCompile(`\{\{ *\.([a-z][a-z0-9_]*) *\}\}`)

// Variables lists the lesson variables that a text uses, each once, in order.
func Variables(text string) []string {
	var names []string
	for _, m := range variable.FindAllStringSubmatch(text, -1) {
		if !slices.Contains(names, m[1]) {
			names = append(names, m[1])
		}
	}
	return names
}

// Apply puts the values of the variables into a text of the lesson or its words, and
// then the new names: dt-web becomes dt-web-2 in `dt-web:1.0` and in "stop dt-web.",
// not in dt-web-admin. A variable without a value stays as it is written.
func (b Binding) Apply(text string) string {
	if len(b.Vars) > 0 && strings.Contains(text, "{{") {
		text = variable.ReplaceAllStringFunc(text, func(written string) string {
			if value, ok := b.Vars[variable.FindStringSubmatch(written)[1]]; ok {
				return value
			}
			return written
		})
	}
	if len(b.Renames) > 0 {
		text = word.ReplaceAllStringFunc(text, func(written string) string {
			name := strings.TrimRight(written, ".")
			if other, ok := b.Renames[name]; ok {
				return other + written[len(name):]
			}
			return written
		})
	}
	return text
}

// word matches what Docker may have in the name of a container, volume or network, or
// between the / and the : of an image. Dots at its end belong to the sentence.
var word = regexp.MustCompile(`[a-zA-Z0-9_.-]+`)

// courseName matches the names that the course gives to its objects.
var courseName = regexp.MustCompile(`^dt-(?:.*[a-zA-Z0-9])$`)

// Names lists the dt- names that a bound exercise uses, without tags, sorted, each
// once. In dt.batch=dt-spring the name is dt-spring.
func Names(ex *Exercise) []string {
	var names []string
	rewriteExercise(ex, func(_ spot, text string) string {
		names = append(names, namesIn(text)...)
		return text
	})
	slices.Sort(names)
	return slices.Compact(names)
}

// namesIn lists the dt- names in a text, in order. The beginning of a name that a
// variable or a pattern ends is not one.
func namesIn(text string) []string {
	var names []string
	for _, w := range word.FindAllString(text, -1) {
		if name := strings.TrimRight(w, "."); courseName.MatchString(name) {
			names = append(names, name)
		}
	}
	return names
}
