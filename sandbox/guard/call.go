package guard

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"docker-tutor/checker"
	"docker-tutor/lessons/command"
)

var apiVersion = regexp.MustCompile(`^/v[0-9]+\.[0-9]+`)

// named are the paths that hold an object's name, which may hold slashes (images).
var named = regexp.MustCompile(`^(containers|images|volumes|networks|exec|plugins|distribution|services|secrets|configs|nodes)/(.+?)` +
	`(/(?:json|attach|attach/ws|wait|start|stop|restart|kill|rename|update|pause|unpause|resize|logs|top|stats|changes|export|archive|exec|checkpoints|history|push|tag|get|connect|disconnect|enable|disable|set|upgrade))?$`)

// collections are the words that stand where a name would.
var collections = []string{
	"containers/json", "containers/create", "containers/prune",
	"images/json", "images/create", "images/load", "images/get", "images/prune", "images/search",
	"volumes/create", "volumes/prune", "networks/create", "networks/prune",
	"plugins/privileges", "plugins/pull", "plugins/create", "services/create", "secrets/create", "configs/create",
}

// endpointOf reads a request's address.
func endpointOf(r *http.Request) checker.Endpoint {
	path := strings.Trim(apiVersion.ReplaceAllString(r.URL.Path, ""), "/")
	e := checker.Endpoint{Method: r.Method, Path: path}
	if kind, name, ok := strings.Cut(path, "/"); ok && r.Method == http.MethodDelete {
		e.Name, e.Path = name, kind+"/{}" // the name may end like a call: docker rmi me/history
	} else if m := named.FindStringSubmatch(path); m != nil && !slices.Contains(collections, path) {
		e.Name, e.Path = m[2], m[1]+"/{}"+m[3]
	}
	return e
}

// newCall reads what may be remembered of a request, and leaves its body as it is.
func newCall(r *http.Request) (checker.Call, error) {
	c := checker.Call{Endpoint: endpointOf(r), Query: clean(r.URL.Query()), Time: time.Now(), Argv: argvOf(r.Context())}
	c.Filters = parseFilters(c.Query.Get("filters"))
	switch c.Method + " " + c.Path {
	case "POST containers/create":
		return c, createFacts(r, &c)
	case "POST containers/{}/exec":
		return c, execFacts(r, &c)
	case "POST build":
		c.Build = buildFacts(r.URL.Query())
	}
	return c, nil
}

// clean takes out of a query what may be secret: passwords in addresses, what stands in a
// Dockerfile's instructions, and build arguments, which are kept as facts.
func clean(q url.Values) url.Values {
	for _, key := range []string{"changes", "buildargs", "cachefrom", "remote", "fromSrc"} {
		for i, value := range q[key] {
			q[key][i] = withoutPassword(value)
		}
	}
	q.Del("changes")
	q.Del("buildargs")
	return q
}

// withoutPassword takes the user's part out of an address.
func withoutPassword(address string) string {
	if u, err := url.Parse(address); err == nil && u.User != nil {
		u.User = nil
		return u.String()
	}
	return address
}

func createFacts(r *http.Request, c *checker.Call) error {
	var body struct {
		Image string
		Cmd   []string
		Env   []string
	}
	err := readBody(r, &body)
	c.Create = &checker.Create{Image: body.Image, Command: body.Cmd, EnvNames: envNames(body.Env)}
	return err
}

func execFacts(r *http.Request, c *checker.Call) error {
	var body struct {
		Cmd, Env                 []string
		Tty, AttachStdin, Detach bool
		User, WorkingDir         string
	}
	err := readBody(r, &body)
	c.Exec = &checker.Exec{
		Command: body.Cmd, TTY: body.Tty, Stdin: body.AttachStdin, Detach: body.Detach,
		User: body.User, WorkDir: body.WorkingDir, EnvNames: envNames(body.Env),
	}
	return err
}

func envNames(env []string) []string {
	names := make([]string, len(env))
	for i, e := range env {
		names[i], _, _ = strings.Cut(e, "=")
	}
	return names
}

// buildFacts reads the query of a build by the legacy builder, or by BuildKit through the
// old call.
func buildFacts(q url.Values) *checker.Build {
	b := &checker.Build{
		Tags: q["t"], File: q.Get("dockerfile"), Target: q.Get("target"),
		Args: map[string]string{}, Labels: map[string]string{},
		NoCache: checker.IsTrue(q.Get("nocache")), Pull: checker.IsTrue(q.Get("pull")), BuildKit: q.Get("version") == "2",
	}
	var args map[string]*string // null where the value is the environment's, and is not set
	json.Unmarshal([]byte(q.Get("buildargs")), &args)
	for name, value := range args {
		if value != nil {
			b.Args[name] = withoutPassword(*value)
		}
	}
	json.Unmarshal([]byte(q.Get("labels")), &b.Labels)
	return b
}

// parseFilters reads both spellings of filters: {"label":{"a=b":true}} and, of API clients
// before 1.22, {"label":["a=b"]}.
func parseFilters(text string) map[string][]string {
	if text == "" {
		return nil
	}
	var sets map[string]map[string]bool
	if json.Unmarshal([]byte(text), &sets) == nil {
		filters := map[string][]string{}
		for key, values := range sets {
			for value := range values {
				filters[key] = append(filters[key], value)
			}
			slices.Sort(filters[key])
		}
		return filters
	}
	var lists map[string][]string
	json.Unmarshal([]byte(text), &lists)
	return lists
}

// maxBody bounds the bodies that are looked into: none of these is more than some pages.
const maxBody = 4 << 20

// readBody decodes a JSON body and puts it back. A body that is no JSON is the daemon's
// to refuse.
func readBody(r *http.Request, into any) error {
	text, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if err != nil {
		return fmt.Errorf("reading the call's body: %w", err)
	}
	if len(text) > maxBody {
		return errors.New("the call's body is larger than any of its kind")
	}
	setBody(r, text)
	json.Unmarshal(text, into)
	return nil
}

func setBody(r *http.Request, text []byte) {
	r.Body = io.NopCloser(bytes.NewReader(text))
	r.ContentLength = int64(len(text))
	r.Header.Set("Content-Length", strconv.Itoa(len(text)))
	r.TransferEncoding = slices.DeleteFunc(r.TransferEncoding, func(e string) bool { return e == "chunked" })
}

type peerKey struct{}

// withPeer notes who opened a connection, while they are there to be asked; never a
// password that stands on their command line.
func withPeer(ctx context.Context, conn net.Conn) context.Context {
	return context.WithValue(ctx, peerKey{}, command.Redact(commandLine(conn)))
}

func argvOf(ctx context.Context) []string {
	argv, _ := ctx.Value(peerKey{}).([]string)
	return argv
}
