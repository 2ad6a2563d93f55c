//go:build linux

package main

import (
	"strings"
	"testing"

	"docker-tutor/content"
)

// A wrong turn gets its diagnosis by itself, before the next prompt.
func TestMistakes(t *testing.T) {
	t.Run("tag", func(t *testing.T) {
		l := newLearner(t, content.English)
		s := l.opens("tag")
		bind := l.lab().Binding.Apply
		out := s.run(bind("docker tag dt-bakery:stable dt-cake:{{.new}}"))
		if !strings.Contains(out, "No such image") || strings.Contains(out, "✔") || strings.Contains(out, "✘") {
			t.Errorf("with source and target swapped:\n%s", out)
		}
		out = s.run(bind("docker tag dt-cake:{{.new}} dt-bakery"))
		if want := bind("✘ There is dt-bakery:latest, but dt-bakery:stable is wanted"); !strings.Contains(out, want) {
			t.Errorf("with a wrong tag:\n%s\nwant %q", out, want)
		}
		if got := l.step("tag").Tries; got != 1 {
			t.Errorf("%d tries are kept, want 1", got)
		}
		l.finishes()
		s.exits(0)
	})
	t.Run("answers", func(t *testing.T) {
		l := newLearner(t, content.English)
		s := l.opens("list")
		bind := l.lab().Binding
		for i, try := range []struct{ answer, want string }{
			{"1", "It is one single image indeed"},
			{"$(( {{.n}} + 1 ))", "One too many. The first line holds the headings"},
			{"99", "✘ "},
		} {
			out := s.run("answer " + bind.Apply(try.answer))
			if !strings.Contains(out, try.want) || strings.Contains(out, "✔") {
				t.Errorf("answer %s:\n%s\nwant %q", try.answer, out, try.want)
			}
			if got, want := strings.Contains(out, l.say("lab.offer-hint")), i == 2; got != want {
				t.Errorf("answer %s: a hint is offered: %v, want %v\n%s", try.answer, got, want, out)
			}
		}
		l.finishes()
		s.exits(0)
	})
}

// What is done elsewhere is ticked above the prompt, where a half-typed command stays.
func TestTicksWhileTyping(t *testing.T) {
	for _, rows := range []int{50, 12} { // with room below the prompt, and at the bottom
		l := newLearner(t, content.English)
		l.rows = rows
		s := l.opens("tag")
		bind := l.lab().Binding.Apply
		half := "docker images dt-ca"
		s.press(half)
		typed := func(rows []string) int { return row(rows, labPrompt+half) }
		s.untilScreen("what is typed", func(rows []string) bool { return typed(rows) >= 0 })
		docker(t, "tag", bind("dt-cake:{{.new}}"), bind("dt-bakery:stable"))
		s.untilScreen("the ticks above the prompt", func(rows []string) bool {
			at := typed(rows)
			return at >= 2 && rows[at-2] == bind(" ✔ dt-bakery:stable is another name of dt-cake:{{.new}}") && rows[at-1] == " ✔ "+l.say("lab.done")
		})
		s.untilScreen("the cursor behind what is typed", func(rows []string) bool {
			c := s.screen.Cursor()
			return c.Y == typed(rows) && c.X == len(labPrompt+half)
		})
		out := s.run(bind("ke")[:2])
		if !strings.Contains(out, bind("{{.new}} ")) {
			t.Errorf("the command typed before and after the ticks printed:\n%s", out)
		}
		s.enter("exit")
		l.takes("pass.title", "pass.leave")
		s.exits(0)
	}
}

// row finds a row of the screen.
func row(rows []string, want string) int {
	for i, r := range rows {
		if r == want {
			return i
		}
	}
	return -1
}
