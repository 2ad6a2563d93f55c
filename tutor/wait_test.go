package tutor

import (
	"strings"
	"testing"
)

const waitYAML = `
checks:
  - id: answers
    http: {container: NAME, port: "80", contains: bonjour, within: 20s}
solution: docker ps`

const waitWords = "### Checks {#checks}\n\n- `answers` it answers\n"

// slow is a server that takes its time.
const slow = `docker run -d --name NAME -p 127.0.0.1::80 busybox sh -c \
'until [ -e /go ]; do sleep 0.1; done; mkdir /www; echo bonjour >/www/index.html; exec httpd -f -h /www'`

// What may come right by itself is no wrong turn: the prompt is free meanwhile, check says
// that it waits, and the tick comes by itself though nothing is reported.
func TestWaitingForAServer(t *testing.T) {
	l, w, name := oneExercise(t, waitYAML, waitWords)
	announced := make(chan string, 1)
	a, lab := openAttempt(t, l, w, func(text string) bool {
		announced <- text
		return true
	})
	mustRun(t, lab, strings.ReplaceAll(slow, "NAME", name))
	if got := say(a, "prompt", ""); got.Text != "" {
		t.Errorf("before the prompt: %q, want nothing while it is waited for", got.Text)
	}
	got := say(a, "check", "")
	if !strings.Contains(got.Text, "○ it answers") || !strings.Contains(got.Text, "Still waiting for it, up to") || got.Code != 1 {
		t.Errorf("check: got code %d and\n%s\nwant it open, and waited for", got.Code, got.Text)
	}
	mustRun(t, lab, "docker exec "+name+" touch /go")
	if got := <-announced; !strings.Contains(got, "✔ it answers") || !strings.Contains(got, "Exercise done") {
		t.Errorf("announced %q, want the tick and the end", got)
	}
}

// Demo and proof wait for the end, whichever it is.
func TestProofWaits(t *testing.T) {
	l, w, name := oneExercise(t, strings.ReplaceAll(waitYAML, "20s", "2s"), waitWords)
	a, lab := openAttempt(t, l, w, nil)
	mustRun(t, lab, strings.ReplaceAll(slow, "NAME", name))
	verdicts, err := a.Verdicts(t.Context())
	if err != nil || verdicts[0].Waiting() != 0 || verdicts[0].Diagnosis == nil || verdicts[0].Diagnosis.ID != "http-reset" || !verdicts[0].Diagnosis.Near {
		t.Errorf("got %+v (%v), want the end of the wait: http-reset", verdicts, err)
	}
	if got := say(a, "prompt", ""); !strings.Contains(got.Text, "✘") {
		t.Errorf("before the next prompt: %q, want the wrong turn", got.Text)
	}
	mustRun(t, lab, "docker exec -d "+name+" touch /go")
	if said := a.Settled(t.Context()); !strings.Contains(said, "✔ it answers") || !a.Done() {
		t.Errorf("got %q, want the tick", said)
	}
}
