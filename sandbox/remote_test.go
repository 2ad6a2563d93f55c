package sandbox

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gliderlabs/ssh"
	gossh "golang.org/x/crypto/ssh"
)

// A lab's docker goes through the guard also where the engine is behind TLS or SSH.
func TestGuardBeforeRemoteEngines(t *testing.T) {
	for name, reach := range map[string]func(*testing.T, *bench){"tls": overTLS, "ssh": overSSH} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			dir := noSettings(t)
			reach(t, b)
			e, err := FindEngine(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			l, err := Open(t.Context(), e, filepath.Join(dir, "labs"), Spec{Lesson: "images", Exercise: b.exercise("docker tag busybox dt-shop:1", "dt-web")})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { l.Close(context.Background()) })
			out := b.run(l, `echo hi | docker run -i --rm busybox cat; printf 'FROM busybox\nENV a=b\n' | docker build -q -t dt-web:1 - >/dev/null; docker rmi busybox || true`)
			if !strings.HasPrefix(out, "hi\n") || !strings.Contains(out, "kept-name: busybox") || l.Unguarded != "" {
				t.Errorf("unguarded %q, got %s", l.Unguarded, out)
			}
			if labels := b.elsewhere("docker image inspect -f '{{json .Config.Labels}}' dt-web:1"); !strings.Contains(labels, l.State.ID) {
				t.Errorf("labels: %s", labels)
			}
		})
	}
}

func overTLS(t *testing.T, b *bench) {
	a := newAuthority(t)
	r := newRelay(t, b.e, a.listen(tls.RequireAndVerifyClientCert))
	t.Setenv("DOCKER_HOST", "tcp://"+r.listener.Addr().String())
	t.Setenv("DOCKER_TLS_VERIFY", "1")
	t.Setenv("DOCKER_CERT_PATH", a.dir)
}

// overSSH puts an SSH server before the daemon, and has the machine's own ssh trust it.
func overSSH(t *testing.T, b *bench) {
	client, err := exec.LookPath("ssh")
	if err != nil {
		t.Fatal(err)
	}
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	block, err := gossh.MarshalPrivateKey(key, "")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := gossh.NewSignerFromKey(key)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &ssh.Server{
		HostSigners:      []ssh.Signer{signer},
		PublicKeyHandler: func(_ ssh.Context, k ssh.PublicKey) bool { return ssh.KeysEqual(k, signer.PublicKey()) },
		Handler: func(s ssh.Session) { // what docker asks for is docker system dial-stdio
			daemon, err := net.Dial("unix", strings.TrimPrefix(b.e.Host, "unix://"))
			if err != nil {
				s.Exit(1)
				return
			}
			defer daemon.Close()
			go func() {
				io.Copy(daemon, s)
				daemon.(*net.UnixConn).CloseWrite()
			}()
			io.Copy(s, daemon)
		},
	}
	go server.Serve(listener)
	t.Cleanup(func() { server.Close() })
	dir := shortDir(t)
	file := filepath.Join(dir, "key")
	if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
		t.Fatal(err)
	}
	wrapper := fmt.Sprintf("#!/bin/sh\nexec %s -F /dev/null -i %s -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR \"$@\"\n", client, file)
	if err := os.WriteFile(filepath.Join(dir, "ssh"), []byte(wrapper), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	t.Setenv("DOCKER_HOST", fmt.Sprintf("ssh://learner@%s", listener.Addr()))
}
