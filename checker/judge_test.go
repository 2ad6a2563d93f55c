package checker

import (
	"context"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"docker-tutor/lessons"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/events"
	"github.com/docker/docker/api/types/image"
	"github.com/docker/docker/client"
)

// named gives a check its id.
func named(id string, c lessons.Check) lessons.Check {
	c.ID = id
	return c
}

// TestStaying asserts which verdicts are final, and that what passed for good is not
// asked again.
func TestStaying(t *testing.T) {
	l := openLab(t, "", "docker tag busybox dt-img:v1")
	edge := named("edge", ofImage(lessons.Image{Name: "dt-img:v1"}))
	edge.Edge = true
	ex := bind(l, lessons.Exercise{Checks: []lessons.Check{
		named("level", ofImage(lessons.Image{Name: "dt-img:v1"})),
		edge,
		named("event", ofEvent(lessons.Event{Type: "image", Action: "tag", Name: "dt-img:v1"})),
		named("answer", ofAnswer(lessons.Answer{Is: []string{"yes"}})),
	}})
	outcomes := func(passed map[string]bool, answers ...string) (o [4]Outcome, final [4]bool) {
		for i, v := range Judge(context.Background(), ex, l.evidence(answers...), passed) {
			if v.Check != ex.Checks[i].ID {
				t.Errorf("got the verdict of %s, want that of %s", v.Check, ex.Checks[i].ID)
			}
			o[i], final[i] = v.Outcome, v.Final
		}
		return o, final
	}
	got, final := outcomes(nil, "yes")
	if want := [4]Outcome{Passed, Passed, Failed, Passed}; got != want {
		t.Errorf("at first: got %v, want %v", got, want)
	}
	if want := [4]bool{false, true, false, true}; final != want {
		t.Errorf("at first: got final %v, want %v", final, want)
	}
	l.run("docker rmi dt-img:v1")
	got, _ = outcomes(map[string]bool{"level": true, "edge": true, "event": true, "answer": true}, "no")
	if want := [4]Outcome{Failed, Passed, Passed, Passed}; got != want {
		t.Errorf("afterwards: got %v, want %v", got, want)
	}
}

// TestMistakes asserts that the author's words win over the built-in ones, that the
// first that is recognised is taken, and that a mistake passes nothing.
func TestMistakes(t *testing.T) {
	l := openLab(t, "", "for i in 1 2 3; do docker tag busybox dt-shop:$i; done")
	names := lessons.Answer{Computed: "image-names", Reference: "dt-shop"}
	header := names
	header.Plus = 1
	probe := func(s lessons.Statement) *lessons.Probe { return &lessons.Probe{Statement: s} }
	ex := bind(l, lessons.Exercise{
		Checks: []lessons.Check{named("counted", ofAnswer(names)), named("kept", keep(ofImage(lessons.Image{Name: "dt-shop:1"})))},
		Mistakes: []lessons.Mistake{
			{Fails: []string{"kept"}, Says: "not-here", When: probe(lessons.Statement{Answer: &header})},
			{Fails: []string{"counted"}, Says: "image-wrong-tag"},
			{Fails: []string{"counted"}, Says: "header-line", When: probe(lessons.Statement{Answer: &header})},
			{Fails: []string{"counted"}, Says: "too-late", When: probe(lessons.Statement{Answer: &header})},
			{Fails: []string{"counted"}, Says: "tagged", When: probe(lessons.Statement{Image: &lessons.Image{Name: "dt-shop:4"}})},
		},
	})
	for _, test := range []struct{ run, answer, want string }{
		{"true", "4", "header-line"},
		{"true", "5", "answer-number"},
		{"docker tag busybox dt-shop:4", "9", "tagged"},
	} {
		l.run(test.run)
		verdicts := Judge(context.Background(), ex, l.evidence(test.answer), nil)
		v := verdicts[0]
		if v.Outcome != Failed || v.Diagnosis.ID != test.want {
			t.Errorf("answer %s: got %s %+v, want %s", test.answer, v.Outcome, v.Diagnosis, test.want)
		}
		if _, builtIn := diagnoses[test.want]; v.Diagnosis.Own == builtIn {
			t.Errorf("answer %s: got own %v", test.answer, v.Diagnosis.Own)
		}
		if verdicts[1].Outcome != Passed {
			t.Errorf("answer %s: got kept %+v, want passed", test.answer, verdicts[1].Diagnosis)
		}
	}
}

// TestAnswersOfTwoQuestions asserts that an answer counts for whichever question it
// satisfies, and is not held against the other.
func TestAnswersOfTwoQuestions(t *testing.T) {
	l := openLab(t, "", "")
	one, two := lessons.Answer{Is: []string{"1"}}, lessons.Answer{Is: []string{"2"}}
	ex := &lessons.Exercise{
		Checks: []lessons.Check{named("one", ofAnswer(one)), named("two", ofAnswer(two))},
		Mistakes: []lessons.Mistake{
			{Fails: []string{"one"}, Says: "the-other", When: &lessons.Probe{Statement: lessons.Statement{Answer: &two}}},
		},
	}
	for _, test := range []struct {
		answer string
		passed map[string]bool
		want   [2]string
	}{
		{"1", nil, [2]string{"", "answer-not-given"}},
		{"2", nil, [2]string{"answer-not-given", ""}},
		{"1", map[string]bool{"one": true}, [2]string{"", "answer-not-given"}},
		{"3", map[string]bool{"one": true}, [2]string{"", "answer-wrong"}},
		{"3", nil, [2]string{"answer-wrong", "answer-wrong"}},
	} {
		for i, v := range Judge(context.Background(), ex, l.evidence(test.answer), test.passed) {
			got := ""
			if v.Diagnosis != nil {
				got = v.Diagnosis.ID
			}
			if got != test.want[i] {
				t.Errorf("answer %s to %s: got %q, want %q", test.answer, v.Check, got, test.want[i])
			}
		}
	}
}

// TestNamesOfTheExercise asserts that what the exercise asks for elsewhere, or made
// itself, is never called a misspelling.
func TestNamesOfTheExercise(t *testing.T) {
	l := openLab(t, "", "docker tag busybox dt-img:v0; docker create --name dt-c busybox")
	ex := bind(l, lessons.Exercise{Checks: []lessons.Check{
		named("v1", ofImage(lessons.Image{Name: "dt-img:v1"})),
		named("v2", ofImage(lessons.Image{Name: "dt-img:v2"})),
		named("a", ofContainer(lessons.Container{Name: "dt-a", Image: "busybox"})),
		named("b", ofContainer(lessons.Container{Name: "dt-b", Image: "dt-img:v1"})),
	}})
	l.run("docker tag busybox dt-img:v1; docker create --name dt-a busybox")
	want := []string{"", "image-missing", "", "container-missing"}
	for i, v := range Judge(context.Background(), ex, l.evidence(), nil) {
		got := ""
		if v.Diagnosis != nil {
			got = v.Diagnosis.ID
		}
		if got != want[i] {
			t.Errorf("%s: got %q, want %q", v.Check, got, want[i])
		}
	}
}

// TestUnreportedBuild asserts that an image counts as having been there, and as having
// lost its name, on engine 20.10, which reports nothing of a BuildKit build.
func TestUnreportedBuild(t *testing.T) {
	l := openLab(t, "", "")
	l.run(buildOne + "docker rmi dt-app:1")
	ev := l.evidence()
	ev.Events = slices.DeleteFunc(ev.Events, func(e events.Message) bool { return e.Action == events.ActionTag })
	for _, name := range []string{"dt-app:1", "dt-app:2"} {
		ex := bind(l, lessons.Exercise{Checks: []lessons.Check{
			ofImage(lessons.Image{Name: name, State: "absent"}),
			ofEvent(lessons.Event{Type: "image", Action: "untag", Name: name}),
		}})
		for _, v := range Judge(context.Background(), ex, ev, nil) {
			// Engine 29 tells the name; with 20.10 either may have been it.
			_, named := eventImageName(&ev.Events[slices.IndexFunc(ev.Events, func(e events.Message) bool { return e.Action == events.ActionUnTag })])
			if want := name == "dt-app:1" || !named; (v.Outcome == Passed) != want {
				t.Errorf("%s: got %s, want passed %v", name, v.Outcome, want)
			}
		}
	}
}

// TestJudgeAnswer asserts the verdicts on a question of a quiz.
func TestJudgeAnswer(t *testing.T) {
	a := lessons.Answer{Computed: "image-id", Image: "busybox"}
	right, err := Truth(context.Background(), connect(t), &a)
	if err != nil {
		t.Fatal(err)
	}
	if v := JudgeAnswer(context.Background(), connect(t), &a, right); v.Outcome != Passed || !v.Final {
		t.Errorf("got %+v, want passed for good", v)
	}
	if v := JudgeAnswer(context.Background(), connect(t), &a, "not an ID"); v.Outcome != Failed || v.Diagnosis.ID != "answer-not-id" {
		t.Errorf("got %+v, want answer-not-id", v.Diagnosis)
	}
	if v := JudgeAnswer(context.Background(), nil, &lessons.Answer{Is: []string{"COPY"}}, "copy"); v.Outcome != Passed {
		t.Errorf("got %+v, want passed without a daemon", v.Diagnosis)
	}
}

// counter counts the calls that reach the real daemon.
type counter struct {
	Daemon
	inspects, lists int
}

func (c *counter) ContainerInspect(ctx context.Context, name string) (container.InspectResponse, error) {
	c.inspects++
	return c.Daemon.ContainerInspect(ctx, name)
}

func (c *counter) ImageInspect(ctx context.Context, name string, options ...client.ImageInspectOption) (image.InspectResponse, error) {
	c.inspects++
	return c.Daemon.ImageInspect(ctx, name, options...)
}

func (c *counter) ContainerList(ctx context.Context, options container.ListOptions) ([]container.Summary, error) {
	c.lists++
	return c.Daemon.ContainerList(ctx, options)
}

func (c *counter) ImageList(ctx context.Context, options image.ListOptions) ([]image.Summary, error) {
	c.lists++
	return c.Daemon.ImageList(ctx, options)
}

// TestCallsAreFew asserts that passing checks inspect each thing once and list
// nothing, and that failing ones list once: neighbours and nameless images. Containers
// that might be meant are told by the events.
func TestCallsAreFew(t *testing.T) {
	l := openLab(t, "", "docker tag busybox dt-img:v1; docker create --name dt-web busybox")
	var right, wrong lessons.Exercise
	for range 5 {
		right.Checks = append(right.Checks, ofImage(lessons.Image{Name: "dt-img:v1"}), ofContainer(lessons.Container{Name: "dt-web"}))
		wrong.Checks = append(wrong.Checks, ofImage(lessons.Image{Name: "dt-none:v1"}), ofContainer(lessons.Container{Name: "dt-none"}))
	}
	ev := l.evidence()
	for _, test := range []struct {
		ex              lessons.Exercise
		inspects, lists int
	}{{right, 2, 0}, {wrong, 2, 2}} {
		c := &counter{Daemon: l.daemon}
		ev.Daemon = c
		Judge(context.Background(), bind(l, test.ex), ev, nil)
		if c.inspects != test.inspects || c.lists != test.lists {
			t.Errorf("got %d inspects and %d lists, want %d and %d", c.inspects, c.lists, test.inspects, test.lists)
		}
	}
}

// everyKind has one check of each kind.
var everyKind = lessons.Exercise{Checks: []lessons.Check{
	ofContainer(lessons.Container{Name: "dt-web"}),
	ofImage(lessons.Image{Name: "dt-img:v1"}),
	ofImages(lessons.Images{Reference: "dt-img", Min: 1}),
	ofAnswer(lessons.Answer{Computed: "containers"}),
	ofAnswer(lessons.Answer{Computed: "images"}),
	ofVolume(lessons.Volume{Name: "dt-data"}),
	ofNetwork(lessons.Network{Name: "dt-net"}),
	ofFile(lessons.File{Container: "dt-web", Path: "/f"}),
	ofFile(lessons.File{Volume: "dt-data", Path: "f"}),
	ofFile(lessons.File{Image: "dt-img:v1", Path: "/f"}),
	ofHTTP(lessons.HTTP{Container: "dt-web", Port: "80"}),
	ofHTTP(lessons.HTTP{Port: "80"}),
	ofProcess(lessons.Process{Container: "dt-web", Command: "sleep"}),
	ofCompose(lessons.Compose{Project: "dt-shop", State: "absent"}),
	ofAnswer(lessons.Answer{Computed: "volumes"}),
	ofAnswer(lessons.Answer{Computed: "daemon-kernel"}),
}}

func judgeEveryKind(t *testing.T, ctx context.Context, socket, want string) {
	t.Helper()
	d, err := client.NewClientWithOpts(client.WithHost("unix://"+socket), client.WithVersion("1.41"))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	for _, v := range Judge(ctx, &everyKind, &Evidence{Daemon: d, Answers: []string{"1"}}, nil) {
		if v.Outcome != Unknown || v.Diagnosis.ID != want || v.Diagnosis.Args["reason"] == "" {
			t.Errorf("got %s %+v, want unknown with %s", v.Outcome, v.Diagnosis, want)
		}
	}
	v := JudgeAnswer(ctx, d, &lessons.Answer{Computed: "image-id", Image: "busybox"}, "1")
	if v.Outcome != Unknown || v.Diagnosis.ID != want {
		t.Errorf("answer: got %s %+v, want unknown with %s", v.Outcome, v.Diagnosis, want)
	}
}

// TestDaemonSilent asserts that nobody is blamed when no daemon answers: there is
// none, it hangs up, or it does not say a word.
func TestDaemonSilent(t *testing.T) {
	folder, err := os.MkdirTemp("", "dt") // a socket's path must be short
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(folder)
	ctx := context.Background()
	judgeEveryKind(t, ctx, filepath.Join(folder, "none"), "daemon-silent")

	rude := listen(t, filepath.Join(folder, "rude"))
	go func() {
		for c, err := rude.Accept(); err == nil; c, err = rude.Accept() {
			c.Close()
		}
	}()
	judgeEveryKind(t, ctx, filepath.Join(folder, "rude"), "daemon-silent")

	listen(t, filepath.Join(folder, "mute")) // connects, and is never accepted
	soon, stop := context.WithTimeout(ctx, 50*time.Millisecond)
	defer stop()
	judgeEveryKind(t, soon, filepath.Join(folder, "mute"), "daemon-silent")
}

// TestCheckBroken asserts the same for a daemon that answers with an error, for a
// judgement that was called off, and for a check that says nothing sensible.
func TestCheckBroken(t *testing.T) {
	folder, err := os.MkdirTemp("", "dt")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(folder)
	ill := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, `{"message":"out of order"}`, http.StatusInternalServerError)
	})}
	defer ill.Close()
	go ill.Serve(listen(t, filepath.Join(folder, "ill")))
	judgeEveryKind(t, context.Background(), filepath.Join(folder, "ill"), "check-broken")

	off, cancel := context.WithCancel(context.Background())
	cancel()
	judgeEveryKind(t, off, filepath.Join(folder, "ill"), "check-broken")

	l := openLab(t, "", "docker create --name dt-web busybox")
	for _, c := range []lessons.Check{
		{},
		ofImage(lessons.Image{Name: "NOT A NAME"}),
		ofContainer(lessons.Container{Name: "dt-web", Publish: []string{"eighty"}}),
	} {
		if v := l.judge(c); v.Outcome != Unknown || v.Diagnosis.ID != "check-broken" {
			t.Errorf("%+v: got %s %+v, want unknown with check-broken", c, v.Outcome, v.Diagnosis)
		}
	}
}

func listen(t *testing.T, socket string) net.Listener {
	t.Helper()
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}
