package schema

import (
	"encoding/json"
	"io/fs"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

func TestEverySchemaCompiles(t *testing.T) {
	names, _ := fs.Glob(FS, "*.json")
	lib, err := schemas()
	if err != nil {
		t.Fatal(err)
	}
	if len(names) != len(lib.compiled) {
		t.Errorf("%d files, %d compiled", len(names), len(lib.compiled))
	}
	for _, k := range []Kind{Patch, Procedure, Team, Calendar, Result} {
		if lib.compiled[k.File()] == nil {
			t.Errorf("no schema for %s", k)
		}
		if _, id := child(lib.raw[k.File()], "$id"); id == nil || id.Value != base+k.File() {
			t.Errorf("%s has another $id", k)
		}
	}
}

// TestEveryPropertyIsDescribed keeps the editor's help complete in both languages.
func TestEveryPropertyIsDescribed(t *testing.T) {
	lib, err := schemas()
	if err != nil {
		t.Fatal(err)
	}
	for file, root := range lib.raw {
		var walk func(n *yaml.Node, path string)
		walk = func(n *yaml.Node, path string) {
			if _, properties := child(n, "properties"); properties != nil && properties.Kind == yaml.MappingNode && !strings.HasSuffix(path, "/properties") {
				for i := 0; i+1 < len(properties.Content); i += 2 {
					name, property := properties.Content[i].Value, properties.Content[i+1]
					for _, key := range []string{"description", "x-description-en"} {
						if _, text := child(property, key); text == nil || strings.TrimSpace(text.Value) == "" {
							t.Errorf("%s%s/properties/%s has no %s", file, path, name, key)
						}
					}
				}
			}
			for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
				if n.Content[i].Value != "enum" && n.Content[i].Value != "required" {
					walk(n.Content[i+1], path+"/"+n.Content[i].Value)
				}
			}
		}
		walk(root, "")
	}
}

// TestManifestSchemaStaysPlain: editors complete properties and $defs, and read little else well.
func TestManifestSchemaStaysPlain(t *testing.T) {
	text, err := FS.ReadFile(Patch.File())
	if err != nil {
		t.Fatal(err)
	}
	for _, keyword := range []string{"oneOf", "anyOf", "allOf", "if", "then", "not", "patternProperties"} {
		if strings.Contains(string(text), `"`+keyword+`":`) {
			t.Errorf("patch schema uses %s", keyword)
		}
	}
	for _, ref := range regexp.MustCompile(`"\$ref": "([^"]*)"`).FindAllStringSubmatch(string(text), -1) {
		if !strings.HasPrefix(ref[1], "#/$defs/") {
			t.Errorf("reference to %s", ref[1])
		}
	}
}

// TestSchemaAndTypesAgree compares the JSON Schema with the Go types, field by field.
func TestSchemaAndTypesAgree(t *testing.T) {
	names := append(knownItems(), "ninth-step")
	for _, name := range names {
		compareType(t, name, Fields(name), reflect.TypeOf(newBody(name)).Elem())
		if generic := reflect.TypeOf(newBody(name)).Elem() == reflect.TypeFor[Generic](); generic != (name == "ninth-step") {
			t.Errorf("%s: schema and newBody disagree about which items are known", name)
		}
	}
}

func knownItems() []string {
	lib, _ := schemas()
	return keys(lib.at(Patch.File() + "#/$defs/step/properties"))
}

func compareType(t *testing.T, path string, fields []Field, typ reflect.Type) {
	t.Helper()
	have := map[string]reflect.Type{}
	for _, f := range reflect.VisibleFields(typ) {
		if tag := f.Tag.Get("json"); tag != "" {
			name, omit, _ := strings.Cut(tag, ",")
			have[name] = f.Type
			if i := slices.IndexFunc(fields, func(g Field) bool { return g.Name == name }); i >= 0 && fields[i].Required && omit != "" && !f.Anonymous && name != "startedAt" && name != "finishedAt" {
				t.Errorf("%s.%s is required but its type leaves it out when empty", path, name)
			}
		}
	}
	for _, f := range fields {
		typ, ok := have[f.Name]
		if !ok {
			t.Errorf("%s has no Go field for %s", path, f.Name)
			continue
		}
		delete(have, f.Name)
		compareKind(t, path+"."+f.Name, f, typ)
	}
	for name := range have {
		t.Errorf("the schema has no %s.%s", path, name)
	}
}

func compareKind(t *testing.T, path string, f Field, typ reflect.Type) {
	t.Helper()
	if typ.Kind() == reflect.Pointer {
		typ = typ.Elem()
	}
	want := map[string][]reflect.Kind{"string": {reflect.String}, "boolean": {reflect.Bool}, "integer": {reflect.Int, reflect.Int64},
		"array": {reflect.Slice}, "object": {reflect.Struct}}[f.Kind]
	if !slices.Contains(want, typ.Kind()) {
		t.Errorf("%s: schema says %q, Go says %s", path, f.Kind, typ)
		return
	}
	switch f.Kind {
	case "array":
		compareKind(t, path, *f.Items, typ.Elem())
	case "object":
		compareType(t, path, f.Fields, typ)
	}
}

func TestFields(t *testing.T) {
	fields := Fields(ItemMonitoring)
	var names []string
	for _, f := range fields {
		names = append(names, f.Name)
	}
	if got, want := strings.Join(names, " "), "startedAt finishedAt trigger sources vulnerabilities systems decision reason evidence"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	decision := fields[6]
	if !decision.Required || !slices.Equal(decision.Enum, []string{"required", "not-required"}) || decision.Description["en"] == "" || decision.Description["id"] == "" {
		t.Errorf("%+v", decision)
	}
	owner := fields[5].Items.Fields[1]
	if got := strings.Join(owner.Path, "/"); got != "systems/*/owner" || !owner.Required {
		t.Errorf("path %s", got)
	}
}

// TestCodesAreAllProvoked: a code that no test gives is a code that no user gets, or a hole in the tests. The codes are read
// from the package's own source.
func TestCodesAreAllProvoked(t *testing.T) {
	files, _ := fs.Glob(os.DirFS("."), "*.go")
	var source, tests strings.Builder
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(f, "_test.go") {
			tests.Write(text)
		} else {
			source.Write(text)
		}
	}
	codes := []string{"schema.type.array", "schema.type.boolean", "schema.type.integer", "schema.type.object", "schema.type.string"}
	for _, m := range regexp.MustCompile(`"((?:append|frame|item|schema|yaml)\.[a-z-]+)"`).FindAllStringSubmatch(source.String(), -1) {
		codes = append(codes, m[1])
	}
	if slices.Sort(codes); len(slices.Compact(slices.Clone(codes))) < 55 {
		t.Errorf("only %d codes are found", len(codes))
	}
	for _, code := range codes {
		if code != "append.changed" && !strings.Contains(tests.String(), code) { // the last resort of a writer that is proven right
			t.Errorf("no test expects %s", code)
		}
	}
}

func TestSchemasAreTidyJSON(t *testing.T) {
	names, _ := fs.Glob(FS, "*.json")
	for _, name := range names {
		text, _ := FS.ReadFile(name)
		if !json.Valid(text) || text[len(text)-1] != '\n' {
			t.Errorf("%s is not tidy", name)
		}
	}
}
