package timeline

import (
	"sort"

	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
	"github.com/tambal-id/tambal/cmd/tambal/internal/landing"
)

// Pending reads what merging head into base would be: the last landing of the
// result has not happened yet. Only the touched cases and the policy line are
// read, not the whole history. Reviewed commits that are not in the clone count
// as unknown.
func Pending(repo *git.Repo, base, head *git.Commit, o Options) (*Timeline, error) {
	b, err := newBuilder(repo, base, o)
	if err != nil {
		return nil, err
	}
	pending, err := landing.Pending(repo, base, head)
	if err != nil {
		return nil, err
	}
	if b.standing = o.standing; b.standing == nil {
		line, policy, err := b.walk(base)
		if err == nil {
			err = b.survey(line, policy)
		}
		if err != nil {
			return nil, err
		}
	}
	b.trust = b.standing.trust
	dirs := touchedCases(pending)
	landed, err := touching(repo, base, dirs)
	if err != nil {
		return nil, err
	}
	for _, c := range landed { // what has landed is the audit's concern; here it leads to the cases as they stand
		h, err := landing.At(repo, c)
		if err != nil {
			return nil, err
		}
		if _, err := b.add(placeOf(h, base)); err != nil {
			return nil, err
		}
	}
	if err := b.found.find(repo, base, pending); err != nil {
		return nil, err
	}
	b.written = b.found.copy()
	p := placeOf(pending, head)
	b.read.forget()
	l, err := b.add(p)
	if err != nil {
		return nil, err
	}
	l.Clock = b.clock(l.Next)
	b.out.Landings = []*Landing{l}
	if o.Request != nil {
		if err := b.join(l, p); err != nil {
			return nil, err
		}
	}
	return b.finish(), nil
}

// touching returns the landings below tip that touched any of the folders since
// it appeared, oldest first.
func touching(repo *git.Repo, tip *git.Commit, dirs []string) ([]*git.Commit, error) {
	seen := map[git.ID]bool{}
	var commits []*git.Commit
	for _, dir := range dirs {
		list, err := repo.Touching(tip, dir)
		if err != nil {
			return nil, err
		}
		for _, c := range list {
			if !seen[c.ID] {
				seen[c.ID] = true
				commits = append(commits, c)
			}
		}
	}
	if len(dirs) > 1 { // the landings of one case are in order, whatever their dates say
		sort.SliceStable(commits, func(i, j int) bool { return commits[i].Committer.When.Before(commits[j].Committer.When) })
	}
	return commits, nil
}

// touchedCases returns the folders of the cases that a landing touches, sorted.
func touchedCases(l *landing.Landing) []string {
	set := map[string]bool{}
	note := func(path string) {
		if dir, _, ok := landing.CasePath(path); ok {
			set[dir] = true
		}
	}
	for _, ch := range l.Changes {
		note(ch.Path)
	}
	for _, p := range append(l.Wrong[:len(l.Wrong):len(l.Wrong)], l.Lost...) {
		note(p)
	}
	for _, w := range l.Side {
		for _, ch := range w.Own {
			note(ch.Path)
		}
	}
	var dirs []string
	for dir := range set {
		dirs = append(dirs, dir)
	}
	sort.Strings(dirs)
	return dirs
}
