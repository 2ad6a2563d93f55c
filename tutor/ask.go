package tutor

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"syscall"

	"docker-tutor/content"

	"github.com/AlecAivazis/survey/v2"
	"github.com/AlecAivazis/survey/v2/terminal"
)

// ErrInterrupted says that the learner pressed Ctrl-C or Ctrl-D, or that their input
// ended, instead of choosing.
var ErrInterrupted = errors.New("interrupted")

// Asker asks the learner. Choices are indices into the options.
type Asker interface {
	Choose(title string, options []string, first int) (int, error)
	Several(title string, options []string) ([]int, error)
	Line(title string) (string, error)
}

// NewAsker gives menus moved by arrow keys or, in the plain style, numbered ones that a
// screen reader reads once.
func NewAsker(in *os.File, out *os.File, lang content.Lang, plain bool) Asker {
	lines := &lineAsker{in: in, out: out, lang: lang}
	if plain {
		return lines
	}
	return &menuAsker{lineAsker: lines}
}

// lineAsker asks with lines of text alone. It reads byte by byte: what follows a line
// belongs to whoever reads next, such as the lab's shell.
type lineAsker struct {
	in   io.Reader
	out  io.Writer
	lang content.Lang
}

// Choose lists the options with numbers; an empty line takes the first choice.
func (a *lineAsker) Choose(title string, options []string, first int) (int, error) {
	fmt.Fprintln(a.out, title)
	for i, option := range options {
		fmt.Fprintf(a.out, "  %d. %s\n", i+1, option)
	}
	for {
		line, err := a.Line(a.lang.Say("ask.number", content.Args{"first": first + 1}))
		if err != nil {
			return 0, err
		}
		if line == "" {
			return first, nil
		}
		if n, err := strconv.Atoi(line); err == nil && n >= 1 && n <= len(options) {
			return n - 1, nil
		}
		fmt.Fprintln(a.out, a.lang.Say("ask.again", content.Args{"n": len(options)}))
	}
}

// Several takes numbers parted by spaces or commas.
func (a *lineAsker) Several(title string, options []string) ([]int, error) {
	fmt.Fprintln(a.out, title)
	for i, option := range options {
		fmt.Fprintf(a.out, "  %d. %s\n", i+1, option)
	}
	for {
		line, err := a.Line(a.lang.Say("ask.numbers", nil))
		if err != nil {
			return nil, err
		}
		if chosen, ok := readNumbers(line, len(options)); ok {
			return chosen, nil
		}
		fmt.Fprintln(a.out, a.lang.Say("ask.again", content.Args{"n": len(options)}))
	}
}

func readNumbers(line string, most int) (chosen []int, ok bool) {
	words := strings.FieldsFunc(line, func(r rune) bool { return r == ' ' || r == ',' || r == ';' })
	for _, word := range words {
		n, err := strconv.Atoi(word)
		if err != nil || n < 1 || n > most {
			return nil, false
		}
		chosen = append(chosen, n-1)
	}
	return chosen, len(chosen) > 0
}

// Line reads one line of text, without the space around it.
func (a *lineAsker) Line(title string) (string, error) {
	fmt.Fprint(a.out, title+" ")
	var line []byte
	for one := make([]byte, 1); ; {
		n, err := a.in.Read(one)
		if n == 1 && one[0] == '\n' {
			return strings.TrimSpace(string(line)), nil
		}
		line = append(line, one[:n]...)
		if err != nil {
			fmt.Fprintln(a.out)
			return "", ErrInterrupted
		}
	}
}

// menuAsker is the only user of survey. Its Input prompts are not used: they ask the
// terminal for the cursor's position, and hang where none answers.
type menuAsker struct{ *lineAsker }

// keys turns Ctrl-D into Ctrl-C: survey takes the first for "accept the default".
type keys struct{ *os.File }

func (k keys) Read(p []byte) (int, error) {
	n, err := k.File.Read(p)
	for i := range p[:n] {
		if p[i] == 0x04 {
			p[i] = 0x03
		}
	}
	return n, err
}

// survey's own templates, which are English, as they were at the start.
var selectTemplate, severalTemplate = survey.SelectQuestionTemplate, survey.MultiSelectQuestionTemplate

func (a *menuAsker) options() []survey.AskOpt {
	survey.SelectQuestionTemplate = a.inOurWords(selectTemplate, "[Use arrows to move, type to filter", "ask.keys")
	survey.MultiSelectQuestionTemplate = a.inOurWords(severalTemplate, "[Use arrows to move, space to select,", "ask.keys-several")
	return []survey.AskOpt{
		survey.WithStdio(keys{a.in.(*os.File)}, a.out.(*os.File), os.Stderr),
		survey.WithPageSize(12),
		survey.WithRemoveSelectAll(), survey.WithRemoveSelectNone(),
		survey.WithIcons(func(icons *survey.IconSet) {
			icons.Question.Format, icons.SelectFocus.Format = "cyan+b", "cyan+b"
			icons.Question.Text = "?"
			icons.MarkedOption.Format, icons.UnmarkedOption.Format = "green", "default"
		}),
	}
}

// inOurWords puts the learner's language into one of survey's templates.
func (a *menuAsker) inOurWords(template, theirs, id string) string {
	before, rest, found := strings.Cut(template, theirs)
	if !found {
		return template
	}
	_, after, _ := strings.Cut(rest, `]{{color "reset"}}`)
	return before + "[" + a.lang.Say(id, nil) + `]{{color "reset"}}` + after
}

func (a *menuAsker) Choose(title string, options []string, first int) (int, error) {
	var chosen int
	prompt := &survey.Select{Message: title, Options: options, Default: first}
	return chosen, surveyError(survey.AskOne(prompt, &chosen, a.options()...))
}

func (a *menuAsker) Several(title string, options []string) ([]int, error) {
	var chosen []int
	prompt := &survey.MultiSelect{Message: title, Options: options}
	return chosen, surveyError(survey.AskOne(prompt, &chosen, a.options()...))
}

func surveyError(err error) error {
	if errors.Is(err, terminal.InterruptErr) {
		return ErrInterrupted
	}
	return keyError(err)
}

// keyError tells a closed terminal from other failures to read a key. Where keys come one
// by one, input has no other end: Ctrl-D is a key.
func keyError(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, syscall.EIO) {
		return ErrHungUp
	}
	return err
}
