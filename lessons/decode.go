package lessons

import (
	"fmt"
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
	present := map[string]bool{}
	for i, key := range d.keys(n) {
		f, ok := s.field(key)
		switch {
		case ok:
			present[key] = true
			d.value(n.items[i], v.FieldByIndex(f.index), f.rules, spot{n.Pos, key})
		case key != "":
			d.fault(n.keys[i], "unknown key %s; %s", quote(key), meant(key, s.keys(), "the keys allowed here are"))
		}
	}
	for _, f := range s.fields {
		if f.required && !present[f.key] {
			d.fault(n, "the key %q is missing here: %s", f.key, lowerFirst(f.about))
		}
	}
}

// setAt notes the place of a mapping in its struct.
func setAt(v reflect.Value, at Pos) {
	if f := v.FieldByName("At"); f.IsValid() && f.Type() == posType {
		f.Set(reflect.ValueOf(at))
	}
}

// variant decodes a mapping that is one of several kinds, told by which of their
// keys it has.
func (d *decoder) variant(n *node, v reflect.Value, s *shape) {
	var found []string
	var chosen field
	for _, f := range s.variants {
		if slices.ContainsFunc(n.keys, func(k *node) bool { return k.text == f.key }) {
			found, chosen = append(found, f.key), f
		}
	}
	if len(found) == 1 {
		target := v.FieldByIndex(chosen.index)
		target.Set(reflect.New(target.Type().Elem()))
		d.structure(n, target.Elem())
		return
	}
	all := enumerate(s.keys(), "or")
	if len(found) > 1 {
		d.fault(n, "exactly one of the keys %s is wanted here; this has %s", all, enumerate(found, "and"))
		return
	}
	for _, k := range n.keys {
		if near := Nearest(k.text, s.keys()); near != "" {
			d.fault(k, "unknown key %s; did you mean %q?", quote(k.text), near)
			return
		}
	}
	d.fault(n, "exactly one of the keys %s is wanted here", all)
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
