package timeline

import (
	"path"
	"slices"

	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
	"github.com/tambal-id/tambal/cmd/tambal/internal/landing"
	"github.com/tambal-id/tambal/schema"
)

// index says what of a landing concerns one case, so that a landing of many cases
// is not looked through for each of them.
type index struct {
	side    map[git.ID]bool       // its commits; parents from before it excuse nobody
	changes map[string][]Change   // by the case's folder
	lost    map[string][]string   // the same
	own     map[string][]numbered // the same: what commits wrote there
	common  []numbered            // commits that any case has to look at
	authors []landing.Written
}

// numbered is what one of the landing's authors wrote of a case, or of a manifest
// that is gone now.
type numbered struct {
	n   int
	own []git.Change
}

func newIndex(r *reader, p place) (*index, error) {
	x := &index{side: map[git.ID]bool{}, changes: map[string][]Change{}, lost: map[string][]string{}, own: map[string][]numbered{}, authors: p.Authors}
	for _, w := range p.Side {
		x.side[w.ID] = true
	}
	for _, ch := range changes(p.Changes) {
		if dir, _, ok := landing.CasePath(ch.Path); ok {
			x.changes[dir] = append(x.changes[dir], ch)
		}
	}
	for _, lost := range p.Lost {
		if dir, _, ok := landing.CasePath(lost); ok {
			x.lost[dir] = append(x.lost[dir], lost)
		}
	}
	for n, w := range p.Authors {
		if err := x.note(r, p, n, w); err != nil {
			return nil, err
		}
	}
	return x, nil
}

func (x *index) note(r *reader, p place, n int, w landing.Written) error {
	var gone []git.Change
	for _, ch := range w.Own {
		if dir, _, ok := landing.CasePath(ch.Path); ok {
			if list := x.own[dir]; len(list) == 0 || list[len(list)-1].n != n {
				x.own[dir] = append(list, numbered{n: n})
			}
			last := &x.own[dir][len(x.own[dir])-1]
			last.own = append(last.own, ch)
		}
		if path.Base(ch.Path) == schema.ManifestFile && ch.After.Mode != "" {
			landed, err := r.repo.Lookup(p.after().Tree, ch.Path)
			if err != nil {
				return err
			}
			if landed.Mode == "" {
				gone = append(gone, ch)
			}
		}
	}
	outside := func(id git.ID) bool { return !x.side[id] }
	if len(gone) > 0 || len(w.Parents) == 0 || slices.ContainsFunc(w.Parents, outside) {
		x.common = append(x.common, numbered{n, gone})
	}
	return nil
}

// wrote returns the commits that may have written something of a case, in order,
// with what they wrote of it and of manifests that are gone now.
func (x *index) wrote(dir string) []landing.Written {
	var list []landing.Written
	all := slices.Concat(x.own[dir], x.common)
	slices.SortStableFunc(all, func(a, b numbered) int { return a.n - b.n })
	for i, a := range all {
		w := landing.Written{Commit: x.authors[a.n].Commit, Own: a.own}
		if i > 0 && all[i-1].n == a.n {
			last := &list[len(list)-1]
			last.Own = slices.Concat(last.Own, a.own)
			continue
		}
		list = append(list, w)
	}
	return list
}
