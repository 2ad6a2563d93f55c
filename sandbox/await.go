package sandbox

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"

	"github.com/fsnotify/fsnotify"
)

// Answering gives the folder of the lab below root that a process has open and that
// answers other terminals; "" where there is none.
func Answering(root string) string {
	for _, dir := range Running(root) {
		conn, err := net.Dial("unix", (&Lab{Dir: dir}).socket("lab"))
		if err == nil {
			conn.Close()
			return dir
		}
	}
	return ""
}

// AwaitLab waits until a lab below root answers, and gives its folder. It waits for the
// file system's word, and asks nothing in between.
func AwaitLab(ctx context.Context, root string) (string, error) {
	if err := os.MkdirAll(root, 0o700); err != nil {
		return "", fmt.Errorf("waiting for an exercise to be opened: %w", err)
	}
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return "", fmt.Errorf("waiting for an exercise to be opened: %w", err)
	}
	defer watcher.Close()
	if err := watcher.Add(root); err != nil {
		return "", fmt.Errorf("waiting for an exercise to be opened: %w", err)
	}
	for {
		watchLabs(watcher, root)
		if dir := Answering(root); dir != "" {
			return dir, nil
		}
		select {
		case <-watcher.Events:
		case err := <-watcher.Errors:
			return "", fmt.Errorf("waiting for an exercise to be opened: %w", err)
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
}

// watchLabs has the watcher tell of the labs' sockets too. A folder that goes away
// meanwhile is of no interest.
func watchLabs(watcher *fsnotify.Watcher, root string) {
	dirs, _ := filepath.Glob(filepath.Join(root, "*"))
	for _, dir := range dirs {
		watcher.Add(dir)
		watcher.Add(filepath.Dir((&Lab{Dir: dir}).socket("lab")))
	}
}
