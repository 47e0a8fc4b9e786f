package casework

import (
	"fmt"

	"github.com/tambal-id/tambal/cmd/tambal/internal/gate"
	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
)

// workflowBot is who commits in a workflow that has no identity of its own.
var workflowBot = git.Identity{Name: "github-actions[bot]", Email: "41898282+github-actions[bot]@users.noreply.github.com"}

// Record appends the decision that was given as a review of a pull request to its
// head, in place of a record that does not hold any more. With local the commit is
// the tip of the local branch of that name, for the person to look at and to push;
// else no branch leads to it yet.
func (d *Desk) Record(p *gate.PullRequest, local bool) (*git.Commit, error) {
	c := p.Change()
	o, _ := p.Recordable()
	data, err := p.Recorded(o)
	if err != nil {
		return nil, err
	}
	if n := len(c.Steps); n > 0 && len(c.Subject()) < len(c.AfterData) && c.Steps[n-1].Approval == nil {
		return nil, refused("record.behind", c.ID, c.Steps[n-1].Item.Name) // nobody's later work is thrown away
	}
	who, err := d.Identity()
	if err != nil && d.Workflow { // whoever commits, the reviewer decided
		who, err = workflowBot, nil
		who.When = d.Now
	}
	if err != nil {
		return nil, err
	}
	draft := git.Draft{
		From: p.Head, Files: map[string][]byte{c.Path: data}, Author: who, Committer: who,
		Message: fmt.Sprintf("%s: approval (%s)\n\nCase: %s\nStep: approval\nReviewed-on: %s\n", c.ID, p.Decision(o).Decision, c.ID, text.Clean(o.URL)),
	}
	if local {
		draft.Branch = p.Pull.Head.Ref
		if err := d.Repo.Advance(draft.Branch, p.Head); err != nil {
			return nil, err
		}
		if tip, err := d.Repo.Resolve("refs/heads/" + draft.Branch); err == nil && tip.ID != p.Head.ID {
			return nil, refused("record.differs", draft.Branch)
		}
	}
	if draft.Sign, err = d.Keys.CommitSigner(""); err != nil {
		return nil, err
	}
	return d.Repo.Write(draft)
}
