package checker

import (
	"context"
	"testing"

	"docker-tutor/lessons"
)

// benchmark judges one passing check again and again over a warm connection, and says
// how long one takes in milliseconds.
func benchmark(b *testing.B, setup, run string, c lessons.Check, answers ...string) {
	l := openLab(b, "", setup)
	l.run(run)
	ex := bind(l, lessons.Exercise{Checks: []lessons.Check{c}})
	ev := l.evidence(answers...)
	b.ResetTimer()
	for b.Loop() {
		if v := Judge(context.Background(), ex, ev, nil)[0]; v.Outcome != Passed {
			b.Fatalf("got %s %+v, want passed", v.Outcome, v.Diagnosis)
		}
	}
	b.ReportMetric(b.Elapsed().Seconds()*1000/float64(b.N), "ms/check")
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
