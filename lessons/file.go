package lessons

import (
	"regexp"
	"strings"
)

// File states what must be true of one file in a container, in a volume, or in an image.
// Exactly one of Container, Volume and Image is set.
type File struct {
	At        Pos    `yaml:"-"`
	Path      string `yaml:"path" jsonschema:"required" jsonschema_description:"Path of the file, from the root of the container, volume or image. In an image it may be a pattern, as .dockerignore has them: /app/**/*.log."`
	Container string `yaml:"container" jsonschema_description:"The container that it is in, running or stopped."`
	Volume    string `yaml:"volume" jsonschema_description:"The volume that it is in; read through a container that has the volume mounted."`
	Image     string `yaml:"image" jsonschema_description:"The image that it is in."`

	FileContent

	Mode      string `yaml:"mode" jsonschema_description:"Permissions, such as 0644."`
	Owner     string `yaml:"owner" jsonschema_description:"Numbers of user and group, such as 1000:1000."`
	SameIn    string `yaml:"same-in" jsonschema_description:"Another container, volume or image, of the same kind, in which the file is the same."`
	DiffersIn string `yaml:"differs-in" jsonschema_description:"Another container, volume or image, of the same kind, in which the file is there and differs."`
	AnyLayer  bool   `yaml:"any-layer" jsonschema_description:"An absent file of an image must not be in any of its layers, not even deleted by a later one."`
	Within    string `yaml:"within" jsonschema_description:"How long it is waited for after the container was last touched, such as 5s (the default); 30s at most."`
}

// FileContent is what can be said of a file wherever it is.
type FileContent struct {
	State    string `yaml:"state" jsonschema:"enum=present,enum=absent" jsonschema_description:"present is the default."`
	Type     string `yaml:"type" jsonschema:"enum=file,enum=directory,enum=link" jsonschema_description:"What it is; a link is followed unless link is wanted."`
	Equals   string `yaml:"equals" jsonschema_description:"All that it holds; space at the end does not count."`
	Contains string `yaml:"contains" jsonschema_description:"A text that it holds."`
	Lacks    string `yaml:"lacks" jsonschema_description:"A text that it must not hold; in the lab folder, lines that begin with # do not count."`
}

// LabFile states what must be true of one file in the lab folder.
type LabFile struct {
	At   Pos    `yaml:"-"`
	Path string `yaml:"path" jsonschema:"required" jsonschema_description:"Path of the file in the lab folder."`

	FileContent

	Has     []string `yaml:"has" jsonschema_description:"Of a Dockerfile: instructions that it has. USER is any USER; COPY package.json is a COPY with that word."`
	HasNot  []string `yaml:"has-not" jsonschema_description:"Of a Dockerfile: instructions that it does not have."`
	Order   []string `yaml:"order" jsonschema_description:"Of a Dockerfile: instructions that come in this order, others between them allowed."`
	Stages  int      `yaml:"stages" jsonschema:"minimum=1" jsonschema_description:"Of a Dockerfile: how many stages it has, at least."`
	Ignores []string `yaml:"ignores" jsonschema_description:"Of a .dockerignore: files of the context that it leaves out."`
	Keeps   []string `yaml:"keeps" jsonschema_description:"Of a .dockerignore: files of the context that it lets through."`
}

var (
	modeForm   = regexp.MustCompile(`^0?[0-7]{3,4}$`)
	ownerForm  = regexp.MustCompile(`^[0-9]+:[0-9]+$`)
	withinForm = regexp.MustCompile(`^([1-9]|[12][0-9]|30)s$`)
)

func (l *linter) within(at Pos, text string) {
	l.form(spot{at, "within"}, text, withinForm, "a time from 1s to 30s")
}

func (l *linter) fileOf(f *File) {
	if !l.exactlyOne("a file", f, f.At, []string{"container", "volume", "image"}) {
		return
	}
	l.fileContent("file", f.At, f.FileContent, without(given(f), "path", "container", "volume", "image", "any-layer", "within"))
	l.form(spot{f.At, "mode"}, f.Mode, modeForm, "a mode such as 0644")
	l.form(spot{f.At, "owner"}, f.Owner, ownerForm, "an owner such as 1000:1000")
	l.within(f.At, f.Within)
	if f.Volume == "" {
		l.absolute(spot{f.At, "path"}, f.Path)
	}
	switch pattern := strings.ContainsAny(f.Path, "*?["); {
	case f.Image == "" && pattern:
		l.fault(spot{f.At, "path"}, "a pattern can be looked for in an image alone")
	case f.AnyLayer && (f.Image == "" || f.State != "absent"):
		l.fault(spot{f.At, "any-layer"}, "only a file of an image that must be absent is looked for in every layer")
	case f.Within != "" && f.Image != "":
		l.fault(spot{f.At, "within"}, "an image does not change; remove this")
	}
}

// fileContent checks what is said of the content of a file, wherever it is.
func (l *linter) fileContent(what string, at Pos, c FileContent, keys []string) {
	if c.State == "absent" {
		for _, key := range without(keys, "state") {
			l.fault(spot{at, key}, "the %s must be absent; nothing more can be said of it", what)
		}
	}
	if c.Type != "" && c.Type != "file" && c.Equals+c.Contains+c.Lacks != "" {
		l.fault(spot{at, "type"}, "only a file holds text; this is to be a %s", c.Type)
	}
}

func (l *linter) labFile(f *LabFile) {
	l.fileContent("file", f.At, f.FileContent, without(given(f), "path"))
	if !validPath(f.Path) {
		l.fault(spot{f.At, "path"}, "%s is not a path inside the lab folder; write it like site/index.html", quote(f.Path))
	}
	for _, key := range []string{"has", "has-not", "order"} {
		for i, text := range map[string][]string{"has": f.Has, "has-not": f.HasNot, "order": f.Order}[key] {
			if !instructionForm.MatchString(text) {
				l.fault(spot{f.At, key}.item(i), "%s is not an instruction, such as USER or COPY package.json", quote(text))
			}
		}
	}
}

var instructionForm = regexp.MustCompile(`^[A-Z]+( .+)?$`)
