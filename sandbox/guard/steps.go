package guard

import (
	"bytes"
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
)

// steps reads in the legacy builder's output what it makes on the way, and tells of it: a
// build that fails leaves the last step's container and the images of the steps before,
// with no label on them (docker/docker, builder/dockerfile: " ---> Running in ID").
type steps struct {
	http.ResponseWriter
	made   func(kind, name string)
	rest   []byte // of a line that is still to end
	cached bool   // the next image was there already: from the cache, or as a base
}

var (
	stepBegins    = regexp.MustCompile(`^Step [0-9]+/[0-9]+ : (\w+)`)
	stepContainer = regexp.MustCompile(`^ ---> Running in ([0-9a-f]{12})`)
	stepImage     = regexp.MustCompile(`^ ---> ([0-9a-f]{12})$`)
)

// longestLine bounds what is kept of a line: one of a build's own output may be long.
const longestLine = 64 << 10

func (s *steps) Write(p []byte) (int, error) {
	s.rest = append(s.rest, p...)
	for {
		line, rest, ended := bytes.Cut(s.rest, []byte("\n"))
		if !ended {
			break
		}
		s.rest = rest
		s.read(line)
	}
	if len(s.rest) > longestLine {
		s.rest = nil
	}
	return s.ResponseWriter.Write(p)
}

func (s *steps) read(line []byte) {
	var message struct{ Stream string }
	if json.Unmarshal(line, &message) != nil {
		return
	}
	text := bytes.TrimRight([]byte(message.Stream), "\n")
	switch {
	case stepBegins.Match(text):
		s.cached = strings.EqualFold(string(stepBegins.FindSubmatch(text)[1]), "FROM")
	case bytes.HasPrefix(text, []byte(" ---> Using cache")):
		s.cached = true
	case stepContainer.Match(text):
		s.made("step", string(stepContainer.FindSubmatch(text)[1]))
	case stepImage.Match(text):
		if !s.cached {
			s.made("step", string(stepImage.FindSubmatch(text)[1]))
		}
	}
}

// Unwrap lets the reverse proxy flush.
func (s *steps) Unwrap() http.ResponseWriter { return s.ResponseWriter }
