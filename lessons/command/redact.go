package command

import (
	"regexp"
	"slices"
	"strings"
)

// hidden stands where a secret was.
const hidden = "…"

// Redact gives a docker command line without what may be secret: passwords, the values of
// variables, names and passwords in addresses. Of one that is not understood it keeps the
// program and the words of the command alone.
func Redact(argv []string) []string {
	if len(argv) == 0 {
		return nil
	}
	words, ok := dockerWords(argv)
	if !ok {
		return []string{scrub(argv[0])}
	}
	shift := len(words) - len(argv) // a word that was put in
	s, err := scanWords(words)
	if err != nil {
		return keepPath(words, s, shift)
	}
	kept := slices.Clone(argv)
	for _, g := range s.options {
		if g.from >= 0 {
			at := g.word - shift
			kept[at] = argv[at][:g.from] + g.option.hide(argv[at][g.from:])
		}
	}
	for i := range kept {
		kept[i] = scrub(kept[i])
	}
	return hideAfterName(kept)
}

// keepPath keeps what names the command.
func keepPath(words []word, s *scan, shift int) []string {
	kept := []string{scrub(words[0].text)}
	if len(words) > 1 && IsCompletion(words[1].text) {
		return append(kept, words[1].text, hidden)
	}
	for _, i := range s.path {
		if i > shift {
			kept = append(kept, words[i].text)
		}
	}
	return append(kept, hidden)
}

// IsCompletion tells docker's word for itself when a shell asks what may follow, as it does
// when Tab is pressed.
func IsCompletion(word string) bool { return word == "__complete" || word == "__completeNoDesc" }

// hide gives what may be kept of an option's value.
func (o *option) hide(value string) string {
	switch o.form {
	case secret:
		return hidden
	case variable:
		if name, _, given := strings.Cut(value, "="); given {
			return name + "=" + hidden
		}
	}
	return scrub(value)
}

// stems are what the names of secrets are made of.
var stems = []string{"passw", "passphrase", "pwd", "secret", "token", "authorization", "credential", "apikey", "api-key", "api_key", "accesskey", "access-key", "access_key", "privatekey", "private-key", "private_key"}

// soundsSecret is a quick look: most words need no closer one.
func soundsSecret(word string) bool {
	if len(word) < 3 {
		return false
	}
	lower := strings.ToLower(word)
	return slices.ContainsFunc(stems, func(stem string) bool { return strings.Contains(lower, stem) })
}

var (
	// userInfo is greedy: a password may hold any character.
	userInfo   = regexp.MustCompile(`://[^\s]*@`)
	secretName = `(?i)([a-z0-9_.-]*(?:` + strings.Join(stems, "|") + `)[a-z0-9_.-]*`
	// secretPair is NAME=value, secretHeader is Name: value. An image may be named secret:1.0.
	secretPair   = regexp.MustCompile(secretName + `\s*=\s*)("[^"]*"|'[^']*'|\S+)`)
	secretHeader = regexp.MustCompile(secretName + `:\s+).*`)
)

// scrub takes secrets out of a word, whatever it is for.
func scrub(word string) string {
	if strings.Contains(word, "://") {
		word = userInfo.ReplaceAllString(word, "://"+hidden+"@")
	}
	if strings.ContainsAny(word, "=:") && soundsSecret(word) {
		word = secretPair.ReplaceAllString(word, "${1}"+hidden)
		word = secretHeader.ReplaceAllString(word, "${1}"+hidden)
	}
	return word
}

// hideAfterName hides what follows a word such as --password in the command for a container.
func hideAfterName(argv []string) []string {
	for i := 1; i < len(argv); i++ {
		before := argv[i-1]
		if strings.HasPrefix(before, "-") && !strings.Contains(before, "=") && soundsSecret(before) && before != "--password-stdin" {
			argv[i] = hidden
		}
	}
	return argv
}
