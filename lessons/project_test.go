package lessons

import (
	"math/rand/v2"
	"reflect"
	"testing"
)

// TestProjectsAreRenamedWhole asserts that what Compose names after a project changes with
// it, and that a project is taken where one of those names is.
func TestProjectsAreRenamedWhole(t *testing.T) {
	ex := &Exercise{
		Files: map[string]string{"compose.yaml": "name: dt-shop\n"},
		Checks: []Check{
			{Statement: Statement{Compose: &Compose{Project: "dt-shop"}}},
			{Statement: Statement{Container: &Container{Name: "dt-shop-web-1"}}},
			{Statement: Statement{Volume: &Volume{Name: "dt-shop_data"}}},
			{Statement: Statement{Container: &Container{Name: "dt-shopping"}}},
		},
	}
	for taken, want := range map[string]map[string]string{
		"dt-none":      {},
		"dt-shop":      {"dt-shop": "dt-shop-2", "dt-shop-web-1": "dt-shop-2-web-1", "dt-shop_data": "dt-shop-2_data"},
		"dt-shop_data": {"dt-shop": "dt-shop-2", "dt-shop-web-1": "dt-shop-2-web-1", "dt-shop_data": "dt-shop-2_data"},
	} {
		b, err := Choose(ex, func(n string) bool { return n == taken }, nil, rand.New(rand.NewPCG(1, 1)))
		if err != nil || !reflect.DeepEqual(b.Renames, want) {
			t.Errorf("%s taken: got %v (%v), want %v", taken, b.Renames, err, want)
		}
	}
}
