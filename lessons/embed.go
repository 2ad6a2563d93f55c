package lessons

import "embed"

//go:embed *.yaml
var builtin embed.FS

// Builtin reads the built-in course.
func Builtin() (*Course, error) {
	return load(builtin, "lessons")
}
