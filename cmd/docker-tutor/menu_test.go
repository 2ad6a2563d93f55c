//go:build linux

package main

import (
	"slices"
	"strings"
)

// Menus are found on the screen, as a person finds them: the row with the pointer, and the
// row of the option.

// menu gives the rows below the last question on the screen.
func menu(rows []string) []string {
	for i, row := range slices.Backward(rows) {
		if strings.HasPrefix(row, "? ") {
			return rows[i+1:]
		}
	}
	return nil
}

// pointer finds the row that a menu points at, -1 where it does not yet.
func pointer(menu []string) int {
	return slices.IndexFunc(menu, func(row string) bool { return strings.HasPrefix(row, ">") })
}

// optionText takes the pointer and the tick box off a row of a menu.
func optionText(row string) string {
	row = strings.TrimLeft(strings.TrimPrefix(row, ">"), " ")
	for _, box := range []string{"[ ]", "[x]"} {
		row = strings.TrimPrefix(row, box)
	}
	return strings.TrimSpace(row)
}

// isOption tells whether a row is the first, or only, row of an option.
func isOption(row, option string) bool {
	text := optionText(row)
	return text == option || len(text) >= 20 && strings.HasPrefix(option, text)
}

// pointTo moves the pointer of the menu that is open to an option, by the arrow key.
func (t *terminal) pointTo(option string) {
	t.t.Helper()
	t.untilScreen("the option "+option, func(rows []string) bool {
		return pointer(menu(rows)) >= 0 && slices.ContainsFunc(menu(rows), func(row string) bool { return isOption(row, option) })
	})
	t.takesKeys()
	for range 50 {
		t.mu.Lock()
		rows := menu(t.rows())
		t.mu.Unlock()
		at := pointer(rows)
		if isOption(rows[at], option) {
			return
		}
		t.keys(keyDown)
		t.untilScreen("the pointer to move", func(rows []string) bool {
			now := pointer(menu(rows))
			return now >= 0 && now != at
		})
	}
	t.t.Fatalf("the pointer does not come to the option %q", option)
}

// awaits waits for words, and does meanwhile what a person does who is in no hurry: turns
// the pages of a long text, and leaves alone what others make on the same daemon.
func (l *learner) awaits(words string) {
	l.t.Helper()
	turn := strings.Split(l.say("page.more"), "·")[1]
	for {
		switch which, _ := l.seat.waitForAny(words, turn, l.say("doubt.title")+" ["); which {
		case 0:
			return
		case 1:
			l.seat.press(keyEnter)
		case 2:
			l.seat.pointTo(l.say("doubt.keep"))
			l.seat.press(keyEnter)
		}
	}
}

// takesOption waits for the menu with that title, and takes an option of it.
func (l *learner) takesOption(title, option string) {
	l.t.Helper()
	l.awaits(l.say(title) + " [")
	l.seat.pointTo(option)
	l.seat.press(keyEnter)
}

// takes is takesOption where the option is a message.
func (l *learner) takes(title, id string) {
	l.t.Helper()
	l.takesOption(title, l.say(id))
}

// ticks takes several options of the menu with that title.
func (l *learner) ticks(title string, options []string) {
	l.t.Helper()
	l.awaits(l.say(title) + " [")
	for _, option := range options {
		l.seat.pointTo(option)
		l.seat.keys(" ")
		l.seat.untilScreen("a tick at "+option, func(rows []string) bool {
			rows = menu(rows)
			at := pointer(rows)
			return at >= 0 && strings.Contains(rows[at], "[x]")
		})
	}
	l.seat.press(keyEnter)
}
