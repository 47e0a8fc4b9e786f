package schema

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// The intake limits of every YAML file. They bound time and memory before anything is built from the input.
const (
	MaxSize   = 256 << 10 // bytes of a file
	MaxDepth  = 32        // nested collections
	MaxNodes  = 10_000    // keys and values
	MaxScalar = 64 << 10  // bytes of one text

	maxProblems = 100 // about one file: nobody reads more, and a bomb must not make more
)

// Document is one YAML file that was read strictly: its value as JSON and the place of every part of it.
type Document struct {
	// Value is map[string]any, []any, string, bool or json.Number (whole numbers from 0 up only).
	Value any
	root  *yaml.Node
}

// ParseYAML reads one strict YAML document: the subset that every YAML reader understands alike. Nil when there is any
// problem, so that a value which two readers could see differently is never used.
func ParseYAML(data []byte) (*Document, []Problem) {
	d, ps := intake(data)
	if len(ps) > 0 {
		return nil, ps.sorted()
	}
	return d, nil
}

// intake is ParseYAML for the callers inside: where only the form of scalars is wrong it also returns the document, with
// those scalars as text, so that one run can name the schema's problems too.
func intake(data []byte) (*Document, problems) {
	if ps := checkText(data); len(ps) > 0 {
		return nil, ps
	}
	root, ps := parseNodes(data)
	if len(ps) > 0 {
		return nil, ps
	}
	c := converter{lines: strings.Split(string(data), "\n")}
	value := c.value(root, 1)
	if c.fatal {
		return nil, c.problems
	}
	return &Document{Value: value, root: root}, c.problems
}

var yamlLine = regexp.MustCompile(`^yaml: line ([0-9]+): `)

// parseNodes runs the YAML library. It survives a panic of the library, since the input comes from strangers.
func parseNodes(data []byte) (root *yaml.Node, ps problems) {
	defer func() {
		if r := recover(); r != nil {
			root, ps = nil, nil
			ps.add(RuleSchema, "yaml.syntax", Pos{}, fmt.Sprint(r))
		}
	}()
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var doc, second yaml.Node
	if err := dec.Decode(&doc); err == io.EOF || err == nil && len(doc.Content) == 0 {
		ps.add(RuleSchema, "yaml.empty", Pos{Line: 1, Column: 1})
		return nil, ps
	} else if err != nil {
		return nil, syntaxProblem(err)
	}
	if err := dec.Decode(&second); err == nil {
		ps.add(RuleAmbiguous, "yaml.document", nodePos(&second))
		return nil, ps
	} else if err != io.EOF {
		return nil, syntaxProblem(err)
	}
	return doc.Content[0], nil
}

// syntaxProblem takes the line out of the library's message.
func syntaxProblem(err error) (ps problems) {
	msg, pos := err.Error(), Pos{}
	if m := yamlLine.FindStringSubmatch(msg); m != nil {
		pos.Line, _ = strconv.Atoi(m[1])
		pos.Column = 1
		msg = msg[len(m[0]):]
	}
	ps.add(RuleSchema, "yaml.syntax", pos, strings.TrimPrefix(msg, "yaml: "))
	return ps
}

func nodePos(n *yaml.Node) Pos { return Pos{n.Line, n.Column} }

// converter walks the nodes once: it refuses what is ambiguous and builds the JSON value.
type converter struct {
	problems
	lines []string
	runes []rune // of line number line, kept because a whole document may stand on one line
	line  int
	nodes int
	fatal bool // the value is not usable at all
}

func (c *converter) refuse(rule, code string, pos Pos, args ...any) any {
	c.fatal = true
	c.add(rule, code, pos, args...)
	return nil
}

// full reports whether enough is wrong to stop.
func (c *converter) full() bool { return c.nodes > MaxNodes || len(c.problems) >= maxProblems }

// value converts one node. Depth counts collections from 1.
func (c *converter) value(n *yaml.Node, depth int) any {
	if c.nodes++; c.nodes > MaxNodes {
		return c.refuse(RuleLimit, "yaml.nodes", nodePos(n), MaxNodes)
	}
	if code := c.forbidden(n); code != "" {
		return c.refuse(RuleAmbiguous, code, nodePos(n))
	}
	if n.Kind == yaml.ScalarNode {
		return c.scalar(n)
	}
	if depth > MaxDepth {
		return c.refuse(RuleLimit, "yaml.depth", nodePos(n), MaxDepth)
	}
	if n.Kind == yaml.SequenceNode {
		list := make([]any, 0, len(n.Content))
		for _, item := range n.Content {
			if c.full() {
				break
			}
			list = append(list, c.value(item, depth+1))
		}
		return list
	}
	return c.mapping(n, depth)
}

// forbidden names what no node may have: an alias, an anchor or a tag. The library drops the tag "!", so the text at the
// node's place is looked at as well.
func (c *converter) forbidden(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.AliasNode:
		return "yaml.alias"
	case n.Anchor != "":
		return "yaml.anchor"
	case n.Style&yaml.TaggedStyle != 0 || c.textAt(n) == '!':
		return "yaml.tag"
	}
	return ""
}

// textAt returns the character at which the node starts, or 0.
func (c *converter) textAt(n *yaml.Node) rune {
	if n.Line < 1 || n.Line > len(c.lines) {
		return 0
	}
	if c.line != n.Line {
		c.line, c.runes = n.Line, []rune(c.lines[n.Line-1])
	}
	if n.Column < 1 || n.Column > len(c.runes) {
		return 0
	}
	return c.runes[n.Column-1]
}

func (c *converter) mapping(n *yaml.Node, depth int) any {
	object := make(map[string]any, len(n.Content)/2)
	first := make(map[string]int, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content) && !c.full(); i += 2 {
		key := n.Content[i]
		name, ok := c.key(key)
		if !ok {
			continue
		}
		if line, twice := first[name]; twice {
			c.refuse(RuleAmbiguous, "yaml.duplicate", nodePos(key), name, line)
			continue
		}
		first[name] = key.Line
		object[name] = c.value(n.Content[i+1], depth+1)
	}
	return object
}

// key reads a mapping's key, which must be plain text in every YAML version.
func (c *converter) key(n *yaml.Node) (string, bool) {
	c.nodes++
	if code := c.forbidden(n); code != "" {
		c.refuse(RuleAmbiguous, code, nodePos(n))
		return "", false
	}
	switch {
	case n.Kind != yaml.ScalarNode:
		c.refuse(RuleAmbiguous, "yaml.key", nodePos(n))
		return "", false
	case n.Style == 0 && n.Value == "<<":
		c.refuse(RuleAmbiguous, "yaml.merge", nodePos(n))
		return "", false
	}
	before := len(c.problems)
	text, isText := c.scalar(n).(string)
	if isText && len(c.problems) == before {
		return text, true
	}
	c.fatal = true
	if len(c.problems) == before {
		c.add(RuleAmbiguous, "yaml.key", nodePos(n))
	}
	return "", false
}

// scalar converts a text, boolean or number, and reports what two YAML versions read differently.
func (c *converter) scalar(n *yaml.Node) any {
	if len(n.Value) > MaxScalar {
		return c.refuse(RuleLimit, "yaml.scalar", nodePos(n), MaxScalar)
	}
	if r, bad := forbiddenRune(n.Value); bad {
		return c.refuse(RuleAmbiguous, "yaml.character", nodePos(n), fmt.Sprintf("U+%04X", r))
	}
	if n.Style != 0 {
		return n.Value
	}
	switch kind := plainKind(n.Value); {
	case n.Value == "":
		return c.refuse(RuleSchema, "yaml.null", nodePos(n))
	case kind == plainBool:
		return n.Value == "true"
	case kind == plainInt:
		return json.Number(n.Value)
	case kind == plainOther || n.Tag != "!!str":
		c.add(RuleAmbiguous, "yaml.quote", nodePos(n), n.Value)
	}
	return n.Value
}
