package main

import (
	"cmp"
	"errors"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// noRaceSleep, in its environment, spares a command the second that the race detector
// otherwise sleeps at its end, for races that are still to come.
const noRaceSleep = "GORACE=atexit_sleep_ms=0"

// The test binary is the command: what is tested is what is shipped.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"docker-tutor": main})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("DOCKER_TUTOR_HOME", env.WorkDir+"/state")
			env.Setenv("LANG", "C.UTF-8")
			name, value, _ := strings.Cut(noRaceSleep, "=")
			env.Setenv(name, value)
			for _, name := range []string{"DOCKER_HOST", "DOCKER_CONFIG"} {
				if value, set := os.LookupEnv(name); set {
					env.Setenv(name, value)
				}
			}
			// For what goes round the guard.
			env.Setenv("ENGINE", cmp.Or(os.Getenv("DOCKER_HOST"), "unix:///var/run/docker.sock"))
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits},
	})
}

// exits CODE COMMAND… runs a command that must end with that code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	want, err := strconv.Atoi(args[0])
	if neg || err != nil || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND…")
	}
	got := 0
	var exit *exec.ExitError
	switch err := ts.Exec(args[1], args[2:]...); {
	case errors.As(err, &exit):
		got = exit.ExitCode()
	case err != nil:
		ts.Fatalf("running %v: %v", args[1:], err)
	}
	if got != want {
		ts.Fatalf("%v ended with code %d, want %d", args[1:], got, want)
	}
}
