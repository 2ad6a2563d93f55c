package sandbox

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"

	"github.com/docker/docker/api/types/versions"
)

// firstAPIOf23 is the API of Docker 23.0, from which on a prune of volumes takes nameless
// ones alone.
const firstAPIOf23 = "1.42"

// Traits gives those of lessons.Traits that this engine has, with the docker CLI at hand.
func (e *Engine) Traits(ctx context.Context) ([]string, error) {
	facts, err := e.Describe(ctx)
	if err != nil {
		return nil, err
	}
	traits := []string{"graph-driver", "legacy-builder", "since-23"}
	if facts.Containerd {
		traits[0] = "containerd"
	}
	if buildsByBuildKit() {
		traits[1] = "buildkit"
	}
	if versions.LessThan(e.ClientVersion(), firstAPIOf23) {
		traits[2] = "before-23"
	}
	return traits, nil
}

// buildsByBuildKit tells which builder docker build uses, by the rules of the docker CLI
// from 23.0 on: BuildKit where its plugin buildx is there, unless DOCKER_BUILDKIT says no
// (https://github.com/docker/cli/blob/v28.5.2/cmd/docker/builder.go).
func buildsByBuildKit() bool {
	if wanted, err := strconv.ParseBool(os.Getenv("DOCKER_BUILDKIT")); err == nil && !wanted {
		return false
	}
	return HasPlugin("buildx")
}

// HasPlugin tells whether the docker CLI has a plugin, such as compose. It looks where
// the CLI looks, and starts no process.
func HasPlugin(name string) bool {
	for _, dir := range pluginDirs() {
		info, err := os.Stat(filepath.Join(dir, "docker-"+name))
		if err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
			return true
		}
	}
	return false
}

// pluginDirs are the folders of the docker CLI's plugins
// (https://github.com/docker/cli/blob/v28.5.2/cli-plugins/manager/manager_unix.go), and
// where Docker Desktop and Homebrew put theirs.
func pluginDirs() []string {
	var config struct{ CLIPluginsExtraDirs []string }
	if data, err := os.ReadFile(filepath.Join(dockerConfigDir(), "config.json")); err == nil {
		json.Unmarshal(data, &config) // of settings that cannot be read the CLI itself complains
	}
	return append(append(config.CLIPluginsExtraDirs, filepath.Join(dockerConfigDir(), "cli-plugins")),
		"/usr/local/lib/docker/cli-plugins", "/usr/local/libexec/docker/cli-plugins",
		"/usr/lib/docker/cli-plugins", "/usr/libexec/docker/cli-plugins",
		"/Applications/Docker.app/Contents/Resources/cli-plugins", "/opt/homebrew/lib/docker/cli-plugins")
}
