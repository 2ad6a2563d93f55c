package checker

import (
	"net/url"
	"strings"
	"time"
)

// Call is one call of the lab's docker CLI to the Engine API, as the guard recorded it:
// what was asked, whatever it changed. It holds nothing secret: bodies are not kept but
// for the facts below, environment variables are kept by name alone, and whoever records
// takes passwords out of the command line.
type Call struct {
	Endpoint
	Query   url.Values
	Filters map[string][]string // the query key "filters", parsed; the values in any order
	Status  int                 // of the answer, as it began; 403 where the guard refused, 502 where the daemon was silent
	Refused bool                // by the guard, not by the daemon
	Time    time.Time           // when it came, by this machine's clock
	// Argv is the command line of the process that made the call, plugins included; empty
	// where the system cannot tell.
	Argv []string

	// The facts of bodies; each nil unless the call is of that kind.
	Exec   *Exec
	Create *Create
	Build  *Build
}

// Endpoint is what a call addresses, whatever the API's version: "GET", "containers/json",
// or "POST", "containers/{}/stop" with the name dt-web. A call over BuildKit's gRPC is
// "POST", "grpc/" and the method: grpc/moby.buildkit.v1.Control/Solve.
type Endpoint struct {
	Method string
	Path   string // the object's name replaced by {}
	Name   string // the object's name as it was written, or its id; empty where there is none
}

// Exec is what docker exec asked for; the container is the call's Name.
type Exec struct {
	Command  []string
	TTY      bool
	Stdin    bool
	Detach   bool
	User     string
	WorkDir  string
	EnvNames []string
}

// Create is what a container was created from; its name is in the query.
type Create struct {
	Image    string
	Command  []string
	EnvNames []string
}

// Build is what a build was asked for, by the legacy builder or by BuildKit.
type Build struct {
	Tags     []string
	File     string // the Dockerfile's path within the context; empty for the usual one
	Target   string
	Args     map[string]string // build arguments; they are no place for secrets, and are kept
	Labels   map[string]string // asked for by the command line, the lab's own left out
	NoCache  bool
	Pull     bool
	BuildKit bool
}

// IsTrue reads a switch in a query as the engine does: 1 of older clients, true of newer
// ones (docker/docker, api/server/httputils: BoolValue).
func IsTrue(text string) bool {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "", "0", "no", "false", "none":
		return false
	}
	return true
}
