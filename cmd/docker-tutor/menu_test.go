//go:build linux

package main

import (
	"slices"
	"strings"
)

// Menus are found on the screen, as a person finds them: the row with the pointer, and the
// row of the option. Old menus stay on the screen further up, so the last ones count.

// pointerRow finds the row that a menu points at, -1 where there is no menu.
func pointerRow(rows []string) int {
	for i, row := range slices.Backward(rows) {
		if strings.HasPrefix(row, ">") {
			return i
		}
	}
	return -1
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
		return pointerRow(rows) >= 0 && slices.ContainsFunc(rows, func(row string) bool { return isOption(row, option) })
	})
	t.takesKeys()
	for range 50 {
		t.mu.Lock()
		rows := t.rows()
		t.mu.Unlock()
		at := pointerRow(rows)
		if isOption(rows[at], option) {
			return
		}
		t.keys(keyDown)
		t.untilScreen("the pointer to move", func(rows []string) bool {
			now := pointerRow(rows)
			return now >= 0 && now != at
		})
	}
	t.t.Fatalf("the pointer does not come to the option %q", option)
}

// choose takes an option of the menu with that title.
func (t *terminal) choose(title, option string) {
	t.t.Helper()
	t.waitFor(title + " [")
	t.pointTo(option)
	t.press(keyEnter)
}

// chooseSeveral ticks options of the menu with that title.
func (t *terminal) chooseSeveral(title string, options []string) {
	t.t.Helper()
	t.waitFor(title + " [")
	for _, option := range options {
		t.pointTo(option)
		t.keys(" ")
		t.untilScreen("a tick at "+option, func(rows []string) bool {
			return strings.Contains(rows[max(0, pointerRow(rows))], "[x]")
		})
	}
	t.press(keyEnter)
}
