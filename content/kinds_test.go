package content

import (
	"slices"
	"strings"
	"testing"
)

const forKinds = "# A {#lesson}\n\nA.\n\n## R {#r}\n\nBefore.\n\n::: containerd\nAn index.\n:::\n::: graph-driver legacy-builder\nOld and older.\n:::\n\n" +
	"```sh\n::: containerd\n```\n\n## E {#e}\n\n1. One\n   ::: buildkit\n   Built.\n   :::\n2. Two\n"

func TestWordsFor(t *testing.T) {
	w, faults := ParseWords("a.md", []byte(forKinds))
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	for _, test := range []struct {
		traits     []string
		want, lack []string
	}{
		{[]string{"containerd", "buildkit", "since-23"}, []string{"Before.", "An index.", "Built."}, []string{"Old"}},
		{[]string{"graph-driver", "legacy-builder", "before-23"}, []string{"Before.", "Old and older."}, []string{"An index", "Built"}},
		{[]string{"graph-driver", "buildkit", "since-23"}, []string{"Before.", "Built."}, []string{"An index", "Old"}},
		{nil, []string{"*With the containerd image store:*", "An index.", "*Without the containerd image store, With the legacy builder:*", "*With BuildKit:*"}, nil},
	} {
		other := w.For(test.traits, English)
		r, _ := other.Part("r")
		e, _ := other.Part("e")
		text := r.Text + "\n" + e.Text
		for _, want := range append(test.want, "```sh\n::: containerd\n```") {
			if !strings.Contains(text, want) {
				t.Errorf("%v: %q is not in\n%s", test.traits, want, text)
			}
		}
		for _, lack := range test.lack {
			if strings.Contains(text, lack) {
				t.Errorf("%v: %q is in\n%s", test.traits, lack, text)
			}
		}
		if len(e.Items) != 2 || len(e.loose) > 0 {
			t.Errorf("%v: got the items %v and the loose lines %v", test.traits, e.Items, e.loose)
		}
	}
}

func TestKindFaults(t *testing.T) {
	for text, want := range map[string]string{
		"::: nosuch\nx\n:::\n": `"nosuch" is no kind of engine; these are: containerd, graph-driver, buildkit, legacy-builder, since-23, before-23`,
		":::\n":                "no passage begins above; one begins like this: ::: containerd",
		"::: buildkit\nx\n":    "this passage is not ended; end it with ::: alone on a line",
		"::: buildkit\nx\n::: containerd\ny\n:::\n": "the passage of line 5 is not ended yet; end it with ::: alone on a line",
	} {
		_, faults := ParseWords("a.md", []byte("# A {#lesson}\n\nA.\n\n"+text))
		var got []string
		for _, f := range faults {
			got = append(got, f.Message)
		}
		if !slices.Equal(got, []string{want}) {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
