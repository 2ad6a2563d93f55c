package checker

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"docker-tutor/lessons"
)

// login judges whether the docker CLI is logged in to a registry, by its configuration:
// logging out makes no call to anybody.
func (j *judge) login(ctx context.Context, want *lessons.Login) (*Diagnosis, error) {
	file := filepath.Join(configFolder(j.ev.DockerConfig), "config.json")
	config, changed, err := readLogins(file)
	if err != nil {
		return nil, fmt.Errorf("reading the docker CLI's configuration %s: %w", file, err)
	}
	names := config.registries(ctx)
	in := slices.ContainsFunc(names, func(name string) bool { return sameRegistry(name, want.Registry) })
	a, fresh := args{"registry": want.Registry}, j.changedSince(changed)
	switch {
	case want.State == "out" && in:
		return diagnose(false, "login-still-in", "docker logout --help", a), nil // who logs out first has used it
	case want.State == "out" && !fresh:
		return diagnose(false, "login-never-in", "docker login --help", a), nil
	case want.State == "out" || in:
		return nil, nil
	}
	for _, name := range names {
		if host, _, _ := strings.Cut(registryHost(want.Registry), ":"); fresh && strings.HasPrefix(registryHost(name), host) {
			a["found"] = name
			return diagnose(true, "login-elsewhere", "docker login --help", a), nil
		}
	}
	return diagnose(false, "login-not-yet", "docker login --help", a), nil
}

// changedSince tells whether a file of this machine was changed since the exercise opened,
// which is a moment of the daemon's clock. Files are stamped with the kernel's tick, some
// milliseconds late.
func (j *judge) changedSince(modified time.Time) bool {
	const tick = 20 * time.Millisecond
	return j.ev.Now.Add(tick - time.Since(modified)).After(j.ev.Since)
}

// configFolder is where the docker CLI keeps its configuration.
func configFolder(given string) string {
	home, _ := os.UserHomeDir()
	return cmp.Or(given, os.Getenv("DOCKER_CONFIG"), filepath.Join(home, ".docker"))
}

// logins is what the configuration says of logins: to which registries, and which helper
// programs keep the secrets. What is secret is not decoded.
type logins struct {
	Auths       map[string]struct{} `json:"auths"`
	CredsStore  string              `json:"credsStore"`
	CredHelpers map[string]string   `json:"credHelpers"`
}

// readLogins reads the configuration, and tells when it was last changed.
func readLogins(file string) (*logins, time.Time, error) {
	config := &logins{}
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return config, time.Time{}, nil
	}
	if err != nil {
		return nil, time.Time{}, err
	}
	info, err := os.Stat(file)
	if err != nil {
		return nil, time.Time{}, err
	}
	return config, info.ModTime(), json.Unmarshal(data, config)
}

// registries lists what the CLI is logged in to. An entry stays in the file where a helper
// keeps the secret, so that the helper has the last word for those that it keeps.
func (l *logins) registries(ctx context.Context) []string {
	var all []string
	kept := map[string][]string{}
	for name := range l.Auths {
		helper := cmp.Or(l.CredHelpers[name], l.CredsStore)
		if _, asked := kept[helper]; helper != "" && !asked {
			kept[helper] = listKept(ctx, helper)
		}
		if names := kept[helper]; helper == "" || names == nil ||
			slices.ContainsFunc(names, func(n string) bool { return sameRegistry(n, name) }) {
			all = append(all, name)
		}
	}
	slices.Sort(all)
	return all
}

// askHelper bounds the question to a helper program.
const askHelper = time.Second

// listKept asks a helper program which registries it has secrets for, by the protocol of
// docker-credential-helpers: list gives servers and user names, and no secret. It gives nil
// where the helper does not answer.
func listKept(ctx context.Context, helper string) []string {
	if strings.ContainsAny(helper, `/\`) {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, askHelper)
	defer cancel()
	ask := exec.CommandContext(ctx, "docker-credential-"+helper, "list")
	ask.Stdin, ask.WaitDelay = bytes.NewReader(nil), askHelper
	out, err := ask.Output()
	var users map[string]string
	if err != nil || json.Unmarshal(out, &users) != nil {
		return nil
	}
	names := []string{}
	for name := range users {
		names = append(names, name)
	}
	return names
}

// registryHost is a registry as it is compared: Docker Hub has an address of its own.
func registryHost(name string) string {
	name = strings.TrimPrefix(strings.TrimPrefix(name, "https://"), "http://")
	host, _, _ := strings.Cut(name, "/")
	if host == "index.docker.io" || host == "registry-1.docker.io" {
		return "docker.io"
	}
	return host
}

func sameRegistry(a, b string) bool { return registryHost(a) == registryHost(b) }
