package checker

import (
	"fmt"
	"maps"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"docker-tutor/lessons"

	"github.com/docker/docker/api/types/events"
)

// wrongTurn is a mistake made for real, and what must be said of it.
type wrongTurn struct {
	name    string
	before  string          // shell, before the baseline is taken
	setup   string          // shell, before the exercise opens
	run     string          // shell, the mistake
	awaits  []events.Action // what must be reported of containers before judging
	check   lessons.Check
	answers []string // $(…) is what the shell prints
	want    string   // id of the diagnosis
	far     bool     // nothing was done that is worth talking of unasked
	args    args     // some of the arguments
	look    string   // what the command to look with begins with
}

// TestWrongTurns makes each mistake on the real daemon.
func TestWrongTurns(t *testing.T) {
	for _, turn := range wrongTurns() {
		t.Run(turn.want+"/"+turn.name, func(t *testing.T) {
			t.Parallel()
			l := openLab(t, turn.before, turn.setup)
			out := l.run(turn.run)
			l.await(turn.awaits...)
			v := l.judge(turn.check, l.answers(turn.answers)...)
			if v.Outcome != Failed || v.Diagnosis.ID != turn.want {
				t.Fatalf("got %s %+v, want failed with %s; the shell said:\n%s", v.Outcome, v.Diagnosis, turn.want, out)
			}
			d := v.Diagnosis
			if d.Near == turn.far {
				t.Errorf("got near %v, want %v", d.Near, !turn.far)
			}
			if got, want := slices.Sorted(maps.Keys(d.Args)), DiagnosisArgs(d.ID); !slices.Equal(got, want) {
				t.Errorf("got the arguments %v, want %v", got, want)
			}
			for key, want := range *bind(l, asText(turn.args)) {
				if got := asText(d.Args)[key]; got != want {
					t.Errorf("got %s = %s, want %s", key, got, want)
				}
			}
			look := exec.Command("sh", "-c", d.Look)
			look.Dir = l.folder
			if out, err := look.CombinedOutput(); err != nil {
				t.Errorf("looking with %q: %v\n%s", d.Look, err, out)
			}
			if want := l.own(turn.look); !strings.HasPrefix(d.Look, want) {
				t.Errorf("got look %q, want %q", d.Look, want)
			}
		})
	}
}

// TestEveryDiagnosisIsProved asserts that the table above knows every diagnosis.
func TestEveryDiagnosisIsProved(t *testing.T) {
	proved := map[string]bool{
		"daemon-silent": true, "check-broken": true, // in TestDaemonSilent and TestCheckBroken
		"came-too-early": true, // in TestAfter
		"http-refused":   true, // in TestUnanswered
	}
	for _, turn := range wrongTurns() {
		proved[turn.want] = true
	}
	for _, turn := range ranTurns() {
		proved[turn.want] = true
	}
	if got, want := slices.Sorted(maps.Keys(proved)), KnownDiagnoses(); !slices.Equal(got, want) {
		t.Errorf("proved and known diagnoses differ:\ngot  %v\nwant %v", got, want)
	}
}

// TestEveryPhraseIsProved asserts the same of the phrases.
func TestEveryPhraseIsProved(t *testing.T) {
	proved := map[Phrase]bool{
		"state-dead": true, "state-removing": true, // states of a daemon in trouble, not to be had at will
		"exit-125": true, "exit-126": true, "exit-139": true, "exit-143": true, "exit-1": true,
		"exit-137": true, "exit-signal": true, "exit-other": true, // in TestExitPhrases
		"state-restarting": true, // in TestLiveStates
	}
	all := []args{}
	for _, turn := range wrongTurns() {
		all = append(all, turn.args)
	}
	for _, turn := range ranTurns() {
		all = append(all, turn.args)
	}
	for _, a := range all {
		for _, value := range a {
			if p, ok := value.(Phrase); ok {
				proved[p] = true
			}
		}
	}
	if got, want := slices.Sorted(maps.Keys(proved)), KnownPhrases(); !slices.Equal(got, want) {
		t.Errorf("proved and known phrases differ:\ngot  %v\nwant %v", got, want)
	}
}

// asText makes arguments comparable, with their types.
func asText(a args) map[string]string {
	text := map[string]string{}
	for key, value := range a {
		text[key] = fmt.Sprintf("%T %v", value, value)
	}
	return text
}

// The kinds of check, in short.

func ofContainer(c lessons.Container) lessons.Check {
	return lessons.Check{ID: "check", Statement: lessons.Statement{Container: &c}}
}

func ofImage(i lessons.Image) lessons.Check {
	return lessons.Check{ID: "check", Statement: lessons.Statement{Image: &i}}
}

func ofImages(i lessons.Images) lessons.Check {
	return lessons.Check{ID: "check", Statement: lessons.Statement{Images: &i}}
}

func ofEvent(e lessons.Event) lessons.Check {
	return lessons.Check{ID: "check", Statement: lessons.Statement{Event: &e}}
}

func ofAnswer(a lessons.Answer) lessons.Check {
	return lessons.Check{ID: "check", Statement: lessons.Statement{Answer: &a}}
}

func keep(c lessons.Check) lessons.Check {
	c.Keep = true
	return c
}

// Events to await.
var (
	anEnd     = []events.Action{events.ActionDie}
	aRemoval  = []events.Action{events.ActionDie, events.ActionDestroy}
	fourTimes = []events.Action{events.ActionDie, events.ActionDie, events.ActionDie, events.ActionDie}
)

func wrongTurns() []wrongTurn {
	return slices.Concat(containerTurns(), stateTurns(), settingTurns(), portTurns(), imageTurns(), eventTurns(), answerTurns(),
		optionTurns(), imageOptionTurns(), volumeTurns(), networkTurns(), fileTurns(), labFileTurns(),
		httpTurns(), processTurns(), composeTurns(), sequenceTurns(), registryTurns(), answerKindTurns())
}
