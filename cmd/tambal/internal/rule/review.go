package rule

import (
	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/forge"
	"github.com/tambal-id/tambal/cmd/tambal/internal/timeline"
	"github.com/tambal-id/tambal/schema"
)

// State is what the reviews of a pull request amount to.
type State string

// The states. Approved and Refused can be recorded; the others wait.
const (
	Open     State = "open"     // nobody who may has decided on what is there
	Returned State = "returned" // to be revised in the same pull request
	Split    State = "split"    // two holders of the role say opposite things
	Approved State = "approved"
	Refused  State = "refused"
)

// Decision is the one review that counts, if any. By and Other are names.
type Decision struct {
	State     State
	Opinion   *timeline.Opinion
	By, Other string
}

// Decide reads the reviews of the pull request that a case waits in (SOP 4). One
// approval by a holder of the role who took no part is enough; any present
// holder's "Request changes" stands in its way until taken back.
func Decide(l *timeline.Landing, c *timeline.CaseChange) Decision {
	d := Decision{State: Open}
	if l.Pull == nil || l.Policy == nil {
		return d
	}
	var no *timeline.Opinion
	for _, o := range l.Pull.Opinions {
		switch {
		case o.State == forge.ChangesRequested && l.HoldsApproval(o.Person, l.When):
			no = o
		case o.State == forge.Approved && Counts(l, c, o):
			d = Decision{State: Approved, Opinion: o, By: o.Person.Name}
		}
	}
	if no == nil {
		return d
	}
	switch name := no.Person.Name; {
	case d.State == Approved:
		return Decision{State: Split, By: d.By, Other: name}
	case no.Refuses() && Counts(l, c, no):
		return Decision{State: Refused, Opinion: no, By: name}
	default:
		return Decision{State: Returned, Opinion: no, By: name}
	}
}

// Recordable returns the review that a record of the decision should hold, and
// whether a record of it stands on the branch already.
func Recordable(l *timeline.Landing, c *timeline.CaseChange) (o *timeline.Opinion, recorded bool) {
	for _, s := range c.Steps {
		if a := s.Approval; a != nil && (a.Signature != "" || a.Recheck == timeline.Agrees) {
			return nil, true
		}
	}
	d := Decide(l, c)
	if d.State != Approved && d.State != Refused {
		return nil, false
	}
	m, _ := schema.Parse(c.Subject())
	if m == nil || l.Policy == nil {
		return nil, false
	}
	if next := l.Policy.Procedure.Next(m.Items); len(next) == 0 || next[0].Step.Name != schema.ItemApproval {
		return nil, false
	}
	return d.Opinion, false
}

// Counts says whether a review can be the decision: by a person who held the role
// when handing it in and took no part, on exactly what is there now.
func Counts(l *timeline.Landing, c *timeline.CaseChange, o *timeline.Opinion) bool {
	if o.Author.Bot || o.Fit != timeline.Fits || !l.HoldsApproval(o.Person, o.SubmittedAt) || o.SubmittedAt.After(l.When.Add(skew)) {
		return false
	}
	if !l.Policy.Procedure.Separation.ApproverNotAuthor {
		return true
	}
	part, _ := c.Part(o.Person.ID)
	return part == nil && l.Pull.Author != o.Person
}

// uncounted remarks the reviews that look like a decision and are none, so that
// nobody waits for what has been said already.
func (p *pass) uncounted(c *timeline.CaseChange, s *timeline.Step) {
	decided := map[int64]bool{}
	for _, o := range p.Pull.Opinions {
		decided[o.Author.ID] = o.State != forge.Dismissed
		switch {
		case o.Author.Bot || o.State == forge.Dismissed:
		case o.Reused:
			p.reportStep(c, s, nil, "approval-pending.login-reused", o.Author.Login, o.Author.ID).Severity = finding.Warning
		case o.Person == nil || !p.HoldsApproval(o.Person, o.SubmittedAt):
			f := p.reportStep(c, s, nil, "approval-pending.not-holder", reviewer(o), string(o.State))
			if f.Severity = finding.Notice; o.State == forge.ChangesRequested {
				f.Severity = finding.Warning
			}
		case o.Moved && o.Fit == timeline.Fits:
			p.reportStep(c, s, nil, "approval-pending.moved", o.Person.Name).Severity = finding.Notice
		}
	}
	for _, o := range p.Pull.Comments {
		if p.HoldsApproval(o.Person, o.SubmittedAt) && !decided[o.Author.ID] {
			p.reportStep(c, s, nil, "approval-pending.comment", o.Person.Name).Severity = finding.Notice
			decided[o.Author.ID] = true
		}
	}
}

// reviewer names the giver of a review, by the policy or else by login.
func reviewer(o *timeline.Opinion) string {
	switch {
	case o.Person != nil:
		return o.Person.Name
	case o.Author.ID == 0:
		return "ghost" // as GitHub shows an account that was deleted
	}
	return o.Author.Login
}

// requestState: a pull request that may be judged is open, ready, from this
// repository, and aims at the protected branch.
func requestState(p *pass) {
	if p.Pull == nil {
		return
	}
	pull, repo := p.Pull.Pull, p.Pull.Repository
	at := pullPlace(p)
	switch {
	case pull.Merged:
		p.report(at, "request-state.merged", pull.Number)
	case !pull.Open:
		p.report(at, "request-state.closed", pull.Number)
	}
	if pull.Head.RepositoryID != repo.ID {
		p.report(at, "request-state.fork", pull.Number)
	}
	if pull.Base.Ref != repo.DefaultBranch {
		p.report(at, "request-state.base", pull.Number, pull.Base.Ref, repo.DefaultBranch)
	}
	if pull.Draft {
		p.report(at, "request-state.draft", pull.Number).Severity = finding.Pending
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
