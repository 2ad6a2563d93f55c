package checker

import (
	"archive/tar"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"docker-tutor/lessons"
)

// labFile judges one file in the lab folder, without the daemon.
func (j *judge) labFile(want *lessons.LabFile) (*Diagnosis, error) {
	if j.ev.Folder == "" {
		return nil, fmt.Errorf("reading %s: there is no lab folder", want.Path)
	}
	found, err := readLabFile(filepath.Join(j.ev.Folder, filepath.FromSlash(want.Path)), want.Type != "link")
	if err != nil {
		return nil, fmt.Errorf("reading %s in the lab folder: %w", want.Path, err)
	}
	look, a := "ls -la "+shellWord(path.Dir(want.Path)), args{"path": want.Path}
	switch {
	case want.State == "absent":
		if found != nil {
			return diagnose(true, "lab-file-still-there", look, a), nil
		}
		return nil, nil
	case found == nil:
		return j.missingLabFile(want, look, a), nil
	case found.tooBig && want.Equals+want.Contains+want.Lacks != "":
		return nil, fmt.Errorf("reading %s in the lab folder: it is bigger than what is looked into (%d bytes)", want.Path, mostContent)
	}
	d := otherFile("lab-file", want.FileContent, found, a)
	if d == nil {
		d = otherIgnore(want, found.content)
	}
	if d == nil {
		d = otherDockerfile(want, found.content)
	}
	if d != nil && d.Look == "" {
		d.Look = "cat " + shellWord(want.Path)
		if found.typ == tar.TypeDir {
			d.Look = look
		}
	}
	return d, nil
}

// readLabFile gives a file of this machine, or nil. What is neither file nor folder is not
// opened: a pipe would never end.
func readLabFile(name string, follow bool) (*aFile, error) {
	stat := os.Lstat
	if follow {
		stat = os.Stat
	}
	info, err := stat(name)
	switch {
	case os.IsNotExist(err):
		return nil, nil
	case err != nil:
		return nil, err
	case info.IsDir():
		return &aFile{typ: tar.TypeDir}, nil
	case info.Mode()&fs.ModeSymlink != 0:
		return &aFile{typ: tar.TypeSymlink}, nil
	case !info.Mode().IsRegular() || info.Size() > mostContent:
		return &aFile{typ: tar.TypeReg, tooBig: true}, nil
	}
	content, err := os.ReadFile(name)
	return &aFile{typ: tar.TypeReg, content: content}, err
}

// missingLabFile looks for a file of nearly that name, or of that name elsewhere: editors
// add .txt, and capitals count.
func (j *judge) missingLabFile(want *lessons.LabFile, look string, a args) *Diagnosis {
	base, found := path.Base(want.Path), ""
	seen := 0
	filepath.WalkDir(j.ev.Folder, func(name string, entry fs.DirEntry, err error) error {
		if seen++; err != nil || seen > mostEntries {
			return filepath.SkipAll
		}
		is := entry.Name()
		if entry.IsDir() != (want.Type == "directory") || found != "" {
			return nil
		}
		if is == base || strings.EqualFold(is, base) || strings.TrimSuffix(is, path.Ext(is)) == base || looksLike(is, base) {
			if relative, err := filepath.Rel(j.ev.Folder, name); err == nil && !j.labFiles[filepath.ToSlash(relative)] {
				found = filepath.ToSlash(relative)
			}
		}
		return nil
	})
	if found != "" {
		a["found"] = found
		return diagnose(true, "lab-file-elsewhere", look, a)
	}
	return diagnose(false, "lab-file-missing", look, a)
}

// mostEntries bounds how far a missing file is looked for.
const mostEntries = 1000
