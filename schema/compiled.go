package schema

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v5"
	"go.yaml.in/yaml/v3"
)

// base is the address the schemas carry as $id. Nothing is ever fetched from it.
const base = "https://github.com/tambal-id/tambal/schema/"

// library is every embedded schema, compiled, and its text as nodes, which keep the order of the keys.
type library struct {
	compiled map[string]*jsonschema.Schema
	raw      map[string]*yaml.Node
}

var schemas = sync.OnceValues(func() (*library, error) { return compile(FS) })

// compile compiles all *.v1.json of fsys against each other only.
func compile(fsys fs.FS) (*library, error) {
	names, err := fs.Glob(fsys, "*.v1.json")
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	c.Draft = jsonschema.Draft2020
	c.AssertFormat = true // off in 2020-12 unless asked for
	c.Formats["date-time"] = textFormat(func(s string) bool { return !Time(s).IsZero() })
	c.Formats["date"] = textFormat(func(s string) bool { return !Date(s).IsZero() })
	c.Formats["evidence-path"] = textFormat(portablePath)
	c.LoadURL = func(address string) (io.ReadCloser, error) { // the library would read files
		return nil, fmt.Errorf("schema %s is not embedded", address)
	}
	lib := &library{compiled: map[string]*jsonschema.Schema{}, raw: map[string]*yaml.Node{}}
	for _, name := range names {
		text, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, err
		}
		var doc yaml.Node // JSON is YAML
		if err := yaml.Unmarshal(text, &doc); err != nil {
			return nil, fmt.Errorf("read schema %s: %w", name, err)
		}
		lib.raw[name] = doc.Content[0]
		if err := c.AddResource(base+name, bytes.NewReader(text)); err != nil {
			return nil, fmt.Errorf("read schema %s: %w", name, err)
		}
	}
	for _, name := range names {
		if lib.compiled[name], err = c.Compile(base + name); err != nil {
			return nil, err
		}
	}
	return lib, nil
}

// textFormat asserts a format on strings and leaves every other type to the keyword "type".
func textFormat(ok func(string) bool) func(any) bool {
	return func(v any) bool {
		s, isText := v.(string)
		return !isText || ok(s)
	}
}

// portablePath reports whether a path can be written on every system. Windows keeps device names to itself, with any
// extension; the schema's pattern has already limited the characters.
func portablePath(p string) bool {
	for name := range strings.SplitSeq(p, "/") {
		stem, _, _ := strings.Cut(strings.ToLower(name), ".")
		switch stem {
		case "", "con", "prn", "aux", "nul", "conin$", "conout$":
			return false
		}
		if len(stem) == 4 && (strings.HasPrefix(stem, "com") || strings.HasPrefix(stem, "lpt")) && stem[3] >= '0' && stem[3] <= '9' {
			return false
		}
		if strings.HasSuffix(name, ".") {
			return false
		}
	}
	return true
}

// at returns the schema's text at a location such as "https://…/patch.v1.json#/$defs/plan/required".
func (l *library) at(location string) *yaml.Node {
	file, pointer, _ := strings.Cut(location, "#")
	return descend(l.raw[path.Base(file)], splitPointer(pointer)...)
}

// resolve follows a local $ref; keywords beside it (a description) stay with the caller.
func (l *library) resolve(file string, n *yaml.Node) *yaml.Node {
	for range MaxDepth {
		_, ref := child(n, "$ref")
		if ref == nil {
			break
		}
		if n = l.at(file + ref.Value); n == nil {
			break
		}
	}
	return n
}

// splitPointer splits a JSON pointer that the library has percent-escaped on top.
func splitPointer(pointer string) []string {
	pointer = strings.TrimPrefix(pointer, "/")
	if pointer == "" {
		return nil
	}
	names := strings.Split(pointer, "/")
	for i, name := range names {
		if plain, err := url.PathUnescape(name); err == nil {
			name = plain
		}
		names[i] = strings.ReplaceAll(strings.ReplaceAll(name, "~1", "/"), "~0", "~")
	}
	return names
}

// keys returns the keys of a mapping, or the texts of a list, in the order of the file.
func keys(n *yaml.Node) []string {
	if n == nil {
		return nil
	}
	step := 1
	if n.Kind == yaml.MappingNode {
		step = 2
	}
	var out []string
	for i := 0; i < len(n.Content); i += step {
		out = append(out, n.Content[i].Value)
	}
	return out
}

// Time reads an RFC 3339 time as it is written in a manifest; anything else, also "", is the zero time.
func Time(s string) time.Time {
	t, _ := time.Parse(time.RFC3339, s)
	return t
}

// Date reads a day such as 2026-02-16 as midnight UTC; anything else is the zero time.
func Date(s string) time.Time {
	t, _ := time.Parse(time.DateOnly, s)
	return t
}

// Field describes one field of an item, for prompts and writers. Kind is string, integer, boolean, object or array; Path
// leads to it from the item, "*" standing for a list's items; Items describes those of an array and Fields those of an
// object, in the schema's order. Description has the keys "id" and "en".
type Field struct {
	Name        string
	Path        []string
	Kind        string
	Enum        []string
	Required    bool
	Description map[string]string
	Items       *Field
	Fields      []Field
}

// Fields returns the fields of an item in the schema's order; an item the schema does not name has the generic fields.
func Fields(item string) []Field {
	lib, err := schemas()
	if err != nil {
		return nil
	}
	return lib.field(lib.item(item), item, nil).Fields
}

// item returns the schema of an item's value.
func (l *library) item(name string) *yaml.Node {
	if n := l.at(Patch.File() + "#/$defs/step/properties/" + name); n != nil {
		return n
	}
	return l.at(Patch.File() + "#/$defs/generic")
}

func (l *library) field(n *yaml.Node, name string, path []string) Field {
	f := Field{Name: name, Path: path, Description: map[string]string{}}
	resolved := l.resolve(Patch.File(), n)
	for _, from := range []*yaml.Node{resolved, n} { // what stands beside a $ref is the nearer description
		for lang, key := range map[string]string{"id": "description", "en": "x-description-en"} {
			if _, text := child(from, key); text != nil {
				f.Description[lang] = text.Value
			}
		}
	}
	if _, kind := child(resolved, "type"); kind != nil {
		f.Kind = kind.Value
	}
	_, enum := child(resolved, "enum")
	f.Enum = keys(enum)
	if _, items := child(resolved, "items"); items != nil {
		item := l.field(items, "", append(path[:len(path):len(path)], "*"))
		f.Items = &item
	}
	if _, properties := child(resolved, "properties"); properties != nil {
		_, required := child(resolved, "required")
		for i := 0; i+1 < len(properties.Content); i += 2 {
			key := properties.Content[i].Value
			sub := l.field(properties.Content[i+1], key, append(path[:len(path):len(path)], key))
			sub.Required = slices.Contains(keys(required), key)
			f.Fields = append(f.Fields, sub)
		}
	}
	return f
}
