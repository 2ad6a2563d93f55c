package progress

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/adrg/xdg"
)

// HomeVar is the environment variable that names the folder to keep progress in.
const HomeVar = "DOCKER_TUTOR_HOME"

var xdgMu sync.Mutex // xdg keeps what it found in package variables

// Dir names the folder that progress is kept in, as an absolute path: what
// $DOCKER_TUTOR_HOME says; otherwise docker-tutor in $XDG_STATE_HOME, or in the
// system's own folder for such files. The folder need not exist: Open makes it.
func Dir() (string, error) {
	if home := os.Getenv(HomeVar); home != "" {
		dir, err := filepath.Abs(home) // the lab's shell works in another folder
		if err != nil {
			return "", fmt.Errorf("finding the folder that %s=%q names: %w", HomeVar, home, err)
		}
		return dir, nil
	}
	xdgMu.Lock()
	defer xdgMu.Unlock()
	xdg.Reload() // it has read the environment once, before anyone could set it
	if !filepath.IsAbs(xdg.StateHome) {
		return "", fmt.Errorf("finding a folder to keep progress in: the home folder %q is not an absolute path; set %s", xdg.Home, HomeVar)
	}
	return filepath.Join(xdg.StateHome, "docker-tutor"), nil
}
