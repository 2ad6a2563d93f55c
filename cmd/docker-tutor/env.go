package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"docker-tutor/content"
	"docker-tutor/sandbox"

	"github.com/spf13/cobra"
)

func (a *app) envCommand() *cobra.Command {
	var shell string
	var unset bool
	cmd := &cobra.Command{
		Use:   "env",
		Short: `Lead your own shell through the open exercise: eval "$(docker tutor env)"`,
		Args:  exactArgs(0),
		RunE: func(*cobra.Command, []string) error {
			words, ok := dialects[shell]
			if !ok {
				return &usageError{fmt.Errorf("there is no --shell %s; sh and fish are known", shell)}
			}
			if unset {
				fmt.Fprint(a.out, words.leave)
				return nil
			}
			return a.printEnv(words)
		},
	}
	cmd.Flags().StringVar(&shell, "shell", usualDialect(), "whose words to print: sh (bash and zsh too) or fish")
	cmd.Flags().BoolVar(&unset, "unset", false, "print what leads the shell back")
	return cmd
}

// usualDialect goes by the learner's shell, which is rarely another than the one in use.
func usualDialect() string {
	if filepath.Base(os.Getenv("SHELL")) == "fish" {
		return "fish"
	}
	return "sh"
}

// dialect is how a shell takes up the lab's words and leaves them, and how it takes up the
// lab's own settings of the docker CLI, where there are.
type dialect struct{ enter, leave, config string }

// In all of them the words ask the tutor by a process of their own: the lab's pipes are
// those of its own shell.
var dialects = map[string]dialect{
	"sh": {
		enter: `[ -n "${DT_HOST-}" ] || DT_BEFORE=${DOCKER_HOST-}
export DT_LAB=@lab@ DT_HOST=@host@ DOCKER_HOST=@host@
unset DOCKER_CONTEXT DOCKER_TLS DOCKER_TLS_VERIFY DOCKER_CERT_PATH DOCKER_API_VERSION
@config@for dt__word in task hint solution answer; do
  unalias "$dt__word" 2>/dev/null || :
  eval "$dt__word() { @tutor@ ask $dt__word \"\$@\"; }"
done
unalias check 2>/dev/null || :
check() { @tutor@ check; }
`,
		leave: `unset -f task check hint solution answer 2>/dev/null || :
if [ -n "${DT_HOST-}" ]; then
  unset DOCKER_HOST
  [ -z "${DT_BEFORE-}" ] || export DOCKER_HOST="$DT_BEFORE"
fi
if [ -n "${DT_CONFIG-}" ]; then
  unset DOCKER_CONFIG
  [ -z "${DT_CONFIG_BEFORE-}" ] || export DOCKER_CONFIG="$DT_CONFIG_BEFORE"
fi
unset DT_LAB DT_HOST DT_BEFORE DT_CONFIG DT_CONFIG_BEFORE
`,
		config: `[ -n "${DT_CONFIG-}" ] || DT_CONFIG_BEFORE=${DOCKER_CONFIG-}
export DT_CONFIG=@dir@ DOCKER_CONFIG=@dir@
`,
	},
	"fish": {
		enter: `set -q DT_HOST; or set -g DT_BEFORE $DOCKER_HOST
set -gx DT_LAB @lab@
set -gx DT_HOST @host@
set -gx DOCKER_HOST @host@
set -e DOCKER_CONTEXT DOCKER_TLS DOCKER_TLS_VERIFY DOCKER_CERT_PATH DOCKER_API_VERSION
@config@for dt__word in task hint solution answer
    eval "function $dt__word; @tutor@ ask $dt__word \$argv; end"
end
function check; @tutor@ check; end
`,
		leave: `functions -e task check hint solution answer
if set -q DT_HOST
    set -e DOCKER_HOST
    test -z "$DT_BEFORE"; or set -gx DOCKER_HOST $DT_BEFORE
end
if set -q DT_CONFIG
    set -e DOCKER_CONFIG
    test -z "$DT_CONFIG_BEFORE"; or set -gx DOCKER_CONFIG $DT_CONFIG_BEFORE
end
set -e DT_LAB DT_HOST DT_BEFORE DT_CONFIG DT_CONFIG_BEFORE
`,
		config: `set -q DT_CONFIG; or set -g DT_CONFIG_BEFORE $DOCKER_CONFIG
set -gx DT_CONFIG @dir@
set -gx DOCKER_CONFIG @dir@
`,
	},
}

func (a *app) printEnv(words dialect) error {
	lab, err := openLab()
	if err != nil {
		return err
	}
	reply, err := sandbox.Ask(lab, sandbox.Request{Word: "host"})
	if err != nil {
		return err
	}
	host := strings.TrimSpace(reply.Text)
	if host == "" {
		return &sandbox.Problem{ID: "no-guard"}
	}
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("finding this program for the words of the lab: %w", err)
	}
	config := ""
	if dir := sandbox.LabDockerConfig(lab); dir != "" {
		config = strings.ReplaceAll(words.config, "@dir@", quoted(dir))
	}
	fmt.Fprint(a.out, strings.NewReplacer("@lab@", quoted(lab), "@host@", quoted(host), "@tutor@", quoted(self), "@config@", config).Replace(words.enter))
	return nil
}

// quoted makes one word of a shell's of any text; sh, bash, zsh and fish agree on it but
// for backslashes, which fish halves.
func quoted(text string) string {
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

// askCommand is how the words of a learner's own shell reach the tutor.
func (a *app) askCommand() *cobra.Command {
	return &cobra.Command{
		Use:                "ask WORD [TEXT]",
		Short:              "Say one of the lab's words: task, hint, solution, answer …",
		Hidden:             true,
		DisableFlagParsing: true, // an answer may begin with a dash
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return &usageError{errors.New("ask needs a word: task, hint, solution or answer")}
			}
			return a.ask(sandbox.Request{Word: args[0], Text: strings.Join(args[1:], " ")})
		},
	}
}

// ask says a word to the open lab and prints its reply.
func (a *app) ask(request sandbox.Request) error {
	dir, err := openLab()
	if err != nil {
		return err
	}
	reply, err := sandbox.Ask(dir, request)
	if err != nil {
		return err
	}
	if a.ui().Style == content.Plain {
		reply.Text = content.Unstyled(reply.Text) // it was laid out for the lab's terminal
	}
	fmt.Fprint(a.out, reply.Text)
	if reply.Code != 0 {
		return exit(reply.Code)
	}
	return nil
}
