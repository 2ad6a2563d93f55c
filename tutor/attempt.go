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
	// silent is set while the engine does not answer, and unsaved while the lab's state
	// cannot be kept, so that it is said once.
	silent, unsaved bool
	// current is the last judgement, which watchers in other terminals are shown.
	current  []checker.Verdict
	watchers map[chan struct{}]bool
	waiting  *time.Timer   // for the next judging of what is waited for; nil where none is set
	pause    time.Duration // the one before that judging
}

// judgeTimeout bounds one judging, so that an engine that hangs does not hang the prompt.
const judgeTimeout = 5 * time.Second

// newAttempt follows the lab's events until ctx ends.
func newAttempt(ctx context.Context, a *Attempt) *Attempt {
	a.life = ctx
	a.doneWords = "lab.done"
	a.watchers = map[chan struct{}]bool{}
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
	a.lab.Follow(a.life, a.changed)
}

// changed judges after something happened, or where something was waited for.
func (a *Attempt) changed() {
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

// sinceLast gives what has changed up to this moment, for the lines before a prompt.
func (a *Attempt) sinceLast(ctx context.Context) string {
	said, answers := a.catchUp(ctx)
	if answers {
		said += a.news(ctx)
	}
	return said
}

// catchUp takes in what happened up to this moment. It gives what could not be said
// before, and tells whether the engine answers; that it does not is said once.
func (a *Attempt) catchUp(ctx context.Context) (said string, answers bool) {
	ctx, cancel := context.WithTimeout(ctx, judgeTimeout)
	defer cancel()
	said, a.late = a.late, ""
	if err := a.lab.CatchUp(ctx); err != nil {
		return said + a.silence(err), false
	}
	a.follow() // where the engine was away
	return said, true
}

// silence says once that the engine does not answer, which is nobody's wrong turn.
func (a *Attempt) silence(err error) string {
	if a.silent {
		return ""
	}
	a.silent = true
	return a.ui.Point(content.Unknown, a.ui.Say("lab.silent", content.Args{"reason": err.Error()}))
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
		a.save()
	}
	a.current = verdicts
	a.tellWatchers()
	a.again(verdicts)
	return verdicts
}

// save keeps the lab's state. When that fails it is said once; what could not be kept is
// kept with the next change that can.
func (a *Attempt) save() {
	err := a.lab.Save()
	if err != nil && !a.unsaved {
		a.late += a.ui.Point(content.Unknown, problemText(a.ui.Lang, err))
	}
	a.unsaved = err != nil
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
	shown, printed := a.shown, map[string]bool{}
	for _, v := range verdicts {
		if lines := a.change(v); !printed[lines] { // one thing may fail several checks
			printed[lines] = true
			out.WriteString(lines)
		}
		a.last[v.Check] = v
	}
	out.WriteString(a.offerHint(shown))
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
	case v.Waiting() > 0: // it may come right before anybody reads that it is wrong
	case v.Outcome == checker.Failed && a.last[v.Check].Outcome == checker.Passed && !v.Diagnosis.Near:
		return a.ui.Point(content.Todo, a.label(v.Check)) // undone, perhaps as the first of two steps
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
	return a.diagnosis(v)
}

// gist tells diagnoses apart: by all that they say but for how long ago it was, and by whether
// the learner had a hand in it.
func gist(v checker.Verdict) string {
	if v.Diagnosis == nil {
		return ""
	}
	args := maps.Clone(v.Diagnosis.Args)
	maps.DeleteFunc(args, func(_ string, value any) bool { _, ago := value.(time.Duration); return ago })
	return fmt.Sprint(v.Outcome, v.Diagnosis.ID, v.Diagnosis.Near, args) // fmt sorts the keys of maps
}

func (a *Attempt) countTry() {
	a.shown++
	a.record(func(r *progress.Record) { r.AddTry(a.lab.State.Lesson, a.lab.State.Step, time.Now()) })
}

// conclude notes the exercise as done: every check is passed at the same time.
func (a *Attempt) conclude() {
	a.done = true
	a.tellWatchers()
	a.record(func(r *progress.Record) { r.Done(a.lab.State.Lesson, a.lab.State.Step, time.Now()) })
}

// Verdicts judges for demo and proof, once nothing is waited for.
func (a *Attempt) Verdicts(ctx context.Context) ([]checker.Verdict, error) {
	return a.settle(ctx, longestWaiting)
}

// Verdict judges one check for the proof, once nothing is waited for by it. It gives no
// check where there is none of that name.
func (a *Attempt) Verdict(ctx context.Context, check string) (v checker.Verdict, err error) {
	_, err = a.settle(ctx, func(verdicts []checker.Verdict) time.Duration {
		v = checker.Verdict{}
		if i := slices.IndexFunc(verdicts, func(v checker.Verdict) bool { return v.Check == check }); i >= 0 {
			v = verdicts[i]
		}
		return v.Waiting()
	})
	return v, err
}

// Done tells whether every check has been passed at the same time.
func (a *Attempt) Done() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.done
}
