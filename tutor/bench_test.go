package tutor

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"docker-tutor/sandbox"
)

const sandboxBase = sandbox.BaseImage

// BenchmarkEventToVerdict measures from the daemon's call being made to the tick being
// ready for the screen. The daemon's own work is in it.
func BenchmarkEventToVerdict(b *testing.B) {
	l, w, name := oneExercise(b, `
checks:
  - id: named
    image: {name: "NAME:v1", same-as: busybox}
  - id: never
    image: {name: "NAME:v2", same-as: busybox}
solution: docker tag busybox NAME:v1`, "### Checks {#checks}\n\n- `named` it has a name\n- `never` it has another\n")
	ticks := make(chan struct{}, 1)
	a, lab := openAttempt(b, l, w, func(string) bool {
		ticks <- struct{}{}
		return true
	})
	var took []time.Duration
	for b.Loop() {
		began := time.Now()
		if err := lab.Engine.ImageTag(b.Context(), sandboxBase, name+":v1"); err != nil {
			b.Fatal(err)
		}
		<-ticks
		took = append(took, time.Since(began))
		b.StopTimer()
		mustRun(b, lab, "docker rmi "+name+":v1")
		say(a, "prompt", "") // the tick is lost, so that it is news again
		b.StartTimer()
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
	b.ReportMetric(residentMB(b), "MB-resident")
}

// BenchmarkPrompt measures what each prompt waits for: fetching the last events, judging
// two checks, and finding nothing new.
func BenchmarkPrompt(b *testing.B) {
	l, w, _ := oneExercise(b, tagYAML, tagWords)
	a, _ := openAttempt(b, l, w, nil)
	for b.Loop() {
		say(a, "prompt", "")
	}
}

// residentMB reads this process's memory from /proc; the test binary's own is in it.
func residentMB(b *testing.B) float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Fatalf("reading the memory in use: %v", err)
	}
	var kb float64
	_, rest, _ := strings.Cut(string(status), "VmRSS:")
	fmt.Sscan(rest, &kb)
	return kb / 1024
}
