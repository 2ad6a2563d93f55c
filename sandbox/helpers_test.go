package sandbox

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"docker-tutor/lessons"

	"github.com/docker/docker/client"
	"golang.org/x/sys/unix"
)

// patience bounds every wait for something that must come; a test that fails may take it,
// a test that passes does not.
const patience = time.Minute

// childKey makes the test binary a process of its own: what must be killed for real.
const childKey = "DT_SANDBOX_TEST_CHILD"

// children are what it then does.
var children = map[string]func(){"stranger": strangerChild, "terminal": terminalChild}

func TestMain(m *testing.M) {
	if child := children[os.Getenv(childKey)]; child != nil {
		child()
		return
	}
	os.Exit(m.Run())
}

// bench is a corner of the real daemon, in which a test's objects can be told by their
// names. Scripts say dt-web for what an exercise calls so, and my-web for what a learner
// made elsewhere; own makes both unique.
type bench struct {
	t     testing.TB
	e     *Engine
	root  string // where labs lie
	token string
	labs  []string // ids of the labs that were opened
}

func newBench(t testing.TB) *bench {
	t.Helper()
	e, err := FindEngine(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{t: t, e: e, root: t.TempDir(), token: strings.ToLower(rand.Text())}
	t.Cleanup(func() {
		b.sweep()
		e.Close()
	})
	return b
}

func (b *bench) own(text string) string {
	mark := "sandboxtest-" + b.token + "-"
	return strings.NewReplacer("dt-", "dt-"+mark, "my-", "my-"+mark).Replace(text)
}

// exercise is one with that set-up, which also knows the names in words.
func (b *bench) exercise(setup, words string) *lessons.Exercise {
	return &lessons.Exercise{ID: "step", Setup: b.own(setup), Solution: b.own(words)}
}

// open opens a lab, and closes it at the end if the test did not.
func (b *bench) open(ex *lessons.Exercise) *Lab {
	b.t.Helper()
	l, err := Open(b.t.Context(), b.e, b.root, Spec{Lesson: "images", Exercise: ex})
	if err != nil {
		b.t.Fatal(err)
	}
	b.labs = append(b.labs, l.State.ID)
	b.t.Cleanup(func() {
		if _, err := os.Stat(l.Dir); err == nil {
			l.Close(context.Background())
		}
	})
	return l
}

// run runs commands in a lab's scratch folder, with its words.
func (b *bench) run(l *Lab, script string) string {
	b.t.Helper()
	var out strings.Builder
	if err := l.Run(b.t.Context(), Script{Text: b.own(script), Out: &out, StopOnError: true}); err != nil {
		b.t.Fatalf("%s: %v\n%s", script, err, out.String())
	}
	return strings.TrimSpace(out.String())
}

// elsewhere runs commands as in another terminal of the learner's.
func (b *bench) elsewhere(script string) string {
	b.t.Helper()
	out, err := exec.Command("sh", "-euc", b.own(script)).CombinedOutput()
	if err != nil {
		b.t.Fatalf("%s: %v\n%s", script, err, out)
	}
	return strings.TrimSpace(string(out))
}

func (b *bench) close(l *Lab) Cleaned {
	b.t.Helper()
	done, err := l.Close(context.Background())
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := os.Stat(l.Dir); !os.IsNotExist(err) {
		b.t.Errorf("the lab's folder after its end: got %v, want it gone", err)
	}
	return done
}

// traces lists all on the daemon that is this test's, by name or label. What others do at
// the same time does not show.
func (b *bench) traces() []string {
	b.t.Helper()
	h, err := takeHoldings(context.Background(), b.e)
	if err != nil {
		b.t.Fatal(err)
	}
	list := []string{}
	for _, obj := range b.objects(h) {
		list = append(list, obj.Kind+" "+strings.ReplaceAll(obj.Name, "sandboxtest-"+b.token+"-", ""))
	}
	slices.Sort(list)
	return list
}

// objects gives each name of an image as an object, and nameless ones by their id.
func (b *bench) objects(h holdings) []Object {
	var list []Object
	add := func(kind, id, name string, labels map[string]string) {
		mine := strings.Contains(name, b.token)
		for _, v := range labels {
			mine = mine || strings.Contains(v, b.token) || slices.Contains(b.labs, v)
		}
		if mine {
			list = append(list, Object{Kind: kind, ID: id, Name: name})
		}
	}
	for _, c := range h.containers {
		add("container", c.ID, containerName(c), c.Labels)
	}
	for _, i := range h.images {
		names := imageNames(i)
		for _, name := range names {
			add("image", name, name, nil)
		}
		if len(names) == 0 {
			add("image", i.ID, shortID(i.ID), i.Labels)
		}
	}
	for _, v := range h.volumes {
		add("volume", v.Name, v.Name, v.Labels)
	}
	for _, n := range h.networks {
		add("network", n.ID, n.Name, n.Labels)
	}
	return list
}

// sweep removes what is left of the test, so that a failure leaves nothing behind.
func (b *bench) sweep() {
	h, err := takeHoldings(context.Background(), b.e)
	if err == nil {
		err = Remove(context.Background(), b.e, b.objects(h))
	}
	if err != nil {
		b.t.Errorf("cleaning up after the test: %v", err)
	}
}

// names gives those of the objects that are this test's, as a script writes them.
func (b *bench) names(objects []Object) []string {
	names := []string{}
	for _, obj := range objects {
		if strings.Contains(obj.Name, b.token) {
			names = append(names, obj.Kind+" "+strings.ReplaceAll(obj.Name, "sandboxtest-"+b.token+"-", ""))
		}
	}
	slices.Sort(names)
	return names
}

func (b *bench) imageID(name string) string {
	b.t.Helper()
	i, err := b.e.ImageInspect(context.Background(), b.own(name))
	if err != nil {
		b.t.Fatal(err)
	}
	return i.ID
}

// gone checks that no image, container or volume has that id.
func (b *bench) gone(id string) {
	b.t.Helper()
	_, image := b.e.ImageInspect(context.Background(), id)
	_, container := b.e.ContainerInspect(context.Background(), id)
	_, volume := b.e.VolumeInspect(context.Background(), id)
	for _, err := range []error{image, container, volume} {
		if !client.IsErrNotFound(err) {
			b.t.Errorf("%s: got %v, want it gone", id, err)
		}
	}
}

func wantSame(t testing.TB, what string, got, want any) {
	t.Helper()
	if g, w := fmt.Sprintf("%q", got), fmt.Sprintf("%q", want); g != w {
		t.Errorf("%s:\n got %s\nwant %s", what, g, w)
	}
}

func wantProblem(t testing.TB, err error, id string) *Problem {
	t.Helper()
	p, ok := err.(*Problem)
	if !ok || p.ID != id {
		t.Fatalf("got error %v, want the problem %s", err, id)
	}
	return p
}

// mailbox is a named pipe: a script writes to it to say how far it is, and stands still
// until that is read.
type mailbox struct {
	t    testing.TB
	path string
}

func newMailbox(t testing.TB) mailbox {
	t.Helper()
	m := mailbox{t: t, path: filepath.Join(t.TempDir(), "mail")}
	if err := unix.Mkfifo(m.path, 0o600); err != nil {
		t.Fatal(err)
	}
	return m
}

// read waits for one line.
func (m mailbox) read() string {
	m.t.Helper()
	f, err := os.OpenFile(m.path, os.O_RDWR|syscall.O_NONBLOCK, 0)
	if err != nil {
		m.t.Fatal(err)
	}
	defer f.Close()
	f.SetReadDeadline(time.Now().Add(patience))
	line, err := bufio.NewReader(f).ReadString('\n')
	if err != nil {
		m.t.Fatal(err)
	}
	return strings.TrimSpace(line)
}

// write lets a script go on that reads from the mailbox.
func (m mailbox) write(line string) {
	m.t.Helper()
	f, err := os.OpenFile(m.path, os.O_WRONLY, 0)
	if err == nil {
		_, err = fmt.Fprintln(f, line)
		f.Close()
	}
	if err != nil {
		m.t.Fatal(err)
	}
}

func writeJSON(t testing.TB, path string, v any) {
	t.Helper()
	data, err := json.Marshal(v)
	if err == nil {
		err = os.MkdirAll(filepath.Dir(path), 0o700)
	}
	if err == nil {
		err = os.WriteFile(path, data, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}
