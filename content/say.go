package content

import (
	"fmt"
	"reflect"
	"strings"
	"time"
)

// Args are the values of a message's placeholders, by name.
type Args map[string]any

// Say gives the message with that id, its placeholders filled in:
//
//	{name}            the value: a text, a number, an error; a time.Duration in words
//	                  ("three seconds"), a []string as a list ("a, b and c")
//	{n:image|images}  only the word: the first where the language has the singular
//	                  for the number n (French for 0 and 1, English for 1), else the second
//
// A brace that opens neither is itself, so Docker's own {{.Id}} needs no escape. A
// value's control characters are dropped. An id or a value that does not exist shows
// as ⟨id⟩: a message is never worth a crash, and tests look for those brackets.
func (l Lang) Say(id string, a Args) string {
	text, ok := l.message(id)
	if !ok {
		return missing(id)
	}
	var out strings.Builder
	for {
		start, p := nextPlaceholder(text)
		if start < 0 {
			out.WriteString(text)
			return out.String()
		}
		out.WriteString(text[:start])
		out.WriteString(l.fill(p, a))
		text = text[start+len(p.source):]
	}
}

// message finds the template with that id among the messages and the diagnoses.
func (l Lang) message(id string) (string, bool) {
	for _, catalogue := range l.catalogues() {
		if text, ok := catalogue[id]; ok {
			return text, true
		}
	}
	return "", false
}

func (l Lang) catalogues() []map[string]string {
	if l == French {
		return []map[string]string{messagesFR, diagnosesFR}
	}
	return []map[string]string{messagesEN, diagnosesEN}
}

// placeholder is one {name} or {name:one|many} of a template.
type placeholder struct {
	source    string // as written, braces included
	name      string
	plural    bool
	one, many string
}

// nextPlaceholder finds the first placeholder of text; start is -1 when there is none.
func nextPlaceholder(text string) (start int, p placeholder) {
	for i := 0; i < len(text); i++ {
		if text[i] != '{' {
			continue
		}
		if p, ok := readPlaceholder(text[i:]); ok {
			return i, p
		}
	}
	return -1, placeholder{}
}

// readPlaceholder reads the placeholder that text begins with, if it does.
func readPlaceholder(text string) (placeholder, bool) {
	end := strings.IndexByte(text, '}')
	if end < 0 {
		return placeholder{}, false
	}
	p := placeholder{source: text[:end+1]}
	name, words, plural := strings.Cut(text[1:end], ":")
	if !isName(name) {
		return placeholder{}, false
	}
	p.name, p.plural = name, plural
	if plural {
		var ok bool
		if p.one, p.many, ok = strings.Cut(words, "|"); !ok {
			return placeholder{}, false
		}
	}
	return p, true
}

// isName tells whether s is a lower-case name: a letter, then letters, digits and _.
func isName(s string) bool {
	for i, r := range s {
		letter := r >= 'a' && r <= 'z'
		if !letter && (i == 0 || r != '_' && (r < '0' || r > '9')) {
			return false
		}
	}
	return s != ""
}

func (l Lang) fill(p placeholder, a Args) string {
	v, ok := a[p.name]
	switch {
	case !ok:
		return missing(p.name)
	case !p.plural:
		return l.value(v)
	}
	n, ok := number(v)
	switch {
	case !ok:
		return missing(p.name)
	case l.singular(n):
		return p.one
	}
	return p.many
}

func missing(name string) string { return "⟨" + name + "⟩" }

// singular tells whether the language uses the singular for that many.
func (l Lang) singular(n int64) bool {
	return n == 1 || l == French && n == 0
}

func number(v any) (int64, bool) {
	switch r := reflect.ValueOf(v); {
	case r.CanInt():
		return r.Int(), true
	case r.CanUint():
		return int64(r.Uint()), true
	}
	return 0, false
}

// value writes one value in the language.
func (l Lang) value(v any) string {
	switch v := v.(type) {
	case time.Duration:
		return l.Duration(v)
	case []string:
		return neutralise(l.list(v))
	}
	return neutralise(fmt.Sprint(v))
}

// list joins names: "a, b and c".
func (l Lang) list(items []string) string {
	last := len(items) - 1
	if last < 1 {
		return strings.Join(items, "")
	}
	and := " and "
	if l == French {
		and = " et "
	}
	return strings.Join(items[:last], ", ") + and + items[last]
}

// units are the units of time with their singular and plural, longest first.
var units = map[Lang][]unit{
	English: {{24 * time.Hour, "day", "days"}, {time.Hour, "hour", "hours"}, {time.Minute, "minute", "minutes"}, {time.Second, "second", "seconds"}},
	French:  {{24 * time.Hour, "jour", "jours"}, {time.Hour, "heure", "heures"}, {time.Minute, "minute", "minutes"}, {time.Second, "seconde", "secondes"}},
}

type unit struct {
	length    time.Duration
	one, many string
}

// secondWords are the numbers of seconds that are written as a word.
var secondWords = map[Lang][]string{
	English: {"", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"},
	French:  {"", "une", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze"},
}

// Duration writes a length of time as one says it, in one unit, rounded: "less than a
// second", "three seconds", "40 seconds", "2 minutes". Seconds up to twelve are words.
func (l Lang) Duration(d time.Duration) string {
	if d < time.Second {
		if l == French {
			return "moins d'une seconde"
		}
		return "less than a second"
	}
	all := units[l]
	if all == nil {
		l, all = English, units[English]
	}
	for i, u := range all {
		// What rounds up to one minute is "1 minute", not "60 seconds".
		var slack time.Duration
		if i+1 < len(all) {
			slack = all[i+1].length / 2
		}
		if d+slack >= u.length {
			return l.count(int64(max(d.Round(u.length), u.length)/u.length), u)
		}
	}
	return ""
}

// count writes a number of units.
func (l Lang) count(n int64, u unit) string {
	name := u.many
	if l.singular(n) {
		name = u.one
	}
	if words := secondWords[l]; u.length == time.Second && n < int64(len(words)) {
		return words[n] + " " + name
	}
	return fmt.Sprintf("%d %s", n, name)
}
