package tutor

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"docker-tutor/checker"
	"docker-tutor/content"
	"docker-tutor/lessons"
	"docker-tutor/progress"
	"docker-tutor/sandbox"
)

// Handle answers one of the lab's words.
func (a *Attempt) Handle(ctx context.Context, r sandbox.Request) sandbox.Reply {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch r.Word {
	case "prompt":
		return sandbox.Reply{Text: a.sinceLast(ctx)}
	case "check":
		return a.check(ctx)
	case "answer":
		return a.answer(ctx, r.Text)
	case "task":
		return sandbox.Reply{Text: a.task()}
	case "hint":
		return sandbox.Reply{Text: a.hint()}
	case "solution":
		return sandbox.Reply{Text: a.solution()}
	case "host": // asked by docker-tutor env
		return sandbox.Reply{Text: a.lab.GuardHost()}
	}
	return sandbox.Reply{Text: a.ui.Line("lab.unknown-word", content.Args{"word": r.Word}), Code: 2}
}

// hintEvery is the number of failed verdicts after which the hints are offered again.
const hintEvery = 3

// offerHint reminds of the hints, while there are more, when enough has failed since that
// many verdicts were shown.
func (a *Attempt) offerHint(shown int) string {
	if a.shown/hintEvery == shown/hintEvery || a.hints >= len(a.part("hints").Items) {
		return ""
	}
	return a.ui.below(a.ui.Say("lab.offer-hint", nil))
}

// check gives the whole list. Its code is 0 when all is passed, 1 when not, 3 when the
// checks could not be run.
func (a *Attempt) check(ctx context.Context) sandbox.Reply {
	a.silent = false // whoever asks is told again
	said, answers := a.catchUp(ctx)
	shown, news := a.shown, ""
	if answers {
		news = a.news(ctx)
	}
	switch {
	case a.done && news == "":
		return sandbox.Reply{Text: said + a.ui.Point(content.Passed, a.ui.Say(a.doneWords, nil))}
	case a.done:
		return sandbox.Reply{Text: said + news}
	case !answers:
		return sandbox.Reply{Text: said + a.unknown(), Code: 3}
	}
	list, code := a.list(a.ui, a.judge(ctx))
	return sandbox.Reply{Text: said + list + a.offerHint(shown), Code: code}
}

// list gives every check with its mark and, where it is not passed, the diagnosis.
func (a *Attempt) list(ui *UI, verdicts []checker.Verdict) (text string, code int) {
	var out strings.Builder
	said := ""
	for _, v := range verdicts {
		out.WriteString(ui.Point(a.mark(v), a.label(v.Check)))
		switch v.Outcome {
		case checker.Passed:
			continue
		case checker.Unknown:
			code = 3
		default:
			code = max(code, 1)
		}
		text, look := a.diagnosisText(v)
		if lines := ui.below(text) + ui.look(look) + a.stillWaiting(ui, v); lines != said {
			out.WriteString(lines) // said once for all the lines that it is true of
			said = lines
		}
	}
	return out.String(), code
}

// unknown lists the checks where none can be run.
func (a *Attempt) unknown() string {
	var out strings.Builder
	for _, c := range a.lab.Exercise.Checks {
		out.WriteString(a.ui.Point(content.Unknown, a.label(c.ID)))
	}
	return out.String()
}

// mark gives the mark for a verdict. What has merely not been done yet is no failure.
func (a *Attempt) mark(v checker.Verdict) content.Mark {
	switch {
	case v.Outcome == checker.Passed:
		return content.Passed
	case v.Outcome == checker.Unknown:
		return content.Unknown
	case !v.Diagnosis.Near, a.first[v.Check] == gist(v):
		return content.Todo
	}
	return content.Failed
}

// asksForAnswers tells whether any check of the exercise is an answer.
func (a *Attempt) asksForAnswers() bool {
	return slices.ContainsFunc(a.lab.Exercise.Checks, func(c lessons.Check) bool { return c.Answer != nil })
}

// answer takes what the learner typed and says at once what it is worth.
func (a *Attempt) answer(ctx context.Context, text string) sandbox.Reply {
	open := a.openAnswer()
	switch {
	case strings.TrimSpace(text) == "":
		return sandbox.Reply{Text: a.ui.below(a.ui.Say("lab.answer-empty", nil)), Code: 2}
	case a.done:
		return sandbox.Reply{Text: a.ui.Point(content.Passed, a.ui.Say(a.doneWords, nil))}
	case open == "" && a.asksForAnswers():
		return sandbox.Reply{Text: a.ui.below(a.ui.Say("lab.answer-taken", nil)), Code: 2}
	case open == "":
		return sandbox.Reply{Text: a.ui.below(a.ui.Say("lab.answer-unwanted", nil)), Code: 2}
	}
	a.lab.State.Answers = append(a.lab.State.Answers, text)
	a.save()
	delete(a.said, open) // the same wrong answer twice gets its diagnosis twice
	news := a.sinceLast(ctx)
	if a.lab.State.Passed[open] || a.done {
		return sandbox.Reply{Text: news}
	}
	if v := a.last[open]; a.said[open] == "" && v.Outcome != checker.Passed && v.Diagnosis != nil {
		news += a.diagnosis(v)
	}
	return sandbox.Reply{Text: news, Code: 1}
}

// openAnswer gives the id of the first check that still wants an answer.
func (a *Attempt) openAnswer() string {
	for _, c := range a.lab.Exercise.Checks {
		if c.Answer != nil && !a.lab.State.Passed[c.ID] {
			return c.ID
		}
	}
	return ""
}

// task gives the task's words and its list of checks.
func (a *Attempt) task() string {
	part := a.part("")
	return a.ui.Render(part.Text) + "\n" + a.ui.Line("lab.words", nil) + "\n"
}

// hint gives the next hint; after the last it gives that one again.
func (a *Attempt) hint() string {
	items := a.part("hints").Items
	if len(items) == 0 {
		return a.ui.Line("lab.no-hint", nil)
	}
	a.hints = min(a.hints+1, len(items))
	a.record(func(r *progress.Record) { r.Hint(a.lab.State.Lesson, a.lab.State.Step, a.hints, time.Now()) })
	title := a.ui.Say("lab.hint", content.Args{"n": a.hints, "of": len(items)})
	return title + "\n" + a.ui.Render(items[a.hints-1].Whole())
}

// solution shows the reference solution and notes that it was seen.
func (a *Attempt) solution() string {
	if a.lab.Exercise.Solution == "" { // a live question of a quiz
		return a.ui.Line("lab.no-solution", nil)
	}
	a.record(func(r *progress.Record) { r.SeeSolution(a.lab.State.Lesson, a.lab.State.Step, time.Now()) })
	return a.solutionPage()
}

// solutionPage gives the reference solution, ready to be copied.
func (a *Attempt) solutionPage() string {
	return a.ui.Say("lab.solution", nil) + "\n" + a.ui.Render(solutionMarkdown(a.lab.Exercise))
}

func solutionMarkdown(ex *lessons.Exercise) string {
	return "```sh\n" + strings.TrimRight(ex.Solution, "\n") + "\n```\n"
}

// part gives a part of the exercise's words with this attempt's variables and names in it.
func (a *Attempt) part(name string) content.Part {
	path := a.lab.State.Step
	if name != "" {
		path += "/" + name
	}
	part, _ := a.words.Part(path)
	return bindPart(part, a.lab.State.Binding.Apply)
}

// bindPart puts an attempt's variables and names into words.
func bindPart(p content.Part, apply func(string) string) content.Part {
	p.Title, p.Text, p.Lead = apply(p.Title), apply(p.Text), apply(p.Lead)
	items := make([]content.Item, len(p.Items))
	for i, item := range p.Items {
		items[i] = content.Item{ID: item.ID, Text: apply(item.Text), More: apply(item.More), At: item.At}
	}
	p.Items = items
	return p
}

func (a *Attempt) checkOf(id string) lessons.Check {
	for _, c := range a.lab.Exercise.Checks {
		if c.ID == id {
			return c
		}
	}
	return lessons.Check{}
}

// label is the check's line in the words.
func (a *Attempt) label(check string) string {
	if item, ok := a.part("checks").Item(check); ok {
		return item.Whole()
	}
	if title := a.part("").Title; title != "" { // a live question of a quiz
		return title
	}
	return check
}

// diagnosis gives the lines for a verdict that is not passed: what is wrong, and where to look.
func (a *Attempt) diagnosis(v checker.Verdict) string {
	text, look := a.diagnosisText(v)
	mark := content.Failed
	if v.Outcome == checker.Unknown {
		mark = content.Unknown
	}
	return a.ui.Point(mark, text) + a.ui.look(look)
}

func (a *Attempt) diagnosisText(v checker.Verdict) (text, look string) {
	d := v.Diagnosis
	if d == nil {
		return a.label(v.Check), ""
	}
	if d.Own {
		item, _ := a.part("mistakes").Item(d.ID)
		return item.Whole(), d.Look
	}
	args := maps.Clone(content.Args(d.Args))
	for name, value := range args {
		if phrase, ok := value.(checker.Phrase); ok {
			args[name] = a.ui.Say("phrase."+string(phrase), nil)
		}
	}
	return a.ui.Say("diagnosis."+d.ID, args), d.Look
}
