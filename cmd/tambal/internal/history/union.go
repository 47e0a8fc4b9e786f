package history

import (
	"bytes"
	"path"
	"strings"
)

// union is the one correct landing of a base and a head below the judged
// folders: manifests are append-only, evidence never changes, policies change
// as a whole, and so no content is ever merged.
type union struct {
	changes   []Change // base → correct landing, sorted by path
	conflicts []string // paths for which there is no correct landing
}

// union computes the correct landing of l.Base and l.Head. edge are the commits
// of the base's history that the side commits stand on.
func (r *Repo) union(l *Landing, edge []ID) (*union, error) {
	diff, err := r.Diff(l.Base.Tree, l.Head.Tree, Judged)
	if err != nil {
		return nil, err
	}
	u := &union{}
	var policy []Change
	for _, ch := range diff {
		if strings.HasPrefix(ch.Path, "policies/") || ch.Path == "policies" {
			policy = append(policy, ch)
			continue
		}
		switch {
		case ch.After.Mode == "": // the base is ahead here
		case ch.Before.Mode == "":
			u.changes = append(u.changes, ch)
		case path.Base(ch.Path) == "patch.yaml" && ch.Before.Mode == ch.After.Mode && ch.Before.Mode == ModeFile:
			longer, ok, err := r.longer(ch)
			if err != nil {
				return nil, err
			}
			if !ok {
				u.conflicts = append(u.conflicts, ch.Path)
			} else if longer == ch.After {
				u.changes = append(u.changes, ch)
			}
		default:
			u.conflicts = append(u.conflicts, ch.Path)
		}
	}
	if len(policy) == 0 {
		return u, nil
	}
	if l.Forked, err = r.best(edge); err != nil {
		return nil, err
	}
	return u, r.unionPolicy(u, l, policy)
}

// unionPolicy takes the head's policies/ only if every merge base has the
// base's, and keeps the base's if every merge base has the head's.
func (r *Repo) unionPolicy(u *union, l *Landing, policy []Change) error {
	atBase, err := r.Lookup(l.Base.Tree, "policies")
	if err != nil {
		return err
	}
	atHead, err := r.Lookup(l.Head.Tree, "policies")
	if err != nil {
		return err
	}
	headMay, baseMay := true, true
	for _, f := range l.Forked {
		at, err := r.Lookup(f.Tree, "policies")
		if err != nil {
			return err
		}
		headMay = headMay && at == atBase
		baseMay = baseMay && at == atHead
	}
	switch {
	case headMay && len(l.Forked) > 0:
		u.changes = append(u.changes, policy...)
	case baseMay && len(l.Forked) > 0:
	default:
		for _, ch := range policy {
			u.conflicts = append(u.conflicts, ch.Path)
		}
	}
	return nil
}

// longer returns the longer of two manifests if the other is its prefix.
func (r *Repo) longer(ch Change) (Entry, bool, error) {
	before, err := r.Blob(ch.Before.ID)
	if err != nil {
		return Entry{}, false, err
	}
	after, err := r.Blob(ch.After.ID)
	if err != nil {
		return Entry{}, false, err
	}
	switch {
	case bytes.HasPrefix(after, before):
		return ch.After, true, nil
	case bytes.HasPrefix(before, after):
		return ch.Before, true, nil
	}
	return Entry{}, false, nil
}

// differs returns the paths where a landed tree departs from the union.
func (u *union) differs(landed []Change) []string {
	want := map[string]Entry{}
	for _, ch := range u.changes {
		want[ch.Path] = ch.After
	}
	conflict := map[string]bool{}
	for _, p := range u.conflicts {
		conflict[p] = true
	}
	var wrong []string
	for _, ch := range landed {
		expected, ok := want[ch.Path]
		delete(want, ch.Path)
		if !conflict[ch.Path] && (!ok || expected != ch.After) {
			wrong = append(wrong, ch.Path)
		}
	}
	for p := range want {
		wrong = append(wrong, p)
	}
	return wrong
}

// best reduces common ancestors to the best ones: those that no other of them
// can reach.
func (r *Repo) best(ids []ID) ([]*Commit, error) {
	left := map[ID]bool{}
	for _, id := range ids {
		left[id] = true
	}
	for _, id := range ids {
		if len(left) < 2 {
			break
		}
		if !left[id] {
			continue
		}
		if err := r.walk(id, func(c *Commit) bool {
			if c.ID != id {
				delete(left, c.ID)
			}
			return len(left) > 1
		}); err != nil {
			return nil, err
		}
	}
	var list []*Commit
	for _, id := range ids {
		if left[id] {
			c, err := r.Commit(id)
			if err != nil {
				return nil, err
			}
			list = append(list, c)
			delete(left, id)
		}
	}
	return list, nil
}

// walk visits everything reachable from id, itself first, until visit says no.
func (r *Repo) walk(id ID, visit func(*Commit) bool) error {
	seen := map[ID]bool{id: true}
	for queue := []ID{id}; len(queue) > 0; queue = queue[1:] {
		c, err := r.Commit(queue[0])
		if err != nil {
			return err
		}
		if !visit(c) {
			return nil
		}
		for _, p := range c.Parents {
			if !seen[p] {
				seen[p] = true
				queue = append(queue, p)
			}
		}
	}
	return nil
}

// IsAncestor says whether old is reachable from new (or is new).
func (r *Repo) IsAncestor(old, new ID) (bool, error) {
	found := false
	err := r.walk(new, func(c *Commit) bool {
		found = found || c.ID == old
		return !found
	})
	return found, err
}
