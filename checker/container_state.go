package checker

import (
	"regexp"
	"slices"
	"strconv"
	"time"

	"docker-tutor/lessons"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/events"
)

// otherState compares the state of a container with the one wanted.
func (j *judge) otherState(want *lessons.Container, found *container.InspectResponse) *Diagnosis {
	is := string(found.State.Status)
	if want.State == "" || want.State == "present" || want.State == is {
		return nil
	}
	near, a := j.touched(found.ID), args{"name": want.Name}
	wanted := Phrase("state-" + want.State)
	switch {
	case is == "created":
		return j.notStarted(want.Name, wanted, found)
	case is == "restarting":
		a["wanted"], a["code"], a["why"] = wanted, found.State.ExitCode, j.whyExited(found)
		return diagnose(near, "container-restarting", "docker logs "+want.Name, a)
	case want.State == "created":
		a["found"] = Phrase("state-" + is)
		return diagnose(near, "container-was-started", lookContainers, a)
	case is == "exited":
		a["wanted"], a["code"], a["why"] = wanted, found.State.ExitCode, j.whyExited(found)
		a["ago"] = j.ago(found.State.FinishedAt)
		return diagnose(near, "container-exited", "docker logs "+want.Name, a)
	case is == "paused" && want.State == "running":
		a["wanted"] = wanted
		return diagnose(near, "container-paused", lookContainers, a)
	case is == "running" && want.State == "paused":
		return diagnose(near, "container-not-paused", lookContainers, a)
	case is == "running":
		return diagnose(near, "container-still-running", "docker ps", a)
	}
	a["found"], a["wanted"] = Phrase("state-"+is), wanted
	return diagnose(near, "container-other-state", lookContainers, a)
}

// portTaken finds the port in what engines say of one that is in use.
var portTaken = regexp.MustCompile(`:(\d+)(?: failed)?: (?:port is already allocated|bind: address already in use)`)

// notStarted says why a container was created and does not run. A start that fails
// leaves no event: only the state tells.
func (j *judge) notStarted(name string, wanted Phrase, found *container.InspectResponse) *Diagnosis {
	state, a := found.State, args{"name": name}
	whatWentWrong := inspect("{{.State.Error}}", name)
	if state.Error == "" {
		a["wanted"] = wanted
		return diagnose(j.touched(found.ID), "container-never-started", lookContainers, a)
	}
	if port := portTaken.FindStringSubmatch(state.Error); port != nil {
		a["port"] = port[1]
		return diagnose(true, "container-port-taken", whatWentWrong, a)
	}
	if state.ExitCode == 126 || state.ExitCode == 127 {
		a["code"], a["why"], a["command"] = state.ExitCode, exitPhrases[state.ExitCode], found.Path
		return diagnose(true, "container-could-not-start", whatWentWrong, a)
	}
	a["error"] = state.Error
	return diagnose(true, "container-start-failed", whatWentWrong, a)
}

// otherExitCode compares the exit code. A container whose start failed has the code
// of that failure, though it never ran.
func (j *judge) otherExitCode(want *lessons.Container, found *container.InspectResponse) *Diagnosis {
	if want.ExitCode == nil {
		return nil
	}
	switch state := found.State; {
	case state.Running || state.Paused:
		return diagnose(j.touched(found.ID), "container-still-running", "docker ps", args{"name": want.Name})
	case state.ExitCode == *want.ExitCode && (state.Status != container.StateCreated || state.Error != ""):
		return nil
	case state.Status == container.StateCreated:
		return j.notStarted(want.Name, "state-exited", found)
	}
	return diagnose(j.touched(found.ID), "container-other-exit-code", lookContainers, args{
		"name": want.Name, "wanted": *want.ExitCode,
		"found": found.State.ExitCode, "why": j.whyExited(found),
	})
}

// exitPhrases explain the codes that Docker, the shell or the kernel give a meaning.
var exitPhrases = map[int]Phrase{
	0: "exit-0", 1: "exit-1", 125: "exit-125", 126: "exit-126", 127: "exit-127",
	137: "exit-137", 139: "exit-139", 143: "exit-143",
}

func (j *judge) whyExited(found *container.InspectResponse) Phrase {
	return j.exitPhrase(found.ID, found.State.ExitCode, found.State.OOMKilled)
}

// exitPhrase explains an exit: by what was done to the container, or by its code.
func (j *judge) exitPhrase(id string, code int, outOfMemory bool) Phrase {
	if outOfMemory {
		return "exit-oom"
	}
	if how := j.killed(id); how != "" {
		return how
	}
	return codePhrase(code)
}

// codePhrase explains an exit by its code alone.
func codePhrase(code int) Phrase {
	if p, ok := exitPhrases[code]; ok {
		return p
	}
	if code > 128 && code <= 128+64 {
		return "exit-signal"
	}
	return "exit-other"
}

// killed tells from the events whether the container's last run was ended by a stop
// or a kill rather than by itself; empty if neither is known.
func (j *judge) killed(id string) Phrase {
	var how Phrase
	signal := 0
	for i := range j.events {
		e := &j.events[i]
		if e.Type != events.ContainerEventType || e.Actor.ID != id {
			continue
		}
		switch e.Action {
		case events.ActionStart:
			how, signal = "", 0
		case events.ActionKill:
			signal, _ = strconv.Atoi(e.Actor.Attributes["signal"])
		case events.ActionStop:
			how = "exit-by-stop"
		case events.ActionDie: // a signal that the program survived did not end it
			if how == "" && signal != 0 && exitCode(e) == 128+signal {
				how = "exit-by-kill"
			}
		}
	}
	return how
}

func exitCode(died *events.Message) int {
	code, _ := strconv.Atoi(died.Actor.Attributes["exitCode"])
	return code
}

// ago tells how long before now a moment was, as the daemon writes it; never less
// than nothing, though clocks differ.
func (j *judge) ago(moment string) time.Duration {
	at, err := time.Parse(time.RFC3339Nano, moment)
	if err != nil {
		return 0
	}
	return max(0, j.ev.Now.Sub(at))
}

// otherSettings compares what a container was given when it was created.
func otherSettings(want *lessons.Container, found *container.InspectResponse) *Diagnosis {
	if d := otherCommand(want, found); d != nil {
		return d
	}
	if d := otherEnv(want, found.Config.Env); d != nil {
		return d
	}
	if label, is, has := otherLabel(want.Labels, found.Config.Labels); label != "" {
		a := args{"name": want.Name, "label": label, "wanted": want.Labels[label]}
		return labelDiagnosis("container", inspect("{{json .Config.Labels}}", want.Name), is, has, a)
	}
	if is := restartPolicy(found); want.Restart != "" && is != want.Restart {
		return diagnose(true, "container-other-restart", inspect("{{.HostConfig.RestartPolicy.Name}}", want.Name),
			args{"name": want.Name, "found": is, "wanted": want.Restart})
	}
	return nil
}

func restartPolicy(found *container.InspectResponse) string {
	if policy := found.HostConfig.RestartPolicy.Name; policy != "" {
		return string(policy)
	}
	return "no"
}

// otherCommand compares the command: what was written after the image, or all that
// runs where the image has an entry point.
func otherCommand(want *lessons.Container, found *container.InspectResponse) *Diagnosis {
	all := append([]string{found.Path}, found.Args...)
	if want.Command == nil || slices.Equal(want.Command, found.Config.Cmd) || slices.Equal(want.Command, all) {
		return nil
	}
	return diagnose(true, "container-other-command", inspect("{{json .Config.Cmd}}", want.Name),
		args{"name": want.Name, "found": words(all), "wanted": words(want.Command)})
}

// words writes a command line; words that hold spaces are quoted.
func words(command []string) string {
	line := ""
	for i, w := range command {
		if i > 0 {
			line += " "
		}
		if w == "" {
			w = "''"
		} else {
			w = shellWord(w)
		}
		line += w
	}
	return line
}

// labelDiagnosis says that a label is missing or has another value; kind is
// container or image.
func labelDiagnosis(kind, look, is string, has bool, a args) *Diagnosis {
	if !has {
		return diagnose(true, kind+"-label-missing", look, a)
	}
	a["found"] = is
	return diagnose(true, kind+"-other-label", look, a)
}
