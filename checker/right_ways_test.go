package checker

import (
	"context"
	"strings"
	"testing"

	"docker-tutor/lessons"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/go-connections/nat"
)

// TestRightWays asserts that every way to the goal counts.
func TestRightWays(t *testing.T) {
	yes, no, zero, one, two, three, code := true, false, 0, 1, 2, 3, 127
	sameAs := ofImage(lessons.Image{Name: "dt-img:v1", SameAs: "busybox"})
	running := ofContainer(lessons.Container{Name: "dt-web", State: "running", Image: "busybox", Command: []string{"sleep", "600"}})
	published := ofContainer(lessons.Container{Name: "dt-web", Publish: []string{"18080:80"}})
	names := ofAnswer(lessons.Answer{Computed: "image-names", Reference: "dt-shop"})
	tags := "for i in 1 2 3; do docker tag busybox dt-shop:$i; done\n"
	nameless := "echo FROM busybox | docker build -q --label dt-lab=1 --label dt-batch=attic -\n"
	exited3 := "docker run --name dt-web busybox sh -c 'exit 3' || true"
	testRightWays(t, []rightWay{
		{name: "tag", run: "docker tag busybox dt-img:v1", check: sameAs},
		{name: "image tag by full name", run: "docker image tag docker.io/library/busybox:latest docker.io/library/dt-img:v1", check: sameAs},
		{name: "tag by ID", run: "docker tag $(docker images -q busybox:latest) dt-img:v1", check: sameAs},
		{name: "name without a tag", run: "docker tag busybox dt-img:latest", check: ofImage(lessons.Image{Name: "dt-img"})},
		{name: "label", run: buildOne, check: ofImage(lessons.Image{Name: "dt-app:1", Labels: map[string]string{"dt-lab": "1"}})},
		{name: "old image kept", before: "docker tag busybox dt-img:v1", check: keep(sameAs)},
		{name: "rmi", setup: "docker tag busybox dt-img:v1", run: "docker rmi dt-img:v1", check: ofImage(lessons.Image{Name: "dt-img:v1", State: "absent"})},
		{name: "made and removed", run: "docker tag busybox dt-img:v1; docker image rm dt-img:v1", check: ofImage(lessons.Image{Name: "dt-img:v1", State: "absent"})},

		{name: "set of names on one old image", setup: tags, run: "docker tag busybox dt-shop:4", check: ofImages(lessons.Images{Reference: "dt-shop:*", Min: 1, Max: &one})},
		{name: "set by label", run: nameless, check: ofImages(lessons.Images{Label: "dt-batch=attic", Dangling: &yes, Min: 1})},
		{name: "set with names", run: buildOne + nameless, check: ofImages(lessons.Images{Label: "dt-lab", Dangling: &no, Min: 1, Max: &one})},
		{name: "old ones are not counted", before: "docker tag busybox dt-shop:1", check: ofImages(lessons.Images{Reference: "dt-shop", Max: &two})},
		{name: "pruned", setup: nameless, run: "docker image prune -f --filter label=dt-batch=attic", check: ofImages(lessons.Images{Label: "dt-batch=attic", Dangling: &yes, Max: &zero})},
		{name: "removed by ID", setup: nameless, run: "docker rmi $(docker images -q -f label=dt-batch)", check: ofImages(lessons.Images{Label: "dt-batch=attic", Max: &zero})},
		{name: "names removed", setup: tags, run: "docker rmi dt-shop:1 dt-shop:2 dt-shop:3", check: ofImages(lessons.Images{Reference: "dt-shop", Max: &zero})},

		{name: "name made and removed", run: "docker tag busybox dt-shop:1; docker rmi dt-shop:1", check: ofImages(lessons.Images{Reference: "dt-shop:*", Max: &zero})},
		{name: "nameless made and removed", run: nameless + "docker rmi $(docker images -q -f label=dt-batch)", check: ofImages(lessons.Images{Label: "dt-batch=attic", Dangling: &yes, Max: &zero})},

		{name: "run", run: "docker run -d --name dt-web busybox sleep 600", check: running},
		{name: "create, start, restart", run: "docker create --name dt-web busybox:latest sleep 600; docker start dt-web; docker restart -t 0 dt-web", check: running},
		{name: "image by ID", run: "docker container run -d --name dt-web $(docker images -q busybox:latest) sleep 600", check: running},
		{name: "renamed to it", run: "docker run -d --name dt-other busybox sleep 600; docker rename dt-other dt-web", check: running},
		{name: "command of an entry point", run: "docker run -d --name dt-web --entrypoint sleep busybox 600", check: running},
		{name: "paused", setup: sleeper, run: "docker pause dt-web", check: ofContainer(lessons.Container{Name: "dt-web", State: "paused"})},
		{name: "stopped", setup: sleeper, run: "docker stop -t 0 dt-web", check: ofContainer(lessons.Container{Name: "dt-web", State: "exited"})},
		{name: "code of a failed start", run: "docker run --name dt-web busybox nosuch", check: ofContainer(lessons.Container{Name: "dt-web", ExitCode: &code})},
		{name: "code of an exit", run: exited3, check: ofContainer(lessons.Container{Name: "dt-web", State: "exited", ExitCode: &three})},
		{name: "removed", setup: sleeper, run: "docker stop -t 0 dt-web; docker rm dt-web", check: ofContainer(lessons.Container{Name: "dt-web", State: "absent"})},
		{name: "removed by force", setup: sleeper, run: "docker container rm -f dt-web", check: ofContainer(lessons.Container{Name: "dt-web", State: "absent"})},
		{name: "removed itself", run: "docker run --rm --name dt-web busybox true", check: ofContainer(lessons.Container{Name: "dt-web", State: "absent"})},
		{name: "publish", run: "docker create --name dt-web -p 127.0.0.1:18080:80 -p 18081:81/udp busybox", check: published},
		{name: "publish a range", run: "docker create --name dt-web --publish 18079-18081:79-81 busybox", check: published},
		{name: "settings", run: "docker create --name dt-web -e A=1 -l team=amber --restart unless-stopped busybox",
			check: ofContainer(lessons.Container{Name: "dt-web", State: "created", Env: map[string]string{"A": "1"}, Labels: map[string]string{"team": "amber"}, Restart: "unless-stopped"})},
		{name: "last of the variables", run: "echo A=2 > list; docker create --name dt-web --env-file list -e A=1 busybox",
			check: ofContainer(lessons.Container{Name: "dt-web", Env: map[string]string{"A": "1"}, Restart: "no"})},
		{name: "restart policy changed later", run: "docker create --name dt-web busybox; docker update --restart on-failure:3 dt-web",
			check: ofContainer(lessons.Container{Name: "dt-web", Restart: "on-failure"})},

		{name: "event tag", run: "docker tag busybox docker.io/library/dt-img:v1", check: ofEvent(lessons.Event{Type: "image", Action: "tag", Name: "dt-img:v1"})},
		{name: "event untag", setup: "docker tag busybox dt-img:v1", run: "docker rmi dt-img:v1", check: ofEvent(lessons.Event{Type: "image", Action: "untag", Name: "dt-img:v1"})},
		{name: "event untag, then back", setup: "docker tag busybox dt-img:v1", run: "docker rmi dt-img:v1; docker tag busybox dt-img:v1",
			check: ofEvent(lessons.Event{Type: "image", Action: "untag", Name: "dt-img:v1"})},
		{name: "event delete", run: buildOne + "docker rmi dt-app:1", check: ofEvent(lessons.Event{Type: "image", Action: "delete", Name: "dt-app:1"})},
		{name: "event die", run: exited3, awaits: anEnd, check: ofEvent(lessons.Event{Type: "container", Action: "die", Name: "dt-web", Attributes: map[string]string{"exitCode": "3", "image": "busybox:latest"}})},
		{name: "event exec", setup: sleeper, run: "docker exec dt-web env", check: ofEvent(lessons.Event{Type: "container", Action: "exec_create", Name: "dt-web"})},
		{name: "event exec of a command", setup: sleeper, run: "docker exec dt-web env", check: ofEvent(lessons.Event{Type: "container", Action: "exec_start: env", Name: "dt-web"})},
		{name: "event without a name", run: "docker network create dt-net", check: ofEvent(lessons.Event{Type: "network", Action: "create", Attributes: map[string]string{"name": "dt-net"}})},
		{name: "event of a volume", run: "docker volume create dt-data", check: ofEvent(lessons.Event{Type: "volume", Action: "create", Name: "dt-data"})},

		{name: "names", setup: tags, check: names, answers: []string{"3"}},
		{name: "names, in words", setup: tags, check: names, answers: []string{"1", " \"03 images\" "}},
		{name: "names plus one", setup: tags, check: ofAnswer(lessons.Answer{Computed: "image-names", Reference: "dt-shop", Plus: 1}), answers: []string{"4."}},
		{name: "images", setup: tags + buildOne + "docker tag dt-app:1 dt-shop:5", check: ofAnswer(lessons.Answer{Computed: "images", Reference: "dt-shop"}), answers: []string{"2"}},
		{name: "images without a name", setup: nameless + buildOne, check: ofAnswer(lessons.Answer{Computed: "images", Label: "dt-lab", Dangling: &yes}), answers: []string{"1"}},
		{name: "a command in another spelling", check: ofAnswer(lessons.Answer{Is: []string{"docker cp app.conf web:/etc/"}}), answers: []string{"docker container cp ./app.conf web:/etc/"}},
		{name: "a command in another order", check: ofAnswer(lessons.Answer{Is: []string{"docker build -f Dockerfile.prod -t q:1 ."}}), answers: []string{"docker build . -t q:1 --file=Dockerfile.prod"}},
		{name: "with commas", check: ofAnswer(lessons.Answer{Is: []string{"build run"}}), answers: []string{"build, run."}},
		{name: "with an arrow", check: ofAnswer(lessons.Answer{Is: []string{"build run"}}), answers: []string{"build -> run"}},
		{name: "a version", check: ofAnswer(lessons.Answer{Is: []string{"20.10.24"}}), answers: []string{"v20.10.24"}},
		{name: "full ID", setup: buildOne, check: ofAnswer(lessons.Answer{Computed: "image-id", Image: "dt-app:1"}), answers: []string{"$(docker images -q --no-trunc dt-app)"}},
		{name: "64 digits", setup: buildOne, check: ofAnswer(lessons.Answer{Computed: "image-id", Image: "dt-app:1"}), answers: []string{"$(docker images -q --no-trunc dt-app | cut -d: -f2 | tr a-f A-F)"}},
		{name: "ID without a name", setup: nameless, check: ofAnswer(lessons.Answer{Computed: "image-id", Label: "dt-batch", Dangling: &yes}), answers: []string{"$(docker images -q --no-trunc -f label=dt-batch)"}},
		{name: "value of a label", setup: "echo FROM busybox | docker build -q --label team=Amber -t dt-app:1 -", check: ofAnswer(lessons.Answer{Computed: "image-label", Image: "dt-app:1", Label: "team"}), answers: []string{"`amber`"}},
		{name: "layers", setup: "printf 'FROM busybox\nRUN echo 1 > /f' | docker build -q -t dt-app:1 -", check: ofAnswer(lessons.Answer{Computed: "image-layers", Image: "dt-app:1"}), answers: []string{"2"}},
		{name: "containers", setup: "docker create --name dt-a --label dt-n=1 busybox; docker run -d --name dt-b --label dt-n=1 busybox sleep 600",
			check: ofAnswer(lessons.Answer{Computed: "containers", Label: "dt-n", State: "created"}), answers: []string{"1"}},
		{name: "exit code", setup: exited3, check: ofAnswer(lessons.Answer{Computed: "container-exit-code", Container: "dt-web"}), answers: []string{"code", "3"}},
		{name: "text", check: ofAnswer(lessons.Answer{Is: []string{"run", "the RUN instruction"}}), answers: []string{"«\u00a0The  run instruction\u00a0»"}},
	})
}

// TestByTheEngineAPI asserts that no docker command is needed.
func TestByTheEngineAPI(t *testing.T) {
	l := openLab(t, "", "")
	ctx := context.Background()
	made, err := l.daemon.ContainerCreate(ctx,
		&container.Config{Image: "busybox", Cmd: []string{"sleep", "600"}, Env: []string{"A=1"}, ExposedPorts: nat.PortSet{"80/tcp": {}}},
		&container.HostConfig{PortBindings: nat.PortMap{"80/tcp": {{HostIP: "127.0.0.1"}}}},
		nil, nil, l.own("dt-web"))
	if err != nil {
		t.Fatal(err)
	}
	if err := l.daemon.ContainerStart(ctx, made.ID, container.StartOptions{}); err != nil {
		t.Fatal(err)
	}
	port := strings.TrimSpace(l.run("docker port dt-web 80 | cut -d: -f2"))
	v := l.judge(ofContainer(lessons.Container{
		Name: "dt-web", State: "running", Image: "busybox", Env: map[string]string{"A": "1"}, Publish: []string{port + ":80"},
	}))
	if v.Outcome != Passed {
		t.Errorf("got %s %+v, want passed", v.Outcome, v.Diagnosis)
	}
}
