package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"

	"docker-tutor/content"
	"docker-tutor/lessons"
	"docker-tutor/progress"
	"docker-tutor/sandbox"

	"github.com/adrg/xdg"
	"github.com/spf13/cobra"
)

// source is a course and where its words are.
type source struct {
	*lessons.Source // nil for the built-in course
	load            func() (*lessons.Course, error)
	words           fs.FS // LANG/LESSON.md
}

// sourceOf gives the course in a folder or a git repository, which holds
// lessons/NN-name.yaml and content/LANG/name.md; the built-in one for "".
func sourceOf(ctx context.Context, place string) (source, error) {
	if place == "" {
		return source{load: lessons.Builtin, words: content.Files()}, nil
	}
	folder := place
	if isGit(place) {
		var err error
		if folder, err = cloned(ctx, place, false); err != nil {
			return source{}, err
		}
	}
	s, err := lessons.ReadSource(folder)
	if err != nil {
		return source{}, &sandbox.Problem{ID: "course", Args: map[string]any{"course": place, "reason": err.Error()}, Err: err}
	}
	if isGit(place) {
		s.Name = place
	}
	words, err := fs.Sub(s.Files, "content")
	return source{Source: s, load: s.Load, words: words}, err
}

// isGit tells the address of a git repository from a folder.
func isGit(place string) bool {
	return gitAddress.MatchString(place)
}

var gitAddress = regexp.MustCompile(`^((https|ssh|git|file)://|[a-zA-Z0-9._-]+@[a-zA-Z0-9._-]+:)`)

// cloned gives the folder with the copy of a repository. It is fetched once, and again
// when that is asked for, so that no start waits for a network.
func cloned(ctx context.Context, address string, anew bool) (string, error) {
	sum := sha256.Sum256([]byte(address))
	folder := filepath.Join(xdg.CacheHome, "docker-tutor", "courses", hex.EncodeToString(sum[:8]))
	if _, err := os.Stat(folder); err == nil && !anew {
		return folder, nil
	}
	if err := os.MkdirAll(filepath.Dir(folder), 0o700); err != nil {
		return "", fmt.Errorf("making a folder for courses: %w", err)
	}
	fresh, err := os.MkdirTemp(filepath.Dir(folder), "fetching-")
	if err != nil {
		return "", fmt.Errorf("making a folder for courses: %w", err)
	}
	defer os.RemoveAll(fresh)
	git := exec.CommandContext(ctx, "git", "clone", "--quiet", "--depth", "1", "--", address, filepath.Join(fresh, "course"))
	git.Stdin, git.Stderr = os.Stdin, os.Stderr // it may ask for a password
	if err := git.Run(); err != nil {
		return "", &sandbox.Problem{ID: "course-fetch", Args: map[string]any{"course": address, "reason": err.Error()}, Err: err}
	}
	if err := os.RemoveAll(folder); err != nil {
		return "", fmt.Errorf("replacing the copy of %s: %w", address, err)
	}
	return folder, os.Rename(filepath.Join(fresh, "course"), folder)
}

// source gives the course that --course names.
func (a *app) source(ctx context.Context) (source, error) {
	if a.from == nil {
		from, err := sourceOf(ctx, a.coursePlace)
		if err != nil {
			return from, err
		}
		a.from = &from
	}
	return *a.from, nil
}

// builtIn tells whether the course in use is our own.
func (a *app) builtIn() bool { return a.from == nil || a.from.Source == nil }

// loadWords gives the words of a lesson of the course in use.
func (a *app) loadWords(lang content.Lang, lesson string) (*content.Words, error) {
	if a.builtIn() {
		return content.Builtin(lang, lesson)
	}
	return content.LoadWords(a.from.words, lang, lesson)
}

// title gives the title of a lesson of the course in use.
func (a *app) title(lang content.Lang, lesson string) string {
	if a.builtIn() {
		return content.Title(content.Files(), lang, lesson)
	}
	return content.Title(a.from.words, lang, lesson)
}

// course loads the lessons of the course in use.
func (a *app) course(ctx context.Context) (*lessons.Course, error) {
	from, err := a.source(ctx)
	if err != nil {
		return nil, err
	}
	return from.load()
}

// origin tells courses apart in what labs keep; "" is the built-in one.
func (a *app) origin() string {
	if a.builtIn() {
		return ""
	}
	return a.from.Name + "@" + a.from.Digest
}

// lesson finds a lesson of the course in use.
func (a *app) lesson(ctx context.Context, name string) (*lessons.Lesson, error) {
	course, err := a.course(ctx)
	if err != nil {
		return nil, err
	}
	return findLesson(course, name)
}

// trusted tells whether a course may run its scripts: the built-in one always may.
func (a *app) trusted(from source) (bool, error) {
	if from.Source == nil {
		return true, nil
	}
	store, err := a.mainStore()
	if err != nil {
		return false, err
	}
	record, err := store.Read()
	return record.Settings.Trusted[from.Name] == from.Digest, err
}

// mustBeTrusted asks a learner whether a course of somebody's may run its scripts, once for
// each state of it. Where nobody can be asked it is an error.
func (a *app) mustBeTrusted(ctx context.Context) error {
	from, err := a.source(ctx)
	if err != nil {
		return err
	}
	if ok, err := a.trusted(from); ok || err != nil {
		return err
	}
	if !a.interactive() {
		return &sandbox.Problem{ID: "course-untrusted", Args: map[string]any{"course": a.coursePlace, "digest": from.Digest}}
	}
	return a.askTrust(from)
}

func (a *app) askTrust(from source) error {
	course, err := from.load()
	if err != nil {
		return err
	}
	store, err := a.mainStore()
	if err != nil {
		return err
	}
	record, err := store.Read()
	if err != nil {
		return err
	}
	ui := a.ui()
	id := "trust.new"
	if record.Settings.Trusted[from.Name] != "" {
		id = "trust.changed"
	}
	ui.Print(id, content.Args{"name": from.Name, "n": len(course.Lessons)})
	ui.Print("trust.digest", content.Args{"digest": from.Digest})
	ui.Print("trust.means", nil)
	i, err := ui.Ask.Choose(ui.Say("trust.title", nil), []string{ui.Say("trust.no", nil), ui.Say("trust.yes", nil)}, 0)
	if err != nil {
		return err
	}
	if i == 0 {
		return &sandbox.Problem{ID: "course-refused", Args: map[string]any{"course": a.coursePlace}}
	}
	return a.trust(from)
}

func (a *app) trust(from source) error {
	store, err := a.mainStore()
	if err != nil {
		return err
	}
	_, err = store.Update(func(r *progress.Record) error {
		r.Trust(from.Name, from.Digest)
		return nil
	})
	return err
}

// mainStore is where what concerns the learner, and no single course, is kept.
func (a *app) mainStore() (*progress.Store, error) {
	dir, err := progress.Dir()
	if err != nil {
		return nil, err
	}
	return progress.Open(dir)
}

// storeDir is where the progress in the course in use is kept: each has its own, since
// two may call a lesson the same.
func (a *app) storeDir() (string, error) {
	dir, err := progress.Dir()
	if err != nil || a.builtIn() {
		return dir, err
	}
	sum := sha256.Sum256([]byte(a.from.Name))
	return filepath.Join(dir, "courses", hex.EncodeToString(sum[:8])), nil
}

func (a *app) trustCommand() *cobra.Command {
	var digest string
	var update bool
	cmd := &cobra.Command{
		Use:   "trust COURSE",
		Short: "Let a course of somebody's run its set-ups on this machine",
		Long: `A course is a folder or the address of a git repository. Its exercises have set-ups,
which are shell scripts and run as you. They run only once you trust the course, by its
name and the digest of all its files; when it changes you are asked again.

With --digest, nobody is asked: the course is trusted if that is its digest.`,
		Args: exactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			a.coursePlace, a.from = args[0], nil
			if update && isGit(a.coursePlace) {
				if _, err := cloned(cmd.Context(), a.coursePlace, true); err != nil {
					return err
				}
			}
			from, err := a.source(cmd.Context())
			if err != nil {
				return err
			}
			if _, err := from.load(); err != nil {
				return err
			}
			if digest == "" {
				err = a.mustBeTrusted(cmd.Context())
			} else if digest != from.Digest {
				return &sandbox.Problem{ID: "course-digest", Args: map[string]any{"course": a.coursePlace, "digest": from.Digest}}
			} else {
				err = a.trust(from)
			}
			if err == nil {
				a.ui().Print("trust.done", content.Args{"name": from.Name, "digest": from.Digest})
			}
			return err
		},
	}
	cmd.Flags().StringVar(&digest, "digest", "", "the digest that the course must have")
	cmd.Flags().BoolVar(&update, "update", false, "fetch the git repository anew first")
	return cmd
}
