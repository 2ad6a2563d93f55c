package sandbox

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"docker-tutor/lessons"
)

// labConfig is where a lab keeps settings of its own for the docker CLI. No lesson has a
// dot in its id, so that none has this folder.
const labConfig = "docker.config"

// LabDockerConfig gives the folder of the docker CLI's settings in a lab; empty where the
// lab goes by the learner's own.
func LabDockerConfig(lab string) string {
	dir := filepath.Join(lab, labConfig)
	if _, err := os.Stat(dir); err != nil {
		return ""
	}
	return dir
}

// logins are the settings that say where the docker CLI is logged in, and which programs
// keep the secrets.
var logins = []string{"auths", "credsStore", "credHelpers"}

// noRegistry stands for a login that there is, and that leads nowhere. Without any the
// docker CLI looks for a keychain on the machine, and logs in to that
// (https://github.com/docker/cli/blob/v28.5.2/cli/config/config.go, LoadDefaultConfigFile).
const noRegistry = "docker-tutor.invalid"

// writeDockerConfig gives an exercise with a registry the learner's settings of the docker
// CLI without their logins. Logins of the exercise go with the lab, and no keychain sees
// them; nor can what is pushed by mistake go to the learner's account.
func (l *Lab) writeDockerConfig() error {
	if !slices.Contains(l.Exercise.Needs, lessons.NeedsRegistry) {
		return nil
	}
	from, to := dockerConfigDir(), filepath.Join(l.Dir, labConfig)
	if err := os.MkdirAll(to, 0o700); err != nil {
		return err
	}
	settings := map[string]json.RawMessage{}
	if data, err := os.ReadFile(filepath.Join(from, "config.json")); err == nil {
		json.Unmarshal(data, &settings) // of settings that cannot be read the CLI itself complains
	}
	for _, name := range logins {
		delete(settings, name)
	}
	settings["auths"] = json.RawMessage(fmt.Sprintf(`{%q: {}}`, noRegistry))
	data, err := json.MarshalIndent(settings, "", "\t")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(to, "config.json"), data, 0o600); err != nil {
		return err
	}
	return linkOthers(from, to)
}

// linkOthers makes what else is in a folder be found in another: plugins, contexts.
func linkOthers(from, to string) error {
	from, err := filepath.Abs(from)
	if err != nil {
		return err
	}
	entries, _ := os.ReadDir(from) // a learner without settings has no such folder
	for _, entry := range entries {
		if entry.Name() == "config.json" {
			continue
		}
		if err := os.Symlink(filepath.Join(from, entry.Name()), filepath.Join(to, entry.Name())); err != nil {
			return err
		}
	}
	return nil
}

// configEnviron leads the lab's docker CLI to the lab's own settings, where there are.
func (l *Lab) configEnviron() []string {
	dir := LabDockerConfig(l.Dir)
	if dir == "" {
		return nil
	}
	// The second is said again after the learner's own settings, as DT_HOST is.
	return []string{"DOCKER_CONFIG=" + dir, "DT_CONFIG=" + dir}
}
