package schema

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// OddForm reports the first place of a document that is spelled in a way which YAML readers understand differently, or
// which some of them refuse.
func OddForm(data []byte, d *Document) []Problem {
	f := newForm(data)
	return f.verdict(f.gap(0) && f.node(d.root, 0))
}

// oddItems is OddForm for the items of a manifest after the first landed ones.
func oddItems(data []byte, d *Document, landed int) []Problem {
	steps := descend(d.root, stepsLine[:len(stepsLine)-1])
	switch {
	case landed == 0:
		return OddForm(data, d)
	case landed >= len(steps.Content):
		return nil
	}
	f := newForm(data)
	f.at = f.starts[steps.Content[landed].Line-1]
	return f.verdict(f.sequence(steps.Content[landed:], steps.Column))
}

// form follows the nodes that the library found over the text they came from, by the grammar that all YAML readers share.
// What it cannot follow is refused: it need not know what a reader makes of it. Each method reports whether it could.
type form struct {
	src    []rune
	starts []int // where each line begins in src
	at     int   // everything before is understood
	code   string
}

func newForm(data []byte) *form {
	f := &form{src: []rune(string(data)), starts: []int{0}}
	for i, r := range f.src {
		if r == '\n' {
			f.starts = append(f.starts, i+1)
		}
	}
	return f
}

// verdict ends the walk: after the last node only comments may follow.
func (f *form) verdict(ok bool) (ps problems) {
	if ok && f.gap(0) && f.at == len(f.src) {
		return nil
	}
	code := f.code
	if code == "" {
		code = "yaml.form"
		if r := f.peek(0); r == '?' {
			code = "yaml.question"
		} else if r == '#' && !blank(f.peek(-1)) {
			code = "yaml.comment"
		}
	}
	line, column := f.place()
	ps.add(RuleAmbiguous, code, Pos{line, column})
	return ps
}

// place is where the walk stands, counted from 1.
func (f *form) place() (line, column int) {
	line, found := slices.BinarySearch(f.starts, f.at)
	if found {
		line++
	}
	return line, f.at - f.starts[line-1] + 1
}

// peek returns the character i places ahead, the last line feed's at the end and beyond.
func (f *form) peek(i int) rune {
	if i += f.at; i < 0 || i >= len(f.src) {
		return '\n'
	}
	return f.src[i]
}

func blank(r rune) bool { return r == ' ' || r == '\n' }

// one steps over one character of the set.
func (f *form) one(set string) bool {
	ok := f.at < len(f.src) && strings.ContainsRune(set, f.src[f.at])
	if ok {
		f.at++
	}
	return ok
}

// blanks steps over blanks of this line, and over its comment.
func (f *form) blanks() {
	for f.one(" ") {
	}
	if f.peek(0) == '#' && blank(f.peek(-1)) {
		for f.peek(0) != '\n' {
			f.at++
		}
	}
}

// gap steps over blanks, line ends and comments. Text on a further line must stand deeper than column parent.
func (f *form) gap(parent int) bool {
	for f.blanks(); f.one("\n"); f.blanks() {
	}
	return f.deeper(parent)
}

// deeper reports whether the walk stands right of column parent; at the end of the text there is nothing to be deep.
func (f *form) deeper(parent int) bool {
	if _, column := f.place(); column <= parent && f.at < len(f.src) {
		f.code = "yaml.shallow"
		return false
	}
	return true
}

// node follows a node that begins here and belongs to a collection in column parent.
func (f *form) node(n *yaml.Node, parent int) bool {
	switch line, column := f.place(); {
	case n.Line != line || n.Column != column:
		return false
	case n.Kind == yaml.ScalarNode:
		return f.scalar(n, parent, false)
	case n.Style&yaml.FlowStyle != 0:
		return f.flow(n, parent)
	case n.Kind == yaml.SequenceNode:
		return f.sequence(n.Content, n.Column)
	}
	for i := 0; i < len(n.Content); i += 2 {
		value, column := n.Content[i+1], n.Column
		if value.Kind == yaml.SequenceNode && value.Style&yaml.FlowStyle == 0 {
			column-- // its dashes may stand below the key
		}
		if !f.gap(n.Column-1) || !f.key(n.Content[i], n.Column, false) || !f.gap(column) || !f.node(value, n.Column) {
			return false
		}
	}
	return true
}

// key follows a mapping's key and its colon, which stand on one line.
func (f *form) key(n *yaml.Node, parent int, inFlow bool) bool {
	line, column := f.place()
	if n.Line != line || n.Column != column || !f.scalar(n, parent, inFlow) {
		return false
	}
	for f.one(" ") {
	}
	end, width := f.place()
	return end == line && width-column <= maxKey && f.one(":")
}

// maxKey is how long a key may be; YAML's own bound is 1024.
const maxKey = 1000

// sequence follows the items of a list whose dashes stand in column.
func (f *form) sequence(items []*yaml.Node, column int) bool {
	for _, item := range items {
		if !f.gap(column-1) || !f.one("-") || !f.gap(column) || !f.node(item, column) {
			return false
		}
	}
	return true
}

// flow follows a collection in brackets or braces, or a single pair inside brackets.
func (f *form) flow(n *yaml.Node, parent int) bool {
	brackets, step := "[]", 1
	if n.Kind == yaml.MappingNode {
		brackets, step = "{}", 2
	}
	pair := !f.one(brackets[:1])
	for i := 0; i < len(n.Content); i += step {
		item := n.Content[i]
		if !f.gap(parent) || i > 0 && (!f.one(",") || !f.gap(parent)) {
			return false
		}
		if step == 2 {
			if !f.key(item, parent, true) || !f.gap(parent) {
				return false
			}
			item = n.Content[i+1]
		}
		if item.Kind == yaml.ScalarNode && !f.scalar(item, parent, true) || item.Kind != yaml.ScalarNode && !f.node(item, parent) {
			return false
		}
	}
	if pair {
		return step == 2 && len(n.Content) == 2
	}
	return f.gap(parent) && (len(n.Content) == 0 || !f.one(",") || f.gap(parent)) && f.one(brackets[1:])
}
