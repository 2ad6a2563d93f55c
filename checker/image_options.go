package checker

import (
	"context"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"docker-tutor/lessons"

	"github.com/docker/docker/api/types/image"
	units "github.com/docker/go-units"
	dockerspec "github.com/moby/docker-image-spec/specs-go/v1"
)

// otherImageOption gives the first difference between what an image holds and what is
// wanted of it.
func (j *judge) otherImageOption(ctx context.Context, want *lessons.Image, name string, found *image.InspectResponse) (*Diagnosis, error) {
	config := found.Config
	if config == nil {
		config = &dockerspec.DockerOCIImageConfig{}
	}
	if d := otherConfig(want, name, config); d != nil {
		return d, nil
	}
	if is := found.Os + "/" + found.Architecture; want.Platform != "" && !strings.HasPrefix(want.Platform+"/", is+"/") {
		return diagnose(true, "image-other-platform", inspect("{{.Os}}/{{.Architecture}}", name),
			args{"name": name, "found": is, "wanted": want.Platform}), nil
	}
	d, err := j.otherLayers(ctx, want, name, found)
	if d == nil && err == nil {
		d, err = j.otherSize(ctx, want, name, found)
	}
	if d == nil && err == nil {
		d, err = j.otherHistory(ctx, want, name)
	}
	return d, err
}

// instruction is what one instruction of a Dockerfile leaves in an image's configuration.
type instruction struct{ name, found, wanted, field string }

// otherConfig compares the configuration of an image.
func otherConfig(want *lessons.Image, name string, config *dockerspec.DockerOCIImageConfig) *Diagnosis {
	user, _, _ := strings.Cut(config.User, ":")
	if want.NonRoot && slices.Contains([]string{"", "0", "root"}, user) {
		return diagnose(true, "image-runs-as-root", inspect("{{.Config.User}}", name), args{"name": name})
	}
	if d := shellForm(want, name, config); d != nil {
		return d
	}
	for _, i := range instructions(want, config) {
		look, a := inspect("{{json .Config."+i.field+"}}", name), args{"name": name, "instruction": i.name, "wanted": i.wanted}
		switch {
		case i.found == i.wanted:
			continue
		case i.found == "":
			return diagnose(true, "image-instruction-missing", look, a)
		}
		a["found"] = i.found
		return otherInstruction(i, name, look, a, config)
	}
	has := checksHealth(config.Healthcheck)
	if want.Healthcheck != nil && has != *want.Healthcheck {
		id := "image-no-health-check"
		if has {
			id = "image-has-health-check"
		}
		return diagnose(true, id, inspect("{{json .Config.Healthcheck}}", name), args{"name": name})
	}
	return nil
}

// instructions gives those that something is said of.
func instructions(want *lessons.Image, config *dockerspec.DockerOCIImageConfig) []instruction {
	all := []instruction{
		{"USER", config.User, want.User, "User"},
		{"WORKDIR", cleanPath(config.WorkingDir), cleanPath(want.Workdir), "WorkingDir"},
		{"ENTRYPOINT", words(config.Entrypoint), words(want.Entrypoint), "Entrypoint"},
		{"CMD", words(config.Cmd), words(want.Command), "Cmd"},
	}
	if runs := words(slices.Concat(config.Entrypoint, config.Cmd)); want.Entrypoint == nil && runs == words(want.Command) {
		all[len(all)-1].found = runs // it runs the same, however the two share it
	}
	exposed := slices.Sorted(maps.Keys(config.ExposedPorts))
	for _, port := range want.Exposes {
		i := instruction{"EXPOSE", strings.Join(exposed, ", "), port, "ExposedPorts"}
		if slices.Contains(exposed, port) || slices.Contains(exposed, port+"/tcp") {
			i.found = port
		}
		all = append(all, i)
	}
	for _, key := range slices.Sorted(maps.Keys(want.Env)) {
		i := instruction{"ENV", "", key + "=" + want.Env[key], "Env"}
		for _, line := range config.Env {
			if is, _, _ := strings.Cut(line, "="); is == key {
				i.found = line
			}
		}
		all = append(all, i)
	}
	return slices.DeleteFunc(all, func(i instruction) bool { return i.wanted == "" })
}

// shellForm finds a command or an entry point that a shell is put around.
func shellForm(want *lessons.Image, name string, config *dockerspec.DockerOCIImageConfig) *Diagnosis {
	for what, command := range map[string][]string{"CMD": config.Cmd, "ENTRYPOINT": config.Entrypoint} {
		if want.ExecForm && isShellForm(command) {
			return inShellForm(name, what, command)
		}
	}
	return nil
}

func isShellForm(command []string) bool {
	return len(command) == 3 && path.Base(command[0]) == "sh" && command[1] == "-c"
}

// inShellForm tells a list that Docker could not read from a line that was meant for a shell.
func inShellForm(name, instruction string, command []string) *Diagnosis {
	look, a := inspect("{{json .Config.Cmd}}", name), args{"name": name, "instruction": instruction, "found": words(command)}
	if strings.HasPrefix(strings.TrimSpace(command[2]), "[") {
		a["found"] = clip(strings.TrimSpace(command[2]))
		return diagnose(true, "image-no-list", look, a)
	}
	return diagnose(true, "image-shell-form", look, a)
}

// otherInstruction says how what an instruction left differs. Of a command that has the right
// words it is the form that does.
func otherInstruction(i instruction, name, look string, a args, config *dockerspec.DockerOCIImageConfig) *Diagnosis {
	command := map[string][]string{"CMD": config.Cmd, "ENTRYPOINT": config.Entrypoint}[i.name]
	switch {
	case len(command) == 1 && strings.Contains(command[0], " ") && strings.Join(strings.Fields(command[0]), " ") == i.wanted:
		return diagnose(true, "image-one-word", look, args{"name": name, "instruction": i.name, "found": command[0]})
	case isShellForm(command) && (strings.HasPrefix(command[2], "[") || strings.Join(strings.Fields(command[2]), " ") == i.wanted):
		return inShellForm(name, i.name, command)
	}
	return diagnose(true, "image-other-instruction", look, a)
}

// otherLayers compares the layers: how many there are, and whose they are.
func (j *judge) otherLayers(ctx context.Context, want *lessons.Image, name string, found *image.InspectResponse) (*Diagnosis, error) {
	layers, base := found.RootFS.Layers, 0
	look := inspect("{{json .RootFS.Layers}}", name)
	if want.BasedOn != "" {
		below, err := j.view.image(ctx, want.BasedOn)
		if err != nil {
			return nil, err
		}
		if below == nil || common(layers, below.RootFS.Layers) < len(below.RootFS.Layers) {
			return diagnose(true, "image-other-base", look, args{"name": name, "wanted": want.BasedOn}), nil
		}
		base = len(below.RootFS.Layers)
	}
	above := len(layers) - base
	wrong := func(wanted int, why Phrase) *Diagnosis {
		if base > 0 {
			return diagnose(true, "image-layers-above", look, args{"name": name, "base": want.BasedOn, "found": above, "wanted": wanted, "why": why})
		}
		return diagnose(true, "image-layers", look, args{"name": name, "found": above, "wanted": wanted, "why": why})
	}
	switch {
	case want.Layers != nil && above > *want.Layers:
		return wrong(*want.Layers, "too-many"), nil
	case want.Layers != nil && above < *want.Layers:
		return wrong(*want.Layers, "too-few"), nil
	case want.MaxLayers != nil && above > *want.MaxLayers:
		return wrong(*want.MaxLayers, "too-many"), nil
	}
	return j.otherShared(ctx, want, name, layers, base)
}

// otherShared compares how many layers an image has in common with another one.
func (j *judge) otherShared(ctx context.Context, want *lessons.Image, name string, layers []string, base int) (*Diagnosis, error) {
	if want.SharesLayersWith == "" {
		return nil, nil
	}
	a := args{"name": name, "other": want.SharesLayersWith}
	other, err := j.view.image(ctx, want.SharesLayersWith)
	if other == nil || err != nil {
		return diagnose(true, "image-no-other-layers", lookImages, a), err
	}
	shared, wanted := common(layers, other.RootFS.Layers)-base, len(other.RootFS.Layers)-base
	if want.SharedLayers != nil {
		wanted = *want.SharedLayers
	}
	if shared == wanted {
		return nil, nil
	}
	a["found"], a["wanted"] = max(0, shared), wanted
	return diagnose(true, "image-shares-layers", inspect("{{json .RootFS.Layers}}", name), a), nil
}

// common counts the layers that two images have in common, from the bottom.
func common(a, b []string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// otherSize compares the size of an image, as docker images counts it.
func (j *judge) otherSize(ctx context.Context, want *lessons.Image, name string, found *image.InspectResponse) (*Diagnosis, error) {
	look := "docker images " + repository(name)
	if want.MaxSize != "" {
		most, err := units.FromHumanSize(want.MaxSize)
		if err != nil {
			return nil, fmt.Errorf("reading the size %q: %w", want.MaxSize, err)
		}
		if found.Size > most {
			return diagnose(true, "image-too-big", look,
				args{"name": name, "found": units.HumanSize(float64(found.Size)), "wanted": units.HumanSize(float64(most))}), nil
		}
	}
	if want.SmallerThan == "" {
		return nil, nil
	}
	other, err := j.view.image(ctx, want.SmallerThan)
	if err != nil || other == nil {
		return diagnose(true, "image-no-bigger", lookImages, args{"name": name, "other": want.SmallerThan}), err
	}
	least := int64(1)
	if want.By != "" {
		if least, err = units.FromHumanSize(want.By); err != nil {
			return nil, fmt.Errorf("reading the size %q: %w", want.By, err)
		}
	}
	if other.Size-found.Size >= least {
		return nil, nil
	}
	return diagnose(true, "image-not-smaller", look, args{
		"name": name, "other": want.SmallerThan, "wanted": units.HumanSize(float64(least)),
		"found": units.HumanSize(float64(found.Size)), "size": units.HumanSize(float64(other.Size)),
	}), nil
}

// otherHistory compares what docker history shows.
func (j *judge) otherHistory(ctx context.Context, want *lessons.Image, name string) (*Diagnosis, error) {
	if len(want.History)+len(want.HistoryLacks) == 0 {
		return nil, nil
	}
	lines, err := j.view.history(ctx, name)
	if err != nil {
		return nil, err
	}
	shows := func(text string) int {
		return slices.IndexFunc(lines, func(line string) bool { return strings.Contains(line, oneLine(text)) })
	}
	look := "docker history --no-trunc " + name
	for _, text := range want.HistoryLacks {
		if i := shows(text); i >= 0 {
			return diagnose(true, "image-history-shows", look, args{"name": name, "found": text, "line": clip(lines[i])}), nil
		}
	}
	for _, text := range want.History {
		if shows(text) < 0 {
			return diagnose(true, "image-history-lacks", look, args{"name": name, "wanted": text}), nil
		}
	}
	return nil, nil
}

// history gives what made each layer of an image, one line each. The classic builder puts
// /bin/sh -c #(nop) before what is no command.
func (v *view) history(ctx context.Context, name string) ([]string, error) {
	if v.silent != nil {
		return nil, v.silent
	}
	items, err := v.daemon.ImageHistory(ctx, name)
	if err != nil {
		return nil, v.failed(fmt.Errorf("reading the history of the image %s: %w", name, err))
	}
	var lines []string
	for _, item := range items {
		lines = append(lines, oneLine(strings.Replace(item.CreatedBy, "/bin/sh -c #(nop) ", "", 1)))
	}
	return lines, nil
}

func oneLine(text string) string {
	return strings.Join(strings.Fields(text), " ")
}
