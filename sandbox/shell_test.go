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
		function fish_right_prompt; echo right; end`,
		// Without this folder a fish reads every manual page of the machine, for minutes.
		".local/share/fish/generated_completions/none.fish": ""}},
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
		w.enter(`answer one "two  words" 'é à « ça » $HOME' it\'s`)
		if got, want := w.asked("answer"), "one two  words é à « ça » $HOME it's"; got != want {
			t.Errorf("answer: got %q, want %q", got, want)
		}
		w.sees("\n[answer|one two  words é à « ça » $HOME it's]\n")
		w.enter("task")
		w.asked("task")
		w.enter("hint; echo code=" + who.status())
		w.sees("\na hint\ncode=3\n")
		w.enter("docker run --name " + b.own("dt-web") + " busybox true")
		info, err := b.e.ContainerInspect(context.Background(), b.own("dt-web"))
		if err != nil {
			t.Fatalf("%v\n%s", err, w.text())
		}
		if !strings.HasSuffix(w.opened.Lab, "/"+info.Config.Labels[labLabel]) {
			t.Errorf("the container's labels: got %v, want the lab's in %s", info.Config.Labels, w.opened.Lab)
		}
		w.press("stty -echo -onlcr\r")
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
		w.asked("check")
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
		w.enter("stty tostop; clear") // who writes from the background is stopped
		for _, where := range []string{"at the top", "at the bottom", "next to it"} {
			switch where {
			case "at the bottom":
				w.enter("seq 40")
			case "next to it":
				w.enter("clear")
				w.enter("seq 21")
			}
			w.press("echo hel")
			w.reads(prompt + "echo hel")
			_, row := w.line()
			w.announce("one "+where+"\n  two\nthree\n", 3, true)
			w.sees("\none " + where + "\n  two\nthree\n" + prompt + "echo hel")
			if line, now := w.line(); line != prompt+"echo hel" || now != min(row+3, 23) {
				t.Errorf("%s: the cursor: got %q in row %d, want it in %d", where, line, now, min(row+3, 23))
			}
			w.press("lo" + where[:4] + "\r")
			w.sees("\nhello" + where[:4] + "\n(tutor) $")
			w.prompted()
		}
		w.press("sh -c 'echo run''ning; read line'\r")
		w.sees("\nrunning\n")
		w.announce("amid a command\n", 1, false)
		w.press("\r")
		w.prompted()
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

// PROMPT_COMMAND may be a text, end in a semicolon, or be a list; all of it is done.
func TestPromptCommand(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ rc, done string }{
		"none":            {"", ""},
		"text":            {"PROMPT_COMMAND='a=1'", "1"},
		"semicolon":       {"PROMPT_COMMAND='a=1; b=2;'", "12"},
		"space at end":    {"PROMPT_COMMAND='a=1 ;  '", "1"},
		"comment":         {"PROMPT_COMMAND='a=1 # one'", "1"},
		"list":            {"PROMPT_COMMAND=('a=1;' b=2)", "12"},
		"fails":           {"PROMPT_COMMAND='a=1; false'", "1"},
		"sets the prompt": {`PROMPT_COMMAND='a=1; PS1="theirs> "'`, "1"},
		"exported":        {"export PROMPT_COMMAND='a=1'", "1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newBench(t).openTerminal(learner{shell: "bash", home: map[string]string{".bashrc": c.rc}})
			w.enter("false")
			w.enter("echo code=$? done=$a$b")
			w.sees("\ncode=1 done=" + c.done + "\n")
			w.press(ctrlD)
			w.wantEnd(false)
		})
	}
}

// The learner's zsh settings may lie elsewhere than in the home folder.
func TestZdotdir(t *testing.T) {
	t.Parallel()
	files := map[string]string{"dots/.zshenv": "mine=1", "dots/.zshrc": "yours=2; HISTFILE=$ZDOTDIR/history", ".zshrc": "yours=wrong"}
	w := newBench(t).openTerminal(learner{shell: "zsh", home: files, env: []string{"ZDOTDIR=~/dots"}})
	w.enter("echo $mine$yours ${ZDOTDIR:t} ${HISTFILE:h:t}")
	w.sees("\n12 dots dots\n")
	w.enter("zsh -ic 'echo inner $mine$yours'")
	w.sees("\ninner 12\n")
	w.press("exit\r")
	w.wantEnd(false)
}
