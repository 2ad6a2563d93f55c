package guard

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"docker-tutor/checker"

	"github.com/docker/docker/api/types"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/image"
	"github.com/docker/docker/api/types/versions"
	"github.com/docker/docker/api/types/volume"
)

// narrow has a prune go by the lab's label too.
func (k *Keeper) narrow(r *http.Request, _ checker.Endpoint) error {
	wanted := parseFilters(r.URL.Query().Get("filters"))
	if wanted == nil {
		wanted = map[string][]string{}
	}
	wanted["label"] = append(wanted["label"], k.Label)
	setFilters(r, wanted)
	return nil
}

func setFilters(r *http.Request, wanted map[string][]string) {
	sets := map[string]map[string]bool{}
	for key, values := range wanted {
		sets[key] = map[string]bool{}
		for _, v := range values {
			sets[key][v] = true
		}
	}
	text, _ := json.Marshal(sets)
	setQuery(r, "filters", string(text))
}

// onlyNarrowed tells whether a prune was asked for without conditions of the learner's
// own, but for those named.
func (k *Keeper) onlyNarrowed(r *http.Request, but ...string) bool {
	for key, values := range parseFilters(r.URL.Query().Get("filters")) {
		if !slices.Contains(but, key) && !(key == "label" && len(values) == 1) {
			return false
		}
	}
	return true
}

// pruneImages has a prune leave the nameless images that were there: the legacy builder
// goes on from one that has the same first steps, and the engine would remove it along with
// its child. Such children go before, by themselves.
func (k *Keeper) pruneImages(r *http.Request, e checker.Endpoint) error {
	dangling := parseFilters(r.URL.Query().Get("filters"))["dangling"]
	all := len(dangling) == 1 && !checker.IsTrue(dangling[0])
	k.narrow(r, e)
	images, err := k.unusedImages(r.Context())
	if err != nil {
		return fmt.Errorf("finding out what a prune would remove: %w", err)
	}
	var before []image.DeleteResponse
	for _, i := range images {
		kept := ""
		if all || nameless(i.RepoTags) {
			kept = k.keptParent(r.Context(), i.ParentID)
		}
		if key, value, _ := strings.Cut(k.Label, "="); kept == "" || i.Labels[key] != value {
			continue
		}
		if !k.onlyNarrowed(r, "dangling") { // it is not known here whether they would take it
			return &Refusal{KeptImage, kept}
		}
		gone, err := k.Daemon.ImageRemove(r.Context(), i.ID, image.RemoveOptions{Force: true})
		if err != nil {
			return fmt.Errorf("pruning %s: %w", i.ID, err)
		}
		before = append(before, gone...)
	}
	*r = *r.WithContext(context.WithValue(r.Context(), prunedKey{}, before))
	return nil
}

type prunedKey struct{}

// pruneUnlabelledImages does for the lab's names what the narrowed prune could not: an
// image that was pulled, loaded or merely tagged carries no label. Without --all only
// nameless images go, and the lab has none without its label.
func (k *Keeper) pruneUnlabelledImages(r *http.Request, body []byte) []byte {
	var report image.PruneReport
	if json.Unmarshal(body, &report) != nil {
		return body
	}
	if before, _ := r.Context().Value(prunedKey{}).([]image.DeleteResponse); len(before) > 0 {
		report.ImagesDeleted = append(before, report.ImagesDeleted...)
		body = remarshal(report, body)
	}
	dangling := parseFilters(r.URL.Query().Get("filters"))["dangling"]
	if len(dangling) != 1 || checker.IsTrue(dangling[0]) || !k.onlyNarrowed(r, "dangling") {
		return body
	}
	images, err := k.unusedImages(r.Context())
	if err != nil {
		return body
	}
	for _, i := range images {
		for _, name := range k.newNames(i.ID, i.RepoTags) {
			if !k.owns("image", name) {
				continue
			}
			gone, err := k.Daemon.ImageRemove(r.Context(), name, image.RemoveOptions{PruneChildren: true})
			if err != nil {
				continue // it is used since
			}
			report.ImagesDeleted = append(report.ImagesDeleted, gone...)
			if slices.ContainsFunc(gone, func(g image.DeleteResponse) bool { return g.Deleted == i.ID }) {
				report.SpaceReclaimed += uint64(i.Size)
			}
		}
	}
	return remarshal(report, body)
}

// unusedImages lists the images that no container was created from.
func (k *Keeper) unusedImages(ctx context.Context) ([]image.Summary, error) {
	images, err := checker.ListImages(ctx, k.Daemon, image.ListOptions{})
	if err != nil {
		return nil, err
	}
	containers, err := k.Daemon.ContainerList(ctx, container.ListOptions{All: true})
	return slices.DeleteFunc(images, func(i image.Summary) bool {
		return slices.ContainsFunc(containers, func(c container.Summary) bool { return c.ImageID == i.ID })
	}), err
}

func remarshal(report any, body []byte) []byte {
	if text, err := json.Marshal(report); err == nil {
		return append(text, '\n')
	}
	return body
}

// anonymous is the name that an engine gives to a volume without one.
var anonymous = regexp.MustCompile(`^[0-9a-f]{64}$`)

// pruneUnlabelledVolumes takes the volumes that containers of the lab brought with them:
// all of them before API 1.42 or with --all, else those without a name; and of these the
// ones with the labels that were asked for, which --mount volume-label gives.
func (k *Keeper) pruneUnlabelledVolumes(r *http.Request, body []byte) []byte {
	var report volume.PruneReport
	if json.Unmarshal(body, &report) != nil || !k.onlyNarrowed(r, "all", "label") {
		return body
	}
	asked := parseFilters(r.URL.Query().Get("filters"))
	all := asked["all"]
	named := len(all) == 1 && checker.IsTrue(all[0]) || versions.LessThan(versionOf(r), "1.42")
	which := filters.NewArgs(filters.Arg("dangling", "true"))
	for _, label := range asked["label"] {
		if label != k.Label {
			which.Add("label", label)
		}
	}
	unused, err := k.Daemon.VolumeList(r.Context(), volume.ListOptions{Filters: which})
	if err != nil {
		return body
	}
	for _, v := range unused.Volumes {
		_, was := k.Baseline.Volumes[v.Name]
		if was || !k.owns("volume", v.Name) || !named && !anonymous.MatchString(v.Name) {
			continue
		}
		if k.Daemon.VolumeRemove(r.Context(), v.Name, false) == nil {
			report.VolumesDeleted = append(report.VolumesDeleted, v.Name)
		}
	}
	return remarshal(report, body)
}

// versionOf gives the API version that a call speaks; one without is the newest's.
func versionOf(r *http.Request) string {
	if found := apiVersion.FindString(r.URL.Path); found != "" {
		return strings.TrimPrefix(found, "/v")
	}
	return "9.99"
}

// narrowCache has a prune of the build cache go by the ids of what the lab built: an engine
// ignores labels there.
func (k *Keeper) narrowCache(r *http.Request, _ checker.Endpoint) error {
	ids, err := k.newCache(r.Context())
	if err != nil {
		return err
	}
	wanted := parseFilters(r.URL.Query().Get("filters"))
	if own := wanted["id"]; len(own) == 1 { // the engine takes it for a pattern, and takes one only
		pattern, err := regexp.Compile(own[0])
		ids = slices.DeleteFunc(ids, func(id string) bool { return err != nil || !pattern.MatchString(id) })
	}
	if len(ids) == 0 {
		return &answered{http.StatusOK, map[string]any{"CachesDeleted": nil, "SpaceReclaimed": 0}}
	}
	if wanted == nil {
		wanted = map[string][]string{}
	}
	wanted["id"] = []string{AnyOf(ids)}
	setFilters(r, wanted)
	return nil
}

// newCache lists the records of the build cache that came about while the lab was building.
func (k *Keeper) newCache(ctx context.Context) ([]string, error) {
	usage, err := k.Daemon.DiskUsage(ctx, types.DiskUsageOptions{Types: []types.DiskUsageObject{types.BuildCacheObject}})
	if err != nil {
		return nil, fmt.Errorf("finding out what build cache is the lab's: %w", err)
	}
	var ids []string
	for _, record := range usage.BuildCache {
		if k.Built != nil && k.Built(record.CreatedAt) {
			ids = append(ids, record.ID)
		}
	}
	return ids, nil
}

// AnyOf gives the value of the filter id that means these records of the build cache alone:
// an engine takes one, as a pattern in quotes (docker/docker, builder/builder-next:
// toBuildkitPruneInfo).
func AnyOf(ids []string) string {
	quoted := make([]string, len(ids))
	for i, id := range ids {
		quoted[i] = regexp.QuoteMeta(id)
	}
	return strconv.Quote("^(" + strings.Join(quoted, "|") + ")$")
}
