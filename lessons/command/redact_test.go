package command

import (
	"slices"
	"strings"
	"testing"
)

func TestRedact(t *testing.T) {
	for _, test := range []struct{ argv, want string }{
		{"docker ps -a", "docker ps -a"},
		{"/usr/bin/docker run -d --name web -p 80:80 busybox sleep 9", "/usr/bin/docker run -d --name web -p 80:80 busybox sleep 9"},
		{"docker run -e A=S3CRET busybox", "docker run -e A=… busybox"},
		{"docker run -eA=S3CRET busybox", "docker run -eA=… busybox"},
		{"docker run -e=A=S3CRET busybox", "docker run -e=A=… busybox"},
		{"docker run -ite A=S3CRET busybox", "docker run -ite A=… busybox"},
		{"docker run -iteA=S3CRET busybox", "docker run -iteA=… busybox"},
		{"docker run --env A=S3CRET=S3CRET busybox", "docker run --env A=… busybox"},
		{"docker run --env=A=S3CRET busybox", "docker run --env=A=… busybox"},
		{"docker run --env A busybox", "docker run --env A busybox"},
		{"docker container create -e A=S3CRET busybox", "docker container create -e A=… busybox"},
		{"docker exec -e A=S3CRET web env", "docker exec -e A=… web env"},
		{"docker compose run -e A=S3CRET web", "docker compose run -e A=… web"},
		{"docker compose exec --env=A=S3CRET web sh", "docker compose exec --env=A=… web sh"},
		{"docker-compose exec -e A=S3CRET web sh", "docker-compose exec -e A=… web sh"},
		{"/x/docker-compose compose exec -e A=S3CRET web sh", "/x/docker-compose compose exec -e A=… web sh"},
		{"docker login -u me -p S3CRET host", "docker login -u me -p … host"},
		{"docker login -pS3CRET", "docker login -p…"},
		{"docker login -p=S3CRET", "docker login -p=…"},
		{"docker login --password S3CRET", "docker login --password …"},
		{"docker login --password=S3CRET", "docker login --password=…"},
		{"docker login --password-stdin host", "docker login --password-stdin host"},
		{"docker build --secret id=S3CRET .", "docker build --secret … ."},
		{"docker build --secret=id=x,src=S3CRET .", "docker build --secret=… ."},
		{"docker build https://me:S3CRET@host/x.git", "docker build https://…@host/x.git"},
		{"docker build https://me:S3/CRET@S3CRET@host/x.git", "docker build https://…@host/x.git"},
		{"docker -H tcp://me:S3CRET@host ps", "docker -H tcp://…@host ps"},
		{"docker --host=tcp://me:S3CRET@host ps", "docker --host=tcp://…@host ps"},
		{"docker run busybox app --password S3CRET", "docker run busybox app --password …"},
		{"docker run busybox app --api-key=S3CRET", "docker run busybox app --api-key=…"},
		{"docker exec web sh -c MYSQL_PASSWORD=S3CRET", "docker exec web sh -c MYSQL_PASSWORD=…"},
		{"docker build --build-arg API_TOKEN=S3CRET .", "docker build --build-arg API_TOKEN=… ."},
		{"docker build --build-arg VERSION=2.0 .", "docker build --build-arg VERSION=2.0 ."},
		{"docker inspect dt-secret:1.0", "docker inspect dt-secret:1.0"},
		// not understood: nothing but the command's own words
		{"docker login --pass S3CRET", "docker login …"},
		{"docker run --unheard-of -e A=S3CRET x", "docker run …"},
		{"docker container run -e A=S3CRET --unheard-of", "docker container run …"},
		{"docker run -e A=S3CRET", "docker run …"},
		{"docker run --env", "docker run …"},
		{"docker service create -e A=S3CRET x", "docker …"},
		{"docker S3CRET", "docker …"},
		{"docker __complete run -e A=S3CRET", "docker __complete …"},
		{"docker --unheard-of S3CRET ps", "docker …"},
		{"docker-compose S3CRET", "docker-compose …"},
		{"curl -u me:S3CRET http://x", "curl"},
	} {
		got := Redact(strings.Fields(test.argv))
		if strings.Join(got, " ") != test.want {
			t.Errorf("%s:\n got %s\nwant %s", test.argv, strings.Join(got, " "), test.want)
		}
		if again := Redact(got); !slices.Equal(again, got) && !strings.HasSuffix(test.want, " …") {
			t.Errorf("%s: got %q the second time, %q the first", test.argv, again, got)
		}
	}
	if got := Redact(nil); got != nil {
		t.Errorf("got %v from nothing", got)
	}
}

// Words with spaces in them, as the shell hands them on.
func TestRedactInWords(t *testing.T) {
	for _, test := range []struct{ word, want string }{
		{"mysql --password=S3CRET -e x", "mysql --password=… -e x"},
		{"DB_PASSWORD='S3 CRET' run", "DB_PASSWORD=… run"},
		{`TOKEN="S3 CRET"; run`, "TOKEN=…; run"},
		{"Authorization: Bearer S3CRET", "Authorization: …"},
		{"X-Auth-Token: S3CRET", "X-Auth-Token: …"},
		{"curl http://me:S3CRET@host/x", "curl http://…@host/x"},
		{"echo hi", "echo hi"},
	} {
		got := Redact([]string{"docker", "exec", "web", "sh", "-c", test.word})
		if got[5] != test.want {
			t.Errorf("%s: got %q, want %q", test.word, got[5], test.want)
		}
	}
}

// A command line means the same with its secrets taken out.
func TestRedactKeepsTheMeaning(t *testing.T) {
	for _, line := range []string{
		"docker run --rm -e PASS=x -e B=2 -p 80:80 busybox env", "docker login -u me -p x host", "docker build --secret id=a -t x --build-arg TOKEN=1 .",
		"docker exec web app --token abc def", "docker -H tcp://u:p@h ps -a",
	} {
		argv := strings.Fields(line)
		kept, err := FromArgv(Redact(argv))
		if err != nil {
			t.Errorf("%s: %v", line, err)
		} else if d := mustParse(t, line).Compare(kept, never); len(d) > 0 {
			t.Errorf("%s: got %+v", line, d)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, line := range []string{"docker ps -a", "docker run -it -e A=b x sh -c 'a b'", "docker -H x compose -f y up -d", "docker logs 'web", "docker ps -", "docker ps --", "docker ps --=x", "docker exec -eA=1 -- x y", "docker images --filter"} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		c, err := Parse(line)
		if err != nil {
			if e, ok := err.(*Error); !ok || e.At < 0 || e.At > len(line) || e.Message == "" {
				t.Errorf("%q: got %#v", line, err)
			}
			return
		}
		if d := c.Compare(c, never); len(d) > 0 {
			t.Errorf("%q differs from itself: %+v", line, d)
		}
		again, err := Parse(c.String())
		if err != nil {
			t.Errorf("%q is written %q, which is not understood: %v", line, c, err)
		} else if d := c.Compare(again, never); len(d) > 0 {
			t.Errorf("%q is written %q, which differs: %+v", line, c, d)
		}
	})
}

func FuzzRedact(f *testing.F) {
	for _, line := range []string{"docker run -e A=%s x", "docker login -p%s", "docker run --env=A=%s x", "docker login --password %s", "docker build --secret id=%s .", "docker run -ite A=%s x", "docker -H tcp://u:%s@h ps"} {
		f.Add(line, "hunter2")
	}
	f.Fuzz(func(t *testing.T, line, extra string) {
		argv := strings.Fields(line)
		for i := range argv {
			argv[i] = strings.ReplaceAll(argv[i], "%s", "S3CRET")
		}
		argv = append(argv, extra)
		kept := Redact(argv)
		if len(kept) > len(argv)+1 {
			t.Errorf("%q: got more than there was: %q", argv, kept)
		}
		s, ok := dockerWords(argv)
		if !ok {
			return
		}
		found, err := scanWords(s)
		if err != nil {
			return
		}
		for _, g := range found.options {
			if g.option.form == secret && g.from >= 0 && g.value != hidden && slices.Contains(kept, g.value) && !slices.Contains(argv[:1], g.value) && len(g.value) > 5 && strings.Count(strings.Join(argv, " "), g.value) == 1 {
				t.Errorf("%q: %q is still there: %q", argv, g.value, kept)
			}
		}
	})
}
