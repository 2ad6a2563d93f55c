package guard

import (
	"fmt"
	"strings"
	"testing"
)

// Nothing that is recorded holds a secret, however it was given.
func TestNoSecretIsKept(t *testing.T) {
	f := openGuard(t, true)
	const secret = "hunter2-and-more"
	for _, args := range [][]string{
		{"run", "--rm", "-e", "PASSWORD=" + secret, "busybox", "true"},
		{"run", "--rm", "--env=PASSWORD=" + secret, "busybox", "true"},
		{"create", "-ePASSWORD=" + secret, "--name", f.name, "busybox"},
		{"login", "-u", "me", "-p", secret, "127.0.0.1:1"},
		{"login", "-u", "me", "--password=" + secret, "127.0.0.1:1"},
		{"import", "-c", "ENV PASSWORD=" + secret, "http://me:" + secret + "@127.0.0.1:1/x.tar", f.name + ":1"},
		{"commit", "-c", "ENV PASSWORD=" + secret, f.name, f.name + ":2"},
		{"build", "https://me:" + secret + "@127.0.0.1:1/x.git"},
		{"build", "--build-arg", "http_proxy=http://me:" + secret + "@127.0.0.1:1", "-"},
		{"pull", "127.0.0.1:1/nosuch"},
	} {
		docker(f.host, "FROM scratch\nENV a=b\n", args...)
	}
	docker(f.host, secret, "login", "-u", "me", "--password-stdin", "127.0.0.1:1")
	docker(f.host, "", "rm", f.name)
	docker(f.host, "", "rmi", f.name+":2")
	calls := f.recorded()
	if len(calls) < 20 {
		t.Fatalf("%d calls were recorded", len(calls))
	}
	for _, c := range calls {
		all := fmt.Sprintf("%+v %+v %+v %+v", c, c.Exec, c.Create, c.Build)
		if strings.Contains(all, secret) {
			t.Errorf("a secret is kept: %s", all)
		}
	}
}
