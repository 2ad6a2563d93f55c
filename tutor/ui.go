package tutor

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"docker-tutor/content"

	"golang.org/x/term"
)

// UI is where a session speaks and listens.
type UI struct {
	In   *os.File
	Out  io.Writer
	Lang content.Lang
	// Style and ASCII say what the terminal shows; see content.DetectStyle and CanUTF8.
	Style content.Style
	ASCII bool
	// Plain is a terminal that gets lines of text and no escape sequence at all.
	Plain bool
	Ask   Asker
	// Width is the number of columns, where it is not this terminal's.
	Width int
}

// Say gives a message in the learner's language.
func (u *UI) Say(id string, a content.Args) string {
	return content.Page{ASCII: u.ASCII}.Text(u.Lang.Say(id, a))
}

// Line gives a message as lines that fit the terminal.
func (u *UI) Line(id string, a content.Args) string { return fold(u.Say(id, a), widthOf(u.Out), "") }

// Print writes a message and ends the line.
func (u *UI) Print(id string, a content.Args) { fmt.Fprintln(u.Out, u.Line(id, a)) }

// Size gives the terminal's columns and lines; 80 columns and no bound on lines where
// there is no terminal.
func (u *UI) Size() (columns, lines int) {
	if u.Width > 0 {
		return max(u.Width, 40), 0
	}
	if f, ok := u.Out.(*os.File); ok {
		if w, h, err := term.GetSize(int(f.Fd())); err == nil && w > 0 {
			return max(w, 40), h
		}
	}
	if w, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && w > 0 {
		return max(w, 40), 0
	}
	return 80, 0
}

func (u *UI) page() content.Page {
	width, _ := u.Size()
	return content.Page{Width: width, Style: u.Style, ASCII: u.ASCII}
}

// Render lays Markdown out for this terminal.
func (u *UI) Render(markdown string) string { return content.Render(markdown, u.page()) }

// Show prints Markdown, a screenful at a time where it is longer than the screen.
func (u *UI) Show(markdown string) error {
	text := strings.TrimRight(u.Render(markdown), "\n")
	_, height := u.Size()
	lines := strings.Split(text, "\n")
	if height < 8 || len(lines) < height-3 || !u.interactive() {
		fmt.Fprintf(u.Out, "%s\n\n", text)
		return nil
	}
	return u.pageThrough(lines, height-2)
}

func (u *UI) interactive() bool {
	f, ok := u.Out.(*os.File)
	return ok && u.In != nil && term.IsTerminal(int(f.Fd())) && term.IsTerminal(int(u.In.Fd()))
}

// pageThrough shows lines by the screenful: Enter or space goes on, b goes back, q ends.
func (u *UI) pageThrough(lines []string, height int) error {
	for top := 0; ; {
		bottom := min(top+height, len(lines))
		if top == 0 {
			bottom -= 2 // for the title above the first screenful
		}
		fmt.Fprintln(u.Out, strings.Join(lines[top:bottom], "\n"))
		if bottom == len(lines) {
			fmt.Fprintln(u.Out)
			return nil
		}
		key, err := u.askMore(bottom * 100 / len(lines))
		switch {
		case err != nil:
			return err
		case key == 'q':
			return nil
		case key == 'b':
			top = max(0, top-height)
		default:
			top = bottom
		}
	}
}

// askMore waits for a key at the end of a screenful, and takes the question away again.
func (u *UI) askMore(percent int) (byte, error) {
	question := u.Line("page.more", content.Args{"percent": percent})
	fmt.Fprint(u.Out, question)
	key, err := u.key()
	if u.Plain {
		fmt.Fprintln(u.Out)
	} else {
		fmt.Fprint(u.Out, "\r\x1b[K"+strings.Repeat("\x1b[A\x1b[K", u.rows(question)-1))
	}
	return key, err
}

// key waits for one key. Ctrl-C and Ctrl-D are ErrInterrupted.
func (u *UI) key() (byte, error) {
	state, err := term.MakeRaw(int(u.In.Fd()))
	if err != nil {
		return 0, err
	}
	defer term.Restore(int(u.In.Fd()), state)
	buf := make([]byte, 8) // an arrow key is several bytes
	if _, err := u.In.Read(buf); err != nil {
		return 0, keyError(err)
	}
	if buf[0] == 0x03 || buf[0] == 0x04 {
		return 0, ErrInterrupted
	}
	return buf[0], nil
}

// passing shows a line while something takes its time, and gives what takes it away.
func (u *UI) passing(id string) (done func()) {
	if !u.interactive() || u.Plain {
		return func() {}
	}
	fmt.Fprint(u.Out, u.page().Dim(u.Say(id, nil)))
	return func() { fmt.Fprint(u.Out, "\r\x1b[K") }
}

// rows counts the rows that a text takes on the terminal.
func (u *UI) rows(text string) int {
	columns, _ := u.Size()
	n := 0
	for line := range strings.Lines(text) {
		n += max(1, (content.Width(strings.TrimSuffix(line, "\n"))+columns-1)/columns)
	}
	return n
}

// Title prints the ruled line above a step.
func (u *UI) Title(parts ...string) {
	fmt.Fprintf(u.Out, "%s\n\n", u.page().Rule(strings.Join(parts, " · ")))
}

// Point lays a text out behind a mark.
func (u *UI) Point(m content.Mark, text string) string {
	return content.Hang(" "+u.page().Mark(m)+" ", text, u.page())
}

// below lays a text out below a marked line.
func (u *UI) below(text string) string { return content.Hang("   ", text, u.page()) }

// Arrow shows where to look: a command to be copied, never folded.
func (u *UI) Arrow(command string) string {
	sign := "→"
	if u.ASCII {
		sign = "->"
	}
	return fmt.Sprintf("   %s %s\n", sign, command)
}

// refusal is what docker prints where the guard keeps the learner's own.
func (u *UI) refusal(id, object string) string {
	return u.Say("guard."+id, content.Args{"name": object})
}

// look is an Arrow, where there is somewhere to look.
func (u *UI) look(command string) string {
	if command == "" {
		return ""
	}
	return u.Arrow(command)
}

// unmarked takes the marks of inline code off a text, for menus, which show none.
func unmarked(text string) string { return strings.ReplaceAll(text, "`", "") }
