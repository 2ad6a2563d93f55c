package tutor

import (
	"context"
	"time"

	"docker-tutor/checker"
	"docker-tutor/content"
)

// What is waited for is judged again after these pauses, each twice the last: a server
// starts within milliseconds, and one that takes seconds can be a second late.
const (
	firstPause = 50 * time.Millisecond
	lastPause  = time.Second
)

// longestWaiting gives how long anything is still waited for.
func longestWaiting(verdicts []checker.Verdict) time.Duration {
	var longest time.Duration
	for _, v := range verdicts {
		longest = max(longest, v.Waiting())
	}
	return longest
}

// again has the checks judged a little later where something is waited for. There is one
// timer at most, and no other judging than this one and that of events.
func (a *Attempt) again(verdicts []checker.Verdict) {
	left := longestWaiting(verdicts)
	if left == 0 {
		a.pause = 0
		return
	}
	if a.waiting != nil {
		return
	}
	a.pause = min(max(firstPause, 2*a.pause), lastPause)
	a.waiting = time.AfterFunc(min(a.pause, left), func() {
		a.mu.Lock()
		a.waiting = nil
		a.mu.Unlock()
		a.changed()
	})
}

// settle judges until nothing is waited for any more, by what waiting says of the verdicts:
// for demo and proof, which have no prompt that could go on meanwhile. The checks bound it.
func (a *Attempt) settle(ctx context.Context, waiting func([]checker.Verdict) time.Duration) ([]checker.Verdict, error) {
	for pause := firstPause; ; pause = min(2*pause, lastPause) {
		a.mu.Lock()
		err := a.lab.CatchUp(ctx)
		var verdicts []checker.Verdict
		if err == nil {
			verdicts = a.judge(ctx)
		}
		a.mu.Unlock()
		left := waiting(verdicts)
		if err != nil || left == 0 {
			return verdicts, err
		}
		select {
		case <-time.After(min(pause, left)):
		case <-ctx.Done():
			return verdicts, ctx.Err()
		}
	}
}

// Settled waits for what is waited for, and gives what is new then.
func (a *Attempt) Settled(ctx context.Context) string {
	if _, err := a.settle(ctx, longestWaiting); err != nil {
		return ""
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.news(ctx)
}

// stillWaiting says of a check that it may come right by itself, and how long.
func (a *Attempt) stillWaiting(ui *UI, v checker.Verdict) string {
	left := v.Waiting()
	if left == 0 {
		return ""
	}
	return ui.below(ui.Say("lab.waiting", content.Args{"left": max(left.Round(time.Second), time.Second)}))
}
