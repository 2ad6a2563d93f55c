package checker

import (
	"context"
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"docker-tutor/lessons"
)

// TestReferencesLikeDocker asserts, for many names and patterns, that the names counted
// are the lines that docker images prints.
func TestReferencesLikeDocker(t *testing.T) {
	l := openLab(t, "", "")
	for _, name := range []string{
		"dt-shop:1.0", "dt-shop:1.1", "dt-shop:10.1", "dt-shop:latest", "dt-shops:1.0", "dt-a/shop:1.0", "dt-a/b/shop:1.0",
		"dt-shop-2:1", "localhost:5000/dt-shop:1.0", "localhost:5000/dt-x/shop:2", "ghcr.io/dt-x/shop:1.0",
	} {
		l.must("docker tag busybox " + name)
		t.Cleanup(func() { l.run("docker rmi " + name) })
	}
	l.must("printf 'FROM busybox\nLABEL dt-lab=1' | docker build -q -t dt-shop:built -t dt-shop:again -")
	for _, pattern := range []string{
		"dt-shop", "dt-shop:*", "dt-shop:1*", "dt-shop:1.*", "dt-shop:1.?", "dt-shop:[12].0", "dt-shop*", "dt-shop*:1.0", "dt-*", "dt-*:*",
		"dt-shop:latest", "dt-shop:none", "dt-none", "dt-a/shop", "dt-a/*", "dt-a/*/*", "dt-*/shop", "dt-*/shop:1.0",
		"localhost:5000/dt-shop", "localhost:5000/dt-*", "localhost:5000/*/*:2", "docker.io/dt-shop", "docker.io/library/dt-shop", "library/dt-shop",
		"ghcr.io/dt-x/shop", "*/dt-x/*", "*/dt-x/*:*", "DT-shop", "dt-shop:[0-9]*", "dt-shop:\\1.0",
	} {
		printed := l.run("docker images --filter 'reference=" + pattern + "' --format '{{.Repository}}:{{.Tag}}'")
		want := strconv.Itoa(len(strings.Fields(printed)))
		got, err := Truth(context.Background(), l.daemon, &lessons.Answer{Computed: "image-names", Reference: l.own(pattern)})
		if err != nil || got != want {
			t.Errorf("%s: got %s (%v), want %s:\n%s", pattern, got, err, want, printed)
		}
		// Inventories are matched here, not by the daemon: they must not miss a name.
		for _, name := range strings.Fields(printed) {
			if !matches(l.own(pattern), name) {
				t.Errorf("%s: got no match with %s, which docker images prints", pattern, name)
			}
		}
		for _, name := range []string{"dt-shop:1.0", "dt-shop:10.1", "dt-a/b/shop:1.0"} {
			if name = l.own(name); matches(l.own(pattern), name) && !slices.Contains(strings.Fields(printed), name) && !strings.Contains(pattern, "docker.io") {
				t.Errorf("%s: got a match with %s, which docker images does not print", pattern, name)
			}
		}
	}
}

func TestTruthSaysWhatIsNotThere(t *testing.T) {
	for _, a := range []lessons.Answer{
		{Computed: "image-id", Image: "dt-none"},
		{Computed: "image-label", Image: "busybox", Label: "none"},
		{Computed: "container-exit-code", Container: "dt-none"},
		{Computed: "nonsense"},
	} {
		if got, err := Truth(context.Background(), connect(t), &a); err == nil || !strings.Contains(err.Error(), a.Computed) {
			t.Errorf("%+v: got %q and %v, want an error that names it", a, got, err)
		}
	}
	if got, err := Truth(context.Background(), nil, &lessons.Answer{Is: []string{"COPY", "ADD"}}); got != "COPY" || err != nil {
		t.Errorf("got %q and %v, want COPY", got, err)
	}
}

func TestInventory(t *testing.T) {
	v := Inventory{
		Containers: map[string]string{"c1": "dt-web"},
		Images:     map[string][]string{"sha256:1": {"busybox:latest", "localhost:5000/dt-app:1"}, "sha256:2": nil},
		Volumes:    map[string]string{"dt-data": "dt-data"},
		Networks:   map[string]string{"n1": "dt-net"},
	}
	for _, name := range []string{"dt-web", "dt-data", "dt-net", "busybox", "localhost:5000/dt-app", "dt-app"} {
		if !v.NameTaken(name) {
			t.Errorf("%s: got free, want taken", name)
		}
	}
	for _, name := range []string{"dt-we", "app", "latest", "n1", "c1", ""} {
		if v.NameTaken(name) {
			t.Errorf("%s: got taken, want free", name)
		}
	}
	for name, want := range map[string]string{
		"busybox": "sha256:1", "docker.io/library/busybox": "sha256:1", "busybox:1": "", "localhost:5000/dt-app:1": "sha256:1", "A B": "",
	} {
		if got := v.ImageOf(name); got != want || v.HasImageName(name) != (want != "") {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	if !v.HasImage("sha256:2") || v.HasImage("sha256:3") || !v.HasContainer("c1") || v.HasContainer("c2") {
		t.Error("IDs are mixed up")
	}
	text, err := json.Marshal(v)
	var again Inventory
	if err == nil {
		err = json.Unmarshal(text, &again)
	}
	if err != nil || !reflect.DeepEqual(v, again) {
		t.Errorf("got %+v (%v) back, want %+v", again, err, v)
	}
	if (Inventory{}).NameTaken("dt-web") || (Inventory{}).HasImageName("busybox") {
		t.Error("an empty inventory holds something")
	}
}

func TestLooksLike(t *testing.T) {
	for _, test := range []struct {
		found, wanted string
		want          bool
	}{
		{"dt-wbe", "dt-web", true},
		{"dt-wb", "dt-web", true},
		{"web", "dt-web", true},
		{"dt-web", "dt-web", false},
		{"dt-abc", "dt-web", false},
		{"dt-b", "dt-a", true},
		{"dt-parcle", "dt-parcel", true},
		{"dt-parcels-old", "dt-parcel", false},
		{"postgres", "dt-parcel", false},
	} {
		if got := looksLike(test.found, test.wanted); got != test.want {
			t.Errorf("%s for %s: got %v, want %v", test.found, test.wanted, got, test.want)
		}
	}
}

func TestNeighbours(t *testing.T) {
	for base, want := range map[string]string{
		"dt-web": "dt-* web", "busybox": "*", "localhost:5000/dt-app": "localhost:5000/dt-* localhost:5000/app", "dt-a/b": "dt-a/*",
	} {
		if got := neighbours(base); got != want {
			t.Errorf("%s: got %q, want %q", base, got, want)
		}
	}
}

func TestClosest(t *testing.T) {
	for wanted, want := range map[string]string{"dt-web": "dt-wb", "dt-db2": "dt-db1", "dt-db": "dt-db1", "postgres": "dt-db1"} {
		if got := closest([]string{"dt-wb", "dt-db3", "dt-db1"}, wanted); got != want {
			t.Errorf("%s: got %s, want %s", wanted, got, want)
		}
	}
}

func TestWords(t *testing.T) {
	command := []string{"sh", "-c", "echo 'it is' $A", ""}
	if got, want := words(command), `sh -c 'echo '\''it is'\'' $A' ''`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestLeadingNumber(t *testing.T) {
	for text, want := range map[string]int{"3": 3, "03": 3, "3 images": 3, "3.": 3, "3, I think": 3, "-1": -1, "+2": 2, "0": 0} {
		if got, ok := leadingNumber(text); !ok || got != want {
			t.Errorf("%q: got %d, %v, want %d", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "three", "3.5", "3 4", "3 of 5", "3images", "v3", "99999999999999999999"} {
		if got, ok := leadingNumber(text); ok {
			t.Errorf("%q: got %d, want no number", text, got)
		}
	}
}
