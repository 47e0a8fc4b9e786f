package schema

import (
	"strconv"

	"go.yaml.in/yaml/v3"
)

// At returns the place of the value at path, such as "steps", "0", "plan", "targets"; when there is no such value, that of
// its nearest known ancestor.
func (d *Document) At(path ...string) Pos {
	pos, _ := d.find(path)
	return pos
}

// descend returns the node of the value at path below n, nil when there is none.
func descend(n *yaml.Node, path ...string) *yaml.Node {
	for _, name := range path {
		_, n = child(n, name)
	}
	return n
}

// find walks as far along path as the document goes and returns the place and how many names it could follow.
func (d *Document) find(path []string) (Pos, int) {
	n := d.root
	for depth, name := range path {
		_, next := child(n, name)
		if next == nil {
			return nodePos(n), depth
		}
		n = next
	}
	return nodePos(n), len(path)
}

// keyPos returns the place of the key that holds the value at path; where that is a list's item, of the item.
func (d *Document) keyPos(path ...string) Pos {
	n, pos := d.root, nodePos(d.root)
	for _, name := range path {
		key, next := child(n, name)
		if next == nil {
			return pos
		}
		n, pos = next, nodePos(next)
		if key != nil {
			pos = nodePos(key)
		}
	}
	return pos
}

// child returns the value of a mapping's key (and the key), or the item of a sequence; nil when there is none.
func child(n *yaml.Node, name string) (key, value *yaml.Node) {
	if n == nil {
		return nil, nil
	}
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == name {
				return n.Content[i], n.Content[i+1]
			}
		}
	case yaml.SequenceNode:
		if i, err := strconv.Atoi(name); err == nil && i >= 0 && i < len(n.Content) {
			return nil, n.Content[i]
		}
	}
	return nil, nil
}
