package git

import (
	"iter"
	"slices"
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
