package schema

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Segment is a run of a manifest's lines: the header up to the first item (Name ""), or one item with the comments and
// blank lines that follow it. Start is its byte offset.
type Segment struct {
	Name  string
	Data  []byte
	Start int
}

const stepsLine = "steps:"

var itemLine = regexp.MustCompile(`^  - ([a-z][a-z0-9-]*):$`)

// itemName returns the name on a frame line "  - name:".
func itemName(line []byte) (name string, ok bool) {
	m := itemLine.FindSubmatch(line)
	if m == nil {
		return "", false
	}
	return string(m[1]), true
}

// Segments cuts a manifest by its frame lines alone, without reading it as YAML. It never fails, and the segments' data
// put together are the input again. The first segment is always the header.
func Segments(data []byte) []Segment {
	segments := []Segment{{}}
	steps, offset := false, 0
	for line := range bytes.Lines(data) {
		text := bytes.TrimSuffix(line, []byte("\n"))
		if name, ok := itemName(text); ok && steps {
			segments = append(segments, Segment{Name: name, Start: offset})
		}
		steps = steps || string(text) == stepsLine
		offset += len(line)
		last := &segments[len(segments)-1]
		last.Data = data[last.Start:offset:offset]
	}
	return segments
}

// frameProblems checks that appending stays possible and provable: steps alone on its line and last, every item on a line
// of its own, everything else indented below it; and that a line scan finds the items where YAML finds them.
func frameProblems(data []byte, d *Document) problems {
	var ps problems
	root := d.root
	if !blockMapping(root) || root.Column != 1 {
		ps.add(RuleSchema, "frame.root", nodePos(root))
		return ps
	}
	key, steps := root.Content[len(root.Content)-2], root.Content[len(root.Content)-1]
	if key.Value+":" != stepsLine || strings.Split(string(data), "\n")[key.Line-1] != stepsLine {
		ps.add(RuleSchema, "frame.steps", nodePos(key))
		return ps
	}
	if steps.Kind != yaml.SequenceNode || steps.Style&yaml.FlowStyle != 0 || len(steps.Content) == 0 {
		ps.add(RuleSchema, "frame.no-items", nodePos(key))
		return ps
	}
	lines := frameLines(data, key.Line, &ps)
	for i, node := range steps.Content {
		name := node
		if blockMapping(node) && len(node.Content) == 2 {
			name = node.Content[0]
		}
		if name == node || !blockMapping(node.Content[1]) || name.Column != 5 ||
			i >= len(lines) || lines[i] != (frameLine{name.Line, name.Value}) {
			ps.add(RuleSchema, "frame.item", nodePos(name))
		}
	}
	if len(lines) > len(steps.Content) {
		ps.add(RuleSchema, "frame.item", Pos{lines[len(steps.Content)].line, 3})
	}
	return ps
}

func blockMapping(n *yaml.Node) bool {
	return n.Kind == yaml.MappingNode && n.Style&yaml.FlowStyle == 0
}

// frameLine is an item as a line scan sees it.
type frameLine struct {
	line int
	name string
}

// bodyLine is what may stand below "steps:" besides the items' own lines: six spaces and more, a blank line, a comment.
var bodyLine = regexp.MustCompile(`^(      .*| *(#.*)?)$`)

// frameLines scans the lines after "steps:" (which stands on line after) for items and reports what may not stand there.
func frameLines(data []byte, after int, ps *problems) []frameLine {
	var found []frameLine
	n := 0
	for line := range bytes.Lines(data) {
		n++
		text := bytes.TrimSuffix(line, []byte("\n"))
		if n < after && string(text) == stepsLine {
			ps.add(RuleSchema, "frame.steps", Pos{n, 1}) // a scan from the top would begin here
		}
		if n <= after {
			continue
		}
		if name, ok := itemName(text); ok {
			found = append(found, frameLine{n, name})
		} else if !bodyLine.Match(text) {
			ps.add(RuleSchema, "frame.line", Pos{n, 1}, strings.TrimSpace(string(text)))
		}
	}
	return found
}

// splitRef splits "schedule#2" into name and number; without a number it is the first.
func splitRef(ref string) (name string, n int) {
	name, number, ok := strings.Cut(ref, "#")
	if !ok {
		return name, 1
	}
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 {
		return name, 0
	}
	return name, n
}
