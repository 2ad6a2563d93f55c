package sandbox

import (
	"cmp"
	"context"
	"embed"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

//go:embed shell
var shellFiles embed.FS

// Script is shell text from a lesson: a set-up, a solution or a mistake.
type Script struct {
	Text        string
	Out         io.Writer // standard output and errors together, as a terminal shows them
	StopOnError bool
}

// Run runs a lesson's shell text in the lab folder, with the lab's words. It is a POSIX
// shell, so that a lesson does not depend on the learner's own.
func (l *Lab) Run(ctx context.Context, s Script) error {
	words, _ := shellFiles.ReadFile("shell/words.sh")
	text := string(words)
	if s.StopOnError {
		text += "set -e\n"
	}
	cmd := exec.CommandContext(ctx, "sh", "-c", text+s.Text)
	cmd.Dir, cmd.Env = l.Work(), l.environ()
	cmd.Stdout, cmd.Stderr = s.Out, s.Out
	// The whole process group goes on a cancel: a docker CLI that follows logs would
	// outlive its shell.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second
	// A set-up must not go on behind the back of the clean-up that follows a crash. The
	// kernel takes the end of the thread for that of the parent.
	hangUpWithParent(cmd.SysProcAttr)
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := cmd.Run(); err != nil {
		// Where it was told to stop, that is the cause, not the signal that did it.
		return fmt.Errorf("running the commands of %s: %w", l.State.Step, cmp.Or(ctx.Err(), err))
	}
	return nil
}

// environ is what the lab's shell and scripts find in their environment.
func (l *Lab) environ() []string {
	return append(append(l.dockerEnviron(), l.configEnviron()...),
		"DT_LAB="+l.Dir,
		fmt.Sprintf("DT_PID=%d", os.Getpid()),
		// Said again after the learner's own settings, which may name an engine as well.
		"DT_HOST="+l.GuardHost(),
		// Advertising in a lesson's output would be read as part of it.
		"DOCKER_CLI_HINTS=false",
		// A builder that the learner chose elsewhere builds outside this engine's image store.
		"BUILDX_BUILDER=default",
	)
}

// writeShellFiles puts the rc files where the shells look for them.
func (l *Lab) writeShellFiles() error {
	for name, to := range map[string]string{
		"words.sh": "words.sh", "words.fish": "words.fish", "bashrc": "bashrc", "shrc": "shrc",
		"zshenv": "zsh/.zshenv", "zshrc": "zsh/.zshrc",
	} {
		data, err := shellFiles.ReadFile("shell/" + name)
		if err != nil {
			return err
		}
		path := filepath.Join(l.Dir, to)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return err
		}
		if err := os.WriteFile(path, data, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// shellCommand starts the learner's own shell with the tutor's words added to its settings.
func (l *Lab) shellCommand(shell, prompt, gone string) *exec.Cmd {
	var cmd *exec.Cmd
	env := append(l.environ(), "DT_PROMPT="+prompt, "DT_GONE="+gone)
	switch kind := strings.TrimPrefix(filepath.Base(shell), "-"); kind {
	case "bash":
		cmd = exec.Command(shell, "--rcfile", filepath.Join(l.Dir, "bashrc"), "-i")
	case "zsh":
		cmd = exec.Command(shell, "-i")
		env = append(env, "DT_ZDOTDIR="+os.Getenv("ZDOTDIR"), "ZDOTDIR="+filepath.Join(l.Dir, "zsh"))
	case "fish":
		cmd = exec.Command(shell, "-i", "-C", `source "$DT_LAB/words.fish"`)
	case "sh", "dash", "ash", "ksh", "mksh":
		cmd = exec.Command(shell, "-i")
		env = append(env, "DT_ENV="+os.Getenv("ENV"), "ENV="+filepath.Join(l.Dir, "shrc"))
	default:
		return l.shellCommand("/bin/sh", prompt, gone)
	}
	cmd.Dir, cmd.Env = l.Work(), env
	return cmd
}

// LearnersShell is the shell that the learner works in: DOCKER_TUTOR_SHELL, SHELL, or sh.
func LearnersShell() string {
	for _, name := range []string{os.Getenv("DOCKER_TUTOR_SHELL"), os.Getenv("SHELL"), "/bin/sh"} {
		if path, err := exec.LookPath(name); err == nil && name != "" {
			return path
		}
	}
	return "/bin/sh"
}
