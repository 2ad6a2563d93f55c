package checker

import (
	"slices"
	"testing"
	"time"

	"docker-tutor/lessons"
)

// TestExitPhrases ends containers in every way that a code can tell.
func TestExitPhrases(t *testing.T) {
	tests := []struct {
		run  string
		ends int // how often the container ends
		code int
		want Phrase
	}{
		{"docker run --name dt-web busybox true", 1, 0, "exit-0"},
		{"docker run --name dt-web busybox false", 1, 1, "exit-1"},
		{"docker run --name dt-web busybox sh -c 'exit 3'", 1, 3, "exit-other"},
		{"docker run --name dt-web busybox sh -c 'exit 125'", 1, 125, "exit-125"},
		{"docker run --name dt-web busybox sh -c /tmp", 1, 126, "exit-126"},
		{"docker run --name dt-web busybox sh -c nosuch", 1, 127, "exit-127"},
		{"docker run --name dt-web busybox sh -c 'sh -c \"kill -9 \\$\\$\"; exit $?'", 1, 137, "exit-137"},
		{"docker run --name dt-web busybox sh -c 'sh -c \"kill -11 \\$\\$\"; exit $?'", 1, 139, "exit-139"},
		{"docker run --name dt-web busybox sh -c 'sh -c \"kill -15 \\$\\$\"; exit $?'", 1, 143, "exit-143"},
		{"docker run --name dt-web busybox sh -c 'sh -c \"kill -1 \\$\\$\"; exit $?'", 1, 129, "exit-signal"},
		{"docker run -d --init --name dt-web busybox sleep 600; docker stop dt-web", 1, 143, "exit-by-stop"},
		{"docker run -d --init --name dt-web busybox sleep 600; docker kill -s HUP dt-web", 1, 129, "exit-by-kill"},
		{"docker run -d --name dt-web busybox sleep 600; docker kill -s HUP dt-web; docker exec dt-web killall sleep; docker kill -s 9 dt-web; docker wait dt-web; docker start dt-web; docker kill dt-web", 2, 137, "exit-by-kill"},
		{"docker run -d --name dt-web busybox sh -c 'sleep .1'; docker stop -t 0 dt-web; docker start -a dt-web", 2, 0, "exit-0"},
	}
	for _, test := range tests {
		t.Run(string(test.want)+"/"+test.run, func(t *testing.T) {
			t.Parallel()
			l := openLab(t, "", "")
			l.run(test.run)
			l.await(slices.Repeat(anEnd, test.ends)...)
			v := l.judge(ofContainer(lessons.Container{Name: "dt-web", State: "running"}))
			if v.Diagnosis == nil || v.Diagnosis.ID != "container-exited" {
				t.Fatalf("got %s %+v, want container-exited", v.Outcome, v.Diagnosis)
			}
			if got := v.Diagnosis.Args; got["code"] != test.code || got["why"] != test.want {
				t.Errorf("got code %v, %v, want %d, %s", got["code"], got["why"], test.code, test.want)
			}
		})
	}
}

// TestAgo asserts that the past is told from Now, and never lies in the future.
func TestAgo(t *testing.T) {
	j := judge{ev: &Evidence{Now: time.Date(2026, 1, 2, 3, 4, 8, 0, time.UTC)}}
	for moment, want := range map[string]time.Duration{
		"2026-01-02T03:04:05Z":           3 * time.Second,
		"2026-01-02T05:04:05.000+02:00":  3 * time.Second,
		"2026-01-02T03:04:09.123456789Z": 0,
		"never":                          0,
	} {
		if got := j.ago(moment); got != want {
			t.Errorf("%s: got %s, want %s", moment, got, want)
		}
	}
}
