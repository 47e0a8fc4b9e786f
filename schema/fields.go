package schema

import "go.yaml.in/yaml/v3"

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
			for _, r := range keys(required) {
				sub.Required = sub.Required || r == key
			}
			f.Fields = append(f.Fields, sub)
		}
	}
	return f
}
