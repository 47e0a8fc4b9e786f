package rule

import (
	"github.com/tambal-id/tambal/cmd/tambal/internal/decision"
	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/timeline"
)

// uncounted remarks the reviews that look like a decision and are none, so that
// nobody waits for what has been said already.
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

// requestState: a pull request that may be judged is open, ready, from this
// repository, and aims at the protected branch.
func requestState(p *pass) {
	r := p.Request
	if r == nil {
		return
	}
	at := pullPlace(p)
	switch {
	case r.Merged:
		p.report(at, "request-state.merged", r.Number)
	case !r.Open:
		p.report(at, "request-state.closed", r.Number)
	}
	if r.Fork {
		p.report(at, "request-state.fork", r.Number)
	}
	if r.Base != r.DefaultBranch {
		p.report(at, "request-state.base", r.Number, r.Base, r.DefaultBranch)
	}
	if r.Draft {
		p.report(at, "request-state.draft", r.Number).Severity = finding.Pending
	}
}

// pullPlace is the head of the pull request: it has no place in a file.
func pullPlace(p *pass) finding.Place { return commitPlace(p.Head) }

// gateChanged remarks a change of what runs the check itself, and refuses it
// beside a case: whoever reviews a case does not review a workflow.
func gateChanged(p *pass) {
	for _, name := range p.Gate {
		f := p.report(path(name), "gate-changed", name)
		if p.touches() || p.Next != nil {
			f.Code, f.Severity = "gate-changed.mixed", finding.Error
		}
	}
}
