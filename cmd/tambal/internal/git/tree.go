package git

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"sort"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
)

// named is one line of a tree.
type named struct {
	name string
	Entry
}

// tree returns the verified, strictly parsed entries of a tree; none for "".
func (r *Repo) tree(id ID) ([]named, error) {
	if id == "" {
		return nil, nil
	}
	if t, ok := r.trees.get(id); ok {
		return t, nil
	}
	raw, err := r.objectOf(plumbing.TreeObject, id)
	if err != nil {
		return nil, err
	}
	entries, err := parseTree(string(raw))
	if err != nil {
		return nil, &Error{Code: "history.tree", Args: []any{id.Short(), err.Error()}, Malformed: true, Err: err}
	}
	r.trees.put(id, entries)
	return entries, nil
}

// parseTree refuses what Git's own fsck calls an error: unknown modes, names
// that leave the folder, duplicates and wrong order.
func parseTree(raw string) ([]named, error) {
	var entries []named
	last := ""
	for len(raw) > 0 {
		space := strings.IndexByte(raw, ' ')
		zero := strings.IndexByte(raw, 0)
		if space < 0 || zero < space || len(raw) < zero+21 {
			return nil, errors.New("cut short")
		}
		e := named{name: raw[space+1 : zero], Entry: Entry{Mode: raw[:space], ID: ID(hex.EncodeToString([]byte(raw[zero+1 : zero+21])))}}
		raw = raw[zero+21:]
		switch e.Mode {
		case ModeFile, ModeExec, ModeSymlink, ModeTree, ModeGitlink:
		default:
			return nil, fmt.Errorf("mode %q of %q", e.Mode, e.name)
		}
		if e.name == "" || e.name == "." || e.name == ".." || strings.EqualFold(e.name, ".git") || strings.ContainsAny(e.name, "/\\") {
			return nil, fmt.Errorf("name %q", e.name)
		}
		// Git sorts folders as if their name ended with a slash.
		key := treeKey(e)
		if key <= last {
			return nil, fmt.Errorf("order of %q", e.name)
		}
		for k := len(entries) - 1; k >= 0 && strings.HasPrefix(entries[k].name, e.name); k-- {
			if entries[k].name == e.name {
				return nil, fmt.Errorf("second %q", e.name)
			}
		}
		last = key
		entries = append(entries, e)
	}
	return entries, nil
}

func find(entries []named, name string) Entry {
	for _, e := range entries {
		if e.name == name {
			return e.Entry
		}
	}
	return Entry{}
}

// generations is a cache that forgets what was not asked for in its last two
// thousand entries.
type generations struct{ young, old map[ID][]named }

func (g *generations) get(id ID) ([]named, bool) {
	if t, ok := g.young[id]; ok {
		return t, true
	}
	t, ok := g.old[id]
	if ok {
		g.put(id, t)
	}
	return t, ok
}

func (g *generations) put(id ID, t []named) {
	if len(g.young) >= 2000 || g.young == nil {
		g.young, g.old = map[ID][]named{}, g.young
	}
	g.young[id] = t
}

// edit writes the trees that result from replacing entries by path; the zero
// Entry removes the path, and a folder left empty with it.
func (r *Repo) edit(tree ID, edits map[string]Entry) (ID, error) {
	if len(edits) == 0 {
		return tree, nil
	}
	old, err := r.tree(tree)
	if err != nil {
		return "", err
	}
	entries := map[string]Entry{}
	for _, e := range old {
		entries[e.name] = e.Entry
	}
	below := map[string]map[string]Entry{}
	for path, e := range edits {
		top, rest, nested := strings.Cut(path, "/")
		if !nested {
			entries[top] = e
			continue
		}
		if below[top] == nil {
			below[top] = map[string]Entry{}
		}
		below[top][rest] = e
	}
	for top, inner := range below {
		var child ID
		if entries[top].Mode == ModeTree {
			child = entries[top].ID
		}
		if child, err = r.edit(child, inner); err != nil {
			return "", err
		}
		entries[top] = Entry{ModeTree, child}
		if child == "" {
			delete(entries, top)
		}
	}
	var list []named
	for name, e := range entries {
		if e.Mode != "" {
			list = append(list, named{name, e})
		}
	}
	return r.writeTree(list)
}

func (r *Repo) writeTree(list []named) (ID, error) {
	if len(list) == 0 {
		return "", nil
	}
	sort.Slice(list, func(i, j int) bool { return treeKey(list[i]) < treeKey(list[j]) })
	var b bytes.Buffer
	for _, e := range list {
		hash, err := hex.DecodeString(string(e.ID))
		if err != nil {
			return "", err
		}
		b.WriteString(e.Mode + " " + e.name + "\x00")
		b.Write(hash)
	}
	return r.write(plumbing.TreeObject, b.Bytes())
}
