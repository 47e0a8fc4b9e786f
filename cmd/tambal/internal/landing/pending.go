package landing

import (
	"path"
	"slices"

	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
	"github.com/tambal-id/tambal/schema"
)

// Pending returns the landing that merging head into base would make: the
// audit of a merge that has not happened yet. Commit is nil, Changes are those
// of the correct landing, Wrong the paths that have none.
func Pending(r *git.Repo, base, head *git.Commit) (*Landing, error) {
	known, err := r.Reached(base, head)
	if err != nil {
		return nil, err
	}
	l := &Landing{Base: base, Head: head}
	edge, err := side(r, l, head.ID, known, nil)
	if err != nil {
		return nil, err
	}
	if l.Authors = l.Side; len(l.Side) == 0 { // a merge would find that it has landed before
		l.Authors, l.Forked = []Written{{Commit: head}}, []*git.Commit{head}
		return l, nil
	}
	if err := judgeMerge(r, l, edge); err != nil {
		return nil, err
	}
	if l.Forked, err = r.Independent(edge); err != nil {
		return nil, err
	}
	return l, dropped(r, l)
}

// dropped adds to Lost and Wrong what the head had from where it forked and
// holds no more, though no side commit wrote it away: a merge that kept one
// side (-s ours). Git would carry the loss into the landing.
func dropped(r *git.Repo, l *Landing) error {
	behind, err := r.Diff(l.Base.Tree, l.Head.Tree, func(top string) bool { return top == schema.CasesDir })
	if err != nil {
		return err
	}
	for _, ch := range behind {
		for _, f := range l.Forked {
			at, err := r.Lookup(f.Tree, ch.Path)
			if err != nil {
				return err
			}
			if at.Mode == "" || at == ch.After || ch.Before.Mode == "" {
				continue
			}
			if ch.After.Mode == "" {
				l.Lost = append(l.Lost, ch.Path)
				break
			}
			kept := false
			if path.Base(ch.Path) == schema.ManifestFile && at.Mode == git.ModeFile && ch.After.Mode == git.ModeFile {
				longer, ok, err := longer(r, git.Change{Before: at, After: ch.After})
				if err != nil {
					return err
				}
				kept = ok && longer == ch.After
			}
			if !kept {
				l.Wrong = append(l.Wrong, ch.Path)
				break
			}
		}
	}
	slices.Sort(l.Lost)
	slices.Sort(l.Wrong)
	l.Lost, l.Wrong = slices.Compact(l.Lost), slices.Compact(l.Wrong)
	return nil
}
