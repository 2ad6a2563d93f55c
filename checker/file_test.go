package checker

import (
	"context"
	"fmt"
	"io"
	"testing"

	"docker-tutor/lessons"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/client"
)

func ofFile(f lessons.File) lessons.Check {
	return lessons.Check{ID: "check", Statement: lessons.Statement{File: &f}}
}

func ofLabFile(f lessons.LabFile) lessons.Check {
	return lessons.Check{ID: "check", Statement: lessons.Statement{LabFile: &f}}
}

// holds says what a file holds.
func holds(text string) lessons.FileContent { return lessons.FileContent{Equals: text} }

// write has a container of busybox write, with these options, and end.
func write(options, script string) string {
	return "docker run --name dt-web " + options + " busybox sh -c '" + script + "'\n"
}

func fileTurns() []wrongTurn {
	note := lessons.File{Container: "dt-web", Path: "/tmp/note", FileContent: holds("bonjour")}
	inVolume := lessons.File{Volume: "dt-data", Path: "note", FileContent: holds("bonjour")}
	inImage := lessons.File{Image: "dt-app:1", Path: "/out"}
	with := func(f lessons.File, change func(*lessons.File)) lessons.Check {
		change(&f)
		return ofFile(f)
	}
	return []wrongTurn{
		{want: "file-missing", run: write("", "true"), check: ofFile(note), far: true, args: args{"path": "/tmp/note", "name": "dt-web"}},
		{name: "no container", want: "container-missing", check: ofFile(note), far: true},
		{name: "in the other image", want: "file-missing", run: build("FROM busybox\\nRUN echo 1 >/out") + buildAs("dt-app:2", "FROM busybox"),
			check: with(inImage, func(f *lessons.File) { f.SameIn = "dt-app:2" }), args: args{"name": "dt-app:2"}},
		{want: "file-elsewhere", run: write("", "echo bonjour >/note"), check: ofFile(note), args: args{"found": "/note"}},
		{name: "of an image", want: "file-elsewhere", run: build("FROM busybox\\nRUN echo 1 >/srv/out || mkdir /srv && echo 1 >/srv/out"), check: ofFile(inImage), args: args{"found": "/srv/out"}},
		{want: "file-not-in-volume", run: write("-v dt-data:/data", "echo bonjour >/note"), check: ofFile(inVolume), args: args{"found": "/note", "name": "dt-data"}},
		{want: "file-volume-unused", run: makeVolume, check: ofFile(inVolume), far: true},
		{want: "file-still-there", run: build("FROM busybox\\nRUN echo 1 >/tmp/a.log"), args: args{"path": "/tmp/a.log"},
			check: ofFile(lessons.File{Image: "dt-app:1", Path: "/**/*.log", FileContent: lessons.FileContent{State: "absent"}}), look: "docker run --rm --entrypoint ls dt-app:1 -la /tmp"},
		{want: "file-in-a-layer", run: build("FROM busybox\\nRUN echo whale >/key\\nRUN rm /key"),
			check: ofFile(lessons.File{Image: "dt-app:1", Path: "/key", AnyLayer: true, FileContent: lessons.FileContent{State: "absent"}})},
		{want: "file-other-type", run: write("", "mkdir /tmp/note"), check: ofFile(note), args: args{"found": Phrase("kind-directory"), "wanted": Phrase("kind-file")}},
		{name: "no link", want: "file-other-type", run: build("FROM busybox\\nRUN echo 1 >/out"), args: args{"wanted": Phrase("kind-link")},
			check: with(inImage, func(f *lessons.File) { f.Type = "link" })},
		{want: "file-empty", run: write("", ">/tmp/note"), check: ofFile(note)},
		{want: "file-other-content", run: write("", "echo salut >/tmp/note"), check: ofFile(note), args: args{"found": "salut", "wanted": "bonjour"}},
		{name: "of a volume", want: "file-other-content", run: write("--rm -v dt-data:/data", "echo salut >/data/note") + create("-v dt-data:/data"), check: ofFile(inVolume), args: args{"found": "salut"}},
		{want: "file-lacks-text", run: write("", "echo salut >/tmp/note"), check: ofFile(lessons.File{Container: "dt-web", Path: "/tmp/note", FileContent: lessons.FileContent{Contains: "jour"}})},
		{want: "file-holds-text", run: write("", "echo PASSWORD=whale >/tmp/note"), check: ofFile(lessons.File{Container: "dt-web", Path: "/tmp/note", FileContent: lessons.FileContent{Lacks: "whale"}})},
		{want: "file-other-mode", run: build("FROM busybox\\nRUN echo 1 >/out"), check: with(inImage, func(f *lessons.File) { f.Mode = "755" }), args: args{"found": "0644", "wanted": "0755"}},
		{want: "file-other-owner", run: write("", "echo bonjour >/tmp/note"), check: with(note, func(f *lessons.File) { f.Owner = "1000:1000" }), args: args{"found": "0:0"}},
		{want: "file-differs", run: build("FROM busybox\\nRUN echo 1 >/out") + buildAs("dt-app:2", "FROM busybox\\nRUN echo 2 >/out"),
			check: with(inImage, func(f *lessons.File) { f.SameIn = "dt-app:2" }), args: args{"other": "dt-app:2"}},
		{want: "file-same", run: build("FROM busybox\\nRUN echo 1 >/out") + buildAs("dt-app:2", "FROM dt-app:1\\nRUN echo 2 >/more"),
			check: with(inImage, func(f *lessons.File) { f.DiffersIn = "dt-app:2" })},
	}
}

func labFileTurns() []wrongTurn {
	note := lessons.LabFile{Path: "note.txt", FileContent: holds("bonjour")}
	dockerfile := func(f lessons.LabFile) lessons.Check {
		f.Path = "Dockerfile"
		return ofLabFile(f)
	}
	good := "printf 'FROM busybox\\nCOPY . .\\nRUN make\\n' >Dockerfile"
	ignores := ofLabFile(lessons.LabFile{Path: ".dockerignore", Ignores: []string{"sub/b.log"}, Keeps: []string{"keep.txt"}})
	return []wrongTurn{
		{want: "lab-file-missing", check: ofLabFile(note), far: true, look: "ls -la ."},
		{want: "lab-file-elsewhere", run: "echo bonjour >Note.txt", check: ofLabFile(note), args: args{"found": "Note.txt"}},
		{name: "in a folder", want: "lab-file-elsewhere", run: "mkdir site; echo bonjour >site/note.txt", check: ofLabFile(note), args: args{"found": "site/note.txt"}},
		{want: "lab-file-still-there", run: "echo A=1 >.env", check: ofLabFile(lessons.LabFile{Path: ".env", FileContent: lessons.FileContent{State: "absent"}})},
		{want: "lab-file-other-type", run: "mkdir note.txt", check: ofLabFile(note), args: args{"found": Phrase("kind-directory")}},
		{want: "lab-file-empty", run: ">note.txt", check: ofLabFile(note)},
		{want: "lab-file-other-content", run: "echo salut >note.txt", check: ofLabFile(note), args: args{"found": "salut"}, look: "cat note.txt"},
		{want: "lab-file-lacks-text", run: "echo salut >note.txt", check: ofLabFile(lessons.LabFile{Path: "note.txt", FileContent: lessons.FileContent{Contains: "jour"}})},
		{want: "lab-file-holds-text", run: "echo version: 3 >note.txt", check: ofLabFile(lessons.LabFile{Path: "note.txt", FileContent: lessons.FileContent{Lacks: "version:"}})},
		{want: "lab-file-no-dockerfile", run: "echo '# empty' >Dockerfile", check: dockerfile(lessons.LabFile{Has: []string{"FROM"}})},
		{want: "lab-file-unknown-instruction", run: "printf 'FROM busybox\\nCOPPY a b\\n' >Dockerfile", check: dockerfile(lessons.LabFile{Has: []string{"FROM"}}), args: args{"found": "COPPY", "line": 2}},
		{want: "lab-file-lacks-instruction", run: good, check: dockerfile(lessons.LabFile{Has: []string{"USER"}}), args: args{"wanted": "USER"}},
		{want: "lab-file-other-instruction", run: good, check: dockerfile(lessons.LabFile{Has: []string{"COPY package.json"}}), args: args{"found": "COPY . .", "line": 2}},
		{want: "lab-file-has-instruction", run: good, check: dockerfile(lessons.LabFile{HasNot: []string{"RUN make"}}), args: args{"line": 3}},
		{want: "lab-file-other-order", run: good, check: dockerfile(lessons.LabFile{Order: []string{"RUN", "COPY . ."}}), args: args{"found": "COPY . .", "line": 2, "wanted": "RUN"}},
		{want: "lab-file-few-stages", run: good, check: dockerfile(lessons.LabFile{Stages: 2}), args: args{"found": 1}},
		{want: "lab-file-bad-pattern", run: "echo '[' >.dockerignore", check: ignores},
		{want: "lab-file-lets-through", run: "echo '*.log' >.dockerignore", check: ignores, args: args{"file": "sub/b.log"}},
		{want: "lab-file-leaves-out", run: "echo '*' >.dockerignore", check: ignores, args: args{"file": "keep.txt"}},
	}
}

func TestRightFiles(t *testing.T) {
	absent := lessons.FileContent{State: "absent"}
	note := ofFile(lessons.File{Container: "dt-web", Path: "/tmp/note", FileContent: holds("bonjour"), Mode: "0600", Owner: "7:8"})
	script := "echo bonjour >/tmp/note; chmod 600 /tmp/note; chown 7:8 /tmp/note"
	inVolume := ofFile(lessons.File{Volume: "dt-data", Path: "/sub/note", FileContent: holds("bonjour")})
	dockerfile := "printf 'FROM busybox AS base\\nRUN --network=none \\\\\\n  make all\\nFROM base\\ncopy --from=base /a /b\\nENV A=1 B=2\\nUSER 1000\\nCMD [\"httpd\", \"-f\"]\\n' >Dockerfile"
	testRightWays(t, []rightWay{
		{name: "in a running container", run: running("") + "; docker exec dt-web sh -c '" + script + "'", check: note},
		{name: "in a stopped container", run: write("", script), check: note},
		{name: "copied in", run: "echo bonjour >note; " + create("") + "; docker cp note dt-web:/tmp/note", check: ofFile(lessons.File{Container: "dt-web", Path: "/tmp/note", FileContent: holds("bonjour\n")})},
		{name: "through a link", run: write("", "echo bonjour >/a; ln -s ../a /tmp/note"), check: ofFile(lessons.File{Container: "dt-web", Path: "/tmp/note", FileContent: lessons.FileContent{Contains: "bon", Lacks: "soir"}})},
		{name: "a link", run: write("", "ln -s /a /tmp/note; mkdir /a"), check: ofFile(lessons.File{Container: "dt-web", Path: "/tmp/note", FileContent: lessons.FileContent{Type: "directory"}})},
		{name: "in a volume", run: write("-v dt-data:/data", "mkdir /data/sub; echo bonjour >/data/sub/note"), check: inVolume},
		{name: "in a volume, by another", run: write("--rm -v dt-data:/data", "mkdir /data/sub; echo bonjour >/data/sub/note") + "docker run -d --name dt-other -v dt-data:/elsewhere busybox sleep 600", check: inVolume},
		{name: "in a volume past a container that cannot be mounted", run: write("-v dt-data:/data", "mkdir /data/sub; echo bonjour >/data/sub/note") +
			`mkdir gone; docker create --name dt-other -v dt-data:/data --mount type=bind,source="$PWD/gone",target=/b busybox; rmdir gone`, check: inVolume},
		{name: "in an image", run: build("FROM busybox\\nRUN mkdir -p /srv/www && echo 1 >/srv/www/out && ln -s /srv/www /w"), check: ofFile(lessons.File{Image: "dt-app:1", Path: "/w/out", FileContent: holds("1")})},
		{name: "a pattern", run: build("FROM busybox\\nRUN mkdir -p /a/b && echo 1 >/a/b/keep.txt"), check: ofFile(lessons.File{Image: "dt-app:1", Path: "/a/**/*.txt"})},
		{name: "not in an image", run: build("FROM busybox\\nRUN mkdir /a && echo 1 >/a/x.log\\nRUN rm -r /a"), check: ofFile(lessons.File{Image: "dt-app:1", Path: "/**/*.log", FileContent: absent})},
		{name: "in no layer", run: build("FROM busybox\\nRUN echo 1 >/x.log && rm /x.log"), check: ofFile(lessons.File{Image: "dt-app:1", Path: "**/*.log", FileContent: absent, AnyLayer: true})},
		{name: "a file of the base image", run: "docker tag busybox dt-app:1", check: ofFile(lessons.File{Image: "dt-app:1", Path: "/bin/busybox", Mode: "755", FileContent: lessons.FileContent{Type: "file"}})},
		{name: "same", setup: buildAs("dt-app:2", "FROM busybox\\nRUN echo 1 >/out"), run: build("FROM dt-app:2\\nRUN echo 2 >/more"), check: ofFile(lessons.File{Image: "dt-app:1", Path: "/out", SameIn: "dt-app:2"})},
		{name: "different", setup: buildAs("dt-app:2", "FROM busybox\\nRUN echo 1 >/out"), run: build("FROM busybox\\nRUN echo 2 >/out"), check: ofFile(lessons.File{Image: "dt-app:1", Path: "/out", DiffersIn: "dt-app:2"})},
		{name: "saved and loaded", run: build("FROM busybox\\nRUN echo 3 >/out") + "docker save -o i.tar dt-app:1; docker rmi dt-app:1; docker load -i i.tar", check: ofFile(lessons.File{Image: "dt-app:1", Path: "/out", FileContent: holds("3")})},

		{name: "lab file", run: "printf 'bonjour\\r\\n' >note.txt", check: ofLabFile(lessons.LabFile{Path: "note.txt", FileContent: holds("bonjour")})},
		{name: "lab folder", run: "mkdir -p a/b", check: ofLabFile(lessons.LabFile{Path: "a/b", FileContent: lessons.FileContent{Type: "directory"}})},
		{name: "no lab file", run: "true", check: ofLabFile(lessons.LabFile{Path: "a/b", FileContent: absent})},
		{name: "Dockerfile", run: dockerfile, check: ofLabFile(lessons.LabFile{Path: "Dockerfile", Stages: 2, HasNot: []string{"ADD", "USER root"},
			Has: []string{"RUN make all", "RUN --network=none", "ENV B=2", "USER 1000", `CMD ["httpd", "-f"]`}, Order: []string{"FROM busybox", "RUN", "COPY --from=base", "USER"}})},
		{name: ".dockerignore", run: "printf '**/*.log\\n**/tmp\\n!keep.log\\n' >.dockerignore", check: ofLabFile(lessons.LabFile{Path: ".dockerignore", Ignores: []string{"sub/b.log", "sub/tmp/u"}, Keeps: []string{"keep.log", "a.txt"}})},
		{name: ".dockerignore, all but", run: "printf '*\\n!keep.txt\\n' >.dockerignore", check: ofLabFile(lessons.LabFile{Path: ".dockerignore", Ignores: []string{"b.log"}, Keeps: []string{"keep.txt"}})},
	})
}

// reader counts what is read of the real daemon.
type reader struct {
	Daemon
	copies, saves int
}

func (r *reader) CopyFromContainer(ctx context.Context, name, path string) (io.ReadCloser, container.PathStat, error) {
	r.copies++
	return r.Daemon.CopyFromContainer(ctx, name, path)
}

func (r *reader) ImageSave(ctx context.Context, names []string, options ...client.ImageSaveOption) (io.ReadCloser, error) {
	r.saves++
	return r.Daemon.ImageSave(ctx, names, options...)
}

// TestFilesAreReadOnce asserts that judging again reads nothing again, since the daemon
// reports each reading as an event, unless the file has changed.
func TestFilesAreReadOnce(t *testing.T) {
	l := openLab(t, "", "")
	l.run(write("", "echo one >/note") + build("FROM busybox\\nRUN date >/out"))
	ex := bind(l, lessons.Exercise{Checks: []lessons.Check{
		ofFile(lessons.File{Container: "dt-web", Path: "/note", FileContent: holds("one")}),
		ofFile(lessons.File{Image: "dt-app:1", Path: "/out"}),
	}})
	r := &reader{Daemon: l.daemon}
	for range 3 {
		ev := l.evidence()
		ev.Daemon = r
		for _, v := range Judge(context.Background(), ex, ev, nil) {
			if v.Outcome != Passed {
				t.Errorf("got %+v, want passed", v.Diagnosis)
			}
		}
	}
	if r.copies != 1 || r.saves != 1 {
		t.Errorf("got %d files and %d images read, want 1 of each", r.copies, r.saves)
	}
	l.run("echo two >note; docker cp note dt-web:/note")
	ev := l.evidence()
	ev.Daemon = r
	if v := Judge(context.Background(), ex, ev, nil)[0]; v.Outcome != Failed || r.copies != 2 {
		t.Errorf("got %s after %d readings, want failed after 2", v.Outcome, r.copies)
	}
}

// TestReadingHindersNoRemoval asserts that a container with --rm goes while the volume that
// it used, and it itself, are looked into without a pause: an engine that is asked for a
// file of a container mounts its file system, and cannot remove what is mounted.
func TestReadingHindersNoRemoval(t *testing.T) {
	l := openLab(t, "docker volume create dt-data", "")
	ex := bind(l, lessons.Exercise{Checks: []lessons.Check{
		named("volume", keep(ofFile(lessons.File{Volume: "dt-data", Path: "/note", FileContent: holds("bonjour")}))),
		named("container", ofFile(lessons.File{Container: "dt-web", Path: "/tmp/note", FileContent: holds("bonjour")})),
	}})
	ev := l.evidence()
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan []string)
	go func() {
		var broken []string
		for ctx.Err() == nil {
			for _, v := range Judge(context.Background(), ex, ev, nil) {
				if v.Outcome == Unknown {
					broken = append(broken, fmt.Sprint(v.Check, v.Diagnosis.Args))
				}
			}
		}
		done <- broken
	}()
	out, err := l.shell("for i in $(seq 12); do docker run --rm --name dt-web -v dt-data:/data busybox true; done")
	stop()
	if err != nil || out != "" {
		t.Errorf("docker run --rm: %v\n%s", err, out)
	}
	if broken := <-done; len(broken) > 0 {
		t.Errorf("could not be judged: %v", broken)
	}
}
