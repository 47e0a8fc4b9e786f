package landing

import (
	"sort"
	"strings"

	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
)

// Merge writes the one correct landing of d.From into d.Branch. It refuses with
// a *Conflict when there is none.
func Merge(r *git.Repo, d git.Draft) (*git.Commit, error) {
	base, err := r.Tip(d.Branch)
	if err != nil {
		return nil, err
	}
	if base == nil {
		return nil, &git.Error{Code: "history.no-ref", Args: []any{d.Branch}, Err: git.ErrNoRef}
	}
	l, err := Pending(r, base, d.From)
	if err != nil {
		return nil, err
	}
	if len(l.Side) == 0 {
		return nil, git.ErrNothing
	}
	edits, wrong, err := others(r, l)
	if err != nil {
		return nil, err
	}
	if wrong = append(wrong, l.Wrong...); len(wrong) > 0 {
		sort.Strings(wrong)
		return nil, &Conflict{Paths: wrong}
	}
	for _, ch := range l.Changes {
		edits[ch.Path] = ch.After
	}
	return r.Join(d, base, edits)
}

// Conflict lists the paths for which base and head have no correct landing.
type Conflict struct{ Paths []string }

func (c *Conflict) Error() string { return "conflict in " + strings.Join(c.Paths, ", ") }

// others takes, for each path outside the judged folders, the side that changed
// it; a path changed on both sides is a conflict.
func others(r *git.Repo, l *Landing) (edits map[string]git.Entry, conflicts []string, err error) {
	changes, err := r.Diff(l.Base.Tree, l.Head.Tree, func(top string) bool { return !Judged(top) })
	edits = map[string]git.Entry{}
	if err != nil {
		return nil, nil, err
	}
	for _, ch := range changes {
		headOnly, baseOnly := true, true
		for _, f := range l.Forked {
			at, err := r.Lookup(f.Tree, ch.Path)
			if err != nil {
				return nil, nil, err
			}
			headOnly = headOnly && at == ch.Before
			baseOnly = baseOnly && at == ch.After
		}
		switch {
		case headOnly:
			edits[ch.Path] = ch.After
		case !baseOnly:
			conflicts = append(conflicts, ch.Path)
		}
	}
	return edits, conflicts, nil
}
