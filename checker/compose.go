package checker

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"docker-tutor/lessons"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/events"
	"github.com/docker/docker/api/types/filters"
)

// The labels that Compose gives to its containers.
const (
	composeProject = "com.docker.compose.project"
	composeService = "com.docker.compose.service"
	composeOneOff  = "com.docker.compose.oneoff"     // of docker compose run
	composeDepends = "com.docker.compose.depends_on" // db:service_healthy:false,…
)

// compose judges the containers of a Compose project.
func (j *judge) compose(ctx context.Context, want *lessons.Compose, keep bool) (*Diagnosis, error) {
	all, err := j.view.containersWith(ctx, filters.Arg("label", composeProject))
	if err != nil {
		return nil, err
	}
	look, a := "docker ps -a --filter label="+composeProject+"="+want.Project, args{"project": want.Project}
	services, others := map[string][]container.Summary{}, map[string]bool{}
	for _, c := range all {
		project := c.Labels[composeProject]
		switch {
		case project == "" || c.Labels[composeOneOff] == "True" || !keep && j.ev.Baseline.HasContainer(c.ID):
		case project == want.Project:
			name := c.Labels[composeService]
			services[name] = append(services[name], c)
		case !j.ev.Opened.HasContainer(c.ID):
			others[project] = true
		}
	}
	names := slices.Sorted(maps.Keys(services))
	switch {
	case want.State == "absent" && len(services) > 0:
		a["found"] = strings.Join(names, ", ")
		return diagnose(j.composeEvent(want.Project, ""), "compose-still-there", look, a), nil
	case want.State == "absent" && !j.composeEvent(want.Project, events.ActionDestroy):
		return diagnose(false, "compose-never-there", look, a), nil
	case want.State == "absent":
		return nil, nil
	case len(services) == 0 && len(others) > 0:
		a["found"] = strings.Join(slices.Sorted(maps.Keys(others)), ", ")
		return diagnose(true, "compose-other-project", "docker ps -a", a), nil
	case len(services) == 0:
		return diagnose(false, "compose-no-project", look, a), nil
	}
	for _, name := range slices.Sorted(maps.Keys(want.Services)) {
		if d := j.otherService(want, name, services); d != nil {
			d.Look, d.Args["project"], d.Args["service"] = look, want.Project, name
			return d, nil
		}
	}
	return nil, nil
}

// composeEvent tells whether that was reported of a container of the project since the
// exercise opened; no action stands for any.
func (j *judge) composeEvent(project string, action events.Action) bool {
	return slices.ContainsFunc(j.events, func(e events.Message) bool {
		return e.Type == events.ContainerEventType && e.Actor.Attributes[composeProject] == project &&
			(action == "" || e.Action == action)
	})
}

// otherService compares the containers of one service with those wanted.
func (j *judge) otherService(want *lessons.Compose, name string, services map[string][]container.Summary) *Diagnosis {
	has, is := services[name], want.Services[name]
	if len(has) == 0 && !(is.Running != nil && *is.Running == 0) {
		return diagnose(true, "compose-no-service", "", args{"found": strings.Join(slices.Sorted(maps.Keys(services)), ", ")})
	}
	if d := otherCondition(has, is.DependsOn); d != nil {
		return d // why one of them has ended, as a rule
	}
	count := map[container.ContainerState]int{}
	for _, c := range has {
		count[c.State]++
	}
	counted := func(state container.ContainerState, wanted int) *Diagnosis {
		return diagnose(true, "compose-count", "", args{"found": count[state], "wanted": wanted, "state": Phrase("state-" + state)})
	}
	switch running := count[container.StateRunning]; {
	case is.Running != nil && running != *is.Running:
		return counted(container.StateRunning, *is.Running)
	case is.Running == nil && is.Exited == nil && is.DependsOn == nil && running == 0:
		for _, c := range has {
			if code, exited := exitedCode(c.Status); exited {
				return diagnose(true, "compose-exited", "", args{"code": code, "why": codePhrase(code)})
			}
		}
		return counted(container.StateRunning, 1)
	case is.Exited != nil && count[container.StateExited] != *is.Exited:
		return counted(container.StateExited, *is.Exited)
	}
	return nil
}

// otherCondition finds a service whose containers wait for another one in another way, or not
// at all, by the label in which Compose notes what a container depends on.
func otherCondition(has []container.Summary, wanted map[string]string) *Diagnosis {
	for _, other := range slices.Sorted(maps.Keys(wanted)) {
		for _, c := range has {
			if !slices.ContainsFunc(strings.Split(c.Labels[composeDepends], ","), func(entry string) bool {
				if wanted[other] == "service_started" { // the others wait for more than this
					return strings.HasPrefix(entry, other+":")
				}
				return strings.HasPrefix(entry+":", other+":"+wanted[other]+":")
			}) {
				return diagnose(true, "compose-no-condition", "", args{"other": other, "wanted": wanted[other]})
			}
		}
	}
	return nil
}

// exitedCode reads the exit code in a status of docker ps: Exited (1) 3 seconds ago.
func exitedCode(status string) (int, bool) {
	rest, ok := strings.CutPrefix(status, "Exited (")
	if !ok {
		return 0, false
	}
	number, _, _ := strings.Cut(rest, ")")
	code, err := strconv.Atoi(number)
	return code, err == nil
}
