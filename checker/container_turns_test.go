package checker

import "docker-tutor/lessons"

const (
	sleeper = "docker run -d --name dt-web busybox sleep 600"
	// The kernel kills the one program that takes the memory; without a moment before and
	// after, the engine may not take note (endedUnseen).
	starved = "docker run -m 8m --memory-swap 8m --name dt-web busybox sh -c 'sleep 1; tail /dev/zero; code=$?; sleep 1; exit $code'"
)

func containerTurns() []wrongTurn {
	web := lessons.Container{Name: "dt-web"}
	absent := lessons.Container{Name: "dt-web", State: "absent"}
	ofApp := lessons.Container{Name: "dt-web", Image: "dt-app:1"}
	build := "echo FROM busybox | docker build -q --label dt-lab=1 -t dt-app:1 -"
	return []wrongTurn{
		{want: "container-missing", check: ofContainer(web), far: true, args: args{"name": "dt-web"}, look: "docker ps -a"},
		{name: "its image is there", want: "container-missing", setup: build, run: "docker images", check: ofContainer(ofApp), far: true},
		{want: "container-name-typo", run: "docker create --name dt-wbe busybox", check: ofContainer(web),
			args: args{"found": "dt-wbe", "wanted": "dt-web"}},
		{want: "container-other-name", setup: build, run: "docker create --label dt-lab=1 dt-app:1", check: ofContainer(ofApp),
			args: args{"wanted": "dt-web", "image": "dt-app:1"}},
		{want: "container-renamed", setup: "docker create --name dt-web busybox", run: "docker rename dt-web dt-old",
			check: ofContainer(web), args: args{"found": "dt-old"}},
		{name: "renamed before the one that went", want: "container-is-gone", setup: "docker create --name dt-web busybox",
			run: "docker rename dt-web dt-old; docker create --name dt-web busybox; docker rm dt-web", check: ofContainer(web), far: true},
		{want: "container-existed-before", before: "docker create --name dt-web busybox", check: ofContainer(web), far: true},
		{name: "absent", want: "container-existed-before", before: "docker create --name dt-web busybox", check: ofContainer(absent), far: true},
		{want: "container-is-gone", setup: "docker create --name dt-web busybox", run: "docker rm dt-web", check: keep(ofContainer(web))},
		{name: "made and removed", want: "container-is-gone", run: sleeper + "; docker rm -f dt-web", check: ofContainer(web), far: true},
		{want: "container-removed-at-exit", run: "docker run --rm --name dt-web busybox true", awaits: aRemoval, check: ofContainer(web),
			args: args{"code": 0, "why": Phrase("exit-0")}},
		{want: "container-still-there", setup: sleeper, check: ofContainer(absent), far: true},
		{name: "rm refused", want: "container-still-there", setup: sleeper, run: "docker kill -s HUP dt-web; docker rm dt-web",
			check: ofContainer(absent)},
		{want: "container-stopped-only", setup: sleeper, run: "docker stop -t 0 dt-web", check: ofContainer(absent), far: true},
		{want: "container-never-there", check: ofContainer(absent), far: true},
		{name: "the learner's own", want: "container-never-there", before: "docker create --name dt-web busybox",
			run: "docker rm dt-web", check: ofContainer(absent), far: true},
		{want: "container-wrong-image", setup: build, run: "docker create --name dt-web busybox", check: ofContainer(ofApp),
			args: args{"found": "busybox", "wanted": "dt-app:1"}},
		{want: "container-options-last", run: "docker run -d --name dt-web busybox --env A=1",
			check: ofContainer(lessons.Container{Name: "dt-web", State: "running", Env: map[string]string{"A": "1"}}),
			args:  args{"option": "--env", "image": "busybox"}},
		{name: "created", want: "container-options-last", run: "docker create --name dt-web busybox -p 80:80",
			check: ofContainer(lessons.Container{Name: "dt-web", State: "created", Publish: []string{"80:80"}}), args: args{"option": "-p"}},
		{name: "the name", want: "container-options-last", setup: build, run: "docker create --label dt-lab=1 dt-app:1 --name dt-web", check: ofContainer(ofApp),
			args: args{"option": "--name", "image": "dt-app:1"}},
	}
}

func stateTurns() []wrongTurn {
	in := func(state string) lessons.Check {
		return ofContainer(lessons.Container{Name: "dt-web", State: state})
	}
	zero := 0
	taken := `docker run -d --name dt-first -p 127.0.0.1::80 busybox sleep 600
p=$(docker port dt-first 80 | cut -d: -f2)
docker run -d --name dt-web -p 127.0.0.1:$p:80 busybox sleep 600`
	return []wrongTurn{
		{want: "container-never-started", run: "docker create --name dt-web busybox sleep 600", check: in("running"),
			args: args{"wanted": Phrase("state-running")}},
		{name: "by the set-up", want: "container-never-started", setup: "docker create --name dt-web busybox sleep 600",
			check: in("paused"), far: true, args: args{"wanted": Phrase("state-paused")}},
		{want: "container-could-not-start", run: "docker run -d --name dt-web busybox nosuch", check: in("running"),
			args: args{"code": 127, "command": "nosuch", "why": Phrase("exit-127")}, look: "docker inspect -f '{{.State.Error}}' dt-web"},
		{want: "container-port-taken", run: taken, check: in("running")},
		{want: "container-start-failed", run: "docker run -d --name dt-web --device /dev/nosuch busybox", check: in("running")},
		{want: "container-exited", run: "docker run --name dt-web busybox sh -c nosuch", check: in("running"),
			args: args{"code": 127, "why": Phrase("exit-127"), "wanted": Phrase("state-running")}, look: "docker logs dt-web"},
		{name: "by the set-up", want: "container-exited", setup: "docker run --name dt-web busybox true", check: in("running"), far: true},
		{name: "stopped", want: "container-exited", setup: sleeper, run: "docker stop -t 0 dt-web", check: keep(in("running")),
			args: args{"code": 137, "why": Phrase("exit-by-stop")}},
		{name: "killed", want: "container-exited", setup: sleeper, run: "docker kill dt-web", awaits: anEnd, check: in("paused"),
			args: args{"why": Phrase("exit-by-kill")}},
		{name: "out of memory", want: "container-exited", check: in("running"), args: args{"code": 137, "why": Phrase("exit-oom")},
			run: starved},
		{want: "container-paused", setup: sleeper, run: "docker pause dt-web", check: in("running")},
		{want: "container-not-paused", setup: sleeper, check: in("paused"), far: true},
		{want: "container-still-running", setup: sleeper, check: in("exited"), far: true},
		{name: "with a code", want: "container-still-running", run: sleeper,
			check: ofContainer(lessons.Container{Name: "dt-web", ExitCode: &zero})},
		{want: "container-was-started", run: sleeper, check: in("created"), args: args{"found": Phrase("state-running")}},
		// Restarts come after 0.1 s, then twice as late each time: after four ends there
		// is time to look.
		{want: "container-restarting", run: "docker run -d --restart always --name dt-web busybox false", awaits: fourTimes, check: in("running"), args: args{"code": 1, "why": Phrase("exit-1")}},
		{want: "container-other-state", setup: sleeper, run: "docker pause dt-web", check: in("exited"),
			args: args{"found": Phrase("state-paused"), "wanted": Phrase("state-exited")}},
		{want: "container-other-exit-code", run: "docker run --name dt-web busybox sh -c 'exit 3'",
			check: ofContainer(lessons.Container{Name: "dt-web", State: "exited", ExitCode: &zero}),
			args:  args{"found": 3, "wanted": 0, "why": Phrase("exit-other")}},
	}
}

func settingTurns() []wrongTurn {
	env := func(key, value string) lessons.Check {
		return ofContainer(lessons.Container{Name: "dt-web", Env: map[string]string{key: value}})
	}
	labelled := ofContainer(lessons.Container{Name: "dt-web", Labels: map[string]string{"team": "amber"}})
	create := func(options string) string { return "docker create --name dt-web " + options + " busybox sleep 60" }
	return []wrongTurn{
		{want: "container-other-command", run: create(""), check: ofContainer(lessons.Container{Name: "dt-web", Command: []string{"sleep", "600"}}),
			args: args{"found": "sleep 60", "wanted": "sleep 600"}},
		{want: "container-label-missing", run: create(""), check: labelled, args: args{"label": "team", "wanted": "amber"}},
		{want: "container-other-label", run: create("--label team=olive"), check: labelled, args: args{"found": "olive"}},
		{want: "container-other-restart", run: create(""), args: args{"found": "no", "wanted": "always"},
			check: ofContainer(lessons.Container{Name: "dt-web", Restart: "always"})},
		{want: "container-env-missing", run: create(""), check: env("COLOR", "red"), args: args{"variable": "COLOR", "wanted": "red"}},
		{want: "container-env-other-name", run: create("-e color=red"), check: env("COLOR", "red"), args: args{"found": "color"}},
		{want: "container-env-other-value", run: create("-e COLOR=blue"), check: env("COLOR", "red"), args: args{"found": "blue"}},
		{want: "container-env-quoted", run: `echo 'COLOR="red"' > list; ` + create("--env-file list"), check: env("COLOR", "red"),
			args: args{"found": `"red"`}},
		{want: "container-env-set-twice", run: "echo COLOR=red > list; " + create("-e COLOR=blue --env-file list"), check: env("COLOR", "red"), args: args{"found": "blue"}},
	}
}

func portTurns() []wrongTurn {
	web := func(publish ...string) lessons.Check {
		return ofContainer(lessons.Container{Name: "dt-web", Publish: publish})
	}
	create := func(options string) string { return "docker create --name dt-web " + options + " busybox sleep 60" }
	return []wrongTurn{
		{want: "container-port-not-published", run: create(""), check: web("18080:80"), args: args{"wanted": "18080:80"}, look: "docker port dt-web"},
		{want: "container-port-only-exposed", run: create("--expose 80"), check: web("18080:80"), args: args{"port": "80/tcp"}},
		{want: "container-port-none-exposed", run: create("-P"), check: web("18080:80")},
		{want: "container-port-swapped", run: create("-p 80:18080"), check: web("18080:80"), args: args{"found": "80:18080"}},
		{want: "container-port-other-host", run: create("-p 18081:80"), check: web("18080:80"), args: args{"found": "18081:80"}},
		{want: "container-port-other-inside", run: create("-p 18080:8080"), check: web("18080:80"), args: args{"found": "18080:8080"}},
		{name: "one port", want: "container-port-by-docker", run: create("-p 80"), check: web("18080:80"), args: args{"found": "80"}},
		{name: "all ports", want: "container-port-by-docker", run: "docker run -d -P --expose 80 --name dt-web busybox sleep 600", check: web("18080:80")},
		{want: "container-port-protocol", run: create("-p 18080:80/udp"), check: web("18080:80"), args: args{"found": "18080:80/udp"}},
		{want: "container-port-others", run: create("-p 18081:81 -p 18082:82"), check: web("18080:80"), args: args{"found": "18081:81, 18082:82"}},
		{name: "the second", want: "container-port-others", run: create("-p 18080:80"), check: web("18080:80", "18081:81")},
		{want: "container-port-no-network", run: create("--network host -p 18080:80"), check: web("18080:80"), args: args{"network": "host"}},
	}
}
