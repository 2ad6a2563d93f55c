package checker

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"docker-tutor/lessons"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/go-connections/nat"
)

// published is one port of a container, open to the world on a port of the host.
type published struct {
	ip, host string   // host is empty where Docker is to choose
	inside   nat.Port // 80/tcp
	// withAddress has the address written, where it is what counts.
	withAddress bool
}

// String writes it the way -p takes it; tcp is not said.
func (p published) String() string {
	inside := strings.TrimSuffix(string(p.inside), "/tcp")
	if p.host == "" {
		return inside
	}
	if p.withAddress || p.ip != "" && p.ip != "0.0.0.0" && p.ip != "::" {
		return cmp.Or(p.ip, "0.0.0.0") + ":" + p.host + ":" + inside
	}
	return p.host + ":" + inside
}

// otherPorts compares the published ports. What counts is what was asked for at
// creation, so that a created or stopped container can be judged too; a running one
// adds what Docker chose for it.
func otherPorts(want *lessons.Container, found *container.InspectResponse) (*Diagnosis, error) {
	have := publishedPorts(found)
	for _, spec := range want.Publish {
		mappings, err := nat.ParsePortSpec(spec)
		if err != nil {
			return nil, fmt.Errorf("reading the published port %q: %w", spec, err)
		}
		for _, m := range mappings {
			wanted := published{ip: m.Binding.HostIP, host: m.Binding.HostPort, inside: m.Port, withAddress: m.Binding.HostIP != ""}
			if d := otherPort(wanted, have, found); d != nil {
				d.Args["name"], d.Args["wanted"] = want.Name, wanted.String()
				d.Look = "docker port " + want.Name
				return d, nil
			}
		}
	}
	return nil, nil
}

// publishedPorts gives all published ports, those that were asked for first, each once.
func publishedPorts(found *container.InspectResponse) []published {
	var have []published
	for _, ports := range []nat.PortMap{found.HostConfig.PortBindings, found.NetworkSettings.Ports} {
		for inside, bindings := range ports {
			for _, b := range bindings {
				have = append(have, published{ip: b.HostIP, host: b.HostPort, inside: inside})
			}
		}
	}
	slices.SortStableFunc(have, func(a, b published) int { return strings.Compare(a.String(), b.String()) })
	return have
}

// otherPort says what is published instead of the wanted port; nil if it is right.
func otherPort(want published, have []published, found *container.InspectResponse) *Diagnosis {
	mode := found.HostConfig.NetworkMode
	if len(have) > 0 && (mode.IsHost() || mode.IsNone() || mode.IsContainer()) {
		return diagnose(true, "container-port-no-network", "", args{"network": mode.NetworkName()})
	}
	near := ""
	var instead published
	for _, p := range have {
		if p.host == want.host && p.inside == want.inside && (want.ip == "" || p.ip == want.ip) {
			return nil
		}
		if why := nearPort(want, p, found); near == "" && why != "" {
			near, instead = why, p
			instead.withAddress = why == "container-port-other-address"
		}
	}
	switch {
	case near != "":
		return diagnose(true, near, "", args{"found": instead.String()})
	case len(have) > 0:
		return diagnose(true, "container-port-others", "", args{"found": list(have)})
	case found.HostConfig.PublishAllPorts:
		return diagnose(true, "container-port-none-exposed", "", args{})
	}
	if _, exposed := found.Config.ExposedPorts[want.inside]; exposed {
		return diagnose(true, "container-port-only-exposed", "", args{"port": string(want.inside)})
	}
	return diagnose(true, "container-port-not-published", "", args{})
}

// nearPort tells in which way a published port resembles the wanted one.
func nearPort(want, p published, found *container.InspectResponse) string {
	swapped := p.host == want.inside.Port() && p.inside.Port() == want.host
	switch {
	case p.inside == want.inside && p.host == want.host:
		return "container-port-other-address"
	case swapped && want.host != want.inside.Port():
		return "container-port-swapped"
	case p.inside == want.inside && (p.host == "" || found.HostConfig.PublishAllPorts):
		return "container-port-by-docker"
	case p.inside == want.inside:
		return "container-port-other-host"
	case p.inside.Port() == want.inside.Port() && p.host == want.host:
		return "container-port-protocol"
	case p.host == want.host:
		return "container-port-other-inside"
	}
	return ""
}

func list(have []published) string {
	var words []string
	for _, p := range have {
		words = append(words, p.String())
	}
	return strings.Join(slices.Compact(words), ", ")
}
