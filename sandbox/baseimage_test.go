package sandbox

import (
	"archive/tar"
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

func TestStaticBusybox(t *testing.T) {
	t.Parallel()
	path, err := StaticBusybox()
	if err != nil {
		t.Fatal(err)
	}
	text := filepath.Join(t.TempDir(), "busybox")
	if err := os.WriteFile(text, []byte("#!/bin/sh\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		path         string
		static, fail bool
	}{{path, true, false}, {"/bin/ls", false, false}, {text, false, true}, {text + "2", false, true}} {
		if got, err := isStatic(c.path); got != c.static || (err != nil) != c.fail {
			t.Errorf("%s: got static %v, error %v; want %v, error %v", c.path, got, err, c.static, c.fail)
		}
	}
}

// Nothing listens at port 1, so the image cannot be pulled, and is made.
func TestBaseImageMade(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	const name = "127.0.0.1:1/dt-base:1.0"
	for _, want := range []string{BaseMade, BasePresent} {
		if got, err := ensureImage(t.Context(), b.e, b.own(name)); err != nil || got != want {
			t.Fatalf("got %s (%v), want %s", got, err, want)
		}
	}
	got := b.elsewhere("docker run --rm " + name + ` sh -c '
		whoami; su -s /bin/sh www-data -c whoami; echo $HOME; stat -c %a /tmp
		printf "b\na\n" | sort | head -n 1; echo hello | sha256sum | cut -c 1-8
		for p in httpd nc wget top vi; do test -x /bin/$p && echo $p; done'`)
	wantSame(t, "what the programs say", strings.Fields(got), []string{
		"root", "www-data", "/root", "1777", "a", "5891b5b5",
		"httpd", "nc", "wget", "top", "vi",
	})
	got = b.elsewhere("docker run --rm " + name + "; docker inspect -f '{{json .Config.Cmd}} {{.Architecture}}' " + name)
	wantSame(t, "command and architecture", got, `["sh"] `+runtime.GOARCH)
	accounts := b.elsewhere("docker run --rm " + name + " cat /etc/passwd /etc/group")
	for _, line := range []string{"root:x:0:0:root:/root:/bin/sh", "nobody:x:65534:65534:nobody:/home:/bin/false", "nogroup:x:65534:"} {
		if !slices.Contains(strings.Split(accounts, "\n"), line) {
			t.Errorf("accounts: got %q, want %q in them", accounts, line)
		}
	}
}

func TestBaseImagePulled(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	name := registry(t, true) + "/" + b.own("dt-base:1.0")
	for _, want := range []string{BasePulled, BasePresent} {
		if got, err := ensureImage(t.Context(), b.e, name); err != nil || got != want {
			t.Fatalf("got %s (%v), want %s", got, err, want)
		}
	}
}

// A pull that fails amid its progress was answered with 200 before.
func TestPullBreaksOff(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	name := registry(t, false) + "/" + b.own("dt-base:1.0")
	if err := pull(t.Context(), b.e, name); err == nil || IsSilence(err) {
		t.Errorf("pulling an image whose layer is missing: got %v, want the registry's reason", err)
	}
	if got, err := ensureImage(t.Context(), b.e, name); err != nil || got != BaseMade {
		t.Errorf("got %s (%v), want %s", got, err, BaseMade)
	}
}

// registry serves one small image under every name, with or without its layer, and
// gives its address.
func registry(t *testing.T, whole bool) string {
	t.Helper()
	manifest, blobs := smallImage(t)
	if !whole {
		delete(blobs, "layer")
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/v2/" {
			return
		}
		if strings.Contains(r.URL.Path, "/manifests/") {
			w.Header().Set("Content-Type", "application/vnd.docker.distribution.manifest.v2+json")
			w.Header().Set("Docker-Content-Digest", digest(manifest))
			w.Write(manifest)
			return
		}
		for _, data := range blobs {
			if digest(data) == filepath.Base(r.URL.Path) {
				w.Write(data)
				return
			}
		}
		http.NotFound(w, r)
	}))
	t.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

func digest(data []byte) string { return fmt.Sprintf("sha256:%x", sha256.Sum256(data)) }

// smallImage makes an image of one file, unlike every other image: a test must not remove
// another's.
func smallImage(t *testing.T) (manifest []byte, blobs map[string][]byte) {
	t.Helper()
	var layer bytes.Buffer
	w := tar.NewWriter(&layer)
	text := rand.Text()
	if err := errors.Join(writeFile(w, "hello", 0o644, int64(len(text)), strings.NewReader(text)), w.Close()); err != nil {
		t.Fatal(err)
	}
	config := fmt.Appendf(nil, `{"architecture":%q,"os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":[%q]}}`,
		runtime.GOARCH, digest(layer.Bytes()))
	blob := func(kind string, data []byte) string {
		return fmt.Sprintf(`{"mediaType":"application/vnd.docker.%s","size":%d,"digest":%q}`, kind, len(data), digest(data))
	}
	manifest = fmt.Appendf(nil, `{"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.v2+json","config":%s,"layers":[%s]}`,
		blob("container.image.v1+json", config), blob("image.rootfs.diff.tar", layer.Bytes()))
	return manifest, map[string][]byte{"config": config, "layer": layer.Bytes()}
}
