package checker

import (
	"testing"

	"docker-tutor/lessons"
)

func answerKindTurns() []wrongTurn {
	port := ofAnswer(lessons.Answer{Computed: "container-port", Container: "dt-web", Port: "8080"})
	published := running("-p 127.0.0.1::8080")
	return []wrongTurn{
		{want: "answer-other", setup: running("--memory 64m"), check: ofAnswer(lessons.Answer{Computed: "container-memory", Container: "dt-web"}), answers: []string{"64000000"}, args: args{"name": "dt-web"}, look: "docker inspect"},
		{name: "of the daemon", want: "answer-other", check: ofAnswer(lessons.Answer{Computed: "daemon-version"}), answers: []string{"1.0"}, look: "docker version"},
		{want: "answer-inside-port", setup: published, check: port, answers: []string{"8080"}, args: args{"name": "dt-web"}},
		{name: "of another port", want: "answer-inside-port", setup: running("-p 127.0.0.1::8080 -p 127.0.0.1::80"), check: port, answers: []string{"80/tcp"}},
		{want: "answer-no-part", setup: running(""), check: port, answers: []string{"8080"}, far: true, args: args{"part": "8080"}},
		{want: "answer-not-running", setup: create(""), check: ofAnswer(lessons.Answer{Computed: "container-processes", Container: "dt-web"}), answers: []string{"1"}, far: true, args: args{"found": Phrase("state-created")}},
		{name: "of a volume", want: "answer-nothing-there", check: ofAnswer(lessons.Answer{Computed: "volume-mountpoint", Volume: "dt-data"}), answers: []string{"/"}, far: true},
		{name: "the heading of the history", want: "answer-number", setup: build("FROM busybox\\nENV A=1"), check: ofAnswer(lessons.Answer{Computed: "image-history", Image: "dt-app:1"}), answers: []string{"90"}},
		{name: "too few layers", want: "answer-number", setup: build("FROM busybox\\nRUN echo 1 >/f"), check: ofAnswer(lessons.Answer{Computed: "image-layers-above", Image: "dt-app:1", Base: "busybox"}), answers: []string{"0"}},
	}
}

// TestRightAnswers asserts that what docker itself prints is right.
func TestRightAnswers(t *testing.T) {
	of := func(a lessons.Answer) lessons.Check { return ofAnswer(a) }
	web := func(computed string) lessons.Answer { return lessons.Answer{Computed: computed, Container: "dt-web"} }
	img := func(computed string) lessons.Answer { return lessons.Answer{Computed: computed, Image: "dt-app:1"} }
	built := build("FROM busybox\\nENV A=red B=2\\nRUN head -c 5000000 /dev/urandom >/big\\nRUN echo 1 >/small")
	answer := func(name string, a lessons.Answer, setup, given string) rightWay {
		return rightWay{name: name, setup: setup, run: "true", check: of(a), answers: []string{given}}
	}
	above, variable, imageVariable, port, ip := img("image-layers-above"), web("container-variable"), img("image-variable"), web("container-port"), web("container-ip")
	above.Base, variable.Variable, imageVariable.Variable, port.Port, ip.Network = "busybox", "A", "A", "80", "dt-net"
	testRightWays(t, []rightWay{
		answer("layers above", above, built, "2"),
		answer("largest layer", img("image-largest-layer"), built, "run"),
		answer("largest layer, whole", img("image-largest-layer"), built, "head -c 5000000 /dev/urandom >/big"),
		answer("history", img("image-history"), built, "$(docker history -q dt-app:1 | wc -l)"),
		answer("size", img("image-size"), built, "$(docker images --format '{{.Size}}' dt-app:1)"),
		answer("size in bytes", img("image-size"), built, "$(docker inspect -f '{{.Size}}' dt-app:1)"),
		answer("architecture", img("image-architecture"), built, "$(docker inspect -f '{{.Architecture}}' dt-app:1)"),
		answer("variables", img("image-variables"), built, "3"),
		answer("variable of an image", imageVariable, built, "red"),
		answer("variable of a container", variable, running("-e A=red -e A=blue"), "A=blue"),
		answer("address", ip, makeNetwork+running("--network dt-net"), "$(docker inspect -f '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' dt-web)"),
		answer("port", port, running("-p 127.0.0.1::80"), "$(docker port dt-web 80 | cut -d: -f2)"),
		answer("port with its address", port, running("-p 127.0.0.1::80"), "$(docker port dt-web 80)"),
		answer("memory", web("container-memory"), running("-m 64m"), "67108864"),
		answer("memory, in short", web("container-memory"), running("-m 64m"), "64M"),
		answer("restarts", web("container-restarts"), running(""), "0"),
		answer("pids", web("container-pids"), running(""), "1"),
		answer("processes", web("container-processes"), running("")+"; docker exec -d dt-web sleep 500; sleep 0.5", "2 processes"),
		answer("mount point", lessons.Answer{Computed: "volume-mountpoint", Volume: "dt-data"}, makeVolume, "$(docker volume inspect -f '{{.Mountpoint}}' dt-data)"),
		answer("volumes", lessons.Answer{Computed: "volumes", Label: "dt-n=1"}, "docker volume create --label dt-n=1 dt-data", "1"),
		answer("stopped", lessons.Answer{Computed: "stopped-containers", Label: "dt-n=1"}, create("--label dt-n=1")+"; docker run -d --name dt-b --label dt-n=1 busybox sleep 600", "1"),
		answer("gateway", lessons.Answer{Computed: "network-gateway", Network: "dt-net"}, "docker network create --subnet 10.214.7.0/24 --gateway 10.214.7.9 dt-net", "10.214.7.9"),
		answer("subnet", lessons.Answer{Computed: "network-subnet", Network: "dt-net"}, "docker network create --subnet 10.214.8.0/24 dt-net", "10.214.8.0/24"),
		answer("kernel", lessons.Answer{Computed: "daemon-kernel"}, "", "$(docker run --rm busybox uname -r)"),
		answer("version", lessons.Answer{Computed: "daemon-version"}, "", "$(docker version -f '{{.Server.Version}}')"),
		answer("registry", lessons.Answer{Computed: "daemon-registry"}, "", "https://index.docker.io/v1"),
	})
}

// TestCountsOfAll computes what counts everybody's objects: it says something, whatever
// else the daemon holds.
func TestCountsOfAll(t *testing.T) {
	for _, kind := range []string{"intermediate-images", "privileged-containers", "volumes", "stopped-containers"} {
		if got, err := Truth(t.Context(), connect(t), &lessons.Answer{Computed: kind}); err != nil || got == "" {
			t.Errorf("%s: got %q (%v), want a number", kind, got, err)
		}
	}
}
