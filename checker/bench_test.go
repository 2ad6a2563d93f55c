package checker

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/docker/docker/api/types/container"

	"docker-tutor/lessons"
)

// benchmark judges one passing check again and again over a warm connection, and says
// how long one takes in milliseconds.
func benchmark(b *testing.B, setup, run string, c lessons.Check, answers ...string) {
	judge := prepared(b, setup, run, c, answers...)
	b.ResetTimer()
	for b.Loop() {
		judge()
	}
	b.ReportMetric(b.Elapsed().Seconds()*1000/float64(b.N), "ms/check")
}

// prepared gives what judges one check that passes.
func prepared(b *testing.B, setup, run string, c lessons.Check, answers ...string) func() {
	l := openLab(b, "", setup)
	l.run(run)
	ex := bind(l, lessons.Exercise{Checks: []lessons.Check{c}})
	ev := l.evidence(answers...)
	return func() {
		if v := Judge(context.Background(), ex, ev, nil)[0]; v.Outcome != Passed {
			b.Fatalf("got %s %+v, want passed", v.Outcome, v.Diagnosis)
		}
	}
}

func BenchmarkJudgeContainer(b *testing.B) {
	benchmark(b, "", sleeper, ofContainer(lessons.Container{Name: "dt-web", State: "running", Image: "busybox"}))
}

func BenchmarkJudgeContainerAbsent(b *testing.B) {
	benchmark(b, sleeper, "docker rm -f dt-web", ofContainer(lessons.Container{Name: "dt-web", State: "absent"}))
}

func BenchmarkJudgeImage(b *testing.B) {
	benchmark(b, "", "docker tag busybox dt-img:v1", ofImage(lessons.Image{Name: "dt-img:v1"}))
}

func BenchmarkJudgeImageSameAs(b *testing.B) {
	benchmark(b, "", "docker tag busybox dt-img:v1", ofImage(lessons.Image{Name: "dt-img:v1", SameAs: "busybox"}))
}

const threeShops = "for i in 1 2 3; do docker tag busybox dt-shop:$i; done"

func BenchmarkJudgeImages(b *testing.B) {
	benchmark(b, "", threeShops, ofImages(lessons.Images{Reference: "dt-shop", Min: 1}))
}

func BenchmarkJudgeEvent(b *testing.B) {
	benchmark(b, "", threeShops, ofEvent(lessons.Event{Type: "image", Action: "tag", Name: "dt-shop:3"}))
}

func BenchmarkJudgeAnswer(b *testing.B) {
	benchmark(b, threeShops, "", ofAnswer(lessons.Answer{Computed: "image-names", Reference: "dt-shop"}), "3")
}

func BenchmarkJudgeAnswerText(b *testing.B) {
	benchmark(b, "", "", ofAnswer(lessons.Answer{Is: []string{"COPY"}}), "copy")
}

// BenchmarkJudgeMissingImage is the failing path: it lists and looks for near names.
func BenchmarkJudgeMissingImage(b *testing.B) {
	l := openLab(b, "", "")
	ex := bind(l, lessons.Exercise{Checks: []lessons.Check{ofImage(lessons.Image{Name: "dt-img:v1"})}})
	ev := l.evidence()
	b.ResetTimer()
	for b.Loop() {
		Judge(context.Background(), ex, ev, nil)
	}
	b.ReportMetric(b.Elapsed().Seconds()*1000/float64(b.N), "ms/check")
}

// BenchmarkCrowded judges among 200 names and 100 images that are somebody else's.
func BenchmarkCrowded(b *testing.B) {
	l := openLab(b, "", "")
	l.must(`i=0; while [ $i -lt 200 ]; do docker tag busybox dt-crowd/name$i:1; i=$((i+1)); done
i=0; while [ $i -lt 100 ]; do echo x > f$i; tar c f$i | docker import -c 'LABEL dt-lab=1' - dt-crowd/image$i:1; i=$((i+1)); done >/dev/null`)
	b.Run("Container", BenchmarkJudgeContainer)
	b.Run("Image", BenchmarkJudgeImage)
	b.Run("Images", BenchmarkJudgeImages)
	b.Run("Answer", BenchmarkJudgeAnswer)
	b.Run("MissingImage", BenchmarkJudgeMissingImage)
}

func BenchmarkJudgeContainerOptions(b *testing.B) {
	yes := true
	benchmark(b, "", running("--read-only -m 64m -v dt-data:/data"), web(lessons.ContainerOptions{
		ReadOnly: &yes, Memory: "64m", Mounts: []lessons.Mount{{Target: "/data", Source: "dt-data"}}}))
}

func BenchmarkJudgeImageOptions(b *testing.B) {
	one := 1
	benchmark(b, "", build("FROM busybox\\nUSER 1000\\nRUN true >/tmp/f"), app(lessons.ImageOptions{
		NonRoot: true, BasedOn: "busybox", Layers: &one, HistoryLacks: []string{"whale"}}))
}

func BenchmarkJudgeVolume(b *testing.B) {
	benchmark(b, "", create("-v dt-data:/data"), ofVolume(lessons.Volume{Name: "dt-data", MountedBy: map[string]string{"dt-web": "/data"}}))
}

func BenchmarkJudgeNetwork(b *testing.B) {
	benchmark(b, "", makeNetwork+running("--network dt-net"), ofNetwork(lessons.Network{Name: "dt-net", Members: []string{"dt-web"}}))
}

func BenchmarkJudgeContainerFile(b *testing.B) {
	benchmark(b, "", write("", "echo bonjour >/note"), ofFile(lessons.File{Container: "dt-web", Path: "/note", FileContent: holds("bonjour")}))
}

func BenchmarkJudgeImageFile(b *testing.B) {
	benchmark(b, "", build("FROM busybox\\nRUN echo 1 >/out"), ofFile(lessons.File{Image: "dt-app:1", Path: "/out"}))
}

// BenchmarkReadImage is the first look into an image, before it is known.
func BenchmarkReadImage(b *testing.B) {
	l := openLab(b, "", build("FROM busybox\\nRUN echo 1 >/out"))
	for b.Loop() {
		readImages.Lock()
		clear(readImages.byID)
		readImages.Unlock()
		if _, err := newView(l.daemon).imageFiles(context.Background(), l.own("dt-app:1")); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(b.Elapsed().Seconds()*1000/float64(b.N), "ms/image")
}

func BenchmarkJudgeLabFile(b *testing.B) {
	benchmark(b, "", "printf 'FROM busybox\\nUSER 1000\\n' >Dockerfile", ofLabFile(lessons.LabFile{Path: "Dockerfile", Has: []string{"USER"}}))
}

func BenchmarkJudgeHTTP(b *testing.B) {
	benchmark(b, "", serve(site)+served, ofHTTP(lessons.HTTP{Container: "dt-web", Port: "80", Equals: "bonjour"}))
}

func BenchmarkJudgeProcess(b *testing.B) {
	benchmark(b, "", running(""), ofProcess(lessons.Process{Container: "dt-web", Command: "sleep", First: true}))
}

func BenchmarkJudgeCompose(b *testing.B) {
	benchmark(b, "", composed("web", "", "sleep 600"), ofCompose(lessons.Compose{Project: "dt-shop", Services: map[string]lessons.Service{"web": {}}}))
}

func BenchmarkJudgeSequence(b *testing.B) {
	benchmark(b, "", running(""), ofSequence(event("create"), event("start")))
}

func BenchmarkJudgeRegistry(b *testing.B) {
	benchmark(b, "", push("busybox", "dt-bb:1.0"), ofRegistry(lessons.Registry{Address: inProcess().open, Repository: "dt-bb", Tag: "1.0", SameAs: "busybox"}))
}

// BenchmarkAmongContainers judges where ten and where a thousand containers of somebody
// else's are, and says how much more a check then costs. It goes by the median: what else
// the machine does shows in the mean.
func BenchmarkAmongContainers(b *testing.B) {
	l := openLab(b, "", "")
	checks := map[string]func(){
		"container":         prepared(b, "", sleeper, ofContainer(lessons.Container{Name: "dt-web", State: "running", Image: "busybox"})),
		"container, absent": prepared(b, sleeper, "docker rm -f dt-web", ofContainer(lessons.Container{Name: "dt-web", State: "absent"})),
		"container, typo":   misspelt(b),
		"image":             prepared(b, "", "docker tag busybox dt-img:v1", ofImage(lessons.Image{Name: "dt-img:v1"})),
		"images":            prepared(b, "", threeShops, ofImages(lessons.Images{Reference: "dt-shop", Min: 1})),
		"event":             prepared(b, "", threeShops, ofEvent(lessons.Event{Type: "image", Action: "tag", Name: "dt-shop:3"})),
		"answer":            prepared(b, threeShops, "", ofAnswer(lessons.Answer{Computed: "image-names", Reference: "dt-shop"}), "3"),
	}
	l.crowd(b, "few", 10)
	few := medians(checks)
	l.crowd(b, "many", 990)
	many := medians(checks)
	for _, name := range slices.Sorted(maps.Keys(checks)) {
		b.ReportMetric(many[name]/few[name], strings.ReplaceAll(name, ", ", "-")+"-ratio")
	}
	b.ReportMetric(0, "ns/op") // the whole means nothing
}

// crowd makes containers that nobody asks for.
func (l *lab) crowd(b *testing.B, name string, n int) {
	var made sync.WaitGroup
	room := make(chan bool, 4)
	for i := range n {
		made.Go(func() {
			room <- true
			defer func() { <-room }()
			config := &container.Config{Image: "busybox", Labels: map[string]string{l.own("dt-lab"): "1"}}
			if _, err := l.daemon.ContainerCreate(context.Background(), config, nil, nil, nil, l.own(fmt.Sprintf("dt-crowd-%s-%d", name, i))); err != nil {
				b.Error(err)
			}
		})
	}
	made.Wait()
}

// medians gives how long one check takes, in milliseconds.
func medians(checks map[string]func()) map[string]float64 {
	ms := map[string]float64{}
	for name, judge := range checks {
		var took []float64
		for range 200 {
			began := time.Now()
			judge()
			took = append(took, time.Since(began).Seconds()*1000)
		}
		slices.Sort(took)
		ms[name] = took[len(took)/2]
	}
	return ms
}

// misspelt gives what judges a failing path: it looks for near names.
func misspelt(b *testing.B) func() {
	l := openLab(b, "", "")
	l.run("docker create --name dt-wbe busybox")
	ex := bind(l, lessons.Exercise{Checks: []lessons.Check{ofContainer(lessons.Container{Name: "dt-web"})}})
	ev := l.evidence()
	return func() {
		if v := Judge(context.Background(), ex, ev, nil)[0]; v.Outcome != Failed || v.Diagnosis.ID != "container-name-typo" {
			b.Fatalf("got %s %+v, want container-name-typo", v.Outcome, v.Diagnosis)
		}
	}
}
