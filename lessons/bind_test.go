package lessons

import (
	"math/rand/v2"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestApply(t *testing.T) {
	b := Binding{
		Vars:    map[string]string{"tag": "1.0", "port": "8080", "who": "dt-web"},
		Renames: map[string]string{"dt-web": "dt-web-2", "dt-web-2": "dt-web-3", "dt-batch": "dt-batch-2"},
	}
	tests := []struct{ text, want string }{
		{"", ""},
		{"docker run dt-web", "docker run dt-web-2"},
		{"dt-web:1.0 dt-web:latest", "dt-web-2:1.0 dt-web-2:latest"},
		{"Stop dt-web. Then go.", "Stop dt-web-2. Then go."},
		{"Stop dt-web...", "Stop dt-web-2..."},
		{"(dt-web), `dt-web`, \"dt-web\" « dt-web »", "(dt-web-2), `dt-web-2`, \"dt-web-2\" « dt-web-2 »"},
		{"--name=dt-web --label dt.batch=dt-batch", "--name=dt-web-2 --label dt.batch=dt-batch-2"},
		{"localhost:5000/dt-web:1 dt-web@sha256:00", "localhost:5000/dt-web-2:1 dt-web-2@sha256:00"},
		{"dt-web-admin dt-web_1 dt-web.conf my-dt-web .dt-web xdt-web", "dt-web-admin dt-web_1 dt-web.conf my-dt-web .dt-web xdt-web"},
		{"dt-web-2 dt-web", "dt-web-3 dt-web-2"},
		{"dt-web:{{.tag}} -p {{.port}}:80", "dt-web-2:1.0 -p 8080:80"},
		{"{{.who}} dt-hello-{{.tag}}", "dt-web-2 dt-hello-1.0"},
		{"{{ .tag }}", "1.0"},
		{"{{.Id}} {{json .}} {{json .tag}} {{.other}}", "{{.Id}} {{json .}} {{json .tag}} {{.other}}"},
		{"l’image dt-web\u00a0: é", "l’image dt-web-2\u00a0: é"},
	}
	for _, test := range tests {
		if got := b.Apply(test.text); got != test.want {
			t.Errorf("Apply(%q): got %q, want %q", test.text, got, test.want)
		}
	}
}

// TestApplyRenamesWholeWords builds texts of words and what stands between words, so
// that the right answer is known: only whole words are replaced.
func TestApplyRenamesWholeWords(t *testing.T) {
	words := []string{"dt-a", "dt-a-b", "dt-a.b", "dt-a_b", "xdt-a", "dt-", "a", "dt-b", "dt-A", "dt-a-2", "-dt-a", "_", "1"}
	between := []string{" ", "\n", ":", "/", "=", "\"", "'", "`", "(", ")", ",", "@", "é", "$", ";", ". ", ".\n", "…", "{{.tag}} "}
	b := Binding{Renames: map[string]string{"dt-a": "dt-a-2", "dt-b": "dt-b-7", "dt-a-2": "dt-a-3"}}
	r := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		var text, want strings.Builder
		for range r.IntN(8) {
			w, gap := words[r.IntN(len(words))], between[r.IntN(len(between))]
			text.WriteString(w + gap)
			if other, ok := b.Renames[w]; ok {
				w = other
			}
			want.WriteString(w + gap)
		}
		if got := b.Apply(text.String()); got != want.String() {
			t.Fatalf("Apply(%q): got %q, want %q", text.String(), got, want.String())
		}
	}
}

const bindable = `id: small
minutes: 5
steps:
  - exercise: dt-web
    covers: [S-011]
    vars: {tag: {pick: ["{{.tag}}", dt-web]}}
    files: {dt-web: "FROM dt-web:{{.tag}}"}
    setup: docker run dt-web:{{.tag}}
    checks:
      - id: dt-web
        container: {name: dt-web, state: running, labels: {dt-web: "{{.tag}}"}, command: [dt-web, a], publish: []}
      - id: count
        images: {label: dt.batch=dt-web, dangling: true, max: 2}
    solution: docker stop dt-web.
    mistakes:
      - {run: docker rm dt-web, fails: dt-web, says: dt-web, when: {answer: {is: ["dt-web:{{.tag}}"]}}}
`

func TestBind(t *testing.T) {
	ex := parse(t, bindable).Steps[0].Exercise
	before := rewrite(*ex, func(_ spot, text string) string { return text })
	got := Bind(ex, Binding{Vars: map[string]string{"tag": "1.0"}, Renames: map[string]string{"dt-web": "dt-x"}})
	if !reflect.DeepEqual(*ex, before) {
		t.Errorf("the exercise has changed: got\n%+v\nwant\n%+v", *ex, before)
	}

	for _, c := range []struct{ what, got, want string }{
		{"the id", got.ID, "dt-web"},
		{"a variable", strings.Join(got.Vars["tag"].Pick, " "), "{{.tag}} dt-web"},
		{"the set-up", got.Setup, "docker run dt-x:1.0"},
		{"a file", got.Files["dt-x"], "FROM dt-x:1.0"},
		{"the id of a check", got.Checks[0].ID, "dt-web"},
		{"a container's name", got.Checks[0].Container.Name, "dt-x"},
		{"a container's state", got.Checks[0].Container.State, "running"},
		{"a label", got.Checks[0].Container.Labels["dt-x"], "1.0"},
		{"a command", strings.Join(got.Checks[0].Container.Command, " "), "dt-x a"},
		{"a label to filter by", got.Checks[1].Images.Label, "dt.batch=dt-x"},
		{"the solution", got.Solution, "docker stop dt-x."},
		{"a mistake", got.Mistakes[0].Run, "docker rm dt-x"},
		{"the check that a mistake fails", got.Mistakes[0].Fails[0], "dt-web"},
		{"what a mistake says", got.Mistakes[0].Says, "dt-web"},
		{"a probe", got.Mistakes[0].When.Answer.Is[0], "dt-x:1.0"},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %q, want %q", c.what, c.got, c.want)
		}
	}
	if got.Checks[1].Images.Max == ex.Checks[1].Images.Max {
		t.Error("the copy shares a number with the exercise, want its own")
	}
}

func TestBindWithoutBindingIsACopy(t *testing.T) {
	course, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, ex := range exercises(course) {
		if got := Bind(ex, Binding{}); !reflect.DeepEqual(got, ex) {
			t.Errorf("exercise %s: got\n%+v\nwant\n%+v", ex.ID, got, ex)
		}
	}
}

func TestBindAnswer(t *testing.T) {
	a := &Answer{Computed: "image-id", Image: "dt-web:{{.tag}}"}
	got := BindAnswer(a, Binding{Vars: map[string]string{"tag": "1"}, Renames: map[string]string{"dt-web": "dt-x"}})
	if got.Image != "dt-x:1" || a.Image != "dt-web:{{.tag}}" {
		t.Errorf("got %q from %q, want dt-x:1 from dt-web:{{.tag}}", got.Image, a.Image)
	}
	if BindAnswer(nil, Binding{}) != nil {
		t.Error("got an answer from none")
	}
}

func TestNames(t *testing.T) {
	ex := &Exercise{
		ID:       "dt-id",
		Files:    map[string]string{"site/dt-path": "FROM dt-file:1"},
		Setup:    "docker run --name dt-web -l dt.batch=dt-spring dt-hello:{{.tag}} dt-n-{{.n}} xdt-no dt-",
		Solution: "docker stop dt-web. # dt-web-admin",
		Checks:   []Check{{ID: "dt-check", Statement: Statement{Images: &Images{Reference: "dt-app*:1", Label: "dt.batch=dt-spring"}}}},
		Mistakes: []Mistake{{Run: "docker rm dt-rm", Fails: []string{"dt-fails"}, Says: "dt-says", When: &Probe{Statement: Statement{Image: &Image{Name: "host:5000/dt-probe:1"}}}}},
	}
	want := []string{"dt-app", "dt-file", "dt-hello", "dt-path", "dt-probe", "dt-rm", "dt-spring", "dt-web", "dt-web-admin"}
	if got := Names(ex); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestChoose(t *testing.T) {
	ex := &Exercise{
		ID: "run",
		Vars: map[string]Var{
			"a": {Port: 8080}, "b": {Port: 8080}, "c": {Port: 9000},
			"name": {Pick: []string{"dt-left", "dt-right"}}, "n": {Digits: 9},
		},
		Setup: "docker run -p {{.a}}:{{.b}} -p {{.c}}:80 --name dt-web {{.name}} dt-web-2 dt-db",
	}
	taken := map[string]bool{"dt-web": true, "dt-web-3": true, "dt-left": true, "dt-right": true}
	busy := map[int]bool{8081: true, 9000: true}
	picked, numbers := map[string]bool{}, map[string]bool{}
	for seed := range uint64(40) {
		b, err := Choose(ex, func(n string) bool { return taken[n] }, func(p int) bool { return !busy[p] }, rand.New(rand.NewPCG(seed, 0)))
		if err != nil {
			t.Fatal(err)
		}
		name := b.Vars["name"]
		picked[name] = true
		if n := b.Vars["n"]; !regexp.MustCompile(`^[1-9][0-9]{8}$`).MatchString(n) || numbers[n] {
			t.Errorf("got the number %s, want one of nine digits that was not there before", n)
		}
		numbers[b.Vars["n"]] = true
		want := Binding{
			Vars: map[string]string{"a": "8080", "b": "8082", "c": "9001", "name": name, "n": b.Vars["n"]},
			// dt-web-2 is another name of the exercise, dt-web-3 is taken.
			Renames: map[string]string{"dt-web": "dt-web-4", name: name + "-2"},
		}
		if !reflect.DeepEqual(b, want) {
			t.Fatalf("got %v, want %v", b, want)
		}
	}
	if len(picked) != 2 {
		t.Errorf("got only %v in 40 attempts, want both names", picked)
	}
}

// TestChooseNeverCollides renames names that stand in each other's way.
func TestChooseNeverCollides(t *testing.T) {
	ex := &Exercise{Setup: "dt-a dt-a-2 dt-a-2-2 dt-a-3"}
	taken := []string{"dt-a", "dt-a-2", "dt-a-2-2"}
	b, err := Choose(ex, func(n string) bool { return slices.Contains(taken, n) }, nil, rand.New(rand.NewPCG(1, 1)))
	if err != nil {
		t.Fatal(err)
	}
	bound := Names(Bind(ex, b))
	if len(bound) != 4 || slices.ContainsFunc(bound, func(n string) bool { return slices.Contains(taken, n) }) {
		t.Errorf("got the names %v, want four that are free", bound)
	}
}

func TestChooseGivesUp(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	none, all := func(string) bool { return false }, func(string) bool { return true }
	_, err := Choose(&Exercise{ID: "run", Vars: map[string]Var{"web": {Port: 65000}}}, none, func(int) bool { return false }, r)
	if want := `choosing a port for the variable "web" of exercise "run": no TCP port from 65000 to 65535 is free; stop a program that listens on one`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	_, err = Choose(&Exercise{ID: "run", Setup: "dt-a"}, all, nil, r)
	if want := `choosing names for exercise "run": dt-a and all names from dt-a-2 to dt-a-999 are taken; remove some`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestBuiltinNamesAreAllRenamed(t *testing.T) {
	course, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, ex := range exercises(course) {
		// What Compose makes of a project has its number in the middle: dt-shop-2_data.
		b, err := Choose(ex, func(n string) bool { return !strings.Contains(n, "-2") }, func(int) bool { return true }, rand.New(rand.NewPCG(1, 1)))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range Names(Bind(ex, b)) {
			if !strings.Contains(name, "-2") {
				t.Errorf("exercise %s: got the name %s, want it renamed", ex.ID, name)
			}
		}
	}
}

func FuzzApply(f *testing.F) {
	f.Add("docker run dt-web:{{.tag}} dt-web.", "dt-web", "dt-x")
	f.Fuzz(func(t *testing.T, text, name, other string) {
		b := Binding{Renames: map[string]string{name: other}}
		if got := (Binding{}).Apply(text); got != text {
			t.Errorf("got %q from %q with an empty binding", got, text)
		}
		if !strings.Contains(text, name) && b.Apply(text) != text {
			t.Errorf("got %q from %q, which has no %q", b.Apply(text), text, name)
		}
	})
}

// The commands of a check are bound like any other text.
func TestBindCommands(t *testing.T) {
	ex := &Exercise{Checks: []Check{{ID: "a", After: []string{"dt-web"}, Statement: Statement{Ran: []string{"docker logs dt-web", "docker history dt-img:{{.tag}}"}}}}}
	bound := Bind(ex, Binding{Vars: map[string]string{"tag": "2.0"}, Renames: map[string]string{"dt-web": "dt-web-2", "dt-img": "dt-img-3"}})
	want := []string{"docker logs dt-web-2", "docker history dt-img-3:2.0"}
	if got := bound.Checks[0]; !reflect.DeepEqual(got.Ran, want) || got.After[0] != "dt-web" {
		t.Errorf("got %+v, want the commands %q and ids as they are", got, want)
	}
	if got := Names(bound); !reflect.DeepEqual(got, []string{"dt-img-3", "dt-web-2"}) {
		t.Errorf("got the names %q", got)
	}
}
