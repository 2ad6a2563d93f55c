package sandbox

import (
	"context"
	"fmt"
	"slices"
	"time"

	"docker-tutor/checker"
	"docker-tutor/sandbox/guard"

	"github.com/docker/docker/api/types"
	"github.com/docker/docker/api/types/build"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/versions"
)

// BuildCache lists what BuildKit keeps of builds on an engine, id to description. Engines
// before API 1.42 walk all images for the answer: they are asked only where the docker CLI
// builds by BuildKit.
func BuildCache(ctx context.Context, e *Engine) (map[string]string, error) {
	records, err := cacheRecords(ctx, e)
	ids := map[string]string{}
	for _, r := range records {
		ids[r.ID] = r.Description
	}
	return ids, err
}

func cacheRecords(ctx context.Context, e *Engine) ([]*build.CacheRecord, error) {
	if versions.LessThan(e.ClientVersion(), "1.42") && !buildsByBuildKit() {
		return nil, nil
	}
	usage, err := e.DiskUsage(ctx, types.DiskUsageOptions{Types: []types.DiskUsageObject{types.BuildCacheObject}})
	if err != nil {
		return nil, fmt.Errorf("listing the build cache: %w", err)
	}
	return usage.BuildCache, nil
}

// span is the time that a build of the lab's took, by the daemon's clock.
type span struct{ from, to time.Time }

// addBuild remembers when the lab built, by a call that has just ended: build cache carries
// no label. ahead is by how much the daemon's clock is.
func (m *ledger) addBuild(c checker.Call, ahead time.Duration) {
	if c.Build != nil && !c.Refused {
		m.add("build", fmt.Sprintf("%d %d", c.Time.Add(ahead).UnixNano(), time.Now().Add(ahead).UnixNano()))
	}
}

// built tells whether the lab was building at that moment, by the daemon's clock.
func (m *ledger) built(at time.Time) bool {
	return slices.ContainsFunc(m.builds(), func(s span) bool { return !at.Before(s.from) && !at.After(s.to) })
}

func (m *ledger) builds() (spans []span) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for line := range m.made {
		var from, to int64
		if _, err := fmt.Sscanf(line, "build %d %d", &from, &to); err == nil {
			spans = append(spans, span{time.Unix(0, from), time.Unix(0, to)})
		}
	}
	return spans
}

// removeBuildCache takes away what was cached while the lab was building. What else was
// built at that very moment loses its cache too, and no more than that. BuildKit removes
// nothing that is in use, and lets go of it a moment after a build has ended; it tells nobody when.
func (l *Lab) removeBuildCache(ctx context.Context) error {
	if len(l.made.builds()) == 0 {
		return nil
	}
	for pause, idle := 20*time.Millisecond, 0; ; pause *= 2 {
		left, inUse, err := l.pruneBuildCache(ctx)
		if !inUse {
			idle++ // free now, or built upon by somebody else
		}
		if err != nil || left == 0 || idle > 1 || pause > 2*time.Second {
			return err
		}
		time.Sleep(pause)
	}
}

// pruneBuildCache tells how much of the lab's own cache could not be removed, and whether any of
// that is in use.
func (l *Lab) pruneBuildCache(ctx context.Context) (left int, inUse bool, err error) {
	ids, _, err := l.ownCache(ctx)
	if err != nil || len(ids) == 0 {
		return 0, false, err
	}
	filter := filters.NewArgs(filters.Arg("id", guard.AnyOf(ids)))
	removed, err := l.Engine.BuildCachePrune(ctx, build.CachePruneOptions{All: true, Filters: filter})
	if err != nil {
		return 0, false, fmt.Errorf("removing the build cache of the exercise: %w", err)
	}
	if len(removed.CachesDeleted) >= len(ids) {
		return 0, false, nil
	}
	ids, inUse, err = l.ownCache(ctx)
	return len(ids), inUse, err
}

// ownCache gives the ids of what was cached while the lab was building.
func (l *Lab) ownCache(ctx context.Context) (ids []string, inUse bool, err error) {
	records, err := cacheRecords(ctx, l.Engine)
	for _, r := range records {
		if l.made.built(r.CreatedAt) {
			ids, inUse = append(ids, r.ID), inUse || r.InUse
		}
	}
	return ids, inUse, err
}
