package checker

import (
	"testing"

	"docker-tutor/lessons"

	"github.com/docker/docker/api/types/events"
)

// rightWay is right work done for real, one way of several.
type rightWay struct {
	name    string
	before  string // shell, before the baseline is taken
	setup   string // shell, before the exercise opens
	run     string // shell
	awaits  []events.Action
	check   lessons.Check
	answers []string // $(…) is what the shell prints
}

func testRightWays(t *testing.T, ways []rightWay) {
	for _, way := range ways {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			l := openLab(t, way.before, way.setup)
			out := l.run(way.run)
			l.await(way.awaits...)
			v := l.judge(way.check, l.answers(way.answers)...)
			if v.Outcome != Passed || v.Diagnosis != nil {
				t.Errorf("got %s %+v, want passed; the shell said:\n%s", v.Outcome, v.Diagnosis, out)
			}
			if c := way.check; v.Final != (c.Event != nil || c.Sequence != nil || c.Answer != nil) {
				t.Errorf("got final %v", v.Final)
			}
		})
	}
}
