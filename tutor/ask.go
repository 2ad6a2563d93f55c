package tutor

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"docker-tutor/content"
)

// ErrInterrupted says that the learner pressed Ctrl-C or Ctrl-D, or that their input
// ended, instead of choosing.
var ErrInterrupted = errors.New("interrupted")

// Asker asks the learner. Choices are indices into the options.
type Asker interface {
	Choose(title string, options []string, first int) (int, error)
	Several(title string, options []string) ([]int, error)
	Order(title string, options []string) ([]int, error)
	Line(title string) (string, error)
}

// NewAsker gives the menus of a language, as the terminal shows them: moved by arrow keys
// or, where it is plain, numbered ones that a screen reader reads once.
func NewAsker(u *UI, lang content.Lang) Asker {
	lines := &lineAsker{in: u.In, out: u.Out, lang: lang, style: u.Style, ascii: u.ASCII}
	if out, ok := u.Out.(*os.File); ok && !u.Plain {
		return &menuAsker{lineAsker: lines, keys: keys{u.In}, screen: out}
	}
	return lines
}

// lineAsker asks with lines of text alone. It reads byte by byte: what follows a line
// belongs to whoever reads next, such as the lab's shell.
type lineAsker struct {
	in    io.Reader
	out   io.Writer
	lang  content.Lang
	style content.Style
	ascii bool
}

func (a *lineAsker) say(id string, args content.Args) string { return a.inForm(a.lang.Say(id, args)) }

// inForm gives a text in the characters that the terminal may show.
func (a *lineAsker) inForm(text string) string { return content.Page{ASCII: a.ascii}.Text(text) }

// list prints a title and its options with numbers.
func (a *lineAsker) list(title string, options []string) {
	width := widthOf(a.out)
	fmt.Fprintln(a.out, fold(a.inForm(title), width, ""))
	for i, option := range options {
		number := fmt.Sprintf("  %d. ", i+1)
		fmt.Fprintln(a.out, fold(number+a.inForm(option), width, strings.Repeat(" ", len(number))))
	}
}

// Choose lists the options with numbers; an empty line takes the first choice.
func (a *lineAsker) Choose(title string, options []string, first int) (int, error) {
	a.list(title, options)
	for {
		line, err := a.Line(a.say("ask.number", content.Args{"first": first + 1}))
		if err != nil {
			return 0, err
		}
		if line == "" {
			return first, nil
		}
		if n, err := strconv.Atoi(line); err == nil && n >= 1 && n <= len(options) {
			return n - 1, nil
		}
		fmt.Fprintln(a.out, a.say("ask.again", content.Args{"n": len(options)}))
	}
}

// Several takes numbers parted by spaces or commas.
func (a *lineAsker) Several(title string, options []string) ([]int, error) {
	return a.numbers(title, "ask.numbers", options)
}

// Order takes the numbers of options in the order in which they belong; those that belong
// nowhere are left out. It is asked so at every terminal.
func (a *lineAsker) Order(title string, options []string) ([]int, error) {
	return a.numbers(title, "ask.order", options)
}

func (a *lineAsker) numbers(title, question string, options []string) ([]int, error) {
	a.list(title, options)
	for {
		line, err := a.Line(a.say(question, nil))
		if err != nil {
			return nil, err
		}
		if chosen, ok := readNumbers(line, len(options)); ok {
			return chosen, nil
		}
		fmt.Fprintln(a.out, a.say("ask.again-many", content.Args{"n": len(options)}))
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
