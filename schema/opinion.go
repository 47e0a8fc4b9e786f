package schema

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
	sigsyaml "sigs.k8s.io/yaml"
)

// Doubts reports what the strict reading of a manifest accepts and a person would still misread: another value in a second
// YAML reader; and, in what is added after the first landed items, a text that ends at " #" and a form that other readers
// refuse or take otherwise. The landed part keeps the verdict it had, because it can no longer be corrected.
func (m *Manifest) Doubts(landed int) []Problem {
	d := m.document()
	if d == nil {
		return nil
	}
	ps := problems(SecondOpinion(m.Data, d))
	c := cuts{lines: strings.Split(string(m.Data), "\n")}
	if landed == 0 {
		c.below(descend(d.root, "metadata", "title"))
	}
	for i := landed; i < len(m.Items); i++ {
		c.below(descend(d.root, "steps", strconv.Itoa(i)))
	}
	ps = append(ps, oddItems(m.Data, d, landed)...)
	return append(ps, c.problems...).sorted()
}

// document returns the reading of exactly the manifest's bytes: an older version that was cut from a newer one shares the
// newer one's.
func (m *Manifest) document() *Document {
	if it := m.Items[0]; len(it.data) == len(m.Data) {
		return it.doc
	}
	d, _ := ParseYAML(m.Data)
	return d
}

// CutTexts reports every plain value of a document that ends at " #": whoever wrote the text most likely meant it to go on,
// as in "see ticket #123", but YAML drops what follows as a comment.
func CutTexts(data []byte, d *Document) []Problem {
	c := cuts{lines: strings.Split(string(data), "\n")}
	c.below(d.root)
	return c.sorted()
}

// cuts looks for comments after plain values.
type cuts struct {
	problems
	lines []string
}

// below looks at a node and what it holds. Keys are not texts, and a flow collection marks its own end: a comment after
// either hides nothing.
func (c *cuts) below(n *yaml.Node) {
	switch {
	case n == nil || n.Style&yaml.FlowStyle != 0 || len(c.problems) >= maxProblems:
	case n.Kind == yaml.ScalarNode && n.Style == 0:
		c.plain(n)
	case n.Kind == yaml.SequenceNode:
		for _, item := range n.Content {
			c.below(item)
		}
	case n.Kind == yaml.MappingNode:
		for i := 1; i < len(n.Content); i += 2 {
			c.below(n.Content[i])
		}
	}
}

// plain follows a plain value over its lines, as long as they hold words of it, up to a comment after it. The library's
// own comments are not used: it ties some of them to a neighbour.
func (c *cuts) plain(n *yaml.Node) {
	words, column := len(strings.Fields(n.Value)), n.Column
	for line := n.Line; words > 0 && line <= len(c.lines); line++ {
		runes := []rune(c.lines[line-1])
		rest := string(runes[min(column-1, len(runes)):])
		text, comment, cut := strings.Cut(rest, " #")
		if cut {
			at := Pos{line, column + len([]rune(text)) + 1}
			c.add(RuleAmbiguous, "yaml.cut", at, "#"+comment)
			return
		}
		words -= len(strings.Fields(text))
		column = 1
	}
}

// SecondOpinion reads the same bytes with a YAML 1.1 library and reports where it sees another JSON value than d does. A
// file that two readers understand differently would be approved as one text and acted on as another.
func SecondOpinion(data []byte, d *Document) (out []Problem) {
	var ps problems
	other, err := secondReading(data)
	if err != nil {
		ps.add(RuleAmbiguous, "yaml.second-parse", Pos{Line: 1, Column: 1}, err.Error())
		return ps
	}
	if path, differ := difference(d.Value, other, nil); differ {
		ps.add(RuleAmbiguous, "yaml.second-opinion", d.At(path...), fieldName(path))
	}
	return ps
}

// secondReading survives a panic of the library, since the input comes from strangers.
func secondReading(data []byte) (value any, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	text, err := sigsyaml.YAMLToJSONStrict(data)
	if err != nil {
		return nil, err
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	return value, dec.Decode(&value)
}

// difference returns the path of the first place where two JSON values differ.
func difference(a, b any, path []string) ([]string, bool) {
	switch a := a.(type) {
	case map[string]any:
		b, ok := b.(map[string]any)
		if !ok || len(a) != len(b) {
			return path, true
		}
		for _, name := range slices.Sorted(maps.Keys(a)) {
			if _, there := b[name]; !there {
				return path, true
			}
			if where, differ := difference(a[name], b[name], append(slices.Clip(path), name)); differ {
				return where, true
			}
		}
		return nil, false
	case []any:
		b, ok := b.([]any)
		if !ok || len(a) != len(b) {
			return path, true
		}
		for i := range a {
			if where, differ := difference(a[i], b[i], append(slices.Clip(path), strconv.Itoa(i))); differ {
				return where, true
			}
		}
		return nil, false
	}
	return path, !reflect.DeepEqual(a, b)
}
