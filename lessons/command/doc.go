// Package command reads docker command lines as a person types them, and tells whether two
// of them mean the same: docker ps -a and docker container ls --all do. It knows the
// docker CLI's commands, options and spellings, and neither lessons nor the Engine API.
package command
