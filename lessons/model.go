package lessons

import (
	"fmt"
	"reflect"
)

// Pos is a place in a lesson file: 1-based line and column. The zero Pos means
// "the file as a whole".
type Pos struct {
	File      string
	Line, Col int
}

// String gives the place the way compilers and editors write it.
func (p Pos) String() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Col)
}

// Course is an ordered set of lessons.
type Course struct {
	Lessons []*Lesson
}

// Lesson is one YAML file: what can be checked. What is read about it lives in
// package content.
type Lesson struct {
	At      Pos      `yaml:"-"`
	ID      string   `yaml:"id" jsonschema:"required,pattern=^[a-z][a-z0-9-]*$" jsonschema_description:"Short name of the lesson; its words are content/LANG/ID.md."`
	After   []string `yaml:"after" jsonschema_description:"Lessons that should be done before this one."`
	Minutes int      `yaml:"minutes" jsonschema:"required,minimum=1" jsonschema_description:"How long the lesson takes, in minutes."`
	Steps   []Step   `yaml:"steps" jsonschema:"required,minItems=1" jsonschema_description:"Readings, exercises and quizzes, in order."`

	source *source // what the lint knows of the file; nil for a lesson made in Go
}

// Step is one of its three kinds; exactly one field is set. In YAML the key that
// carries the step's id (reading, exercise or quiz) tells which.
type Step struct {
	At       Pos       `yaml:"-"`
	Reading  *Reading  `variant:"reading"`
	Exercise *Exercise `variant:"exercise"`
	Quiz     *Quiz     `variant:"quiz"`
}

// ID gives the step's id, unique within its lesson.
func (s Step) ID() string {
	switch {
	case s.Reading != nil:
		return s.Reading.ID
	case s.Exercise != nil:
		return s.Exercise.ID
	case s.Quiz != nil:
		return s.Quiz.ID
	}
	return ""
}

// Reading is a page to read; all of it is words.
type Reading struct {
	At     Pos      `yaml:"-"`
	ID     string   `yaml:"reading" jsonschema:"required,pattern=^[a-z][a-z0-9-]*$" jsonschema_description:"A page to read; its words are the section with this id."`
	Covers []string `yaml:"covers" jsonschema_description:"Numbers of the curriculum's facts that this page teaches (S-011)."`

	Refutes []string `yaml:"refutes" jsonschema_description:"Numbers of the widespread errors that this page puts right (E-05)."`
}

// Exercise is a task on the real daemon, with everything needed to prove it both ways.
type Exercise struct {
	At       Pos               `yaml:"-"`
	ID       string            `yaml:"exercise" jsonschema:"required,pattern=^[a-z][a-z0-9-]*$" jsonschema_description:"A task; its words are the section with this id."`
	Covers   []string          `yaml:"covers" jsonschema_description:"Numbers of the curriculum's facts that this exercise proves (S-011)."`
	Refutes  []string          `yaml:"refutes" jsonschema_description:"Numbers of the widespread errors that this exercise puts right (E-05)."`
	Needs    []string          `yaml:"needs" jsonschema:"oneof_type=string;array" jsonschema_description:"What the exercise needs beyond an engine and busybox: compose, the CLI's plugin; registry, the image dt-registry, which the lab makes."`
	Vars     map[string]Var    `yaml:"vars" jsonschema_description:"Values that change from one attempt to the next; written {{.name}} wherever they are used."`
	Files    map[string]string `yaml:"files" jsonschema_description:"Files put into the lab folder before the set-up: path to content."`
	Setup    string            `yaml:"setup" jsonschema_description:"Shell commands run before the learner starts."`
	Checks   []Check           `yaml:"checks" jsonschema:"required,minItems=1" jsonschema_description:"What must be true for the exercise to be done."`
	Solution string            `yaml:"solution" jsonschema:"required" jsonschema_description:"Shell commands that solve the exercise, one way; the words answer and exit may be used."`
	Mistakes []Mistake         `yaml:"mistakes" jsonschema_description:"Wrong attempts, with the diagnosis that each must get."`
}

// Var is a value chosen when an exercise opens and kept for that attempt.
// Exactly one field is set.
type Var struct {
	At   Pos      `yaml:"-"`
	Pick []string `yaml:"pick" jsonschema_description:"One of these is chosen."`
	Port int      `yaml:"port" jsonschema:"minimum=1024,maximum=65535" jsonschema_description:"This TCP port of the host, or the next free one."`
	// What no attempt before had makes the steps of a build new to the cache.
	Digits int `yaml:"digits" jsonschema:"minimum=1,maximum=18" jsonschema_description:"A number with this many digits, at random."`
}

// Check is one statement that must be true, with an id that the words and the
// mistakes refer to.
type Check struct {
	At   Pos    `yaml:"-"`
	ID   string `yaml:"id" jsonschema:"required,pattern=^[a-z][a-z0-9-]*$" jsonschema_description:"Short name of the check; its line in the words has the same id."`
	Edge bool   `yaml:"edge" jsonschema_description:"Once true it stays true, whatever happens afterwards. Events, commands and answers always do."`
	Keep bool   `yaml:"keep" jsonschema_description:"True from the start, and must still be true at the end."`
	// After compares like with like: events have the daemon's clock, commands this machine's.
	After []string `yaml:"after" jsonschema_description:"Checks that come first: this event or command counts only if it came later than theirs. Events come after events, commands after commands."`

	Statement
}

// Statement says something of the daemon, of what happened, or of an answer.
// Exactly one field is set.
type Statement struct {
	Container *Container `yaml:"container" jsonschema_description:"The state of one container."`
	Image     *Image     `yaml:"image" jsonschema_description:"The state of one image name."`
	Images    *Images    `yaml:"images" jsonschema_description:"How many images there are of a kind."`
	Volume    *Volume    `yaml:"volume" jsonschema_description:"The state of one volume."`
	Network   *Network   `yaml:"network" jsonschema_description:"The state of one network."`
	File      *File      `yaml:"file" jsonschema_description:"One file in a container, a volume or an image."`
	LabFile   *LabFile   `yaml:"lab-file" jsonschema_description:"One file in the lab folder."`
	HTTP      *HTTP      `yaml:"http" jsonschema_description:"What a published port answers."`
	Process   *Process   `yaml:"process" jsonschema_description:"A process that runs in a container."`
	Compose   *Compose   `yaml:"compose" jsonschema_description:"The containers of a Compose project."`
	Registry  *Registry  `yaml:"registry" jsonschema_description:"What a registry holds."`
	Login     *Login     `yaml:"login" jsonschema_description:"Whether the docker CLI is logged in to a registry."`
	Sequence  *Sequence  `yaml:"sequence" jsonschema_description:"Several things that the daemon reported, in this order."`
	Event     *Event     `yaml:"event" jsonschema_description:"Something that the daemon reported since the exercise opened."`
	Ran       []string   `yaml:"ran" jsonschema:"oneof_type=string;array,minItems=1" jsonschema_description:"A docker command that the learner ran since the exercise opened, in whatever spelling; of several, any one."`
	Answer    *Answer    `yaml:"answer" jsonschema_description:"What the learner typed after the word answer."`
}

// Container states what must be true of the container of that name. A container
// that was there before the exercise opened does not count.
type Container struct {
	At       Pos               `yaml:"-"`
	Name     string            `yaml:"name" jsonschema:"required" jsonschema_description:"Name of the container."`
	State    string            `yaml:"state" jsonschema:"enum=present,enum=created,enum=running,enum=paused,enum=exited,enum=absent" jsonschema_description:"present (the default) is any state; absent needs it to have been there."`
	Image    string            `yaml:"image" jsonschema_description:"The image that it was created from."`
	Command  []string          `yaml:"command" jsonschema_description:"The command that it runs, word by word."`
	ExitCode *int              `yaml:"exit-code" jsonschema_description:"The code that it exited with."`
	Publish  []string          `yaml:"publish" jsonschema_description:"Published ports, host:container, both TCP unless /udp follows; an address of the host may stand before them, 127.0.0.1:8080:80."`
	Env      map[string]string `yaml:"env" jsonschema_description:"Environment variables; where one is set twice the last counts."`
	Labels   map[string]string `yaml:"labels" jsonschema_description:"Labels and their values."`
	Restart  string            `yaml:"restart" jsonschema:"enum=no,enum=always,enum=on-failure,enum=unless-stopped" jsonschema_description:"Restart policy."`

	ContainerOptions
}

// Image states what must be true of one image name (repository:tag; without a tag, latest).
type Image struct {
	At     Pos               `yaml:"-"`
	Name   string            `yaml:"name" jsonschema:"required" jsonschema_description:"Name of the image, repository:tag."`
	State  string            `yaml:"state" jsonschema:"enum=present,enum=absent" jsonschema_description:"present is the default; absent needs it to have been there."`
	SameAs string            `yaml:"same-as" jsonschema_description:"Another name, which must stand for the same image."`
	Labels map[string]string `yaml:"labels" jsonschema_description:"Labels and their values."`

	ImageOptions
}

// Images states how many images there are of a kind. Images that were there
// before the exercise opened are not counted.
type Images struct {
	At        Pos    `yaml:"-"`
	Reference string `yaml:"reference" jsonschema_description:"Only images with a name like this pattern, as docker images --filter reference= has it."`
	Label     string `yaml:"label" jsonschema_description:"Only images with this label, key or key=value."`
	Dangling  *bool  `yaml:"dangling" jsonschema_description:"Only images without a name (true) or with one (false)."`
	Min       int    `yaml:"min" jsonschema:"minimum=0" jsonschema_description:"At least this many."`
	Max       *int   `yaml:"max" jsonschema:"minimum=0" jsonschema_description:"At most this many."`
}

// Event states that the daemon reported something since the exercise opened.
type Event struct {
	At         Pos               `yaml:"-"`
	Type       string            `yaml:"type" jsonschema:"required,enum=container,enum=image,enum=volume,enum=network" jsonschema_description:"Kind of object."`
	Action     string            `yaml:"action" jsonschema:"required" jsonschema_description:"What happened: create, start, die, tag, untag, delete, and so on."`
	Name       string            `yaml:"name" jsonschema_description:"Name of the object; for an image, repository:tag."`
	Attributes map[string]string `yaml:"attributes" jsonschema_description:"Further attributes of the event, such as exitCode."`
}

// Answer states what the learner must have typed: one of the given texts, or a
// truth computed from the daemon at that moment. Exactly one of Is and Computed is set.
type Answer struct {
	At        Pos      `yaml:"-"`
	Is        []string `yaml:"is" jsonschema_description:"Accepted answers; case and surrounding space do not matter."`
	Computed  string   `yaml:"computed" jsonschema:"enum=image-names,enum=images,enum=image-id,enum=image-label,enum=image-layers,enum=containers,enum=container-exit-code,enum=image-layers-above,enum=image-largest-layer,enum=image-history,enum=image-size,enum=image-architecture,enum=image-variables,enum=image-variable,enum=intermediate-images,enum=stopped-containers,enum=privileged-containers,enum=container-ip,enum=container-port,enum=container-variable,enum=container-restarts,enum=container-memory,enum=container-pids,enum=container-processes,enum=volumes,enum=volume-mountpoint,enum=network-gateway,enum=network-subnet,enum=daemon-kernel,enum=daemon-version,enum=daemon-registry" jsonschema_description:"What to compute: image-names counts the lines of docker images for a reference, images counts images, image-id is the full ID, image-label the value of a label, image-layers the number of layers, containers counts containers in a state, container-exit-code is the code that one exited with; image-layers-above counts layers above base, image-largest-layer is the instruction that made the largest one, image-history counts the lines of docker history, image-size the size, image-variables counts environment variables and image-variable is the value of one, intermediate-images counts those of docker images -a alone, stopped-containers those that a prune would remove, container-ip is an address in a network, container-port the port of the host that a port is published on, container-pids counts processes and threads as docker stats does, container-processes as docker top does."`
	Reference string   `yaml:"reference" jsonschema_description:"For image-names and images: only names like this pattern."`
	Label     string   `yaml:"label" jsonschema_description:"For image-names, images and containers: only those with this label. For image-label: the label's key."`
	Dangling  *bool    `yaml:"dangling" jsonschema_description:"For images and image-id: only images without a name (true) or with one (false)."`
	Image     string   `yaml:"image" jsonschema_description:"For image-id, image-label and image-layers: which image."`
	Container string   `yaml:"container" jsonschema_description:"For container-exit-code: which container."`
	State     string   `yaml:"state" jsonschema:"enum=created,enum=running,enum=paused,enum=exited" jsonschema_description:"For containers: only those in this state."`
	Base      string   `yaml:"base" jsonschema_description:"For image-layers-above: the image below."`
	Network   string   `yaml:"network" jsonschema_description:"For container-ip, network-gateway and network-subnet: which network."`
	Volume    string   `yaml:"volume" jsonschema_description:"For volume-mountpoint: which volume."`
	Port      string   `yaml:"port" jsonschema_description:"For container-port: the port in the container, such as 80."`
	Variable  string   `yaml:"variable" jsonschema_description:"For image-variable and container-variable: which one."`
	Plus      int      `yaml:"plus" jsonschema_description:"Added to a computed number; useful to recognise a mistake such as counting the header line."`
}

// Mistake is a wrong attempt, run by author test, and recognised in a learner's work.
type Mistake struct {
	At    Pos      `yaml:"-"`
	Run   string   `yaml:"run" jsonschema:"required" jsonschema_description:"Shell commands that make the mistake."`
	Fails []string `yaml:"fails" jsonschema:"required,oneof_type=string;array,minItems=1" jsonschema_description:"Ids of the checks that must then fail, with this diagnosis."`
	Says  string   `yaml:"says" jsonschema:"required" jsonschema_description:"Id of the diagnosis that it must get: one of the checker's own or, with when, a line of the Mistakes section in the words."`
	When  *Probe   `yaml:"when" jsonschema_description:"How the mistake is recognised: one statement, or several that must all hold; such a probe can give a diagnosis, and never pass a check."`
	Quiet bool     `yaml:"quiet" jsonschema_description:"Said only to who asks (check), and no wrong turn: what the task itself leads through."`
	On    string   `yaml:"on" jsonschema:"enum=containerd,enum=graph-driver,enum=buildkit,enum=legacy-builder,enum=since-23,enum=before-23" jsonschema_description:"The mistake is one on engines of this kind alone."`
}

// Probe recognises a mistake. Several fields of its statement may be set: all must hold. Of commands
// the last one of its kind counts, though it was run in vain.
type Probe struct {
	At Pos `yaml:"-"`
	Statement
}

// Each gives the statements of a probe, one for each field that is set.
func (p *Probe) Each() []Statement {
	var each []Statement
	all := reflect.ValueOf(p.Statement)
	for _, f := range shapeOf(all.Type()).fields {
		if value := all.FieldByIndex(f.index); !value.IsZero() {
			var one Statement
			reflect.ValueOf(&one).Elem().FieldByIndex(f.index).Set(value)
			each = append(each, one)
		}
	}
	return each
}

// Quiz is a set of questions.
type Quiz struct {
	At        Pos        `yaml:"-"`
	ID        string     `yaml:"quiz" jsonschema:"required,pattern=^[a-z][a-z0-9-]*$" jsonschema_description:"A quiz; its words are the section with this id."`
	Questions []Question `yaml:"questions" jsonschema:"required,minItems=1" jsonschema_description:"The questions, in order."`
}

// Question has exactly one kind: One, Several, Order, Text or Live.
type Question struct {
	At      Pos      `yaml:"-"`
	ID      string   `yaml:"id" jsonschema:"required,pattern=^[a-z][a-z0-9-]*$" jsonschema_description:"Short name of the question; its words are the section with this id."`
	Covers  []string `yaml:"covers" jsonschema_description:"Numbers of the curriculum's facts that it asks for (S-011)."`
	Refutes []string `yaml:"refutes" jsonschema_description:"Numbers of the widespread errors that it puts right (E-05)."`
	One     *One     `yaml:"one" jsonschema_description:"One of many."`
	Several *Several `yaml:"several" jsonschema_description:"Several of many."`
	Order   *Order   `yaml:"order" jsonschema_description:"Steps to be put in order."`
	Text    []string `yaml:"text" jsonschema_description:"A short text or number; these are accepted."`
	Live    *Answer  `yaml:"live" jsonschema_description:"The truth is read from the learner's own daemon when the answer comes."`
}

// One is a question with one right option.
type One struct {
	At    Pos      `yaml:"-"`
	Right string   `yaml:"right" jsonschema:"required" jsonschema_description:"Id of the right option."`
	Wrong []string `yaml:"wrong" jsonschema:"required,minItems=1" jsonschema_description:"Ids of the others."`
}

// Several is a question with two right options or more.
type Several struct {
	At    Pos      `yaml:"-"`
	Right []string `yaml:"right" jsonschema:"required,minItems=1" jsonschema_description:"Ids of the right options."`
	Wrong []string `yaml:"wrong" jsonschema:"required,minItems=1" jsonschema_description:"Ids of the others."`
}

// Order is a question whose options are steps, to be put in order.
type Order struct {
	At    Pos      `yaml:"-"`
	Right []string `yaml:"right" jsonschema:"required,minItems=1" jsonschema_description:"Ids of the steps, in the right order."`
	Wrong []string `yaml:"wrong" jsonschema_description:"Ids of steps that do not belong there."`
}
