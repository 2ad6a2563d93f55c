package checker

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"

	"docker-tutor/lessons"

	"github.com/docker/docker/api/types/image"
)

// registry judges what a registry holds, by the HTTP API that docker push speaks too.
func (j *judge) registry(ctx context.Context, want *lessons.Registry) (*Diagnosis, error) {
	r := &registryAPI{base: j.registryURL(want.Address), user: want.User, password: want.Password}
	tag := cmp.Or(want.Tag, "latest")
	name := want.Repository + ":" + tag
	a := args{"address": want.Address}
	found, err := r.get(ctx, "/v2/"+want.Repository+"/manifests/"+tag, nil)
	switch {
	case ctx.Err() != nil:
		return nil, fmt.Errorf("asking the registry %s: %w", want.Address, ctx.Err())
	case err != nil:
		a["reason"] = clip(innermost(err).Error())
		return diagnose(false, "registry-silent", "docker ps", a), nil
	case found.status == http.StatusUnauthorized, found.status == http.StatusForbidden:
		return diagnose(true, "registry-refuses", "docker ps", a), nil
	case !found.isRegistry:
		return diagnose(true, "registry-no-registry", "docker ps", a), nil
	case found.status == http.StatusNotFound && want.State == "absent":
		return nil, nil
	case found.status == http.StatusNotFound:
		d := r.instead(ctx, want, tag)
		d.Look = r.look(want)
		return d, nil
	case found.status != http.StatusOK:
		return nil, fmt.Errorf("asking the registry %s for %s: it answered %d", want.Address, name, found.status)
	}
	a["name"] = name
	if want.State == "absent" {
		return diagnose(true, "registry-still-there", r.look(want), a), nil
	}
	return j.otherManifest(ctx, want, found, a)
}

// registryURL is where the registry is reached from here. A loopback address is that of
// the engine's machine, and speaks plain HTTP, as Docker takes it to.
func (j *judge) registryURL(address string) string {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return "https://" + address
	}
	ip := net.ParseIP(host)
	if host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return "https://" + address
	}
	return "http://" + net.JoinHostPort(cmp.Or(j.ev.Host, "127.0.0.1"), port)
}

// registryAPI is a registry, and who asks it.
type registryAPI struct{ base, user, password string }

// registryAnswer is what it answers.
type registryAnswer struct {
	status     int
	digest     string
	body       []byte
	isRegistry bool // it answered as a registry does
}

// manifests are the kinds of manifest that a registry may have.
const manifests = "application/vnd.oci.image.index.v1+json, application/vnd.docker.distribution.manifest.list.v2+json, " +
	"application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json"

func (r *registryAPI) get(ctx context.Context, path string, into any) (*registryAnswer, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, r.base+path, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", manifests)
	if r.user != "" {
		request.SetBasicAuth(r.user, r.password)
	}
	response, err := asker.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, mostContent))
	if err != nil {
		return nil, err
	}
	if into != nil && response.StatusCode == http.StatusOK {
		json.Unmarshal(body, into)
	}
	return &registryAnswer{
		status: response.StatusCode, digest: response.Header.Get("Docker-Content-Digest"), body: body,
		isRegistry: response.Header.Get("Docker-Distribution-Api-Version") != "" || strings.Contains(response.Header.Get("Content-Type"), "json"),
	}, nil
}

// look gives the command that shows what the registry holds. Where the learner's shell would
// have to log in, or the engine is elsewhere, it is the one that shows what can be pushed.
func (r *registryAPI) look(want *lessons.Registry) string {
	if r.user != "" || !strings.HasPrefix(r.base, "http://127.0.0.1:") {
		return lookImages
	}
	return "curl -s http://" + want.Address + "/v2/_catalog"
}

// instead says what the registry holds in place of what is wanted.
func (r *registryAPI) instead(ctx context.Context, want *lessons.Registry, tag string) *Diagnosis {
	var tags struct{ Tags []string }
	var catalog struct{ Repositories []string }
	a := args{"address": want.Address, "wanted": want.Repository + ":" + tag}
	r.get(ctx, "/v2/"+want.Repository+"/tags/list", &tags)
	if len(tags.Tags) > 0 {
		slices.Sort(tags.Tags)
		a["found"] = want.Repository + ":" + strings.Join(tags.Tags, ", :")
		return diagnose(true, "registry-other-tag", "", a)
	}
	r.get(ctx, "/v2/_catalog", &catalog)
	for _, found := range catalog.Repositories {
		if last(found) == last(want.Repository) || looksLike(found, want.Repository) {
			a["found"] = found
			return diagnose(true, "registry-other-repository", "", a)
		}
	}
	return diagnose(false, "registry-missing", "", a)
}

// last is the last part of a repository's name.
func last(repository string) string {
	return repository[strings.LastIndexByte(repository, '/')+1:]
}

// otherManifest tells whether what the registry has is the local image: by the image's ID,
// which is its configuration's or its manifest's digest, or by what was pushed or pulled.
func (j *judge) otherManifest(ctx context.Context, want *lessons.Registry, found *registryAnswer, a args) (*Diagnosis, error) {
	if want.SameAs == "" {
		return nil, nil
	}
	local, err := j.view.image(ctx, want.SameAs)
	if err != nil {
		return nil, err
	}
	a["other"] = want.SameAs
	if local == nil {
		return diagnose(true, "registry-no-image", lookImages, a), nil
	}
	if !sameManifest(local, found) {
		return diagnose(true, "registry-other-image", "docker images --digests", a), nil
	}
	return nil, nil
}

func sameManifest(local *image.InspectResponse, found *registryAnswer) bool {
	var manifest struct {
		Config    struct{ Digest string }
		Manifests []struct{ Digest string }
	}
	json.Unmarshal(found.body, &manifest)
	for _, digest := range append([]string{found.digest, manifest.Config.Digest}, digests(manifest.Manifests)...) {
		if digest != "" && (digest == local.ID || slices.ContainsFunc(local.RepoDigests, func(r string) bool { return strings.HasSuffix(r, "@"+digest) })) {
			return true
		}
	}
	return false
}

func digests(of []struct{ Digest string }) []string {
	var all []string
	for _, m := range of {
		all = append(all, m.Digest)
	}
	return all
}
