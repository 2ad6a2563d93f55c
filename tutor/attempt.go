package tutor

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"docker-tutor/checker"
	"docker-tutor/content"
	"docker-tutor/lessons"
	"docker-tutor/progress"
	"docker-tutor/sandbox"
)

// Attempt is an open exercise with its learner, or the script that plays one: it answers
// the lab's words and says what changes on the daemon mean for the checks.
type Attempt struct {
	ui     *UI
	lab    *sandbox.Lab
	lesson *lessons.Lesson
	words  *content.Words
	record func(func(*progress.Record)) // keeps progress; nil where no learner is
	// announce prints what came by itself; it returns false, having printed nothing, when
	// that must wait for the next prompt. It is nil where there is no prompt.
	announce func(string) bool
	life     context.Context // the attempt's own, which outlives a single word

	mu    sync.Mutex
	last  map[string]checker.Verdict
	said  map[string]string // the gist of the diagnosis last shown for a check
	first map[string]string // the gist of what was to be done when the exercise opened
	late  string            // what could not be said at once
	shown int               // failed verdicts shown
	done  bool
	hints int
	// doneWords is the id of what is said at the end: a learner is told how to go on.
	doneWords string
	// silent is set while the engine does not answer, so that it is said once.
	silent bool
}

// judgeTimeout bounds one judging, so that an engine that hangs does not hang the prompt.
const judgeTimeout = 5 * time.Second

// newAttempt follows the lab's events until ctx ends.
func newAttempt(ctx context.Context, a *Attempt) *Attempt {
	a.life = ctx
	a.doneWords = "lab.done"
	a.last, a.said, a.first = map[string]checker.Verdict{}, map[string]string{}, map[string]string{}
	if a.record == nil {
		a.record = func(func(*progress.Record)) {}
		a.doneWords = "lab.done-alone"
	}
	a.mu.Lock()
	for _, v := range a.judge(ctx) {
		// What the set-up left to be done is no wrong turn of the learner's.
		if v.Outcome == checker.Failed {
			a.first[v.Check], a.said[v.Check] = gist(v), gist(v)
		}
	}
	a.mu.Unlock()
	a.follow()
	return a
}

// follow judges at every event, so that what stays passed is noted as it happens, and
// announces what is newly passed while the learner waits at the prompt. The rest is said
// before the next prompt: amid a command the state of the daemon is not the learner's
// last word.
func (a *Attempt) follow() {
	a.lab.Follow(a.life, func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		if a.life.Err() != nil || a.done {
			return
		}
		verdicts := a.judge(a.life)
		var out strings.Builder
		for _, v := range verdicts {
			if v.Outcome == checker.Passed && a.isNews(v) {
				out.WriteString(a.ui.Point(content.Passed, a.label(v.Check)))
			}
		}
		all := allPassed(verdicts)
		if all {
			out.WriteString(a.ui.Point(content.Passed, a.ui.Say(a.doneWords, nil)))
		}
		if out.Len() == 0 || a.announce == nil || !a.announce(out.String()) {
			return
		}
		for _, v := range verdicts {
			if v.Outcome == checker.Passed {
				a.last[v.Check] = v
			}
		}
		if all {
			a.conclude()
		}
	})
}

func allPassed(verdicts []checker.Verdict) bool {
	return !slices.ContainsFunc(verdicts, func(v checker.Verdict) bool { return v.Outcome != checker.Passed })
}

// isNews tells a pass that has not been shown yet. What is to be kept is passed from the
// start, and is news only after having been lost.
func (a *Attempt) isNews(v checker.Verdict) bool {
	before := a.last[v.Check].Outcome
	return before != checker.Passed && (before != "" || !a.checkOf(v.Check).Keep)
}

// Handle answers one of the lab's words.
func (a *Attempt) Handle(ctx context.Context, r sandbox.Request) sandbox.Reply {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch r.Word {
	case "prompt":
		return sandbox.Reply{Text: a.catchUp(ctx)}
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
	}
	return sandbox.Reply{Text: a.ui.Say("lab.unknown-word", content.Args{"word": r.Word}), Code: 2}
}

// catchUp gives what has changed up to this moment, for the lines before a prompt.
func (a *Attempt) catchUp(ctx context.Context) string {
	ctx, cancel := context.WithTimeout(ctx, judgeTimeout)
	defer cancel()
	text := a.late
	a.late = ""
	if err := a.lab.CatchUp(ctx); err != nil {
		return text + a.silence(err)
	}
	a.follow() // where the engine was away
	return text + a.news(ctx)
}

// silence says once that the engine does not answer.
func (a *Attempt) silence(err error) string {
	if a.silent {
		return ""
	}
	a.silent = true
	return a.ui.Point(content.Failed, a.ui.Say("lab.silent", content.Args{"reason": err.Error()}))
}

// judge asks for the verdicts of now, remembers the ones that stay, and saves them before
// anybody is told.
func (a *Attempt) judge(ctx context.Context) []checker.Verdict {
	ctx, cancel := context.WithTimeout(ctx, judgeTimeout)
	defer cancel()
	verdicts := checker.Judge(ctx, a.lab.Exercise, a.lab.Evidence(), a.lab.State.Passed)
	changed := false
	for _, v := range verdicts {
		if v.Outcome == checker.Passed && v.Final && !a.lab.State.Passed[v.Check] {
			a.lab.State.Passed[v.Check] = true
			changed = true
		}
	}
	if changed {
		if err := a.lab.Save(); err != nil {
			a.late += a.ui.Point(content.Failed, problemText(a.ui.Lang, err))
		}
	}
	return verdicts
}

// news judges and gives the lines that are worth showing unasked: what is newly passed,
// newly lost, or newly known to be a wrong turn.
func (a *Attempt) news(ctx context.Context) string {
	if a.done {
		return ""
	}
	verdicts := a.judge(ctx)
	var out strings.Builder
	a.silent = false
	for _, v := range verdicts {
		out.WriteString(a.change(v))
		a.last[v.Check] = v
	}
	if allPassed(verdicts) {
		a.conclude()
		out.WriteString(a.ui.Point(content.Passed, a.ui.Say(a.doneWords, nil)))
	}
	return out.String()
}

// change gives the lines for one verdict, if it is news.
func (a *Attempt) change(v checker.Verdict) string {
	switch {
	case v.Outcome == checker.Passed:
		delete(a.said, v.Check)
		if a.isNews(v) {
			return a.ui.Point(content.Passed, a.label(v.Check))
		}
	case v.Outcome == checker.Unknown, a.last[v.Check].Outcome == checker.Passed, v.Diagnosis.Near:
		return a.once(v)
	}
	return ""
}

// once shows a diagnosis unless it is the one that was shown last for this check.
func (a *Attempt) once(v checker.Verdict) string {
	if a.said[v.Check] == gist(v) {
		return ""
	}
	a.said[v.Check] = gist(v)
	if v.Outcome == checker.Unknown {
		if a.silent {
			return ""
		}
		a.silent = true
	} else {
		a.countTry()
	}
	return a.diagnosis(v) + a.offerHint()
}

// gist tells diagnoses apart: by all that they say but for how long ago it was.
func gist(v checker.Verdict) string {
	if v.Diagnosis == nil {
		return ""
	}
	args := maps.Clone(v.Diagnosis.Args)
	maps.DeleteFunc(args, func(_ string, value any) bool { _, ago := value.(time.Duration); return ago })
	return fmt.Sprint(v.Outcome, v.Diagnosis.ID, args) // fmt sorts the keys of maps
}

func (a *Attempt) countTry() {
	a.shown++
	a.record(func(r *progress.Record) { r.AddTry(a.lab.State.Lesson, a.lab.State.Step, time.Now()) })
}

// offerHint reminds of the hints at every third failed verdict.
func (a *Attempt) offerHint() string {
	if a.shown == 0 || a.shown%3 != 0 || a.hints >= len(a.part("hints").Items) {
		return ""
	}
	return a.ui.below(a.ui.Say("lab.offer-hint", nil))
}

// conclude notes the exercise as done: every check is passed at the same time.
func (a *Attempt) conclude() {
	a.done = true
	a.record(func(r *progress.Record) { r.Done(a.lab.State.Lesson, a.lab.State.Step, time.Now()) })
}

// check gives the whole list. Its code is 0 when all is passed, 1 when not, 3 when the
// checks could not be run.
func (a *Attempt) check(ctx context.Context) sandbox.Reply {
	late := a.catchUp(ctx)
	if a.done {
		return sandbox.Reply{Text: late + a.ui.Point(content.Passed, a.ui.Say(a.doneWords, nil))}
	}
	verdicts := a.judge(ctx)
	var out strings.Builder
	code := 0
	for _, v := range verdicts {
		if v.Outcome == checker.Passed {
			out.WriteString(a.ui.Point(content.Passed, a.label(v.Check)))
			continue
		}
		code = max(code, 1)
		if v.Outcome == checker.Unknown {
			code = 3
		}
		out.WriteString(a.ui.Point(a.mark(v), a.label(v.Check)))
		out.WriteString(a.explain(v))
	}
	return sandbox.Reply{Text: out.String(), Code: code}
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

// Verdicts judges now, for demo and proof.
func (a *Attempt) Verdicts(ctx context.Context) ([]checker.Verdict, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.lab.CatchUp(ctx); err != nil {
		return nil, err
	}
	return a.judge(ctx), nil
}

// answer takes what the learner typed and says at once what it is worth.
func (a *Attempt) answer(ctx context.Context, text string) sandbox.Reply {
	open := a.openAnswer()
	switch {
	case strings.TrimSpace(text) == "":
		return sandbox.Reply{Text: a.ui.below(a.ui.Say("lab.answer-empty", nil)), Code: 2}
	case a.done:
		return sandbox.Reply{Text: a.ui.Point(content.Passed, a.ui.Say(a.doneWords, nil))}
	case open == "":
		return sandbox.Reply{Text: a.ui.below(a.ui.Say("lab.answer-unwanted", nil)), Code: 2}
	}
	a.lab.State.Answers = append(a.lab.State.Answers, text)
	if err := a.lab.Save(); err != nil {
		a.late += a.ui.Point(content.Failed, problemText(a.ui.Lang, err))
	}
	delete(a.said, open) // the same wrong answer twice gets its diagnosis twice
	news := a.catchUp(ctx)
	if a.lab.State.Passed[open] || a.done {
		return sandbox.Reply{Text: news}
	}
	if v := a.last[open]; a.said[open] == "" && v.Outcome != checker.Passed && v.Diagnosis != nil {
		news += a.diagnosis(v)
	}
	return sandbox.Reply{Text: news, Code: 1}
}

// Done tells whether every check has been passed at the same time.
func (a *Attempt) Done() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.done
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
	return a.ui.Render(part.Text) + "\n" + a.ui.Say("lab.words", nil) + "\n"
}

// hint gives the next hint; after the last it gives that one again.
func (a *Attempt) hint() string {
	items := a.part("hints").Items
	if len(items) == 0 {
		return a.ui.Say("lab.no-hint", nil)
	}
	a.hints = min(a.hints+1, len(items))
	a.record(func(r *progress.Record) { r.Hint(a.lab.State.Lesson, a.lab.State.Step, a.hints, time.Now()) })
	title := a.ui.Say("lab.hint", content.Args{"n": a.hints, "of": len(items)})
	return title + "\n" + a.ui.Render(items[a.hints-1].Whole())
}

// solution shows the reference solution and notes that it was seen.
func (a *Attempt) solution() string {
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
		return item.Text
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
	return a.ui.Point(mark, text) + a.look(look)
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

// explain gives a diagnosis below its check's line.
func (a *Attempt) explain(v checker.Verdict) string {
	text, look := a.diagnosisText(v)
	return a.ui.below(text) + a.look(look)
}

func (a *Attempt) look(command string) string {
	if command == "" {
		return ""
	}
	return a.ui.Arrow(command)
}
