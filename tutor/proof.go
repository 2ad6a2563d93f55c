package tutor

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"time"

	"docker-tutor/checker"
	"docker-tutor/content"
	"docker-tutor/lessons"
	"docker-tutor/sandbox"
)

// Proof is what author test found out about one exercise or one quiz.
type Proof struct {
	Lesson   string        `json:"lesson"`
	Step     string        `json:"step"`
	Mistakes int           `json:"mistakes"`
	Faults   []string      `json:"faults,omitempty"` // none: proved
	Took     time.Duration `json:"took_ns"`
	Setup    time.Duration `json:"setup_ns"`
	Solution time.Duration `json:"solution_ns"`
}

// Prove tries a step on the running engine, both ways. Of an exercise: after the set-up
// every check is open but those to be kept; the solution passes all, and passes again when
// it is run again; each mistake fails the check it names, with the diagnosis it names; and
// after each the daemon holds what it held before. Of a quiz: the live questions accept
// their truth and refuse another.
// Of the mistakes of an exercise it makes the first ones, as many as mistakes says.
// An error is a failure to try, not of what was tried.
func Prove(ctx context.Context, ui *UI, e *sandbox.Engine, labs string, l *lessons.Lesson, step lessons.Step, words *content.Words, mistakes int) (Proof, error) {
	traits, err := e.Traits(ctx)
	if err != nil {
		return Proof{}, err
	}
	p := &prover{ui: ui, engine: e, traits: traits, most: mistakes, labs: labs, lesson: l, words: words.For(traits, ui.Lang), proof: Proof{Lesson: l.ID, Step: step.ID()}}
	began := time.Now()
	switch {
	case step.Exercise != nil:
		p.ex = step.Exercise
		err = p.exercise(ctx)
	case step.Quiz != nil:
		err = p.quiz(ctx, step.Quiz)
	}
	p.proof.Took = time.Since(began)
	return p.proof, err
}

type prover struct {
	ui     *UI
	engine *sandbox.Engine
	traits []string // of the engine
	most   int      // mistakes to make of an exercise
	seed   uint64   // of the variables
	steps  []string // of builds: images kept from one lab to the next
	labs   string
	lesson *lessons.Lesson
	ex     *lessons.Exercise
	words  *content.Words
	proof  Proof
}

func (p *prover) fault(format string, args ...any) {
	p.proof.Faults = append(p.proof.Faults, fmt.Sprintf(format, args...))
}

// exercise tries the solution and the mistakes, each in a lab of its own. All these labs
// have the same variables, and what the builds of one cached is there for the next.
func (p *prover) exercise(ctx context.Context) error {
	before, err := p.holdings(ctx)
	if err != nil {
		return err
	}
	p.seed = rand.Uint64()
	err = p.tries(ctx)
	err = errors.Join(err, sandbox.RemoveSteps(context.WithoutCancel(ctx), p.engine, p.steps))
	if err != nil {
		return err
	}
	p.steps = nil
	return p.compare(ctx, before, "all of this")
}

func (p *prover) tries(ctx context.Context) error {
	if err := p.inLab(ctx, "the solution", p.solution); err != nil {
		return err
	}
	for i, m := range p.ex.Mistakes {
		if m.On != "" && !slices.Contains(p.traits, m.On) {
			continue
		}
		if p.proof.Mistakes == p.most {
			break
		}
		p.proof.Mistakes++
		name := fmt.Sprintf("mistake %d (%s)", i+1, m.Says)
		err := p.inLab(ctx, name, func(ctx context.Context, lab *sandbox.Lab, a *Attempt) error {
			return p.mistake(ctx, name, lab, a, lab.Exercise.Mistakes[i])
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// inLab opens the exercise anew, has it tried, and compares the daemon with what it held.
func (p *prover) inLab(ctx context.Context, name string, try func(context.Context, *sandbox.Lab, *Attempt) error) error {
	before, err := p.holdings(ctx)
	if err != nil {
		return err
	}
	began := time.Now()
	lab, err := sandbox.Open(ctx, p.engine, p.labs, sandbox.Spec{Lesson: p.lesson.ID, Exercise: p.ex, Refusal: p.ui.refusal, Seed: p.seed})
	if err != nil {
		return err
	}
	if p.proof.Setup == 0 {
		p.proof.Setup = time.Since(began)
	}
	labCtx, cancel := context.WithCancel(ctx)
	a := newAttempt(labCtx, &Attempt{ui: p.ui, lab: lab, lesson: p.lesson, words: p.words})
	err = lab.Serve(labCtx, a.Tutor(labCtx))
	if err == nil {
		err = try(labCtx, lab, a)
	}
	cancel()
	steps, keepErr := lab.KeepSteps(context.WithoutCancel(ctx))
	p.steps = append(p.steps, steps...)
	_, closeErr := lab.Close(context.WithoutCancel(ctx))
	if err := errors.Join(err, keepErr, closeErr); err != nil {
		return fmt.Errorf("trying %s of %s/%s: %w", name, p.lesson.ID, p.ex.ID, err)
	}
	return p.compare(ctx, before, name)
}

// compare finds fault with a daemon that does not hold what it held before.
func (p *prover) compare(ctx context.Context, before holdings, name string) error {
	after, err := p.holdings(ctx)
	if err != nil {
		return err
	}
	if changed := differences(before, after); len(changed) > 0 {
		p.fault("after %s the daemon is not as it was (unless somebody else uses it):\n       %s", name, strings.Join(changed, "\n       "))
	}
	return nil
}

func (p *prover) solution(ctx context.Context, lab *sandbox.Lab, a *Attempt) error {
	verdicts, err := a.Verdicts(ctx)
	if err != nil {
		return err
	}
	for _, v := range verdicts {
		keep := a.checkOf(v.Check).Keep
		switch {
		case keep && v.Outcome != checker.Passed:
			p.fault("check %s is to be kept, but is not true after the set-up: %s", v.Check, a.describe(v))
		case !keep && v.Outcome == checker.Passed:
			p.fault("check %s is passed before the learner did anything", v.Check)
		case !keep && v.Outcome == checker.Unknown:
			p.fault("check %s could not be run: %s", v.Check, a.describe(v))
		}
	}
	began := time.Now()
	for _, round := range []string{"the solution", "the solution, run again,"} {
		var out strings.Builder
		// The second time it may well fail (the container is there already): what counts
		// is that the checks still pass.
		lab.Run(ctx, sandbox.Script{Text: lab.Exercise.Solution, Out: &out})
		if p.proof.Solution == 0 {
			p.proof.Solution = time.Since(began)
		}
		if verdicts, err = a.Verdicts(ctx); err != nil {
			return err
		}
		for _, v := range verdicts {
			if v.Outcome != checker.Passed {
				p.fault("%s does not pass check %s: %s\n%s", round, v.Check, a.describe(v), out.String())
			}
		}
	}
	return nil
}

func (p *prover) mistake(ctx context.Context, name string, lab *sandbox.Lab, a *Attempt, m lessons.Mistake) error {
	var out strings.Builder
	lab.Run(ctx, sandbox.Script{Text: m.Run, Out: &out})
	for _, check := range m.Fails {
		v, err := a.Verdict(ctx, check)
		if err != nil {
			return err
		}
		switch {
		case v.Outcome != checker.Failed:
			p.fault("%s should fail check %s, which is %s: %s\n%s", name, check, v.Outcome, a.describe(v), out.String())
		case v.Diagnosis.ID != m.Says || v.Diagnosis.Own != (m.When != nil):
			p.fault("%s should be told %s about %s, and is told %s: %s\n%s", name, m.Says, check, v.Diagnosis.ID, a.describe(v), out.String())
		case strings.Contains(a.describe(v), "⟨"):
			p.fault("the words for %s have a hole: %s", m.Says, a.describe(v))
		}
	}
	return nil
}

// describe gives a verdict's diagnosis in words.
func (a *Attempt) describe(v checker.Verdict) string {
	text, look := a.diagnosisText(v)
	if look != "" {
		text += " → " + look
	}
	return text
}

// quiz proves that live questions can be answered. The others are proved by lint.
func (p *prover) quiz(ctx context.Context, q *lessons.Quiz) error {
	for _, question := range q.Questions {
		if question.Live == nil {
			continue
		}
		truth, err := checker.Truth(ctx, p.engine, question.Live)
		if err != nil {
			p.fault("question %s has no answer on this engine: %v", question.ID, err)
			continue
		}
		if v := checker.JudgeAnswer(ctx, p.engine, question.Live, truth); v.Outcome != checker.Passed {
			p.fault("question %s refuses its own truth, %s", question.ID, truth)
		}
		if v := checker.JudgeAnswer(ctx, p.engine, question.Live, "not"+truth); v.Outcome != checker.Failed {
			p.fault("question %s accepts a wrong answer", question.ID)
		}
	}
	return nil
}

// holdings is all that a lab could leave on the daemon.
type holdings struct {
	checker.Inventory
	cache map[string]string // of builds, by BuildKit
}

func (p *prover) holdings(ctx context.Context) (h holdings, err error) {
	if h.Inventory, err = sandbox.TakeInventory(ctx, p.engine); err != nil {
		return h, err
	}
	for _, id := range p.steps {
		delete(h.Images, id)
	}
	h.cache, err = sandbox.BuildCache(ctx, p.engine)
	return h, err
}

// differences says in what the daemon differs, one line each.
func differences(before, after holdings) []string {
	lines := difference("container", before.Containers, after.Containers)
	lines = append(lines, difference("image", before.Images, after.Images)...)
	lines = append(lines, difference("volume", before.Volumes, after.Volumes)...)
	lines = append(lines, difference("network", before.Networks, after.Networks)...)
	return append(lines, difference("build cache", before.cache, after.cache)...)
}

func difference[V any](kind string, before, after map[string]V) []string {
	var lines []string
	for _, id := range slices.Sorted(maps.Keys(after)) {
		if was, ok := before[id]; !ok {
			lines = append(lines, fmt.Sprintf("%s %v (%s) is new", kind, after[id], id))
		} else if !reflect.DeepEqual(was, after[id]) {
			lines = append(lines, fmt.Sprintf("%s %s was %v and is %v", kind, id, was, after[id]))
		}
	}
	for _, id := range slices.Sorted(maps.Keys(before)) {
		if _, ok := after[id]; !ok {
			lines = append(lines, fmt.Sprintf("%s %v (%s) is gone", kind, before[id], id))
		}
	}
	return lines
}
