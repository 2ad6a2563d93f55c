package sandbox

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// endpoint is one way to reach an engine, before anything was tried.
type endpoint struct {
	Source string // where it was read: "DOCKER_HOST", "context NAME", "socket"
	Host   string // unix:///…, tcp://…, ssh://…
	TLSDir string // folder with ca.pem, cert.pem, key.pem; empty for none
	// SkipVerify leaves the engine's certificate unchecked, as the context says.
	SkipVerify bool
	// Env is what a docker CLI needs in its environment to reach the same engine;
	// empty when it finds it by itself.
	Env []string
}

// dockerConfigDir is the docker CLI's own folder.
func dockerConfigDir() string {
	if dir := os.Getenv("DOCKER_CONFIG"); dir != "" {
		return dir
	}
	home, _ := os.UserHomeDir()
	return filepath.Join(home, ".docker")
}

// currentContext gives the name of the docker context in force, by the docker CLI's own
// rules: DOCKER_CONTEXT, then the CLI's settings; empty for the default one.
func currentContext() (string, error) {
	if name := os.Getenv("DOCKER_CONTEXT"); name != "" {
		return plainContext(name), nil
	}
	path := filepath.Join(dockerConfigDir(), "config.json")
	data, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("reading the docker CLI's settings: %w", err)
	}
	var config struct{ CurrentContext string }
	if err := json.Unmarshal(data, &config); err != nil {
		return "", fmt.Errorf("reading the docker CLI's settings in %s: %w", path, err)
	}
	return plainContext(config.CurrentContext), nil
}

func plainContext(name string) string {
	if name == "default" {
		return ""
	}
	return name
}

// contextEndpoint reads where a docker context leads. The CLI stores contexts in folders
// named by the SHA-256 of the context's name
// (https://docs.docker.com/engine/manage-resources/contexts/).
func contextEndpoint(name string) (endpoint, error) {
	sum := sha256.Sum256([]byte(name))
	id := hex.EncodeToString(sum[:])
	store := filepath.Join(dockerConfigDir(), "contexts")
	data, err := os.ReadFile(filepath.Join(store, "meta", id, "meta.json"))
	if err != nil {
		return endpoint{}, fmt.Errorf("reading the docker context %q: %w", name, err)
	}
	var meta struct {
		Endpoints map[string]struct {
			Host          string
			SkipTLSVerify bool
		}
	}
	if err := json.Unmarshal(data, &meta); err != nil {
		return endpoint{}, fmt.Errorf("reading the docker context %q: %w", name, err)
	}
	docker := meta.Endpoints["docker"]
	if docker.Host == "" {
		return endpoint{}, fmt.Errorf("reading the docker context %q: it names no docker host", name)
	}
	e := endpoint{Source: "context " + name, Host: docker.Host, SkipVerify: docker.SkipTLSVerify}
	tls := filepath.Join(store, "tls", id, "docker")
	if _, err := os.Stat(tls); err == nil {
		e.TLSDir = tls
	}
	return e, nil
}
