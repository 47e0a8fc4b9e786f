package git

import (
	"io/fs"
	"sort"
	"strings"

	"github.com/go-git/go-billy/v5/helper/iofs"
	"github.com/go-git/go-billy/v5/memfs"
	"github.com/go-git/go-billy/v5/util"
)

// Diff returns the paths that differ between two trees, sorted, descending only
// where the ids of two folders differ. keep, when not nil, limits the top level.
func (r *Repo) Diff(before, after ID, keep func(top string) bool) ([]Change, error) {
	var changes []Change
	err := r.diff("", before, after, keep, &changes)
	sort.Slice(changes, func(i, j int) bool { return changes[i].Path < changes[j].Path })
	return changes, err
}

// maxDepth is how many folders may lie in one another: far more than anybody needs,
// far fewer than make a path longer than what it leads to.
const maxDepth = 100

func (r *Repo) diff(prefix string, before, after ID, keep func(string) bool, out *[]Change) error {
	if before == after {
		return nil
	}
	if strings.Count(prefix, "/") > maxDepth {
		return &Error{Code: "history.deep", Args: []any{strings.Join(strings.SplitN(prefix, "/", 5)[:4], "/"), maxDepth}, Malformed: true}
	}
	old, err := r.tree(before)
	if err != nil {
		return err
	}
	now, err := r.tree(after)
	if err != nil {
		return err
	}
	// A name that is a file on one side and a folder on the other sorts
	// differently, and so shows up as a deletion and an addition.
	i, j := 0, 0
	var single []Change
	for i < len(old) || j < len(now) {
		switch {
		case j == len(now) || i < len(old) && order(old[i], now[j]) < 0:
			single = append(single, Change{Path: old[i].name, Before: old[i].Entry})
			i++
		case i == len(old) || order(now[j], old[i]) < 0:
			single = append(single, Change{Path: now[j].name, After: now[j].Entry})
			j++
		default:
			if old[i].Entry != now[j].Entry {
				single = append(single, Change{old[i].name, old[i].Entry, now[j].Entry})
			}
			i, j = i+1, j+1
		}
	}
	for _, c := range single {
		if keep != nil && !keep(c.Path) {
			continue
		}
		c.Path = prefix + c.Path
		if c.Before.Mode != ModeTree && c.After.Mode != ModeTree {
			*out = append(*out, c)
			continue
		}
		if err := r.diff(c.Path+"/", c.Before.ID, c.After.ID, nil, out); err != nil {
			return err
		}
	}
	return nil
}

// Authored returns the paths whose entry in the commit differs from that in
// every parent: what the commit itself wrote. keep limits it as in Diff.
func (r *Repo) Authored(c *Commit, keep func(top string) bool) ([]Change, error) {
	if len(c.Parents) == 0 {
		return r.Diff("", c.Tree, keep)
	}
	var own []Change
	for i, id := range c.Parents {
		parent, err := r.Commit(id)
		if err != nil {
			return nil, err
		}
		changes, err := r.Diff(parent.Tree, c.Tree, keep)
		if err != nil {
			return nil, err
		}
		if i == 0 {
			own = changes
			continue
		}
		differs := map[string]bool{}
		for _, ch := range changes {
			differs[ch.Path] = true
		}
		kept := own[:0]
		for _, ch := range own {
			if differs[ch.Path] {
				kept = append(kept, ch)
			}
		}
		own = kept
	}
	return own, nil
}

// Files returns the regular files below one top-level folder of a tree as a
// file system rooted at the tree, for loaders that take an fs.FS. Entries of
// other modes are listed in irregular.
func (r *Repo) Files(tree ID, top string) (files fs.FS, irregular []Change, err error) {
	changes, err := r.Diff("", tree, func(name string) bool { return name == top })
	if err != nil {
		return nil, nil, err
	}
	m := memfs.New()
	for _, c := range changes {
		if c.After.Mode != ModeFile {
			irregular = append(irregular, c)
			continue
		}
		b, err := r.Blob(c.After.ID)
		if err == nil {
			err = util.WriteFile(m, c.Path, b, 0o444)
		}
		if err != nil {
			return nil, nil, err
		}
	}
	return iofs.New(m), irregular, nil
}

// Names returns the names in a folder of a tree, "" for the tree's own, sorted;
// none when it is absent.
func (r *Repo) Names(tree ID, dir string) (names []string, err error) {
	e := Entry{Mode: ModeTree, ID: tree}
	if dir != "" {
		e, err = r.Lookup(tree, dir)
	}
	if err != nil || e.Mode != ModeTree {
		return nil, err
	}
	entries, err := r.tree(e.ID)
	for _, n := range entries {
		names = append(names, n.name)
	}
	return names, err
}
