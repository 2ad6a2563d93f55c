package content

import (
	"fmt"
	"slices"
	"strings"
)

// Lang is a language of the program, by its ISO 639-1 code.
type Lang string

// The languages. Both are complete: a test says so.
const (
	English Lang = "en"
	French  Lang = "fr"
)

// Langs gives the languages, the one that is used when nothing says otherwise first.
func Langs() []Lang { return []Lang{English, French} }

// Name gives the language's name, in that language.
func (l Lang) Name() string {
	if l == French {
		return "français"
	}
	return "English"
}

// ParseLang reads a language from a code or a locale: fr, fr-CA, fr_FR.UTF-8. The
// second result is false when it is none of Langs.
func ParseLang(s string) (Lang, bool) {
	code := strings.ToLower(strings.TrimSpace(s))
	if i := strings.IndexAny(code, "_-.@"); i >= 0 {
		code = code[:i]
	}
	l := Lang(code)
	return l, slices.Contains(Langs(), l)
}

// Detect chooses the language: the --lang flag, then DOCKER_TUTOR_LANG, then the
// saved choice, then the locale, then English. Of the locale's variables the first
// that is set decides, as POSIX has it, so LC_ALL=C means English. Only a flag that
// names no language is an error; anything else that does is passed over.
func Detect(flag, saved string, env func(string) string) (Lang, error) {
	if flag != "" {
		l, ok := ParseLang(flag)
		if !ok {
			return English, fmt.Errorf("choosing the language: %q is not one of %s", flag, langList())
		}
		return l, nil
	}
	for _, s := range []string{env("DOCKER_TUTOR_LANG"), saved, locale(env, "LC_MESSAGES")} {
		if l, ok := ParseLang(s); ok {
			return l, nil
		}
	}
	return English, nil
}

// locale gives the locale of one category (LC_MESSAGES, LC_CTYPE), or "".
func locale(env func(string) string, category string) string {
	for _, name := range []string{"LC_ALL", category, "LANG"} {
		if s := env(name); s != "" {
			return s
		}
	}
	return ""
}

// langList names the languages for a message: "en (English), fr (français)".
func langList() string {
	var names []string
	for _, l := range Langs() {
		names = append(names, fmt.Sprintf("%s (%s)", l, l.Name()))
	}
	return strings.Join(names, ", ")
}
