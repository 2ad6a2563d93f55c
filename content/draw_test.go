package content

import (
	"strings"
	"testing"
)

func TestBar(t *testing.T) {
	for _, c := range []struct {
		done, total, width int
		want               string
	}{
		{0, 18, 6, "░░░░░░"},
		{1, 18, 6, "▓░░░░░"},
		{9, 18, 6, "▓▓▓░░░"},
		{17, 18, 6, "▓▓▓▓▓░"},
		{18, 18, 6, "▓▓▓▓▓▓"},
		{20, 18, 6, "▓▓▓▓▓▓"},
		{-1, 18, 6, "░░░░░░"},
		{1, 0, 6, "░░░░░░"},
		{1, 2, 0, ""},
		{1, 2, -3, ""},
	} {
		if got := (Page{}).Bar(c.done, c.total, c.width); got != c.want {
			t.Errorf("%d of %d: got %s, want %s", c.done, c.total, got, c.want)
		}
	}
	if got, want := (Page{ASCII: true}).Bar(1, 2, 6), "###..."; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := (Page{Style: Dark}).Bar(1, 2, 2), "\x1b[38;5;75m▓\x1b[0m\x1b[38;5;245m░\x1b[0m"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestMeter(t *testing.T) {
	for width, want := range map[int]string{
		80: "  ▓▓▓▓▓▓▓▓▓▓░░░░░░░░░░  Le tableau d'affichage en panne",
		40: "  ▓▓░░░  Le tableau d'affichage en panne",
		30: "  ▓░░  Le tableau d'affichage…",
	} {
		if got := (Page{Width: width}).Meter(1, 2, "Le tableau d'affichage en panne"); got != want {
			t.Errorf("%d columns: got %q, want %q", width, got, want)
		}
	}
}

func TestRule(t *testing.T) {
	const title = "Layers · exercise 2 of 4"
	for _, c := range []struct {
		page  Page
		title string
		want  string
	}{
		{Page{Width: 40}, title, "── Layers · exercise 2 of 4 ────────────"},
		{Page{Width: 40, ASCII: true}, title, "-- Layers - exercise 2 of 4 ------------"},
		{Page{Width: 20}, title, "── Layers · exer… ──"},
		{Page{Width: 20, ASCII: true}, title, "-- Layers - ex... --"},
		{Page{Width: 20}, "Images 日本語日本語日本語", "── Images 日本語… ──"},
		{Page{Width: 20}, "a\x1b[2J\nb", "── a[2J b ──────────"},
	} {
		got := c.page.Rule(c.title)
		if got != c.want {
			t.Errorf("%q: got %s, want %s", c.title, got, c.want)
		}
		if n := Width(got); n != c.page.Width {
			t.Errorf("%q: got %d columns, want %d", c.title, n, c.page.Width)
		}
	}
	if n := Width(Page{Width: 200, Style: Dark}.Rule(title)); n != 80 {
		t.Errorf("got %d columns on a wide terminal, want 80", n)
	}
}

func TestMark(t *testing.T) {
	for m, want := range map[Mark]struct{ plain, ascii, dark string }{
		Passed:  {"✔", "[x]", "\x1b[38;5;114m✔\x1b[0m"},
		Failed:  {"✘", "[!]", "\x1b[38;5;210m✘\x1b[0m"},
		Todo:    {"○", "[ ]", "\x1b[38;5;245m○\x1b[0m"},
		Unknown: {"?", "[?]", "\x1b[38;5;221m?\x1b[0m"},
	} {
		if got := (Page{}).Mark(m); got != want.plain {
			t.Errorf("plain: got %q, want %q", got, want.plain)
		}
		if got := (Page{ASCII: true}).Mark(m); got != want.ascii {
			t.Errorf("ASCII: got %q, want %q", got, want.ascii)
		}
		if got := (Page{Style: Dark}).Mark(m); got != want.dark {
			t.Errorf("dark: got %q, want %q", got, want.dark)
		}
	}
}

func TestStrongAndDim(t *testing.T) {
	dark := Page{Style: Dark}
	if got, want := dark.Strong("a")+dark.Dim("b"), "\x1b[1ma\x1b[0m\x1b[38;5;245mb\x1b[0m"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	for _, p := range []Page{{}, {Style: Plain}, {Style: "sepia"}} {
		if got := p.Strong("a") + p.Dim("b") + p.Rule("c") + p.Bar(1, 2, 2); strings.Contains(got, "\x1b") {
			t.Errorf("%q: got an escape sequence in %q", p.Style, got)
		}
	}
}

func TestCanUTF8(t *testing.T) {
	for _, c := range []struct {
		env  map[string]string
		want bool
	}{
		{nil, false},
		{map[string]string{"LANG": "fr_FR.UTF-8"}, true},
		{map[string]string{"LANG": "fr_FR.utf8"}, true},
		{map[string]string{"LANG": "fr_FR"}, false},
		{map[string]string{"LC_ALL": "C", "LANG": "fr_FR.UTF-8"}, false},
		{map[string]string{"LC_CTYPE": "C.UTF-8", "LANG": "C"}, true},
	} {
		if got := CanUTF8(envOf(c.env)); got != c.want {
			t.Errorf("%v: got %v, want %v", c.env, got, c.want)
		}
	}
}
