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
			rows = menu(rows)
			at := pointer(rows)
			return at >= 0 && strings.Contains(rows[at], "[x]")
		})
	}
	t.press(keyEnter)
}
