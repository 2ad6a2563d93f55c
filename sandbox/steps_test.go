package sandbox

import (
	"context"
	"slices"
	"strings"
	"testing"
)

// What one lab built is in the cache of the next, and gone with the steps; without them
// every lab builds anew. An engine that builds with BuildKit keeps no steps.
func TestKeepSteps(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	ctx := context.Background()
	ex := b.exercise("", "docker build -t dt-img:1 .")
	ex.Files = map[string]string{"Dockerfile": b.own("FROM busybox\nENV DT=dt-steps\nRUN echo dt-steps > /note\n")}
	before, err := TakeInventory(ctx, b.e)
	if err != nil {
		t.Fatal(err)
	}
	build := func(keep bool) (cached bool, steps []string) {
		l := b.open(ex)
		var out strings.Builder
		if err := l.Run(ctx, Script{Text: ex.Solution, Out: &out}); err != nil {
			t.Fatalf("%v\n%s", err, out.String())
		}
		if keep {
			if steps, err = l.KeepSteps(ctx); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := l.Close(ctx); err != nil {
			t.Fatal(err)
		}
		return strings.Count(out.String(), "Using cache") >= 2, steps
	}
	traits, err := b.e.Traits(ctx)
	if err != nil {
		t.Fatal(err)
	}
	_, steps := build(true)
	if legacy := slices.Contains(traits, "legacy-builder"); legacy != (len(steps) > 0) {
		t.Fatalf("legacy builder %v: got the steps %v", legacy, steps)
	} else if !legacy {
		return
	}
	if cached, _ := build(false); !cached {
		t.Error("with the steps kept: nothing came from the cache")
	}
	if err := RemoveSteps(ctx, b.e, steps); err != nil {
		t.Fatal(err)
	}
	after, err := TakeInventory(ctx, b.e)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range steps {
		if after.HasImage(id) || before.HasImage(id) {
			t.Errorf("the step %s: was there before %v, is there afterwards %v", id, before.HasImage(id), after.HasImage(id))
		}
	}
	if cached, _ := build(false); cached {
		t.Error("without the steps: something came from the cache")
	}
}
