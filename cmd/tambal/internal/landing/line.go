package landing

import (
	"regexp"
	"slices"
	"sort"
	"strings"

	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
	"github.com/tambal-id/tambal/cmd/tambal/internal/signature"
	"github.com/tambal-id/tambal/schema"
)

// Line returns the first-parent line that ends at tip, oldest first. Each
// commit is read once; progress, when not nil, is called after each landing.
func Line(r *git.Repo, tip *git.Commit, progress func(done, total int)) ([]*Landing, error) {
	var line []*git.Commit
	for c, err := range r.FirstParents(tip) {
		if err != nil {
			return nil, err
		}
		line = append(line, c)
	}
	seen := map[git.ID]bool{}
	list := make([]*Landing, 0, len(line))
	var base *git.Commit
	for i := len(line) - 1; i >= 0; i-- {
		l, err := read(r, base, line[i], func(id git.ID) bool { return seen[id] })
		if err != nil {
			return nil, err
		}
		seen[line[i].ID] = true
		for _, w := range l.Side {
			seen[w.ID] = true
		}
		list = append(list, l)
		base = line[i]
		if progress != nil {
			progress(len(list), len(line))
		}
	}
	return list, nil
}

// At reads one landing by itself: a commit of the first-parent line and what
// it brought, without replaying what came before.
func At(r *git.Repo, c *git.Commit) (*Landing, error) {
	if len(c.Parents) == 0 {
		return read(r, nil, c, func(git.ID) bool { return false })
	}
	base, err := r.Commit(c.Parents[0])
	if err != nil {
		return nil, err
	}
	reached := []func(git.ID) bool{func(id git.ID) bool { return id == base.ID }}
	for _, id := range c.Parents[1:] {
		head, err := r.Commit(id)
		if err != nil {
			return nil, err
		}
		known, err := r.Reached(base, head)
		if err != nil {
			return nil, err
		}
		reached = append(reached, known)
	}
	return read(r, base, c, func(id git.ID) bool {
		return slices.ContainsFunc(reached, func(known func(git.ID) bool) bool { return known(id) })
	})
}

// read reads what one commit of the first-parent line brought; known says
// what is reachable from base.
func read(r *git.Repo, base, c *git.Commit, known func(git.ID) bool) (*Landing, error) {
	l := &Landing{Commit: c, Base: base}
	var before git.ID
	if base != nil {
		before = base.Tree
	}
	var err error
	if l.Changes, err = r.Diff(before, c.Tree, Judged); err != nil {
		return nil, err
	}
	var edge []git.ID
	for _, id := range c.Parents[min(1, len(c.Parents)):] {
		if edge, err = side(r, l, id, known, edge); err != nil {
			return nil, err
		}
	}
	if len(c.Parents) == 2 {
		if l.Head, err = r.Commit(c.Parents[1]); err != nil {
			return nil, err
		}
		if err := judgeMerge(r, l, edge); err != nil {
			return nil, err
		}
	}
	own, err := r.Authored(c, Judged)
	l.Authors = l.Side
	if err == nil && (len(own) > 0 || len(l.Side) == 0) {
		l.Authors = append(l.Authors[:len(l.Authors):len(l.Authors)], Written{c, own})
	}
	return l, err
}

// side appends to l.Side the commits reachable from id that are not known yet,
// parents before children, and returns the known commits they are based on.
func side(r *git.Repo, l *Landing, id git.ID, known func(git.ID) bool, edge []git.ID) ([]git.ID, error) {
	done := map[git.ID]bool{}
	for _, w := range l.Side {
		done[w.ID] = true
	}
	type frame struct {
		c    *git.Commit
		next int
	}
	var stack []frame
	visit := func(id git.ID) error {
		if known(id) {
			edge = append(edge, id)
			return nil
		}
		if done[id] {
			return nil
		}
		done[id] = true
		c, err := r.Commit(id)
		if err == nil {
			stack = append(stack, frame{c: c})
		}
		return err
	}
	if err := visit(id); err != nil {
		return nil, err
	}
	for len(stack) > 0 {
		top := &stack[len(stack)-1]
		if top.next < len(top.c.Parents) {
			top.next++
			if err := visit(top.c.Parents[top.next-1]); err != nil {
				return nil, err
			}
			continue
		}
		own, err := r.Authored(top.c, Judged)
		if err != nil {
			return nil, err
		}
		if len(top.c.Parents) == 0 {
			l.ForeignRoot = top.c
		}
		l.Side = append(l.Side, Written{top.c, own})
		stack = stack[:len(stack)-1]
	}
	return edge, nil
}

// judgeMerge fills Wrong, Lost, Forked, Foxtrot and FoxtrotLike of a merge or pending one.
func judgeMerge(r *git.Repo, l *Landing, edge []git.ID) error {
	union, err := correct(r, l, edge)
	if err != nil {
		return err
	}
	l.Wrong = union.conflicts
	if l.Commit != nil {
		l.Wrong = append(l.Wrong, union.differs(l.Changes)...)
	} else {
		l.Changes = union.changes
	}
	sort.Strings(l.Wrong)
	if err := lost(r, l); err != nil {
		return err
	}
	l.Foxtrot, l.FoxtrotLike = foxtrot(l)
	return nil
}

// lost finds the files of Base that a side commit deleted and Head lacks.
func lost(r *git.Repo, l *Landing) error {
	for _, w := range l.Side {
		for _, ch := range w.Own {
			if ch.After.Mode != "" {
				continue
			}
			before, err := r.Lookup(l.Base.Tree, ch.Path)
			if err != nil {
				return err
			}
			after, err := r.Lookup(l.Head.Tree, ch.Path)
			if err != nil {
				return err
			}
			if before.Mode != "" && after.Mode == "" {
				l.Lost = append(l.Lost, ch.Path)
			}
		}
	}
	return nil
}

var pullRequestMerge = regexp.MustCompile(`^Merge pull request #\d+ `)

// foxtrot looks for a former landing among the side commits: a merge on the
// head's own first-parent line that brought something. It is one if it names a
// case or a pull request, as landings do. Where merges alone lead from it to the
// old line, as a protected branch grows, the platform's signature says so too, and
// without one it is only like one: who merged a colleague's branch into his own
// empty one made the same. Nobody verifies trailer or signature here: the finding
// takes nothing away that a proof gave.
func foxtrot(l *Landing) (former, like *git.Commit) {
	side := map[git.ID]*git.Commit{}
	for _, w := range l.Side {
		side[w.ID] = w.Commit
	}
	for c := side[l.Head.ID]; c != nil; c = side[c.Parents[0]] {
		switch brought := len(c.Parents) > 1 && side[c.Parents[1]] != nil; {
		case len(c.Parents) == 0:
			return nil, nil
		case brought && (len(c.Trailer("Case")) > 0 || pullRequestMerge.MatchString(c.Subject())):
			return c, nil
		case len(c.Parents) == 1:
			former, like = nil, nil // somebody's work
		case brought && former == nil && platformSigned(c):
			former = c
		case brought && like == nil:
			like = c
		}
	}
	if former != nil {
		like = nil
	}
	return former, like
}

// platformSigned says whether a commit was made and signed in GitHub's own pages,
// as far as can be seen without its key.
func platformSigned(c *git.Commit) bool {
	_, armored, err := signature.CommitPayload(c.Raw)
	return err == nil && strings.EqualFold(c.Committer.Email, git.ForgeEmail) && strings.HasPrefix(armored, "-----BEGIN PGP ")
}

// GateChanges returns the paths below schema.ForgeDir that a landing changes, or that
// the head of a pending one changed since it branched off.
func GateChanges(r *git.Repo, l *Landing) ([]string, error) {
	inside := func(top string) bool { return top == schema.ForgeDir }
	var before []*git.Commit
	after := l.Commit
	switch {
	case l.Commit == nil:
		before, after = l.Forked, l.Head
	case l.Base != nil:
		before = []*git.Commit{l.Base}
	}
	var paths []string
	for _, b := range before {
		changes, err := r.Diff(b.Tree, after.Tree, inside)
		if err != nil {
			return nil, err
		}
		for _, ch := range changes {
			paths = append(paths, ch.Path)
		}
	}
	slices.Sort(paths)
	return slices.Compact(paths), nil
}
