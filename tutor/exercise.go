package tutor

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"docker-tutor/content"
	"docker-tutor/lessons"
	"docker-tutor/progress"
	"docker-tutor/sandbox"
)

// move says where the learner wants to go after a step.
type move int

const (
	onward move = iota // to the next step
	again              // this step once more
	leave              // back to the menu
)

// place is a step of a lesson, with the words in the learner's language.
type place struct {
	lesson *lessons.Lesson
	words  *content.Words
	step   lessons.Step
}

// exercise opens the lab of an exercise, or takes up the one that was left, and stays
// with it until the learner moves on.
func (s *Session) exercise(ctx context.Context, p place) (move, error) {
	lab, resumed, err := s.openLab(ctx, p)
	if sandbox.IsMissing(err) {
		return s.passOver(p, err)
	}
	if err != nil {
		return leave, err
	}
	s.at(p.lesson.ID, p.step.ID())
	attemptCtx, cancel := context.WithCancel(ctx)
	defer cancel()
	a := newAttempt(attemptCtx, &Attempt{ui: s.UI, lab: lab, lesson: p.lesson, words: p.words, record: s.mark, announce: s.announce})
	if err := lab.Serve(attemptCtx, a.Tutor(attemptCtx)); err != nil {
		return leave, errors.Join(err, lab.Release())
	}
	if resumed {
		s.Print("lab.resumed", nil)
	}
	fmt.Fprintln(s.Out, a.task())
	if lab.Unguarded != "" {
		s.Print("lab.unguarded", content.Args{"reason": lab.Unguarded})
	}
	for {
		if err := s.inShell(lab); err != nil {
			return leave, errors.Join(err, lab.Release())
		}
		next, settled, err := s.afterShell(ctx, a)
		if settled || err != nil {
			return next, err
		}
	}
}

// passOver says what the exercise needs that is not there, and lets the learner go on
// without it.
func (s *Session) passOver(p place, why error) (move, error) {
	s.tell(why)
	choice, err := s.choose("needs.title", "needs.skip", "needs.again", "needs.leave")
	switch {
	case err != nil || choice == "needs.leave":
		return leave, err
	case choice == "needs.again":
		return again, nil
	}
	s.mark(func(r *progress.Record) { r.Skip(p.lesson.ID, p.step.ID(), time.Now()) })
	return onward, nil
}

// announce prints above the prompt of the shell that is open, if one waits at its prompt.
func (s *Session) announce(text string) bool {
	s.mu.Lock()
	shell := s.shell
	s.mu.Unlock()
	return shell != nil && !s.Plain && shell.Announce(text, s.rows(text))
}

// openLab takes up the lab that was left at this very step, and opens a new one otherwise.
// Another lab that was left is cleaned first: one exercise at a time.
func (s *Session) openLab(ctx context.Context, p place) (lab *sandbox.Lab, resumed bool, err error) {
	e, err := s.connect(ctx)
	if err != nil {
		return nil, false, err
	}
	done := s.passing("lab.preparing")
	s.working(func() { lab, resumed, err = s.takeUpOrOpen(ctx, e, p) })
	done()
	return lab, resumed, err
}

// spec says what a lab is opened for, and in which words its guard refuses.
func (s *Session) spec(p place) sandbox.Spec {
	return sandbox.Spec{Origin: s.Origin, Lesson: p.lesson.ID, Exercise: p.step.Exercise, Refusal: s.refusal}
}

func (s *Session) takeUpOrOpen(ctx context.Context, e *sandbox.Engine, p place) (*sandbox.Lab, bool, error) {
	for _, left := range sandbox.Left(s.labs()) {
		if left.Origin == s.Origin && left.Lesson == p.lesson.ID && left.Step == p.step.ID() && left.CanResume(e) {
			lab, err := sandbox.Reopen(e, s.labs(), left.ID, s.spec(p))
			if err != nil {
				return nil, false, err
			}
			lab.State.Kept = false
			return lab, true, lab.Save()
		}
		if left.Kept || left.Host != e.Host {
			continue // kept on purpose, or another engine's: docker-tutor clean sees to these
		}
		if err := s.cleanLeft(ctx, e, left); err != nil {
			return nil, false, err
		}
	}
	if _, err := sandbox.EnsureBaseImage(ctx, e); err != nil {
		return nil, false, err
	}
	lab, err := sandbox.Open(ctx, e, s.labs(), s.spec(p))
	return lab, false, err
}

func (s *Session) cleanLeft(ctx context.Context, e *sandbox.Engine, left sandbox.State) error {
	lab, err := sandbox.Reopen(e, s.labs(), left.ID, sandbox.Spec{})
	if err != nil {
		return err
	}
	done, err := lab.Close(ctx)
	s.sayCleaned(done)
	return err
}

// sayCleaned says what a clean-up did, where it did something.
func (s *Session) sayCleaned(done sandbox.Cleaned) {
	if n := len(done.Removed); n > 0 {
		s.Print("lab.cleaned", content.Args{"n": n})
	}
	for _, name := range done.Restored {
		s.Print("lab.restored", content.Args{"name": name})
	}
	if len(done.Doubtful) > 0 {
		s.Print("lab.doubtful", nil)
	}
	for _, obj := range done.Doubtful { // all of them: they can be removed with one key
		fmt.Fprint(s.Out, s.below(s.Say("kind."+obj.Kind, nil)+" "+obj.Name))
	}
}

// settleDoubts asks whether what appeared during the lab, and cannot be told to be the
// lab's, may go. It stays unless the learner says so.
func (s *Session) settleDoubts(ctx context.Context, e *sandbox.Engine, done sandbox.Cleaned) error {
	if len(done.Doubtful) == 0 {
		return nil
	}
	choice, err := s.choose("doubt.title", "doubt.keep", "doubt.remove")
	if err != nil || choice == "doubt.keep" {
		return err
	}
	s.working(func() { err = sandbox.Remove(ctx, e, done.Doubtful) })
	return err
}

// inShell hands the terminal to the learner's shell until they leave it.
func (s *Session) inShell(lab *sandbox.Lab) error {
	out, ok := s.Out.(*os.File)
	if !ok || !s.interactive() {
		return &sandbox.Problem{ID: "no-terminal", Args: map[string]any{"lesson": lab.State.Lesson}}
	}
	shell, err := lab.StartShell(out, sandbox.LearnersShell(), "(tutor) "+lab.State.Lesson+" $ ", s.Say("lab.gone", nil))
	if err != nil {
		return err
	}
	s.mu.Lock()
	s.shell = shell
	s.mu.Unlock()
	hungup := shell.Wait()
	s.mu.Lock()
	s.shell = nil
	hungup = hungup || s.signal != 0
	s.mu.Unlock()
	if hungup {
		return ErrHungUp
	}
	fmt.Fprintln(s.Out)
	return nil
}

// afterShell asks what comes next. settled is false when the learner goes back into the
// shell; otherwise the lab is closed or kept.
func (s *Session) afterShell(ctx context.Context, a *Attempt) (next move, settled bool, err error) {
	a.Handle(ctx, sandbox.Request{Word: "prompt"}) // what the last command changed
	if a.Done() {
		return s.afterPass(ctx, a)
	}
	for {
		choice, err := s.choose("exit.title", "exit.back", "exit.hint", "exit.solution", "exit.skip", "exit.reset", "exit.leave", "exit.keep")
		if err != nil {
			return leave, true, errors.Join(err, a.lab.Release())
		}
		switch choice {
		case "exit.back":
			return again, false, nil
		case "exit.hint":
			fmt.Fprintln(s.Out, a.Handle(ctx, sandbox.Request{Word: "hint"}).Text)
		case "exit.solution":
			fmt.Fprintln(s.Out, a.Handle(ctx, sandbox.Request{Word: "solution"}).Text)
		case "exit.skip":
			s.mark(func(r *progress.Record) { r.Skip(a.lab.State.Lesson, a.lab.State.Step, time.Now()) })
			return onward, true, s.closeLab(ctx, a.lab)
		case "exit.reset":
			s.mark(func(r *progress.Record) { r.ResetStep(a.lab.State.Lesson, a.lab.State.Step) })
			return again, true, s.closeLab(ctx, a.lab)
		case "exit.leave":
			return leave, true, s.closeLab(ctx, a.lab)
		case "exit.keep":
			a.lab.State.Kept = true
			return leave, true, errors.Join(a.lab.Save(), a.lab.Release())
		}
	}
}

// afterPass cleans up, tells what just happened, and offers to compare solutions.
func (s *Session) afterPass(ctx context.Context, a *Attempt) (move, bool, error) {
	debrief, solution := a.part("after"), a.solutionPage()
	lesson, step := a.lab.State.Lesson, a.lab.State.Step
	if err := s.closeLab(ctx, a.lab); err != nil {
		return leave, true, err
	}
	fmt.Fprintln(s.Out)
	if err := s.Show(debrief.Text); err != nil {
		return leave, true, err
	}
	for {
		choice, err := s.choose("pass.title", "pass.next", "pass.solution", "pass.again", "pass.leave")
		switch {
		case err != nil:
			return leave, true, err
		case choice == "pass.next":
			return onward, true, nil
		case choice == "pass.solution":
			s.mark(func(r *progress.Record) { r.SeeSolution(lesson, step, time.Now()) })
			fmt.Fprintln(s.Out, solution)
		case choice == "pass.again":
			return again, true, nil
		default:
			return leave, true, nil
		}
	}
}

func (s *Session) closeLab(ctx context.Context, lab *sandbox.Lab) error {
	var done sandbox.Cleaned
	var err error
	s.working(func() { done, err = lab.Close(ctx) })
	s.sayCleaned(done)
	if err != nil {
		return err
	}
	return s.settleDoubts(ctx, lab.Engine, done)
}

// choose shows a menu of messages and gives the id of the one that was chosen.
func (s *Session) choose(title string, ids ...string) (string, error) {
	options := make([]string, len(ids))
	for i, id := range ids {
		options[i] = s.Say(id, nil)
	}
	i, err := s.Ask.Choose(s.Say(title, nil), options, 0)
	if err != nil {
		return "", err
	}
	return ids[i], nil
}
