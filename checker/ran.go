package checker

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"docker-tutor/lessons/command"
)

// ran judges whether the learner ran one of these docker commands since the exercise
// opened. What counts is the meaning: the calls that a command makes, whoever made them,
// and its command line for what the calls do not tell.
func (j *judge) ran(ctx context.Context, lines []string) (*Diagnosis, error) {
	var wanted []command.Command
	for _, line := range lines {
		c, err := command.Parse(line)
		if err != nil {
			return nil, fmt.Errorf("reading the command %q: %w", line, err)
		}
		wanted = append(wanted, c)
	}
	blind := false
	for _, w := range wanted {
		at, unclear := j.ranAt(ctx, w)
		if !at.IsZero() {
			j.proof = at
			return nil, nil
		}
		blind = blind || unclear
	}
	return j.notRan(ctx, wanted, blind)
}

// ranAt gives the moment from which a command counts as run, or nothing. It is unclear
// where a call would do, but nothing tells which command made it.
func (j *judge) ranAt(ctx context.Context, wanted command.Command) (last time.Time, unclear bool) {
	for _, one := range wanted.Each() {
		at, blind := j.oneRanAt(ctx, one)
		if at.IsZero() {
			return at, blind
		}
		if at.After(last) {
			last = at
		}
	}
	return last, false
}

func (j *judge) oneRanAt(ctx context.Context, wanted command.Command) (at time.Time, unclear bool) {
	pattern := patterns[wanted.Path]
	fits := map[*lineRead]bool{} // a command line is compared once, however often it was run
	for n := range j.ev.Calls {
		i := n
		if j.tried {
			i = len(j.ev.Calls) - 1 - n
		}
		c := &j.ev.Calls[i]
		if !pattern.takes(c) || !j.counts(pattern, c) || !c.Time.After(j.notBefore) {
			continue
		}
		r := j.reading(wanted.Path, i)
		fit, compared := fits[r.from]
		if !compared || r.from == nil {
			fit = r.known && len(j.differences(ctx, wanted, r)) == 0
			fits[r.from] = fit
		}
		unclear = unclear || r.blind
		if fit && j.isAbout(ctx, wanted, c) {
			return c.Time, false
		}
		if j.tried && r.known && !fit {
			break // the last of its kind was another
		}
	}
	return time.Time{}, unclear
}

// counts tells whether the daemon did what it was asked. What a registry says is not the
// learner's affair: with no network, docker search was run all the same.
func (j *judge) counts(p *pattern, c *Call) bool {
	return !c.Refused && (c.Status < 400 || p.registry || j.tried)
}

// isAbout tells whether a call on one of several objects is the one on the wanted object.
func (j *judge) isAbout(ctx context.Context, wanted command.Command, c *Call) bool {
	args := wanted.Arguments()
	if !wanted.OneByOne() || len(args) != 1 || args[0].Kind == command.Service || args[0].Text == command.Any {
		return true
	}
	return c.Name == args[0].Text || j.same(ctx)(args[0].Kind, args[0].Text, c.Name)
}

// reading is what a call says of the command behind it.
type reading struct {
	command command.Command
	known   bool
	line    string // as it was typed; empty for a program that is not docker
	from    *lineRead
	tells   []string // where the command line is not known: the options that the call tells
	blind   bool     // the command line would tell, and this system does not give it
}

// reading reads a call as the command of that path, if it may be one.
func (j *judge) reading(path string, at int) reading {
	c := &j.ev.Calls[at]
	own, program := j.commandOf(c)
	switch {
	case program == dockerItself && own.known:
		own.command = asInspect(path, own.command)
		own.known = own.command.Path == path
		return own
	case program == composeItself && own.known && own.command.Path == path:
		return own
	}
	pattern := patterns[path]
	onTheWay := program == dockerItself || program == composeItself
	switch {
	case onTheWay && (pattern.incidental || pattern.hidden || isCompletion(c)):
		return reading{}
	case pattern.hidden:
		return reading{blind: program == nobodyKnown}
	case pattern.incidental && program == nobodyKnown && j.goesOn(at):
		return reading{}
	}
	options, args, ok := pattern.read(j, at)
	if !ok {
		return reading{}
	}
	r := reading{command: command.Of(path, options, args), known: true}
	if program == nobodyKnown {
		r.tells = append([]string{}, pattern.tells...)
	}
	return r
}

// isCompletion tells what a shell asks when Tab is pressed.
func isCompletion(c *Call) bool {
	return len(c.Argv) > 1 && command.IsCompletion(c.Argv[1])
}

// goesOn tells whether a look at an object is the beginning of something else that is done
// to it, as docker logs begins.
func (j *judge) goesOn(at int) bool {
	c := &j.ev.Calls[at]
	for i := at + 1; i < len(j.ev.Calls); i++ {
		next := &j.ev.Calls[i]
		if next.Time.Sub(c.Time) > time.Second {
			return false
		}
		if next.Path != c.Path && next.Name != "" && (next.Name == c.Name || sameID(next.Name, c.Name)) {
			return true
		}
	}
	return false
}

// asInspect lets docker inspect and docker container inspect stand for each other: which
// kind of object it was, the call tells.
func asInspect(path string, c command.Command) command.Command {
	if path != c.Path && strings.HasSuffix(path, "inspect") && strings.HasSuffix(c.Path, "inspect") &&
		(path == "inspect" || c.Path == "inspect") && c.Group() != "buildx" && !strings.HasPrefix(path, "buildx") && !strings.HasPrefix(path, "context") && c.Group() != "context" {
		return c.As(path)
	}
	return c
}

// The programs that make calls.
type program int

const (
	nobodyKnown   program = iota // the system does not tell
	dockerItself                 // and its plugins
	composeItself                // whose calls may be docker's too
	another                      // curl, a library
)

// commandOf reads the command line of a call, once for each that there is.
func (j *judge) commandOf(c *Call) (reading, program) {
	if len(c.Argv) == 0 {
		return reading{}, nobodyKnown
	}
	key := strings.Join(c.Argv, "\x00")
	if r, known := j.lines[key]; known {
		return r.reading, r.program
	}
	r := &lineRead{program: another}
	parsed, err := command.FromArgv(c.Argv)
	name := c.Argv[0][strings.LastIndexAny(c.Argv[0], `/\`)+1:]
	if name = strings.TrimSuffix(name, ".exe"); name == "docker" || strings.HasPrefix(name, "docker-") {
		r.program = dockerItself
	}
	if strings.HasPrefix(name, "docker-compose") {
		r.program = composeItself
	}
	if err == nil {
		r.reading = reading{command: parsed, known: true, line: command.Line(c.Argv), from: r}
	}
	j.lines[key] = r
	return r.reading, r.program
}

type lineRead struct {
	reading reading
	program program
}

// differences compares a reading with the wanted command. Where no command line is to be
// had, what the calls of that command never tell is taken as it is wanted.
func (j *judge) differences(ctx context.Context, wanted command.Command, r reading) []command.Difference {
	if r.tells != nil {
		wanted = wanted.Without(r.tells)
	}
	return wanted.Compare(r.command, j.same(ctx))
}

// unknowable is why a check could not be judged, in a diagnosis of its own.
type unknowable struct{ diagnosis *Diagnosis }

func (u *unknowable) Error() string { return u.diagnosis.ID }

// asUnknown gives the diagnosis of a check that could not be judged.
func asUnknown(err error) *Diagnosis {
	var u *unknowable
	if errors.As(err, &u) {
		return u.diagnosis
	}
	return unknown(err)
}
