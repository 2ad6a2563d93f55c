package checker

import (
	"strings"
	"testing"
	"time"

	"docker-tutor/lessons"

	"github.com/docker/docker/api/types/events"
)

// web is a container of that name with these options wanted.
func web(o lessons.ContainerOptions) lessons.Check {
	return ofContainer(lessons.Container{Name: "dt-web", ContainerOptions: o})
}

// app is an image of that name with these options wanted.
func app(o lessons.ImageOptions) lessons.Check {
	return ofImage(lessons.Image{Name: "dt-app:1", ImageOptions: o})
}

// create makes the container dt-web with these options of docker run.
func create(options string) string {
	return "docker create --name dt-web " + options + " busybox sleep 600"
}

// running starts it.
func running(options string) string {
	return "docker run -d --name dt-web " + options + " busybox sleep 600"
}

// build makes the image dt-app:1 from these lines.
func build(lines string) string { return buildAs("dt-app:1", lines) }

// buildAs has a label of the lab's own come first, so that builds of two labs have no
// intermediate image in common: one lab's clean-up would take it from under the other.
func buildAs(name, lines string) string {
	lines = strings.Replace(lines, "\\n", "\\nLABEL dt-lab=1\\n", 1)
	return "printf '" + lines + "\\n' | docker build -q --label dt-lab=1 -t " + name + " -\n"
}

const unwell = "--health-interval 0.2s --health-retries 1 --health-cmd "

func optionTurns() []wrongTurn {
	yes, no := true, false
	mounted := func(m lessons.Mount) lessons.Check { return web(lessons.ContainerOptions{Mounts: []lessons.Mount{m}}) }
	data := lessons.Mount{Target: "/data", Source: "dt-data"}
	readOnly := data
	readOnly.ReadOnly = &yes
	writable := data
	writable.ReadOnly = &no
	return []wrongTurn{
		{want: "container-port-other-address", run: create("-p 18080:80"), args: args{"found": "0.0.0.0:18080:80", "wanted": "127.0.0.1:18080:80"},
			check: ofContainer(lessons.Container{Name: "dt-web", Publish: []string{"127.0.0.1:18080:80"}})},
		{want: "container-option-missing", run: create(""), check: web(lessons.ContainerOptions{Memory: "64m"}), args: args{"option": "--memory", "wanted": "64MiB"}},
		{name: "no capability dropped", want: "container-option-missing", run: create(""), check: web(lessons.ContainerOptions{CapDrop: []string{"ALL"}}), args: args{"option": "--cap-drop", "wanted": "ALL"}},
		{name: "memory", want: "container-option-other", run: create("-m 128m"), check: web(lessons.ContainerOptions{Memory: "64m"}), args: args{"found": "128MiB", "wanted": "64MiB"}},
		{name: "of a list", want: "container-switch-unwanted", run: create("--cap-add NET_ADMIN"), check: web(lessons.ContainerOptions{CapAdd: []string{}}), args: args{"option": "--cap-add"}},
		{name: "swap", want: "container-option-other", run: create("-m 64m"), check: web(lessons.ContainerOptions{Memory: "64m", MemorySwap: "64m"}), args: args{"option": "--memory-swap", "found": "128MiB", "wanted": "64MiB"}},
		{name: "cpus", want: "container-option-other", run: create("--cpus 5e-1 --cpus 1"), check: web(lessons.ContainerOptions{CPUs: "0.50"}), args: args{"found": "1", "wanted": "0.5"}},
		{name: "user", want: "container-option-other", run: create("-u 1000"), check: web(lessons.ContainerOptions{User: "1000:1000"}), args: args{"option": "--user"}},
		{name: "processes", want: "container-option-other", run: create("--pids-limit 5"), check: web(lessons.ContainerOptions{PidsLimit: 50}), args: args{"found": "5"}},
		{name: "device", want: "container-option-other", run: create("--device /dev/zero"), check: web(lessons.ContainerOptions{Devices: []string{"/dev/zero:/dev/dtzero"}}), args: args{"found": "/dev/zero:/dev/zero"}},
		{name: "sysctl", want: "container-option-other", run: create("--sysctl kernel.msgmax=1"), check: web(lessons.ContainerOptions{Sysctls: map[string]string{"kernel.msgmax": "4096"}})},
		{name: "network", want: "container-option-other", run: create(""), check: web(lessons.ContainerOptions{Network: "none"}), args: args{"found": "bridge"}},
		{name: "published on ports of one's own", want: "container-switch-missing", run: create("-p 127.0.0.1:18081:80 --expose 80"), check: web(lessons.ContainerOptions{PublishAll: &yes}), args: args{"option": "-P"}},
		{want: "container-switch-missing", run: create(""), check: web(lessons.ContainerOptions{ReadOnly: &yes}), args: args{"option": "--read-only"}, look: "docker inspect -f '{{json .HostConfig.ReadonlyRootfs}}' dt-web"},
		{want: "container-switch-unwanted", run: create("--privileged"), check: web(lessons.ContainerOptions{Privileged: &no}), args: args{"option": "--privileged"}},

		{want: "container-mount-missing", run: create(""), check: mounted(data), args: args{"target": "/data"}},
		{want: "container-mount-other-target", run: create("-v dt-data:/dat"), check: mounted(data), args: args{"found": "/dat"}},
		{want: "container-mount-option-in-path", run: create("--mount source=dt-data,target=/data:ro"), check: mounted(readOnly), args: args{"found": "/data:ro"}},
		{want: "container-mount-anonymous", run: create("-v /data"), check: mounted(data), args: args{"wanted": "dt-data"}},
		{want: "container-mount-other-type", run: create("--tmpfs /data"), check: mounted(lessons.Mount{Target: "/data", Type: "volume"}), args: args{"found": "tmpfs"}},
		{want: "container-mount-other-source", run: create("-v dt-dtaa:/data"), check: mounted(data), args: args{"found": "dt-dtaa"}},
		{want: "container-mount-writable", run: create("-v dt-data:/data"), check: mounted(readOnly)},
		{want: "container-mount-read-only", run: create("-v dt-data:/data:ro"), check: mounted(writable)},
		{want: "container-not-in-network", setup: "docker network create dt-net", run: create(""), check: web(lessons.ContainerOptions{Networks: []string{"dt-net"}}), args: args{"found": "bridge"}},

		{want: "container-few-restarts", run: create(""), check: web(lessons.ContainerOptions{Restarts: 2}), args: args{"found": 0, "wanted": 2}},
		{want: "container-not-out-of-memory", run: running("") + "; docker kill dt-web", awaits: anEnd, check: web(lessons.ContainerOptions{OOMKilled: &yes}),
			args: args{"code": "137", "state": Phrase("state-exited")}},
		{want: "container-out-of-memory", run: starved, check: web(lessons.ContainerOptions{OOMKilled: &no})},
		{want: "container-oom-unseen", run: "docker run -m 8m --name dt-web busybox sh -c 'sh -c \"kill -9 \\$\\$\"; exit $?'", check: web(lessons.ContainerOptions{OOMKilled: &yes})},
		{want: "container-no-health-check", run: running(""), check: web(lessons.ContainerOptions{Health: "healthy"})},
		{want: "container-health-starting", run: running("--health-cmd true"), check: web(lessons.ContainerOptions{Health: "healthy"}), far: true},
		{name: "from the start", want: "container-unhealthy", setup: running(unwell + "'exit 1'"), awaits: health("unhealthy"), check: web(lessons.ContainerOptions{Health: "healthy"}), far: true},
		{want: "container-unhealthy", run: running(unwell + "'echo nobody listens; exit 1'"), awaits: health("unhealthy"),
			check: web(lessons.ContainerOptions{Health: "healthy"}), args: args{"output": "nobody listens"}},
		{want: "container-other-health", run: running(unwell + "true"), awaits: health("healthy"),
			check: web(lessons.ContainerOptions{Health: "unhealthy"}), args: args{"found": "healthy"}},
		{name: "health of one that ended", want: "container-exited", run: "docker run --name dt-web --health-cmd true busybox true", check: web(lessons.ContainerOptions{Health: "healthy"})},
	}
}

// health is the daemon's own event.
func health(status string) []events.Action {
	return []events.Action{events.Action("health_status: " + status)}
}

func imageOptionTurns() []wrongTurn {
	yes, no, one := true, false, 1
	return []wrongTurn{
		{want: "image-runs-as-root", run: build("FROM busybox\\nUSER 0:0"), check: app(lessons.ImageOptions{NonRoot: true})},
		{want: "image-instruction-missing", run: build("FROM busybox"), check: app(lessons.ImageOptions{Exposes: []string{"3000"}}), args: args{"instruction": "EXPOSE", "wanted": "3000"}},
		{want: "image-other-instruction", run: build("FROM busybox\\nWORKDIR /ap"), check: app(lessons.ImageOptions{Workdir: "/app/"}), args: args{"found": "/ap", "wanted": "/app"}},
		{name: "ENV", want: "image-other-instruction", run: build("FROM busybox\\nENV A=2"), check: app(lessons.ImageOptions{Env: map[string]string{"A": "1"}}), args: args{"found": "A=2"}},
		{want: "image-no-list", run: build("FROM busybox\\nCMD [\"httpd\" \"-f\"]"), check: app(lessons.ImageOptions{ExecForm: true}), args: args{"instruction": "CMD", "found": `["httpd" "-f"]`}},
		{want: "image-one-word", run: build("FROM busybox\\nCMD [\"httpd -f\"]"), check: app(lessons.ImageOptions{Command: []string{"httpd", "-f"}}), args: args{"instruction": "CMD", "found": "httpd -f"}},
		{name: "of the right words", want: "image-shell-form", run: build("FROM busybox\\nCMD httpd -f"), check: app(lessons.ImageOptions{Command: []string{"httpd", "-f"}}), args: args{"instruction": "CMD"}},
		{want: "image-shell-form", run: build("FROM busybox\\nCMD httpd -f"), check: app(lessons.ImageOptions{ExecForm: true}), args: args{"instruction": "CMD"}},
		{want: "image-no-health-check", run: build("FROM busybox"), check: app(lessons.ImageOptions{Healthcheck: &yes})},
		{want: "image-has-health-check", run: build("FROM busybox\\nHEALTHCHECK CMD true"), check: app(lessons.ImageOptions{Healthcheck: &no})},
		{want: "image-other-platform", run: build("FROM busybox"), check: app(lessons.ImageOptions{Platform: "linux/s390x"})},
		{want: "image-other-base", setup: buildAs("dt-base:1", "FROM busybox\\nRUN echo 1 >/f"), run: build("FROM busybox\\nRUN echo 2 >/f"), check: app(lessons.ImageOptions{BasedOn: "dt-base:1"})},
		{want: "image-layers-above", run: build("FROM busybox\\nRUN echo 1 >/f\\nRUN echo 2 >/g"), check: app(lessons.ImageOptions{BasedOn: "busybox", Layers: &one}),
			args: args{"found": 2, "wanted": 1, "why": Phrase("too-many")}},
		{name: "too few", want: "image-layers-above", run: build("FROM busybox"), check: app(lessons.ImageOptions{BasedOn: "busybox", Layers: &one}), args: args{"found": 0, "why": Phrase("too-few")}},
		{want: "image-layers", run: build("FROM busybox\\nRUN echo 1 >/f"), check: app(lessons.ImageOptions{MaxLayers: &one}), args: args{"found": 2}},
		{want: "image-no-other-layers", run: build("FROM busybox"), check: app(lessons.ImageOptions{SharesLayersWith: "dt-base:1"})},
		{want: "image-shares-layers", setup: buildAs("dt-base:1", "FROM busybox\\nRUN echo 1 >/f"), run: build("FROM busybox\\nRUN echo 2 >/f"),
			check: app(lessons.ImageOptions{SharesLayersWith: "dt-base:1"}), args: args{"found": 1, "wanted": 2}},
		{want: "image-too-big", run: build("FROM busybox"), check: app(lessons.ImageOptions{MaxSize: "10kB"}), args: args{"wanted": "10kB"}},
		{want: "image-no-bigger", run: build("FROM busybox"), check: app(lessons.ImageOptions{SmallerThan: "dt-fat:1"})},
		{want: "image-not-smaller", setup: buildAs("dt-fat:1", "FROM busybox\\nRUN head -c 100000 /dev/urandom >/f"), run: build("FROM busybox"),
			check: app(lessons.ImageOptions{SmallerThan: "dt-fat:1", By: "4MB"}), args: args{"wanted": "4MB"}},
		{want: "image-history-shows", run: build("FROM busybox\\nENV PASSWORD=whale"), check: app(lessons.ImageOptions{HistoryLacks: []string{"whale"}}), args: args{"found": "whale"}},
		{want: "image-history-lacks", run: build("FROM busybox"), check: app(lessons.ImageOptions{History: []string{"ENV A=1"}})},
	}
}

// rightOptions are ways to do it right.
func rightOptions() []rightWay {
	yes, no, zero, one := true, false, 0, 1
	hardened := lessons.ContainerOptions{User: "1000:1000", CapDrop: []string{"ALL"}, SecurityOpt: []string{"no-new-privileges"}, ReadOnly: &yes, Privileged: &no}
	limited := lessons.ContainerOptions{Memory: "64m", CPUs: "0.5", PidsLimit: 50}
	data := lessons.ContainerOptions{Mounts: []lessons.Mount{{Target: "/data", Source: "dt-data", Type: "volume", ReadOnly: &yes}}}
	whole := build("FROM busybox\\nENV A=1 B=2\\nWORKDIR /app/\\nEXPOSE 80 53/udp\\nUSER 10001\\nHEALTHCHECK CMD true\\nCMD [\"httpd\"]")
	return []rightWay{
		{name: "hardened", run: running("--user 1000:1000 --cap-drop=all --security-opt no-new-privileges --read-only"), check: web(hardened)},
		{name: "hardened, :true", run: running("-u 1000:1000 --cap-drop ALL --security-opt no-new-privileges:true --read-only=true"), check: web(hardened)},
		{name: "limited", run: running("-m 64m --cpus .5 --pids-limit 50"), check: web(limited)},
		{name: "nothing added", run: create("--cap-drop ALL"), check: web(lessons.ContainerOptions{CapAdd: []string{}, CapDrop: []string{"ALL"}})},
		{name: "limited otherwise", run: running("--memory 65536k --cpu-quota 50000 --cpu-period 100000 --pids-limit=50"), check: web(limited)},
		{name: "limited later", run: running("") + "; docker update -m 64m --memory-swap 64m --cpus 0.5 --pids-limit 50 dt-web", check: web(limited)},
		{name: "device", run: create("--device /dev/zero:/dev/dtzero:r"), check: web(lessons.ContainerOptions{Devices: []string{"/dev/zero:/dev/dtzero"}})},
		{name: "capability", run: create("--cap-add CAP_NET_ADMIN"), check: web(lessons.ContainerOptions{CapAdd: []string{"NET_ADMIN"}})},
		{name: "sysctl", run: running("--sysctl kernel.msgmax=4096"), check: web(lessons.ContainerOptions{Sysctls: map[string]string{"kernel.msgmax": "4096"}})},
		{name: "terminal", run: create("-it --rm"), check: web(lessons.ContainerOptions{TTY: &yes, Interactive: &yes, AutoRemove: &yes})},
		{name: "the rest", run: create("--init -w /tmp/ -h dt-here --entrypoint cat --network none --pid host --log-driver none"), check: web(lessons.ContainerOptions{
			Init: &yes, Workdir: "/tmp", Hostname: "dt-here", Entrypoint: []string{"cat"}, Network: "none", PID: "host", LogDriver: "none"})},
		{name: "mount -v", run: create("-v dt-data:/data:ro"), check: web(data)},
		{name: "mount --mount", run: create("--mount type=volume,src=dt-data,dst=/data/,readonly"), check: web(data)},
		{name: "mount from another", setup: "docker create --name dt-first -v dt-data:/data:ro busybox", run: create("--volumes-from dt-first"),
			check: web(lessons.ContainerOptions{VolumesFrom: []string{"dt-first"}, Mounts: data.Mounts})},
		{name: "mount from another by its ID", setup: "docker create --name dt-first -v dt-data:/data:ro busybox", run: create("--volumes-from $(docker ps -aqf name=dt-first)"),
			check: web(lessons.ContainerOptions{VolumesFrom: []string{"dt-first"}, Mounts: data.Mounts})},
		{name: "bind", run: "mkdir site; " + create("-v \"$PWD/site\":/site"), check: web(lessons.ContainerOptions{Mounts: []lessons.Mount{{Target: "/site", Type: "bind", Source: "site"}}})},
		{name: "tmpfs", run: create("--tmpfs /t:ro --mount type=tmpfs,target=/u"), check: web(lessons.ContainerOptions{Mounts: []lessons.Mount{{Target: "/t", Type: "tmpfs", ReadOnly: &yes}, {Target: "/u", Type: "tmpfs"}}})},
		{name: "networks", setup: "docker network create dt-net", run: running("") + "; docker network connect dt-net dt-web", check: web(lessons.ContainerOptions{Networks: []string{"dt-net", "bridge"}})},
		{name: "published on one address", run: create("-p 127.0.0.1:18080:80"), check: ofContainer(lessons.Container{Name: "dt-web", Publish: []string{"127.0.0.1:18080:80"}})},
		{name: "published one by one", run: "docker run -d --name dt-web -p 80 -p 81 --expose 80 busybox sleep 600", check: web(lessons.ContainerOptions{PublishAll: &yes})},
		{name: "published at random", run: "docker run -d --name dt-web -P --expose 80 busybox sleep 600", check: web(lessons.ContainerOptions{PublishAll: &yes})},
		{name: "restarted", run: "docker run -d --restart always --name dt-web busybox false", awaits: fourTimes, check: web(lessons.ContainerOptions{Restarts: 2})},
		{name: "out of memory", run: starved + " || true", check: web(lessons.ContainerOptions{OOMKilled: &yes})},
		{name: "healthy", run: running(unwell + "true"), awaits: health("healthy"), check: web(lessons.ContainerOptions{Health: "healthy"})},

		{name: "image configuration", run: whole, check: app(lessons.ImageOptions{User: "10001", Workdir: "/app", Exposes: []string{"80", "53/udp"},
			Env: map[string]string{"A": "1", "B": "2"}, Command: []string{"httpd"}, ExecForm: true, Healthcheck: &yes, Platform: ""})},
		{name: "not root", run: whole, check: app(lessons.ImageOptions{NonRoot: true, BasedOn: "busybox", MaxLayers: &one})},
		{name: "layers", run: "printf 'FROM busybox\\nRUN echo 1 >/f\\nENV A=1' | docker build -q -t dt-app:1 -", check: app(lessons.ImageOptions{BasedOn: "busybox", Layers: &one, Healthcheck: &no})},
		{name: "shared layers", setup: buildAs("dt-base:1", "FROM busybox\\nRUN echo 1 >/f\\nRUN echo 2 >/g"), run: build("FROM busybox\\nRUN echo 1 >/f\\nRUN echo 3 >/g"),
			check: app(lessons.ImageOptions{BasedOn: "busybox", SharesLayersWith: "dt-base:1", SharedLayers: &one})},
		{name: "all layers shared", setup: buildAs("dt-base:1", "FROM busybox\\nRUN echo 1 >/f"), run: build("FROM dt-base:1\\nRUN echo 3 >/g"), check: app(lessons.ImageOptions{SharesLayersWith: "dt-base:1", MaxSize: "9MB"})},
		{name: "no layers but a name", run: "docker tag busybox dt-app:1", check: app(lessons.ImageOptions{BasedOn: "busybox", Layers: &zero})},
		{name: "smaller", setup: buildAs("dt-fat:1", "FROM busybox\\nRUN head -c 5000000 /dev/urandom >/f"), run: build("FROM busybox"), check: app(lessons.ImageOptions{SmallerThan: "dt-fat:1", By: "4MB"})},
		{name: "history", run: "echo poem >poem.txt; printf 'FROM busybox\\nENV  A=1\\nCOPY poem.txt /\\n' >Dockerfile; docker build -q -t dt-app:1 .", check: app(lessons.ImageOptions{History: []string{"ENV A=1"}, HistoryLacks: []string{"whale"}})},
	}
}

// TestRightOptions asserts that right work passes however it was done.
func TestRightOptions(t *testing.T) {
	testRightWays(t, rightOptions())
}

// TestHealthIsWaitedFor asserts that a health check that has not spoken is waited for, as
// long as its own settings say and no longer.
func TestHealthIsWaitedFor(t *testing.T) {
	l := openLab(t, "", "")
	l.run(running("--health-cmd true --health-interval 20s --health-timeout 10s --health-retries 2"))
	v := l.judge(web(lessons.ContainerOptions{Health: "healthy"}))
	if left := v.Waiting(); left <= 0 || left > time.Minute {
		t.Errorf("got %v left to wait, want up to a minute", left)
	}
}
