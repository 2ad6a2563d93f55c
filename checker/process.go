package checker

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"docker-tutor/lessons"

	"github.com/docker/docker/api/types/container"
)

// process judges what runs in a container, as docker top shows it: seen from the host, so
// that nothing is started to look.
func (j *judge) process(ctx context.Context, want *lessons.Process, keep bool) (*Diagnosis, error) {
	d, err := j.container(ctx, &lessons.Container{Name: want.Container, State: "running"}, keep)
	if d != nil || err != nil {
		return d, err
	}
	c, err := j.view.container(ctx, want.Container)
	if err != nil {
		return nil, err
	}
	running, err := j.view.processes(ctx, c)
	if err != nil {
		return nil, err
	}
	if d = otherProcess(want, running); d == nil {
		return nil, nil
	}
	d.Look = "docker top " + want.Container
	if j.touched(c.ID) { // what the set-up left is not waited for
		d.wait(j.leftSince(c, within(want.Within, usualWait)))
	}
	return d, nil
}

// aProcess is one line of docker top.
type aProcess struct {
	user, command string
	first         bool
}

// processes lists what runs in a container. The columns are asked for by name; where the
// engine's ps does not know them, its own are taken.
func (v *view) processes(ctx context.Context, c *container.InspectResponse) ([]aProcess, error) {
	if v.silent != nil {
		return nil, v.silent
	}
	top, err := v.daemon.ContainerTop(ctx, c.ID, []string{"-eo", "uid,pid,args"})
	if err != nil && !isSilence(err) {
		top, err = v.daemon.ContainerTop(ctx, c.ID, nil)
	}
	if err != nil {
		return nil, v.failed(fmt.Errorf("listing the processes of the container %s: %w", strings.TrimPrefix(c.Name, "/"), err))
	}
	column := func(names ...string) int {
		return slices.IndexFunc(top.Titles, func(title string) bool { return slices.Contains(names, title) })
	}
	user, pid, command := column("UID", "USER"), column("PID"), column("COMMAND", "CMD", "ARGS")
	var all []aProcess
	for _, row := range top.Processes {
		if min(user, pid, command) < 0 || max(user, pid, command) >= len(row) {
			return nil, fmt.Errorf("listing the processes of the container %s: the engine's ps has the columns %v", strings.TrimPrefix(c.Name, "/"), top.Titles)
		}
		all = append(all, aProcess{row[user], row[command], row[pid] == strconv.Itoa(c.State.Pid)})
	}
	return all, nil
}

// otherProcess compares what runs with what should.
func otherProcess(want *lessons.Process, running []aProcess) *Diagnosis {
	a := args{"name": want.Container, "command": want.Command}
	var like *aProcess
	var commands []string
	for i, p := range running {
		commands = append(commands, p.command)
		if !strings.Contains(p.command, want.Command) {
			continue
		}
		like = &running[i]
		if (want.User == "" || p.user == want.User || want.User == "0" && p.user == "root") && (!want.First || p.first) {
			break
		}
	}
	switch {
	case want.State == "absent" && like != nil:
		return diagnose(true, "process-still-runs", "", a)
	case want.State == "absent":
		return nil
	case like == nil:
		a["found"] = clip(strings.Join(commands, ", "))
		return diagnose(true, "process-not-there", "", a)
	case want.User != "" && like.user != want.User && !(want.User == "0" && like.user == "root"):
		a["found"], a["wanted"] = like.user, want.User
		return diagnose(true, "process-other-user", "", a)
	case want.First && !like.first:
		first := running[max(0, slices.IndexFunc(running, func(p aProcess) bool { return p.first }))]
		a["found"] = clip(first.command)
		return diagnose(true, "process-not-first", "", a)
	}
	return nil
}
