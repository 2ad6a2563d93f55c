package lessons

import (
	"errors"
	"slices"
	"strings"

	"docker-tutor/lessons/command"
)

// commands checks that every docker command of a check or a mistake is understood, and
// one that a check can see. It reads them as they stand in the file, variables and all.
func (l *linter) commands(ex *Exercise) {
	for _, c := range ex.Checks {
		l.ran(spot{c.At, "ran"}, c.Ran)
	}
	for _, m := range ex.Mistakes {
		if m.When != nil {
			l.ran(spot{m.When.At, "ran"}, m.When.Ran)
		}
	}
}

func (l *linter) ran(at spot, lines []string) {
	for i, line := range lines {
		// A value of the same length stands in, so that places stay what they are.
		names := map[string]string{}
		filled := variable.ReplaceAllStringFunc(line, func(written string) string {
			value := strings.Repeat("1", len(written))
			names[value] = written
			return value
		})
		c, err := command.Parse(filled)
		var wrong *command.Error
		switch {
		case errors.As(err, &wrong):
			place := l.lesson.place(at.item(i)).inside(placeAt(line, wrong.At))
			message := wrong.Message
			for value, written := range names {
				message = strings.ReplaceAll(message, value, written)
			}
			l.faultAt(place, "%s", message)
		case c.Offline() != "":
			l.fault(at.item(i), "no check can see this: %s, and asks no daemon", c.Offline())
		}
	}
}

// ownArguments lists the objects that a command names and that should be of the course.
// What a registry has, and the networks that Docker makes, are nobody's own.
func ownArguments(line string) []string {
	c, err := command.Parse(line)
	if err != nil || c.Path == "image pull" || c.Group() == "compose" {
		return nil
	}
	var own []string
	for _, arg := range c.Arguments() {
		switch arg.Kind {
		case command.Container, command.Image, command.Volume, command.Object, command.Network:
			if arg.Text != command.Any && !slices.Contains([]string{"bridge", "host", "none"}, arg.Text) {
				own = append(own, arg.Text)
			}
		}
	}
	return own
}

// order checks what must come before a check: earlier ones of the same kind.
func (l *linter) order(c Check, earlier []Check) {
	if len(c.After) > 0 && c.Event == nil && c.Ran == nil {
		l.fault(spot{c.At, "after"}, "only an event or a command comes after another; this check is about neither")
		return
	}
	var before []string
	for _, e := range earlier {
		if (e.Event != nil) == (c.Event != nil) && (e.Ran != nil) == (c.Ran != nil) {
			before = append(before, e.ID)
		}
	}
	for i, id := range c.After {
		if !slices.Contains(before, id) {
			kind := "events"
			if c.Ran != nil {
				kind = "commands"
			}
			l.fault(spot{c.At, "after"}.item(i), "%s is no earlier check about %s; %s", quote(id), kind, meant(id, before, "those are"))
		}
	}
}
