package checker

import "docker-tutor/lessons"

const buildOne = "echo FROM busybox | docker build -q --label dt-lab=1 -t dt-app:1 -\n"

func imageTurns() []wrongTurn {
	v1 := lessons.Image{Name: "dt-img:v1"}
	absent := lessons.Image{Name: "dt-img:v1", State: "absent"}
	same := lessons.Image{Name: "dt-img:v1", SameAs: "busybox"}
	sameApp := lessons.Image{Name: "dt-img:v1", SameAs: "dt-app:1"}
	red := lessons.Image{Name: "dt-app:1", Labels: map[string]string{"color": "red"}}
	yes, zero, one := true, 0, 1
	attic := "dt-batch=attic"
	nameless := "echo FROM busybox | docker build -q --label dt-lab=1 --label dt-batch=attic -\n"
	return []wrongTurn{
		{want: "image-missing", check: ofImage(v1), far: true, args: args{"name": "dt-img:v1"}, look: "docker images"},
		{name: "tag the wrong way round", want: "image-missing", setup: buildOne, run: "docker tag dt-img:v1 dt-app:1", check: ofImage(sameApp), far: true},
		{want: "image-wrong-tag", run: "docker tag busybox dt-img", check: ofImage(v1),
			args: args{"found": "dt-img:latest", "wanted": "dt-img:v1", "why": Phrase("tag-latest")}},
		{name: "another", want: "image-wrong-tag", run: "docker tag busybox dt-img:1", check: ofImage(v1),
			args: args{"found": "dt-img:1", "why": Phrase("tag-other")}},
		{want: "image-name-typo", run: "docker tag busybox dt-igm:v1", check: ofImage(v1), args: args{"found": "dt-igm:v1"}},
		{want: "image-other-name", setup: buildOne, run: "docker tag dt-app:1 dt-something:v1", check: ofImage(sameApp),
			args: args{"found": "dt-something:v1", "other": "dt-app:1"}},
		{want: "image-untagged", run: nameless, check: ofImage(v1)},
		{want: "image-existed-before", before: "docker tag busybox dt-img:v1", check: ofImage(same), far: true},
		{want: "image-is-gone", setup: "docker tag busybox dt-img:v1", run: "docker rmi dt-img:v1", check: keep(ofImage(v1))},
		{name: "made and removed", want: "image-is-gone", run: "docker tag busybox dt-img:v1; docker rmi dt-img:v1", check: ofImage(v1)},
		{want: "image-still-there", setup: "docker tag busybox dt-img:v1", check: ofImage(absent), far: true},
		{name: "another removed", want: "image-still-there", setup: "docker tag busybox dt-img:v1; docker tag busybox dt-img:v2",
			run: "docker rmi dt-img:v2", check: ofImage(absent)},
		{want: "image-never-there", check: ofImage(absent), far: true},
		{want: "image-other-image", setup: buildOne, run: "docker tag dt-app:1 dt-img:v1", check: ofImage(same), args: args{"other": "busybox"}},
		{want: "image-no-other", setup: buildOne, run: "docker tag dt-app:1 dt-img:v1; docker rmi dt-app:1",
			check: ofImage(sameApp)},
		{want: "image-label-missing", run: buildOne, check: ofImage(red), args: args{"label": "color", "wanted": "red"}},
		{want: "image-other-label", run: "echo FROM busybox | docker build -q --label color=blue -t dt-app:1 -", check: ofImage(red),
			args: args{"found": "blue"}},

		{want: "images-too-few", run: "docker tag busybox dt-shop:1", check: ofImages(lessons.Images{Reference: "dt-shop", Min: 2}),
			args: args{"found": 1, "wanted": 2, "which": "reference=dt-shop"}, look: "docker images dt-shop"},
		{want: "images-not-gone", setup: nameless, check: ofImages(lessons.Images{Label: attic, Dangling: &yes, Max: &zero}), far: true,
			args: args{"found": 1}, look: "docker images --filter label=dt-batch=attic --filter dangling=true"},
		{name: "one more", want: "images-too-many", setup: nameless, run: "printf 'FROM busybox\nENV A=1' | docker build -q --label dt-lab=1 --label dt-batch=attic -",
			check: ofImages(lessons.Images{Label: attic, Max: &one}), args: args{"found": 2, "wanted": 1}},
		{want: "images-have-a-name", run: "echo FROM busybox | docker build -q -t dt-app:1 --label dt-lab=1 --label dt-batch=attic -",
			check: ofImages(lessons.Images{Label: attic, Dangling: &yes, Min: 1}), args: args{"found": "dt-app:1"}},
		{want: "images-never-there", check: ofImages(lessons.Images{Reference: "dt-shop:*", Max: &zero}), far: true,
			look: "docker images 'dt-shop:*'"},
	}
}

func eventTurns() []wrongTurn {
	tag := lessons.Event{Type: "image", Action: "tag", Name: "dt-img:v1"}
	return []wrongTurn{
		{want: "event-not-yet", far: true, args: args{"action": "create", "type": Phrase("type-network")},
			check: ofEvent(lessons.Event{Type: "network", Action: "create", Attributes: map[string]string{"name": "dt-net"}})},
		{want: "event-not-yet-on", check: ofEvent(tag), far: true, args: args{"name": "dt-img:v1", "type": Phrase("type-image")}, look: "docker images"},
		{name: "before the exercise", want: "event-not-yet-on", setup: "docker tag busybox dt-img:v1", check: ofEvent(tag), far: true},
		{name: "the learner's own", want: "event-not-yet-on", before: sleeper, run: "docker pause dt-web", far: true,
			check: ofEvent(lessons.Event{Type: "container", Action: "pause", Name: "dt-web"}), args: args{"type": Phrase("type-container")}},
		{name: "a volume", want: "event-not-yet-on", check: ofEvent(lessons.Event{Type: "volume", Action: "destroy", Name: "dt-data"}), far: true,
			args: args{"type": Phrase("type-volume")}, look: "docker volume ls"},
		{want: "event-other-name", run: "docker tag busybox dt-img:v2", check: ofEvent(tag), args: args{"found": "dt-img:v2", "wanted": "dt-img:v1"}},
		{name: "of the set-up", want: "event-other-name", setup: sleeper + "; docker run -d --label dt-lab=1 --name dt-cache busybox sleep 600", run: "docker pause dt-cache",
			check: ofEvent(lessons.Event{Type: "container", Action: "pause", Name: "dt-web"}), args: args{"found": "dt-cache"}},
		{name: "misspelt", want: "event-other-name", run: "docker volume create dt-dta", args: args{"found": "dt-dta"},
			check: ofEvent(lessons.Event{Type: "volume", Action: "create", Name: "dt-data"})},
		{want: "event-other-exit-code", run: "docker run --name dt-web busybox sh -c 'exit 127'", awaits: anEnd,
			check: ofEvent(lessons.Event{Type: "container", Action: "die", Name: "dt-web", Attributes: map[string]string{"exitCode": "0"}}),
			args:  args{"found": "127", "wanted": "0", "why": Phrase("exit-127")}},
		{name: "of any container", want: "event-other-exit-code", setup: buildOne, run: "docker run --rm dt-app:1 sh -c 'exit 3'",
			check: ofEvent(lessons.Event{Type: "container", Action: "die", Attributes: map[string]string{"exitCode": "0", "image": "dt-app:1"}}),
			args:  args{"found": "3", "why": Phrase("exit-other")}},
		{want: "event-other-attribute", setup: sleeper, run: "docker kill dt-web",
			check: ofEvent(lessons.Event{Type: "container", Action: "kill", Name: "dt-web", Attributes: map[string]string{"signal": "15"}}),
			args:  args{"attribute": "signal", "found": "9", "wanted": "15"}},
	}
}

func answerTurns() []wrongTurn {
	names := ofAnswer(lessons.Answer{Computed: "image-names", Reference: "dt-shop"})
	id := ofAnswer(lessons.Answer{Computed: "image-id", Image: "dt-app:1"})
	code := ofAnswer(lessons.Answer{Computed: "container-exit-code", Container: "dt-web"})
	label := ofAnswer(lessons.Answer{Computed: "image-label", Image: "dt-app:1", Label: "dt-lab"})
	text := ofAnswer(lessons.Answer{Is: []string{"COPY", "copy instruction"}})
	three := "for i in 1 2 3; do docker tag busybox dt-shop:$i; done"
	of := func(computed string) lessons.Check {
		return ofAnswer(lessons.Answer{Computed: computed, Image: "dt-app:1", Label: "dt-lab", Reference: "dt-app"})
	}
	say := func(s ...string) []string { return s }
	return []wrongTurn{
		{want: "answer-not-given", check: text, far: true},
		{name: "blank", want: "answer-not-given", check: text, answers: say(" '' "), far: true},
		{want: "answer-wrong", check: text, answers: say("RUN"), args: args{"given": "RUN"}},
		{name: "a number", want: "answer-wrong", check: ofAnswer(lessons.Answer{Is: []string{"80"}}), answers: say("8080")},
		{name: "only the last counts", want: "answer-wrong", check: text, answers: say("COPY", "RUN")},
		{name: "another command", want: "answer-wrong", check: ofAnswer(lessons.Answer{Is: []string{"docker rm web"}}), answers: say("docker rmi web")},
		{want: "answer-not-alone", check: text, answers: say("it is COPY, I think"), args: args{"given": "it is COPY, I think"}},
		{name: "in quotes", want: "answer-not-alone", check: text, answers: say("the 'copy'.")},
		{want: "answer-not-number", setup: three, check: names, answers: say("three"), args: args{"given": "three"}, look: "docker images dt-shop"},
		{name: "a fraction", want: "answer-not-number", setup: three, check: names, answers: say("3.5")},
		{name: "two numbers", want: "answer-not-alone", setup: three, check: names, answers: say("3 of 5")},
		{name: "in brackets", want: "answer-not-alone", setup: three, check: names, answers: say("Tagged (3)")},
		{name: "two wrong numbers", want: "answer-not-number", setup: three, check: names, answers: say("4 of 5")},
		{want: "answer-number", setup: three, check: names, answers: say("4"), args: args{"given": "4", "why": Phrase("too-many")}},
		{name: "too few", want: "answer-number", setup: three, check: names, answers: say("2 images"), args: args{"why": Phrase("too-few")}},
		{name: "images", want: "answer-number", setup: buildOne, check: of("images"), answers: say("2"),
			look: "docker images --filter reference=dt-app --filter label=dt-lab"},
		{name: "layers", want: "answer-number", setup: buildOne, check: of("image-layers"), answers: say("2"),
			look: "docker inspect -f '{{json .RootFS.Layers}}' dt-app:1"},
		{name: "containers", want: "answer-number", check: ofAnswer(lessons.Answer{Computed: "containers", State: "exited", Label: "dt-n=1"}),
			answers: say("1"), look: "docker ps -a --filter status=exited --filter label=dt-n=1"},
		{want: "answer-other-code", setup: "docker run --name dt-web busybox sh -c 'exit 3' || true", check: code, answers: say("1"),
			look: "docker ps -a --filter name=dt-web"},
		{want: "answer-not-id", setup: buildOne, check: id, answers: say("dt-app:1"), look: "docker images --no-trunc dt-app:1"},
		{want: "answer-short-id", setup: buildOne, check: id, answers: say("$(docker images -q dt-app:1)"), args: args{"name": "dt-app:1"}},
		{want: "answer-other-id", setup: buildOne, check: id, answers: say("sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")},
		{want: "answer-other-label", setup: buildOne, check: label, answers: say("2"), args: args{"label": "dt-lab"}},
		{want: "answer-no-label", setup: buildOne, check: ofAnswer(lessons.Answer{Computed: "image-label", Image: "dt-app:1", Label: "nosuch"}),
			answers: say("1"), far: true},
		{want: "answer-nothing-there", check: id, answers: say("1"), far: true},
		{name: "container", want: "answer-nothing-there", check: code, answers: say("1"), far: true},
		{name: "dangling", want: "answer-nothing-there", answers: say("1"), far: true,
			check: ofAnswer(lessons.Answer{Computed: "image-id", Label: "dt-nosuch"})},
		{want: "answer-not-exited", setup: sleeper, check: code, answers: say("0"), far: true, args: args{"found": Phrase("state-running")}},
		{name: "created", want: "answer-not-exited", setup: "docker create --name dt-web busybox", check: code, answers: say("0"), far: true,
			args: args{"found": Phrase("state-created")}},
	}
}
