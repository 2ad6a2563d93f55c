package lessons

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"

	"github.com/invopop/jsonschema"
)

//go:generate go test -run TestSchema -update

// Schema gives the JSON Schema (draft 2020-12) of a lesson file, for editors that
// complete and check YAML. It is made from the model; lesson.schema.json holds it.
// The decoder and Lint say more, and have the last word.
func Schema() ([]byte, error) {
	r := &jsonschema.Reflector{
		Anonymous:                  true,
		FieldNameTag:               "yaml",
		RequiredFromJSONSchemaTags: true,
		Mapper:                     oneOfVariants,
	}
	schema := r.ReflectFromType(reflect.TypeFor[Lesson]())
	for _, v := range shapeOf(reflect.TypeFor[Step]()).variants {
		t := reflect.TypeFor[Step]().FieldByIndex(v.index).Type
		maps.Copy(schema.Definitions, r.ReflectFromType(t).Definitions)
	}
	for _, definition := range schema.Definitions {
		loosen(definition)
	}
	schema.Title = "A lesson of docker-tutor"
	plain, err := json.Marshal(schema)
	if err != nil {
		return nil, fmt.Errorf("writing the JSON Schema of a lesson: %w", err)
	}
	var out bytes.Buffer
	if err := json.Indent(&out, plain, "", "  "); err != nil {
		return nil, fmt.Errorf("writing the JSON Schema of a lesson: %w", err)
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}

// oneOfVariants describes a struct with variants as exactly one of them, and leaves
// all other types to the reflector.
func oneOfVariants(t reflect.Type) *jsonschema.Schema {
	if t.Kind() != reflect.Struct || len(shapeOf(t).variants) == 0 {
		return nil
	}
	schema := &jsonschema.Schema{}
	for _, v := range shapeOf(t).variants {
		name := t.FieldByIndex(v.index).Type.Elem().Name()
		schema.OneOf = append(schema.OneOf, &jsonschema.Schema{Ref: "#/$defs/" + name})
	}
	return schema
}

// loosen lets a text be written without quotes where it looks like a number or a
// truth, as the decoder does. Words that are fixed, and ids, are texts already.
func loosen(s *jsonschema.Schema) {
	if s == nil {
		return
	}
	if s.Type == "string" && len(s.Enum) == 0 && s.Pattern == "" {
		s.Type = ""
		s.Extras = map[string]any{"type": []string{"string", "number", "boolean"}}
	}
	loosen(s.Items)
	loosen(s.AdditionalProperties)
	if s.Properties == nil {
		return
	}
	for p := s.Properties.Oldest(); p != nil; p = p.Next() {
		loosen(p.Value)
	}
}
