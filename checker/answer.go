package checker

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"docker-tutor/lessons"
	"docker-tutor/lessons/command"

	"github.com/docker/go-connections/nat"
)

// JudgeAnswer judges one answer, to a question of a quiz or of an exercise. A computed
// truth is read from the daemon now.
func JudgeAnswer(ctx context.Context, d Daemon, a *lessons.Answer, given string) Verdict {
	diagnosis, err := newView(d).answer(ctx, a, given)
	switch {
	case err != nil:
		return Verdict{Outcome: Unknown, Diagnosis: unknown(err)}
	case diagnosis != nil:
		return Verdict{Outcome: Failed, Diagnosis: diagnosis}
	}
	return Verdict{Outcome: Passed, Final: true}
}

// answer judges the last answer. Right ones before it were recorded at their time.
func (j *judge) answer(ctx context.Context, want *lessons.Answer) (*Diagnosis, error) {
	if len(j.ev.Answers) == 0 {
		return notGiven(), nil
	}
	given := j.ev.Answers[len(j.ev.Answers)-1]
	d, err := j.view.answer(ctx, want, given)
	if d == nil || err != nil {
		return d, err
	}
	for i := range j.ex.Checks { // right, but for another question of the exercise?
		other := j.ex.Checks[i].Answer
		if other == nil || other == want {
			continue
		}
		if wrong, err := j.view.answer(ctx, other, given); err == nil && wrong == nil {
			return notGiven(), nil
		}
	}
	return d, nil
}

func notGiven() *Diagnosis {
	return diagnose(false, "answer-not-given", "", args{})
}

// answer gives nil when the answer is right, and otherwise what is wrong with it
// without giving the truth away.
func (v *view) answer(ctx context.Context, want *lessons.Answer, given string) (*Diagnosis, error) {
	said := plain(given)
	if said == "" {
		return notGiven(), nil
	}
	right, err := v.truths(ctx, want)
	var none *nothingThere
	if errors.As(err, &none) {
		return none.d, nil
	}
	if err != nil {
		return nil, err
	}
	if want.Computed == "image-id" {
		said = strings.TrimPrefix(said, "sha256:")
	}
	n, isNumber := leadingNumber(said)
	for _, r := range right {
		if sameCommand(r, given) {
			return nil, nil
		}
		r = plain(r)
		if want.Computed == "image-id" {
			r = strings.TrimPrefix(r, "sha256:")
		}
		if wanted, err := strconv.Atoi(r); spaced(said) == spaced(r) || err == nil && isNumber && n == wanted {
			return nil, nil
		}
	}
	d := wrongAnswer(want, right, said)
	if v.isInside(ctx, want, said) {
		d = diagnose(true, "answer-inside-port", "", args{"name": want.Container})
	}
	if holdsWord(said, right) {
		d = diagnose(true, "answer-not-alone", "", args{})
	}
	d.Near, d.Look = true, lookAnswer(want)
	d.Args["given"] = clip(strings.TrimSpace(given))
	return d, nil
}

// measured are the computed answers that are neither too many nor too few.
var measured = map[string]bool{
	"image-largest-layer": true, "image-size": true, "image-architecture": true, "image-variable": true,
	"container-variable": true, "container-ip": true, "container-port": true, "container-memory": true,
	"volume-mountpoint": true, "network-gateway": true, "network-subnet": true,
	"daemon-kernel": true, "daemon-version": true, "daemon-registry": true,
}

// wrongAnswer says in which way an answer is wrong.
func wrongAnswer(want *lessons.Answer, right []string, said string) *Diagnosis {
	switch want.Computed {
	case "image-id":
		return wrongID(want, right, said)
	case "image-label":
		return diagnose(true, "answer-other-label", "", args{"label": want.Label, "name": want.Image})
	}
	if measured[want.Computed] {
		return diagnose(true, "answer-other", "", args{"name": about(want)})
	}
	truth, err := strconv.Atoi(plain(right[0]))
	if err != nil || len(right) > 1 {
		return diagnose(true, "answer-wrong", "", args{})
	}
	n, ok := leadingNumber(said)
	switch {
	case !ok:
		return diagnose(true, "answer-not-number", "", args{})
	case want.Computed == "": // a port or a year is neither too many nor too few
		return diagnose(true, "answer-wrong", "", args{})
	case want.Computed == "container-exit-code":
		return diagnose(true, "answer-other-code", "", args{"name": want.Container})
	case n > truth:
		return diagnose(true, "answer-number", "", args{"why": Phrase("too-many")})
	}
	return diagnose(true, "answer-number", "", args{"why": Phrase("too-few")})
}

// isInside tells whether a port of the host was asked for and one inside the container was given.
func (v *view) isInside(ctx context.Context, want *lessons.Answer, said string) bool {
	if want.Computed != "container-port" {
		return false
	}
	c, err := v.askedContainer(ctx, want)
	if err != nil {
		return false
	}
	port, _ := nat.NewPort("tcp", strings.TrimSuffix(said, "/tcp"))
	_, is := c.NetworkSettings.Ports[port]
	return is
}

var hex = regexp.MustCompile(`^[0-9a-f]{4,64}$`)

// wrongID tells the beginning of the right ID from another ID and from no ID at all.
func wrongID(want *lessons.Answer, right []string, said string) *Diagnosis {
	name := want.Image
	if name == "" {
		name = filterOf(want.Reference, want.Label, want.Dangling).String()
	}
	begins := func(id string) bool { return strings.HasPrefix(strings.TrimPrefix(id, "sha256:"), said) }
	switch {
	case !hex.MatchString(said):
		return diagnose(true, "answer-not-id", "", args{})
	case slices.ContainsFunc(right, begins):
		return diagnose(true, "answer-short-id", "", args{"name": name})
	}
	return diagnose(true, "answer-other-id", "", args{"name": name})
}

// plain is an answer as it is compared: without the space, quotes and backticks
// around it, with single spaces, and without capitals.
func plain(answer string) string {
	for {
		bare := strings.Trim(strings.TrimSpace(answer), "\"'`“”‘’«»")
		if bare == answer {
			return strings.ToLower(strings.Join(strings.Fields(bare), " "))
		}
		answer = bare
	}
}

// sameCommand tells whether an answer is the right docker command in another spelling.
func sameCommand(right, given string) bool {
	if !strings.HasPrefix(right, "docker ") {
		return false
	}
	wanted, err := command.Parse(right)
	said, otherErr := command.Parse(strings.Trim(strings.TrimSpace(given), "`$ "))
	equal := func(_ command.Kind, a, b string) bool { return a == b }
	return err == nil && otherErr == nil && len(wanted.Compare(said, equal)) == 0
}

// spaced is an answer with a space wherever somebody may separate its parts otherwise, and
// without the full stop of a sentence, the v before a version or the dt- before a name.
func spaced(answer string) string {
	separate := func(r rune) bool { return strings.ContainsRune(" ,;>→()", r) }
	parts := strings.Join(strings.FieldsFunc(strings.ReplaceAll(answer, "->", " "), separate), " ")
	return ownPrefix.ReplaceAllString(leadingV.ReplaceAllString(strings.TrimRight(parts, ".!"), "$1"), "$1")
}

var leadingV, ownPrefix = regexp.MustCompile(`^v(\d)`), regexp.MustCompile(`(^| )dt-`)

// holdsWord tells whether a longer answer has a right one, of one word, among its words.
func holdsWord(said string, right []string) bool {
	words := strings.Fields(spaced(said))
	return len(words) > 1 && slices.ContainsFunc(right, func(r string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return plain(w) == plain(r) })
	})
}

var number = regexp.MustCompile(`^([+-]?\d+)[.,!;:]?(\s\D*)?$`)

// leadingNumber reads "3", "03" and "3 images" as 3. What holds a second number, or a
// fraction, is not taken for one.
func leadingNumber(answer string) (int, bool) {
	m := number.FindStringSubmatch(answer)
	if m == nil {
		return 0, false
	}
	n, err := strconv.Atoi(m[1])
	return n, err == nil
}

// clip shortens what a learner typed to what a diagnosis can show.
func clip(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}
