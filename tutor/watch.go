package tutor

import (
	"context"
	"strconv"

	"docker-tutor/content"
	"docker-tutor/sandbox"
)

// Tutor answers the words of the attempt's lab, until ctx ends.
func (a *Attempt) Tutor(ctx context.Context) sandbox.Tutor {
	return sandbox.Tutor{
		Handle: func(r sandbox.Request) sandbox.Reply { return a.Handle(ctx, r) },
		Watch:  a.Watch,
	}
}

// Watch sends the list of checks to another terminal, as wide as the request says, now
// and whenever a judgement has changed it.
func (a *Attempt) Watch(ctx context.Context, r sandbox.Request, send func(sandbox.Reply) error) {
	ui := *a.ui
	ui.Width, _ = strconv.Atoi(r.Text)
	changed := make(chan struct{}, 1)
	changed <- struct{}{}
	a.mu.Lock()
	a.watchers[changed] = true
	a.mu.Unlock()
	defer func() {
		a.mu.Lock()
		delete(a.watchers, changed)
		a.mu.Unlock()
	}()
	for last := ""; ; {
		select {
		case <-ctx.Done():
			return
		case <-changed:
		}
		a.mu.Lock()
		list, code := a.list(&ui, a.current)
		if a.done {
			list, code = list+ui.Point(content.Passed, a.ui.Say("watch.done", nil)), 0
		}
		text := ui.page().Rule(lessonTitle(a.words)+" · "+a.part("").Title) + "\n\n" + list
		a.mu.Unlock()
		if text == last {
			continue
		}
		if last = text; send(sandbox.Reply{Text: text, Code: code}) != nil {
			return
		}
	}
}

// tellWatchers has other terminals look again. The mutex is held.
func (a *Attempt) tellWatchers() {
	for w := range a.watchers {
		select {
		case w <- struct{}{}:
		default:
		}
	}
}
