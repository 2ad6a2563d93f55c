package command

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// scan is a command line taken apart, each piece with its place among the words.
type scan struct {
	spec    *spec
	options []given
	args    []int // words that are arguments
	path    []int // words that name the command
}

// given is an option as it was written.
type given struct {
	option *option
	value  string
	word   int // that holds the value, or the option where it has none
	from   int // where in that word the value begins; -1 where there is none
}

// scanWords takes a command line apart as the docker CLI does. The first word is the
// program's. What it found up to an error it gives too.
func scanWords(words []word) (*scan, error) {
	s := &scan{}
	i, err := s.command(words)
	if err != nil {
		return s, err
	}
	if i, err = s.optionsFrom(words, i, s.spec, !s.spec.stopsAtArgument()); err != nil {
		return s, err
	}
	for ; i < len(words); i++ { // the rest is arguments, whatever it looks like
		s.args = append(s.args, i)
	}
	return s, s.fits(words)
}

// command finds which command this is, and where its options begin.
func (s *scan) command(words []word) (int, error) {
	path, group, i := "", "docker", 1
	for {
		if own := commands().groups[group]; own != nil {
			var err error
			if i, err = s.optionsFrom(words, i, own, false); err != nil {
				return i, err
			}
		}
		if i >= len(words) {
			return i, &Error{endOf(words), fmt.Sprintf("%s needs a command; %s", strings.TrimSpace("docker "+path), among(subcommands(path)))}
		}
		path = strings.TrimSpace(path + " " + words[i].text)
		if s.spec = commands().specs[path]; s.spec != nil {
			s.path = append(s.path, i)
			return i + 1, nil
		}
		if _, ok := commands().groups[path]; !ok {
			return i, unknownCommand(words[i], path)
		}
		s.path = append(s.path, i)
		group = path
		i++
	}
}

// optionsFrom reads options until the command line ends or, unless they may be mixed,
// until an argument. It gives the place of the first word that it did not read.
func (s *scan) optionsFrom(words []word, i int, of *spec, mixed bool) (int, error) {
	for i < len(words) {
		text := words[i].text
		var err error
		switch {
		case text == "--":
			return i + 1, nil
		case len(text) < 2 || text[0] != '-':
			if !mixed {
				return i, nil
			}
			s.args = append(s.args, i)
			i++
		case strings.HasPrefix(text, "--"):
			i, err = s.long(words, i, of)
		default:
			i, err = s.cluster(words, i, of)
		}
		if err != nil {
			return i, err
		}
	}
	return i, nil
}

func (s *scan) long(words []word, i int, of *spec) (int, error) {
	name, _, joined := strings.Cut(words[i].text, "=")
	o := of.byName[name]
	switch {
	case o == nil:
		return i, unknownOption(words[i], name, of)
	case joined:
		return i + 1, s.give(words, o, i, len(name)+1, of)
	case !of.takesValue(o):
		return i + 1, s.give(words, o, i, -1, of)
	}
	return s.next(words, i, o, of)
}

// cluster reads -a, -it, -n5, -n=5 and -n 5.
func (s *scan) cluster(words []word, i int, of *spec) (int, error) {
	text := words[i].text
	for at := 1; at < len(text); at++ {
		name := "-" + text[at:at+1]
		o := of.byName[name]
		rest := text[at+1:]
		switch {
		case o == nil:
			return i, unknownOption(words[i], name, of)
		case strings.HasPrefix(rest, "="):
			return i + 1, s.give(words, o, i, at+2, of)
		case !of.takesValue(o):
			if err := s.give(words, o, i, -1, of); err != nil {
				return i, err
			}
		case rest != "":
			return i + 1, s.give(words, o, i, at+1, of)
		default:
			return s.next(words, i, o, of)
		}
	}
	return i + 1, nil
}

// next takes the following word as an option's value.
func (s *scan) next(words []word, i int, o *option, of *spec) (int, error) {
	if i+1 >= len(words) {
		return i, &Error{words[i].at, fmt.Sprintf("the option %s of docker %s needs a value", o.spelling(), of.called())}
	}
	return i + 2, s.give(words, o, i+1, 0, of)
}

func (s *scan) give(words []word, o *option, word, from int, of *spec) error {
	g := given{option: o, word: word, from: from, value: "true"}
	if from >= 0 {
		g.value = words[word].text[from:]
	}
	if o.other != "" {
		g.option = of.byName["--"+o.other]
		if o.otherValue != "" {
			g.value = o.otherValue
		}
	}
	if g.option.form == truth {
		yes, err := strconv.ParseBool(g.value)
		if err != nil {
			return &Error{words[word].at, fmt.Sprintf("the option %s is there or it is not: %q is no value for it", o.spelling(), g.value)}
		}
		g.value = strconv.FormatBool(yes)
	}
	s.options = append(s.options, g)
	return nil
}

// fits checks that there are as many arguments as the command takes.
func (s *scan) fits(words []word) error {
	least, most := 0, 0
	for _, p := range s.spec.takes {
		if !p.optional {
			least++
		}
		most++
		if p.many {
			most = len(words)
		}
	}
	switch {
	case len(s.args) < least:
		return &Error{endOf(words), fmt.Sprintf("an argument is missing: write %s", s.spec.usage())}
	case len(s.args) > most:
		extra := words[s.args[most]]
		return &Error{extra.at, fmt.Sprintf("%q is one word too many: write %s", extra.text, s.spec.usage())}
	}
	return nil
}

// endOf gives the place of the last word, where something is missing after it.
func endOf(words []word) int {
	if len(words) == 0 {
		return 0
	}
	return words[len(words)-1].at
}

func unknownCommand(w word, path string) error {
	group, name := "", path
	if space := strings.LastIndexByte(path, ' '); space >= 0 {
		group, name = path[:space], path[space+1:]
	}
	known := subcommands(group)
	if near := Nearest(name, known); near != "" && name != "" {
		return &Error{w.at, fmt.Sprintf("docker has no command %q; did you mean %q?", path, strings.TrimSpace(group+" "+near))}
	}
	return &Error{w.at, fmt.Sprintf("%q is not a docker command that is known here; %s", path, among(known))}
}

func unknownOption(w word, name string, of *spec) error {
	if (name == "--help" || name == "-h") && of.byName[name] == nil {
		return &Error{w.at, "docker answers --help by itself and asks no daemon, so that no check can see it"}
	}
	if of.path == "docker" && (name == "--version" || name == "-v") {
		return &Error{w.at, "docker answers --version by itself and asks no daemon, so that no check can see it; docker version asks"}
	}
	var known []string
	for _, o := range of.options {
		known = append(known, "--"+o.name)
	}
	if near := Nearest(name, known); near != "" && strings.HasPrefix(name, "--") {
		return &Error{w.at, fmt.Sprintf("docker %s has no option %s; did you mean %s?", of.called(), name, near)}
	}
	return &Error{w.at, fmt.Sprintf("docker %s has no option %s", of.called(), name)}
}

// called is the command's name in a message.
func (s *spec) called() string {
	if s.short != "" {
		return s.short
	}
	return s.path
}

// subcommands lists the words that may follow in a group, sorted.
func subcommands(group string) []string {
	var found []string
	for path := range commands().specs {
		rest, ok := strings.CutPrefix(path, group)
		if name := strings.Fields(rest); ok && len(name) > 0 && (group == "" || rest[0] == ' ') {
			found = append(found, name[0])
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

func among(known []string) string { return "known are " + strings.Join(known, ", ") }
