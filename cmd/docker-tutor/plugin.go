package main

import (
	"encoding/json"
	"fmt"
)

// pluginMetadata is how the docker CLI asks a plugin what it is
// (docker/cli, cli-plugins/manager: MetadataSubcommandName).
const pluginMetadata = "docker-cli-plugin-metadata"

// asPlugin takes off the command's own name, which the docker CLI passes first: docker
// tutor list runs docker-tutor tutor list.
func asPlugin(args []string) []string {
	if len(args) > 0 && args[0] == "tutor" {
		return args[1:]
	}
	return args
}

func (a *app) metadata() int {
	data, _ := json.Marshal(map[string]string{
		"SchemaVersion": "0.1.0", "Vendor": "docker-tutor", "Version": version(),
		"ShortDescription": "Learn Docker on your own Docker Engine",
	})
	fmt.Fprintln(a.out, string(data))
	return exitOK
}
