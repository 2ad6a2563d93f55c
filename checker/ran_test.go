package checker

import (
	"context"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"docker-tutor/lessons"
	"docker-tutor/lessons/command"

	"github.com/docker/docker/api/types/events"
)

const webID = "3f2a000000000000000000000000000000000000000000000000000000000000"

// recorded makes calls from lines such as: docker ps -a => GET containers/json?all=1, or,
// with nothing before the arrow, of a system that does not tell the command line. A status
// or the word refused may follow.
func recorded(t testing.TB, lines ...string) (calls []Call) {
	t.Helper()
	for i, line := range lines {
		argv, rest, arrow := strings.Cut(line, "=> ")
		words := strings.Fields(rest)
		if !arrow || len(words) < 2 {
			t.Fatalf("no call: %q", line)
		}
		u, err := url.Parse(words[1])
		if err != nil {
			t.Fatal(err)
		}
		c := Call{Endpoint: Endpoint{Method: words[0], Path: u.Path}, Query: u.Query(), Status: 200, Argv: strings.Fields(argv), Time: time.Unix(1000+int64(i), 0)}
		if at := strings.Split(u.Path, "/"); len(at) > 1 && strings.Contains(u.Path, "dt-") || strings.Contains(u.Path, "3f2") {
			c.Name, at[1] = at[1], "{}"
			c.Path = strings.Join(at, "/")
		}
		for key, value := range c.Query {
			if of, is := strings.CutPrefix(key, "f."); is {
				if c.Filters == nil {
					c.Filters = map[string][]string{}
				}
				c.Filters[of] = value
			}
		}
		if len(words) > 2 {
			if c.Refused = words[2] == "refused"; c.Refused {
				c.Status = 403
			} else {
				fmt.Sscan(words[2], &c.Status)
			}
		}
		calls = append(calls, c)
	}
	return calls
}

func ranCheck(id string, lines ...string) lessons.Check {
	return lessons.Check{ID: id, Statement: lessons.Statement{Ran: lines}}
}

// ranEvidence has the calls of a learner whose containers are gone by now: the daemon, which
// is asked last, knows none of them.
func ranEvidence(t testing.TB, calls []Call, happened ...events.Message) *Evidence {
	t.Helper()
	return &Evidence{
		Daemon: connect(t), Calls: calls, Events: happened, Label: "dt-lab=1", Now: time.Unix(2000, 0),
		Opened: Inventory{Containers: map[string]string{webID: "dt-web"}, Images: map[string][]string{"sha256:" + strings.Repeat("ab", 32): {"dt-img:latest"}}},
	}
}

// TestRanByMeaning judges calls of all sorts of programs.
func TestRanByMeaning(t *testing.T) {
	for _, test := range []struct {
		name, wanted string
		calls        []string
		want         Outcome
	}{
		{"an id", "docker logs dt-web", []string{"docker logs 3f2 => GET containers/3f2/logs?stdout=1&tail=all"}, Passed},
		{"a whole id", "docker logs dt-web", []string{"docker logs " + webID + " => GET containers/" + webID + "/logs"}, Passed},
		{"an image's id", "docker history dt-img", []string{"docker history abab => GET images/dt-abab/history"}, Passed},
		{"another container's id", "docker logs dt-db", []string{"docker logs 3f2 => GET containers/3f2/logs"}, Failed},
		{"an API client", "docker ps -a", []string{"python3 x.py => GET containers/json?all=1"}, Passed},
		{"an API client that asks for less", "docker ps -a", []string{"curl x => GET containers/json"}, Failed},
		{"an API client that inspects", "docker inspect dt-web", []string{"curl x => GET containers/dt-web/json"}, Passed},
		{"an API client and an option of the command line", "docker ps -q", []string{"curl x => GET containers/json"}, Failed},
		{"an API client and port", "docker port dt-web", []string{"curl x => GET containers/dt-web/json"}, Failed},
		{"Compose's own calls", "docker logs -f dt-web", []string{"/x/docker-compose compose logs -f web => GET containers/dt-web/logs?follow=1"}, Passed},
		{"Compose on its way", "docker inspect dt-web", []string{"/x/docker-compose compose logs web => GET containers/dt-web/json"}, Failed},
		{"Compose itself", "docker compose logs -f web", []string{"/x/docker-compose compose -p x logs -f web => GET containers/dt-web/logs?follow=1"}, Passed},
		{"Compose by itself", "docker compose ps", []string{"docker-compose ps => GET containers/json?all=1&f.label=x"}, Passed},
		{"no command line", "docker ps -a", []string{"=> GET containers/json?all=true"}, Passed},
		{"no command line, and an option that only it tells", "docker ps -a -q", []string{"=> GET containers/json?all=true"}, Passed},
		{"no command line: port", "docker port dt-web", []string{"=> GET containers/dt-web/json"}, Unknown},
		{"no command line: inspect", "docker inspect dt-web", []string{"=> GET containers/dt-web/json"}, Passed},
		{"no command line: inspect on the way to logs", "docker inspect dt-web", []string{"=> GET containers/dt-web/json", "=> GET containers/dt-web/logs"}, Failed},
		{"no command line: filters", "docker images --filter dangling=true", []string{"=> GET images/json?f.dangling=true"}, Passed},
		{"no command line: stats", "docker stats --no-stream dt-web", []string{"=> GET containers/dt-web/stats?stream=false"}, Passed},
		{"no command line: stats that goes on", "docker stats --no-stream dt-web", []string{"=> GET containers/dt-web/stats?stream=1"}, Failed},
		{"no command line: events", "docker events --since 5m", []string{"=> GET events?since=700.000000000"}, Passed},
		{"no command line: events from another time", "docker events --since 5m", []string{"=> GET events?since=400.000000000"}, Failed},
		{"no command line: tag", "docker tag busybox dt-img:1", []string{"=> POST images/dt-x/tag?repo=dt-img&tag=1"}, Failed},
		{"no command line: pull", "docker pull dt-x:1", []string{"=> POST images/create?fromImage=docker.io/library/dt-x&tag=1"}, Passed},
		{"no command line: prune all", "docker image prune -a", []string{"=> POST images/prune?f.dangling=false"}, Passed},
		{"no command line: prune", "docker image prune", []string{"=> POST images/prune?f.dangling=true"}, Passed},
		{"no command line: copy", "docker cp dt-web:/x .", []string{"=> GET containers/dt-web/archive?path=/x"}, Passed},
		{"no command line: copy in", "docker cp dt-web:/x .", []string{"=> PUT containers/dt-web/archive?path=/x"}, Failed},
		{"the shell's completion", "docker ps", []string{"docker __complete logs d => GET containers/json"}, Failed},
		{"a newer option", "docker ps -a", []string{"docker ps -a --of-next-year => GET containers/json?all=1"}, Passed},
		{"offline", "docker search busybox", []string{"docker search busybox => GET images/search?term=busybox 500"}, Passed},
		{"a pull that came to nothing", "docker pull dt-x", []string{"docker pull dt-x => POST images/create?fromImage=dt-x&tag=latest 500"}, Passed},
		{"a look that came to nothing", "docker logs dt-web", []string{"docker logs dt-web => GET containers/dt-web/logs 404"}, Failed},
		{"refused", "docker stop dt-web", []string{"docker stop dt-web => POST containers/dt-web/stop refused"}, Failed},
		{"several at once", "docker stop dt-web", []string{"docker stop dt-db dt-web => POST containers/dt-db/stop", "docker stop dt-db dt-web => POST containers/dt-web/stop"}, Passed},
		{"several, of which the wanted failed", "docker stop dt-web", []string{"docker stop dt-db dt-web => POST containers/dt-db/stop", "docker stop dt-db dt-web => POST containers/dt-web/stop 404"}, Failed},
		{"several wanted, one by one", "docker stop dt-web dt-db", []string{"docker stop dt-db => POST containers/dt-db/stop", "docker stop dt-web => POST containers/dt-web/stop"}, Passed},
		{"several wanted, one done", "docker stop dt-web dt-db", []string{"docker stop dt-db => POST containers/dt-db/stop"}, Failed},
		{"start is not run", "docker start dt-web", []string{"docker run busybox => POST containers/dt-web/start"}, Failed},
		{"run", "docker run busybox", []string{"docker run --rm busybox => POST containers/create 201", "docker run --rm busybox => POST containers/3f2/start 204"}, Passed},
		{"run that did not start", "docker run busybox", []string{"docker run busybox => POST containers/create 201", "docker run busybox => POST containers/3f2/start 400"}, Failed},
		{"system prune", "docker system prune -f", []string{"docker system prune --force => POST containers/prune"}, Passed},
	} {
		t.Run(test.name, func(t *testing.T) {
			ex := &lessons.Exercise{Checks: []lessons.Check{ranCheck("c", test.wanted)}}
			calls := recorded(t, test.calls...)
			v := Judge(context.Background(), ex, ranEvidence(t, calls), nil)[0]
			if v.Outcome != test.want {
				t.Errorf("got %s %+v, want %s", v.Outcome, v.Diagnosis, test.want)
			}
			if v.Outcome == Passed && !v.Final {
				t.Error("got passed for now, want for good")
			}
		})
	}
}

// Bodies are told in facts of their own.
func TestRanByFacts(t *testing.T) {
	at := time.Unix(1000, 0)
	exec := Call{Endpoint: Endpoint{"POST", "containers/{}/exec", webID}, Status: 201, Time: at, Exec: &Exec{Command: []string{"sh", "-c", "id"}, TTY: true, Stdin: true, EnvNames: []string{"A"}}}
	build := Call{Endpoint: Endpoint{"POST", "grpc/moby.buildkit.v1.Control/Solve", ""}, Status: 200, Time: at, Build: &Build{Tags: []string{"docker.io/library/dt-x:1"}, File: "Dockerfile", NoCache: true, Args: map[string]string{"V": "2"}}}
	create := Call{Endpoint: Endpoint{"POST", "containers/create", ""}, Status: 201, Time: at, Query: url.Values{"name": {"dt-web"}}, Create: &Create{Image: "busybox", Command: []string{"true"}}}
	start := Call{Endpoint: Endpoint{"POST", "containers/{}/start", webID}, Status: 204, Time: at}
	for _, test := range []struct {
		wanted string
		calls  []Call
		want   Outcome
	}{
		{"docker exec dt-web sh -c id", []Call{exec}, Passed},
		{"docker exec -it dt-web sh -c id", []Call{exec}, Passed},
		{"docker exec -e A=1 dt-web sh ANY", []Call{exec}, Passed},
		{"docker exec -d dt-web sh -c id", []Call{exec}, Failed},
		{"docker exec dt-web id", []Call{exec}, Failed},
		{"docker build --no-cache --build-arg V=2 -t dt-x:1 .", []Call{build}, Passed},
		{"docker build --build-arg V=2 -t dt-x:1 .", []Call{build}, Failed},
		{"docker build --no-cache --build-arg V=3 -t dt-x:1 .", []Call{build}, Failed},
		{"docker build --no-cache --build-arg V=2 -t dt-y:1 .", []Call{build}, Failed},
		{"docker create --name dt-web busybox true", []Call{create}, Passed},
		{"docker run -d --name dt-web busybox true", []Call{create, start}, Passed},
		{"docker run --name dt-web busybox true", []Call{create, start}, Failed},
		{"docker run -d --name dt-web busybox false", []Call{create, start}, Failed},
		{"docker run -d --name dt-web busybox true", []Call{create}, Failed},
	} {
		ex := &lessons.Exercise{Checks: []lessons.Check{ranCheck("c", test.wanted)}}
		if v := Judge(context.Background(), ex, ranEvidence(t, test.calls), nil)[0]; v.Outcome != test.want {
			t.Errorf("%s: got %s %+v, want %s", test.wanted, v.Outcome, v.Diagnosis, test.want)
		}
	}
}

// A container that was made here, got another name and is gone again is still known.
func TestRanOnWhatIsGone(t *testing.T) {
	id := strings.Repeat("c0", 32)
	made := func(action events.Action, attributes map[string]string) events.Message {
		return events.Message{Type: events.ContainerEventType, Action: action, Actor: events.Actor{ID: id, Attributes: attributes}, TimeNano: 1}
	}
	ev := ranEvidence(t, recorded(t, "docker logs c0c0 => GET containers/3f2/logs", "docker logs dt-old => GET containers/dt-old/logs"),
		made("create", map[string]string{"name": "dt-old"}), made("rename", map[string]string{"name": "dt-new", "oldName": "/dt-old"}), made("destroy", map[string]string{"name": "dt-new"}))
	for _, keep := range []int{0, 1} {
		one := *ev
		one.Calls = ev.Calls[keep : keep+1]
		ex := &lessons.Exercise{Checks: []lessons.Check{ranCheck("c", "docker logs dt-new")}}
		if v := Judge(context.Background(), ex, &one, nil)[0]; v.Outcome != Passed {
			t.Errorf("%v: got %+v, want passed", one.Calls[0].Argv, v.Diagnosis)
		}
	}
}

// TestAfter judges commands and events that must come one after the other.
func TestAfter(t *testing.T) {
	second := ranCheck("second", "docker rm dt-web")
	second.After = []string{"first"}
	commands := &lessons.Exercise{Checks: []lessons.Check{ranCheck("first", "docker stop dt-web"), second}}
	stop, remove := "docker stop dt-web => POST containers/dt-web/stop 204", "docker rm dt-web => DELETE containers/dt-web 204"
	event := func(id, action string, after ...string) lessons.Check {
		c := ofEvent(lessons.Event{Type: "container", Action: action, Name: "dt-web"})
		c.ID, c.After = id, after
		return c
	}
	reported := &lessons.Exercise{Checks: []lessons.Check{event("first", "die"), event("second", "destroy", "first")}}
	happened := func(actions ...string) (all []events.Message) {
		for i, action := range actions {
			all = append(all, events.Message{Type: "container", Action: events.Action(action), TimeNano: int64(i + 1), Actor: events.Actor{ID: "x", Attributes: map[string]string{"name": "dt-web"}}})
		}
		return all
	}
	for _, test := range []struct {
		name   string
		ex     *lessons.Exercise
		calls  []string
		events []events.Message
		passed map[string]bool
		want   string
	}{
		{"in order", commands, []string{stop, remove}, nil, nil, ""},
		{"the wrong way round", commands, []string{remove, stop}, nil, nil, "came-too-early"},
		{"again, afterwards", commands, []string{remove, stop, remove}, nil, nil, ""},
		{"the first is missing", commands, []string{remove}, nil, nil, "came-too-early"},
		{"both are missing", commands, nil, nil, nil, "ran-not-yet"},
		{"the first in an earlier session", commands, []string{remove}, nil, map[string]bool{"first": true}, ""},
		{"events in order", reported, nil, happened("die", "destroy"), nil, ""},
		{"events the wrong way round", reported, nil, happened("destroy", "die"), nil, "came-too-early"},
		{"no event yet", reported, nil, happened("die"), nil, "event-not-yet-on"},
	} {
		t.Run(test.name, func(t *testing.T) {
			v := Judge(context.Background(), test.ex, ranEvidence(t, recorded(t, test.calls...), test.events...), test.passed)[1]
			got := ""
			if v.Diagnosis != nil {
				got = v.Diagnosis.ID
			}
			if got != test.want {
				t.Errorf("got %s %+v, want %q", v.Outcome, v.Diagnosis, test.want)
			}
		})
	}
}

// ranTurn is a wrong command, as it was recorded, and what must be said of it.
type ranTurn struct {
	want   string
	wanted string
	calls  []string
	args   args
	change func(*Evidence)
	far    bool
	also   []lessons.Check
}

func ranTurns() []ranTurn {
	ps := "docker ps => GET containers/json"
	made := func(name string) func(*Evidence) {
		return func(ev *Evidence) {
			ev.Events = []events.Message{{Type: "container", Action: "create", TimeNano: 1, Actor: events.Actor{ID: "x", Attributes: map[string]string{"name": name}}}}
		}
	}
	return []ranTurn{
		{want: "ran-not-yet", wanted: "docker ps", far: true},
		{want: "ran-not-yet", wanted: "docker ps", calls: []string{"docker version => GET version"}, far: true},
		{want: "ran-not-yet", wanted: "docker logs dt-web", calls: []string{"docker logs dt-web => GET _ping"}, far: true},
		{want: "ran-not-yet", wanted: "docker logs dt-web", calls: []string{"docker ps -a => GET containers/json?all=1"}, far: true},
		{want: "ran-not-yet", wanted: "docker logs dt-web", calls: []string{"docker logs dt-db => GET containers/dt-db/logs"}, far: true, also: []lessons.Check{ranCheck("other", "docker logs dt-db")}},
		{want: "ran-other-object", wanted: "docker logs dt-web", calls: []string{"docker logs dt-wep => GET containers/dt-wep/json 404"}, args: args{"ran": "docker logs dt-wep", "found": "dt-wep", "wanted": "dt-web"}},
		{want: "ran-other-object", wanted: "docker history dt-img:1", calls: []string{"docker history dt-img => GET images/dt-img/history"}, args: args{"found": "dt-img", "wanted": "dt-img:1"}},
		{want: "ran-other-object", wanted: "docker port dt-web", calls: []string{"docker port dt-db => GET containers/dt-db/json"}, args: args{"wanted": "dt-web"}},
		{want: "ran-other-words", wanted: "docker stats", calls: []string{"docker stats dt-web => GET containers/dt-web/stats"}, args: args{"wanted": "docker stats"}},
		{want: "ran-other-words", wanted: "docker exec dt-web ps", calls: []string{"docker exec dt-web ls => POST containers/dt-web/exec 201"}, args: args{"ran": "docker exec dt-web ls"}},
		{want: "ran-option-missing", wanted: "docker ps -a", calls: []string{ps}, args: args{"ran": "docker ps", "option": "-a", "why": Phrase("option-all-containers")}},
		{want: "ran-option-missing", wanted: "docker ps -a", calls: []string{"curl x => GET containers/json"}, args: args{"ran": "docker ps", "option": "-a"}},
		{want: "ran-option-missing", wanted: "docker ps -l", calls: []string{ps}, args: args{"option": "-n 1", "why": Phrase("option-last")}},
		{want: "ran-option-missing", wanted: "docker ps -s", calls: []string{ps}, args: args{"option": "-s", "why": Phrase("option-size")}},
		{want: "ran-option-missing", wanted: "docker ps -q", calls: []string{ps}, args: args{"option": "-q", "why": Phrase("option-other")}},
		{want: "ran-option-missing", wanted: "docker ps -f status=exited", calls: []string{ps}, args: args{"option": "-f status=exited", "why": Phrase("option-filter")}},
		{want: "ran-option-missing", wanted: "docker logs -f dt-web", calls: []string{"docker logs dt-web => GET containers/dt-web/logs"}, args: args{"option": "-f", "why": Phrase("option-follow")}},
		{want: "ran-option-missing", wanted: "docker stats --no-stream", calls: []string{"docker stats => GET events"}, args: args{"option": "--no-stream", "why": Phrase("option-no-stream")}},
		{want: "ran-option-missing", wanted: "docker events --since 5m", calls: []string{"docker events => GET events"}, args: args{"option": "--since 5m0s", "why": Phrase("option-since")}},
		{want: "ran-option-missing", wanted: "docker image prune -a", calls: []string{"docker image prune -f => POST images/prune"}, args: args{"option": "-a", "why": Phrase("option-all-unused")}},
		{want: "ran-option-missing", wanted: "docker system prune --volumes", calls: []string{"docker system prune -f => POST images/prune"}, args: args{"option": "--volumes", "why": Phrase("option-volumes")}},
		{want: "ran-option-missing", wanted: "docker exec -d dt-web ls", calls: []string{"docker exec dt-web ls => POST containers/dt-web/exec"}, args: args{"option": "-d", "why": Phrase("option-detach")}},
		{want: "ran-option-behind", wanted: "docker exec -d dt-web ls", calls: []string{"docker exec dt-web -d ls => POST containers/dt-web/exec"}, args: args{"option": "-d"}},
		{want: "ran-option-behind", wanted: "docker run --env-file ANY busybox ANY", calls: []string{"docker run busybox --env-file=a env => POST containers/create"}, args: args{"ran": "docker run busybox --env-file=a env"}},
		{want: "ran-option-extra", wanted: "docker images", calls: []string{"docker images -a => GET images/json?all=1"}, args: args{"ran": "docker images -a", "option": "-a", "why": Phrase("option-all-images")}},
		{want: "ran-option-extra", wanted: "docker rm dt-web", calls: []string{"docker rm -f dt-web => DELETE containers/dt-web"}, args: args{"option": "-f", "why": Phrase("option-force")}},
		{want: "ran-option-other", wanted: "docker events --since 5m", calls: []string{"docker events --since 1h => GET events"}, args: args{"found": "--since 1h0m0s", "wanted": "--since 5m0s"}},
		{want: "ran-neighbour", wanted: "docker history dt-img", calls: []string{"docker image inspect dt-img => GET images/dt-img/json"}, args: args{"ran": "docker image inspect dt-img", "wanted": "docker history"}},
		{want: "ran-neighbour", wanted: "docker volume ls", calls: []string{"docker volume inspect dt-vol => GET volumes/dt-vol"}, args: args{"wanted": "docker volume ls"}},
		{want: "ran-neighbour", wanted: "docker port dt-web", calls: []string{"docker inspect 3f2 => GET containers/3f2/json"}, args: args{"wanted": "docker port"}},
		{want: "ran-failed", wanted: "docker logs dt-web", calls: []string{"docker logs dt-web => GET containers/dt-web/json 404"}, args: args{"code": 404, "why": Phrase("failed-not-found")}},
		{want: "ran-failed", wanted: "docker rm dt-web", calls: []string{"docker rm dt-web => DELETE containers/dt-web 409"}, args: args{"code": 409, "why": Phrase("failed-conflict")}},
		{want: "ran-failed", wanted: "docker ps -f status=x", calls: []string{"docker ps -f status=x => GET containers/json 400"}, args: args{"code": 400, "why": Phrase("failed-other")}},
		{want: "ran-refused", wanted: "docker stop dt-web", calls: []string{"docker stop dt-web => POST containers/dt-web/stop refused"}, args: args{"ran": "docker stop dt-web"}},
		{want: "ran-round-the-lab", wanted: "docker ps", change: made("dt-web"), args: args{"name": "dt-web"}},
		{want: "ran-round-the-lab", wanted: "docker ps", change: made("somebodys"), far: true},
		{want: "ran-not-yet", wanted: "docker ps", calls: []string{"docker version => GET version"}, change: made("dt-web"), far: true},
		{want: "ran-unguarded", wanted: "docker ps", change: func(ev *Evidence) { ev.Unguarded = "no socket" }, args: args{"reason": "no socket"}},
		{want: "ran-untold", wanted: "docker port dt-web", calls: []string{"=> GET containers/dt-web/json"}, args: args{"command": "docker port"}},
	}
}

func TestRanTurns(t *testing.T) {
	for _, turn := range ranTurns() {
		t.Run(turn.want+"/"+turn.wanted, func(t *testing.T) {
			ev := ranEvidence(t, recorded(t, turn.calls...))
			if turn.change != nil {
				turn.change(ev)
			}
			ex := &lessons.Exercise{Checks: append([]lessons.Check{ranCheck("c", turn.wanted)}, turn.also...)}
			v := Judge(context.Background(), ex, ev, nil)[0]
			want := Failed
			if turn.want == "ran-unguarded" || turn.want == "ran-untold" {
				want = Unknown
			}
			if v.Outcome != want || v.Diagnosis.ID != turn.want {
				t.Fatalf("got %s %+v, want %s with %s", v.Outcome, v.Diagnosis, want, turn.want)
			}
			if v.Diagnosis.Near == turn.far {
				t.Errorf("got near %v", v.Diagnosis.Near)
			}
			if got, want := slices.Sorted(maps.Keys(v.Diagnosis.Args)), DiagnosisArgs(turn.want); !slices.Equal(got, want) {
				t.Errorf("got the arguments %v, want %v", got, want)
			}
			for key, want := range asText(turn.args) {
				if got := asText(v.Diagnosis.Args)[key]; got != want {
					t.Errorf("got %s = %s, want %s", key, got, want)
				}
			}
		})
	}
}

// TestEveryCommandHasItsCalls holds the two tables together.
func TestEveryCommandHasItsCalls(t *testing.T) {
	known := map[string]bool{}
	for _, path := range command.Paths() {
		known[path] = true
		if patterns[path] == nil {
			t.Errorf("docker %s is understood, but nothing is known of its calls", path)
		}
	}
	for path, p := range patterns {
		if !known[path] {
			t.Errorf("docker %s has calls, but is not understood", path)
		}
		if p.read == nil && !p.hidden {
			t.Errorf("docker %s: its calls are not read", path)
		}
		for _, option := range p.tells {
			command.Of(path, map[string][]string{option: {"x"}}, nil)
			if !command.Has(path, option) {
				t.Errorf("docker %s has no option --%s", path, option)
			}
		}
	}
}

// A mistake is recognised by a command too.
func TestRanMistake(t *testing.T) {
	ex := &lessons.Exercise{
		Checks:   []lessons.Check{ranCheck("c", "docker history dt-img")},
		Mistakes: []lessons.Mistake{{Fails: []string{"c"}, Says: "lists-images", When: &lessons.Probe{Statement: lessons.Statement{Ran: []string{"docker images dt-img"}}}}},
	}
	ev := ranEvidence(t, recorded(t, "docker image ls dt-img => GET images/json?f.reference=dt-img"))
	if v := Judge(context.Background(), ex, ev, nil)[0]; v.Outcome != Failed || v.Diagnosis.ID != "lists-images" || !v.Diagnosis.Own {
		t.Errorf("got %s %+v, want the author's own words", v.Outcome, v.Diagnosis)
	}
}

// What recognises a mistake may say several things, and a command run in vain counts.
func TestRanInVain(t *testing.T) {
	for text, want := range map[string]string{"a": "started-it", "b": "ran-not-yet"} {
		when := lessons.Statement{Ran: []string{"docker start dt-web"}, Answer: &lessons.Answer{Is: []string{"a"}}}
		ex := &lessons.Exercise{
			Checks:   []lessons.Check{ranCheck("c", "docker unpause dt-web")},
			Mistakes: []lessons.Mistake{{Fails: []string{"c"}, Says: "started-it", When: &lessons.Probe{Statement: when}}},
		}
		ev := ranEvidence(t, recorded(t, "docker start dt-web => POST containers/dt-web/start 409"))
		ev.Answers = []string{text}
		if v := Judge(context.Background(), ex, ev, nil)[0]; v.Outcome != Failed || v.Diagnosis.ID != want {
			t.Errorf("answer %s: got %s %+v, want %s", text, v.Outcome, v.Diagnosis, want)
		}
	}
}

// What was done last tells which mistake it is.
func TestRanLast(t *testing.T) {
	ex := &lessons.Exercise{
		Checks:   []lessons.Check{ranCheck("c", "docker history dt-img")},
		Mistakes: []lessons.Mistake{{Fails: []string{"c"}, Says: "no-tag", When: &lessons.Probe{Statement: lessons.Statement{Ran: []string{"docker push dt-img"}}}}},
	}
	push := func(name, tag string) string {
		return "docker push " + name + ":" + tag + " => POST images/" + name + "/push?tag=" + tag
	}
	wrong, other := push("dt-img", "latest"), push("dt-cake", "1")
	for _, test := range []struct {
		lines []string
		want  string
	}{
		{[]string{wrong}, "no-tag"},
		{[]string{other, wrong, "docker ps => GET containers/json"}, "no-tag"},
		{[]string{wrong, other}, "ran-not-yet"},
	} {
		if v := Judge(context.Background(), ex, ranEvidence(t, recorded(t, test.lines...)), nil)[0]; v.Diagnosis == nil || v.Diagnosis.ID != test.want {
			t.Errorf("%q: got %+v, want %s", test.lines, v.Diagnosis, test.want)
		}
	}
}

// A login that the registry refused is none, other than a push.
func TestRanRefusedLogin(t *testing.T) {
	for status, want := range map[string]Outcome{"": Passed, " 401": Failed} {
		ev := ranEvidence(t, recorded(t, "docker login --password-stdin localhost:5000 => POST auth"+status))
		ex := &lessons.Exercise{Checks: []lessons.Check{ranCheck("c", "docker login --password-stdin localhost:5000")}}
		if v := Judge(context.Background(), ex, ev, nil)[0]; v.Outcome != want {
			t.Errorf("status%s: got %s %+v, want %s", status, v.Outcome, v.Diagnosis, want)
		}
	}
}

// Benchmarks: one check among 2,000 calls that are not it.
func benchmarkRan(b *testing.B, last string) {
	var lines []string
	for i := range 1999 {
		lines = append(lines, fmt.Sprintf("docker logs --tail %d dt-db => GET containers/dt-db/logs?tail=%d", i%50, i%50))
	}
	ex := &lessons.Exercise{Checks: []lessons.Check{ranCheck("c", "docker logs dt-web")}}
	ev := ranEvidence(b, recorded(b, append(lines, last)...))
	b.ResetTimer()
	for b.Loop() {
		Judge(context.Background(), ex, ev, nil)
	}
	b.ReportMetric(b.Elapsed().Seconds()*1000/float64(b.N), "ms/check")
}

func BenchmarkRanPasses(b *testing.B) {
	benchmarkRan(b, "docker logs dt-web => GET containers/dt-web/logs")
}

func BenchmarkRanFails(b *testing.B) { benchmarkRan(b, "docker ps => GET containers/json") }
