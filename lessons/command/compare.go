package command

import (
	"path"
	"slices"
	"strings"
	"time"
)

// Difference is one way in which a command that was run is not the one that is wanted.
type Difference struct {
	What   What
	Option string // as it is written, with its value: -a, --filter status=exited
	Name   string // the option's long name: all
	Kind   Kind   // of an argument
	Wanted string
	Found  string
}

// StandsIn tells whether a missing option stands among the words of a command for a container,
// behind the name or the image, where it is none of docker's.
func (d Difference) StandsIn(ran Command) bool {
	for i, p := range ran.spec.takes {
		if p.kind != Words {
			continue
		}
		for _, word := range rest(ran.Args, i) {
			name, _, _ := strings.Cut(word, "=")
			if o := ran.spec.byName[name]; o != nil && o.name == d.Name {
				return true
			}
		}
	}
	return false
}

// What is the kind of a difference, the worst first.
type What int

// The kinds of differences.
const (
	OtherCommand What = iota
	OtherArgument
	MissingOption
	ExtraOption
	OtherValue
)

// Untold stands in a command that is known from a call to the daemon, where the call does
// not tell: which folder a file was copied to. It is taken for what is wanted.
const Untold = "\x00"

// Same tells whether two words stand for the same object of that kind: an id and a name do.
// Equal words are not asked about.
type Same func(kind Kind, wanted, found string) bool

// Compare tells what is different in a command that was run, nothing where it has the
// meaning of c. Options that decide must be the same in both; of the others, those that c
// names must be there.
func (c Command) Compare(ran Command, same Same) []Difference {
	if c.Path != ran.Path {
		return []Difference{{What: OtherCommand, Wanted: c.Name(), Found: ran.Name()}}
	}
	differences := c.compareArgs(ran, same)
	for _, o := range c.spec.options {
		if d, differs := c.compareOption(o, ran, same); differs {
			differences = append(differences, d)
		}
	}
	slices.SortStableFunc(differences, func(a, b Difference) int { return int(a.What) - int(b.What) })
	return differences
}

// compareOption compares the values of one option.
func (c Command) compareOption(o *option, ran Command, same Same) (Difference, bool) {
	wanted, found := c.Options[o.name], ran.Options[o.name]
	d := Difference{Name: o.name, Option: o.spelling(), Wanted: o.joined(wanted), Found: o.joined(found)}
	switch {
	case len(wanted) == 0 && (len(found) == 0 || !o.decides):
		return d, false
	case len(wanted) == 0:
		d.What, d.Option = ExtraOption, d.Found
	case len(found) == 0:
		d.What, d.Option = MissingOption, d.Wanted
	case !o.sameValues(wanted, found, same):
		d.What = OtherValue
	default:
		return d, false
	}
	return d, true
}

// joined writes an option with all its values.
func (o *option) joined(values []string) string {
	var written []string
	for _, v := range values {
		written = append(written, o.written(v))
	}
	return strings.Join(written, " ")
}

// sameValues compares sets. Of an option that does not decide the learner may give more, and
// where one of the wanted values is any.
func (o *option) sameValues(wanted, found []string, same Same) bool {
	more := o.form != truth && slices.Contains(wanted, Any)
	if o.decides && !more && len(wanted) != len(found) {
		return false
	}
	for _, w := range wanted {
		if more && w == Any {
			continue
		}
		if !slices.ContainsFunc(found, func(f string) bool { return o.sameValue(w, f, same) }) {
			return false
		}
	}
	return true
}

// filterKinds are the filters whose values are objects.
var filterKinds = map[string]Kind{
	"container": Container, "image": Image, "ancestor": Image, "before": Object, "since": Object, "volume": Volume, "network": Network,
}

func (o *option) sameValue(wanted, found string, same Same) bool {
	if wanted == found {
		return true
	}
	switch o.form {
	case filters:
		key, w, _ := strings.Cut(wanted, "=")
		otherKey, f, _ := strings.Cut(found, "=")
		kind := filterKinds[key]
		return key == otherKey && (w == Any || kind != "" && same(kind, w, f))
	case moment:
		w, err := time.ParseDuration(wanted)
		f, otherErr := time.ParseDuration(found)
		return err == nil && otherErr == nil && (w-f).Abs() <= 2*time.Second
	case list, value:
		if o.name == "file" {
			return samePath(wanted, found)
		}
		return o.name == "tag" && same(Image, wanted, found)
	}
	return false
}

// compareArgs compares the arguments, place by place.
func (c Command) compareArgs(ran Command, same Same) []Difference {
	wanted, found := c.Args, ran.Args
	for i, p := range c.spec.takes {
		switch {
		case p.kind == Trailing && len(wanted) <= i:
			return nil
		case p.many && (p.kind == Words || p.kind == Trailing):
			return compareWords(p.kind, rest(wanted, i), rest(found, i))
		case p.many:
			return compareEach(p.kind, rest(wanted, i), rest(found, i), same)
		case len(wanted) <= i && at(found, i) == "", at(found, i) == Untold:
			continue
		case len(wanted) <= i || len(found) <= i || !sameArgument(p.kind, wanted[i], found[i], same):
			return []Difference{{What: OtherArgument, Kind: p.kind, Wanted: at(wanted, i), Found: at(found, i)}}
		}
	}
	return nil
}

// compareEach looks for each wanted object among those of the learner: what they did to
// others besides is their own affair. No objects mean all of them, where that can be.
func compareEach(kind Kind, wanted, found []string, same Same) []Difference {
	d := []Difference{{What: OtherArgument, Kind: kind, Wanted: strings.Join(wanted, " "), Found: strings.Join(found, " ")}}
	if len(wanted) == 0 && len(found) > 0 {
		return d
	}
	for _, w := range wanted {
		if !slices.ContainsFunc(found, func(f string) bool { return sameArgument(kind, w, f, same) }) {
			return d
		}
	}
	return nil
}

// compareWords compares the command for a container.
func compareWords(kind Kind, wanted, found []string) []Difference {
	d := []Difference{{What: OtherArgument, Kind: kind, Wanted: strings.Join(wanted, " "), Found: strings.Join(found, " ")}}
	if kind == Words {
		wanted, found = program(wanted), program(found)
	}
	for i, w := range wanted {
		switch {
		case w == Any && i == len(wanted)-1 && len(found) > i:
			return nil
		case i >= len(found) || w != Any && w != found[i]:
			return d
		}
	}
	if len(found) > len(wanted) {
		return d
	}
	return nil
}

// program writes a command by the program's name alone: /bin/sh is sh, and busybox env is env.
func program(words []string) []string {
	if len(words) > 1 && path.Base(words[0]) == "busybox" {
		words = words[1:]
	}
	if len(words) == 0 {
		return nil
	}
	return append([]string{path.Base(words[0])}, words[1:]...)
}

func sameArgument(kind Kind, wanted, found string, same Same) bool {
	switch {
	case wanted == found || wanted == Any || found == Untold:
		return true
	case kind == Text || kind == Words:
		return false
	case kind == Path:
		return samePlace(wanted, found, same)
	}
	return same(kind, wanted, found)
}

// samePlace compares paths, which may be in a container: dt-web:/etc/hostname.
func samePlace(wanted, found string, same Same) bool {
	w, inside := inContainer(wanted)
	f, alsoInside := inContainer(found)
	if !inside || !alsoInside {
		return inside == alsoInside && samePath(wanted, found)
	}
	return (w[0] == f[0] || same(Container, w[0], f[0])) && samePath(w[1], f[1])
}

func inContainer(place string) (parts [2]string, inside bool) {
	name, path, inside := strings.Cut(place, ":")
	if strings.HasPrefix(place, ".") || strings.HasPrefix(place, "/") || strings.Contains(name, "/") {
		return parts, false
	}
	return [2]string{name, path}, inside
}

// samePath compares paths as far as that can be told without knowing where they start from:
// one that the shell has made whole ends as the other does.
func samePath(wanted, found string) bool {
	w, f := cleanPath(wanted), cleanPath(found)
	return w == f || w == Any || strings.HasPrefix(f, "/") && !strings.HasPrefix(w, "/") && (w == "." || strings.HasSuffix(f, "/"+w))
}

func rest(words []string, from int) []string { return words[min(from, len(words)):] }

func at(words []string, i int) string {
	return strings.Join(words[min(i, len(words)):min(i+1, len(words))], "")
}
