package sandbox

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httputil"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"docker-tutor/lessons"
)

// An open lab has its files, what the set-up made, and an account of what was there before.
func TestLabOpens(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.elsewhere("docker create --name my-own busybox; docker tag busybox my-own:1")
	earliest := time.Now()
	ex := b.exercise("cat poem.txt deep/er/Dockerfile; docker create --name dt-setup busybox; docker tag busybox dt-shop:1.0", "")
	ex.Files = map[string]string{"poem.txt": "roses\n", "deep/er/Dockerfile": "FROM busybox\n"}
	l := b.open(ex)

	for name, want := range ex.Files {
		if got, err := os.ReadFile(filepath.Join(l.Work(), name)); err != nil || string(got) != want {
			t.Errorf("file %s: got %q (%v), want %q", name, got, err, want)
		}
	}
	wantSame(t, "traces", b.traces(), []string{"container dt-setup", "container my-own", "image dt-shop:1.0", "image my-own:1"})
	setup := l.State.Opened.ContainerOf(b.own("dt-setup"))
	if setup == "" || l.State.Baseline.HasContainer(setup) || !l.State.Baseline.HasImageName(b.own("my-own:1")) || l.State.Baseline.HasImageName(b.own("dt-shop:1.0")) {
		t.Errorf("inventories: got %v, then %v", l.State.Baseline, l.State.Opened)
	}
	info, err := b.e.ContainerInspect(t.Context(), setup)
	if err != nil || info.Config.Labels[labLabel] != l.State.ID {
		t.Errorf("label of the set-up's container: got %v (%v), want %s", info.Config, err, l.State.ID)
	}
	if s := l.State; s.Since.Before(earliest) || s.Since.After(time.Now()) || s.ClockAhead != 0 || !s.Ready || !s.CanResume(b.e) {
		t.Errorf("state: got %v from %v, %v ahead, ready %v", s.Since, earliest, s.ClockAhead, s.Ready)
	}
}

// Engine 29 gives one answer to all who ask about it at the same time: it may tell a time
// from before the question, at which the set-up still ran.
func TestLabBeginsWhileOthersAsk(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	l := b.open(b.exercise("", ""))
	ctx, stop := context.WithCancel(t.Context())
	var others sync.WaitGroup
	others.Go(func() {
		for ctx.Err() == nil {
			b.e.Info(ctx)
		}
	})
	for range 20 {
		asked := time.Now()
		if err := l.begin(t.Context()); err != nil {
			t.Fatal(err)
		}
		if s := l.State; s.Since.Before(asked) || s.Since.After(time.Now()) || s.ClockAhead != 0 {
			t.Errorf("asked at %v: got evidence from %v on, clock %v ahead", asked, s.Since, s.ClockAhead)
		}
	}
	stop()
	others.Wait()
}

// Everything that docker makes in a lab goes with it, and all else stays.
func TestLabCloses(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.elsewhere("docker create --name my-own busybox; docker tag busybox my-own:1")
	before := b.traces()
	ex := b.exercise("docker tag busybox dt-shop:1.0", "dt-web dt-data dt-net")
	ex.Files = map[string]string{"Dockerfile": b.own("FROM busybox\nRUN touch /dt-touched\nRUN touch /two\n")}
	l := b.open(ex)
	made := strings.Fields(b.run(l, `
		docker run -d busybox sleep 600
		docker container run -d --rm -v /anonymous -v dt-data:/d --network none busybox sleep 600
		docker create busybox
		docker volume create some-`+b.token+`
		docker network create net-`+b.token+` >net; docker network create dt-net >>net
		docker run -d --network dt-net --name dt-web busybox sleep 600
		docker build -q . 2>/dev/null`))
	built, err := b.e.ImageHistory(t.Context(), made[len(made)-1])
	if err != nil || len(built) < 3 {
		t.Fatalf("history of the image that was built: got %v (%v)", built, err)
	}
	want := 10 // four containers, two images, two volumes, two networks
	for _, layer := range built[1:] {
		if layer.ID != "<missing>" && layer.ID != b.imageID("busybox") { // a step of the legacy builder
			made = append(made, layer.ID)
			want++
		}
	}
	done := b.close(l)
	wantSame(t, "traces after the lab", b.traces(), before)
	wantSame(t, "doubts", b.names(done.Doubtful), []string{})
	for _, id := range made {
		b.gone(id)
	}
	if got := len(done.Removed); got < want {
		t.Errorf("removed: got %d objects, want %d or more: %v", got, want, done.Removed)
	}
}

// Engine 29 fails to list the images when one of them goes away meanwhile (with others at
// work, once in some hundred lists), in these words.
func TestInventoryWhileImagesGo(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	path := filepath.Join(shortDir(t), "amid.sock")
	var missed atomic.Bool
	dial := b.e.Dialer()
	proxy := &httputil.ReverseProxy{
		Rewrite:   func(r *httputil.ProxyRequest) { r.Out.URL.Scheme, r.Out.URL.Host = "http", "docker" },
		Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return dial(ctx) }},
	}
	go http.Serve(listen(t, path), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/images/json") && missed.CompareAndSwap(false, true) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusNotFound)
			fmt.Fprint(w, `{"message":"rpc error: code = NotFound desc = content digest sha256:3d5f: not found"}`)
			return
		}
		proxy.ServeHTTP(w, r)
	}))
	e, err := endpoint{Source: "test", Host: "unix://" + path}.dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	inv, err := TakeInventory(t.Context(), e)
	if err != nil || !missed.Load() || !inv.HasImageName(BaseImage) {
		t.Errorf("got %v (%v, missed %v), want the images", inv.Images, err, missed.Load())
	}
}

func TestTakenNames(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	// Taken by a container, an image of another tag, a volume, a network and a label.
	b.elsewhere(`docker create --name dt-web busybox; docker tag busybox dt-shop:old; docker volume create dt-data
		docker network create dt-net; docker create --name my-labelled --label batch=dt-batch busybox`)
	port, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer port.Close()
	busy := port.Addr().(*net.TCPAddr).Port
	before := b.traces()
	ex := b.exercise(`docker network create dt-net; docker create --name dt-web -v dt-data:/d --network dt-net --label batch=dt-batch -p {{.port}}:80 busybox
		docker tag busybox dt-shop:new; docker tag busybox dt-free:1`, "")
	ex.Vars = map[string]lessons.Var{"port": {Port: busy}}
	l := b.open(ex)

	renamed := map[string]string{}
	for _, name := range []string{"dt-web", "dt-shop", "dt-data", "dt-net", "dt-batch"} {
		renamed[b.own(name)] = b.own(name) + "-2"
	}
	wantSame(t, "new names", l.State.Binding.Renames, renamed)
	if got := l.State.Binding.Vars["port"]; got == fmt.Sprint(busy) || got == "" {
		t.Errorf("port: got %s, want a free one", got)
	}
	made := []string{"container dt-web-2", "image dt-free:1", "image dt-shop-2:new", "network dt-net-2", "volume dt-data-2"}
	wantSame(t, "traces of the set-up", minus(b.traces(), before), made)
	// The learner's own object was there before: it is in both inventories.
	own := l.State.Opened.ContainerOf(b.own("dt-web"))
	if own == "" || !l.State.Baseline.HasContainer(own) {
		t.Errorf("the container that was there before: got %q in %v", own, l.State.Baseline.Containers)
	}
	// A name next to the learner's own one is theirs too.
	b.elsewhere("docker tag busybox dt-shop:newer")
	done := b.close(l)
	wantSame(t, "removed", b.names(done.Removed), made)
	wantSame(t, "traces after the lab", minus(b.traces(), before), []string{"image dt-shop:newer"})
	if !slices.Contains(b.names(done.Doubtful), "image dt-shop:newer") {
		t.Errorf("doubts: got %v, want dt-shop:newer among them", b.names(done.Doubtful))
	}
}

func minus(list, without []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return slices.Contains(without, s) })
}

// What appears during a lab without a sign that it is the lab's stays, and is named.
func TestDoubts(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	l := b.open(b.exercise("", "docker run --name dt-web dt-shop"))
	b.run(l, "docker tag busybox dt-shop:1; docker tag busybox dt-shpo:1; docker tag busybox my-name:1; docker pull -q other/my-name:2 || :")
	b.elsewhere(`docker tag busybox my-name:2; docker tag busybox other/my-name:3; docker create --name my-container busybox; docker volume create my-volume; docker network create my-network
		docker create --name dt-wbe busybox; printf 'FROM busybox\nLABEL by=my-self\n' | docker build -q -t my-image -`)
	doubtful := []string{
		"container my-container", "image my-image:latest", "image my-name:2", "image other/my-name:3", "network my-network", "volume my-volume",
	}
	done := b.close(l)
	wantSame(t, "removed", b.names(done.Removed), []string{"container dt-wbe", "image dt-shop:1", "image dt-shpo:1", "image my-name:1"})
	got := slices.Compact(b.names(done.Doubtful)) // an image and its name
	wantSame(t, "doubts", got, doubtful)
	wantSame(t, "what is there", b.traces(), doubtful)

	// The learner says that they are of no use.
	mine := slices.DeleteFunc(done.Doubtful, func(o Object) bool { return !strings.Contains(o.Name, b.token) })
	if err := Remove(t.Context(), b.e, mine); err != nil {
		t.Error(err)
	}
	wantSame(t, "what is there afterwards", b.traces(), []string{})
}

func TestTwoLabs(t *testing.T) {
	t.Parallel()
	for _, c := range []string{"same root", "other root"} {
		t.Run(c, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			ex := b.exercise("docker tag busybox dt-shop:1; docker create --name dt-web busybox", "")
			first := b.open(ex)
			if c == "other root" {
				b.root = t.TempDir()
			}
			second := b.open(ex)
			const work = "docker create busybox; docker volume create; "
			b.run(first, work+"docker tag busybox dt-shop:2; docker tag busybox dt-shpo:1")
			b.run(second, work+"docker tag busybox dt-shop-2:2; docker create --name dt-net-2 busybox")
			seconds := []string{"container dt-net-2", "container dt-web-2", "image dt-shop-2:1", "image dt-shop-2:2"}

			done := b.close(first)
			wantSame(t, "removed with the first", b.names(done.Removed), []string{"container dt-web", "image dt-shop:1", "image dt-shop:2", "image dt-shpo:1"})
			nameless := minus(b.traces(), seconds)
			wantSame(t, "what the second has", minus(b.traces(), nameless), seconds)
			if len(nameless) != 2 {
				t.Errorf("and what it did not name: got %v, want a container and a volume", nameless)
			}
			b.close(second)
			wantSame(t, "traces after both", b.traces(), []string{})
		})
	}
}

func TestSetupFails(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	setup := `docker tag busybox dt-shop:1; docker create --name dt-web busybox
		for i in 1 2 3 4 5 6; do echo line $i; done; docker start dt-nothing; docker tag busybox dt-late:1`
	_, err := Open(t.Context(), b.e, b.root, Spec{Lesson: "images", Exercise: b.exercise(setup, "")})
	var p *Problem
	if !errors.As(err, &p) || p.ID != "setup" || p.Args["step"] != "step" {
		t.Fatalf("got %v, want the problem setup", err)
	}
	output := p.Args["output"].(string)
	if !strings.Contains(output, "line 6") || !strings.Contains(output, "No such container") || strings.Contains(output, "line 1") {
		t.Errorf("output: got %q, want its end", output)
	}
	wantNothing(t, b)
}

// wantNothing checks that a lab that could not open left neither objects nor a folder.
func wantNothing(t *testing.T, b *bench) {
	t.Helper()
	wantSame(t, "traces", b.traces(), []string{})
	if left, err := os.ReadDir(b.root); err != nil || len(left) != 0 {
		t.Errorf("folders: got %v (%v), want none", left, err)
	}
}

func TestSetupInterrupted(t *testing.T) {
	t.Parallel()
	b, m := newBench(t), newMailbox(t)
	setup := "docker tag busybox dt-shop:1; docker run -d --name dt-web busybox sleep 600; echo half >" + m.path + "; sleep 600"
	ctx, ctrlC := context.WithCancel(t.Context())
	go func() {
		m.read()
		ctrlC()
	}()
	_, err := Open(ctx, b.e, b.root, Spec{Lesson: "images", Exercise: b.exercise(setup, "")})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want it to be %v", err, context.Canceled)
	}
	wantNothing(t, b)
}

func TestFilesOutside(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for _, name := range []string{"../outside", "/etc/outside", "a/../../outside"} {
		ex := b.exercise("docker tag busybox dt-shop:1", "")
		ex.Files = map[string]string{name: "text"}
		_, err := Open(t.Context(), b.e, b.root, Spec{Lesson: "images", Exercise: ex})
		var p *Problem
		if !errors.As(err, &p) || p.ID != "lab-folder" {
			t.Errorf("%s: got %v, want the problem lab-folder", name, err)
		}
	}
	wantNothing(t, b)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Open(t.Context(), b.e, file, Spec{Lesson: "images", Exercise: b.exercise("", "")})
	wantProblem(t, err, "lab-folder")
}

func TestLabBusy(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	ex := b.exercise("docker tag busybox dt-shop:{{.n}}; docker create --name dt-web busybox", "")
	ex.Vars = map[string]lessons.Var{"n": {Pick: []string{"4"}}}
	l := b.open(ex)
	wantSame(t, "running", Running(b.root), []string{l.Dir})
	wantSame(t, "left", len(Left(b.root)), 0)
	_, err := Reopen(b.e, b.root, l.State.ID, Spec{Exercise: ex})
	if p := wantProblem(t, err, "lab-busy"); p.Args["lesson"] != "images" {
		t.Errorf("problem: got %v, want the lesson named", p.Args)
	}

	l.State.Kept, l.State.Answers, l.State.Passed["counted"] = true, []string{"4"}, true
	if err := errors.Join(l.Save(), l.Release()); err != nil {
		t.Fatal(err)
	}
	wantSame(t, "running after its release", Running(b.root), []string{})
	left := Left(b.root)
	if len(left) != 1 || left[0].ID != l.State.ID || !left[0].Kept || !left[0].CanResume(b.e) {
		t.Fatalf("left: got %+v", left)
	}
	again, err := Reopen(b.e, b.root, left[0].ID, Spec{Exercise: ex})
	if err != nil {
		t.Fatal(err)
	}
	wantSame(t, "state", fmt.Sprintf("%+v", again.State), fmt.Sprintf("%+v", left[0]))
	wantSame(t, "exercise", again.Exercise, l.Exercise)
	if !again.State.Since.Equal(l.State.Since) || !again.State.Passed["counted"] {
		t.Errorf("state: got %+v, want %+v", again.State, l.State)
	}
	b.close(again)
	wantNothing(t, b)
	if _, err := Reopen(b.e, b.root, left[0].ID, Spec{Exercise: ex}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("reopening a lab that is gone: got %v", err)
	}
}

func TestCanResume(t *testing.T) {
	t.Parallel()
	e := &Engine{Host: "unix:///here"}
	for name, c := range map[string]struct {
		s    State
		want bool
	}{
		"kept":              {State{Format: labFormat, Ready: true, Host: e.Host}, true},
		"set-up unfinished": {State{Format: labFormat, Host: e.Host}, false},
		"another engine":    {State{Format: labFormat, Ready: true, Host: "unix:///there"}, false},
		"another version":   {State{Format: labFormat + 1, Ready: true, Host: e.Host}, false},
	} {
		if got := c.s.CanResume(e); got != c.want {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
}

// A lab that closes is at no moment a lab that was left.
func TestClosingIsNotLeft(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for range 10 {
		l := b.open(b.exercise("", ""))
		closed := make(chan bool)
		go func() {
			defer close(closed)
			if _, err := l.Close(context.Background()); err != nil {
				t.Error(err)
			}
		}()
		for open := true; open; {
			select {
			case <-closed:
				open = false
			default:
				if left := Left(b.root); len(left) > 0 {
					t.Fatalf("left while it closed: got %+v, want none", left)
				}
			}
		}
		if _, err := os.Stat(l.Dir); !os.IsNotExist(err) {
			t.Fatalf("the lab's folder: got %v, want it gone", err)
		}
	}
}
