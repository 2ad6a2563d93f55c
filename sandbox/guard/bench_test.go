package guard

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// timed runs the docker CLI as a whole process and gives how long it took.
func timed(b *testing.B, host string, args ...string) time.Duration {
	b.Helper()
	cmd := exec.Command("docker", args...)
	cmd.Env = append(cmd.Environ(), "DOCKER_HOST="+host)
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		b.Fatal(err)
	}
	defer null.Close()
	cmd.Stdout = struct{ io.Writer }{null} // by way of a pipe: the CLI writes no archive to a device
	began := time.Now()
	if err := cmd.Run(); err != nil {
		b.Fatal(err)
	}
	return time.Since(began)
}

// BenchmarkPs compares docker ps through the guard with docker ps without it, by turns.
func BenchmarkPs(b *testing.B) {
	f := openGuard(b, true)
	alone, guarded := byTurns(b, f.host, "ps")
	b.ReportMetric(guarded/alone, "ratio")
	b.ReportMetric(alone*1000, "direct-ms")
	b.ReportMetric(guarded*1000, "guarded-ms")
}

// byTurns gives the median seconds of a command line without the guard and through it.
func byTurns(b *testing.B, host string, args ...string) (alone, guarded float64) {
	timed(b, direct, args...) // so that none of them is the first
	var times [2][]time.Duration
	turn := func() {
		times[0] = append(times[0], timed(b, direct, args...))
		times[1] = append(times[1], timed(b, host, args...))
	}
	for b.Loop() {
		turn()
	}
	for len(times[0]) < 5 { // of what takes long, a median all the same
		turn()
	}
	slices.Sort(times[0])
	slices.Sort(times[1])
	return times[0][len(times[0])/2].Seconds(), times[1][len(times[1])/2].Seconds()
}

// BenchmarkSave compares the speed of docker save of an image of 300 MB.
func BenchmarkSave(b *testing.B) {
	const megabytes = 300
	f := openGuard(b, true)
	b.Cleanup(func() { f.remove(f.name) })
	dir := b.TempDir()
	random := exec.Command("sh", "-c", "head -c 300000000 /dev/urandom >random && tar cf random.tar random && docker import random.tar $N:1")
	random.Dir = dir
	random.Env = append(random.Environ(), "N="+f.name, "DOCKER_HOST="+direct)
	if out, err := random.CombinedOutput(); err != nil {
		b.Fatal(string(out))
	}
	os.Remove(filepath.Join(dir, "random"))
	alone, guarded := byTurns(b, f.host, "save", f.name+":1")
	b.ReportMetric(alone/guarded, "ratio")
	b.ReportMetric(megabytes/alone, "direct-MB/s")
	b.ReportMetric(megabytes/guarded, "guarded-MB/s")
}
