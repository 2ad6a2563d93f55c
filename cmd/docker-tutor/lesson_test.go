//go:build linux

package main

import (
	"os"
	"slices"
	"strings"
	"testing"

	"docker-tutor/content"
	"docker-tutor/lessons"
	"docker-tutor/progress"
	"docker-tutor/sandbox"
)

// A person finishes the lesson images by keys alone, from the menu to the last tick.
func TestWholeLesson(t *testing.T) {
	for _, lang := range content.Langs() {
		t.Run(string(lang), func(t *testing.T) { playWholeLesson(t, lang) })
	}
}

// player is a learner in the middle of the lesson images.
type player struct {
	*learner
	words *content.Words
	labs  []sandbox.State // those that were open on the way
}

func playWholeLesson(t *testing.T, lang content.Lang) {
	e := daemon(t)
	mine := bystander(t)
	l := newLearner(t, lang)
	if lang == content.French {
		l.columns, l.rows = 80, 24 // pages that are longer than the screen
	}
	words, err := content.Builtin(lang, "images")
	if err != nil {
		t.Fatal(err)
	}
	before := docker(t, "inspect", mine)
	lesson := imagesLesson(t)
	p := &player{learner: l, words: words}
	l.isAt(lesson.Steps[0].ID())
	l.sits()
	p.takesOption("home.title", p.say("home.continue", content.Args{"title": p.title("lesson"), "n": 1, "of": len(lesson.Steps)}))
	for _, step := range lesson.Steps {
		p.seat.waitFor("── " + p.title("lesson") + " · ")
		switch {
		case step.Reading != nil:
			p.read(step.ID())
		case step.Exercise != nil:
			p.solve()
		default:
			p.answer(step.Quiz)
		}
	}
	p.seat.waitFor(p.say("lesson.done", content.Args{"title": p.title("lesson")}))
	p.takes("home.title", "home.quit")
	p.seat.waitFor(p.say("home.bye"))
	p.seat.exits(0)
	p.seat.isAsBefore()
	if asked := queries.FindAllString(p.seat.written(), -1); len(asked) > 0 {
		t.Errorf("the terminal was asked something: %q", asked)
	}

	record := p.progress().Lesson("images")
	for _, step := range lesson.Steps {
		if got := record.Step(step.ID()).State; got != progress.Done {
			t.Errorf("step %s is %q, want done", step.ID(), got)
		}
	}
	for question, answers := range record.Answers["images-quiz"] {
		if len(answers) != 1 || !answers[0].Right {
			t.Errorf("answers to %s: %v, want one that is right", question, answers)
		}
	}
	isGone(t, e, p.labs)
	if now := docker(t, "inspect", mine); now != before {
		t.Errorf("the learner's own image or container is not as it was:\n%s\nwas\n%s", now, before)
	}
}

// title gives the title of a part of the words.
func (p *player) title(path string) string {
	part, _ := p.words.Part(path)
	return part.Title
}

// read turns the pages of a reading by Enter.
func (p *player) read(step string) {
	p.t.Helper()
	p.seat.waitFor(p.title(step))
	p.takes("reading.title", "reading.next")
}

// otherWays solves exercises by something else than the reference solution.
var otherWays = map[string]func(t *testing.T, b lessons.Binding) []string{
	"list": func(_ *testing.T, b lessons.Binding) []string {
		return []string{"docker image ls dt-shop --format '{{.Tag}}'", "answer {{.n}}"}
	},
	"tag": func(t *testing.T, b lessons.Binding) []string {
		return []string{"curl -sS -X POST " + curlHost(t) + "/images/dt-cake:{{.new}}/tag'?repo=dt-bakery&tag=stable'"}
	},
	"untag": func(*testing.T, lessons.Binding) []string {
		return []string{"docker image rm dt-tea:v1"}
	},
	"prune": func(*testing.T, lessons.Binding) []string {
		return []string{"docker rmi $(docker image ls -q -f dangling=true -f label=dt.batch=dt-spring)"}
	},
}

// curlHost is how curl reaches the Engine API.
func curlHost(t *testing.T) string {
	t.Helper()
	host := os.Getenv("DOCKER_HOST")
	if host == "" {
		host = "unix:///var/run/docker.sock"
	}
	if path, ok := strings.CutPrefix(host, "unix://"); ok {
		return "--unix-socket " + path + " http://docker"
	}
	return strings.Replace(host, "tcp://", "http://", 1)
}

// solve types a solution of the exercise that opens, and leaves it.
func (p *player) solve() {
	p.t.Helper()
	p.seat.waitFor(labPrompt)
	lab := p.lab()
	p.labs = append(p.labs, lab)
	lines := solution(p.t, lab)
	if way := otherWays[lab.Step]; way != nil {
		lines = way(p.t, lab.Binding)
	}
	for i, line := range lines {
		p.seat.enter(lab.Binding.Apply(line))
		if i == len(lines)-1 {
			p.seat.waitFor("✔ " + p.say("lab.done"))
		}
		p.seat.waitFor(labPrompt)
	}
	p.seat.enter("exit")
	p.takes("pass.title", "pass.next")
}

// answer takes the quiz, every question right.
func (p *player) answer(quiz *lessons.Quiz) {
	p.t.Helper()
	for _, q := range quiz.Questions {
		part, _ := p.words.Part(quiz.ID + "/" + q.ID)
		p.seat.waitFor(part.Title)
		switch {
		case q.One != nil:
			p.takesOption("quiz.choose-one", option(part, q.One.Right))
		case q.Several != nil:
			var right []string
			for _, id := range q.Several.Right {
				right = append(right, option(part, id))
			}
			p.ticks("quiz.choose-several", right)
		case q.Live != nil:
			p.answerLive()
		default:
			p.seat.waitFor(p.say("quiz.answer"))
			p.seat.enter(q.Text[0])
		}
		p.awaits("✔ " + p.say("quiz.right"))
	}
	n := len(quiz.Questions)
	p.seat.waitFor(p.say("quiz.score", content.Args{"n": n, "of": n}))
	p.takes("quiz.title", "quiz.next")
}

// answerLive answers what the daemon knows: the English in a shell, the French by typing.
func (p *player) answerLive() {
	p.t.Helper()
	if p.lang == content.French {
		p.takes("quiz.live", "quiz.type-it")
		p.seat.waitFor(p.say("quiz.answer"))
		p.seat.enter(docker(p.t, "image", "inspect", "--format", "{{.Id}}", sandbox.BaseImage))
		return
	}
	p.takes("quiz.live", "quiz.in-shell")
	p.seat.waitFor(labPrompt)
	p.labs = append(p.labs, p.lab())
	p.seat.enter(`answer "$(docker images -q --no-trunc busybox:latest)"`)
	p.seat.waitFor("✔")
	p.seat.waitFor(labPrompt)
	p.seat.enter("exit")
}

// option gives an option of a question as a menu shows it.
func option(part content.Part, id string) string {
	i := slices.IndexFunc(part.Items, func(item content.Item) bool { return item.ID == id })
	return strings.ReplaceAll(part.Items[i].Text, "`", "")
}
