package checker

import (
	"strings"
	"time"

	"docker-tutor/lessons"

	"github.com/docker/docker/api/types/container"
)

// longestHealth bounds how long a health check is waited for, whatever its image says.
const longestHealth = time.Minute

// otherHealth compares what the health check of a container says. One that is starting
// is given the time that its own settings give it.
func (j *judge) otherHealth(want *lessons.Container, found *container.InspectResponse) *Diagnosis {
	if want.Health == "" {
		return nil
	}
	look, a := inspect("{{json .State.Health}}", want.Name), args{"name": want.Name}
	health := found.State.Health
	switch {
	case health == nil && !found.State.Running && checksHealth(found.Config.Healthcheck): // never started
		return j.otherState(&lessons.Container{Name: want.Name, State: "running"}, found)
	case health == nil || health.Status == container.NoHealthcheck:
		return diagnose(true, "container-no-health-check", inspect("{{json .Config.Healthcheck}}", want.Name), a)
	case !found.State.Running:
		return j.otherState(&lessons.Container{Name: want.Name, State: "running"}, found)
	case health.Status == want.Health:
		return nil
	case health.Status == container.Starting:
		a["wanted"] = want.Health
		d := diagnose(j.handled(found), "container-health-starting", look, a)
		d.wait(j.left(found.State.StartedAt, patience(found.Config.Healthcheck)))
		return d
	case health.Status == container.Unhealthy:
		a["output"] = lastProbe(health)
		return diagnose(j.handled(found), "container-unhealthy", look, a)
	}
	a["found"], a["wanted"] = health.Status, want.Health
	return diagnose(j.handled(found), "container-other-health", look, a)
}

// checksHealth tells a health check from none, and from HEALTHCHECK NONE.
func checksHealth(check *container.HealthConfig) bool {
	return check != nil && len(check.Test) > 0 && check.Test[0] != "NONE"
}

// patience is how long it takes until a check that fails every time is unhealthy.
func patience(check *container.HealthConfig) time.Duration {
	interval, timeout, retries := 30*time.Second, time.Second, 3
	if check.Interval > 0 {
		interval = check.Interval
	}
	if check.Timeout > 0 {
		timeout = check.Timeout
	}
	if check.Retries > 0 {
		retries = check.Retries
	}
	return min(longestHealth, check.StartPeriod+time.Duration(retries)*(interval+timeout))
}

// lastProbe is what the last probe printed, or its exit code where it printed nothing.
func lastProbe(health *container.Health) string {
	if len(health.Log) == 0 {
		return "–"
	}
	last := health.Log[len(health.Log)-1]
	if out := strings.Join(strings.Fields(last.Output), " "); out != "" {
		_, cause, long := strings.Cut(out, "unable to start container process: ") // what is said before it says nothing
		if long {
			out = cause
		}
		return clip(out)
	}
	return "exit " + itoa(last.ExitCode)
}
