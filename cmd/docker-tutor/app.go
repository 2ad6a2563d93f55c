package main

import (
	"context"
	"os"
	"path/filepath"

	"docker-tutor/content"
	"docker-tutor/lessons"
	"docker-tutor/progress"
	"docker-tutor/sandbox"
	"docker-tutor/tutor"

	"golang.org/x/term"
)

// app is what commands share: the flags that all have, and the rooms, opened when wanted.
type app struct {
	in, out, errOut *os.File
	lang            string // --lang
	plain           bool   // --plain
	coursePlace     string // --course

	from    *source // the course in use, once it is known
	store   *progress.Store
	session *tutor.Session
	unwatch func() // gives signals back to whoever handles them next
}

// open opens the progress; commands that only look do without.
func (a *app) open() error {
	if a.store != nil {
		return nil
	}
	dir, err := a.storeDir()
	if err != nil {
		return err
	}
	a.store, err = progress.Open(dir)
	return err
}

// savedLanguage is the language that the learner chose in the menu; "" where none was, or
// where nothing can be read.
func (a *app) savedLanguage() string {
	dir, err := progress.Dir()
	if err != nil {
		return ""
	}
	if _, err := os.Stat(filepath.Join(dir, "progress.json")); err != nil {
		return ""
	}
	store, err := progress.Open(dir)
	if err != nil {
		return ""
	}
	record, err := store.Read()
	if err != nil {
		return ""
	}
	return record.Settings.Language
}

// language is the learner's; where the flag names none that there is, English.
func (a *app) language() content.Lang {
	lang, err := content.Detect(a.lang, a.savedLanguage(), os.Getenv)
	if err != nil {
		return content.English
	}
	return lang
}

// checkLanguage refuses a --lang that there is not, before anything is said in it.
func (a *app) checkLanguage() error {
	if _, err := content.Detect(a.lang, "", os.Getenv); err != nil {
		var known []string
		for _, l := range content.Langs() {
			known = append(known, string(l))
		}
		return &sandbox.Problem{ID: "unknown-language", Args: map[string]any{"lang": a.lang, "known": known}, Err: err}
	}
	return nil
}

// ui is the terminal as the flags and the environment describe it.
func (a *app) ui() *tutor.UI {
	lang := a.language()
	flag := ""
	if a.plain {
		flag = string(content.Plain)
	}
	style, _ := content.DetectStyle(flag, os.Getenv, term.IsTerminal(int(a.out.Fd()))) // no other flag can be given
	ui := &tutor.UI{
		In: a.in, Out: a.out, Lang: lang, Style: style,
		ASCII: a.plain || !content.CanUTF8(os.Getenv),
		Plain: a.plain || os.Getenv("TERM") == "dumb",
	}
	ui.Ask = tutor.NewAsker(ui, lang)
	return ui
}

// begin makes the session of a learner, or of a demo, in a course that may run.
func (a *app) begin(ctx context.Context) (*tutor.Session, error) {
	course, err := a.course(ctx)
	if err != nil {
		return nil, err
	}
	if err := a.mustBeTrusted(ctx); err != nil {
		return nil, err
	}
	if err := a.open(); err != nil {
		return nil, err
	}
	dir, err := progress.Dir()
	if err != nil {
		return nil, err
	}
	ui := a.ui()
	a.session = &tutor.Session{
		UI: ui, Course: course, Words: a.loadWords, TitleOf: a.title, Store: a.store, Dir: dir,
		Connect: func(ctx context.Context) (*sandbox.Engine, error) { return sandbox.FindEngine(ctx) },
		Origin:  a.origin(),
		Asker:   func(l content.Lang) tutor.Asker { return tutor.NewAsker(ui, l) },
	}
	return a.session, nil
}

// interactive tells whether there is a learner: a terminal on both sides.
func (a *app) interactive() bool {
	return term.IsTerminal(int(a.in.Fd())) && term.IsTerminal(int(a.out.Fd()))
}

// findLesson finds a lesson by its id, and names the nearest where there is none.
func findLesson(course *lessons.Course, name string) (*lessons.Lesson, error) {
	if l := course.Lesson(name); l != nil {
		return l, nil
	}
	ids := course.IDs()
	args := map[string]any{"name": name, "nearest": lessons.Nearest(name, ids), "known": ids}
	if args["nearest"] == "" {
		args["nearest"] = ids[0]
	}
	return nil, &sandbox.Problem{ID: "unknown-lesson", Args: args}
}
