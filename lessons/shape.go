package lessons

import (
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// shape is what the tags of a struct of the model say about its mapping in YAML.
type shape struct {
	fields   []field
	variants []field // of Step: each is decoded from the whole mapping, told by its key
}

// field is one key of a mapping. The fields of an embedded struct count as the
// mapping's own.
type field struct {
	key   string
	index []int
	about string // what the key means, as a sentence
	rules
}

// rules are what the value of a key must keep to.
type rules struct {
	required bool
	enum     []string
	min, max *int
	minItems int
	single   bool // of a list: one item may stand there by itself
	pattern  *regexp.Regexp
}

var shapes sync.Map // of reflect.Type to *shape

// shapeOf reads the tags of a struct, once.
func shapeOf(t reflect.Type) *shape {
	if known, ok := shapes.Load(t); ok {
		return known.(*shape)
	}
	s := &shape{}
	for _, f := range reflect.VisibleFields(t) {
		key := f.Tag.Get("yaml")
		if variant := f.Tag.Get("variant"); variant != "" {
			s.variants = append(s.variants, field{key: variant, index: f.Index})
		} else if key != "" && key != "-" {
			s.fields = append(s.fields, field{key, f.Index, f.Tag.Get("jsonschema_description"), rulesOf(f.Tag.Get("jsonschema"))})
		}
	}
	shapes.Store(t, s)
	return s
}

// rulesOf reads a jsonschema tag: required, enum=a, enum=b, minimum=1, …
func rulesOf(tag string) rules {
	var r rules
	for _, rule := range strings.Split(tag, ",") {
		name, value, _ := strings.Cut(rule, "=")
		n, _ := strconv.Atoi(value)
		switch name {
		case "required":
			r.required = true
		case "enum":
			r.enum = append(r.enum, value)
		case "minimum":
			r.min = &n
		case "maximum":
			r.max = &n
		case "minItems":
			r.minItems = n
		case "oneof_type":
			r.single = value == "string;array"
		case "pattern":
			r.pattern = regexp.MustCompile(value)
		}
	}
	return r
}

// keys lists the keys that the mapping may have.
func (s *shape) keys() []string {
	var keys []string
	for _, f := range s.fields {
		keys = append(keys, f.key)
	}
	for _, f := range s.variants {
		keys = append(keys, f.key)
	}
	return keys
}

// field finds a key's field.
func (s *shape) field(key string) (field, bool) {
	for _, f := range s.fields {
		if f.key == key {
			return f, true
		}
	}
	return field{}, false
}

// keysOf lists the keys of a struct of the model.
func keysOf[T any]() []string {
	return shapeOf(reflect.TypeFor[T]()).keys()
}

// given lists the keys that have a value in a struct of the model, or in what a
// pointer points to.
func given(structure any) []string {
	v := reflect.Indirect(reflect.ValueOf(structure))
	var found []string
	for _, f := range shapeOf(v.Type()).fields {
		if !v.FieldByIndex(f.index).IsZero() {
			found = append(found, f.key)
		}
	}
	return found
}

// without gives the words that are not among the others.
func without(words []string, others ...string) []string {
	var rest []string
	for _, w := range words {
		if !slices.Contains(others, w) {
			rest = append(rest, w)
		}
	}
	return rest
}
