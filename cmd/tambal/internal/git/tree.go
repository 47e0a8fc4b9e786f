package git

import (
	"bytes"
	"cmp"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
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
	entries := make([]named, 0, len(raw)/40)
	ids := make([]byte, 0, len(raw))
	for len(raw) > 0 {
		space := strings.IndexByte(raw, ' ')
		zero := strings.IndexByte(raw, 0)
		if space < 0 || zero < space || len(raw) < zero+21 {
			return nil, errors.New("cut short")
		}
		e := named{name: raw[space+1 : zero], Entry: Entry{Mode: raw[:space]}}
		ids = append(ids, raw[zero+1:zero+21]...)
		raw = raw[zero+21:]
		switch e.Mode {
		case ModeFile, ModeExec, ModeSymlink, ModeTree, ModeGitlink:
		default:
			return nil, fmt.Errorf("mode %q of %q", e.Mode, e.name)
		}
		if e.name == "" || e.name == "." || e.name == ".." || strings.EqualFold(e.name, ".git") || strings.ContainsAny(e.name, "/\\") {
			return nil, fmt.Errorf("name %q", e.name)
		}
		if n := len(entries); n > 0 && order(entries[n-1], e) >= 0 {
			return nil, fmt.Errorf("order of %q", e.name)
		}
		for k := len(entries) - 1; k >= 0 && strings.HasPrefix(entries[k].name, e.name); k-- {
			if entries[k].name == e.name {
				return nil, fmt.Errorf("second %q", e.name)
			}
		}
		entries = append(entries, e)
	}
	all := hex.EncodeToString(ids) // one piece of memory for all of them
	for i := range entries {
		entries[i].ID = ID(all[40*i : 40*i+40])
	}
	return entries, nil
}

func find(entries []named, name string) Entry {
	for _, mode := range []string{ModeFile, ModeTree} {
		if i, ok := slices.BinarySearchFunc(entries, named{name, Entry{Mode: mode}}, order); ok {
			return entries[i].Entry
		}
	}
	return Entry{}
}

// order compares two lines of a tree as Git sorts them: a folder as if its name
// ended with a slash.
func order(a, b named) int {
	n := min(len(a.name), len(b.name))
	if c := cmp.Compare(a.name[:n], b.name[:n]); c != 0 {
		return c
	}
	next := func(e named) int {
		switch {
		case len(e.name) > n:
			return int(e.name[n])
		case e.Mode == ModeTree:
			return '/'
		}
		return -1
	}
	if c := cmp.Compare(next(a), next(b)); c != 0 || len(a.name) == len(b.name) {
		return c
	}
	// "a" as a folder and "a/" as a name would be alike, but no name holds a slash.
	return cmp.Compare(len(a.name), len(b.name))
}

// generations is a cache that forgets what was not asked for in its last two
// thousand trees, or in its last hundred thousand lines of them.
type generations struct {
	young, old map[ID][]named
	lines      int
}

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
	if len(g.young) >= 2000 || g.lines >= 100_000 || g.young == nil {
		g.young, g.old, g.lines = map[ID][]named{}, g.young, 0
	}
	g.young[id] = t
	g.lines += len(t)
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
	slices.SortFunc(list, order)
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
