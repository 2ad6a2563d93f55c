package sandbox

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"docker-tutor/checker"
	"docker-tutor/lessons"
	"docker-tutor/sandbox/guard"

	"github.com/gofrs/flock"
	"github.com/natefinch/atomic"
)

// labFormat is the version of lab.json. A lab of another version cannot be resumed, only
// cleaned.
const labFormat = 1

// State is what a lab must know to be resumed, or cleaned, by another process. It is kept
// in lab.json, which is written before the daemon is touched.
type State struct {
	Format   int
	ID       string
	Origin   string // the course; see Spec
	Lesson   string
	Step     string
	Host     string          // the engine it runs on
	Names    []string        // dt-… names and label values of the exercise
	Binding  lessons.Binding // variables and renames of this attempt
	Baseline checker.Inventory
	Opened   checker.Inventory // after the set-up
	Since    time.Time         // by the daemon's clock; what happened before does not count
	Ready    bool              // the set-up is done
	// ClockAhead is by how much the daemon's clock is ahead of this machine's, where the
	// daemon lives in a virtual machine or elsewhere; 0 when they share one.
	ClockAhead time.Duration
	Passed     map[string]bool // checks that stay passed
	Answers    []string
	Kept       bool // left on purpose, to go on later
}

// Lab is an open exercise on an engine: a scratch folder with a shell in it.
// One process has it at a time.
type Lab struct {
	Dir      string
	Exercise *lessons.Exercise // bound to this attempt's variables and names
	State    State
	Engine   *Engine
	// Unguarded says why there is no guard before the engine; empty where there is one.
	Unguarded string

	journal journal
	guard   *guard.Guard
	made    ledger
	root    string
	lock    *flock.Flock
}

// Spec says which exercise a lab is opened for.
type Spec struct {
	Origin   string // tells courses apart; "" is the built-in one
	Lesson   string
	Exercise *lessons.Exercise // as in the lesson, not yet bound
	// Refusal puts what the guard refuses, by its id and the object that it would have
	// harmed, into the learner's language. It may be nil.
	Refusal func(id, object string) string
	// Seed chooses the attempt's variables; 0 is another choice each time.
	Seed uint64
}

// Open takes the inventory, chooses the attempt's variables, puts the exercise's files
// into a new folder below root and runs its set-up. When any of it fails, what was done
// is undone.
func Open(ctx context.Context, e *Engine, root string, spec Spec) (*Lab, error) {
	if err := needs(spec.Exercise); err != nil {
		return nil, err
	}
	h, err := takeHoldings(ctx, e)
	if err != nil {
		return nil, err
	}
	l, err := newLab(e, root)
	if err != nil {
		return nil, err
	}
	l.State.Origin, l.State.Lesson, l.State.Step, l.State.Baseline = spec.Origin, spec.Lesson, spec.Exercise.ID, h.inventory()
	if err := l.bind(spec, h); err != nil {
		return nil, errors.Join(err, l.remove())
	}
	if err := l.setUp(ctx, spec.Refusal); err != nil {
		// The learner may have pressed Ctrl-C: what the set-up made goes all the same.
		_, cleanErr := l.Close(context.WithoutCancel(ctx))
		return nil, errors.Join(err, cleanErr)
	}
	return l, nil
}

func newLab(e *Engine, root string) (*Lab, error) {
	id := make([]byte, 4)
	rand.Read(id)
	l := &Lab{Engine: e, root: root, State: State{Format: labFormat, ID: hex.EncodeToString(id), Host: e.Host, Passed: map[string]bool{}}}
	l.Dir = filepath.Join(root, l.State.ID)
	if err := os.MkdirAll(l.Dir, 0o700); err != nil {
		return nil, &Problem{ID: "lab-folder", Args: map[string]any{"dir": root, "reason": err.Error()}, Err: err}
	}
	return l, l.acquire()
}

func (l *Lab) acquire() error {
	l.lock = flock.New(filepath.Join(l.Dir, "lock"))
	locked, err := l.lock.TryLock()
	if err != nil {
		return fmt.Errorf("locking the lab in %s: %w", l.Dir, err)
	}
	if !locked {
		return &Problem{ID: "lab-busy", Args: map[string]any{"lesson": l.State.Lesson}}
	}
	return nil
}

// bind chooses variables, ports and names that are free on this daemon.
func (l *Lab) bind(spec Spec, h holdings) error {
	ex := spec.Exercise
	values := labelValues(h)
	others := otherLabs(l.root, &l.State)
	taken := func(name string) bool {
		return l.State.Baseline.NameTaken(name) || values[name] || others[name]
	}
	r := mathrand.New(mathrand.NewPCG(cmp.Or(spec.Seed, mathrand.Uint64()), 0))
	binding, err := lessons.Choose(ex, taken, FreePort, r)
	if err != nil {
		return fmt.Errorf("choosing names and ports for %s: %w", ex.ID, err)
	}
	l.State.Binding = binding
	l.Exercise = lessons.Bind(ex, binding)
	l.State.Names = lessons.Names(l.Exercise)
	return nil
}

func labelValues(h holdings) map[string]bool {
	values := map[string]bool{}
	note := func(labels map[string]string) {
		for _, v := range labels {
			values[v] = true
		}
	}
	for _, c := range h.containers {
		note(c.Labels)
	}
	for _, i := range h.images {
		note(i.Labels)
	}
	return values
}

// setUp writes the files and runs the set-up. The state is saved first, so that a kill at
// any moment leaves a lab that clean can undo.
func (l *Lab) setUp(ctx context.Context, refusal func(id, object string) string) error {
	if err := errors.Join(l.writeFiles(), l.writeDockerConfig()); err != nil {
		return &Problem{ID: "lab-folder", Args: map[string]any{"dir": l.root, "reason": err.Error()}, Err: err}
	}
	// The guard goes by the daemon's clock, from the set-up on.
	if _, err := l.clock(ctx); err != nil {
		return err
	}
	if err := l.Save(); err != nil {
		return err
	}
	if err := l.openGuard(refusal); err != nil {
		return err
	}
	if slices.Contains(l.Exercise.Needs, lessons.NeedsRegistry) {
		if err := makeRegistryImage(ctx, l.Engine, l.State.Binding.Apply(RegistryImage), l.label()); err != nil {
			return err
		}
	}
	if l.Exercise.Setup != "" {
		var out strings.Builder
		if err := l.Run(ctx, Script{Text: l.Exercise.Setup, Out: &out, StopOnError: true}); err != nil {
			return &Problem{ID: "setup", Args: map[string]any{"step": l.State.Step, "output": tail(out.String(), 5), "reason": err.Error()}, Err: err}
		}
	}
	return l.begin(ctx)
}

// begin marks the moment from which evidence counts.
func (l *Lab) begin(ctx context.Context) error {
	inv, err := TakeInventory(ctx, l.Engine)
	if err != nil {
		return err
	}
	since, err := l.clock(ctx)
	if err != nil {
		return err
	}
	l.journal.forgetCalls()
	l.State.Opened, l.State.Since, l.State.Ready = inv, since, true
	return l.Save()
}

// clock asks the daemon for its time, and notes how far it is ahead of this machine's.
func (l *Lab) clock(ctx context.Context) (time.Time, error) {
	asked := time.Now()
	now, err := l.daemonTime(ctx)
	// Newer engines give one answer to all who ask at the same time, so it may be from before
	// this question; and as long as one of these has not taken it, all who come get it too (Do and
	// wait in resenje.org/singleflight). Hence the pauses. A clock that is behind stays so.
	for pause := time.Millisecond; err == nil && now.Before(asked) && pause < 50*time.Millisecond; pause *= 2 {
		time.Sleep(pause)
		now, err = l.daemonTime(ctx)
	}
	if err != nil {
		return time.Time{}, err
	}
	l.State.ClockAhead = 0
	// A daemon that shares this machine's clock names a time between question and answer.
	switch answered := time.Now(); {
	case now.After(answered):
		l.State.ClockAhead = now.Sub(answered)
	case now.Before(asked):
		l.State.ClockAhead = now.Sub(asked)
	}
	return now, nil
}

// daemonTime is what the daemon's clock shows; this machine's, where it does not tell.
func (l *Lab) daemonTime(ctx context.Context) (time.Time, error) {
	info, err := l.Engine.Info(ctx)
	if err != nil {
		return time.Time{}, fmt.Errorf("asking the engine for its time: %w", err)
	}
	shown, err := time.Parse(time.RFC3339Nano, info.SystemTime)
	if err != nil {
		return time.Now(), nil
	}
	return shown, nil
}

func tail(text string, n int) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}

func (l *Lab) writeFiles() error {
	if err := os.MkdirAll(l.Work(), 0o700); err != nil {
		return err
	}
	for name, text := range l.Exercise.Files {
		path := filepath.Join(l.Work(), filepath.FromSlash(name))
		if !filepath.IsLocal(filepath.FromSlash(name)) {
			return fmt.Errorf("the file %q lies outside the lab folder", name)
		}
		// As an editor would write them: what a Dockerfile copies from here must be readable in
		// the image by any user. The lab's own folder lets nobody else in.
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// Work is the folder that the learner's shell opens in, named for the lesson.
func (l *Lab) Work() string { return filepath.Join(l.Dir, l.State.Lesson) }

// Save writes the state to disk in one step: a reader sees the old one or the new one.
func (l *Lab) Save() error {
	data, err := json.Marshal(l.State)
	if err != nil {
		return fmt.Errorf("writing the lab's state: %w", err)
	}
	path := filepath.Join(l.Dir, "lab.json")
	if err := atomic.WriteFile(path, strings.NewReader(string(data))); err != nil {
		return &Problem{ID: "lab-folder", Args: map[string]any{"dir": l.root, "reason": err.Error()}, Err: err}
	}
	return os.Chmod(path, 0o600)
}

// Release gives the lab up without cleaning it, to be resumed later.
func (l *Lab) Release() error {
	l.closeGuard()
	os.Remove(l.socket("lab"))
	return l.lock.Unlock()
}

// Close takes away what the lab made, proves it, and removes its folder. When the proof
// fails the folder stays, so that docker-tutor clean can try again.
func (l *Lab) Close(ctx context.Context) (Cleaned, error) {
	l.closeGuard() // what still runs must make nothing behind the clean-up's back
	done, err := l.owner().cleanUp(ctx, l.Engine)
	if err == nil {
		err = l.removeBuildCache(ctx)
	}
	if err != nil {
		return done, errors.Join(err, l.Release())
	}
	return done, l.remove()
}

// remove takes the state away first: without it, nobody takes the lab for one that was left.
func (l *Lab) remove() error {
	os.Remove(filepath.Join(l.Dir, "lab.json"))
	l.Release()
	if err := os.RemoveAll(l.Dir); err != nil {
		return fmt.Errorf("removing the lab's folder %s: %w", l.Dir, err)
	}
	return nil
}

func (l *Lab) owner() *owner {
	return &owner{
		lab: l.State.ID, names: l.State.Names, others: otherLabs(l.root, &l.State),
		baseline: l.State.Baseline, base: BaseImage, made: l.made.has,
	}
}

// Left lists the labs below root that no process has: those that a crash or a closed
// window left, and those that were kept on purpose.
func Left(root string) []State {
	var left []State
	for _, dir := range labDirs(root) {
		if held(dir) {
			continue
		}
		if s, err := readState(dir); err == nil {
			left = append(left, s)
		}
	}
	return left
}

// Running lists the folders of the labs that a process has open.
func Running(root string) []string {
	return slices.DeleteFunc(labDirs(root), func(dir string) bool { return !held(dir) })
}

// held tells whether a process has the lab in that folder. It makes no lock file where
// there is none: who has the lab may be removing the folder.
func held(dir string) bool {
	lock := flock.New(filepath.Join(dir, "lock"), flock.SetFlag(os.O_RDONLY))
	defer lock.Unlock()
	locked, err := lock.TryLock()
	return err == nil && !locked
}

func labDirs(root string) []string {
	dirs, _ := filepath.Glob(filepath.Join(root, "*", "lab.json"))
	for i := range dirs {
		dirs[i] = filepath.Dir(dirs[i])
	}
	slices.Sort(dirs)
	return dirs
}

func readState(dir string) (State, error) {
	var s State
	data, err := os.ReadFile(filepath.Join(dir, "lab.json"))
	if err != nil {
		return s, err
	}
	if err := json.Unmarshal(data, &s); err != nil {
		return s, fmt.Errorf("reading the lab's state in %s: %w", dir, err)
	}
	return s, nil
}

// otherLabs gives the names and ids of every other lab below root that is on the same engine.
func otherLabs(root string, self *State) map[string]bool {
	names := map[string]bool{}
	for _, dir := range labDirs(root) {
		if s, err := readState(dir); err == nil && s.ID != self.ID && s.Host == self.Host {
			names[s.ID] = true
			for _, n := range s.Names {
				names[n] = true
			}
		}
	}
	return names
}

// Reopen takes over a lab that another process left. The exercise is as in the lesson now;
// there is none where only a clean-up is wanted.
func Reopen(e *Engine, root, id string, spec Spec) (*Lab, error) {
	dir := filepath.Join(root, id)
	s, err := readState(dir)
	if err != nil {
		return nil, err
	}
	l := &Lab{Dir: dir, Engine: e, root: root, State: s}
	if err := l.acquire(); err != nil {
		return nil, err
	}
	if l.State.Passed == nil {
		l.State.Passed = map[string]bool{}
	}
	if spec.Exercise == nil {
		return l, l.made.open(filepath.Join(dir, "made"))
	}
	l.Exercise = lessons.Bind(spec.Exercise, s.Binding)
	if err := l.openGuard(spec.Refusal); err != nil {
		return nil, errors.Join(err, l.Release())
	}
	return l, nil
}

// CanResume tells whether the lab's set-up was finished, by this version, on this engine.
func (s State) CanResume(e *Engine) bool {
	return s.Format == labFormat && s.Ready && s.Host == e.Host
}
