package schema

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v5"
	"go.yaml.in/yaml/v3"
)

// Validate checks the document against the schema of a kind and returns the problems from the top of the file.
func (d *Document) Validate(k Kind) []Problem { return d.validate(k, nil).sorted() }

// Decode fills a typed value from the document's value; fields the type does not have are an error. Validate first: only
// the schema compares names exactly.
func (d *Document) Decode(v any) error { return decode(d.Value, v) }

// Load reads, validates and decodes a file in one step. The document is nil when there is any problem.
func Load(k Kind, data []byte, v any) (*Document, []Problem) {
	d, ps := intake(data)
	if d == nil {
		return nil, ps.sorted()
	}
	if ps = append(ps, d.validate(k, ps)...); len(ps) > 0 {
		return nil, ps.sorted()
	}
	if err := d.Decode(v); err != nil {
		ps.add(RuleSchema, "schema.decode", d.At(), err.Error())
		return nil, ps
	}
	return d, nil
}

// validate leaves out what stands where a problem is known already: a scalar without quotes needs its quotes first.
func (d *Document) validate(k Kind, known problems) (ps problems) {
	lib, err := schemas()
	if err != nil {
		ps.add(RuleSchema, "schema.decode", d.At(), err.Error())
		return ps
	}
	ps = lib.check(k.File(), d)
	return slices.DeleteFunc(ps, func(p Problem) bool {
		return slices.ContainsFunc(known, func(q Problem) bool { return p.Pos == q.Pos })
	})
}

// check validates a document against one schema file of the library.
func (l *library) check(file string, d *Document) (ps problems) {
	schema := l.compiled[file]
	if schema == nil {
		ps.add(RuleSchema, "schema.decode", d.At(), "no schema "+file)
		return ps
	}
	err := schema.Validate(d.Value)
	var invalid *jsonschema.ValidationError
	if errors.As(err, &invalid) {
		t := translator{doc: d, lib: l}
		t.leaves(invalid)
		return t.problems
	}
	if err != nil {
		ps.add(RuleSchema, "schema.decode", d.At(), err.Error())
	}
	return ps
}

// translator turns the library's errors, which are English and point at parents, into codes at exact places.
type translator struct {
	problems
	doc *Document
	lib *library
}

func (t *translator) leaves(e *jsonschema.ValidationError) {
	for _, cause := range e.Causes {
		t.leaves(cause)
	}
	if len(e.Causes) == 0 {
		t.leaf(e)
	}
}

// simple are the keywords whose message needs the field and the schema's own figure only.
var simple = map[string]string{
	"minItems": "schema.min-items", "maxItems": "schema.max-items", "uniqueItems": "schema.unique",
	"minLength": "schema.min-length", "maxLength": "schema.max-length",
	"minimum": "schema.minimum", "maximum": "schema.maximum",
	"minProperties": "schema.one-key", "maxProperties": "schema.one-key",
}

func (t *translator) leaf(e *jsonschema.ValidationError) {
	location := splitPointer(e.AbsoluteKeywordLocation[strings.Index(e.AbsoluteKeywordLocation, "#")+1:])
	keyword := ""
	if len(location) > 0 {
		keyword = location[len(location)-1]
	}
	where := splitPointer(e.InstanceLocation)
	field, pos := fieldName(where), t.doc.At(where...)
	raw := t.lib.at(e.AbsoluteKeywordLocation)
	if raw == nil { // a keyword this package's schemas do not use
		t.add(RuleSchema, "schema.other", pos, field, e.Message)
		return
	}
	switch keyword {
	case "required":
		t.missing(where, keys(raw))
	case "additionalProperties":
		t.unknown(where, keys(t.lib.at(strings.TrimSuffix(e.AbsoluteKeywordLocation, keyword)+"properties")))
	case "type":
		t.wrongType(where, raw.Value, keys(raw))
	case "enum", "const":
		allowed := keys(raw)
		if raw.Value != "" {
			allowed = []string{raw.Value}
		}
		t.add(RuleSchema, "schema.enum", pos, field, t.textAt(where), strings.Join(allowed, ", "))
	case "pattern", "format":
		t.badForm(where, e.AbsoluteKeywordLocation, keyword)
	default:
		if code, ok := simple[keyword]; ok {
			t.add(RuleSchema, code, pos, field, raw.Value)
			return
		}
		t.add(RuleSchema, "schema.other", pos, field, e.Message)
	}
}

// missing names each absent field at the key that holds the object, where a person would add it.
func (t *translator) missing(where, required []string) {
	there := keys(descend(t.doc.root, where...))
	for _, name := range required {
		if !slices.Contains(there, name) {
			t.add(RuleSchema, "schema.required", t.doc.keyPos(where...), fieldName(append(slices.Clip(where), name)))
		}
	}
}

// unknown points at each key the schema does not have; encoding/json would have folded its case.
func (t *translator) unknown(where, known []string) {
	for _, name := range keys(descend(t.doc.root, where...)) {
		if slices.Contains(known, name) {
			continue
		}
		pos := t.doc.keyPos(append(slices.Clip(where), name)...)
		if i := slices.IndexFunc(known, func(k string) bool { return strings.EqualFold(k, name) }); i >= 0 {
			t.add(RuleSchema, "schema.unknown-key-case", pos, name, known[i])
		} else {
			t.add(RuleSchema, "schema.unknown-key", pos, name, strings.Join(known, ", "))
		}
	}
}

// wrongType asks for quotes where a number or boolean stands in the place of a text: its spelling matters (1.10, 2026).
func (t *translator) wrongType(where []string, want string, wants []string) {
	if want == "" && len(wants) > 0 {
		want = wants[0]
	}
	n := descend(t.doc.root, where...)
	if want == "string" && n != nil && n.Kind == yaml.ScalarNode && n.Style == 0 && plainKind(n.Value) != plainText {
		t.add(RuleAmbiguous, "yaml.quote", t.doc.At(where...), t.textAt(where))
		return
	}
	t.add(RuleSchema, "schema.type."+want, t.doc.At(where...), fieldName(where))
}

// badForm names an example from the schema, which says more than a regular expression; without one, the pattern. Where a
// pattern and a format both fail, the pattern is the nearer cause.
func (t *translator) badForm(where []string, location, keyword string) {
	parent := strings.TrimSuffix(location, keyword)
	pos, text := t.doc.At(where...), t.textAt(where)
	if slices.ContainsFunc(t.problems, func(p Problem) bool { return p.Pos == pos }) {
		return
	}
	if strings.TrimSpace(text) == "" {
		t.add(RuleSchema, "schema.blank", pos, fieldName(where))
		return
	}
	if examples := keys(t.lib.at(parent + "examples")); len(examples) > 0 {
		t.add(RuleSchema, "schema.pattern", pos, fieldName(where), text, examples[0])
		return
	}
	t.add(RuleSchema, "schema.pattern", pos, fieldName(where), text, t.lib.at(location).Value)
}

// textAt returns a scalar as the person wrote it, shortened for a message.
func (t *translator) textAt(where []string) string {
	n := descend(t.doc.root, where...)
	if n == nil {
		return ""
	}
	text := []rune(strings.ReplaceAll(n.Value, "\n", " "))
	if len(text) > 80 {
		return string(text[:80]) + "…"
	}
	return string(text)
}

// fieldName writes a path as people say it: "plan.targets.system"; the place says which of several.
func fieldName(path []string) string {
	var names []string
	for i, name := range path {
		if _, err := strconv.Atoi(name); err != nil && (i > 0 || name != "steps" || len(path) < 3) {
			names = append(names, name)
		}
	}
	return strings.Join(names, ".")
}
