package command

import (
	"path"
	"slices"
	"strings"
	"time"
)

// Command is a docker command line by its meaning: other spellings, another order of the
// options, and options that say what is usual anyway make no difference. It holds no
// secret: variables are kept by their names.
type Command struct {
	Path    string              // as docker's groups have it: container ls
	Options map[string][]string // by long name, without dashes; only what is not usual
	Args    []string

	spec *spec
}

// Any, in a teacher's line, is any value of an option, any argument or, as the last word of
// a command for a container, any words.
const Any = "ANY"

// Parse reads a line as a person types it. The error is an *Error.
func Parse(line string) (Command, error) {
	words, err := shellWords(line)
	if err != nil {
		return Command{}, err
	}
	if words[0].text != "docker" {
		return Command{}, &Error{words[0].at, "a docker command is wanted here; this begins with " + strings.ToValidUTF8(words[0].text, "?")}
	}
	return parse(words)
}

// FromArgv reads the command line of a process: docker itself, or a plugin of it, which gets
// docker's words after its own name.
func FromArgv(argv []string) (Command, error) {
	words, ok := dockerWords(argv)
	if !ok {
		return Command{}, &Error{0, "this is no docker command"}
	}
	return parse(words)
}

// dockerWords puts argv as if docker itself had been called. docker-compose by itself
// leaves out its own name, which docker would have given it.
func dockerWords(argv []string) ([]word, bool) {
	if len(argv) == 0 {
		return nil, false
	}
	words := make([]word, len(argv))
	for i, text := range argv {
		words[i] = word{text: text}
	}
	switch program := programName(argv[0]); {
	case program == "docker":
	case program == "docker-compose" && !slices.Contains(argv[1:], "compose"):
		words = slices.Insert(words, 1, word{text: "compose"})
	case !strings.HasPrefix(program, "docker-"):
		return nil, false
	}
	return words, true
}

func programName(file string) string {
	file = file[strings.LastIndexAny(file, `/\`)+1:]
	return strings.TrimSuffix(file, ".exe")
}

func parse(words []word) (Command, error) {
	s, err := scanWords(words)
	if err != nil {
		return Command{}, err
	}
	c := Command{Path: s.spec.path, Options: map[string][]string{}, spec: s.spec}
	for _, g := range s.options {
		if o := g.option; !o.group {
			c.set(o, o.canonical(g.value))
		}
	}
	for n, i := range s.args {
		if s.spec.kindAt(n) == Repository { // as the docker CLI does
			c.set(s.spec.byName["--filter"], "reference="+words[i].text)
			continue
		}
		c.Args = append(c.Args, scrub(words[i].text))
	}
	hideAfterName(c.Args)
	c.leaveOutTheUsual()
	return c, nil
}

// Of gives the command of that path with options and arguments that are known otherwise:
// from a call to the daemon. Options that the command does not have are left out.
func Of(path string, options map[string][]string, args []string) Command {
	c := Command{Path: path, Options: map[string][]string{}, Args: args, spec: commands().specs[path]}
	for name, values := range options {
		if o := c.spec.byName["--"+name]; o != nil {
			for _, v := range values {
				c.set(o, o.canonical(v))
			}
		}
	}
	c.leaveOutTheUsual()
	return c
}

func (c *Command) set(o *option, value string) {
	switch o.form {
	case list, filters, variable, secret:
		at, is := slices.BinarySearch(c.Options[o.name], value)
		if !is {
			c.Options[o.name] = slices.Insert(c.Options[o.name], at, value)
		}
	default:
		c.Options[o.name] = []string{value}
	}
}

func (c *Command) leaveOutTheUsual() {
	for _, o := range c.spec.options {
		if v := c.Options[o.name]; len(v) == 1 && v[0] == o.usual {
			delete(c.Options, o.name)
		}
	}
}

// canonical gives the one spelling of a value.
func (o *option) canonical(value string) string {
	switch o.form {
	case filters:
		if value == Any {
			return Any
		}
		key, of, _ := strings.Cut(value, "=")
		return strings.ToLower(strings.TrimSpace(key)) + "=" + strings.TrimSpace(of)
	case moment:
		if d, err := time.ParseDuration(value); err == nil {
			return d.String()
		}
	}
	return o.hide(value)
}

// kindAt gives what the argument of that number stands for.
func (s *spec) kindAt(n int) Kind {
	for i, p := range s.takes {
		if i == n || p.many && n > i {
			return p.kind
		}
	}
	return Text
}

// Argument is an argument with what it stands for.
type Argument struct {
	Kind Kind
	Text string
}

// Arguments gives the arguments with what they stand for.
func (c Command) Arguments() []Argument {
	args := make([]Argument, len(c.Args))
	for i, text := range c.Args {
		args[i] = Argument{c.spec.kindAt(i), text}
	}
	return args
}

// OneByOne tells whether the command does to each of a list of objects what it would do to
// one: docker stop a b.
func (c Command) OneByOne() bool {
	return len(c.spec.takes) == 1 && c.spec.takes[0].many && c.Path != "image save"
}

// Each gives a command for each object of such a list, and any other command as it is.
func (c Command) Each() []Command {
	if len(c.Args) < 2 || !c.OneByOne() {
		return []Command{c}
	}
	var each []Command
	for _, arg := range c.Args {
		one := c
		one.Args = []string{arg}
		each = append(each, one)
	}
	return each
}

// Without gives the command without the options that are not among the kept.
func (c Command) Without(kept []string) Command {
	options := c.Options
	c.Options = map[string][]string{}
	for name, values := range options {
		if slices.Contains(kept, name) {
			c.Options[name] = values
		}
	}
	return c
}

// As gives the same options and arguments to another command that knows them.
func (c Command) As(path string) Command { return Of(path, c.Options, c.Args) }

// Line gives the command line of a process as it was typed, docker's plugins included.
func Line(argv []string) string {
	words, ok := dockerWords(argv)
	if !ok {
		return strings.Join(argv, " ")
	}
	line := "docker"
	for _, w := range words[1:] {
		line += " " + quote(w.text)
	}
	return line
}

// Offline says why no check can see this command: it asks no daemon. It is empty for most.
func (c Command) Offline() string { return c.spec.offline }

// Group is the word of docker's that the command belongs to: container, image, compose; the
// command itself where it belongs to none.
func (c Command) Group() string { return strings.Fields(c.Path)[0] }

// Name is the command in its shortest spelling, without options: docker ps.
func (c Command) Name() string { return "docker " + c.spec.short }

// String writes the command in its shortest spelling.
func (c Command) String() string {
	text := c.Name()
	for _, o := range c.spec.options {
		for _, v := range c.Options[o.name] {
			text += " " + o.written(v)
		}
	}
	for _, arg := range c.Args {
		text += " " + quote(arg)
	}
	return text
}

// spelling is the option as it is mostly written: -a, --filter.
func (o *option) spelling() string { return o.spelled }

// written is the option with its value.
func (o *option) written(value string) string {
	switch {
	case o.form == truth && value == "true":
		return o.spelling()
	case o.form == truth:
		return "--" + o.name + "=" + value
	}
	return o.spelling() + " " + quote(value)
}

// quote puts a word into quotes where a shell would take it for something else.
func quote(word string) string {
	if word == "" || strings.ContainsAny(word, " \t\n*?[]{}'\"$&|;<>()\\`~#!") {
		return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
	}
	return word
}

// cleanPath makes ., ./ and sub/../ one.
func cleanPath(p string) string { return path.Clean(p) }

// Paths lists every command that asks a daemon, sorted.
func Paths() []string {
	var paths []string
	for spelling, s := range commands().specs {
		if spelling == s.path && s.offline == "" {
			paths = append(paths, spelling)
		}
	}
	slices.Sort(paths)
	return paths
}

// Has tells whether a command has an option of that long name.
func Has(path, option string) bool { return commands().specs[path].byName["--"+option] != nil }
