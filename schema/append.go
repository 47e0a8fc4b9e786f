package schema

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// New returns the header of a new manifest, ready for its first item: the editor's modeline, the metadata and "steps:".
// RetryOf is left out when empty.
func New(id, title, retryOf string) []byte {
	var b bytes.Buffer
	b.WriteString("# yaml-language-server: $schema=../../../" + SchemaDir + "/" + Patch.File() + "\n")
	b.WriteString("apiVersion: tambal/v1\nkind: SecurityPatch\nmetadata:\n")
	for _, field := range [][2]string{{"id", id}, {"title", title}, {"retryOf", retryOf}} {
		if field[1] != "" {
			fmt.Fprintf(&b, "  %s: %s\n", field[0], oneLine(field[1]))
		}
	}
	b.WriteString(stepsLine + "\n")
	return b.Bytes()
}

// oneLine writes a text on one line, in quotes wherever a reader might not take it for text.
func oneLine(s string) string {
	if safePlain(s) {
		return s
	}
	var b strings.Builder
	enc := json.NewEncoder(&b) // a JSON string is a YAML string
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		return `""` // cannot happen: a string can always be encoded
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// Value is an item's body as Append takes it.
func Value(body any) (map[string]any, error) {
	b, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber()
	m := map[string]any{}
	return m, dec.Decode(&m)
}

// Append returns data with one more item at its end: the item's lines in the schema's key order, everything before them
// untouched. It reads the result back and refuses (with an *Error) what would not be the same items plus this value. It
// does not judge the value by the schema or the policy: Parse and the rules do.
func Append(data []byte, item string, value map[string]any) ([]byte, error) {
	if _, ok := itemName([]byte("  - " + item + ":")); !ok {
		return nil, refused("append.name", item)
	}
	body, err := plainJSON(value)
	if err != nil {
		return nil, err
	}
	before, err := stepsOf(data, math.MaxInt)
	if err != nil {
		return nil, err
	}
	lib, err := schemas()
	if err != nil {
		return nil, err
	}
	for _, block := range []bool{true, false} {
		out, err := encodeItem(item, lib.node(lib.item(item), body, block))
		if err != nil {
			return nil, fmt.Errorf("write item %s: %w", item, err)
		}
		out = append(slices.Clip(data), out...)
		after, err := stepsOf(out, len(before))
		if err == nil {
			if _, differ := difference(append(before[:len(before):len(before)], map[string]any{item: body}), after, nil); !differ {
				return out, nil
			}
		}
		if !block { // quoting everything did not help either
			return nil, cmp.Or(err, refused("append.changed", item))
		}
	}
	return nil, refused("append.changed", item)
}

func refused(code string, args ...any) error {
	return &Error{[]Problem{{Rule: RuleSchema, Code: code, Args: args}}}
}

// plainJSON turns a caller's value into what a document holds: maps, lists, texts, booleans and whole numbers.
func plainJSON(value map[string]any) (map[string]any, error) {
	body, err := Value(value)
	if err != nil {
		return nil, fmt.Errorf("write item: %w", err)
	}
	if len(body) == 0 {
		return nil, refused("append.empty")
	}
	return body, vet(body, nil)
}

// vet refuses what no strict document may hold: null, fractions, negative numbers, invisible characters.
func vet(v any, path []string) error {
	switch v := v.(type) {
	case nil:
		return refused("yaml.null", fieldName(path))
	case json.Number:
		if plainKind(v.String()) != plainInt {
			return refused("yaml.quote", v.String())
		}
	case string:
		if r, bad := forbiddenRune(v); bad {
			return refused("yaml.character", fmt.Sprintf("U+%04X", r))
		}
	case []any:
		for _, item := range v {
			if err := vet(item, path); err != nil {
				return err
			}
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			if r, bad := forbiddenRune(name); bad {
				return refused("yaml.character", fmt.Sprintf("U+%04X", r))
			}
			if err := vet(v[name], append(path[:len(path):len(path)], name)); err != nil {
				return err
			}
		}
	}
	return nil
}

// stepsOf reads the items of a manifest; a header that New made has none. The form of the first landed ones is not judged.
func stepsOf(data []byte, landed int) ([]any, error) {
	if segments := Segments(data); len(segments) == 1 {
		if !bytes.HasSuffix(data, []byte("\n"+stepsLine+"\n")) {
			return nil, refused("frame.steps")
		}
		_, ps := ParseYAML(append(slices.Clip(data), "  - probe:\n      note: probe\n"...))
		if len(ps) > 0 {
			return nil, &Error{ps}
		}
		return nil, nil
	}
	d, ps := ParseYAML(data)
	if d == nil {
		return nil, &Error{ps}
	}
	ps = append(frameProblems(data, d), SecondOpinion(data, d)...)
	if len(ps) == 0 { // else there may be no items
		ps = oddItems(data, d, landed)
	}
	if len(ps) > 0 {
		return nil, &Error{problems(ps).sorted()}
	}
	return d.Value.(map[string]any)["steps"].([]any), nil
}

// encodeItem writes one item as it is written below "steps:", in the frame's indentation.
func encodeItem(item string, body *yaml.Node) ([]byte, error) {
	step := mappingNode(textNode(item, false), body)
	list := &yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{step}}
	root := mappingNode(textNode(strings.TrimSuffix(stepsLine, ":"), false), list)
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := enc.Encode(root); err != nil {
		return nil, err
	}
	return bytes.TrimPrefix(b.Bytes(), []byte(stepsLine+"\n")), nil
}

func mappingNode(content ...*yaml.Node) *yaml.Node {
	return &yaml.Node{Kind: yaml.MappingNode, Content: content}
}

// node builds the YAML of a value in the key order of its schema (nil for a part the schema does not know). With block,
// texts of several lines stand below a bar, as people write them.
func (l *library) node(schema *yaml.Node, v any, block bool) *yaml.Node {
	schema = l.resolve(Patch.File(), schema)
	switch v := v.(type) {
	case map[string]any:
		_, properties := child(schema, "properties")
		n := mappingNode()
		for _, name := range inOrder(v, keys(properties)) {
			_, sub := child(properties, name)
			n.Content = append(n.Content, textNode(name, false), l.node(sub, v[name], block))
		}
		return n
	case []any:
		_, items := child(schema, "items")
		n := &yaml.Node{Kind: yaml.SequenceNode}
		for _, item := range v {
			n.Content = append(n.Content, l.node(items, item, block))
		}
		return n
	case string:
		return textNode(v, block)
	case bool:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: fmt.Sprint(v)}
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: fmt.Sprint(v)}
}

// inOrder returns the map's keys: first those the schema names, in its order, then the rest by name.
func inOrder(m map[string]any, order []string) []string {
	names := slices.DeleteFunc(slices.Clone(order), func(name string) bool {
		_, there := m[name]
		return !there
	})
	for _, name := range slices.Sorted(maps.Keys(m)) {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// textNode chooses how a text is written: plain, below a bar, or in quotes.
func textNode(s string, block bool) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s, Style: yaml.DoubleQuotedStyle}
	if safePlain(s) {
		n.Style = 0
	} else if block && blockText.MatchString(s) {
		n.Style = yaml.LiteralStyle
	}
	return n
}

var (
	// plainShape leaves out every character that means something in YAML at that place.
	plainShape = regexp.MustCompile(`^\pL[^\n\t#:"'{}\[\],&*!|>%@` + "`" + `\\]*$`)
	// blockText is several lines that begin and end with something visible and have no blanks at their ends.
	blockText = regexp.MustCompile(`^(\S|\S[^\n\t]*\S)(\n+(\S|[^\n\t]*\S))+\n?$`)
)

// safePlain reports whether a text needs no quotes for any reader; a colon or hash inside a word is harmless.
func safePlain(s string) bool {
	words := strings.Split(s, " ")
	for i, w := range words {
		if w == "" || strings.HasSuffix(w, ":") || strings.HasPrefix(w, "#") || i > 0 && w == "-" {
			return false
		}
	}
	inner := strings.NewReplacer(":", ".", "#", ".", ",", ".", "'", ".", "\"", ".").Replace(s)
	return plainShape.MatchString(inner) && plainKind(s) == plainText && len(s) < 1000
}
