package sandbox

import (
	"os"
	"testing"
)

// The window is closed. Where the tutor leads its session, as in a window of its own, the
// kernel tells it; under a shell, the kernel tells that shell and the one in the lab.
func TestWindowCloses(t *testing.T) {
	eachShell(t, func(t *testing.T, b *bench, who learner) {
		for _, c := range []struct{ name, under, command string }{
			{"at the prompt", "", ""},
			{"amid a command", "", "sh -c 'echo run''ning; exec sleep 600'"},
			{"amid a word", "", "check"},
			{"under a shell", `"$0"; :`, ""},
		} {
			t.Run(c.name, func(t *testing.T) {
				who.under = c.under
				w := newWindow(t, b, who)
				switch c.command {
				case "":
				case "check":
					w.press("check\r")
					w.asked("check")
				default:
					w.press(c.command + "\r")
					w.sees("\nrunning\n")
				}
				w.keys.Close()
				if c.command == "check" && who.shell == "fish" {
					w.order(order{Finish: true}) // for which fish waits first
				}
				w.wantEnd(true)
			})
		}
	})
}

func newWindow(t *testing.T, b *bench, who learner) *terminal {
	inner := *b
	inner.t = t
	return inner.openTerminal(who)
}

// The tutor is told to end, and tells the shell.
func TestHangUp(t *testing.T) {
	eachShell(t, func(t *testing.T, b *bench, who learner) {
		for _, command := range []string{"", "sh -c 'echo run''ning; exec sleep 600'"} {
			w := newWindow(t, b, who)
			if command != "" {
				w.press(command + "\r")
				w.sees("\nrunning\n")
			}
			w.order(order{HangUp: true})
			w.wantEnd(true)
		}
	})
}

// A shell that will not hear of it is killed.
func TestHangUpIgnored(t *testing.T) {
	t.Parallel()
	w := newBench(t).openTerminal(learner{shell: "bash", home: map[string]string{".bashrc": "trap '' HUP"}})
	w.order(order{HangUp: true})
	w.wantEnd(true)
}

// Where the kernel does not hang the shell up with the tutor, it ends at its next prompt.
func TestTutorGone(t *testing.T) {
	eachShell(t, func(t *testing.T, b *bench, who learner) {
		w := b.openTerminal(who)
		set := "DT_PID=999999999"
		if who.shell == "fish" {
			set = "set DT_PID 999999999"
		}
		w.press(set + "\r")
		w.sees("the tutor is gone")
		w.await("the shell's end", func(r report) bool { return r.Ended })
	})
}

func TestLearnersShell(t *testing.T) {
	for _, c := range []struct{ tutor, shell, want string }{
		{"", "/bin/bash", "/bin/bash"},
		{"zsh", "/bin/bash", "/usr/bin/zsh"},
		{"no-such-shell", "/bin/bash", "/bin/bash"},
		{"", "/no/such/shell", "/bin/sh"},
		{"", "", "/bin/sh"},
	} {
		t.Setenv("DOCKER_TUTOR_SHELL", c.tutor)
		t.Setenv("SHELL", c.shell)
		got, err := os.Stat(LearnersShell())
		want, wantErr := os.Stat(c.want)
		if err != nil || wantErr != nil || !os.SameFile(got, want) {
			t.Errorf("%+v: got %s (%v, %v)", c, LearnersShell(), err, wantErr)
		}
	}
}

// A shell that the words are not written in gives way to sh.
func TestUnknownShell(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	w := b.openTerminal(learner{shell: "python3"})
	w.enter("answer 1")
	w.sees("\n[answer|1]\n")
	w.press("exit\r")
	w.wantEnd(false)
}
