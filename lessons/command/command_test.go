package command

import (
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// equals holds a line against others that mean the same.
func TestOneMeaning(t *testing.T) {
	for _, same := range [][]string{
		{"docker ps", "docker container ls", "docker container list", "docker container ps", "docker -H tcp://x ps", "docker --context=y -D ps", "docker ps --all=false", `"docker" 'ps'`},
		{"docker ps -a", "docker ps --all", "docker ps --all=true", "docker ps -a=1", "docker ps -aq", "docker ps -a --format '{{.ID}}'", "docker ps --no-trunc -a"},
		{"docker ps -af status=exited", "docker ps -a --filter status=exited", "docker ps --filter=status=exited --all", "docker ps -fstatus=exited -a", "docker ps -f 'Status = exited' -a", "docker ps -a -f status=exited -f status=exited"},
		{"docker ps -l", "docker ps -n 1", "docker ps -n1", "docker ps --last=1", "docker ps --latest"},
		{"docker images", "docker image ls", "docker image list", "docker images --digests"},
		{"docker images busybox", "docker images --filter reference=busybox", "docker image ls -q busybox"},
		{"docker rmi a:1", "docker image rm a:1", "docker image remove a:1", "docker rmi -- a:1"},
		{"docker logs -f web", "docker container logs --follow web", "docker logs web -f", "docker logs -f --tail 5 web", "docker logs -ft web"},
		{"docker exec web ls -l", "docker exec -it web ls -l", "docker container exec --tty web ls -l", "docker exec web /bin/ls -l", "docker exec web busybox ls -l"},
		{"docker top web", "docker top web -o pid"},
		{"docker build -t a .", "docker image build --tag a .", "docker buildx build . -t a", "docker builder build -ta ./", "docker buildx b --progress plain -t a ."},
		{"docker builder prune", "docker buildx prune", "docker builder prune -f"},
		{"docker events --since 5m", "docker system events --since 300s", "docker events --since=5m0s --until 0s"},
		{"docker run -it busybox sh -c 'echo hi'", `docker run --rm -ti -e A=1 busybox sh -c "echo hi"`, "docker container run -it busybox sh -c echo\\ hi"},
		{"docker compose up -d", "docker compose -f x.yaml -p dt up --detach", "docker compose --project-name=dt up -d"},
		{"docker compose exec web ls -l", "docker compose exec -it web ls -l", "docker compose exec -T web ls -l"},
		{"docker info", "docker system info"},
		{"docker stop -t 1 web", "docker stop --time 1 web", "docker container stop --timeout=1 web"},
		{"docker container rm web", "docker rm web"},
		{"docker search busybox", "docker search --limit 3 busybox", "docker search busybox --limit 25"},
		{"docker cp web:/etc/x .", "docker container cp web:/etc/x ./"},
	} {
		wanted := mustParse(t, same[0])
		for _, line := range same {
			if d := wanted.Compare(mustParse(t, line), never); len(d) > 0 {
				t.Errorf("%s: got %+v from %s, want no difference", line, d, same[0])
			}
		}
	}
}

// TestNeighbours holds commands that are near each other apart, both ways.
func TestNeighbours(t *testing.T) {
	for _, group := range [][]string{
		{"docker ps", "docker ps -a", "docker ps -l", "docker ps -n 2", "docker ps -s", "docker ps -f status=exited", "docker images", "docker stats"},
		{"docker logs web", "docker logs -f web", "docker attach web", "docker logs db", "docker events"},
		{"docker stats", "docker stats --no-stream", "docker stats -a", "docker stats web", "docker stats --no-stream web"},
		{"docker port web", "docker inspect web", "docker container inspect web", "docker port web 80", "docker top web", "docker diff web"},
		{"docker volume ls", "docker volume inspect data", "docker volume ls -f dangling=true", "docker network ls"},
		{"docker history a", "docker image inspect a", "docker inspect a", "docker history b", "docker images a"},
		{"docker events", "docker events --since 5m", "docker events --since 10m", "docker events -f event=die"},
		{"docker images", "docker images -a", "docker images -f dangling=true", "docker images -f dangling=false", "docker images busybox"},
		{"docker exec web ls", "docker exec -d web ls", "docker exec web ls -l", "docker exec web ps"},
		{"docker run a", "docker run -d a", "docker run a true", "docker run --entrypoint sh a", "docker run --entrypoint '' a", "docker create a"},
		{"docker rm web", "docker rm -f web", "docker stop web", "docker rm db"},
		{"docker system df", "docker system prune", "docker system prune -a", "docker system prune -a --volumes"},
		{"docker build .", "docker build --no-cache .", "docker build -f x .", "docker build sub", "docker build --target t ."},
		{"docker compose up", "docker compose up -d", "docker compose logs", "docker compose logs -f", "docker compose logs web", "docker compose ps", "docker compose ps -a"},
	} {
		for _, a := range group {
			for _, b := range group {
				if d := mustParse(t, a).Compare(mustParse(t, b), never); (len(d) == 0) != (a == b) {
					t.Errorf("%s is wanted, %s was run: got %+v", a, b, d)
				}
			}
		}
	}
}

// What the teacher names must be there.
func TestNamedOptions(t *testing.T) {
	for _, test := range []struct {
		wanted, ran string
		what        []What
	}{
		{"docker ps -q", "docker ps", []What{MissingOption}},
		{"docker ps --format json", "docker ps --format table", []What{OtherValue}},
		{"docker ps --format ANY", "docker ps --format table", nil},
		{"docker logs --tail 5 web", "docker logs --tail 6 web", []What{OtherValue}},
		{"docker logs --tail 5 web", "docker logs -n 5 web", nil},
		{"docker logs --tail 5 web", "docker logs -f db", []What{OtherArgument, MissingOption, ExtraOption}},
		{"docker run --rm ANY ANY", "docker run --rm busybox echo hi", nil},
		{"docker run --rm ANY ANY", "docker run busybox echo hi", []What{MissingOption}},
		{"docker exec -it web ANY", "docker exec -it web sh", nil},
		{"docker exec -it web ANY", "docker exec -t web sh", []What{MissingOption}},
		{"docker run -e A=1 busybox", "docker run -e A=2 -e B=3 busybox", nil}, // values of variables are not kept
		{"docker run -e A=1 busybox", "docker run -e B=1 busybox", []What{OtherValue}},
		{"docker build -t a .", "docker build -t a -t b /home/me/lab/", nil},
		{"docker build sub", "docker build /home/me/lab/sub", nil},
		{"docker build sub", "docker build /home/me/lab/sup", []What{OtherArgument}},
		{"docker rm a b", "docker rm b a", nil},
		{"docker rm a", "docker rm b a", nil},
		{"docker rm a b", "docker rm b", []What{OtherArgument}},
		{"docker events -f container=ANY -f event=die", "docker events -f event=die -f container=x", nil},
		{"docker events -f image=a -f ANY", "docker events -f event=die -f image=a", nil},
		{"docker events -f image=a -f ANY", "docker events -f image=a", nil},
		{"docker events -f image=a -f ANY", "docker events -f image=b -f event=die", []What{OtherValue}},
		{"docker exec web ls", "docker exec -u 1 -w / web ls", nil},
		{"docker exec -u 1 web ls", "docker exec web ls", []What{MissingOption}},
		{"docker history --no-trunc a", "docker history a --no-trunc -q", nil},
		{"docker history -H=false a", "docker history a", []What{MissingOption}},
	} {
		var got []What
		for _, d := range mustParse(t, test.wanted).Compare(mustParse(t, test.ran), never) {
			got = append(got, d.What)
		}
		if !slices.Equal(got, test.what) {
			t.Errorf("%s, %s: got %v, want %v", test.wanted, test.ran, got, test.what)
		}
	}
}

func TestNotUnderstood(t *testing.T) {
	for _, test := range []struct {
		line, want string
		at         int
	}{
		{"", "nothing is written here; a docker command is wanted, such as docker ps -a", 0},
		{"podman ps", "a docker command is wanted here; this begins with podman", 0},
		{"docker", "docker needs a command; known are attach, ", 0},
		{"docker pz", `docker has no command "pz"; did you mean "ps"?`, 7},
		{"docker hsitory", `docker has no command "hsitory"; did you mean "history"?`, 7},
		{"docker container lst", `docker has no command "container lst"; did you mean "container list"?`, 17},
		{"docker xyzzy", `"xyzzy" is not a docker command that is known here; known are `, 7},
		{"docker ps --al", "docker ps has no option --al; did you mean --all?", 10},
		{"docker ps -z", "docker ps has no option -z", 10},
		{"docker ps -f", "the option -f of docker ps needs a value", 10},
		{"docker ps --all=perhaps", `the option -a is there or it is not: "perhaps" is no value for it`, 10},
		{"docker ps web", `"web" is one word too many: write docker ps`, 10},
		{"docker logs", "an argument is missing: write docker logs CONTAINER", 7},
		{"docker logs a b", `"b" is one word too many: write docker logs CONTAINER`, 14},
		{"docker exec web", "an argument is missing: write docker exec CONTAINER COMMAND", 12},
		{"docker search x --registry y", "docker search has no option --registry", 16},
		{"docker ps | grep x", "one docker command is wanted here, without a pipe, && or anything else of the shell", 0},
		{"docker ps && true", "one docker command is wanted here, without a pipe, && or anything else of the shell", 0},
		{"docker ps; docker ps", "a second command begins here; write one docker command, and a check for each", 11},
		{"docker ps > x", "a redirection is the shell's and not docker's; leave it out", 10},
		{"docker ps &", "this would run in the background; write the docker command alone", 10},
		{"A=1 docker ps", "a variable is set here; write the docker command alone", 0},
		{"docker logs $web", "the shell would put something else here; write what docker gets, and {{.name}} for a variable of the lesson", 12},
		{`docker logs "$(x)"`, "the shell would put something else here; write what docker gets, and {{.name}} for a variable of the lesson", 13},
		{"docker logs 'web", "this is not shell: ", 12},
		{"docker ps --help", "docker answers --help by itself and asks no daemon, so that no check can see it", 10},
		{"docker --version", "docker answers --version by itself and asks no daemon, so that no check can see it; docker version asks", 7},
	} {
		_, err := Parse(test.line)
		e, ok := err.(*Error)
		if !ok || !strings.HasPrefix(e.Message, test.want) || e.At != test.at {
			t.Errorf("%q: got %+v, want %q at %d", test.line, err, test.want, test.at)
		}
	}
}

func TestFromArgv(t *testing.T) {
	for _, test := range []struct{ argv, want string }{
		{"/usr/bin/docker ps -a", "docker ps -a"},
		{"docker.exe container ls", "docker ps"},
		{"/usr/libexec/docker/cli-plugins/docker-buildx buildx build -t a .", "docker build -t a ."},
		{"/usr/libexec/docker/cli-plugins/docker-compose --context x compose -p dt up -d", "docker compose up -d"},
		{"docker-compose -p dt logs web", "docker compose logs web"},
		{"docker-compose up", "docker compose up"},
	} {
		got, err := FromArgv(strings.Fields(test.argv))
		if err != nil || got.String() != test.want {
			t.Errorf("%s: got %v, %v, want %s", test.argv, got, err, test.want)
		}
	}
	for _, argv := range [][]string{nil, {""}, {"curl", "ps"}, {"docker"}, {"dockerd", "ps"}} {
		if got, err := FromArgv(argv); err == nil {
			t.Errorf("%q: got %v, want an error", argv, got)
		}
	}
}

func TestOffline(t *testing.T) {
	for line, want := range map[string]bool{"docker context ls": true, "docker logout": true, "docker compose config": true, "docker version": false, "docker info": false, "docker ps": false} {
		if got := mustParse(t, line).Offline(); (got != "") != want {
			t.Errorf("%s: got %q", line, got)
		}
	}
}

// TestTableKnowsTheCLI holds the table against the docker CLI at hand: every option, and
// whether it takes a value.
func TestTableKnowsTheCLI(t *testing.T) {
	if _, err := exec.LookPath("docker"); err != nil {
		t.Skip("there is no docker command here")
	}
	line := regexp.MustCompile(`(?m)^ {2,6}(?:(-\w), )?--([\w-]+)( [a-z-]+)?(?: {2,}|$)`)
	seen := map[string]bool{}
	for spelling, s := range commands().specs {
		if seen[s.path] || spelling != s.path {
			continue
		}
		seen[s.path] = true
		out, err := exec.Command("docker", append(strings.Fields(s.path), "--help")...).CombinedOutput()
		if err != nil || !strings.Contains(string(out), "Usage:  docker "+s.short) && !strings.Contains(string(out), "Usage:  docker "+s.path) {
			continue // a plugin that is not there
		}
		_, options, _ := strings.Cut(string(out), "Options:")
		for _, m := range line.FindAllStringSubmatch(options, -1) {
			o := s.byName["--"+m[2]]
			switch {
			case m[2] == "help":
			case o == nil:
				t.Errorf("docker %s has --%s, which the table does not know", s.path, m[2])
			case m[1] != "" && o.short != m[1]:
				t.Errorf("docker %s: --%s is %s, the table says %q", s.path, m[2], m[1], o.short)
			case (m[3] != "") != s.takesValue(o):
				t.Errorf("docker %s: --%s%s, the table says that it takes a value: %v", s.path, m[2], m[3], s.takesValue(o))
			}
		}
	}
	if len(seen) < 90 {
		t.Errorf("got %d commands, want all of the table", len(seen))
	}
}

func TestOptionsOfOneCommandDiffer(t *testing.T) {
	for _, s := range commands().specs {
		short := map[string]string{}
		for _, o := range s.options {
			if other := short[o.short]; o.short != "" && other != "" {
				t.Errorf("docker %s: %s is --%s and --%s", s.path, o.short, other, o.name)
			}
			short[o.short] = o.name
			if o.other != "" && s.byName["--"+o.other] == nil {
				t.Errorf("docker %s: --%s is another spelling of --%s, which is not there", s.path, o.name, o.other)
			}
		}
	}
}

func mustParse(t testing.TB, line string) Command {
	t.Helper()
	c, err := Parse(line)
	if err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	return c
}

func never(Kind, string, string) bool { return false }

func BenchmarkFromArgv(b *testing.B) {
	argv := strings.Fields("docker ps -a --filter status=exited --format {{.ID}}")
	for b.Loop() {
		FromArgv(argv)
	}
}

func BenchmarkReadTable(b *testing.B) {
	for b.Loop() {
		readTable(commandsText)
	}
}

func BenchmarkRedact(b *testing.B) {
	argv := strings.Fields("docker run -it --rm -e A=b --name web -p 80:80 busybox sh -c ls")
	for b.Loop() {
		Redact(argv)
	}
}
