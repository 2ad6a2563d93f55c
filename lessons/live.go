package lessons

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

// HTTP states what a published port must answer. The ports of a container that are not
// published cannot be reached from everywhere (Docker Desktop), and are never asked.
type HTTP struct {
	At        Pos    `yaml:"-"`
	Port      string `yaml:"port" jsonschema_description:"Port of the host that is asked; or, with container, port in the container, which must be published somewhere."`
	Container string `yaml:"container" jsonschema_description:"The container that must answer."`
	Path      string `yaml:"path" jsonschema_description:"Path that is asked for, / where it is left out."`
	Status    int    `yaml:"status" jsonschema:"minimum=100,maximum=599" jsonschema_description:"Status of the answer, 200 where it is left out."`
	Contains  string `yaml:"contains" jsonschema_description:"A text that the answer holds."`
	Equals    string `yaml:"equals" jsonschema_description:"All that the answer holds; space at its end does not count."`
	Within    string `yaml:"within" jsonschema_description:"How long a server that was just started is waited for, such as 5s (the default); 30s at most."`
}

// Process states what must run in a container, as docker top shows it.
type Process struct {
	At        Pos    `yaml:"-"`
	Container string `yaml:"container" jsonschema:"required" jsonschema_description:"The container, which must run."`
	State     string `yaml:"state" jsonschema:"enum=running,enum=absent" jsonschema_description:"running is the default; absent: nothing like it runs in the container."`
	Command   string `yaml:"command" jsonschema:"required" jsonschema_description:"A part of the command line of the process."`
	User      string `yaml:"user" jsonschema_description:"Number of the user that it runs as."`
	First     bool   `yaml:"first" jsonschema_description:"It is process 1 of the container, the one that docker stop speaks to."`
	Within    string `yaml:"within" jsonschema_description:"How long it is waited for after the container was last touched, such as 5s (the default); 30s at most."`
}

// Compose states what containers a Compose project has, whatever made them, by the labels
// that Compose gives them.
type Compose struct {
	At       Pos                `yaml:"-"`
	Project  string             `yaml:"project" jsonschema:"required" jsonschema_description:"Name of the project."`
	State    string             `yaml:"state" jsonschema:"enum=present,enum=absent" jsonschema_description:"present is the default; absent: no container of the project is left, and it had some."`
	Services map[string]Service `yaml:"services" jsonschema_description:"The services, and what containers each must have."`
}

// Service counts the containers of one service; at least one must run where nothing is said.
type Service struct {
	At      Pos  `yaml:"-"`
	Running *int `yaml:"running" jsonschema:"minimum=0" jsonschema_description:"How many run, exactly."`
	Exited  *int `yaml:"exited" jsonschema:"minimum=0" jsonschema_description:"How many have exited, exactly."`

	DependsOn map[string]string `yaml:"depends-on" jsonschema_description:"Services that it waits for, and the condition of each: service_started, service_healthy or service_completed_successfully."`
}

// Registry states what a registry must hold, asked by its own HTTP API.
type Registry struct {
	At         Pos    `yaml:"-"`
	Address    string `yaml:"address" jsonschema:"required" jsonschema_description:"host:port of the registry; localhost is the engine's machine."`
	Repository string `yaml:"repository" jsonschema:"required" jsonschema_description:"Name of the repository, without the registry."`
	Tag        string `yaml:"tag" jsonschema_description:"The tag, latest where it is left out."`
	State      string `yaml:"state" jsonschema:"enum=present,enum=absent" jsonschema_description:"present is the default."`
	SameAs     string `yaml:"same-as" jsonschema_description:"The local image that it must be."`
	User       string `yaml:"user" jsonschema_description:"User to ask as, where the exercise's registry wants one."`
	Password   string `yaml:"password" jsonschema_description:"That user's password: one of the exercise, never a real one."`
}

// Login states whether the docker CLI is logged in to a registry. No secret is read.
type Login struct {
	At       Pos    `yaml:"-"`
	Registry string `yaml:"registry" jsonschema:"required" jsonschema_description:"host:port of the registry, or docker.io."`
	State    string `yaml:"state" jsonschema:"enum=in,enum=out" jsonschema_description:"in is the default; out counts once a login or logout has been made."`
}

// Sequence states that the daemon reported events in an order. Events of one type without
// a name are about one and the same object.
type Sequence struct {
	At     Pos     `yaml:"-"`
	Events []Event `yaml:"events" jsonschema:"required,minItems=2" jsonschema_description:"The events, the earliest first; others may come between them."`
}

var userNumber = regexp.MustCompile(`^[0-9]+$`)

func (l *linter) http(h *HTTP) {
	if h.Port == "" {
		l.faultAt(h.At, "this needs the key port: that of the host or, with container, that in the container")
	} else if !isPort(h.Port) {
		l.fault(spot{h.At, "port"}, "%s is not a port", quote(h.Port))
	}
	l.absolute(spot{h.At, "path"}, h.Path)
	l.within(h.At, h.Within)
	if h.Equals != "" && h.Contains != "" {
		l.fault(spot{h.At, "contains"}, "equals says it already; remove one of the two")
	}
}

func (l *linter) process(p *Process) {
	l.form(spot{p.At, "user"}, p.User, userNumber, "the number of a user")
	l.within(p.At, p.Within)
	if p.State == "absent" && (p.User != "" || p.First) {
		l.fault(spot{p.At, "state"}, "a process that must be absent has no user, and is not the first")
	}
}

func (l *linter) compose(c *Compose) {
	switch {
	case c.State == "absent" && len(c.Services) > 0:
		l.fault(spot{c.At, "services"}, "the project must be absent; nothing more can be said of it")
	case c.State != "absent" && len(c.Services) == 0:
		l.faultAt(c.At, "this says nothing; give the services, or state: absent")
	}
	for _, name := range slices.Sorted(maps.Keys(c.Services)) {
		service := c.Services[name]
		for _, other := range slices.Sorted(maps.Keys(service.DependsOn)) {
			if condition := service.DependsOn[other]; !slices.Contains(conditions, condition) {
				l.fault(spot{service.At, "depends-on"}.entry(other), "%s is no condition of Compose; %s", quote(condition), meant(condition, conditions, "the conditions are"))
			}
		}
	}
}

// conditions are what a service may wait for in another one.
var conditions = []string{"service_started", "service_healthy", "service_completed_successfully"}

func (l *linter) registry(r *Registry) {
	if strings.Contains(r.Address, "/") {
		l.fault(spot{r.At, "address"}, "%s is not the host:port of a registry", quote(r.Address))
	}
	if r.State == "absent" && r.SameAs != "" {
		l.fault(spot{r.At, "same-as"}, "what must be absent is the same as nothing; remove this")
	}
	if (r.User == "") != (r.Password == "") {
		l.faultAt(r.At, "user and password go together")
	}
}

// readings are the events that the checker's own looking causes, and what looks.
func (l *linter) readings(ex *Exercise) {
	causes := map[string]string{}
	for _, c := range ex.Checks {
		switch {
		case c.File != nil && c.File.Image != "":
			causes["save"] = "file of an image"
		case c.File != nil:
			causes["archive-path"] = "file"
		case c.Process != nil:
			causes["top"] = "process"
		case c.Answer != nil && c.Answer.Computed == "container-processes":
			causes["top"] = c.Answer.Computed
		}
	}
	for _, c := range ex.Checks {
		if c.Event != nil && causes[c.Event.Action] != "" {
			l.fault(spot{c.Event.At, "action"}, "the check of a %s reports this event itself; in this exercise it proves nothing", causes[c.Event.Action])
		}
	}
}
