package sandbox

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// A word's way from a shell through the pipes and back, as before every prompt.
func BenchmarkPromptWord(b *testing.B) {
	for _, shell := range []string{"sh", "bash", "zsh", "fish"} {
		b.Run(shell, func(b *testing.B) {
			asked := 0
			l, _ := wireLab(b, b.TempDir(), func(Request) Reply { asked++; return Reply{} })
			if err := l.writeShellFiles(); err != nil {
				b.Fatal(err)
			}
			script := fmt.Sprintf(`exec %s -c '. "$DT_LAB/words.sh"; i=0; while [ $i -lt %d ]; do i=$((i+1)); dt__ask prompt || exit; done'`, shell, b.N)
			if shell == "fish" {
				script = fmt.Sprintf(`exec fish -N -c 'source "$DT_LAB/words.fish"; for i in (seq %d); dt__ask prompt; or exit; end'`, b.N)
			}
			b.ResetTimer()
			if got := typeWords(b, l, script); got != "" || asked != b.N {
				b.Fatalf("got %q after %d words, want %d", got, asked, b.N)
			}
		})
	}
}

func BenchmarkCatchUp(b *testing.B) {
	w := newBench(b)
	l := w.open(w.exercise("", "dt-shop"))
	for i := range 20 {
		w.tagged(w.own(fmt.Sprintf("dt-shop:%d", i)))
	}
	for b.Loop() {
		if err := l.CatchUp(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}

// From the call that changes something to the call that judges it.
func BenchmarkEventToChanged(b *testing.B) {
	w := newBench(b)
	l := w.open(w.exercise("", "dt-shop"))
	changed := make(chan bool, 10000)
	l.Follow(b.Context(), func() { changed <- true })
	name := w.own("dt-shop:1")
	for b.Loop() {
		start := time.Now().UnixNano()
		if err := w.e.ImageTag(b.Context(), "busybox", name); err != nil {
			b.Fatal(err)
		}
		for !toldSince(l, name, start) {
			<-changed
		}
	}
	b.StopTimer()
	w.tagged(name)
}

// toldSince looks at the end of the journal for a name.
func toldSince(l *Lab, name string, start int64) bool {
	l.journal.mu.Lock()
	defer l.journal.mu.Unlock()
	for i := len(l.journal.list) - 1; i >= 0 && l.journal.list[i].TimeNano >= start; i-- {
		if l.journal.list[i].Actor.Attributes["name"] == name {
			return true
		}
	}
	return false
}

func BenchmarkTakeInventory(b *testing.B) {
	w := newBench(b)
	for b.Loop() {
		if _, err := TakeInventory(b.Context(), w.e); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOpenAndClose(b *testing.B) {
	w := newBench(b)
	for b.Loop() {
		w.close(w.open(w.exercise("docker tag busybox dt-shop:1", "")))
	}
	if left := w.traces(); len(left) > 0 {
		b.Errorf("left: %s", strings.Join(left, ", "))
	}
}
