package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// Prepare makes the machine ready for the course: an engine that runs, and the base
// image. Where no engine runs and this is Debian or Ubuntu and it may (root, or sudo), it
// installs docker.io and starts the daemon. note is told what is being done, by id, as
// it begins; the installers' own output goes to out.
func Prepare(ctx context.Context, out io.Writer, note func(id string, args map[string]any)) (*Engine, error) {
	e, err := FindEngine(ctx)
	if err != nil {
		if e, err = bringEngine(ctx, err, out, note); err != nil {
			return nil, err
		}
	}
	if _, err := exec.LookPath("docker"); err != nil {
		return nil, &Problem{ID: "docker-cli", Err: err}
	}
	return e, prepareBaseImage(ctx, e, out, note)
}

func prepareBaseImage(ctx context.Context, e *Engine, out io.Writer, note func(string, map[string]any)) error {
	how, err := EnsureBaseImage(ctx, e)
	if err != nil && CanInstall() {
		if _, missing := StaticBusybox(); missing != nil {
			note("prepare.busybox", nil)
			if err := aptInstall(ctx, out, "busybox-static"); err != nil {
				return err
			}
			how, err = EnsureBaseImage(ctx, e)
		}
	}
	if err == nil && how != BasePresent {
		note("prepare.base-"+how, map[string]any{"image": BaseImage})
	}
	return err
}

// bringEngine installs and starts a daemon where that is the answer to why none was
// found, and returns the reason unchanged where it is not.
func bringEngine(ctx context.Context, reason error, out io.Writer, note func(string, map[string]any)) (*Engine, error) {
	var p *Problem
	if !errors.As(reason, &p) || p.ID != "engine-missing" && p.ID != "engine-stopped" || !CanInstall() {
		return nil, reason
	}
	if p.ID == "engine-missing" {
		note("prepare.docker", nil)
		if err := aptInstall(ctx, out, "docker.io"); err != nil {
			return nil, err
		}
		if _, err := exec.LookPath("docker"); err != nil {
			// Debian 13 and later ship the docker command apart from the daemon.
			if err := aptInstall(ctx, out, "docker-cli"); err != nil {
				return nil, err
			}
		}
	}
	note("prepare.daemon", nil)
	return startDaemon(ctx, out)
}

// CanInstall tells whether Debian's packages can be installed from here: apt-get is there,
// and this is root or sudo asks for no password.
func CanInstall() bool {
	if _, err := exec.LookPath("apt-get"); err != nil {
		return false
	}
	return os.Geteuid() == 0 || exec.Command("sudo", "-n", "true").Run() == nil
}

func asRoot(ctx context.Context, out io.Writer, args ...string) error {
	if os.Geteuid() != 0 {
		args = append([]string{"sudo", "-n"}, args...)
	}
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("running %s: %w", strings.Join(args, " "), err)
	}
	return nil
}

// aptInstall installs packages; on a fresh machine the lists must be fetched first.
func aptInstall(ctx context.Context, out io.Writer, packages ...string) error {
	install := append([]string{"apt-get", "install", "-y", "--no-install-recommends"}, packages...)
	if asRoot(ctx, io.Discard, install...) == nil {
		return nil
	}
	if err := asRoot(ctx, out, "apt-get", "update"); err != nil {
		return &Problem{ID: "install", Args: map[string]any{"packages": packages}, Err: err}
	}
	if err := asRoot(ctx, out, install...); err != nil {
		return &Problem{ID: "install", Args: map[string]any{"packages": packages}, Err: err}
	}
	return nil
}

// startTimeout is how long a daemon may take to its first answer; 1 to 5 s are usual.
const startTimeout = 60 * time.Second

// startDaemon starts the daemon by the machine's service manager or, where there is none
// (a container, a bare machine), by itself.
func startDaemon(ctx context.Context, out io.Writer) (*Engine, error) {
	_, systemd := os.Stat("/run/systemd/system")
	switch {
	case systemd == nil:
		if err := asRoot(ctx, out, "systemctl", "start", "docker"); err != nil {
			return nil, noStart("journalctl -u docker", err)
		}
	case asRoot(ctx, io.Discard, "service", "docker", "start") == nil:
	default:
		return launchDaemon(ctx)
	}
	e, err := awaitEngine(ctx, nil)
	if err != nil {
		return nil, noStart("/var/log/docker.log", err)
	}
	return e, nil
}

// noStart says why the daemon did not start, and which log tells more.
func noStart(log string, err error) error {
	return &Problem{ID: "daemon-start", Args: map[string]any{"log": log, "reason": err.Error()}, Err: err}
}

// launchDaemon starts dockerd apart from this process, so that it goes on after it.
func launchDaemon(ctx context.Context) (*Engine, error) {
	log, err := os.CreateTemp("", "dockerd-*.log")
	if err != nil {
		return nil, noStart("-", err)
	}
	defer log.Close()
	args := []string{"dockerd"}
	if os.Geteuid() != 0 {
		args = []string{"sudo", "-n", "dockerd"}
	}
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		return nil, noStart(log.Name(), err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	e, err := awaitEngine(ctx, ended)
	if err != nil {
		if text, readErr := os.ReadFile(log.Name()); readErr == nil && len(text) > 0 {
			err = fmt.Errorf("%w: %s", err, tail(string(text), 1))
		}
		return nil, noStart(log.Name(), err)
	}
	return e, nil
}

// awaitEngine asks until the daemon answers, or has ended. A daemon that starts announces
// nothing to those outside systemd, hence the asking; it is bounded.
func awaitEngine(ctx context.Context, ended <-chan error) (*Engine, error) {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	for {
		e, err := FindEngine(ctx)
		if err == nil {
			return e, nil
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-ended:
			return nil, errors.New("it ended at once")
		case <-time.After(200 * time.Millisecond):
		}
	}
}
