package rule

import (
	"slices"
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/timeline"
	"github.com/tambal-id/tambal/policies"
	"github.com/tambal-id/tambal/schema"
)

// judged returns the steps of a contribution that are judged by their author:
// for an approval the signer or reviewer counts, whoever commits.
func judged(con *timeline.Contribution) []*timeline.Step {
	return slices.DeleteFunc(slices.Clone(con.Steps), func(s *timeline.Step) bool { return s.Decision != nil })
}

// stepRole wants one role of a commit's author to fit every step it wrote, by
// the policy in force and at the landing; and an approver who may approve.
func stepRole(p *pass) {
	if p.Policy == nil {
		return
	}
	changed := map[*timeline.Case]*timeline.CaseChange{}
	for _, c := range p.Cases {
		changed[c.Case] = c
	}
	for _, con := range p.Contributions {
		steps := judged(con)
		if len(steps) == 0 || changed[steps[0].Case] == nil {
			continue
		}
		roleOf(p, changed[steps[0].Case], con, con.Author.Person, steps)
		if other := con.Committer.Person; other != nil && other != con.Author.Person {
			roleOf(p, changed[steps[0].Case], con, other, steps)
		}
	}
	p.eachStep(func(c *timeline.CaseChange, s *timeline.Step) {
		if s.Decision == nil || s.Decision.By.Listed == nil || s.Row == nil {
			return
		}
		at := p.Moments()
		if r := s.Decision.Review; r != nil { // the assignment stands in the policy in force, whoever merges when
			at = []time.Time{schema.Time(r.SubmittedAt)}
		}
		if !s.Decision.By.Listed.HoldsAny(s.Row.Roles, at...) {
			p.reportStep(c, s, []string{"by"}, "step-role", s.Decision.By.Name, s.Item.Name, p.Policy.Team.Names(s.Row.Roles, at...))
		}
	})
}

func roleOf(p *pass, c *timeline.CaseChange, con *timeline.Contribution, person *policies.Person, steps []*timeline.Step) {
	if person == nil {
		return // step-identity
	}
	var common []string
	for i, s := range steps {
		if !person.HoldsAny(s.Roles, p.Moments()...) {
			code := "step-role"
			if con.Earlier {
				code += ".earlier"
			} else if p.Pending {
				code += ".unlanded"
			}
			f := p.reportStep(c, s, nil, code, person.Name, s.Item.Name, p.Policy.Team.Names(s.Roles, p.Moments()...), con.Commit.ID.Short())
			f.Commit = string(con.Commit.ID)
			return
		}
		if i == 0 {
			common = s.Roles
		}
		common = slices.DeleteFunc(slices.Clone(common), func(r string) bool {
			return !slices.Contains(s.Roles, r) || !person.HoldsAt(r, p.Moments()...)
		})
	}
	if len(common) == 0 {
		f := p.reportStep(c, steps[len(steps)-1], nil, "step-role.several", person.Name, con.Commit.ID.Short())
		f.Commit = string(con.Commit.ID)
	}
}

// stepIdentity wants to know whose work a step is: an address the policy lists,
// and a valid key where the role demands one or a signature is shown.
func stepIdentity(p *pass) {
	if p.Policy == nil || p.Anchor {
		return
	}
	for _, con := range p.Contributions {
		if len(judged(con)) > 0 {
			identified(p, con)
		}
	}
	p.eachStep(func(c *timeline.CaseChange, s *timeline.Step) {
		if s.Decision != nil && s.Decision.By.Listed == nil {
			p.reportStep(c, s, []string{"by"}, "step-identity.approver", s.Decision.Approval.By)
		}
	})
}

func identified(p *pass, con *timeline.Contribution) {
	author, kase := con.Author, con.Steps[0].Case
	place := at(kase.Dir+"/"+schema.ManifestFile, con.Steps[0].Item.Pos)
	place.Commit = string(con.Commit.ID)
	if author.Person == nil {
		p.report(place, "step-identity", author.Name, author.Email, con.Commit.ID.Short()).Case = kase.ID
	} else {
		proven(p, place, kase.ID, con, author.Name, demandsKey(p, author.Person, judged(con)))
	}
	if con.Committer.Person == nil && !p.madeByForge(con) && con.Committer.Email != author.Email {
		code := "step-identity"
		if con.Commit.ByForge() {
			code = "step-identity.not-forge" // the name alone is anybody's
		}
		p.report(place, code, con.Committer.Name, con.Committer.Email, con.Commit.ID.Short()).Case = kase.ID
	}
	for _, co := range con.CoAuthors {
		if co.Person == nil {
			f := p.report(place, "step-identity.co-author", co.Email, con.Commit.ID.Short())
			f.Case, f.Severity = kase.ID, finding.Warning
		}
	}
}

// proven wants a signature that is there to be the listed author's, and one to be
// there where it is demanded. One of a kind that cannot be judged here is not
// invalid: undecided where a key is demanded, a warning where the same commit would
// do without a signature.
func proven(p *pass, place finding.Place, id string, con *timeline.Contribution, name string, demanded bool) {
	switch commit := con.Commit.ID.Short(); {
	case con.Fault.Code != "" && !p.madeByForge(con):
		f := p.report(place, "step-identity.signature", commit, con.Fault)
		f.Case = id
		switch {
		case con.Unsupported() && demanded:
			f.Severity = finding.Undecided
		case con.Unsupported():
			f.Severity = finding.Notice
		}
	case con.Signer != nil && con.Signer != con.Author.Person:
		p.report(place, "step-identity.mismatch", con.Signer.Name, con.Author.Email, commit).Case = id
	case con.Signer == nil && demanded:
		p.report(place, "step-identity.claimed", name, commit).Case = id
	}
}

// madeByForge says whether the forge made a commit in its own pages for the
// author it names. Its signature (OpenPGP) cannot be judged here; in a pull
// request the forge itself is asked whether it is its own. It speaks for the
// forge and for no person, so the author stays as claimed as without it.
func (p *pass) madeByForge(con *timeline.Contribution) bool {
	if !con.Commit.ByForge() || !con.Unsupported() {
		return false
	}
	return p.Request == nil || p.Request.Made[con.Commit.ID]
}

// demandsKey says whether every role in which the author may add one of these
// steps must sign.
func demandsKey(p *pass, author *policies.Person, steps []*timeline.Step) bool {
	free := func(role string) bool {
		return author.HoldsAt(role, p.Moments()...) && !mustSign(p.Policy.Procedure, role)
	}
	for _, s := range steps {
		if author.HoldsAny(s.Roles, p.Moments()...) && !slices.ContainsFunc(s.Roles, free) {
			return true
		}
	}
	return false
}

func mustSign(pr *policies.Procedure, role string) bool {
	return slices.ContainsFunc(pr.Roles, func(r policies.Role) bool {
		return r.ID == role && r.Identity == policies.IdentitySigned
	})
}

// stepSeparation reports when the analyst also planned, as loudly as the
// policy says.
func stepSeparation(p *pass) {
	if p.Policy == nil || p.Policy.Procedure.Separation.AnalystNotPlanner == "off" {
		return
	}
	severity := finding.Severity(p.Policy.Procedure.Separation.AnalystNotPlanner)
	p.eachStep(func(c *timeline.CaseChange, s *timeline.Step) {
		if s.Item.Name != schema.ItemAnalysis {
			return
		}
		plan := c.Case.Step(schema.ItemPlan)
		if plan == nil || plan.By().Person == nil || s.By().Person == nil || plan.By().Person.ID != s.By().Person.ID {
			return
		}
		f := p.reportStep(c, s, nil, "step-separation", s.By().Name)
		f.Severity = severity
		f.Related = seen(c, plan)
	})
}
