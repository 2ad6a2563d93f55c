package lessons

import (
	"regexp"
	"slices"
	"strconv"
)

// statement checks that a statement says one thing, and one that can be.
func (l *linter) statement(what string, at Pos, s Statement) {
	if !l.exactlyOne(what, s, at, keysOf[Statement]()) {
		return
	}
	switch {
	case s.Container != nil:
		l.container(s.Container)
	case s.Image != nil:
		l.absentAlone("image", s.Image.State, s.Image, s.Image.At)
		l.imageOptions(s.Image.At, &s.Image.ImageOptions)
	case s.Images != nil:
		l.images(s.Images)
	case s.Volume != nil:
		l.volume(s.Volume)
	case s.Network != nil:
		l.network(s.Network)
	case s.File != nil:
		l.fileOf(s.File)
	case s.LabFile != nil:
		l.labFile(s.LabFile)
	case s.HTTP != nil:
		l.http(s.HTTP)
	case s.Process != nil:
		l.process(s.Process)
	case s.Compose != nil:
		l.compose(s.Compose)
	case s.Registry != nil:
		l.registry(s.Registry)
	case s.Answer != nil:
		l.answer(s.Answer)
	}
}

func (l *linter) container(c *Container) {
	l.absentAlone("container", c.State, c, c.At)
	l.containerOptions(c.At, &c.ContainerOptions)
	if c.ExitCode != nil && slices.Contains([]string{"created", "running", "paused"}, c.State) {
		l.fault(spot{c.At, "exit-code"}, "a container that is %s has no exit code yet", c.State)
	}
	for i, p := range c.Publish {
		if !published(p) && len(Variables(p)) == 0 {
			l.fault(spot{c.At, "publish"}.item(i), "%s is not a published port; write host:container or host:container/udp, such as 8080:80", quote(p))
		}
	}
}

// absentAlone faults what is said of something that must not be there.
func (l *linter) absentAlone(what, state string, structure any, at Pos) {
	if state != "absent" {
		return
	}
	for _, key := range without(given(structure), "name", "state") {
		l.fault(spot{at, key}, "the %s must be absent; nothing more can be said of it", what)
	}
}

var portPair = regexp.MustCompile(`^(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3}:)?([0-9]{1,5}):([0-9]{1,5})(/udp)?$`)

func published(pair string) bool {
	m := portPair.FindStringSubmatch(pair)
	return m != nil && isPort(m[1]) && isPort(m[2])
}

func isPort(s string) bool {
	n, err := strconv.Atoi(s)
	return err == nil && n >= 1 && n <= maxPort
}

func (l *linter) images(i *Images) {
	switch {
	case i.Min == 0 && i.Max == nil:
		l.faultAt(i.At, "this says nothing; give min, max or both")
	case i.Max != nil && *i.Max < i.Min:
		l.fault(spot{i.At, "max"}, "max is less than min; no number is both at least %d and at most %d", i.Min, *i.Max)
	}
}

// answerForm is one way to ask for a computed answer: the keys that it must have, and
// those that it may have.
type answerForm struct{ needs, allows []string }

var answerForms = map[string][]answerForm{
	"image-names":         {{allows: []string{"reference", "label", "plus"}}},
	"images":              {{allows: []string{"reference", "label", "dangling", "plus"}}},
	"image-id":            {{needs: []string{"image"}}, {needs: []string{"dangling"}, allows: []string{"reference", "label"}}},
	"image-label":         {{needs: []string{"image", "label"}}},
	"image-layers":        {{needs: []string{"image"}, allows: []string{"plus"}}},
	"containers":          {{allows: []string{"label", "state", "plus"}}},
	"container-exit-code": {{needs: []string{"container"}, allows: []string{"plus"}}},

	"image-layers-above":    {{needs: []string{"image", "base"}, allows: []string{"plus"}}},
	"image-largest-layer":   {{needs: []string{"image"}}},
	"image-history":         {{needs: []string{"image"}, allows: []string{"plus"}}},
	"image-size":            {{needs: []string{"image"}}},
	"image-architecture":    {{needs: []string{"image"}}},
	"image-variables":       {{needs: []string{"image"}, allows: []string{"plus"}}},
	"image-variable":        {{needs: []string{"image", "variable"}}},
	"intermediate-images":   {{allows: []string{"plus"}}},
	"stopped-containers":    {{allows: []string{"label", "plus"}}},
	"privileged-containers": {{allows: []string{"plus"}}},
	"container-ip":          {{needs: []string{"container"}, allows: []string{"network"}}},
	"container-port":        {{needs: []string{"container", "port"}}},
	"container-variable":    {{needs: []string{"container", "variable"}}},
	"container-restarts":    {{needs: []string{"container"}, allows: []string{"plus"}}},
	"container-memory":      {{needs: []string{"container"}}},
	"container-pids":        {{needs: []string{"container"}, allows: []string{"plus"}}},
	"container-processes":   {{needs: []string{"container"}, allows: []string{"plus"}}},
	"volumes":               {{allows: []string{"label", "plus"}}},
	"volume-mountpoint":     {{needs: []string{"volume"}}},
	"network-gateway":       {{needs: []string{"network"}}},
	"network-subnet":        {{needs: []string{"network"}}},
	"daemon-kernel":         {{}},
	"daemon-version":        {{}},
	"daemon-registry":       {{}},
}

// answer checks that an answer has the keys of its kind, and no others.
func (l *linter) answer(a *Answer) {
	if !l.exactlyOne("an answer", a, a.At, []string{"is", "computed"}) {
		return
	}
	details := without(given(a), "is", "computed")
	if a.Is != nil {
		if len(a.Is) == 0 {
			l.fault(spot{a.At, "is"}, "this list is empty; at least one answer must be right")
		}
		l.unwanted(a, details, "an answer that is given", nil)
		return
	}
	forms := answerForms[a.Computed]
	if len(forms) == 0 {
		return // refused by the decoder
	}
	chosen := forms[0]
	for _, form := range forms[1:] {
		if len(without(chosen.needs, details...)) > 0 && len(without(form.needs, details...)) == 0 {
			chosen = form
		}
	}
	if missing := without(chosen.needs, details...); len(missing) > 0 {
		l.fault(spot{a.At, "computed"}, "%s needs the key %s%s", a.Computed, enumerate(missing, "and"), otherwise(forms[1:]))
	}
	l.unwanted(a, details, a.Computed, slices.Concat(chosen.needs, chosen.allows))
}

// otherwise names what the other forms of an answer need.
func otherwise(forms []answerForm) string {
	words := ""
	for _, form := range forms {
		words += " or " + enumerate(form.needs, "and")
	}
	return words
}

func (l *linter) unwanted(a *Answer, details []string, what string, allowed []string) {
	for _, key := range without(details, allowed...) {
		l.fault(spot{a.At, key}, "%s does not use the key %s; remove it", what, key)
	}
}
