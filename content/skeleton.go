package content

import (
	"embed"
	"io/fs"
	"strings"
)

//go:embed skeleton/*/*.md
var skeleton embed.FS

// Skeleton gives the words of the lesson that a new course begins with, by the paths that
// they have in a course.
func Skeleton() map[string][]byte {
	files := map[string][]byte{}
	fs.WalkDir(skeleton, ".", func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			data, _ := skeleton.ReadFile(path) // it is built in
			files[strings.Replace(path, "skeleton", "content", 1)] = data
		}
		return err
	})
	return files
}
