package sandbox

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// relay passes connections on to the real daemon until it is cut.
type relay struct {
	t        testing.TB
	target   string // the daemon's socket
	mu       sync.Mutex
	listener net.Listener
	conns    []net.Conn
}

func newRelay(t testing.TB, e *Engine, l net.Listener) *relay {
	r := &relay{t: t, target: strings.TrimPrefix(e.Host, "unix://")}
	r.start(l)
	t.Cleanup(r.cut)
	return r
}

func (r *relay) start(l net.Listener) {
	r.mu.Lock()
	r.listener = l
	r.mu.Unlock()
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go r.join(conn)
		}
	}()
}

func (r *relay) join(conn net.Conn) {
	daemon, err := net.Dial("unix", r.target)
	if err != nil {
		r.t.Error(err)
		conn.Close()
		return
	}
	r.mu.Lock()
	r.conns = append(r.conns, conn, daemon)
	r.mu.Unlock()
	go func() {
		io.Copy(daemon, conn)
		daemon.(*net.UnixConn).CloseWrite() // docker run -i ends its input alone
	}()
	defer daemon.Close()
	defer conn.Close()
	io.Copy(conn, daemon)
}

// cut ends every connection and takes no more, as a daemon that is killed.
func (r *relay) cut() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.listener.Close()
	for _, c := range r.conns {
		c.Close()
	}
	r.conns = nil
}

// listen opens a socket of that name in a folder short enough for it.
func listen(t testing.TB, path string) net.Listener {
	t.Helper()
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func shortDir(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "dt")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// authority makes certificates that only its own ca.pem vouches for.
type authority struct {
	t    testing.TB
	dir  string // ca.pem, and cert.pem and key.pem of a client
	pool *x509.CertPool
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t testing.TB) *authority {
	t.Helper()
	a := &authority{t: t, dir: t.TempDir(), pool: x509.NewCertPool()}
	a.key = a.newKey()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test authority"}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &a.key.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	if a.cert, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	a.pool.AddCert(a.cert)
	a.write("ca.pem", "CERTIFICATE", der)
	client := a.issue(x509.ExtKeyUsageClientAuth)
	key, err := x509.MarshalPKCS8PrivateKey(client.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	a.write("cert.pem", "CERTIFICATE", client.Certificate[0])
	a.write("key.pem", "PRIVATE KEY", key)
	return a
}

func (a *authority) newKey() *ecdsa.PrivateKey {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.t.Fatal(err)
	}
	return key
}

func (a *authority) issue(usage x509.ExtKeyUsage) tls.Certificate {
	key := a.newKey()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{usage},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, &key.PublicKey, a.key)
	if err != nil {
		a.t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func (a *authority) write(name, kind string, der []byte) {
	data := pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
	if err := os.WriteFile(filepath.Join(a.dir, name), data, 0o600); err != nil {
		a.t.Fatal(err)
	}
}

// listen is a TLS listener as dockerd's; with clients it takes only those it vouches for.
func (a *authority) listen(clients tls.ClientAuthType) net.Listener {
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{
		Certificates: []tls.Certificate{a.issue(x509.ExtKeyUsageServerAuth)}, ClientCAs: a.pool, ClientAuth: clients,
	})
	if err != nil {
		a.t.Fatal(err)
	}
	return l
}
