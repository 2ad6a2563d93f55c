//go:build linux

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"docker-tutor/content"
)

// outside runs docker as in another terminal, beside the tutor.
func outside(t *testing.T, args ...string) string {
	t.Helper()
	out, err := exec.Command("docker", args...).CombinedOutput()
	if err != nil {
		t.Fatalf("docker %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// What a learner owned before an exercise is safe in every shell of the lab, though their
// own settings lead docker elsewhere, and the refusal is in their language.
func TestLearnersOwnIsSafe(t *testing.T) {
	for shell, settings := range map[string]string{
		"bash": ".bashrc", "zsh": ".zshrc", "fish": ".config/fish/config.fish", "sh": "",
	} {
		t.Run(shell, func(t *testing.T) {
			path, err := exec.LookPath(shell)
			if err != nil {
				t.Fatal(err)
			}
			l := newLearner(t, content.French, "SHELL="+path)
			own := strings.ToLower("my-cmdtest-" + filepath.Base(l.home) + "-" + shell + "-" + filepath.Base(filepath.Dir(l.home)))
			outside(t, "run", "-d", "--name", own, "busybox", "sleep", "600")
			t.Cleanup(func() { outside(t, "rm", "-f", own) })
			if settings != "" {
				l.hasSettings(settings, "export DOCKER_HOST=unix:///nowhere.sock DOCKER_CONTEXT=nowhere\nalias docker='command docker -H unix:///nowhere.sock'\n")
			}
			s := l.opens("tag")
			s.enter("docker rm -f " + own)
			s.waitFor("docker-tutor garde le conteneur " + own)
			s.enter("docker system prune --all --volumes --force")
			s.waitFor("Total reclaimed space")
			s.waitFor(labPrompt)
			if state := outside(t, "inspect", "-f", "{{.State.Status}}", own); state != "running" {
				t.Errorf("the learner's own container is %s", state)
			}
		})
	}
}

// hasSettings gives the learner's shell a settings file.
func (l *learner) hasSettings(name, text string) {
	l.t.Helper()
	path := filepath.Join(filepath.Dir(l.home), name)
	err := os.MkdirAll(filepath.Dir(path), 0o700)
	if err == nil {
		err = os.MkdirAll(filepath.Join(filepath.Dir(l.home), ".local/share/fish/generated_completions"), 0o700)
	}
	if err == nil {
		// fish makes completions of all manual pages in a home that has none.
		err = os.WriteFile(filepath.Join(filepath.Dir(l.home), ".local/share/fish/generated_completions/none.fish"), nil, 0o600)
	}
	if err == nil {
		err = os.WriteFile(path, []byte(text), 0o600)
	}
	if err != nil {
		l.t.Fatal(err)
	}
}

// A second terminal shows the checklist of one exercise after another; a learner's own
// shell goes through the same exercise, and back.
func TestSecondTerminal(t *testing.T) {
	l := newLearner(t, content.English)
	other := *l
	watch := other.sits("watch")
	t.Cleanup(func() { watch.master.Close(); watch.cmd.Process.Kill(); <-watch.ended })
	watch.waitFor(l.say("watch.waiting"))

	s := l.opens("tag")
	lab := l.lab()
	watch.waitFor(lab.Binding.Apply("○ dt-bakery:stable is another name of dt-cake:{{.new}}"))

	own := exec.Command("sh", "-euc", lab.Binding.Apply(`
		before=${DOCKER_HOST-}
		eval "$(docker-tutor env)"
		test "$DOCKER_HOST" != "$before"
		if check; then exit 9; fi
		task | grep dt-bakery
		docker tag dt-cake:{{.new}} dt-bakery:stable
		eval "$(docker-tutor env --unset)"
		test "${DOCKER_HOST-}" = "$before"
		docker version >/dev/null
	`))
	own.Env = append(l.env, "SHELL=/bin/sh")
	if out, err := own.CombinedOutput(); err != nil || !strings.Contains(string(out), "dt-bakery:stable") {
		t.Fatalf("in the learner's own shell: %v\n%s", err, out)
	}
	watch.waitFor(lab.Binding.Apply("✔ dt-bakery:stable is another name of dt-cake:{{.new}}"))
	watch.waitFor(l.say("watch.done"))
	s.waitFor("✔ " + l.say("lab.done")) // above the prompt, which stays as it is
	s.enter("exit")
	l.takes("pass.title", "pass.leave")
	s.exits(0)
	watch.waitFor(l.say("watch.waiting"))
	watch.press("\x03")
	watch.exits(0)
	if _, errOut, code := l.command("env"); code != 1 || !strings.Contains(errOut, "no exercise is open") {
		t.Errorf("env without an exercise: code %d, %q", code, errOut)
	}
}
