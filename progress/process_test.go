//go:build unix

package progress

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"
)

func init() {
	children["endless"] = endlessChild
	children["marks"] = marksChild
}

// endlessChild updates until it is killed, and prints the count of each update once
// that is acknowledged.
func endlessChild(dir string) error {
	s, err := Open(dir)
	if err != nil {
		return err
	}
	for {
		r, err := s.Update(func(r *Record) error { r.AddTry("l", "s", at(1)); return nil })
		if err != nil {
			return err
		}
		fmt.Println(r.Lesson("l").Step("s").Tries)
	}
}

// TestKilledAtAnyMoment kills the writer again and again, in the middle of its work.
func TestKilledAtAnyMoment(t *testing.T) {
	dir := t.TempDir()
	update(t, open(t, dir), func(r *Record) {
		grown(r) // it takes some writing
		r.At("l", "s", at(0))
	})
	acknowledged := 0
	for i := range 60 {
		last, ok := killWriter(t, dir, i%6 == 0)
		if ok {
			acknowledged = last
		}
		// Open also removes what the killed left; Read alone comes first.
		s := &Store{dir: dir, wait: lockWait, now: time.Now}
		r := read(t, s)
		got := r.Lesson("l").Step("s").Tries
		// One more may be on the disk: killed between the update and its acknowledgement.
		if got != acknowledged && got != acknowledged+1 {
			t.Fatalf("kill %d: got %d updates, want the %d acknowledged", i, got, acknowledged)
		}
		if len(r.Lessons) != 18+1 {
			t.Fatalf("kill %d: got %d lessons, want all", i, len(r.Lessons))
		}
		acknowledged = got
		s = open(t, dir)
		if got, want := names(t, dir), []string{"progress.json", "progress.lock"}; !slices.Equal(got, want) {
			t.Fatalf("kill %d: got files %v, want %v", i, got, want)
		}
		if got := s.Notices(); len(got) != 0 {
			t.Fatalf("kill %d: got notices %v, want none", i, got)
		}
	}
	if acknowledged == 0 {
		t.Error("no child wrote anything")
	}
}

// killWriter starts a writer and kills it at a random moment: of its start if early,
// otherwise of its work. It gives the last count that the writer acknowledged.
func killWriter(t *testing.T, dir string, early bool) (last int, ok bool) {
	t.Helper()
	c := child(t, "endless", dir)
	c.Stderr = os.Stderr
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	acks := bufio.NewScanner(out)
	moments := 20 * time.Millisecond
	if !early {
		moments /= 4
		ok = acks.Scan()
		last, _ = strconv.Atoi(acks.Text())
	}
	time.Sleep(rand.N(moments)) // not waiting for anything: choosing the moment
	if err := c.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	for acks.Scan() {
		if last, err = strconv.Atoi(acks.Text()); err != nil {
			t.Fatal(err)
		}
		ok = true
	}
	_ = c.Wait()
	if !c.ProcessState.Sys().(syscall.WaitStatus).Signaled() {
		t.Fatalf("the child ended by itself: %v", c.ProcessState)
	}
	if !early && !ok {
		t.Fatal("the child acknowledged nothing")
	}
	return last, ok
}

const marksEach = 25

// marksChild waits for its standard input to end, then makes its marks.
func marksChild(dir string) error {
	s, err := Open(dir)
	if err != nil {
		return err
	}
	fmt.Println("ready")
	if _, err := io.ReadAll(os.Stdin); err != nil {
		return err
	}
	for i := range marksEach {
		_, err := s.Update(func(r *Record) error {
			r.Done("l", fmt.Sprintf("step-%d-%d", os.Getpid(), i), at(1))
			r.AddTry("l", "shared", at(1))
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func TestProcessesLoseNothing(t *testing.T) {
	dir := t.TempDir()
	const n = 6
	ready, start, err := os.Pipe() // closing it starts all of them at once
	if err != nil {
		t.Fatal(err)
	}
	defer ready.Close()
	var waits []func() error
	for range n {
		c := child(t, "marks", dir)
		c.Stdin, c.Stderr = ready, os.Stderr
		out, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		if line, err := bufio.NewReader(out).ReadString('\n'); line != "ready\n" {
			t.Fatalf("got %q, %v", line, err)
		}
		waits = append(waits, c.Wait)
	}
	start.Close()
	for _, wait := range waits {
		if err := wait(); err != nil {
			t.Error(err)
		}
	}
	l := read(t, open(t, dir)).Lesson("l")
	if got, want := l.Step("shared").Tries, n*marksEach; got != want {
		t.Errorf("shared counter: got %d, want %d", got, want)
	}
	if got, want := len(l.Steps), n*marksEach+1; got != want {
		t.Errorf("steps: got %d, want %d", got, want)
	}
}

// TestOnlyTheOwnerMayRead takes away the mask that would hide wrong modes.
func TestOnlyTheOwnerMayRead(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0))
	dir := t.TempDir() + "/state/docker-tutor"
	s := open(t, dir)
	update(t, s, func(r *Record) { r.Done("l", "s", at(1)) })
	put(t, dir, "progress.json", "damaged")
	update(t, s, func(r *Record) { r.Done("l", "s", at(1)) })
	want := map[string]os.FileMode{dir + "/..": 0o700, dir: 0o700}
	for _, name := range names(t, dir) {
		want[dir+"/"+name] = 0o600
	}
	if len(want) != 2+3 {
		t.Errorf("got files %v, want three", names(t, dir))
	}
	for path, mode := range want {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != mode {
			t.Errorf("%s: got mode %o, want %o", path, got, mode)
		}
	}
}
