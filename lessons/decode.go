package lessons

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// decoder fills the model from nodes, by the tags of the model. It goes on after a
// fault, so that all of them are found at once.
type decoder struct {
	places map[spot]place
	faults Faults
}

var posType = reflect.TypeFor[Pos]()

// lesson decodes a whole file.
func (d *decoder) lesson(root *node) *Lesson {
	l := &Lesson{}
	d.value(root, reflect.ValueOf(l).Elem(), rules{}, spot{in: root.Pos})
	return l
}

// value decodes one node into v, which is of any type that the model uses.
func (d *decoder) value(n *node, v reflect.Value, r rules, at spot) {
	switch {
	case n.kind == refused:
		return
	case n.kind == aNothing:
		d.fault(n, "nothing is written here; %s is wanted", wanted(v.Type()))
		return
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	d.places[at] = n.place
	switch v.Kind() {
	case reflect.Struct:
		d.structure(n, v)
	case reflect.Slice:
		d.slice(n, v, r, at)
	case reflect.Map:
		d.names(n, v, at)
	case reflect.String:
		d.text(n, v, r)
	case reflect.Int:
		d.number(n, v, r)
	case reflect.Bool:
		if n.kind != aTruth {
			d.wrongKind(n, v.Type())
		}
		v.SetBool(strings.EqualFold(n.text, "true"))
	}
}

// structure decodes a mapping whose keys are known.
func (d *decoder) structure(n *node, v reflect.Value) {
	if n.kind != aMapping {
		d.wrongKind(n, v.Type())
		return
	}
	s := shapeOf(v.Type())
	setAt(v, n.Pos)
	if len(s.variants) > 0 {
		d.variant(n, v, s)
		return
	}
	keys := d.knownKeys(n, s)
	for i, key := range keys {
		if f, ok := s.field(key); ok {
			d.value(n.items[i], v.FieldByIndex(f.index), f.rules, spot{n.Pos, key})
		}
	}
	for _, f := range s.fields {
		if f.required && !slices.Contains(keys, f.key) {
			d.fault(n, "the key %q is missing here: %s", f.key, lowerFirst(f.about))
		}
	}
}

// knownKeys gives the keys of a mapping, empty where one is refused. A misspelt one
// is faulted and then taken for the one that was meant, so that its value is looked at
// too, and the right one not called missing.
func (d *decoder) knownKeys(n *node, s *shape) []string {
	keys := d.keys(n)
	for i, key := range keys {
		if _, ok := s.field(key); ok || key == "" {
			continue
		}
		d.fault(n.keys[i], "unknown key %s; %s", quote(key), meant(key, s.keys(), "the keys allowed here are"))
		keys[i] = Nearest(key, s.keys())
		if slices.Contains(keys[:i], keys[i]) || slices.Contains(keys[i+1:], keys[i]) {
			keys[i] = ""
		}
	}
	return keys
}

// setAt notes the place of a mapping in its struct.
func setAt(v reflect.Value, at Pos) {
	if f := v.FieldByName("At"); f.IsValid() && f.Type() == posType {
		f.Set(reflect.ValueOf(at))
	}
}

// variant decodes a mapping that is one of several kinds, told by which of their
// keys it has or, when it has none, by a key that is nearly one.
func (d *decoder) variant(n *node, v reflect.Value, s *shape) {
	found, near := map[string]bool{}, ""
	for _, k := range n.keys {
		if slices.Contains(s.keys(), k.text) {
			found[k.text] = true
		} else if near == "" {
			near = Nearest(k.text, s.keys())
		}
	}
	switch {
	case len(found) > 1:
		both := enumerate(slices.Sorted(maps.Keys(found)), "and")
		d.fault(n, "exactly one of the keys %s is wanted here; this has %s", enumerate(s.keys(), "or"), both)
		return
	case len(found) == 0 && near == "":
		d.fault(n, "exactly one of the keys %s is wanted here", enumerate(s.keys(), "or"))
		return
	}
	for _, f := range s.variants {
		if found[f.key] || len(found) == 0 && f.key == near {
			target := v.FieldByIndex(f.index)
			target.Set(reflect.New(target.Type().Elem()))
			d.structure(n, target.Elem())
		}
	}
}

// keys gives the keys of a mapping, as many as it has, empty where one is refused.
func (d *decoder) keys(n *node) []string {
	keys := make([]string, len(n.keys))
	first := map[string]int{}
	for i, k := range n.keys {
		line, again := first[k.text]
		switch {
		case k.kind == refused:
		case k.kind == aNothing, k.kind == aList, k.kind == aMapping, k.text == "":
			d.fault(k, "a key must be a text, this is %s", k.is())
		case again:
			d.fault(k, "the key %s stands here twice; the first is on line %d", quote(k.text), line)
		default:
			keys[i], first[k.text] = k.text, k.Line
		}
	}
	return keys
}

func (d *decoder) slice(n *node, v reflect.Value, r rules, at spot) {
	if r.single && n.kind != aList && n.kind != aMapping {
		n = &node{place: n.place, kind: aList, items: []*node{n}}
	}
	if n.kind != aList {
		d.wrongKind(n, v.Type())
		return
	}
	if len(n.items) < r.minItems {
		d.fault(n, "this list is empty; at least %s is wanted", plural(r.minItems, "item"))
	}
	v.Set(reflect.MakeSlice(v.Type(), len(n.items), len(n.items)))
	for i, item := range n.items {
		d.value(item, v.Index(i), rules{}, at.item(i))
	}
}

// names decodes a mapping whose keys are the author's own.
func (d *decoder) names(n *node, v reflect.Value, at spot) {
	if n.kind != aMapping {
		d.wrongKind(n, v.Type())
		return
	}
	v.Set(reflect.MakeMap(v.Type()))
	for i, key := range d.keys(n) {
		if key == "" {
			continue
		}
		value := reflect.New(v.Type().Elem()).Elem()
		d.value(n.items[i], value, rules{}, at.entry(key))
		v.SetMapIndex(reflect.ValueOf(key), value)
	}
}

// text takes any plain value by its spelling: 1.0 is the text "1.0".
func (d *decoder) text(n *node, v reflect.Value, r rules) {
	switch {
	case n.kind == aList, n.kind == aMapping:
		d.wrongKind(n, v.Type())
	case len(r.enum) > 0 && !slices.Contains(r.enum, n.text):
		d.fault(n, "%s is not known here; %s", quote(n.text), meant(n.text, r.enum, "the words allowed are"))
	case r.pattern != nil && !r.pattern.MatchString(n.text):
		d.fault(n, "%s is wanted here, this is %s", patternWords(r.pattern), quote(n.text))
	case r.required && strings.TrimSpace(n.text) == "":
		d.fault(n, "a text is wanted here, this one is empty")
	}
	v.SetString(n.text)
}

// slug is the one pattern of the model: what ids look like.
const slug = `^[a-z][a-z0-9-]*$`

func patternWords(p *regexp.Regexp) string {
	if p.String() == slug {
		return "an id (lowercase letters, digits and hyphens, a letter first)"
	}
	return "a text of the form " + p.String()
}

var wholeNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]{0,8})$`)

func (d *decoder) number(n *node, v reflect.Value, r rules) {
	if n.kind != aNumber || !wholeNumber.MatchString(n.text) {
		d.wrongKind(n, v.Type())
		return
	}
	i, _ := strconv.Atoi(n.text) // nine digits at most
	switch {
	case r.min != nil && r.max != nil && (i < *r.min || i > *r.max):
		d.fault(n, "a number from %d to %d is wanted here, this is %d", *r.min, *r.max, i)
	case r.min != nil && i < *r.min:
		d.fault(n, "a number of at least %d is wanted here, this is %d", *r.min, i)
	case r.max != nil && i > *r.max:
		d.fault(n, "a number of at most %d is wanted here, this is %d", *r.max, i)
	}
	v.SetInt(int64(i))
}

// wrongKind says that a value is not of the kind that its place asks for.
func (d *decoder) wrongKind(n *node, t reflect.Type) {
	hint := ""
	if t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.String && n.kind == aText && !strings.ContainsAny(n.text, "\n,[]") {
		hint = fmt.Sprintf("; write [%s]", n.text)
	}
	d.fault(n, "%s is wanted here, this is %s%s", wanted(t), n.is(), hint)
}

// is says in plain words what stands in the file.
func (n *node) is() string {
	switch {
	case n.kind == aTruth, n.kind == aNumber && !wholeNumber.MatchString(n.text):
		return quote(n.text)
	case n.kind == aText && n.text == "":
		return "empty"
	}
	return n.kind.String()
}

// wanted says in plain words what a type of the model asks for.
func wanted(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Pointer:
		return wanted(t.Elem())
	case reflect.Slice:
		if t.Elem().Kind() == reflect.String {
			return "a list of texts"
		}
		return "a list of mappings"
	case reflect.Map:
		if t.Elem().Kind() == reflect.String {
			return "a mapping of names to texts"
		}
		return "a mapping of names to mappings"
	case reflect.Struct:
		if s := shapeOf(t); len(s.variants) > 0 {
			return "a mapping with " + enumerate(s.keys(), "or")
		}
		return "a mapping (" + strings.Join(shapeOf(t).keys(), ", ") + ")"
	case reflect.Int:
		return "a whole number"
	case reflect.Bool:
		return "true or false"
	}
	return "a text"
}

func (d *decoder) fault(n *node, format string, args ...any) {
	d.faults = append(d.faults, Fault{n.Pos, fmt.Sprintf(format, args...)})
}
