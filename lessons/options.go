package lessons

// ContainerOptions are what a container was given by the options of docker run, and what
// has become of it. Each key is named for its option.
type ContainerOptions struct {
	User        string            `yaml:"user" jsonschema_description:"The user that it runs as, name or number, with its group where :group follows."`
	Workdir     string            `yaml:"workdir" jsonschema_description:"The folder that its command starts in."`
	Entrypoint  []string          `yaml:"entrypoint" jsonschema_description:"Its entry point, word by word."`
	Hostname    string            `yaml:"hostname" jsonschema_description:"Its host name."`
	Memory      string            `yaml:"memory" jsonschema_description:"Memory limit, such as 64m."`
	MemorySwap  string            `yaml:"memory-swap" jsonschema_description:"Limit of memory and swap together; equal to memory, it leaves no swap."`
	CPUs        string            `yaml:"cpus" jsonschema_description:"How many CPUs it may use, such as 0.5."`
	PidsLimit   int               `yaml:"pids-limit" jsonschema:"minimum=1" jsonschema_description:"How many processes it may have."`
	ReadOnly    *bool             `yaml:"read-only" jsonschema_description:"Whether its root file system is read-only."`
	Init        *bool             `yaml:"init" jsonschema_description:"Whether an init process runs in it."`
	Privileged  *bool             `yaml:"privileged" jsonschema_description:"Whether it is privileged."`
	TTY         *bool             `yaml:"tty" jsonschema_description:"Whether it has a terminal, as -t gives it."`
	Interactive *bool             `yaml:"interactive" jsonschema_description:"Whether its input is kept open, as -i does."`
	AutoRemove  *bool             `yaml:"auto-remove" jsonschema_description:"Whether it removes itself at its end, as --rm does."`
	PublishAll  *bool             `yaml:"publish-all" jsonschema_description:"Whether all exposed ports are published, as -P does."`
	CapAdd      []string          `yaml:"cap-add" jsonschema_description:"Capabilities that were added."`
	CapDrop     []string          `yaml:"cap-drop" jsonschema_description:"Capabilities that were dropped; ALL drops all."`
	SecurityOpt []string          `yaml:"security-opt" jsonschema_description:"Security options, such as no-new-privileges."`
	Devices     []string          `yaml:"devices" jsonschema_description:"Devices of the host, host:container."`
	Sysctls     map[string]string `yaml:"sysctls" jsonschema_description:"Kernel parameters of its own."`
	Network     string            `yaml:"network" jsonschema_description:"The network that it was created with: host, none, bridge or a name."`
	Networks    []string          `yaml:"networks" jsonschema_description:"Networks that it must be connected to now."`
	PID         string            `yaml:"pid" jsonschema_description:"PID namespace: host, or container:NAME."`
	LogDriver   string            `yaml:"log-driver" jsonschema_description:"Log driver."`
	VolumesFrom []string          `yaml:"volumes-from" jsonschema_description:"Containers that it takes its volumes from."`
	Mounts      []Mount           `yaml:"mounts" jsonschema_description:"What is mounted in it, however it was asked for: -v, --mount, --tmpfs or a VOLUME of its image."`
	Health      string            `yaml:"health" jsonschema:"enum=starting,enum=healthy,enum=unhealthy" jsonschema_description:"What its health check says; one that is still starting is waited for."`
	Restarts    int               `yaml:"restarts" jsonschema:"minimum=1" jsonschema_description:"How often Docker must have restarted it, at least."`
	OOMKilled   *bool             `yaml:"oom-killed" jsonschema_description:"Whether it was killed because it needed more memory than it was allowed."`
}

// Mount states one thing mounted in a container.
type Mount struct {
	At       Pos    `yaml:"-"`
	Target   string `yaml:"target" jsonschema:"required" jsonschema_description:"Where it is mounted in the container."`
	Type     string `yaml:"type" jsonschema:"enum=volume,enum=bind,enum=tmpfs" jsonschema_description:"What is mounted; any where this is left out."`
	Source   string `yaml:"source" jsonschema_description:"The volume's name, or the folder of the host; one that does not begin with / lies in the lab folder."`
	ReadOnly *bool  `yaml:"read-only" jsonschema_description:"Whether the container can only read it."`
}

// ImageOptions are what the image's configuration and layers hold.
type ImageOptions struct {
	User             string            `yaml:"user" jsonschema_description:"The user that its containers run as."`
	NonRoot          bool              `yaml:"non-root" jsonschema_description:"Any user will do that is not root."`
	Workdir          string            `yaml:"workdir" jsonschema_description:"The folder that its command starts in."`
	Exposes          []string          `yaml:"exposes" jsonschema_description:"Ports that it documents, TCP unless /udp follows."`
	Env              map[string]string `yaml:"env" jsonschema_description:"Environment variables."`
	Entrypoint       []string          `yaml:"entrypoint" jsonschema_description:"Its entry point, word by word."`
	Command          []string          `yaml:"command" jsonschema_description:"Its command, word by word."`
	ExecForm         bool              `yaml:"exec-form" jsonschema_description:"Its command and entry point run without a shell around them."`
	Healthcheck      *bool             `yaml:"healthcheck" jsonschema_description:"Whether it has a health check."`
	BasedOn          string            `yaml:"based-on" jsonschema_description:"An image whose layers it begins with; layers are counted above it."`
	Layers           *int              `yaml:"layers" jsonschema:"minimum=0" jsonschema_description:"How many layers it has, exactly; above based-on, where that is given."`
	MaxLayers        *int              `yaml:"max-layers" jsonschema:"minimum=0" jsonschema_description:"How many layers it has, at most; above based-on, where that is given."`
	SharesLayersWith string            `yaml:"shares-layers-with" jsonschema_description:"Another image that it has layers in common with, from the bottom: all of its own, unless shared-layers says how many."`
	SharedLayers     *int              `yaml:"shared-layers" jsonschema:"minimum=0" jsonschema_description:"How many layers it shares, exactly; above based-on, where that is given."`
	MaxSize          string            `yaml:"max-size" jsonschema_description:"How big it is at most, such as 5MB, as docker images counts."`
	SmallerThan      string            `yaml:"smaller-than" jsonschema_description:"A bigger image."`
	By               string            `yaml:"by" jsonschema_description:"By how much it is smaller than that, at least, such as 4MB."`
	History          []string          `yaml:"history" jsonschema_description:"Texts that docker history shows for it, such as COPY poem.txt."`
	HistoryLacks     []string          `yaml:"history-lacks" jsonschema_description:"Texts that docker history must not show, such as a secret."`
	Platform         string            `yaml:"platform" jsonschema_description:"os/architecture, such as linux/arm64."`
}
