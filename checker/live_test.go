package checker

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"docker-tutor/lessons"

	"github.com/docker/docker/api/types/events"
	"github.com/google/go-containerregistry/pkg/registry"
)

func ofHTTP(h lessons.HTTP) lessons.Check {
	return lessons.Check{ID: "check", Statement: lessons.Statement{HTTP: &h}}
}

func ofProcess(p lessons.Process) lessons.Check {
	return lessons.Check{ID: "check", Statement: lessons.Statement{Process: &p}}
}

func ofCompose(c lessons.Compose) lessons.Check {
	return lessons.Check{ID: "check", Statement: lessons.Statement{Compose: &c}}
}

func ofRegistry(r lessons.Registry) lessons.Check {
	return lessons.Check{ID: "check", Statement: lessons.Statement{Registry: &r}}
}

func ofLogin(l lessons.Login) lessons.Check {
	return lessons.Check{ID: "check", Statement: lessons.Statement{Login: &l}}
}

func ofSequence(e ...lessons.Event) lessons.Check {
	return lessons.Check{ID: "check", Statement: lessons.Statement{Sequence: &lessons.Sequence{Events: e}}}
}

// serve has dt-web run that with its port 80 published, and waits until it answers.
func serve(command string) string {
	return "docker run -d --name dt-web -p 127.0.0.1::80 busybox " + command + "\n"
}

const (
	site   = `sh -c "mkdir /www; echo bonjour >/www/index.html; exec httpd -f -h /www"`
	served = "docker exec dt-web sh -c 'until wget -qO- 127.0.0.1; do sleep 0.1; done'\n"
)

// httpTurns are far: what was just started is waited for; TestWaiting sees that end.
func httpTurns() []wrongTurn {
	home := lessons.HTTP{Container: "dt-web", Port: "80", Equals: "bonjour"}
	missing, status, text := home, home, home
	missing.Path, status.Status, text.Equals, text.Contains = "/none", 404, "", "salut"
	salut := home
	salut.Equals = "salut"
	return []wrongTurn{
		{want: "http-nobody-publishes", check: ofHTTP(lessons.HTTP{Port: "1"}), far: true, args: args{"port": "1"}},
		{name: "no container", want: "container-missing", check: ofHTTP(home), far: true},
		{name: "ended", want: "container-exited", run: "docker run --name dt-web -p 127.0.0.1::80 busybox true", check: ofHTTP(home)},
		{want: "http-not-published", run: running(""), check: ofHTTP(home)},
		{want: "http-reset", run: serve("sleep 600"), check: ofHTTP(home), far: true, args: args{"inside": "80"}, look: "docker logs dt-web"},
		{name: "on another port", want: "http-reset", run: serve("httpd -f -p 8080"), check: ofHTTP(home), far: true},
		{want: "http-silent", run: serve("nc -ll -p 80 -e sleep 60") + "sleep 0.5", check: ofHTTP(home), far: true},
		{want: "http-not-http", run: serve("nc -ll -p 80 -e echo hello") + "sleep 0.5", check: ofHTTP(home), far: true},
		{want: "http-not-found", run: serve(site) + served, check: ofHTTP(missing), args: args{"path": "/none"}},
		{want: "http-other-status", run: serve(site) + served, check: ofHTTP(status), args: args{"found": 200, "wanted": 404}},
		{want: "http-other-body", run: serve(site) + served, check: ofHTTP(salut), args: args{"found": "bonjour", "wanted": "salut"}},
		{want: "http-lacks-text", run: serve(site) + served, check: ofHTTP(text), args: args{"wanted": "salut"}},
	}
}

// TestUnanswered asserts what cannot be had at will: with its userland proxy, which is
// usual, Docker itself accepts every connection.
func TestUnanswered(t *testing.T) {
	for err, want := range map[error]string{
		syscall.ECONNREFUSED: "http-refused", syscall.ECONNRESET: "http-reset", io.EOF: "http-reset",
	} {
		d := unanswered(fmt.Errorf("asking: %w", err), &server{inside: "80"}, args{})
		if d.ID != want || d.Args["inside"] != "80" {
			t.Errorf("%v: got %+v, want %s", err, d, want)
		}
	}
}

// TestWaiting asserts that a server that was just started is waited for, that this ends,
// and that it passes as soon as it answers.
func TestWaiting(t *testing.T) {
	l := openLab(t, "", "")
	l.run(serve(`sh -c "until [ -e /go ]; do sleep 0.05; done; mkdir /www; echo bonjour >/www/index.html; exec httpd -f -h /www"`))
	ex := bind(l, lessons.Exercise{Checks: []lessons.Check{ofHTTP(lessons.HTTP{Container: "dt-web", Port: "80", Within: "30s"})}})
	ev := l.evidence()
	judge := func() Verdict { return Judge(context.Background(), ex, ev, nil)[0] }
	if v := judge(); v.Waiting() <= 0 || v.Waiting() > 30*time.Second || v.Diagnosis.Near {
		t.Errorf("got %+v, want it waited for, up to 30 s", v.Diagnosis)
	}
	ev.Now = time.Now().Add(31 * time.Second)
	if v := judge(); v.Waiting() != 0 || !v.Diagnosis.Near {
		t.Errorf("got %+v, want a wrong turn", v.Diagnosis)
	}
	l.must("docker exec dt-web touch /go; docker exec dt-web sh -c 'until wget -qO- 127.0.0.1; do sleep 0.1; done'")
	if v := judge(); v.Outcome != Passed || v.Waiting() != 0 {
		t.Errorf("got %s %+v, want passed", v.Outcome, v.Diagnosis)
	}
}

// TestWaitingForProbed asserts that a container's own health check, which goes on for ever,
// does not make it waited for for ever.
func TestWaitingForProbed(t *testing.T) {
	for name, test := range map[string]string{"by a shell": `--health-cmd "wget -q -O /dev/null 127.0.0.1"`, "no health check": ""} {
		t.Run(name, func(t *testing.T) {
			l := openLab(t, "", "")
			l.run("docker run -d --name dt-web -p 127.0.0.1::80 --health-interval 100ms " + test + " busybox sleep 600")
			if test != "" {
				l.must(`until [ "$(docker inspect -f '{{len .State.Health.Log}}' dt-web)" -ge 5 ]; do sleep 0.2; done`)
			}
			l.must("sleep 1.2")
			ex := bind(l, lessons.Exercise{Checks: []lessons.Check{ofHTTP(lessons.HTTP{Container: "dt-web", Port: "80", Within: "1s"})}})
			if v := Judge(context.Background(), ex, l.evidence(), nil)[0]; v.Outcome != Failed || v.Waiting() != 0 {
				t.Errorf("got %s, waited for %s: %+v; want a wrong turn", v.Outcome, v.Waiting(), v.Diagnosis)
			}
		})
	}
}

// compose makes a container as Compose does.
func composed(service, options, command string) string {
	return "docker run -d --name dt-shop-" + service + "-1 --label com.docker.compose.project=dt-shop --label com.docker.compose.service=" + service + " " + options + " busybox " + command + "\n"
}

func processTurns() []wrongTurn {
	two := "docker run -d --name dt-web busybox sh -c 'sleep 500 & exec sleep 600'\n"
	return []wrongTurn{
		{want: "process-not-there", setup: running(""), check: ofProcess(lessons.Process{Container: "dt-web", Command: "httpd"}), args: args{"found": "sleep 600"}, look: "docker top dt-web"},
		{name: "waited for", want: "process-not-there", run: running(""), check: ofProcess(lessons.Process{Container: "dt-web", Command: "httpd"}), far: true},
		{name: "not running", want: "container-never-started", run: create(""), check: ofProcess(lessons.Process{Container: "dt-web", Command: "sleep"})},
		{want: "process-still-runs", setup: running(""), check: ofProcess(lessons.Process{Container: "dt-web", Command: "sleep", State: "absent"})},
		{want: "process-other-user", setup: running(""), check: ofProcess(lessons.Process{Container: "dt-web", Command: "sleep", User: "1000"}), args: args{"found": "0"}},
		{want: "process-not-first", setup: two, check: ofProcess(lessons.Process{Container: "dt-web", Command: "sleep 500", First: true}), args: args{"found": "sleep 600"}},
	}
}

func composeTurns() []wrongTurn {
	one, three := 1, 3
	shop := func(services map[string]lessons.Service) lessons.Check {
		return ofCompose(lessons.Compose{Project: "dt-shop", Services: services})
	}
	web := map[string]lessons.Service{"web": {}}
	waits := map[string]lessons.Service{"web": {DependsOn: map[string]string{"db": "service_healthy"}}}
	gone := ofCompose(lessons.Compose{Project: "dt-shop", State: "absent"})
	return []wrongTurn{
		{want: "compose-no-project", check: shop(web), far: true},
		{want: "compose-other-project", run: "docker create --name dt-x --label com.docker.compose.project=dt-other busybox", check: shop(web)},
		{want: "compose-no-service", run: composed("db", "", "sleep 600"), check: shop(web), args: args{"found": "db", "service": "web"}},
		{want: "compose-count", run: composed("web", "", "sleep 600"), check: shop(map[string]lessons.Service{"web": {Running: &three}}), args: args{"found": 1, "wanted": 3, "state": Phrase("state-running")}},
		{name: "exited", want: "compose-count", run: composed("web", "", "sleep 600"), check: shop(map[string]lessons.Service{"web": {Exited: &one}}), args: args{"found": 0, "state": Phrase("state-exited")}},
		{want: "compose-exited", run: composed("web", "", "sh -c 'exit 3'") + "docker wait dt-shop-web-1", check: shop(web), args: args{"code": 3, "why": Phrase("exit-other")}},
		{want: "compose-no-condition", run: composed("web", "--label com.docker.compose.depends_on=db:service_started:false", "sleep 600"),
			check: shop(waits), args: args{"other": "db", "service": "web", "wanted": "service_healthy"}},
		{name: "of none", want: "compose-no-condition", run: composed("web", "", "sleep 600"), check: shop(waits)},
		{want: "compose-still-there", setup: composed("web", "", "sleep 600"), run: "docker stop -t 0 dt-shop-web-1", check: gone, args: args{"found": "web"}},
		{want: "compose-never-there", check: gone, far: true},
	}
}

func event(action string) lessons.Event { return lessons.Event{Type: "container", Action: action} }

func eventOn(name, action string) lessons.Event {
	return lessons.Event{Type: "container", Action: action, Name: name}
}

func sequenceTurns() []wrongTurn {
	restarted := ofSequence(eventOn("dt-web", "die"), eventOn("dt-web", "start"))
	return []wrongTurn{
		{want: "sequence-not-yet", run: running(""), check: ofSequence(eventOn("dt-web", "start"), eventOn("dt-web", "pause")), far: true, args: args{"before": "start", "wanted": "pause", "name": "dt-web", "type": Phrase("type-container")}},
		{name: "nothing", want: "event-not-yet-on", check: restarted, far: true},
		{want: "sequence-other-order", run: running("") + "; docker kill dt-web", awaits: anEnd, check: restarted, args: args{"before": "die", "wanted": "start"}},
	}
}

// inProcess is a registry for all tests, with another one that wants a user, and something
// that is none.
var inProcess = sync.OnceValue(func() (s struct{ open, closed, none string }) {
	handler := registry.New(registry.Logger(log.New(io.Discard, "", 0)))
	api := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Docker-Distribution-Api-Version", "registry/2.0")
		handler.ServeHTTP(w, r)
	})
	address := func(h http.Handler) string { return strings.TrimPrefix(httptest.NewServer(h).URL, "http://") }
	s.open = address(api)
	s.closed = address(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, password, _ := r.BasicAuth(); user != "tutor" || password != "whale" {
			w.Header().Set("WWW-Authenticate", `Basic realm="course"`)
			w.Header().Set("Docker-Distribution-Api-Version", "registry/2.0")
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		api.ServeHTTP(w, r)
	}))
	s.none = address(http.NotFoundHandler())
	return s
})

// push has the local image in the registry under that name.
func push(local, remote string) string {
	remote = inProcess().open + "/" + remote
	return "docker tag " + local + " " + remote + "; docker push -q " + remote + "; docker rmi " + remote + "\n"
}

func registryTurns() []wrongTurn {
	r := inProcess()
	bb := lessons.Registry{Address: r.open, Repository: "dt-bb", Tag: "1.0"}
	with := func(change func(*lessons.Registry)) lessons.Check {
		changed := bb
		change(&changed)
		return ofRegistry(changed)
	}
	same := with(func(r *lessons.Registry) { r.SameAs = "dt-app:1" })
	in, out := ofLogin(lessons.Login{Registry: r.closed}), ofLogin(lessons.Login{Registry: r.closed, State: "out"})
	return []wrongTurn{
		{want: "registry-silent", check: with(func(r *lessons.Registry) { r.Address = "localhost:1" }), far: true, args: args{"address": "localhost:1"}},
		{want: "registry-no-registry", check: with(func(n *lessons.Registry) { n.Address = r.none })},
		{want: "registry-refuses", check: with(func(n *lessons.Registry) { n.Address, n.User, n.Password = r.closed, "tutor", "shark" })},
		{want: "registry-missing", check: ofRegistry(bb), far: true, args: args{"wanted": "dt-bb:1.0"}},
		{want: "registry-other-tag", run: push("busybox", "dt-bb:1"), check: ofRegistry(bb), args: args{"found": "dt-bb:1"}},
		{want: "registry-other-repository", run: push("busybox", "dt-x/dt-bb:1.0"), check: ofRegistry(bb), args: args{"found": "dt-x/dt-bb"}},
		{want: "registry-still-there", setup: push("busybox", "dt-bb:1.0"), check: with(func(r *lessons.Registry) { r.State = "absent" })},
		{want: "registry-no-image", run: push("busybox", "dt-bb:1.0"), check: same},
		{want: "registry-other-image", setup: build("FROM busybox\\nENV A=1"), run: push("busybox", "dt-bb:1.0"), check: same, args: args{"other": "dt-app:1"}},
		{want: "login-not-yet", check: in, far: true},
		{want: "login-elsewhere", run: "mkdir config; echo '{\"auths\":{\"127.0.0.1:5000\":{}}}' >config/config.json", check: in, args: args{"found": "127.0.0.1:5000"}},
		{want: "login-still-in", run: loginTo(r.closed), check: out, far: true},
		{want: "login-never-in", check: out, far: true},
	}
}

// loginTo logs in for real, into a configuration of the test's own.
func loginTo(address string) string {
	return "echo whale | DOCKER_CONFIG=$PWD/config docker login -u tutor --password-stdin " + address + "\n"
}

func TestRightLiveWork(t *testing.T) {
	r := inProcess()
	home := ofHTTP(lessons.HTTP{Container: "dt-web", Port: "80", Equals: "bonjour"})
	two, none, one := 2, 0, 1
	shop := lessons.Compose{Project: "dt-shop", Services: map[string]lessons.Service{"web": {}, "db": {Running: &one}}}
	life := []lessons.Event{event("create"), event("start"), {Type: "container", Action: "die", Attributes: map[string]string{"exitCode": "0"}}, event("destroy")}
	bb := lessons.Registry{Address: r.open, Repository: "dt-bb", Tag: "1.0", SameAs: "dt-app:1"}
	login := loginTo(r.closed)
	testRightWays(t, []rightWay{
		{name: "http", run: serve(site) + served, check: home},
		{name: "http, missing as wanted", run: serve(site) + served, check: ofHTTP(lessons.HTTP{Container: "dt-web", Port: "80", Path: "/x", Status: 404})},
		{name: "process", run: serve(site) + served, check: ofProcess(lessons.Process{Container: "dt-web", Command: "httpd", First: true, User: "0"})},
		{name: "process of a user", run: running("-u 1000") + "; docker exec -d dt-web sleep 500; sleep 0.5", check: ofProcess(lessons.Process{Container: "dt-web", Command: "sleep 500", User: "1000"})},
		{name: "no such process", run: running(""), check: ofProcess(lessons.Process{Container: "dt-web", Command: "httpd", State: "absent"})},

		{name: "compose", run: composed("web", "", "sleep 600") + composed("db", "", "sleep 600") + composed("run", "--label com.docker.compose.oneoff=True", "true"), check: ofCompose(shop)},
		{name: "compose waits", run: composed("web", "--label com.docker.compose.depends_on=cache:service_started:false,db:service_healthy:true", "sleep 600"),
			check: ofCompose(lessons.Compose{Project: "dt-shop", Services: map[string]lessons.Service{"web": {DependsOn: map[string]string{"db": "service_healthy"}}}})},
		{name: "compose waits for more than the start", run: composed("web", "--label com.docker.compose.depends_on=db:service_healthy:true", "sleep 600"),
			check: ofCompose(lessons.Compose{Project: "dt-shop", Services: map[string]lessons.Service{"web": {DependsOn: map[string]string{"db": "service_started"}}}})},
		{name: "compose scaled", run: composed("web", "", "sleep 600") + strings.ReplaceAll(composed("web", "", "sleep 600"), "web-1", "web-2"),
			check: ofCompose(lessons.Compose{Project: "dt-shop", Services: map[string]lessons.Service{"web": {Running: &two, Exited: &none}, "old": {Running: &none}}})},
		{name: "compose down", setup: composed("web", "", "sleep 600"), run: "docker rm -f dt-shop-web-1", check: ofCompose(lessons.Compose{Project: "dt-shop", State: "absent"})},

		{name: "a life", run: "docker run --rm --name dt-web busybox true", awaits: aRemoval, check: ofSequence(life...)},
		{name: "a life among others", run: "docker run -d --name dt-other busybox sleep 600; docker create --name dt-web busybox true; docker start -a dt-web; docker rm dt-web", check: ofSequence(life...)},
		{name: "one after the other", run: running("") + "; docker rm -f dt-web; docker create --name dt-new busybox", awaits: []events.Action{events.ActionDestroy}, check: ofSequence(eventOn("dt-web", "destroy"), eventOn("dt-new", "create"))},

		{name: "an image's name come and gone", run: "docker tag busybox dt-img:v1; docker rmi dt-img:v1", check: ofSequence(
			lessons.Event{Type: "image", Action: "tag", Name: "dt-img:v1"}, lessons.Event{Type: "image", Action: "untag", Name: "dt-img:v1"})},

		{name: "pushed", setup: build("FROM busybox\\nENV B=1"), run: push("dt-app:1", "dt-bb:1.0"), check: ofRegistry(bb)},
		{name: "removed after it was pulled", setup: build("FROM busybox\\nENV B=2") + "docker tag dt-app:1 " + r.open + "/dt-cc:1; docker push -q " + r.open + "/dt-cc:1",
			run:   "docker pull -q " + r.open + "/dt-cc:1; docker rmi " + r.open + "/dt-cc:1",
			check: ofEvent(lessons.Event{Type: "image", Action: "untag", Name: r.open + "/dt-cc:1"})},
		{name: "not pushed", run: "true", check: ofRegistry(lessons.Registry{Address: r.open, Repository: "dt-none", State: "absent"})},
		{name: "pushed with a password", run: login + "docker tag busybox " + r.closed + "/dt-bb:2; DOCKER_CONFIG=$PWD/config docker push -q " + r.closed + "/dt-bb:2; docker rmi " + r.closed + "/dt-bb:2",
			check: ofRegistry(lessons.Registry{Address: r.closed, Repository: "dt-bb", Tag: "2", User: "tutor", Password: "whale"})},
		{name: "logged in", run: login, check: ofLogin(lessons.Login{Registry: r.closed})},
		{name: "logged out", run: login + "DOCKER_CONFIG=$PWD/config docker logout " + r.closed, check: ofLogin(lessons.Login{Registry: r.closed, State: "out"})},
	})
}

// TestHelperHasTheLastWord asserts that an entry whose secret a helper keeps counts only
// while the helper has it.
func TestHelperHasTheLastWord(t *testing.T) {
	folder := t.TempDir()
	program := filepath.Join(folder, "docker-credential-dttest")
	t.Setenv("PATH", folder+string(os.PathListSeparator)+os.Getenv("PATH"))
	config := &logins{CredsStore: "dttest", Auths: map[string]struct{}{"localhost:5756": {}}}
	for list, want := range map[string]int{`{"https://localhost:5756":"tutor"}`: 1, `{}`: 0, `broken`: 1} {
		if err := os.WriteFile(program, []byte("#!/bin/sh\n[ \"$1\" = list ] && echo '"+list+"'\n"), 0o755); err != nil {
			t.Fatal(err)
		}
		if got := config.registries(context.Background()); len(got) != want {
			t.Errorf("%s: got %v, want %d", list, got, want)
		}
	}
}

func TestRegistryHost(t *testing.T) {
	for name, want := range map[string]string{"https://index.docker.io/v1/": "docker.io", "docker.io": "docker.io", "localhost:5000": "localhost:5000", "http://localhost:5000/v2/": "localhost:5000"} {
		if got := registryHost(name); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}
