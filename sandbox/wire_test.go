package sandbox

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// wireLab is a lab that has a folder and words, and no exercise.
func wireLab(t testing.TB, dir string, handle func(Request) Reply) (l *Lab, stop func()) {
	t.Helper()
	l = &Lab{Dir: dir, Engine: &Engine{}, State: State{ID: "wire", Lesson: "words"}}
	if err := os.MkdirAll(l.Work(), 0o700); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	t.Cleanup(stop)
	t.Cleanup(func() { os.Remove(l.socket("lab")) })
	if err := l.Serve(ctx, Tutor{Handle: handle}); err != nil {
		t.Fatal(err)
	}
	return l, stop
}

// type types words into a shell of the lab, and gives what they print.
func typeWords(t testing.TB, l *Lab, script string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var out strings.Builder
	if err := l.Run(ctx, Script{Text: script, Out: &out}); err != nil {
		t.Fatalf("%s: %v\n%s", script, err, out.String())
	}
	return out.String()
}

// echo answers a word with itself; with exit code 3 for a hint.
func echo(r Request) Reply {
	if r.Word == "hint" {
		return Reply{Text: "a hint", Code: 3}
	}
	return Reply{Text: "[" + r.Word + "|" + r.Text + "]"}
}

func TestWords(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("60 KB and é\n", 5000)
	l, _ := wireLab(t, t.TempDir(), func(r Request) Reply {
		switch {
		case r.Word == "task":
			return Reply{Text: "one\n\n  three \\n %s * $HOME\n\tfour é « à » …\n"}
		case r.Word == "check":
			return Reply{}
		case r.Text == "long":
			return Reply{Text: long}
		case r.Text == "control":
			return Reply{Text: "a\n" + end + "1\nb" + end + "c\n"}
		}
		return echo(r)
	})
	for _, c := range []struct{ script, want string }{
		{"task", "one\n\n  three \\n %s * $HOME\n\tfour é « à » …\n"},
		{"check; echo $?", "0\n"},
		{"hint; echo $?; hint || check && echo ok", "a hint\n3\na hint\nok\n"},
		{`answer "two  words" 'é' \* "it's"`, "[answer|two  words é * it's]\n"},
		{`answer; answer ""; answer " "`, "[answer|]\n[answer|]\n[answer| ]\n"},
		{`answer "$(printf 'one\n\n  three\n.')"`, "[answer|one\n\n  three\n.]\n"},
		{"answer long", long},
		{"answer control; solution", "a\n1\nbc\n[solution|]\n"},
		{"x=$(answer in a subshell); echo $x; check | cat; answer 2", "[answer|in a subshell]\n[answer|2]\n"},
		{"set -eu; IFS=,; answer a b", "[answer|a,b]\n"},
		{"DT_PID=999999999 DT_GONE=gone; task; echo $?", "gone\n1\n"},
	} {
		if got := typeWords(t, l, c.script); got != c.want {
			t.Errorf("%s:\n got %.200q\nwant %.200q", c.script, got, c.want)
		}
	}
}

// Ctrl-C while a word waits for its reply, or amid it: the next word, in this shell or
// another, gets its own reply all the same.
func TestInterruptedWord(t *testing.T) {
	t.Parallel()
	asked, finish := make(chan bool, 1), make(chan bool)
	l, _ := wireLab(t, t.TempDir(), func(r Request) Reply {
		switch r.Word {
		case "check":
			asked <- true
			<-finish
			return Reply{Text: "late"}
		case "solution":
			return Reply{Text: strings.Repeat("more than a pipe holds\n", 10000)}
		}
		return echo(r)
	})
	const next, want = "answer 1; answer 2", "[answer|1]\n[answer|2]\n"
	t.Run("in a shell that is gone", func(t *testing.T) {
		ctx, kill := context.WithCancel(t.Context())
		go func() {
			<-asked
			kill()
		}()
		if err := l.Run(ctx, Script{Text: "check", Out: io.Discard}); err == nil {
			t.Fatal("got a word that ended, want it killed")
		}
		go func() { finish <- true }()
		wantSame(t, "the next words", typeWords(t, l, next), want)
	})
	t.Run("in a subshell", func(t *testing.T) {
		in, out := newMailbox(t), newMailbox(t)
		go func() {
			<-asked
			in.write("kill it")
			out.read() // it is dead
			finish <- true
		}()
		script := "check & read go <" + in.path + "; kill $!; { wait $!; } 2>/dev/null; echo dead >" + out.path + "; " + next
		wantSame(t, "the next words", typeWords(t, l, script), want)
	})
	t.Run("amid the reply", func(t *testing.T) {
		wantSame(t, "the next words", typeWords(t, l, "solution | head -n 1; "+next), "more than a pipe holds\n"+want)
	})
}

func TestAsk(t *testing.T) {
	t.Parallel()
	l, _ := wireLab(t, shortDir(t), echo)
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			text := fmt.Sprintf("%d %s\nlast", i, strings.Repeat("x", i*1000))
			got, err := Ask(l.Dir, Request{Word: "answer", Text: text})
			if want := "[answer|" + text + "]\n"; err != nil || got.Text != want || got.Code != 0 {
				t.Errorf("answer %d: got %q %d (%v)", i, got.Text, got.Code, err)
			}
		})
	}
	wg.Go(func() { typeWords(t, l, "task; task; task") })
	wg.Wait()
	if got, err := Ask(l.Dir, Request{Word: "hint"}); err != nil || got != (Reply{Text: "a hint\n", Code: 3}) {
		t.Errorf("hint: got %+v (%v)", got, err)
	}
}

func TestSocketPlaces(t *testing.T) {
	t.Parallel()
	deep := filepath.Join(t.TempDir(), strings.Repeat("a-long-name/", 20), "lab")
	for _, dir := range []string{shortDir(t), deep} {
		l := &Lab{Dir: dir}
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		// What a process that was killed leaves.
		dead := listen(t, l.socket("lab")).(*net.UnixListener)
		dead.SetUnlinkOnClose(false)
		dead.Close()
		if _, err := Ask(dir, Request{Word: "task"}); !errors.Is(err, syscall.ECONNREFUSED) || !strings.HasPrefix(err.Error(), "reaching the open exercise") {
			t.Errorf("dead socket: got %v", err)
		}
		_, stop := wireLab(t, dir, echo)
		if got, err := Ask(dir, Request{Word: "task"}); err != nil || got.Text != "[task|]\n" {
			t.Errorf("%s: got %+v (%v)", dir, got, err)
		}
		stop()
	}
	if _, err := Ask(t.TempDir(), Request{Word: "task"}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no server: got %v", err)
	}
}

func TestAskBrokenOff(t *testing.T) {
	t.Parallel()
	for _, answer := range []string{"", "half a rep", begin + "\nhalf a rep", begin + "\n" + end, begin + "\n" + end + "x\n"} {
		dir := shortDir(t)
		l := listen(t, filepath.Join(dir, "lab.sock"))
		go func() {
			conn, err := l.Accept()
			if err == nil {
				readRequest(bufio.NewReader(conn))
				conn.Write([]byte(answer))
				conn.Close()
			}
		}()
		if got, err := Ask(dir, Request{Word: "task"}); err == nil {
			t.Errorf("%q: got %+v, want an error", answer, got)
		}
		l.Close()
	}
}

// Nothing of the server is left when its context ends: not a word that waits, nor a
// connection that says nothing.
func TestServeEnds(t *testing.T) {
	l, stop := wireLab(t, shortDir(t), echo)
	typeWords(t, l, "task")
	idle, err := net.Dial("unix", l.socket("lab"))
	if err != nil {
		t.Fatal(err)
	}
	defer idle.Close()
	if _, err := Ask(l.Dir, Request{Word: "task"}); err != nil {
		t.Fatal(err)
	}
	stop()
	idle.SetReadDeadline(time.Now().Add(patience / 4))
	if n, err := idle.Read(make([]byte, 1)); n != 0 || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("idle connection: got %d bytes (%v), want it closed", n, err)
	}
	for deadline := time.Now().Add(patience / 4); serving() > 0; runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Fatalf("goroutines of the server: got %d, want none", serving())
		}
	}
	if _, err := Ask(l.Dir, Request{Word: "task"}); err == nil {
		t.Error("a word after the end: got a reply, want none")
	}
}

// serving counts goroutines that serve words.
func serving() int {
	stacks := make([]byte, 1<<20)
	stacks = stacks[:runtime.Stack(stacks, true)]
	return strings.Count(string(stacks), "sandbox.serve")
}
