package main

import (
	"context"
	"crypto/subtle"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/google/go-containerregistry/pkg/registry"
	"github.com/spf13/cobra"
)

// registryAddress is where the registry listens; the image sandbox.RegistryImage exposes it.
const registryAddress = ":5000"

// registryCommand is the registry of the lessons, in a container of its own: a real one,
// which forgets all when it ends. With REGISTRY_USER and REGISTRY_PASSWORD it lets in
// those alone who log in.
func (a *app) registryCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:    "registry",
		Short:  "Serve a registry, as in the lessons' containers",
		Hidden: true,
		Args:   exactArgs(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return serveRegistry(cmd.Context(), registryAddress, os.Getenv("REGISTRY_USER"), os.Getenv("REGISTRY_PASSWORD"))
		},
	}
	cmd.AddCommand(&cobra.Command{
		Use:   "ping",
		Short: "Wait until the registry of this container listens",
		Args:  exactArgs(0),
		RunE:  func(cmd *cobra.Command, _ []string) error { return pingRegistry(cmd.Context(), registryAddress) },
	})
	return cmd
}

func serveRegistry(ctx context.Context, address, user, password string) error {
	server := &http.Server{Addr: address, Handler: registryHandler(user, password)}
	context.AfterFunc(ctx, func() { server.Close() })
	if err := server.ListenAndServe(); ctx.Err() == nil {
		return fmt.Errorf("serving a registry on %s: %w", address, err)
	}
	return nil
}

// registryHandler is the registry. What it answers says so, as other registries do, errors
// too: by that the checker tells a registry from another server.
func registryHandler(user, password string) http.Handler {
	next := lettingIn(user, password, registry.New(registry.Logger(log.New(io.Discard, "", 0))))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Docker-Distribution-Api-Version", "registry/2.0")
		next.ServeHTTP(w, r)
	})
}

// lettingIn asks for a user and a password (HTTP's basic authentication), where there are.
func lettingIn(user, password string, next http.Handler) http.Handler {
	if user == "" {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		u, p, _ := r.BasicAuth()
		if subtle.ConstantTimeCompare([]byte(u+"\x00"+p), []byte(user+"\x00"+password)) == 1 {
			next.ServeHTTP(w, r)
			return
		}
		w.Header().Set("WWW-Authenticate", `Basic realm="docker-tutor"`)
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusUnauthorized)
		io.WriteString(w, `{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}`)
	})
}

// pingTries bounds the wait for a registry that is being started; it takes some 50 ms.
const pingTries = 200

// pingRegistry dials until somebody listens. Nothing tells of a port that begins to be
// listened to, so it asks again.
func pingRegistry(ctx context.Context, address string) (err error) {
	for range pingTries {
		var c net.Conn
		if c, err = (&net.Dialer{}).DialContext(ctx, "tcp", address); err == nil {
			return c.Close()
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
	return err
}
