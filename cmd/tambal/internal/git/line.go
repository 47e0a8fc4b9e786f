package git

import (
	"iter"
	"slices"
	"strings"
)

// FirstParents goes down the first-parent line from tip to its root. An error ends
// it.
func (r *Repo) FirstParents(tip *Commit) iter.Seq2[*Commit, error] {
	return func(yield func(*Commit, error) bool) {
		for c := tip; yield(c, nil) && len(c.Parents) > 0; {
			var err error
			if c, err = r.Commit(c.Parents[0]); err != nil {
				yield(nil, err)
				return
			}
		}
	}
}

// Touching returns the commits of the first-parent line that ends at tip whose
// entry at path differs from their first parent's, oldest first, since the newest
// one that brought it: what lies before a birth is not read.
func (r *Repo) Touching(tip *Commit, path string) ([]*Commit, error) {
	var list []*Commit
	var after *Commit
	var at Entry
	for c, err := range r.FirstParents(tip) {
		if err != nil {
			return nil, err
		}
		before, err := r.Lookup(c.Tree, path)
		if err != nil {
			return nil, err
		}
		if after != nil && before != at {
			list = append(list, after)
			if before.Mode == "" {
				after = nil
				break
			}
		}
		after, at = c, before
	}
	if after != nil && at.Mode != "" { // the root brought it
		list = append(list, after)
	}
	slices.Reverse(list)
	return list, nil
}

// OnLine says whether a commit is on the first-parent line that ends at tip.
func (r *Repo) OnLine(id ID, tip *Commit) (bool, error) {
	for c, err := range r.FirstParents(tip) {
		if err != nil || c.ID == id {
			return err == nil, err
		}
	}
	return false, nil
}

// Wrote returns, for each path below one top-level folder, the commits reachable
// from tip that wrote it: what they hold there is what no parent holds. In no
// order.
func (r *Repo) Wrote(tip *Commit, paths []string) (map[string][]ID, error) {
	found := map[string][]ID{}
	if len(paths) == 0 {
		return found, nil
	}
	entries := map[ID][]Entry{} // by tree of the top-level folder: most commits share it
	look := func(c *Commit) ([]Entry, error) {
		top, _, _ := strings.Cut(paths[0], "/")
		e, err := r.Lookup(c.Tree, top)
		if err != nil {
			return nil, err
		}
		if list := entries[e.ID]; list != nil {
			return list, nil
		}
		list := make([]Entry, len(paths))
		for i, path := range paths {
			if list[i], err = r.Lookup(c.Tree, path); err != nil {
				return nil, err
			}
		}
		entries[e.ID] = list
		return list, nil
	}
	held := map[ID][]Entry{} // by commit
	queue := []*Commit{tip}
	var err error
	if held[tip.ID], err = look(tip); err != nil {
		return nil, err
	}
	for len(queue) > 0 {
		c := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		inherited := make([]bool, len(paths))
		for _, id := range c.Parents {
			if held[id] == nil {
				parent, err := r.Commit(id)
				if err != nil {
					return nil, err
				}
				if held[id], err = look(parent); err != nil {
					return nil, err
				}
				queue = append(queue, parent)
			}
			for i, e := range held[id] {
				inherited[i] = inherited[i] || e == held[c.ID][i]
			}
		}
		for i, path := range paths {
			if !inherited[i] && held[c.ID][i].Mode != "" && held[c.ID][i].Mode != ModeTree {
				found[path] = append(found[path], c.ID)
			}
		}
	}
	return found, nil
}
