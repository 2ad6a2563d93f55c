package checker

import (
	"archive/tar"
	"slices"
	"strings"

	"docker-tutor/lessons"
)

// aFile is one file, wherever it was read.
type aFile struct {
	typ      byte // as in a tar archive
	mode     int64
	uid, gid int
	size     int64
	link     string // where a link points to
	content  []byte
	tooBig   bool // its content was not kept
}

// mostContent bounds the files whose content is looked into.
const mostContent = 1 << 20

// kinds names the types of files that a check may ask for.
var fileKinds = map[byte]string{tar.TypeReg: "file", tar.TypeDir: "directory", tar.TypeSymlink: "link"}

// otherFile gives the first difference between a file and what is wanted of it; prefix
// begins the ids of the diagnoses: file or lab-file.
func otherFile(prefix string, want lessons.FileContent, found *aFile, a args) *Diagnosis {
	kind := fileKinds[found.typ]
	wanted := want.Type
	if wanted == "" && want.Equals+want.Contains+want.Lacks != "" {
		wanted = "file"
	}
	if wanted != "" && kind != wanted {
		a["found"], a["wanted"] = Phrase("kind-"+kind), Phrase("kind-"+wanted)
		return diagnose(true, prefix+"-other-type", "", a)
	}
	is := plainText(string(found.content))
	switch {
	case want.Equals != "" && is == plainText(want.Equals):
	case want.Equals+want.Contains != "" && is == "":
		return diagnose(true, prefix+"-empty", "", a)
	case want.Equals != "":
		a["found"], a["wanted"] = clip(is), clip(plainText(want.Equals))
		return diagnose(true, prefix+"-other-content", "", a)
	case want.Contains != "" && !strings.Contains(is, plainText(want.Contains)):
		a["wanted"] = want.Contains
		return diagnose(true, prefix+"-lacks-text", "", a)
	}
	if prefix == "lab-file" {
		is = withoutComments(is)
	}
	if want.Lacks != "" && strings.Contains(is, plainText(want.Lacks)) {
		a["found"] = want.Lacks
		return diagnose(true, prefix+"-holds-text", "", a)
	}
	return nil
}

// withoutComments leaves out the lines that do nothing in a Dockerfile, a Compose file or a script.
func withoutComments(text string) string {
	lines := slices.Collect(strings.Lines(text))
	return strings.Join(slices.DeleteFunc(lines, func(line string) bool { return strings.HasPrefix(strings.TrimSpace(line), "#") }), "")
}

// plainText is a text as it is compared: editors and shells differ in how they end it.
func plainText(text string) string {
	return strings.TrimRight(strings.ReplaceAll(text, "\r\n", "\n"), " \t\n")
}
