package tutor

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"docker-tutor/checker"
	"docker-tutor/content"
	"docker-tutor/lessons"
	"docker-tutor/sandbox"

	"mvdan.cc/sh/v3/syntax"
)

// ErrNotPassed says that a reference solution did not pass its own checks.
var ErrNotPassed = errors.New("not every check passed")

// Demo plays a lesson with its own reference solutions on the real daemon, and shows each
// check go from ✘ to ✔. It needs no terminal, and keeps no progress.
func (s *Session) Demo(ctx context.Context, l *lessons.Lesson) error {
	e, err := s.connect(ctx)
	if err != nil {
		return err
	}
	words, err := s.wordsOf(ctx, l)
	if err != nil {
		return err
	}
	if _, err := sandbox.EnsureBaseImage(ctx, e); err != nil {
		return err
	}
	var failed []string
	for _, step := range l.Steps {
		p := place{lesson: l, words: words, step: step}
		s.title(p)
		switch {
		case step.Reading != nil:
			part, _ := words.Part(step.ID())
			fmt.Fprintln(s.Out, s.Render("## "+part.Title+"\n\n"+part.Text))
		case step.Quiz != nil:
			s.demoQuiz(ctx, e, p)
		default:
			err = s.demoExercise(ctx, e, p)
		}
		if errors.Is(err, ErrNotPassed) {
			failed, err = append(failed, step.ID()), nil
		}
		if err != nil {
			return err
		}
	}
	if len(failed) > 0 {
		return &sandbox.Problem{ID: "demo", Args: map[string]any{"steps": failed}, Err: ErrNotPassed}
	}
	s.Print("demo.done", content.Args{"title": lessonTitle(words)})
	return nil
}

func (s *Session) demoExercise(ctx context.Context, e *sandbox.Engine, p place) error {
	lab, err := sandbox.Open(ctx, e, s.labs(), s.spec(p))
	if err != nil {
		return err
	}
	// A Ctrl-C ends the play, not its clean-up.
	defer func() {
		done, closeErr := lab.Close(context.WithoutCancel(ctx))
		s.sayCleaned(done)
		if closeErr != nil {
			s.tell(closeErr)
		}
		fmt.Fprintln(s.Out)
	}()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	a := newAttempt(ctx, &Attempt{ui: s.UI, lab: lab, lesson: p.lesson, words: p.words})
	lines, script, err := stepwise(lab.Exercise.Solution)
	if err != nil {
		return err
	}
	if err := lab.Serve(ctx, sandbox.Tutor{
		Handle: func(r sandbox.Request) sandbox.Reply { return s.demoWord(ctx, a, lines, r) },
		Watch:  a.Watch,
	}); err != nil {
		return err
	}
	fmt.Fprintln(s.Out, s.Render(a.part("").Text))
	fmt.Fprint(s.Out, a.checklist(ctx))
	lab.Run(ctx, sandbox.Script{Text: script, Out: s.Out}) // judged by its checks, not by its exit code
	fmt.Fprint(s.Out, a.Settled(ctx))
	fmt.Fprintln(s.Out)
	fmt.Fprintln(s.Out, s.Render(a.part("after").Text))
	if !a.Done() {
		return ErrNotPassed
	}
	return nil
}

// demoWord answers the words of a solution, and the two that stepwise puts between its
// commands: show prints the command that comes next, prompt what it changed.
func (s *Session) demoWord(ctx context.Context, a *Attempt, lines []string, r sandbox.Request) sandbox.Reply {
	if r.Word != "show" {
		return a.Handle(ctx, r)
	}
	n, err := strconv.Atoi(r.Text)
	if err != nil || n >= len(lines) {
		return sandbox.Reply{Code: 2}
	}
	return sandbox.Reply{Text: "\n$ " + strings.ReplaceAll(lines[n], "\n", "\n> ")}
}

// stepwise cuts a script into its commands, and gives a script that says each before it
// runs, and what it changed after.
func stepwise(script string) (lines []string, played string, err error) {
	file, err := syntax.NewParser(syntax.Variant(syntax.LangPOSIX), syntax.KeepComments(false)).Parse(strings.NewReader(script), "")
	if err != nil {
		return nil, "", fmt.Errorf("reading a solution: %w", err)
	}
	var out strings.Builder
	for i, stmt := range file.Stmts {
		line := script[stmt.Pos().Offset():stmt.End().Offset()]
		lines = append(lines, line)
		fmt.Fprintf(&out, "dt__ask show %d\n%s\ndt__ask prompt\n", i, line)
	}
	return lines, out.String(), nil
}

// checklist lists every check with its mark.
func (a *Attempt) checklist(ctx context.Context) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	var out strings.Builder
	for _, v := range a.judge(ctx) {
		out.WriteString(a.ui.Point(a.mark(v), a.label(v.Check)))
	}
	return out.String()
}

// demoQuiz shows each question with its right answer and the reasons.
func (s *Session) demoQuiz(ctx context.Context, e *sandbox.Engine, p place) {
	questions := questionsOf(p.lesson, p.step.Quiz, p.words)
	for n, q := range questions {
		title := s.Say("quiz.question", content.Args{"n": n + 1, "of": len(questions), "title": q.part.Title})
		fmt.Fprintln(s.Out, s.Render("### "+title+"\n\n"+q.part.Lead))
		switch {
		case q.Live != nil:
			if truth, err := checker.Truth(ctx, e, q.Live); err == nil {
				s.Print("quiz.truth", content.Args{"truth": truth})
			}
			s.why(q.part)
		case q.Text != nil:
			s.Print("quiz.truth", content.Args{"truth": q.Text[0]})
			s.why(q.part)
		default:
			s.explainOptions(q)
		}
	}
}
