package rule

import (
	"slices"
	"strings"

	"github.com/tambal-id/tambal/cmd/tambal/internal/decision"
	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/timeline"
	"github.com/tambal-id/tambal/schema"
)

// undecided returns the step that waits for its decision after the landing: the
// last that the landing brings, where the decision is the case's next step.
func undecided(p *pass, c *timeline.CaseChange) *timeline.Step {
	if c.After == nil || !decision.Awaits(p.Policy, c.After.Items) {
		return nil
	}
	for _, s := range slices.Backward(c.Steps) {
		if s.Item.Name != schema.ItemCorrection {
			return s
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

// approvalPending is the same while the landing waits: nobody has done anything wrong yet. In
// a pull request it says what the reviews amount to so far.
func approvalPending(p *pass) {
	for _, c := range p.Cases {
		s := undecided(p, c)
		switch {
		case s == nil || !p.Pending:
		case p.Request == nil && p.Policy.Procedure.Approval.Minimum == string(decision.Signed):
			p.reportStep(c, s, nil, "approval-pending", s.Item.Name, Approvers(p.Landing), c.ID)
		case p.Request == nil:
			p.reportStep(c, s, nil, "approval-pending.either", s.Item.Name, Approvers(p.Landing), c.ID)
		default:
			p.waiting(c, s)
		}
	}
}

// waiting reports why a case that waits in a pull request is not decided yet.
func (p *pass) waiting(c *timeline.CaseChange, s *timeline.Step) {
	d := c.Reviews
	switch d.Word {
	case decision.Open:
		p.reportStep(c, s, nil, "approval-pending.review", s.Item.Name, Approvers(p.Landing), p.Request.URL)
	case decision.Returned:
		p.reportStep(c, s, nil, "approval-pending.returned", d.By, c.ID)
	case decision.Split:
		p.reportStep(c, s, nil, "approval-pending.split", d.By, d.Other)
	case decision.Approved:
		p.reportStep(c, s, nil, "approval-pending.unrecorded", d.By, c.ID)
		if strings.TrimSpace(d.Opinion.Body) == "" { // without a disposition of its own
			p.reportStep(c, s, nil, "approval-pending.wordless", d.By).Severity = finding.Warning
		}
	case decision.Refused:
		p.reportStep(c, s, nil, "approval-pending.refusal", d.By, c.ID)
	}
	p.uncounted(c, s)
}

// uncounted reports the reviews that look like a decision and are none, so that
// nobody believes the decision has been made.
func (p *pass) uncounted(c *timeline.CaseChange, s *timeline.Step) {
	decided := map[int64]bool{}
	for _, o := range p.Request.Opinions.Latest {
		decided[o.Author.ID] = o.State != decision.ReviewDismissed
		switch {
		case o.Author.Bot || o.State == decision.ReviewDismissed:
		case o.Reused:
			p.reportStep(c, s, nil, "approval-pending.login-reused", o.Author.Login, o.Author.ID).Severity = finding.Warning
		case o.Person == nil || !decision.HeldBy(p.Policy, o.Person, o.SubmittedAt):
			f := p.reportStep(c, s, nil, "approval-pending.not-holder", o.Name(), string(o.State))
			if f.Severity = finding.Notice; o.State == decision.ReviewObjects {
				f.Severity = finding.Warning
			}
		case o.Moved && o.Fit == decision.Fits:
			p.reportStep(c, s, nil, "approval-pending.moved", o.Person.Name).Severity = finding.Notice
		}
	}
	for _, o := range p.Request.Opinions.Comments {
		if decision.HeldBy(p.Policy, o.Person, o.SubmittedAt) && !decided[o.Author.ID] {
			p.reportStep(c, s, nil, "approval-pending.comment", o.Person.Name).Severity = finding.Notice
			decided[o.Author.ID] = true
		}
	}
}

// Approvers names who may decide at the landing.
func Approvers(l *timeline.Landing) string {
	if row := l.Policy.Procedure.Step(schema.ItemApproval); row != nil {
		return l.Policy.Team.Names(row.Roles, l.When)
	}
	return "-"
}

func (p *pass) eachApproval(visit func(c *timeline.CaseChange, s *timeline.Step, a *decision.Verification)) {
	p.eachStep(func(c *timeline.CaseChange, s *timeline.Step) {
		if s.Decision != nil {
			visit(c, s, s.Decision)
		}
	})
}

// approvalStale wants the approved text to be exactly what stands before the
// approval.
func approvalStale(p *pass) {
	p.eachApproval(func(c *timeline.CaseChange, s *timeline.Step, a *decision.Verification) {
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
		if a.State == decision.Stale || a.State == decision.Withdrawn {
			p.reportStep(c, s, []string{"review"}, "approval-stale.review", a.By.Name, a.Why, c.ID)
		}
	})
	p.staleReviews()
}

// staleReviews says of approvals that nobody recorded why they do not count for
// what is there now. It waits for a new review; nobody did anything wrong.
func (p *pass) staleReviews() {
	p.eachOpinion(func(c *timeline.CaseChange, s *timeline.Step, o *decision.Opinion) {
		if o.Fit != decision.Fits && o.State == decision.ReviewApproves && decision.HeldBy(p.Policy, o.Person, o.SubmittedAt) {
			p.reportStep(c, s, nil, "approval-stale.opinion", o.Person.Name, o.Unfit()).Severity = finding.Pending
		}
	})
}

// eachOpinion visits the latest reviews of a pull request, for each case that
// waits for its decision.
func (p *pass) eachOpinion(visit func(c *timeline.CaseChange, s *timeline.Step, o *decision.Opinion)) {
	for _, c := range p.Cases {
		if s := undecided(p, c); s != nil && p.Request != nil {
			for _, o := range p.Request.Opinions.Latest {
				visit(c, s, o)
			}
		}
	}
}

// approvalSelf: who approves took no part in what is approved, under any
// address, as author, committer or co-author.
func approvalSelf(p *pass) {
	if p.Policy == nil || !p.Policy.Procedure.Separation.ApproverNotAuthor {
		return
	}
	p.eachApproval(func(c *timeline.CaseChange, s *timeline.Step, a *decision.Verification) {
		for _, other := range c.Case.Steps {
			if other.Item.Index >= s.Item.Index {
				break
			}
			for _, con := range other.Contributions {
				if slices.Contains(con.People(), a.Approval.By) {
					f := p.reportStep(c, s, []string{"by"}, "approval-self", a.By.Name, other.Item.Name, con.Commit.ID.Short())
					f.Related = seen(c, other)
					return
				}
			}
		}
		if p.Request != nil && p.Request.Opinions.Author != nil && p.Request.Opinions.Author.ID == a.Approval.By {
			p.reportStep(c, s, []string{"by"}, "approval-self.request", a.By.Name, p.Request.Number)
		}
	})
	p.selfReviews()
}

// selfReviews refuses a review by somebody who took part, also before it is
// recorded, unless somebody else decided.
func (p *pass) selfReviews() {
	p.eachOpinion(func(c *timeline.CaseChange, s *timeline.Step, o *decision.Opinion) {
		if c.Reviews.Word == decision.Approved || o.Person == nil || o.State != decision.ReviewApproves {
			return
		}
		if part, con := c.Part(o.Person.ID); part != nil {
			p.reportStep(c, part, nil, "approval-self", o.Person.Name, part.Item.Name, con.Commit.ID.Short())
		} else if p.Request.Opinions.Author == o.Person {
			p.reportStep(c, s, nil, "approval-self.request", o.Person.Name, p.Request.Number)
		}
	})
}

// approvalForged: a signature that is there must be the approver's, over this
// very decision, with a key that was valid when it landed. An exception counts only
// where the key was good by what was known then; no owner's word makes a decision.
func approvalForged(p *pass) {
	p.eachApproval(func(c *timeline.CaseChange, s *timeline.Step, a *decision.Verification) {
		if fault := a.Fault(); fault.Code != "" && a.State != decision.Unsupported {
			f := p.reportStep(c, s, []string{"signature"}, "approval-forged", a.By.Name, fault, c.ID)
			p.lost[f.Place] = a.KeyLost
		}
		if a.State == decision.Contradicted {
			code := "approval-forged.review"
			if a.Why.Code == "review.counted" {
				code = "approval-forged.counted"
			}
			p.reportStep(c, s, []string{"review"}, code, a.By.Name, a.Why, c.ID)
		}
	})
}

// approvalUnconfirmed is undecided: the proof is weaker than the policy's
// minimum, or of a kind that cannot be judged here.
func approvalUnconfirmed(p *pass) {
	if p.Policy == nil {
		return
	}
	p.eachApproval(func(c *timeline.CaseChange, s *timeline.Step, a *decision.Verification) {
		accepted := a.Proof == decision.Recorded && p.options.AcceptRecorded
		switch a.State {
		case decision.Unsupported:
			p.reportStep(c, s, []string{"signature"}, "approval-unconfirmed.unsupported", a.By.Name)
			return
		case decision.Forged, decision.Contradicted, decision.Stale, decision.Withdrawn: // said above
			return
		}
		if a.OtherAccount || a.Proof.AtLeast(a.Minimum) {
			return
		}
		var f *finding.Finding
		switch a.State {
		case decision.Unclear, decision.Changed:
			f = p.reportStep(c, s, []string{"review"}, "approval-unconfirmed.reread", a.By.Name, a.Why)
		case decision.Suspected:
			f = p.reportStep(c, s, nil, "approval-unconfirmed.capped", a.By.Name)
		default:
			f = p.reportStep(c, s, []string{"review"}, "approval-unconfirmed", a.By.Name, a.Minimum)
		}
		if accepted && a.State != decision.Unclear {
			f.Severity = finding.Warning
		}
	})
	if p.Request != nil {
		for _, r := range p.Request.Opinions.Odd {
			p.report(pullPlace(p), "approval-unconfirmed.odd", r.ID, string(r.State))
		}
	}
}
