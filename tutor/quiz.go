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

// posed is a question with where it stands and its words.
type posed struct {
	lessons.Question
	lesson *lessons.Lesson
	quiz   string
	words  *content.Words
	part   content.Part
}

// questionsOf gives the questions of a quiz.
func questionsOf(l *lessons.Lesson, q *lessons.Quiz, words *content.Words) []posed {
	all := make([]posed, len(q.Questions))
	for i, question := range q.Questions {
		part, _ := words.Part(q.ID + "/" + question.ID)
		all[i] = posed{Question: question, lesson: l, quiz: q.ID, words: words, part: part}
	}
	return all
}

// quiz asks the questions of a quiz in order and keeps what was known.
func (s *Session) quiz(ctx context.Context, p place) (move, error) {
	q := p.step.Quiz
	if intro, ok := p.words.Part(q.ID); ok && intro.Text != "" {
		if err := s.Show(intro.Text); err != nil {
			return leave, err
		}
	}
	if err := s.askAll(ctx, questionsOf(p.lesson, q, p.words)); err != nil {
		return leave, err
	}
	s.mark(func(r *progress.Record) { r.Done(p.lesson.ID, q.ID, time.Now()) })
	choice, err := s.choose("quiz.title", "quiz.next", "quiz.again", "quiz.leave")
	switch {
	case err != nil || choice == "quiz.leave":
		return leave, err
	case choice == "quiz.again":
		return again, nil
	}
	return onward, nil
}

// askAll asks questions, keeps what was known, and gives the score.
func (s *Session) askAll(ctx context.Context, questions []posed) error {
	right := 0
	for n, q := range questions {
		fmt.Fprint(s.Out, s.Render(fmt.Sprintf("### %s\n\n%s", s.Say("quiz.question", content.Args{"n": n + 1, "of": len(questions), "title": q.part.Title}), q.part.Lead)))
		fmt.Fprintln(s.Out)
		known, err := s.ask(ctx, q)
		if err != nil {
			return err
		}
		if known {
			right++
		}
		s.mark(func(r *progress.Record) { r.AnswerQuestion(q.lesson.ID, q.quiz, q.ID, known, time.Now()) })
	}
	s.Print("quiz.score", content.Args{"n": right, "of": len(questions)})
	return nil
}

// ask asks one question and explains, whether the answer was right or wrong.
func (s *Session) ask(ctx context.Context, q posed) (known bool, err error) {
	switch {
	case q.One != nil:
		known, err = s.askOne(q)
	case q.Several != nil:
		known, err = s.askSeveral(q)
	case q.Order != nil:
		known, err = s.askOrder(q)
	case q.Live != nil:
		return s.askLive(ctx, q)
	default:
		return s.askText(q)
	}
	if err != nil {
		return false, err
	}
	s.verdict(known)
	s.explainOptions(q)
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
	var wrong []string
	switch {
	case q.One != nil:
		right, wrong = []string{q.One.Right}, q.One.Wrong
	case q.Several != nil:
		right, wrong = q.Several.Right, q.Several.Wrong
	default:
		right, wrong = q.Order.Right, q.Order.Wrong
	}
	ids = slices.Concat(right, wrong)
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

func (s *Session) askOne(q posed) (bool, error) {
	ids, right := options(q.Question)
	i, err := s.Ask.Choose(s.Say("quiz.choose-one", nil), optionTexts(ids, q.part), 0)
	return err == nil && ids[i] == right[0], err
}

func (s *Session) askSeveral(q posed) (bool, error) {
	ids, right := options(q.Question)
	chosen, err := s.Ask.Several(s.Say("quiz.choose-several", nil), optionTexts(ids, q.part))
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

func (s *Session) askOrder(q posed) (bool, error) {
	ids, right := options(q.Question)
	title := "quiz.put-in-order"
	if len(q.Order.Wrong) > 0 {
		title = "quiz.put-some-in-order"
	}
	chosen, err := s.Ask.Order(s.Say(title, nil), optionTexts(ids, q.part))
	if err != nil {
		return false, err
	}
	var order []string
	for _, i := range chosen {
		order = append(order, ids[i])
	}
	return slices.Equal(order, right), nil
}

// explainOptions tells of every option why it is right or wrong: the right ones first, and
// in their order where there is one.
func (s *Session) explainOptions(q posed) {
	ids, right := options(q.Question)
	wrong := slices.DeleteFunc(ids, func(id string) bool { return slices.Contains(right, id) })
	for n, id := range slices.Concat(right, wrong) {
		item, _ := q.part.Item(id)
		mark, text := content.Passed, item.Text
		if n >= len(right) {
			mark = content.Failed
		} else if q.Order != nil {
			text = fmt.Sprintf("%d. %s", n+1, text)
		}
		fmt.Fprint(s.Out, s.Point(mark, text), s.below(item.More))
	}
	fmt.Fprintln(s.Out)
}

// answerLine asks until something is answered.
func (s *Session) answerLine() (given string, err error) {
	for given == "" && err == nil {
		given, err = s.Ask.Line(s.Say("quiz.answer", nil))
	}
	return given, err
}

func (s *Session) askText(q posed) (bool, error) {
	given, err := s.answerLine()
	if err != nil {
		return false, err
	}
	v := checker.JudgeAnswer(context.Background(), nil, &lessons.Answer{Is: q.Text}, given)
	s.verdict(v.Outcome == checker.Passed)
	s.why(q.part)
	return v.Outcome == checker.Passed, nil
}

// why shows the explanation of a question that has no options.
func (s *Session) why(part content.Part) {
	item, _ := part.Item("why")
	fmt.Fprintln(s.Out, s.Render(item.Whole()))
}

// askLive asks what only the learner's own daemon can tell. They may look in a shell, and
// answer there or here.
func (s *Session) askLive(ctx context.Context, q posed) (bool, error) {
	e, err := s.connect(ctx)
	if err != nil {
		return false, err
	}
	if _, err := sandbox.EnsureBaseImage(ctx, e); err != nil {
		return false, err
	}
	choice, known, answered := "quiz.in-shell", false, false
	for choice == "quiz.in-shell" && !answered { // who only looked may answer here
		if choice, err = s.choose("quiz.live", "quiz.in-shell", "quiz.type-it", "quiz.pass"); err != nil {
			return false, err
		}
		if choice == "quiz.in-shell" {
			if known, answered, err = s.liveInShell(ctx, e, q); err != nil {
				return false, err
			}
		}
	}
	switch choice {
	case "quiz.type-it":
		given, err := s.answerLine()
		if err != nil {
			return false, err
		}
		known = checker.JudgeAnswer(ctx, e, q.Live, given).Outcome == checker.Passed
	}
	s.verdict(known)
	if truth, err := checker.Truth(ctx, e, q.Live); err == nil && !known {
		s.Print("quiz.truth", content.Args{"truth": truth})
	}
	s.why(q.part)
	return known, nil
}

// liveInShell opens a lab whose only check is the question. It tells whether the answer was
// known, and whether there was any.
func (s *Session) liveInShell(ctx context.Context, e *sandbox.Engine, q posed) (known, answered bool, err error) {
	id := q.quiz + "/" + q.ID
	ex := &lessons.Exercise{ID: id, Checks: []lessons.Check{{ID: q.ID, Statement: lessons.Statement{Answer: q.Live}}}}
	var lab *sandbox.Lab
	s.working(func() {
		lab, err = sandbox.Open(ctx, e, s.labs(), sandbox.Spec{Lesson: q.lesson.ID, Exercise: ex, Refusal: s.refusal})
	})
	if err != nil {
		return false, false, err
	}
	shellCtx, cancel := context.WithCancel(ctx)
	defer cancel()
	a := newAttempt(shellCtx, &Attempt{ui: s.UI, lab: lab, lesson: q.lesson, words: q.words, record: func(func(*progress.Record)) {}})
	if err := lab.Serve(shellCtx, a.Tutor(shellCtx)); err != nil {
		return false, false, errors.Join(err, s.closeLab(ctx, lab))
	}
	fmt.Fprintln(s.Out, strings.TrimRight(s.Render(q.part.Lead), "\n")+"\n\n"+s.Line("lab.words", nil)+"\n")
	if err := s.inShell(lab); err != nil {
		return false, false, errors.Join(err, lab.Release())
	}
	return a.Done(), len(lab.Evidence().Answers) > 0, s.closeLab(ctx, lab)
}
