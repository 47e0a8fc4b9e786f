package gate

import (
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

// Waiting lists the branches that add to a case, of those that keep wants; nil
// wants all.
func Waiting(repo *git.Repo, id string, keep func(git.Branch) bool, o Options) ([]Branch, error) {
	trunk, err := Base(repo)
	if err != nil {
		return nil, err
	}
	base, err := repo.Resolve(trunk)
	if err != nil {
		return nil, err
	}
	branches, err := repo.Branches()
	if err != nil {
		return nil, err
	}
	dir, _ := schema.CaseDir(id)
	landed, err := repo.Lookup(base.Tree, dir)
	if err != nil {
		return nil, err
	}
	var list []Branch
	for _, b := range branches {
		if keep != nil && !keep(b) {
			continue
		}
		head, err := repo.Resolve(b.Ref)
		if err != nil {
			return nil, err
		}
		if e, err := repo.Lookup(head.Tree, dir); err != nil || e == landed {
			if err != nil {
				return nil, err
			}
			continue // most branches are of other cases, and building each takes long
		}
		pending, err := timeline.Pending(repo, base, head, timeline.Options{Now: o.Now})
		if err != nil {
			return nil, err
		}
		for _, l := range pending.Landings {
			for _, c := range l.Cases {
				if c.ID == id {
					list = append(list, Branch{b, head, pending, c, o.rules()})
				}
			}
		}
	}
	return list, nil
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
