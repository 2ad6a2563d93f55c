package main

import (
	_ "github.com/AlecAivazis/survey/v2"
	_ "github.com/adrg/xdg"
	_ "github.com/charmbracelet/glamour"
	_ "github.com/creack/pty"
	_ "github.com/distribution/reference"
	_ "github.com/docker/docker/client"
	_ "github.com/docker/cli/cli/connhelper"
	_ "github.com/docker/docker/api/types/events"
	_ "github.com/docker/docker/api/types/filters"
	_ "github.com/docker/docker/pkg/stdcopy"
	_ "github.com/docker/go-connections/nat"
	_ "github.com/docker/go-connections/tlsconfig"
	_ "github.com/gofrs/flock"
	_ "github.com/hinshun/vt10x"
	_ "github.com/invopop/jsonschema"
	_ "github.com/mattn/go-runewidth"
	_ "github.com/natefinch/atomic"
	_ "github.com/rogpeppe/go-internal/testscript"
	_ "github.com/santhosh-tekuri/jsonschema/v6"
	_ "github.com/spf13/cobra"
	_ "github.com/yuin/goldmark"
	_ "golang.org/x/sys/unix"
	_ "golang.org/x/term"
	_ "gopkg.in/yaml.v3"
	_ "mvdan.cc/sh/v3/syntax"
)

func main() {}
