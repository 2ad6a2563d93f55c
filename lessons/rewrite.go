package lessons

import (
	"reflect"
	"slices"
	"strings"
)

// rewriter gives the text to put in the place of the one at a spot.
type rewriter func(at spot, text string) string

// rewriteExercise gives a deep copy of an exercise with f applied to every text that
// is shown, run or compared: not to ids, and not to the choices of its variables.
func rewriteExercise(ex *Exercise, f rewriter) *Exercise {
	bound := rewrite(*ex, func(_ spot, text string) string { return text })
	in := func(path string) spot { return spot{ex.At, path} }
	bound.Setup = f(in("setup"), ex.Setup)
	bound.Solution = f(in("solution"), ex.Solution)
	bound.Files = rewriteAt(ex.Files, in("files"), f)
	for i, c := range ex.Checks {
		bound.Checks[i].Statement = rewriteAt(c.Statement, spot{in: c.At}, f)
	}
	for i, m := range ex.Mistakes {
		bound.Mistakes[i].Run = f(spot{m.At, "run"}, m.Run)
		bound.Mistakes[i].When = rewriteAt(m.When, spot{m.At, "when"}, f)
	}
	return &bound
}

// rewrite gives a deep copy of any part of a step with f applied to all its texts,
// the keys of its mappings included.
func rewrite[T any](part T, f rewriter) T {
	return rewriteAt(part, spot{}, f)
}

// rewriteAt is rewrite for a part that stands at a spot of its lesson.
func rewriteAt[T any](part T, at spot, f rewriter) T {
	return f.copy(reflect.ValueOf(&part).Elem(), at).Interface().(T)
}

func (f rewriter) copy(v reflect.Value, at spot) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	switch {
	case v.Kind() == reflect.String:
		out.SetString(f(at, v.String()))
	case v.Kind() == reflect.Pointer && !v.IsNil():
		out.Set(reflect.New(v.Type().Elem()))
		out.Elem().Set(f.copy(v.Elem(), at))
	case v.Kind() == reflect.Slice && !v.IsNil():
		out.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
		for i := range v.Len() {
			out.Index(i).Set(f.copy(v.Index(i), at.item(i)))
		}
	case v.Kind() == reflect.Map && !v.IsNil():
		out.Set(reflect.MakeMap(v.Type()))
		keys := v.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
		for _, key := range keys {
			entry := at.entry(key.String())
			out.SetMapIndex(reflect.ValueOf(f(entry, key.String())), f.copy(v.MapIndex(key), entry))
		}
	case v.Kind() == reflect.Struct && v.Type() != posType:
		f.copyFields(v, out, at)
	default:
		out.Set(v)
	}
	return out
}

// copyFields goes through the keys of a mapping, as the decoder does.
func (f rewriter) copyFields(v, out reflect.Value, at spot) {
	out.Set(v)
	if own := v.FieldByName("At"); own.IsValid() {
		at.in = own.Interface().(Pos)
	}
	for _, field := range shapeOf(v.Type()).fields {
		out.FieldByIndex(field.index).Set(f.copy(v.FieldByIndex(field.index), spot{at.in, field.key}))
	}
}
