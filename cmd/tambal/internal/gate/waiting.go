package gate

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tambal-id/tambal/cmd/tambal/internal/decision"
	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
	"github.com/tambal-id/tambal/cmd/tambal/internal/rule"
	"github.com/tambal-id/tambal/cmd/tambal/internal/timeline"
	"github.com/tambal-id/tambal/policies"
	"github.com/tambal-id/tambal/schema"
)

// Branch is a branch that adds to a case and has not landed.
type Branch struct {
	git.Branch
	Head     *git.Commit
	Timeline *timeline.Timeline
	Change   *timeline.CaseChange
	rules    rule.Options
}

// tip is a branch whose folder of a case differs from what has landed.
type tip struct {
	git.Branch
	head *git.Commit
	of   git.Entry
}

// Waiting lists the branches that add to a case: local ones, and those of the remote
// that the protected branch comes from. What a branch adds decides, not its name, and
// one that others contain is left out. So one branch is where the case stands; of
// two, neither knows what the other adds. named is a branch of another remote that
// somebody named in full, such as "fork/SP-2026-0007"; other names add nothing.
func Waiting(repo *git.Repo, id, named string, o Options) ([]Branch, error) {
	trunk, err := Base(repo)
	if err != nil {
		return nil, err
	}
	base, err := repo.Resolve(trunk)
	if err != nil {
		return nil, err
	}
	b := &board{repo: repo, base: base, trunk: trunk, options: o, built: map[git.ID]*timeline.Timeline{}}
	return b.waiting(id, named)
}

// board is what branches add to the cases of a protected branch.
type board struct {
	repo    *git.Repo
	base    *git.Commit // head of trunk
	trunk   string
	options Options
	built   map[git.ID]*timeline.Timeline // by the head that would land
}

// pending is a branch's head as it would land now.
func (b *board) pending(head *git.Commit) (*timeline.Timeline, error) {
	if b.built[head.ID] == nil {
		line, err := timeline.Pending(b.repo, b.base, head, timeline.Options{Now: b.options.Now})
		if err != nil {
			return nil, err
		}
		b.built[head.ID] = line
	}
	return b.built[head.ID], nil
}

// waiting is Waiting, for one of several cases.
func (b *board) waiting(id, named string) ([]Branch, error) {
	tips, err := b.tips(id, named)
	if err != nil {
		return nil, err
	}
	var list []Branch
	for _, t := range tips {
		line, err := b.pending(t.head)
		if err != nil {
			return nil, err
		}
		for _, l := range line.Landings {
			for _, c := range l.Cases {
				if c.ID == id {
					list = append(list, Branch{t.Branch, t.head, line, c, b.options.rules()})
				}
			}
		}
	}
	return list, nil
}

// cases are those that a branch adds to, whose head has not landed.
func (b *board) cases(landed map[timeline.ID]bool) ([]string, error) {
	branches, err := b.branches("")
	if err != nil {
		return nil, err
	}
	found := map[string]bool{}
	for _, at := range branches {
		head, err := b.repo.Resolve(at.Ref)
		if err != nil {
			return nil, err
		}
		if landed[timeline.ID(head.ID)] {
			continue
		}
		line, err := b.pending(head)
		if err != nil {
			return nil, err
		}
		for _, l := range line.Landings {
			for _, c := range l.Cases {
				found[c.ID] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(found)), nil
}

// branches are those that may add to a case: local ones, those of the home remote, and
// the one that was named in full. The protected branch is judged as this clone has it.
func (b *board) branches(named string) ([]git.Branch, error) {
	home := b.repo.Home()
	list, err := b.repo.Branches()
	return slices.DeleteFunc(list, func(at git.Branch) bool {
		foreign := at.Remote != "" && at.Remote != home && named != at.Label() && named != at.Ref
		return foreign || at.Name == strings.TrimPrefix(b.trunk, home+"/")
	}), err
}

// tips returns the branches' tips with something of a case that has not landed, without those
// that another one makes superfluous. Most branches are of other cases, and building
// each takes long.
func (b *board) tips(id, named string) ([]tip, error) {
	branches, err := b.branches(named)
	if err != nil {
		return nil, err
	}
	dir, _ := schema.CaseDir(id)
	landed, err := b.repo.Lookup(b.base.Tree, dir)
	if err != nil {
		return nil, err
	}
	var tips []tip
	for _, at := range branches {
		head, err := b.repo.Resolve(at.Ref)
		if err != nil {
			return nil, err
		}
		e, err := b.repo.Lookup(head.Tree, dir)
		if err != nil {
			return nil, err
		}
		if e != landed {
			tips = append(tips, tip{at, head, e})
		}
	}
	return needed(b.repo, id, tips)
}

// needed leaves out the tips that another one makes superfluous.
func needed(repo *git.Repo, id string, tips []tip) ([]tip, error) {
	var kept []tip
	for i, t := range tips {
		alone := true
		for j := 0; j < len(tips) && alone; j++ {
			if i == j {
				continue
			}
			var err error
			if alone, err = t.besides(repo, id, tips[j]); err != nil {
				return nil, err
			}
		}
		if alone {
			kept = append(kept, t)
		}
	}
	if len(kept) > 0 {
		return kept, nil
	}
	// A text that was changed, and changed back on a branch of another name, makes a
	// circle: the last commits count.
	ids := make([]git.ID, len(tips))
	for i, t := range tips {
		ids[i] = t.head.ID
	}
	last, err := repo.Independent(ids)
	for _, head := range last {
		kept = append(kept, tips[slices.Index(ids, head.ID)])
	}
	return kept, err
}

// besides says whether a tip is needed to know the case, when there is another one: not
// where the other contains it, or where the other has the same of the case and bears
// its name, or less of anything else.
func (t tip) besides(repo *git.Repo, id string, other tip) (bool, error) {
	if t.head.ID == other.head.ID { // a local branch comes before the remote's, the case's own before any
		return t.rank(id) < other.rank(id), nil
	}
	within, err := repo.IsAncestor(t.head.ID, other.head.ID)
	if err != nil {
		return false, err
	}
	contains, err := repo.IsAncestor(other.head.ID, t.head.ID)
	switch {
	case err != nil:
		return false, err
	case t.of != other.of || t.Name == other.Name:
		return !within, nil
	case within || contains:
		return within, nil // what stands on the case's branch adds nothing to the case
	}
	return t.rank(id) < other.rank(id), nil
}

// rank orders branches that are alike.
func (t tip) rank(id string) string {
	rank := "1"
	if t.Name == id {
		rank = "0"
	}
	return rank + t.Name + "\x00" + t.Remote
}

// Where returns the one branch that a case waits on, nil when there is none. It
// refuses while there are several, as Single does of the branches of Waiting.
func Where(repo *git.Repo, id, named string, o Options) (*Branch, error) {
	list, err := Waiting(repo, id, named, o)
	if err != nil {
		return nil, err
	}
	return Single(id, list)
}

// Single returns the only branch of a case, nil when there is none. It refuses while
// there are several: whatever is written, signed or merged on one of them, the other
// does not know.
func Single(id string, list []Branch) (*Branch, error) {
	switch len(list) {
	case 0:
		return nil, nil
	case 1:
		return &list[0], nil
	}
	return nil, &Error{Code: "case.diverged", Args: []any{id, written(list), list[0].Label(), list[1].Label()}, Verdict: finding.Fail}
}

// written says of each branch who wrote its last commit, and when.
func written(list []Branch) []string {
	var all []string
	for _, b := range list {
		all = append(all, fmt.Sprintf("%s (%s, %s, %s)", b.Label(), b.Head.ID.Short(), b.Head.Author.Name, b.Head.Author.When.Format("2006-01-02 15:04 -0700")))
	}
	return all
}

// Findings judges the branch as it would land now.
func (b *Branch) Findings() []finding.Finding { return rule.Run(b.Timeline, b.rules) }

// Policy is the one that judges the branch; nil when it is unusable.
func (b *Branch) Policy() *policies.Policy { return b.Timeline.Landings[0].Policy }

// Undecided says whether the case ends, on the branch, with the step that the
// approval decides.
func (b *Branch) Undecided() bool {
	c := b.Change
	return c.After != nil && len(c.Steps) > 0 && decision.Awaits(b.Policy(), c.After.Items)
}
