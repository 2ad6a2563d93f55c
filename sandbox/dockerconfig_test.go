package sandbox

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"docker-tutor/lessons"
)

// A lab with a registry logs in by settings of its own: the learner's keep their logins,
// their keychain is not asked, and what else they hold is there.
func TestLabLogsInByItself(t *testing.T) {
	learners, lab := t.TempDir(), t.TempDir()
	t.Setenv("DOCKER_CONFIG", learners)
	settings := `{"auths": {"registry.example": {"auth": "dDp3"}}, "credsStore": "dt-none", "credHelpers": {"other.example": "dt-none"}, "detachKeys": "ctrl-x"}`
	if err := os.WriteFile(filepath.Join(learners, "config.json"), []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(learners, "cli-plugins"), 0o700); err != nil {
		t.Fatal(err)
	}
	asked := keychains(t)
	l := &Lab{Dir: lab, Exercise: &lessons.Exercise{}}
	if err := l.writeDockerConfig(); err != nil || LabDockerConfig(lab) != "" || l.configEnviron() != nil {
		t.Fatalf("an exercise without a registry: got %v and the settings %q, want none", err, LabDockerConfig(lab))
	}
	l.Exercise.Needs = []string{lessons.NeedsRegistry}
	if err := l.writeDockerConfig(); err != nil {
		t.Fatal(err)
	}
	dir := LabDockerConfig(lab)
	if link, _ := filepath.EvalSymlinks(filepath.Join(dir, "cli-plugins")); link != filepath.Join(learners, "cli-plugins") {
		t.Errorf("the plugins: got %q, want the learner's", link)
	}
	registry := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, password, _ := r.BasicAuth(); password != "whale" {
			w.Header().Set("WWW-Authenticate", `Basic realm="test"`)
			w.WriteHeader(http.StatusUnauthorized)
		}
	}))
	defer registry.Close()
	address := strings.Replace(strings.TrimPrefix(registry.URL, "http://"), "127.0.0.1", "localhost", 1)
	docker := func(stdin string, args ...string) {
		t.Helper()
		cmd := exec.Command("docker", args...)
		cmd.Env, cmd.Stdin = append(os.Environ(), l.configEnviron()...), strings.NewReader(stdin)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("docker %s: %v\n%s", args, err, out)
		}
	}
	docker("whale", "login", "--username", "tutor", "--password-stdin", address)
	wantLogins(t, dir, noRegistry, address)
	docker("", "logout", address)
	wantLogins(t, dir, noRegistry)
	if now, _ := os.ReadFile(filepath.Join(learners, "config.json")); string(now) != settings {
		t.Errorf("the learner's settings: got %s, want %s", now, settings)
	}
	if _, err := os.Stat(asked); err == nil {
		t.Error("a keychain was asked; want the lab's own file alone")
	}
}

// keychains puts programs where docker looks for the machine's keychain. They leave a file
// when they are asked.
func keychains(t *testing.T) (asked string) {
	t.Helper()
	dir := t.TempDir()
	asked = filepath.Join(dir, "asked")
	for _, name := range []string{"pass", "docker-credential-pass", "docker-credential-secretservice", "docker-credential-osxkeychain"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\ntouch "+asked+"\nexit 1\n"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	return asked
}

// wantLogins looks for logins in a folder of settings, which must leave no secret to a
// keychain, and for what else the learner's had.
func wantLogins(t *testing.T, dir string, names ...string) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, "config.json"))
	if err != nil {
		t.Fatal(err)
	}
	var config struct {
		Auths                  map[string]json.RawMessage
		CredsStore, DetachKeys string
		CredHelpers            map[string]string
	}
	if err := json.Unmarshal(data, &config); err != nil {
		t.Fatal(err)
	}
	same := len(config.Auths) == len(names) && config.CredsStore == "" && len(config.CredHelpers) == 0 && config.DetachKeys == "ctrl-x"
	for _, name := range names {
		same = same && config.Auths[name] != nil
	}
	if !same {
		t.Errorf("the lab's settings: got %s, want logins to %s alone", data, names)
	}
}
