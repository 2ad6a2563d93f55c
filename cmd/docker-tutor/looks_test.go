//go:build linux

package main

import (
	"fmt"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"unicode"
	"unicode/utf8"

	"docker-tutor/content"

	"github.com/mattn/go-runewidth"
)

// queries are what a program writes to ask the terminal something: where the cursor is,
// which colours there are, what the terminal is and what it can do.
var queries = regexp.MustCompile(`\x1b\[\??[56]n|\x1b\](?:1[0-9]|4;\d+);\?|\x1b\[[>=]?[0-9]*c|\x1bZ|\x1bP[+$]q|\x1b\[\?[0-9]+\$p|\x1b\[\?u|\x1b\[1[4-9]t`)

// The first page comes without asking the terminal anything: one that does not answer, as
// all in these tests, would be waited for.
func TestNoQueries(t *testing.T) {
	for _, args := range [][]string{nil, {"lesson", "images"}} {
		l := newLearner(t, content.English)
		s := l.sits(args...)
		if args == nil {
			l.awaits(l.say("home.title") + " [")
		} else {
			l.awaits(l.say("reading.title") + " [")
		}
		s.takesKeys()
		s.press(keyCtrlC)
		s.exits(130)
		s.isFree()
		if asked := queries.FindAllString(s.written(), -1); len(asked) > 0 {
			t.Errorf("docker-tutor %v asks the terminal: %q", args, asked)
		}
	}
}

// outsideShell gives what was written but for the shell's line editor, which has its own
// ways with the terminal.
func outsideShell(written string) string {
	var out strings.Builder
	for {
		before, editor, found := strings.Cut(written, "\x1b[?2004h")
		out.WriteString(before)
		_, written, _ = strings.Cut(editor, "\x1b[?2004l")
		if !found {
			return out.String()
		}
	}
}

// In the plain style there is no escape sequence, menus have numbers, and a whole exercise
// can be done with lines alone.
func TestPlain(t *testing.T) {
	for _, plain := range []struct {
		name string
		args []string
		env  string
	}{{"--plain", []string{"--plain"}, "TERM=xterm"}, {"dumb terminal", nil, "TERM=dumb"}} {
		t.Run(plain.name, func(t *testing.T) {
			l := newLearner(t, content.English, plain.env)
			l.rows = 12 // so that pages are longer than the screen
			l.isAt("what-is-an-image")
			s := l.sits(plain.args...)
			number := l.say("ask.number", content.Args{"first": 1})
			s.waitFor(fmt.Sprintf("What next? 1. Continue: Images, step 1 of %d 2. Choose a lesson", len(imagesLesson(t).Steps)))
			s.waitFor(number)
			s.enter("")
			s.waitFor("What is an image?")
			for s.waitsForKey(l, number) {
				s.press(keyEnter)
			}
			s.enter("1")
			s.waitFor("In this shell:")
			s.waitFor(labPrompt)
			for _, line := range solution(t, l.lab()) {
				s.run(line)
			}
			s.run("check")
			s.enter("exit")
			for s.waitsForKey(l, number) {
				s.press(keyEnter)
			}
			s.enter("4") // back to the menu
			s.waitFor(number)
			s.cmd.Process.Signal(syscall.SIGTERM)
			s.exits(143)
			s.isFree()
			if at := strings.Index(outsideShell(s.written()), "\x1b"); at >= 0 {
				t.Errorf("an escape sequence: %q", outsideShell(s.written())[max(0, at-80):at+20])
			}
		})
	}
}

// waitsForKey waits for the menu; before it comes, there may be the end of a page.
func (t *terminal) waitsForKey(l *learner, menu string) bool {
	t.t.Helper()
	which, _ := t.waitForAny(menu, "b: back")
	return which == 1
}

// A terminal that is not known to show UTF-8 gets ASCII, letters with accents apart.
func TestNoUTF8(t *testing.T) {
	l := newLearner(t, content.English, "LANG=C")
	l.isAt("filters")
	s := l.sits()
	l.takesFirst()
	l.takes("reading.title", "reading.next")
	s.waitFor(labPrompt)
	for _, word := range []string{"answer 99", "check", "hint", "task", "answer", "solution"} {
		s.run(word)
	}
	s.enter("exit")
	l.takes("exit.title", "exit.leave")
	l.takes("home.title", "home.quit")
	s.exits(0)
	for _, line := range strings.Split(unescaped(s.written()), "\n") {
		if i := strings.IndexFunc(line, func(r rune) bool { return r >= utf8.RuneSelf && !unicode.IsLetter(r) }); i >= 0 {
			t.Errorf("%q in %q", line[i:], line)
		}
	}
}

// NO_COLOR is heeded by pages, menus and messages alike, in the lab and out of it.
func TestNoColor(t *testing.T) {
	colours := regexp.MustCompile(`\x1b\[[0-9;]*m`)
	for _, env := range []string{"NO_COLOR=1", "NO_COLOR="} {
		l := newLearner(t, content.English, env, "CLICOLOR_FORCE=1")
		l.isAt("filters")
		s := l.sits()
		l.takesFirst()
		l.takes("reading.title", "reading.next")
		s.waitFor(labPrompt)
		for _, word := range []string{"answer 99", "check", "hint", "solution"} {
			s.run(word)
		}
		l.finishes()
		s.exits(0)
		// By the convention an empty value means nothing: then there are colours.
		if got := colours.FindAllString(s.written(), -1); (len(got) > 0) != (env == "NO_COLOR=") {
			t.Errorf("with %s: colour codes %q", env, got)
		}
	}
}

// On a narrow terminal no line is longer than it, code and what must stay copyable apart.
func TestNarrow(t *testing.T) {
	for _, lang := range content.Langs() {
		l := newLearner(t, lang)
		l.columns, l.rows = 40, 24
		l.isAt("filters")
		s := l.sits()
		l.takes("home.title", "home.show-progress")
		l.takesFirst()
		l.takes("reading.title", "reading.next")
		s.waitFor(labPrompt)
		for _, word := range []string{"answer 99", "check", "hint", "hint", "hint", "task", "answer", "solution"} {
			s.run(word)
		}
		s.enter("exit")
		l.takes("exit.title", "exit.skip")
		l.takes("reading.title", "reading.leave")
		l.takes("home.title", "home.quit")
		s.exits(0)
		l.isNarrow()
	}
}

// The same of the questions of a quiz.
func TestNarrowQuiz(t *testing.T) {
	for _, lang := range content.Langs() {
		l := newLearner(t, lang)
		l.columns, l.rows = 40, 60
		l.isAt("images-quiz")
		s := l.sits("lesson", "images")
		l.ticks("quiz.choose-several", []string{"name", "tag"})
		s.waitFor("✘ " + l.say("quiz.wrong"))
		words, err := content.Builtin(lang, "images")
		if err != nil {
			t.Fatal(err)
		}
		part, _ := words.Part("images-quiz/latest")
		l.takesOption("quiz.choose-one", option(part, "default-word"))
		s.waitFor("✔ " + l.say("quiz.right"))
		l.awaits(l.say("quiz.live") + " [")
		s.takesKeys()
		s.press(keyCtrlC)
		s.exits(130)
		l.isNarrow()
	}
}

// isNarrow wants no long line in what was written so far.
func (l *learner) isNarrow() {
	l.t.Helper()
	for _, line := range strings.Split(unescaped(l.seat.written()), "\n") {
		if runewidth.StringWidth(line) > l.columns && !mayBeLong(line) {
			l.t.Errorf("%s: %d columns: %q", l.lang, runewidth.StringWidth(line), line)
		}
	}
}

// mayBeLong tells code, by its indentation, and a command that is to be copied.
func mayBeLong(line string) bool {
	return strings.HasPrefix(line, "    ") || strings.HasPrefix(line, "   →") || strings.HasPrefix(line, labPrompt)
}

var escapes = regexp.MustCompile(`\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[^\[\]])`)

// unescaped gives what was written as lines; what takes the place of a line is a new one.
func unescaped(written string) string {
	written = strings.ReplaceAll(written, "\r\x1b[K", "\n")
	return strings.ReplaceAll(escapes.ReplaceAllString(written, ""), "\r", "")
}
