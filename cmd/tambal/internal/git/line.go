package git

import "slices"

// Touching returns the commits of the first-parent line that ends at tip whose
// entry at path differs from that of their first parent, oldest first. With
// fromBirth the walk ends where the path first appeared.
func (r *Repo) Touching(tip *Commit, path string, fromBirth bool) ([]*Commit, error) {
	var list []*Commit
	at, err := r.Lookup(tip.Tree, path)
	if err != nil {
		return nil, err
	}
	for c := tip; c != nil; {
		var parent *Commit
		var before Entry
		if len(c.Parents) > 0 {
			if parent, err = r.Commit(c.Parents[0]); err != nil {
				return nil, err
			}
			if before, err = r.Lookup(parent.Tree, path); err != nil {
				return nil, err
			}
		}
		if before != at {
			list = append(list, c)
		}
		if fromBirth && before.Mode == "" && at.Mode != "" {
			break
		}
		c, at = parent, before
	}
	slices.Reverse(list)
	return list, nil
}

// OnLine says whether a commit is on the first-parent line that ends at tip.
func (r *Repo) OnLine(id ID, tip *Commit) (bool, error) {
	for c := tip; ; {
		if c.ID == id {
			return true, nil
		}
		if len(c.Parents) == 0 {
			return false, nil
		}
		parent, err := r.Commit(c.Parents[0])
		if err != nil {
			return false, err
		}
		c = parent
	}
}
