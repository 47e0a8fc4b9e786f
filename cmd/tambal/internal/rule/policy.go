package rule

import (
	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/timeline"
	"github.com/tambal-id/tambal/policies"
	"github.com/tambal-id/tambal/schema"
)

// policyInvalid wants a policy that can be used: the one in force, and the one
// a landing brings. The anchor holds no cases unless it adopts a history.
func policyInvalid(p *pass) {
	if p.Policy == nil && !p.Anchor {
		p.report(path(schema.SOPPath), "policy-invalid.in-force")
	}
	if p.Next != nil {
		if p.Next.Policy == nil && len(p.Next.Problems) == 0 {
			p.report(path(schema.SOPPath), "policy-invalid.absent")
		}
		for _, pr := range p.Next.Problems {
			switch pr.Rule {
			case schema.RuleSchema, schema.RuleAmbiguous, schema.RuleLimit: // reported by those rules
			default:
				p.report(finding.Place{Path: pr.Path, Line: pr.Pos.Line, Column: pr.Pos.Column}, pr.Code, pr.Args...)
			}
		}
	}
	sinceHolds(p)
}

// sinceHolds keeps the point where trust starts: named once, at the anchor, as
// its parent; and an anchor that brings cases must name it.
func sinceHolds(p *pass) {
	if p.Next == nil || p.Next.Policy == nil {
		return
	}
	since := p.Next.Policy.Procedure.Since
	at := path(schema.SOPPath)
	if !p.Anchor {
		if p.Policy != nil && since != p.Policy.Procedure.Since {
			p.report(at, "policy-invalid.since-changed", p.Policy.Procedure.Since, since)
		}
		return
	}
	parent := ""
	if p.Base != nil {
		parent = string(p.Base.ID)
	}
	switch {
	case since != "" && since != parent:
		p.report(at, "policy-invalid.since", since, parent)
	case since == "" && (p.touches() || p.Adopts):
		p.report(at, "policy-invalid.anchor-cases", parent)
	}
}

// policyOwner lets only policy owners of the old policy change it.
func policyOwner(p *pass) {
	if p.Next == nil || p.Anchor || p.Policy == nil {
		return
	}
	for _, con := range p.Next.Contributions {
		at := commitPlace(con.Commit)
		at.Path = policies.Dir
		ownsPolicy(p, at, con.Author)
		if con.Committer.Email != con.Author.Email && !p.madeByForge(con) {
			ownsPolicy(p, at, con.Committer)
		}
		switch author := con.Author.Person; {
		case author == nil: // reported above
		case con.Fault.Code != "" && !p.madeByForge(con):
			unproven(p, at, con)
		case con.Signer != nil && con.Signer != author:
			p.report(at, "step-identity.mismatch", con.Signer.Name, con.Author.Email, con.Commit.ID.Short())
		case con.Signer == nil && mustSign(p.Policy.Procedure, policies.RolePolicyOwner):
			p.report(at, "step-identity.claimed", author.Name, con.Commit.ID.Short())
		}
	}
}

func ownsPolicy(p *pass, at finding.Place, a timeline.Actor) {
	switch {
	case a.Person == nil:
		p.report(at, "policy-owner.unknown", a.Name, a.Email)
	case !a.Person.HoldsAt(policies.RolePolicyOwner, p.When):
		p.report(at, "policy-owner", a.Person.Name, p.Policy.Team.Names([]string{policies.RolePolicyOwner}, p.When))
	}
}

// policyMixed keeps policy changes alone in their landing: nobody can judge a
// step by rules that change with it.
func policyMixed(p *pass) {
	if p.Next != nil && !p.Anchor && p.touches() {
		p.report(path(policies.Dir), "policy-mixed")
	}
}

// policyUnsigned remarks a policy landing that no policy owner vouched for: who
// can swap keys unseen can sign as anybody, so later proofs count as recorded.
func policyUnsigned(p *pass) {
	if p.Next != nil && !p.Anchor && !p.Next.Signed && p.Next.ReviewedBy == nil {
		p.report(path(policies.Dir), "policy-unsigned")
	}
}
