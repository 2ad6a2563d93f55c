package lessons

import (
	"bytes"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

const schemaFile = "lesson.schema.json"

func TestSchemaFileIsUpToDate(t *testing.T) {
	got, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	golden(t, schemaFile, string(got))
}

func TestSchemaAcceptsGoodLessons(t *testing.T) {
	files := append(glob(t, "[0-9][0-9]-*.yaml"), glob(t, "testdata/lint/*/*.yaml")...)
	schema := compiledSchema(t)
	for _, file := range append(files, "plain values") {
		data := []byte("id: small\nminutes: 5\nsteps: [{quiz: q, questions: [{id: a, text: [1.0, true, 2]}]}]\n")
		if file != "plain values" {
			data = read(t, file)
		}
		if err := schema.Validate(asJSON(t, data)); err != nil {
			t.Errorf("%s: got %v, want it accepted", file, err)
		}
	}
}

// TestSchemaAndDecoderReject breaks a good lesson in one way at a time.
func TestSchemaAndDecoderReject(t *testing.T) {
	const good = `id: small
minutes: 5
steps:
  - exercise: one
    vars: {web: {port: 8080}}
    checks:
      - {id: made, container: {name: dt-a, state: running, publish: ["{{.web}}:80"], exit-code: 0}}
    solution: docker ps
  - quiz: q
    questions: [{id: a, one: {right: a, wrong: [b]}}]
`
	schema := compiledSchema(t)
	if err := schema.Validate(asJSON(t, []byte(good))); err != nil {
		t.Fatalf("got %v, want the good lesson accepted", err)
	}
	parse(t, good)
	tests := []struct{ name, old, new string }{
		{"unknown key", "minutes: 5", "minutes: 5\ncolour: red"},
		{"unknown key inside", "{name: dt-a,", "{name: dt-a, nmae: b,"},
		{"missing key", "minutes: 5\n", ""},
		{"missing key inside", "name: dt-a, ", ""},
		{"no kind of step", "quiz: q", "id: q"},
		{"two kinds of step", "quiz: q", "quiz: q\n    reading: q"},
		{"word that is not known", "state: running", "state: runing"},
		{"not an id", "id: made", "id: Made"},
		{"number too small", "8080", "80"},
		{"number too big", "8080", "65536"},
		{"fraction", "minutes: 5", "minutes: 5.5"},
		{"text for a number", "exit-code: 0", "exit-code: none"},
		{"number for a list", `["{{.web}}:80"]`, "80"},
		{"text for a list", "wrong: [b]", "wrong: b"},
		{"list for a text", "name: dt-a", "name: [dt-a]"},
		{"empty list", "wrong: [b]", "wrong: []"},
		{"nothing", "solution: docker ps", "solution:"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			broken := []byte(strings.Replace(good, test.old, test.new, 1))
			if string(broken) == good {
				t.Fatalf("the good lesson has no %q", test.old)
			}
			if err := schema.Validate(asJSON(t, broken)); err == nil {
				t.Error("the schema accepts it, want it rejected")
			}
			if _, err := ParseLesson("x.yaml", broken); err == nil {
				t.Error("the decoder accepts it, want it rejected")
			}
		})
	}
}

func compiledSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	data, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource(schemaFile, doc); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// asJSON gives a YAML file as an editor's schema check sees it.
func asJSON(t *testing.T, data []byte) any {
	t.Helper()
	root, faults := readYAML("x.yaml", data)
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	return jsonOf(root)
}

func jsonOf(n *node) any {
	switch n.kind {
	case aMapping:
		m := map[string]any{}
		for i, k := range n.keys {
			m[k.text] = jsonOf(n.items[i])
		}
		return m
	case aList:
		l := []any{}
		for _, item := range n.items {
			l = append(l, jsonOf(item))
		}
		return l
	case aNumber:
		f, err := strconv.ParseFloat(n.text, 64)
		if err != nil {
			i, _ := strconv.ParseInt(n.text, 0, 64)
			return i
		}
		return f
	case aTruth:
		return n.text == "true"
	case aNothing:
		return nil
	}
	return n.text
}
