package tutor

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"docker-tutor/checker"
	"docker-tutor/content"
	"docker-tutor/lessons"
	"docker-tutor/progress"
	"docker-tutor/sandbox"
)

// quiz asks the questions of a quiz in order and keeps what was known.
func (s *Session) quiz(ctx context.Context, p place) (move, error) {
	q := p.step.Quiz
	if intro, ok := p.words.Part(q.ID); ok && intro.Text != "" {
		if err := s.Show(intro.Text); err != nil {
			return leave, err
		}
	}
	right := 0
	for n, question := range q.Questions {
		part, _ := p.words.Part(q.ID + "/" + question.ID)
		fmt.Fprint(s.Out, s.Render(fmt.Sprintf("### %s\n\n%s", s.Say("quiz.question", content.Args{"n": n + 1, "of": len(q.Questions), "title": part.Title}), part.Lead)))
		fmt.Fprintln(s.Out)
		known, err := s.ask(ctx, p, question, part)
		if err != nil {
			return leave, err
		}
		if known {
			right++
		}
		s.mark(func(r *progress.Record) { r.AnswerQuestion(p.lesson.ID, q.ID, question.ID, known, time.Now()) })
	}
	s.mark(func(r *progress.Record) { r.Done(p.lesson.ID, q.ID, time.Now()) })
	s.Print("quiz.score", content.Args{"n": right, "of": len(q.Questions)})
	choice, err := s.choose("quiz.title", "quiz.next", "quiz.again", "quiz.leave")
	switch {
	case err != nil || choice == "quiz.leave":
		return leave, err
	case choice == "quiz.again":
		return again, nil
	}
	return onward, nil
}

// ask asks one question and explains, whether the answer was right or wrong.
func (s *Session) ask(ctx context.Context, p place, q lessons.Question, part content.Part) (known bool, err error) {
	switch {
	case q.One != nil:
		known, err = s.askOne(q, part)
	case q.Several != nil:
		known, err = s.askSeveral(q, part)
	case q.Live != nil:
		return s.askLive(ctx, p, q, part)
	default:
		return s.askText(q, part)
	}
	if err != nil {
		return false, err
	}
	s.verdict(known)
	s.explainOptions(q, part)
	return known, nil
}

func (s *Session) verdict(known bool) {
	mark, id := content.Failed, "quiz.wrong"
	if known {
		mark, id = content.Passed, "quiz.right"
	}
	fmt.Fprintf(s.Out, "\n%s\n", s.Point(mark, s.Say(id, nil)))
}

// options gives a question's option ids, right and wrong, in a new order at every asking.
func options(q lessons.Question) (ids, right []string) {
	if q.One != nil {
		right = []string{q.One.Right}
		ids = append(slices.Clone(right), q.One.Wrong...)
	} else {
		right = q.Several.Right
		ids = append(slices.Clone(right), q.Several.Wrong...)
	}
	rand.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
	return ids, right
}

func optionTexts(ids []string, part content.Part) []string {
	texts := make([]string, len(ids))
	for i, id := range ids {
		item, _ := part.Item(id)
		texts[i] = unmarked(item.Text)
	}
	return texts
}

func (s *Session) askOne(q lessons.Question, part content.Part) (bool, error) {
	ids, right := options(q)
	i, err := s.Ask.Choose(s.Say("quiz.choose-one", nil), optionTexts(ids, part), 0)
	return err == nil && ids[i] == right[0], err
}

func (s *Session) askSeveral(q lessons.Question, part content.Part) (bool, error) {
	ids, right := options(q)
	chosen, err := s.Ask.Several(s.Say("quiz.choose-several", nil), optionTexts(ids, part))
	if err != nil || len(chosen) != len(right) {
		return false, err
	}
	for _, i := range chosen {
		if !slices.Contains(right, ids[i]) {
			return false, nil
		}
	}
	return true, nil
}

// explainOptions tells of every option why it is right or wrong.
func (s *Session) explainOptions(q lessons.Question, part content.Part) {
	ids, right := options(q)
	slices.SortStableFunc(ids, func(a, b string) int {
		return slices.Index(right, b) - slices.Index(right, a)
	})
	for _, id := range ids {
		item, _ := part.Item(id)
		mark := content.Failed
		if slices.Contains(right, id) {
			mark = content.Passed
		}
		fmt.Fprint(s.Out, s.Point(mark, item.Text), s.below(item.More))
	}
	fmt.Fprintln(s.Out)
}

func (s *Session) askText(q lessons.Question, part content.Part) (bool, error) {
	given, err := s.Ask.Line(s.Say("quiz.answer", nil))
	if err != nil {
		return false, err
	}
	v := checker.JudgeAnswer(context.Background(), nil, &lessons.Answer{Is: q.Text}, given)
	s.verdict(v.Outcome == checker.Passed)
	s.why(part)
	return v.Outcome == checker.Passed, nil
}

// why shows the explanation of a question that has no options.
func (s *Session) why(part content.Part) {
	item, _ := part.Item("why")
	fmt.Fprintln(s.Out, s.Render(item.Whole()))
}

// askLive asks what only the learner's own daemon can tell. They may look in a shell, and
// answer there or here.
func (s *Session) askLive(ctx context.Context, p place, q lessons.Question, part content.Part) (bool, error) {
	e, err := s.connect(ctx)
	if err != nil {
		return false, err
	}
	if _, err := sandbox.EnsureBaseImage(ctx, e); err != nil {
		return false, err
	}
	choice, err := s.choose("quiz.live", "quiz.in-shell", "quiz.type-it", "quiz.pass")
	if err != nil {
		return false, err
	}
	known := false
	switch choice {
	case "quiz.in-shell":
		if known, err = s.liveInShell(ctx, e, p, q, part); err != nil {
			return false, err
		}
	case "quiz.type-it":
		given, err := s.Ask.Line(s.Say("quiz.answer", nil))
		if err != nil {
			return false, err
		}
		known = checker.JudgeAnswer(ctx, e, q.Live, given).Outcome == checker.Passed
	}
	s.verdict(known)
	if truth, err := checker.Truth(ctx, e, q.Live); err == nil && !known {
		s.Print("quiz.truth", content.Args{"truth": truth})
	}
	s.why(part)
	return known, nil
}

// liveInShell opens a lab whose only check is the question.
func (s *Session) liveInShell(ctx context.Context, e *sandbox.Engine, p place, q lessons.Question, part content.Part) (bool, error) {
	id := p.step.Quiz.ID + "/" + q.ID
	ex := &lessons.Exercise{ID: id, Checks: []lessons.Check{{ID: q.ID, Statement: lessons.Statement{Answer: q.Live}}}}
	var lab *sandbox.Lab
	var err error
	s.working(func() { lab, err = sandbox.Open(ctx, e, s.labs(), sandbox.Spec{Lesson: p.lesson.ID, Exercise: ex}) })
	if err != nil {
		return false, err
	}
	shellCtx, cancel := context.WithCancel(ctx)
	defer cancel()
	a := newAttempt(shellCtx, &Attempt{ui: s.UI, lab: lab, lesson: p.lesson, words: p.words, record: func(func(*progress.Record)) {}})
	if err := lab.Serve(shellCtx, func(r sandbox.Request) sandbox.Reply { return a.Handle(shellCtx, r) }); err != nil {
		return false, errors.Join(err, s.closeLab(ctx, lab))
	}
	fmt.Fprintln(s.Out, strings.TrimRight(s.Render(part.Lead), "\n")+"\n\n"+s.Line("lab.words", nil)+"\n")
	if err := s.inShell(lab); err != nil {
		return false, errors.Join(err, lab.Release())
	}
	return a.Done(), s.closeLab(ctx, lab)
}
