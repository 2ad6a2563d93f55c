package lessons

import "net/netip"

// Volume states what must be true of the volume of that name. A volume that was there
// before the exercise opened does not count.
type Volume struct {
	At        Pos               `yaml:"-"`
	Name      string            `yaml:"name" jsonschema:"required" jsonschema_description:"Name of the volume."`
	State     string            `yaml:"state" jsonschema:"enum=present,enum=absent" jsonschema_description:"present is the default; absent needs it to have been there."`
	Driver    string            `yaml:"driver" jsonschema_description:"Volume driver."`
	Labels    map[string]string `yaml:"labels" jsonschema_description:"Labels and their values."`
	MountedBy map[string]string `yaml:"mounted-by" jsonschema_description:"Containers that have it mounted, and where: dt-web: /data."`
}

// Network states what must be true of the network of that name. A network that was there
// before the exercise opened does not count.
type Network struct {
	At         Pos               `yaml:"-"`
	Name       string            `yaml:"name" jsonschema:"required" jsonschema_description:"Name of the network."`
	State      string            `yaml:"state" jsonschema:"enum=present,enum=absent" jsonschema_description:"present is the default; absent needs it to have been there."`
	Driver     string            `yaml:"driver" jsonschema_description:"Network driver."`
	Internal   *bool             `yaml:"internal" jsonschema_description:"Whether nothing outside can be reached from it."`
	Subnet     string            `yaml:"subnet" jsonschema_description:"Its addresses, such as 172.28.0.0/16."`
	Labels     map[string]string `yaml:"labels" jsonschema_description:"Labels and their values."`
	Members    []string          `yaml:"members" jsonschema_description:"Containers that are connected to it, running or not."`
	NotMembers []string          `yaml:"not-members" jsonschema_description:"Containers that are not connected to it."`
	Aliases    map[string]string `yaml:"aliases" jsonschema_description:"Further names that containers have in it: dt-db-1: db."`
}

func (l *linter) volume(v *Volume) {
	l.absentAlone("volume", v.State, v, v.At)
	for name, target := range v.MountedBy {
		l.absolute(spot{v.At, "mounted-by"}.entry(name), target)
	}
}

func (l *linter) network(n *Network) {
	l.absentAlone("network", n.State, n, n.At)
	if _, err := netip.ParsePrefix(n.Subnet); n.Subnet != "" && err != nil {
		l.fault(spot{n.At, "subnet"}, "%s is not a subnet, such as 172.28.0.0/16", quote(n.Subnet))
	}
}
