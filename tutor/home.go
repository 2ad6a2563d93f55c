package tutor

import (
	"context"
	"fmt"
	"time"

	"docker-tutor/content"
	"docker-tutor/lessons"
	"docker-tutor/progress"
	"docker-tutor/sandbox"
)

// bannerTimeout bounds what the menu waits for an engine to say what it is. A local one
// takes 5 ms.
const bannerTimeout = time.Second

// Home shows the menu until the learner quits.
func (s *Session) Home(ctx context.Context) error {
	for _, notice := range s.Store.Notices() {
		s.Print("progress.kept-aside-"+string(notice.Kind), content.Args{"file": notice.KeptAs})
	}
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		record, err := s.Store.Read()
		if err != nil {
			return err
		}
		s.banner(ctx, record)
		if quit, err := s.homeMenu(ctx, record); quit || err != nil {
			return err
		}
	}
}

func (s *Session) banner(ctx context.Context, record progress.Record) {
	done := 0
	for _, l := range s.Course.Lessons {
		if record.Lesson(l.ID).Fraction(stepIDs(l)) == 1 {
			done++
		}
	}
	steps, all := s.stepsDone(record)
	first := fmt.Sprintf("  %s   %s  %s %d %%", s.page().Strong("Docker Tutor"),
		s.Say("home.progress", content.Args{"done": done, "of": len(s.Course.Lessons)}),
		s.page().Bar(steps, all, 20), steps*100/max(1, all))
	second := s.page().Text(fmt.Sprintf("  %s · %s", s.engineLine(ctx), s.Lang.Name()))
	fmt.Fprintf(s.Out, "\n%s\n%s\n\n", fold(first, widthOf(s.Out), "  "), fold(second, widthOf(s.Out), "  "))
}

// stepsDone counts the course's steps, and those that are done.
func (s *Session) stepsDone(record progress.Record) (done, all int) {
	for _, l := range s.Course.Lessons {
		d, n := lessonSteps(record, l)
		done, all = done+d, all+n
	}
	return done, all
}

func lessonSteps(record progress.Record, l *lessons.Lesson) (done, all int) {
	for _, id := range stepIDs(l) {
		if record.Lesson(l.ID).Step(id).State == progress.Done {
			done++
		}
	}
	return done, len(l.Steps)
}

func (s *Session) engineLine(ctx context.Context) string {
	ctx, cancel := context.WithTimeout(ctx, bannerTimeout)
	defer cancel()
	e, err := s.connect(ctx)
	if err == nil {
		var facts sandbox.Facts
		if facts, err = e.Describe(ctx); err == nil {
			store := s.Say("engine.store-"+storeKind(facts), content.Args{"driver": facts.Driver})
			return "Docker Engine " + facts.Version + " · " + store
		}
		s.engine = nil // it may be another one, or back, at the next try
	}
	return s.Say("home.no-engine", nil)
}

func storeKind(f sandbox.Facts) string {
	if f.Containerd {
		return "containerd"
	}
	return "driver"
}

// homeMenu offers what can be done now, and does it.
func (s *Session) homeMenu(ctx context.Context, record progress.Record) (quit bool, err error) {
	lesson := s.current(record)
	ids := []string{"home.continue", "home.choose", "home.show-progress", "home.language", "home.quit"}
	if len(s.leftElsewhere(lesson)) > 0 {
		ids = append(ids[:3:3], append([]string{"home.clean"}, ids[3:]...)...)
	}
	options := make([]string, len(ids))
	for i, id := range ids {
		options[i] = s.Say(id, nil)
	}
	options[0] = s.continueLine(record, lesson)
	i, err := s.Ask.Choose(s.Say("home.title", nil), options, 0)
	if err != nil {
		return true, err
	}
	switch ids[i] {
	case "home.continue":
		return false, s.play(ctx, lesson)
	case "home.choose":
		return false, s.chooseLesson(ctx, record)
	case "home.show-progress":
		s.ShowProgress(record)
	case "home.clean":
		return false, s.Clean(ctx)
	case "home.language":
		s.switchLanguage()
	case "home.quit":
		return true, nil
	}
	return false, nil
}

// play plays a lesson and shows what went wrong, so that a daemon that stops brings the
// learner back to the menu and not out of the program.
func (s *Session) play(ctx context.Context, l *lessons.Lesson) error {
	err := s.Lesson(ctx, l)
	if err == nil || isLeaving(err) || ctx.Err() != nil {
		return err
	}
	s.tell(err)
	s.engine = nil
	return nil
}

// current is the lesson to go on with: the one where the learner is, or the first that is
// not done.
func (s *Session) current(record progress.Record) *lessons.Lesson {
	open := func(l *lessons.Lesson) bool { return record.Lesson(l.ID).Fraction(stepIDs(l)) < 1 }
	for _, l := range s.Course.Lessons {
		if l.ID == record.Position.Lesson && open(l) {
			return l
		}
	}
	for _, l := range s.Course.Lessons {
		if open(l) {
			return l
		}
	}
	return s.Course.Lessons[0]
}

func (s *Session) continueLine(record progress.Record, l *lessons.Lesson) string {
	args := content.Args{"title": s.titleOf(l), "n": startAt(record, l) + 1, "of": len(l.Steps)}
	switch {
	case record.Position.Lesson == "":
		return s.Say("home.begin", args)
	case record.Lesson(l.ID).Fraction(stepIDs(l)) == 1:
		return s.Say("home.once-more", args)
	}
	return s.Say("home.continue", args)
}

func (s *Session) titleOf(l *lessons.Lesson) string {
	return s.TitleOf(s.Lang, l.ID)
}

func (s *Session) chooseLesson(ctx context.Context, record progress.Record) error {
	var options []string
	for _, l := range s.Course.Lessons {
		options = append(options, s.lessonLine(record, l))
	}
	options = append(options, s.Say("choose.back", nil))
	i, err := s.Ask.Choose(s.Say("choose.title", nil), options, 0)
	if err != nil || i == len(s.Course.Lessons) {
		return backOnInterrupt(err)
	}
	return s.play(ctx, s.Course.Lessons[i])
}

// backOnInterrupt makes Ctrl-C in a submenu a way back to the menu above.
func backOnInterrupt(err error) error {
	if err == ErrInterrupted {
		return nil
	}
	return err
}

func (s *Session) lessonLine(record progress.Record, l *lessons.Lesson) string {
	percent := int(record.Lesson(l.ID).Fraction(stepIDs(l)) * 100)
	return s.Say("choose.lesson", content.Args{"title": s.titleOf(l), "minutes": l.Minutes, "percent": percent})
}

// ShowProgress prints what is done, lesson by lesson and step by step.
func (s *Session) ShowProgress(record progress.Record) {
	for _, l := range s.Course.Lessons {
		done, all := lessonSteps(record, l)
		fmt.Fprintf(s.Out, "\n%s\n", s.page().Meter(done, all, s.titleOf(l)))
		words, err := s.Words(s.Lang, l.ID)
		if err != nil {
			continue
		}
		for _, step := range l.Steps {
			part, _ := words.Part(step.ID())
			s.stepLine(record.Lesson(l.ID).Step(step.ID()), part.Title)
		}
	}
	fmt.Fprintln(s.Out)
}

func (s *Session) stepLine(step progress.Step, title string) {
	mark, note := content.Todo, ""
	switch step.State {
	case progress.Done:
		mark = content.Passed
	case progress.Skipped:
		note = s.Say("progress.skipped", nil)
	}
	if step.Tries > 0 {
		note += s.Say("progress.tries", content.Args{"n": step.Tries})
	}
	fmt.Fprint(s.Out, s.Point(mark, title+note))
}

func (s *Session) switchLanguage() {
	other := content.French
	if s.Lang == content.French {
		other = content.English
	}
	s.Lang = other
	s.Ask = s.Asker(other)
	s.mark(func(r *progress.Record) { r.Settings.Language = string(other) })
}

// leftElsewhere lists the labs that a crash or a closed window left, or that were kept,
// and that going on with the current lesson would not take up.
func (s *Session) leftElsewhere(current *lessons.Lesson) []sandbox.State {
	var left []sandbox.State
	for _, state := range sandbox.Left(s.labs()) {
		if state.Lesson != current.ID || !state.Ready {
			left = append(left, state)
		}
	}
	return left
}

// Clean takes away what labs left behind, on the engine that they ran on.
func (s *Session) Clean(ctx context.Context) error {
	left := sandbox.Left(s.labs())
	if len(left) == 0 {
		s.Print("clean.nothing", nil)
		return nil
	}
	e, err := s.connect(ctx)
	if err != nil {
		return err
	}
	for _, state := range left {
		if state.Host != e.Host {
			s.Print("clean.other-engine", content.Args{"lesson": state.Lesson, "host": state.Host})
			continue
		}
		s.Print("clean.lab", content.Args{"lesson": state.Lesson, "step": state.Step})
		s.working(func() { err = s.cleanLeft(ctx, e, state) })
		if err != nil {
			return err
		}
	}
	return nil
}
