package content

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// forbidden tells whether a character may not stand in words or on the screen: what
// steers a terminal, turns the reading direction, or cannot be seen. The joiners
// stay, since emoji and some scripts are made with them; private characters do not,
// since rendering uses them as marks.
func forbidden(r rune) bool {
	switch {
	case r == '\n', r == '\u200c', r == '\u200d':
		return false
	case r == utf8.RuneError:
		return true
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs, unicode.Zl, unicode.Zp)
}

// neutralise makes any text safe to print: a tab becomes spaces, other forbidden
// characters go. Of an escape sequence the harmless letters remain, so that nothing
// is hidden.
func neutralise(s string) string {
	if strings.IndexFunc(s, forbidden) < 0 {
		return s
	}
	s = strings.ReplaceAll(s, "\t", "    ")
	return strings.Map(func(r rune) rune {
		if forbidden(r) {
			return -1
		}
		return r
	}, s)
}

// asciiForms are the plain forms of the typographic characters in our texts, for a
// terminal that is not known to show UTF-8. Letters with accents stay: a terminal
// that cannot show them garbles them, and nothing better can be put in their place.
var asciiForms = strings.NewReplacer(
	"\u00a0", " ", "\u202f", " ", "–", "-", "—", "-", "·", "-", "‘", "'", "’", "'", "“", `"`, "”", `"`,
	"…", "...", "→", "->", "←", "<-", "↑", "up", "↓", "down", "⇒", "=>", "×", "x", "≥", ">=", "≤", "<=", "≠", "!=", "•", "-",
	"✔", "[x]", "✘", "[!]", "○", "[ ]", "│", "|", "─", "-", "┼", "+", "▓", "#", "░", ".",
	"├", "|", "└", "+", "┌", "+", "┐", "+", "┘", "+", "┤", "|",
)
