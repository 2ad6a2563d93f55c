package main

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// The registry says that it is one, whatever it answers, and lets in those who log in.
func TestRegistry(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		about, user, password, path string
		want                        int
	}{
		{"an open registry", "", "", "/v2/", http.StatusOK},
		{"nobody at a private one", "tutor", "", "/v2/", http.StatusUnauthorized},
		{"a wrong password", "tutor", "shark", "/v2/", http.StatusUnauthorized},
		{"the right password", "tutor", "whale", "/v2/", http.StatusOK},
		{"an image that is not there", "tutor", "whale", "/v2/dt-bread/manifests/1", http.StatusNotFound},
	} {
		private := ""
		if c.user != "" {
			private = "whale"
		}
		r := httptest.NewRequest(http.MethodGet, c.path, nil)
		if c.password != "" {
			r.SetBasicAuth(c.user, c.password)
		}
		w := httptest.NewRecorder()
		registryHandler(c.user, private).ServeHTTP(w, r)
		if w.Code != c.want || w.Header().Get("Docker-Distribution-Api-Version") == "" {
			t.Errorf("%s: got %d with the headers %v, want %d from a registry", c.about, w.Code, w.Header(), c.want)
		}
	}
}
