package sandbox

import (
	"context"
	"strings"
	"testing"
)

const (
	ctrlC = "\x03"
	ctrlD = "\x04"
)

// learners are one for each shell, with settings of their own that could get in the way.
var learners = map[string]learner{
	"bash": {shell: "bash", home: map[string]string{".bashrc": `
		marker() { echo "my own settings"; }
		alias docker='docker --log-level fatal' task='echo alias'
		PS1='theirs> ' PROMPT_COMMAND='PS1="theirs> "; true'
		set -o noclobber`}},
	"zsh": {shell: "zsh", home: map[string]string{".zshenv": "mine='my own'", ".zshrc": `
		marker() { echo $mine settings; }
		alias docker='docker --log-level fatal' task='echo alias'
		precmd() { PROMPT='theirs> '; true }
		RPROMPT=right
		setopt prompt_subst noclobber`}},
	"fish": {shell: "fish", home: map[string]string{".config/fish/config.fish": `
		function marker; echo my own settings; end
		alias docker 'command docker --log-level fatal'
		alias task 'echo alias'
		function fish_prompt; echo 'theirs> '; end
		function fish_right_prompt; echo right; end`}},
	"sh": {shell: "sh", env: []string{"ENV=~/.shinit"}, home: map[string]string{".shinit": `
		marker() { echo "my own settings"; }
		alias docker='docker --log-level fatal' task='echo alias'
		PS1='theirs> '
		set -C`}},
}

func eachShell(t *testing.T, test func(t *testing.T, b *bench, who learner)) {
	t.Parallel()
	for name, who := range learners {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, newBench(t), who)
		})
	}
}

// status is how a shell says the exit code of the last command.
func (who learner) status() string {
	if who.shell == "fish" {
		return "$status"
	}
	return "$?"
}

// A morning in the lab.
func TestShell(t *testing.T) {
	eachShell(t, func(t *testing.T, b *bench, who learner) {
		w := b.openTerminal(who)
		w.enter("marker")
		w.sees("\nmy own settings\n")
		w.enter("false")
		w.enter("echo code=" + who.status())
		w.sees("\ncode=1\n")
		w.enter("echo code=" + who.status())
		w.sees("\ncode=0\n")
		if got := w.enter(`answer one "two  words" 'é à « ça » $HOME' it\'s`).Text; got != "one two  words é à « ça » $HOME it's" {
			t.Errorf("answer: got %q", got)
		}
		w.sees("\n[answer|one two  words é à « ça » $HOME it's]\n")
		if got := w.enter("task").Word; got != "task" {
			t.Errorf("the word task: got %q asked", got)
		}
		w.enter("hint; echo code=" + who.status())
		w.sees("\na hint\ncode=3\n")
		w.enter("docker run --name " + b.own("dt-web") + " busybox true")
		info, err := b.e.ContainerInspect(context.Background(), b.own("dt-web"))
		if err != nil {
			t.Fatalf("%v\n%s", err, w.text())
		}
		if !strings.HasSuffix(w.opened.Lab, "/"+info.Config.Labels[labLabel]) {
			t.Errorf("the container's labels: got %v (%v), want the lab's in %s", info.Config.Labels, err, w.opened.Lab)
		}
		w.press("exit\r")
		w.wantEnd(false)
		wantSame(t, "traces", b.traces(), []string{})
	})
}

func TestCtrlC(t *testing.T) {
	eachShell(t, func(t *testing.T, b *bench, who learner) {
		w := b.openTerminal(who)
		w.press("sh -c 'echo run''ning; exec sleep 600'\r")
		w.sees("\nrunning\n")
		w.press(ctrlC)
		w.prompted()

		w.press("check\r")
		w.await("the word", func(r report) bool { return r.Word == "check" })
		w.press(ctrlC)
		w.sees(prompt + "check\n^C")
		w.order(order{Finish: true})
		w.prompted()
		for _, answer := range []string{"1", "2"} {
			w.enter("answer " + answer)
			w.sees("\n[answer|" + answer + "]\n")
		}
		if strings.Contains(w.text(), "[check|]") {
			t.Errorf("the interrupted word: got its reply, want it dropped\n%s", w.text())
		}
		w.press(ctrlD)
		w.wantEnd(false)
	})
}

// An announcement stands above the prompt, and what is typed stays.
func TestAnnounce(t *testing.T) {
	eachShell(t, func(t *testing.T, b *bench, who learner) {
		w := b.openTerminal(who)
		for _, where := range []string{"at the top", "at the bottom", "next to it"} {
			switch where {
			case "at the bottom":
				w.enter("seq 40")
			case "next to it":
				w.enter("clear")
				w.enter("seq 21")
			}
			w.press("echo hel")
			w.until("what was typed", func() bool { line, _ := w.line(); return line == prompt+"echo hel" })
			_, row := w.line()
			w.announce("one "+where+"\n  two\nthree\n", 3, true)
			w.sees("\none " + where + "\n  two\nthree\n" + prompt + "echo hel")
			if line, now := w.line(); line != prompt+"echo hel" || now != min(row+3, 23) {
				t.Errorf("%s: the cursor: got %q in row %d, want it in %d", where, line, now, min(row+3, 23))
			}
			w.enter("lo" + where[:4])
			w.sees("\nhello" + where[:4] + "\n")
		}
		w.press("sh -c 'echo run''ning; read line'\r")
		w.sees("\nrunning\n")
		w.announce("amid a command\n", 1, false)
		w.enter("")
		if strings.Contains(w.text(), "amid a command") {
			t.Errorf("announced amid a command:\n%s", w.text())
		}
		w.press("exit\r")
		w.wantEnd(false)
	})
}

func (w *terminal) announce(text string, rows int, want bool) {
	w.t.Helper()
	w.order(order{Announce: text, Rows: rows})
	r := w.await("the announcement", func(r report) bool { return r.Announced != "" })
	if got := r.Announced == "true"; got != want {
		w.t.Errorf("announcing %q: got %v, want %v", text, got, want)
	}
}
