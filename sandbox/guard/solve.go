package guard

import (
	"strings"
	"sync"

	"docker-tutor/checker"

	"google.golang.org/protobuf/encoding/protowire"
)

// Numbers of fields in BuildKit's messages (moby/buildkit, api/services/control/control.proto
// and frontend/gateway/pb/gateway.proto). They are read and written on the wire: nothing of
// a message is lost that this program does not know.
const (
	solveRef          protowire.Number = 1
	solveExporter     protowire.Number = 3 // before there could be several
	solveExporterAttr protowire.Number = 4
	solveFrontend     protowire.Number = 6
	solveAttributes   protowire.Number = 7
	solveExporters    protowire.Number = 13
	exporterType      protowire.Number = 1
	exporterAttr      protowire.Number = 2

	bridgeFrontend   protowire.Number = 2
	bridgeAttributes protowire.Number = 3

	pruneFilter protowire.Number = 1

	entryKey   protowire.Number = 1
	entryValue protowire.Number = 2
)

// solve is what a client asks BuildKit to build. Its frontend's attributes may come in a
// second message, on the same connection.
type solve struct {
	mu         sync.Mutex
	ref        string   // by which later messages name it
	names      []string // given in the engine's own image store
	attributes map[string]string
	frontend   bool // one is named: what clients ask to learn of the engine has none
}

func readSolve(message []byte) *solve {
	s := &solve{attributes: map[string]string{}}
	old := map[string]string{}
	oldType := ""
	fields(message, func(n protowire.Number, value []byte) {
		switch n {
		case solveRef:
			s.ref = string(value)
		case solveExporter:
			oldType = string(value)
		case solveExporterAttr:
			readEntry(value, old)
		case solveFrontend:
			s.frontend = len(value) > 0
		case solveAttributes:
			readEntry(value, s.attributes)
		case solveExporters:
			s.readExporter(value)
		}
	})
	if len(s.names) == 0 {
		s.addNames(oldType, old)
	}
	return s
}

func (s *solve) readExporter(message []byte) {
	kind, attributes := "", map[string]string{}
	fields(message, func(n protowire.Number, value []byte) {
		switch n {
		case exporterType:
			kind = string(value)
		case exporterAttr:
			readEntry(value, attributes)
		}
	})
	s.addNames(kind, attributes)
}

// addNames takes the names that the engine will give: other exporters write files.
func (s *solve) addNames(kind string, attributes map[string]string) {
	if kind != "moby" && kind != "image" || attributes["name"] == "" {
		return
	}
	for _, name := range strings.Split(attributes["name"], ",") {
		s.names = append(s.names, fullName(name))
	}
}

// readFrontend adds what the second message says.
func (s *solve) readFrontend(message []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	fields(message, func(n protowire.Number, value []byte) {
		switch n {
		case bridgeFrontend:
			s.frontend = s.frontend || len(value) > 0
		case bridgeAttributes:
			readEntry(value, s.attributes)
		}
	})
}

// labelled adds the lab's label to a message that names a frontend.
func labelled(message []byte, attributes protowire.Number, label string) []byte {
	frontend := map[protowire.Number]protowire.Number{solveAttributes: solveFrontend, bridgeAttributes: bridgeFrontend}[attributes]
	named := false
	fields(message, func(n protowire.Number, value []byte) { named = named || n == frontend && len(value) > 0 })
	if !named {
		return message
	}
	key, value, _ := strings.Cut(label, "=")
	return appendEntry(message, attributes, "label:"+key, value)
}

// facts gives what checks may be about; nil where nothing is built.
func (s *solve) facts() *checker.Build {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.frontend && len(s.names) == 0 {
		return nil
	}
	b := &checker.Build{
		Tags: s.names, File: s.attributes["filename"], Target: s.attributes["target"],
		Args: map[string]string{}, Labels: map[string]string{},
		Pull: s.attributes["image-resolve-mode"] == "pull", BuildKit: true,
	}
	_, b.NoCache = s.attributes["no-cache"]
	for key, value := range s.attributes {
		if name, ok := strings.CutPrefix(key, "build-arg:"); ok {
			b.Args[name] = withoutPassword(value)
		}
		if name, ok := strings.CutPrefix(key, "label:"); ok {
			b.Labels[name] = value
		}
	}
	return b
}

// solve judges the names that a build gives.
func (k *Keeper) solve(s *solve) error {
	for _, name := range s.names {
		if err := k.giveName(name); err != nil {
			return err
		}
	}
	return nil
}

// narrowPrune has every condition of a prune ask for one of these ids besides. Where
// there are none, an id that no record has.
func narrowPrune(message []byte, ids []string) []byte {
	if len(ids) == 0 {
		ids = []string{"none"}
	}
	own := "id~=" + AnyOf(ids)
	var narrowed []byte
	conditions := 0
	for rest := message; len(rest) > 0; {
		n, kind, tag := protowire.ConsumeTag(rest)
		if tag < 0 {
			break
		}
		size := protowire.ConsumeFieldValue(n, kind, rest[tag:])
		if size < 0 {
			break
		}
		if value, ok := bytesOf(kind, rest[tag:]); ok && n == pruneFilter {
			conditions++
			narrowed = appendString(narrowed, pruneFilter, strings.TrimPrefix(string(value)+","+own, ","))
		} else {
			narrowed = append(narrowed, rest[:tag+size]...)
		}
		rest = rest[tag+size:]
	}
	if conditions == 0 {
		narrowed = appendString(narrowed, pruneFilter, own)
	}
	return narrowed
}

// fields calls each for the fields of a message that hold bytes: strings and messages.
func fields(message []byte, each func(protowire.Number, []byte)) {
	for len(message) > 0 {
		n, kind, tag := protowire.ConsumeTag(message)
		if tag < 0 {
			return
		}
		message = message[tag:]
		if value, ok := bytesOf(kind, message); ok {
			each(n, value)
		}
		size := protowire.ConsumeFieldValue(n, kind, message)
		if size < 0 {
			return
		}
		message = message[size:]
	}
}

func bytesOf(kind protowire.Type, rest []byte) ([]byte, bool) {
	if kind != protowire.BytesType {
		return nil, false
	}
	value, size := protowire.ConsumeBytes(rest)
	return value, size >= 0
}

func readEntry(entry []byte, into map[string]string) {
	var key, value string
	fields(entry, func(n protowire.Number, text []byte) {
		switch n {
		case entryKey:
			key = string(text)
		case entryValue:
			value = string(text)
		}
	})
	into[key] = value
}

func appendEntry(message []byte, field protowire.Number, key, value string) []byte {
	entry := appendString(appendString(nil, entryKey, key), entryValue, value)
	return protowire.AppendBytes(protowire.AppendTag(message, field, protowire.BytesType), entry)
}

func appendString(message []byte, field protowire.Number, text string) []byte {
	return protowire.AppendString(protowire.AppendTag(message, field, protowire.BytesType), text)
}
