package lessons

import _ "embed"

// SkeletonFile is the file name of the lesson that a new course begins with.
const SkeletonFile = "01-first.yaml"

//go:embed skeleton/01-first.yaml
var skeleton []byte

// Skeleton gives the lesson that a new course begins with.
func Skeleton() []byte { return skeleton }
