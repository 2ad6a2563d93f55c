package checker

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"docker-tutor/lessons"

	"github.com/docker/docker/api/types/events"
	"github.com/docker/docker/api/types/network"
)

const lookNetworks = "docker network ls"

// network judges the state of one network.
func (j *judge) network(ctx context.Context, want *lessons.Network, keep bool) (*Diagnosis, error) {
	found, err := j.view.network(ctx, want.Name)
	a := args{"name": want.Name}
	switch {
	case err != nil:
		return nil, err
	case found == nil && want.State == "absent":
		if j.wasNetwork(want.Name) {
			return nil, nil
		}
		return diagnose(false, "network-never-there", lookNetworks, a), nil
	case found == nil:
		return j.missingNetwork(ctx, want)
	case !keep && inMap(j.ev.Baseline.Networks, found.ID):
		return diagnose(false, "network-existed-before", lookNetworks, a), nil
	case want.State == "absent":
		return j.networkStillThere(found), nil
	}
	return j.differentNetwork(ctx, want, found)
}

// network gives the network of exactly that name, or nil.
func (v *view) network(ctx context.Context, name string) (*network.Inspect, error) {
	return once(v, v.networks, "network", name, func() (network.Inspect, bool, error) {
		found, err := v.daemon.NetworkInspect(ctx, name, network.InspectOptions{})
		return found, found.Name == name, err // it also takes the beginning of an ID
	})
}

// wasNetwork tells whether there was such a network of the exercise.
func (j *judge) wasNetwork(name string) bool {
	for id, n := range j.ev.Opened.Networks {
		if n == name && !inMap(j.ev.Baseline.Networks, id) {
			return true
		}
	}
	return slices.ContainsFunc(j.events, func(e events.Message) bool {
		return e.Type == events.NetworkEventType && e.Action == events.ActionCreate && e.Actor.Attributes["name"] == name
	})
}

// networkTouched tells whether anything was done to a network since the exercise opened. Containers
// that leave it do nothing to it.
func (j *judge) networkTouched(id string) bool {
	return slices.ContainsFunc(j.events, func(e events.Message) bool {
		return e.Type == events.NetworkEventType && e.Actor.ID == id && e.Action != events.ActionDisconnect
	})
}

// missingNetwork says why there is no network of that name.
func (j *judge) missingNetwork(ctx context.Context, want *lessons.Network) (*Diagnosis, error) {
	if j.wasNetwork(want.Name) {
		return diagnose(true, "network-is-gone", lookNetworks, args{"name": want.Name}), nil
	}
	if j.view.silent != nil {
		return nil, j.view.silent
	}
	all, err := j.view.daemon.NetworkList(ctx, network.ListOptions{})
	if err != nil {
		return nil, j.view.failed(fmt.Errorf("listing the networks: %w", err))
	}
	var typos []string
	for _, n := range all {
		if !j.otherNames[n.Name] && !inMap(j.ev.Opened.Networks, n.ID) && !inMap(j.ev.Baseline.Networks, n.ID) && looksLike(n.Name, want.Name) {
			typos = append(typos, n.Name)
		}
	}
	if len(typos) > 0 {
		return diagnose(true, "network-name-typo", lookNetworks, args{"found": closest(typos, want.Name), "wanted": want.Name}), nil
	}
	return diagnose(false, "network-missing", lookNetworks, args{"name": want.Name}), nil
}

// networkStillThere names what keeps a network from being removed.
func (j *judge) networkStillThere(found *network.Inspect) *Diagnosis {
	a, look := args{"name": found.Name}, "docker network inspect "+found.Name
	if len(found.Containers) == 0 {
		return diagnose(j.networkTouched(found.ID), "network-still-there", lookNetworks, a)
	}
	var names []string
	near := j.networkTouched(found.ID)
	for id, c := range found.Containers {
		names = append(names, c.Name)
		near = near || j.touched(id)
	}
	slices.Sort(names)
	a["container"] = strings.Join(names, ", ")
	return diagnose(near, "network-still-used", look, a)
}

// differentNetwork gives the first difference between a network and what is wanted of it.
func (j *judge) differentNetwork(ctx context.Context, want *lessons.Network, found *network.Inspect) (*Diagnosis, error) {
	look := "docker network inspect " + want.Name
	a := args{"name": want.Name}
	switch {
	case want.Driver != "" && found.Driver != want.Driver:
		a["found"], a["wanted"] = found.Driver, want.Driver
		return diagnose(true, "network-other-driver", look, a), nil
	case want.Internal != nil && *want.Internal && !found.Internal:
		return diagnose(true, "network-not-internal", look, a), nil
	case want.Internal != nil && !*want.Internal && found.Internal:
		return diagnose(true, "network-internal", look, a), nil
	}
	if has := subnets(found); want.Subnet != "" && !slices.Contains(has, want.Subnet) {
		a["found"], a["wanted"] = orNone(has), want.Subnet
		return diagnose(true, "network-other-subnet", look, a), nil
	}
	if label, is, has := otherLabel(want.Labels, found.Labels); label != "" {
		a["label"], a["wanted"] = label, want.Labels[label]
		return labelDiagnosis("network", look, is, has, a), nil
	}
	return j.otherMembers(ctx, want, look)
}

func subnets(n *network.Inspect) []string {
	var all []string
	for _, c := range n.IPAM.Config {
		all = append(all, c.Subnet)
	}
	return all
}

// otherMembers compares who is connected. The containers are asked, since a network knows
// the running ones alone.
func (j *judge) otherMembers(ctx context.Context, want *lessons.Network, look string) (*Diagnosis, error) {
	members := slices.Concat(want.Members, slices.Sorted(maps.Keys(want.Aliases)))
	for _, name := range members {
		c, d, err := j.present(ctx, name, true)
		if d != nil || err != nil {
			return d, err
		}
		endpoint, in := c.NetworkSettings.Networks[want.Name]
		if !in {
			return diagnose(true, "network-lacks-member", look, args{"name": want.Name, "container": name,
				"found": orNone(slices.Sorted(maps.Keys(c.NetworkSettings.Networks)))}), nil
		}
		if alias := want.Aliases[name]; alias != "" && !slices.Contains(endpoint.Aliases, alias) {
			return diagnose(true, "network-lacks-alias", inspect("{{json .NetworkSettings.Networks}}", name),
				args{"name": want.Name, "container": name, "wanted": alias}), nil
		}
	}
	for _, name := range want.NotMembers {
		c, err := j.view.container(ctx, name)
		if err != nil {
			return nil, err
		}
		if c == nil {
			continue
		}
		if _, in := c.NetworkSettings.Networks[want.Name]; in {
			return diagnose(true, "network-has-member", look, args{"name": want.Name, "container": name}), nil
		}
	}
	return nil, nil
}
