package tutor

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"

	"docker-tutor/content"

	"github.com/AlecAivazis/survey/v2"
	"github.com/AlecAivazis/survey/v2/core"
	"github.com/AlecAivazis/survey/v2/terminal"
)

// menuAsker is the only user of survey. Its Input prompts are not used: they ask the
// terminal for the cursor's position, and hang where none answers.
type menuAsker struct {
	*lineAsker
	keys   keys
	screen *os.File
}

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

func (a *menuAsker) Choose(title string, options []string, first int) (int, error) {
	m := a.layOut(title, a.say("ask.keys", nil), options, "  ")
	survey.SelectQuestionTemplate = m.inOurWords(selectTemplate, "[Use arrows to move, type to filter")
	var chosen int
	prompt := &survey.Select{Message: m.title, Options: m.options, Default: first}
	return chosen, surveyError(survey.AskOne(prompt, &chosen, a.settings(m)...))
}

func (a *menuAsker) Several(title string, options []string) ([]int, error) {
	m := a.layOut(title, a.say("ask.keys-several", nil), options, "       ")
	survey.MultiSelectQuestionTemplate = m.inOurWords(severalTemplate, "[Use arrows to move, space to select,")
	var chosen []int
	prompt := &survey.MultiSelect{Message: m.title, Options: m.options}
	return chosen, surveyError(survey.AskOne(prompt, &chosen, a.settings(m)...))
}

func (a *menuAsker) settings(m menu) []survey.AskOpt {
	core.DisableColor = a.style == content.Plain
	return []survey.AskOpt{
		survey.WithStdio(a.keys, a.screen, os.Stderr),
		survey.WithPageSize(m.page),
		// What is typed filters nothing: a command meant for the shell would empty the menu.
		survey.WithFilter(func(string, string, int) bool { return true }),
		survey.WithRemoveSelectAll(), survey.WithRemoveSelectNone(),
		survey.WithIcons(func(icons *survey.IconSet) {
			icons.Question.Format, icons.SelectFocus.Format = "cyan+b", "cyan+b"
			icons.Question.Text = "?"
			icons.MarkedOption.Format, icons.UnmarkedOption.Format = "green", "default"
		}),
	}
}

// menu is a menu as it fits the terminal.
type menu struct {
	title, keys string
	options     []string
	page        int // options shown at a time
	// beforeKeys and beforeAnswer part the title from what stands behind it: by spaces, or
	// by a new line where there is no room.
	beforeKeys, beforeAnswer string
}

// layOut folds the texts of a menu; gutter is what stands left of its options.
func (a *menuAsker) layOut(title, keys string, options []string, gutter string) menu {
	const mark = "? "
	width, rows := sizeOf(a.out)
	page := a.page(options, width, rows, gutter)
	if page < len(options) {
		keys += " · " + a.say("ask.in-all", content.Args{"n": len(options)})
	}
	m := menu{page: page, beforeKeys: "  ", beforeAnswer: " "}
	whole := fold(mark+a.inForm(title), width, beside)
	m.title = strings.TrimPrefix(whole, mark)
	m.keys = fold(beside+"["+keys+"]", width, beside+" ")[len(beside):]
	used := content.Width(whole[strings.LastIndexByte(whole, '\n')+1:])
	if width > 0 && used+2+content.Width(keys)+2 > width {
		m.beforeKeys = "\n" + beside
	}
	for _, option := range options {
		option = a.inForm(option)
		if width > 0 && used+1+content.Width(option) > width {
			m.beforeAnswer = "\n" + beside
		}
		m.options = append(m.options, fold(gutter+option, width, gutter)[len(gutter):])
	}
	return m
}

// page is how many options fit the terminal, below a title and above the line that survey keeps.
func (a *menuAsker) page(options []string, width, rows int, gutter string) int {
	const around, unknown = 4, 12
	if rows == 0 {
		return unknown
	}
	lines := 1
	for _, option := range options {
		lines = max(lines, 1+strings.Count(fold(gutter+a.inForm(option), width, gutter), "\n"))
	}
	return max(3, (rows-around)/lines)
}

// beside is as wide as the mark before a menu's title.
const beside = "  "

// survey's own templates, which are English.
var selectTemplate, severalTemplate = survey.SelectQuestionTemplate, survey.MultiSelectQuestionTemplate

// inOurWords puts a menu's words for its keys into one of survey's templates, in the place
// of theirs.
func (m menu) inOurWords(template, theirs string) string {
	template = strings.ReplaceAll(template, "{{ .FilterMessage }}", "")
	before, rest, found := strings.Cut(template, `{{- "  "}}{{- color "cyan"}}`+theirs)
	if !found {
		return template
	}
	_, after, _ := strings.Cut(rest, `]{{color "reset"}}`)
	before = strings.Replace(before, `{{color "cyan"}} {{.Answer}}`, fmt.Sprintf(`{{color "cyan"}}{{%q}}{{.Answer}}`, m.beforeAnswer), 1)
	return before + fmt.Sprintf(`{{- %q}}{{- color "cyan"}}{{%q}}{{color "reset"}}`, m.beforeKeys, m.keys) + after
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
