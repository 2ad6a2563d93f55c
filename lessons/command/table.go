package command

import (
	_ "embed"
	"fmt"
	"strings"
	"sync"
)

//go:embed commands.txt
var commandsText string

// Kind is what an argument stands for.
type Kind string

// The kinds of arguments.
const (
	Container  Kind = "CONTAINER"
	Image      Kind = "IMAGE"
	Volume     Kind = "VOLUME"
	Network    Kind = "NETWORK"
	Object     Kind = "OBJECT"     // a container, an image, a volume or a network
	Service    Kind = "SERVICE"    // of Compose
	Repository Kind = "REPOSITORY" // of docker images: a shorthand for --filter reference=
	Path       Kind = "PATH"       // of a file, on the host or, with container: before it, in a container
	Text       Kind = "TEXT"
	Words      Kind = "COMMAND" // all that follows: options of ours end before it
	Trailing   Kind = "OPTIONS" // the same, and left to the learner unless the teacher names it
)

// spec is one command of the docker CLI.
type spec struct {
	path    string // as the table has it: container ls
	short   string // its shortest spelling: ps
	takes   []place
	options []*option
	byName  map[string]*option // --all and -a
	offline string             // why no call of it can be seen
}

// place is a place for an argument.
type place struct {
	kind           Kind
	optional, many bool
}

// form says how the values of an option are compared.
type form string

const (
	truth    form = "" // there, or not
	value    form = "VALUE"
	list     form = "LIST"
	filters  form = "FILTERS"
	moment   form = "TIME"
	variable form = "ENV"    // NAME=value: kept by its name alone
	secret   form = "SECRET" // never kept
)

type option struct {
	name    string // long, without dashes
	short   string // -a, or nothing
	spelled string // the one of the two that people use
	form    form
	usual   string // what it is where it is not given
	decides bool
	group   bool // of the group (docker compose -f) and not of the command

	other, otherValue string // it is another spelling of that option, with that value
}

// table holds every spelling of every command, and the groups: container, compose, …
type table struct {
	specs  map[string]*spec
	groups map[string]*spec // nil for one without options of its own
}

// commands reads the table once, when it is first needed.
var commands = sync.OnceValue(func() *table { return readTable(commandsText) })

func readTable(text string) *table {
	t := &table{specs: map[string]*spec{}, groups: map[string]*spec{}}
	for block := range strings.SplitSeq(text, "\n\n") {
		if !strings.HasPrefix(block, "#") {
			t.add(readSpec(block))
		}
	}
	for path, s := range t.specs {
		words := strings.Fields(path)
		for i := 1; i < len(words); i++ {
			group := strings.Join(words[:i], " ")
			if _, known := t.groups[group]; !known {
				t.groups[group] = nil
			}
		}
		if _, group := t.groups[s.path]; group {
			delete(t.specs, path)
		}
	}
	return t
}

// add notes a command under all its spellings, and a group (which takes nothing and does
// nothing by itself) under its name.
func (t *table) add(s *spec, spellings []string) {
	if s.path == "docker" || s.path == "buildx" || s.path == "compose" {
		for _, o := range s.options {
			o.group = true
		}
		t.groups[s.path] = s
		return
	}
	s.short = s.path
	for _, spelling := range spellings {
		t.specs[spelling] = s
		if !strings.Contains(spelling, " ") {
			s.short = spelling
		}
	}
}

// readSpec reads one block of the table.
func readSpec(block string) (*spec, []string) {
	s := &spec{byName: map[string]*option{}}
	var spellings []string
	label := ""
	for line := range strings.SplitSeq(strings.Trim(block, "\n"), "\n") {
		words := strings.Fields(line)
		if !strings.HasPrefix(line, " ") {
			for name := range strings.SplitSeq(line, "|") {
				spellings = append(spellings, strings.TrimSpace(name))
			}
			s.path = spellings[0]
			continue
		}
		if !strings.HasPrefix(line, "   ") {
			label, words = words[0], words[1:]
		}
		switch label {
		case "takes":
			s.takes = readPlaces(words)
		case "decides", "free":
			for _, word := range words {
				s.addOption(readOption(word), label == "decides")
			}
		case "offline":
			s.offline = strings.Join(words, " ")
		default:
			panic(fmt.Sprintf("commands.txt: unknown line %q", line))
		}
	}
	return s, spellings
}

func readPlaces(words []string) []place {
	var places []place
	for _, word := range words {
		kind := strings.Trim(word, "[]")
		p := place{kind: Kind(strings.TrimSuffix(kind, "...")), optional: strings.HasPrefix(word, "["), many: strings.HasSuffix(kind, "...")}
		p.many = p.many || p.kind == Words || p.kind == Trailing
		places = append(places, p)
	}
	return places
}

// readOption reads, the spelling that people use first, -a,--all or --tail=VALUE(all) or --latest>--last=1 or --sig-proxy:true.
func readOption(word string) *option {
	o := &option{}
	word, other, alias := strings.Cut(word, ">")
	if alias {
		o.other, o.otherValue, _ = strings.Cut(strings.TrimPrefix(other, "--"), "=")
	}
	names, wanted, _ := strings.Cut(word, "=")
	names, o.usual, _ = strings.Cut(names, ":")
	if of, usual, given := strings.Cut(wanted, "("); given {
		o.form, o.usual = form(of), strings.TrimSuffix(usual, ")")
	} else {
		o.form = form(wanted)
	}
	o.spelled, _, _ = strings.Cut(names, ",")
	for name := range strings.SplitSeq(names, ",") {
		if long, ok := strings.CutPrefix(name, "--"); ok {
			o.name = long
		} else {
			o.short = name
		}
	}
	if o.form == truth && o.usual == "" {
		o.usual = "false"
	}
	return o
}

func (s *spec) addOption(o *option, decides bool) {
	o.decides = decides
	s.options = append(s.options, o)
	s.byName["--"+o.name] = o
	if o.short != "" {
		s.byName[o.short] = o
	}
}

// takesValue tells whether a value follows. Another spelling of an option takes what that
// one does, unless it brings the value along.
func (s *spec) takesValue(o *option) bool {
	if o.other != "" {
		return o.otherValue == "" && s.byName["--"+o.other].form != truth
	}
	return o.form != truth
}

// stopsAtArgument tells whether the command's own options end at its first argument: what
// follows belongs to another program.
func (s *spec) stopsAtArgument() bool {
	for _, p := range s.takes {
		if p.kind == Words || p.kind == Trailing {
			return true
		}
	}
	return false
}

// usage gives the way the command is written: docker logs CONTAINER.
func (s *spec) usage() string {
	text := "docker " + s.short
	for _, p := range s.takes {
		word := string(p.kind)
		if p.many && p.kind != Words && p.kind != Trailing {
			word += "..."
		}
		if p.optional {
			word = "[" + word + "]"
		}
		text += " " + word
	}
	return text
}
