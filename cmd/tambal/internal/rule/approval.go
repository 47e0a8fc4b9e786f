package rule

import (
	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/timeline"
	"github.com/tambal-id/tambal/schema"
)

// undecided returns the step that waits for its decision after the landing:
// the row before the approval is the last thing the landing brings.
func undecided(p *pass, c *timeline.CaseChange) *timeline.Step {
	if p.Policy == nil || c.After == nil {
		return nil
	}
	before := p.Policy.Procedure.BeforeApproval()
	if before == nil {
		return nil
	}
	for i := len(c.Steps) - 1; i >= 0; i-- {
		switch s := c.Steps[i]; s.Item.Name {
		case schema.ItemCorrection:
		case before.Name:
			return s
		default:
			return nil
		}
	}
	return nil
}

// approvalMissing: history never holds an undecided analysis (SOP 4).
func approvalMissing(p *pass) {
	for _, c := range p.Cases {
		if s := undecided(p, c); s != nil && !p.Pending {
			p.reportStep(c, s, nil, "approval-missing", s.Item.Name, c.ID)
		}
	}
}

// approvalPending is the same while the landing waits: nobody did wrong yet.
func approvalPending(p *pass) {
	for _, c := range p.Cases {
		if s := undecided(p, c); s != nil && p.Pending {
			p.reportStep(c, s, nil, "approval-pending", s.Item.Name, approvers(p), c.ID)
		}
	}
}

func approvers(p *pass) string {
	if row := p.Policy.Procedure.Step(schema.ItemApproval); row != nil {
		return who(p.Policy, row.Roles, p.When)
	}
	return "-"
}

func (p *pass) eachApproval(visit func(c *timeline.CaseChange, s *timeline.Step, a *timeline.Approval)) {
	p.eachStep(func(c *timeline.CaseChange, s *timeline.Step) {
		if s.Approval != nil {
			visit(c, s, s.Approval)
		}
	})
}

// approvalStale wants the approved text to be exactly what stands before the
// approval.
func approvalStale(p *pass) {
	p.eachApproval(func(c *timeline.CaseChange, s *timeline.Step, a *timeline.Approval) {
		if !a.SubjectFits {
			code := "approval-stale"
			if a.Subject.Bytes == s.Item.Start {
				code = "approval-stale.content"
			}
			p.reportStep(c, s, []string{"subject"}, code, a.Subject.Bytes, s.Item.Start, c.ID)
		}
		if a.PolicyDiffers {
			p.reportStep(c, s, []string{"policy"}, "approval-stale.policy").Severity = finding.Notice
		}
	})
}

// approvalSelf: who approves took no part in what is approved, under any
// address, as author, committer or co-author.
func approvalSelf(p *pass) {
	if p.Policy == nil || !p.Policy.Procedure.Separation.ApproverNotAuthor {
		return
	}
	p.eachApproval(func(c *timeline.CaseChange, s *timeline.Step, a *timeline.Approval) {
		for _, other := range c.Case.Steps {
			if other.Item.Index >= s.Item.Index {
				break
			}
			for _, con := range other.Contributions {
				for _, id := range con.People() {
					if id == a.Approval.By {
						f := p.reportStep(c, s, []string{"by"}, "approval-self", a.By.Name, other.Item.Name, con.Commit.ID.Short())
						f.Related = append(f.Related, seen(c, other))
						return
					}
				}
			}
		}
	})
}

// approvalForged: a signature that is there must be the approver's, over this
// very decision, with a key that was valid when it landed.
func approvalForged(p *pass) {
	p.eachApproval(func(c *timeline.CaseChange, s *timeline.Step, a *timeline.Approval) {
		if a.Fault.Code != "" && !a.Unsupported {
			p.reportStep(c, s, []string{"signature"}, "approval-forged", a.By.Name, a.Fault, c.ID)
		}
	})
}

// approvalUnconfirmed is undecided: the proof is weaker than the policy's
// minimum, or of a kind that cannot be judged here.
func approvalUnconfirmed(p *pass) {
	if p.Policy == nil {
		return
	}
	p.eachApproval(func(c *timeline.CaseChange, s *timeline.Step, a *timeline.Approval) {
		accepted := a.Strength == timeline.Recorded && p.options.AcceptRecorded
		switch {
		case a.Unsupported:
			p.reportStep(c, s, []string{"signature"}, "approval-unconfirmed.unsupported", a.By.Name)
		case a.Fault.Code != "" || a.Strength.AtLeast(a.Minimum):
		case a.Capped && accepted:
			p.reportStep(c, s, nil, "approval-unconfirmed.capped", a.By.Name).Severity = finding.Warning
		case a.Capped:
			p.reportStep(c, s, nil, "approval-unconfirmed.capped", a.By.Name)
		case accepted:
			p.reportStep(c, s, []string{"review"}, "approval-unconfirmed", a.By.Name, a.Minimum).Severity = finding.Warning
		default:
			p.reportStep(c, s, []string{"review"}, "approval-unconfirmed", a.By.Name, a.Minimum)
		}
	})
}
