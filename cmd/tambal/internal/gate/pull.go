package gate

import (
	"context"
	"fmt"
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/decision"
	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/forge"
	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
	"github.com/tambal-id/tambal/cmd/tambal/internal/timeline"
	"github.com/tambal-id/tambal/policies"
	"github.com/tambal-id/tambal/schema"
)

// PullRequest is one pull request as it was judged: facts from the clone, reviews
// from the forge, read while neither moved.
type PullRequest struct {
	*forge.Dossier
	*Judgement
	Base, Head *git.Commit
}

// Landing is what merging the pull request would be.
func (p *PullRequest) Landing() *timeline.Landing { return p.Timeline.Landings[0] }

// Policy is the one that judges: the base's.
func (p *PullRequest) Policy() *policies.Policy { return p.Landing().Policy }

// Change is the one case the pull request is about; nil when it touches none, or
// more than one.
func (p *PullRequest) Change() *timeline.CaseChange {
	if cases := p.Landing().Cases; len(cases) == 1 && cases[0].After != nil {
		return cases[0]
	}
	return nil
}

// patience is how often a pull request is read that does not stand still, with
// pauses that grow: the forge's API may lag behind its own Git.
const patience = 4

// Judge judges a pull request. known, when not "", is a commit that its head
// must contain: what an event named, or what was just pushed.
func (o *Origin) Judge(ctx context.Context, repo *git.Repo, number int, known string, options Options) (*PullRequest, error) {
	var lagging *PullRequest
	for try := range patience {
		if try > 0 {
			o.Pause(ctx, time.Duration(try)*time.Second)
		}
		p, err := o.read(ctx, repo, number, options)
		if err != nil {
			return nil, err
		}
		if p == nil {
			continue
		}
		if known == "" {
			return p, nil
		}
		if ok, err := repo.IsAncestor(git.ID(known), p.Head.ID); err != nil || ok {
			return p, err
		}
		lagging = p
	}
	if lagging == nil {
		return nil, &forge.Error{Code: "forge.moving", Args: []any{number}}
	}
	lagging.Result.Findings = append(lagging.Result.Findings, finding.Finding{Rule: "forge-unread", Severity: finding.Pending,
		Place: finding.Place{Commit: string(lagging.Head.ID)}, Code: "forge-unread.lag", Args: []any{number, git.ID(known).Short()}})
	finding.Sort(lagging.Result.Findings)
	return lagging, nil
}

// read judges a pull request once; nil when it moved meanwhile.
func (o *Origin) read(ctx context.Context, repo *git.Repo, number int, options Options) (*PullRequest, error) {
	d, err := o.Dossier(ctx, number)
	if err != nil {
		return nil, err
	}
	tips, err := repo.Fetch(ctx, o.Remote, "refs/heads/"+d.Pull.Base.Ref, fmt.Sprintf("refs/pull/%d/head", number))
	if err != nil {
		return nil, err
	}
	p := &PullRequest{Dossier: d, Base: tips[0], Head: tips[1]}
	if string(p.Head.ID) != d.Pull.Head.SHA {
		return nil, nil
	}
	if err := o.fetchReviewed(ctx, repo, d); err != nil {
		return nil, err
	}
	build := timeline.Options{Now: options.Now, Forge: newWitness(repo, o.asked(ctx)), Request: requestOf(d)}
	line, err := timeline.Pending(repo, p.Base, p.Head, build)
	if err != nil {
		return nil, err
	}
	p.Judgement = judge(line, options.rules(), string(p.Base.ID), string(p.Head.ID))
	again, err := o.PullRequest(ctx, number)
	if err != nil || !again.Same(d.Pull) {
		return nil, err
	}
	return p, nil
}

// Recordable returns the review that a record of the decision should hold, and
// whether the branch already holds a record of it.
func (p *PullRequest) Recordable() (o *decision.Opinion, recorded bool) {
	c := p.Change()
	if c == nil {
		return nil, false
	}
	return c.Recordable, c.Recorded
}

// Blocking keeps what is wrong beyond the missing, or outdated, record.
func (p *PullRequest) Blocking() (list []finding.Finding) {
	for _, f := range p.Result.Findings {
		switch {
		case f.Severity != finding.Error && f.Severity != finding.Undecided:
		case f.Rule == "approval-stale", f.Rule == "approval-forged", f.Code == "step-order.refused-open",
			f.Rule == "approval-unconfirmed" && f.Code != "approval-unconfirmed.odd": // about the record that is replaced
		default:
			list = append(list, f)
		}
	}
	return list
}

// Decision is the record that a review of the pull request's case amounts to.
func (p *PullRequest) Decision(o *decision.Opinion) schema.Approval {
	l := p.Landing()
	return decision.Record(&l.Request.Request, o, p.Change().Subject(), l.Policy.Calendar.Location(), text.Indonesian)
}

// Recorded is the manifest with the record of a review at its end.
func (p *PullRequest) Recorded(o *decision.Opinion) ([]byte, error) {
	item, err := schema.Value(p.Decision(o))
	if err != nil {
		return nil, err
	}
	c := p.Change()
	return schema.AppendFile(c.Path, c.Subject(), schema.ItemApproval, item)
}
