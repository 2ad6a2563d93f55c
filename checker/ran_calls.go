package checker

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"docker-tutor/lessons/command"
)

// pattern is how the daemon sees a docker command.
type pattern struct {
	calls []string // any of these, method and path, is the command's own; none: any call at all
	// registry: the daemon asks somebody else, whose answer does not matter.
	registry bool
	// incidental: other commands make this call too, on their way to something else.
	incidental bool
	// hidden: the call does not tell the command; the command line must.
	hidden bool
	// tells lists the options that the call tells.
	tells []string
	// read gives the options and arguments that the call tells, or that it is another
	// command's after all.
	read func(j *judge, at int) (options map[string][]string, args []string, ok bool)
}

// takes tells whether a call may be the command's own.
func (p *pattern) takes(c *Call) bool {
	if p == nil {
		return false
	}
	if p.calls == nil {
		return c.Path != "_ping"
	}
	return slices.ContainsFunc(p.calls, func(own string) bool {
		return len(own) == len(c.Method)+1+len(c.Path) && strings.HasPrefix(own, c.Method) && strings.HasSuffix(own, c.Path)
	})
}

// patterns has every command that asks the daemon, by the path that package command gives
// it. TestEveryCommandHasItsCalls holds the two together.
var patterns = map[string]*pattern{}

func init() {
	get := func(path string) []string { return []string{"GET " + path} }
	post := func(path string) []string { return []string{"POST " + path} }
	add := func(path string, p pattern) { patterns[path] = &p }

	add("container ls", pattern{calls: get("containers/json"), tells: strings.Fields("all size last filter"), read: query(nil, "all", "size", "last=limit", "filter")})
	add("container logs", pattern{calls: get("containers/{}/logs"), tells: strings.Fields("follow details timestamps tail since until"), read: query(theName, "follow", "details", "timestamps", "tail=", "since@", "until@")})
	add("container stats", pattern{calls: []string{"GET containers/{}/stats", "GET containers/json", "GET events"}, tells: strings.Fields("no-stream"), read: readStats})
	add("container top", pattern{calls: get("containers/{}/top"), read: query(theName)})
	add("container diff", pattern{calls: get("containers/{}/changes"), read: query(theName)})
	add("container port", pattern{calls: get("containers/{}/json"), hidden: true})
	add("container inspect", pattern{calls: get("containers/{}/json"), incidental: true, tells: strings.Fields("size"), read: query(theName, "size")})
	add("container export", pattern{calls: get("containers/{}/export"), read: query(theName)})
	add("container attach", pattern{calls: post("containers/{}/attach"), read: query(theName)})
	add("container exec", pattern{calls: post("containers/{}/exec"), tells: strings.Fields("detach user workdir tty interactive env"), read: readExec})
	for _, action := range strings.Fields("stop restart") {
		add("container "+action, pattern{calls: post("containers/{}/" + action), tells: strings.Fields("timeout signal"), read: query(theName, "timeout=t", "signal=")})
	}
	for _, action := range strings.Fields("start pause unpause update wait") {
		add("container "+action, pattern{calls: post("containers/{}/" + action), read: query(theName)})
	}
	add("container kill", pattern{calls: post("containers/{}/kill"), tells: strings.Fields("signal"), read: readKill})
	add("container rename", pattern{calls: post("containers/{}/rename"), read: query(func(c *Call) []string { return []string{c.Name, c.Query.Get("name")} })})
	add("container rm", pattern{calls: []string{"DELETE containers/{}"}, tells: strings.Fields("force link volumes"), read: query(theName, "force", "link", "volumes=v!")})
	add("container create", pattern{calls: post("containers/create"), tells: strings.Fields("name env"), read: readCreate})
	add("container run", pattern{calls: post("containers/{}/start"), tells: strings.Fields("name env detach"), read: readRun})
	add("container cp", pattern{calls: []string{"GET containers/{}/archive", "PUT containers/{}/archive"}, read: query(copied)})
	add("container commit", pattern{calls: post("commit"), tells: strings.Fields("author message"), read: query(committed, "author=", "message=comment")})
	add("container prune", pattern{calls: post("containers/prune"), tells: strings.Fields("filter"), read: query(nil, "filter")})

	add("image ls", pattern{calls: get("images/json"), tells: strings.Fields("all filter"), read: query(nil, "all", "filter")})
	add("image history", pattern{calls: get("images/{}/history"), read: query(theName)})
	add("image inspect", pattern{calls: get("images/{}/json"), incidental: true, read: query(theName)})
	add("image build", pattern{calls: []string{"POST build", "POST grpc/moby.buildkit.v1.Control/Solve"}, tells: strings.Fields("tag file target build-arg label no-cache pull"), read: readBuild})
	add("image pull", pattern{calls: post("images/create"), registry: true, read: readPull})
	add("image import", pattern{calls: post("images/create"), tells: strings.Fields("message"), read: readImport})
	add("image push", pattern{calls: post("images/{}/push"), registry: true, read: query(pushed)})
	add("image rm", pattern{calls: []string{"DELETE images/{}"}, tells: strings.Fields("force no-prune"), read: query(theName, "force", "no-prune=noprune!")})
	add("image tag", pattern{calls: post("images/{}/tag"), read: query(func(c *Call) []string { return []string{c.Name, tagged(c, "repo")} })})
	add("image save", pattern{calls: []string{"GET images/get", "GET images/{}/get"}, read: query(saved)})
	add("image load", pattern{calls: post("images/load"), read: query(nil)})
	add("image prune", pattern{calls: post("images/prune"), tells: strings.Fields("all filter"), read: readImagePrune})

	add("inspect", pattern{calls: []string{"GET containers/{}/json", "GET images/{}/json", "GET networks/{}", "GET volumes/{}"}, incidental: true, tells: strings.Fields("size"), read: query(theName, "size")})
	add("search", pattern{calls: get("images/search"), registry: true, tells: strings.Fields("limit filter"), read: query(func(c *Call) []string { return []string{c.Query.Get("term")} }, "limit=", "filter")})
	add("login", pattern{calls: post("auth"), read: query(func(*Call) []string { return []string{command.Untold} })})
	add("version", pattern{calls: get("version"), incidental: true, read: query(nil)})
	add("system info", pattern{calls: get("info"), incidental: true, read: query(nil)})
	add("system df", pattern{calls: get("system/df"), read: query(nil)})
	add("system events", pattern{calls: get("events"), tells: strings.Fields("since until filter"), read: query(nil, "since@", "until@", "filter")})
	add("system prune", pattern{calls: []string{"POST containers/prune", "POST networks/prune", "POST images/prune"}, hidden: true})

	add("network ls", pattern{calls: get("networks"), tells: strings.Fields("filter"), read: query(nil, "filter")})
	add("network inspect", pattern{calls: get("networks/{}"), incidental: true, tells: strings.Fields("verbose"), read: query(theName, "verbose")})
	add("network rm", pattern{calls: []string{"DELETE networks/{}"}, read: query(theName)})
	add("network prune", pattern{calls: post("networks/prune"), tells: strings.Fields("filter"), read: query(nil, "filter")})
	add("network create", pattern{calls: post("networks/create"), hidden: true}) // the name is in the body, as below
	add("network connect", pattern{calls: post("networks/{}/connect"), hidden: true})
	add("network disconnect", pattern{calls: post("networks/{}/disconnect"), hidden: true})
	add("volume ls", pattern{calls: get("volumes"), tells: strings.Fields("filter"), read: query(nil, "filter")})
	add("volume inspect", pattern{calls: get("volumes/{}"), incidental: true, read: query(theName)})
	add("volume rm", pattern{calls: []string{"DELETE volumes/{}"}, tells: strings.Fields("force"), read: query(theName, "force")})
	add("volume prune", pattern{calls: post("volumes/prune"), tells: strings.Fields("all filter"), read: readVolumePrune})
	add("volume create", pattern{calls: post("volumes/create"), hidden: true})
	add("volume update", pattern{calls: []string{"PUT volumes/{}"}, hidden: true})

	add("builder prune", pattern{calls: []string{"POST build/prune", "POST grpc/moby.buildkit.v1.Control/Prune"}, tells: strings.Fields("all filter"), read: readBuilderPrune})
	add("buildx du", pattern{calls: []string{"POST grpc/moby.buildkit.v1.Control/DiskUsage"}, hidden: true})
	for _, path := range strings.Fields("buildx/ls buildx/inspect") {
		add(strings.ReplaceAll(path, "/", " "), pattern{hidden: true})
	}
	for _, name := range strings.Fields("build cp create down events images kill logs ls pause port ps pull push restart rm start stats stop top unpause up") {
		add("compose "+name, pattern{hidden: true})
	}
	add("compose exec", pattern{calls: post("containers/{}/exec"), hidden: true})
	add("compose run", pattern{calls: post("containers/{}/start"), hidden: true})
}

// query makes a reader of a call's query. An option is written all (true or false),
// last=limit (the value of limit), tail= (the same name), volumes=v! (true or false under
// another name), since@ (a moment) or filter.
func query(args func(*Call) []string, options ...string) func(*judge, int) (map[string][]string, []string, bool) {
	return func(j *judge, at int) (map[string][]string, []string, bool) {
		c := &j.ev.Calls[at]
		told := map[string][]string{}
		for _, option := range options {
			name, key, plain := strings.Cut(option, "=")
			switch {
			case option == "filter":
				told[option] = filterPairs(c.Filters)
			case strings.HasSuffix(option, "@"):
				name = strings.TrimSuffix(option, "@")
				tellMoment(told, name, c)
			case !plain:
				tellTruth(told, name, c.Query.Get(name))
			case strings.HasSuffix(key, "!"):
				tellTruth(told, name, c.Query.Get(strings.TrimSuffix(key, "!")))
			case c.Query.Get(orElse(key, name)) != "":
				told[name] = []string{c.Query.Get(orElse(key, name))}
			}
		}
		if args == nil {
			return told, nil, true
		}
		return told, args(c), true
	}
}

func orElse(word, other string) string {
	if word == "" {
		return other
	}
	return word
}

func tellTruth(told map[string][]string, name, text string) {
	told[name] = []string{strconv.FormatBool(IsTrue(text))}
}

// tellMoment gives a moment as its distance from the call, which is how it is asked for.
func tellMoment(told map[string][]string, name string, c *Call) {
	text := c.Query.Get(name)
	if seconds, err := strconv.ParseFloat(text, 64); err == nil && seconds > 0 {
		told[name] = []string{c.Time.Sub(time.Unix(0, int64(seconds*1e9))).Round(time.Second).String()}
	} else if text != "" && text != "0" {
		told[name] = []string{text}
	}
}

func filterPairs(filters map[string][]string) (pairs []string) {
	for key, values := range filters {
		for _, v := range values {
			pairs = append(pairs, key+"="+v)
		}
	}
	return pairs
}

func theName(c *Call) []string { return []string{c.Name} }

// tagged gives repository:tag from a query.
func tagged(c *Call, key string) string {
	name := c.Query.Get(key)
	if tag := c.Query.Get("tag"); tag != "" && name != "" {
		if strings.HasPrefix(tag, "sha256:") {
			return name + "@" + tag
		}
		return name + ":" + tag
	}
	return name
}

func pushed(c *Call) []string {
	if tag := c.Query.Get("tag"); tag != "" {
		return []string{c.Name + ":" + tag}
	}
	return []string{c.Name}
}

func saved(c *Call) []string {
	if c.Name != "" {
		return []string{c.Name}
	}
	return c.Query["names"]
}

// copied gives both places; the one on the host is the caller's own affair.
func copied(c *Call) []string {
	inside := c.Name + ":" + c.Query.Get("path")
	if c.Method == "PUT" {
		return []string{command.Untold, inside}
	}
	return []string{inside, command.Untold}
}

func committed(c *Call) []string {
	args := []string{c.Query.Get("container")}
	if name := tagged(c, "repo"); name != "" {
		args = append(args, name)
	}
	return args
}

// readStats tells docker stats NAME alone: without a name the calls are those of others too.
func readStats(j *judge, at int) (map[string][]string, []string, bool) {
	c := &j.ev.Calls[at]
	stream := c.Query.Get("stream")
	told := map[string][]string{"no-stream": {strconv.FormatBool(stream != "" && !IsTrue(stream))}}
	return told, []string{c.Name}, c.Name != ""
}

func readKill(j *judge, at int) (map[string][]string, []string, bool) {
	c := &j.ev.Calls[at]
	told := map[string][]string{}
	if signal := c.Query.Get("signal"); signal != "" && signal != "KILL" && signal != "SIGKILL" {
		told["signal"] = []string{signal}
	}
	return told, []string{c.Name}, true
}

func readExec(j *judge, at int) (map[string][]string, []string, bool) {
	c := &j.ev.Calls[at]
	if c.Exec == nil {
		return nil, nil, false
	}
	e := c.Exec
	told := map[string][]string{
		"detach": {strconv.FormatBool(e.Detach)}, "tty": {strconv.FormatBool(e.TTY)},
		"interactive": {strconv.FormatBool(e.Stdin)}, "env": hiddenValues(e.EnvNames),
	}
	tellText(told, "user", e.User)
	tellText(told, "workdir", e.WorkDir)
	return told, append([]string{c.Name}, e.Command...), true
}

// hiddenValues writes variables as package command keeps them.
func hiddenValues(names []string) []string {
	var hidden []string
	for _, name := range names {
		hidden = append(hidden, name+"=…")
	}
	return hidden
}

func tellText(told map[string][]string, name, text string) {
	if text != "" {
		told[name] = []string{text}
	}
}

func readCreate(j *judge, at int) (map[string][]string, []string, bool) {
	c := &j.ev.Calls[at]
	if c.Create == nil {
		return nil, nil, false
	}
	told := map[string][]string{"env": hiddenValues(c.Create.EnvNames)}
	tellText(told, "name", c.Query.Get("name"))
	return told, append([]string{c.Create.Image}, c.Create.Command...), true
}

// readRun finds the creation that the start belongs to: the same program's last one, of a
// container of that name or id. Nobody attached means that it runs in the background.
func readRun(j *judge, at int) (map[string][]string, []string, bool) {
	start := &j.ev.Calls[at]
	attached := false
	for i := at - 1; i >= 0; i-- {
		c := &j.ev.Calls[i]
		attached = attached || c.Path == "containers/{}/attach" && c.Name == start.Name
		if c.Path != "containers/create" || c.Status >= 400 || !slices.Equal(c.Argv, start.Argv) {
			continue
		}
		name := c.Query.Get("name")
		if name != "" && name != start.Name && !shareID(j.containerIDs(name), start.Name) {
			return nil, nil, false
		}
		told, args, ok := readCreate(j, i)
		if ok {
			told["detach"] = []string{strconv.FormatBool(!attached)}
		}
		return told, args, ok
	}
	return nil, nil, false
}

func readBuild(j *judge, at int) (map[string][]string, []string, bool) {
	c := &j.ev.Calls[at]
	if c.Build == nil {
		return nil, nil, false
	}
	b := c.Build
	told := map[string][]string{"tag": b.Tags, "no-cache": {strconv.FormatBool(b.NoCache)}, "pull": {strconv.FormatBool(b.Pull)}}
	if b.File != "Dockerfile" {
		tellText(told, "file", b.File)
	}
	tellText(told, "target", b.Target)
	for name, value := range b.Args {
		told["build-arg"] = append(told["build-arg"], name+"="+value)
	}
	for name, value := range b.Labels {
		told["label"] = append(told["label"], name+"="+value)
	}
	return told, []string{command.Untold}, true
}

func readPull(j *judge, at int) (map[string][]string, []string, bool) {
	c := &j.ev.Calls[at]
	return nil, []string{tagged(c, "fromImage")}, c.Query.Get("fromImage") != ""
}

func readImport(j *judge, at int) (map[string][]string, []string, bool) {
	c := &j.ev.Calls[at]
	args := []string{command.Untold}
	if name := tagged(c, "repo"); name != "" {
		args = append(args, name)
	}
	told := map[string][]string{}
	tellText(told, "message", c.Query.Get("message"))
	return told, args, c.Query.Get("fromSrc") != ""
}

// readImagePrune undoes what the docker CLI does to say --all: dangling=false.
func readImagePrune(j *judge, at int) (map[string][]string, []string, bool) {
	return readPrune(j, at, "dangling", func(v string) bool { return !IsTrue(v) })
}

func readVolumePrune(j *judge, at int) (map[string][]string, []string, bool) {
	return readPrune(j, at, "all", IsTrue)
}

// readPrune reads filters, of which one stands for --all.
func readPrune(j *judge, at int, key string, all func(string) bool) (map[string][]string, []string, bool) {
	c := &j.ev.Calls[at]
	rest := url.Values{}
	told := map[string][]string{}
	for k, values := range c.Filters {
		if k == key && len(values) == 1 {
			told["all"] = []string{strconv.FormatBool(all(values[0]))}
			continue
		}
		rest[k] = values
	}
	told["filter"] = filterPairs(rest)
	return told, nil, true
}

// readBuilderPrune tells a prune by the old way alone: what gRPC carries is not kept.
func readBuilderPrune(j *judge, at int) (map[string][]string, []string, bool) {
	c := &j.ev.Calls[at]
	told := map[string][]string{"filter": filterPairs(c.Filters)}
	tellTruth(told, "all", c.Query.Get("all"))
	return told, nil, c.Path == "build/prune"
}
