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
				p.report(at(pr.Path, pr.Pos), pr.Code, pr.Args...)
			}
		}
	}
	twins(p, schema.PoliciesDir)
	twins(p, schema.ForgeDir)
	sinceHolds(p)
	vacancies(p)
	weakKeys(p)
}

// sinceHolds keeps the point where trust starts: named once, at the anchor, as
// its parent; and an anchor that brings cases must name it.
func sinceHolds(p *pass) {
	if p.Next == nil || p.Next.Policy == nil {
		return
	}
	since, place, parent := p.Next.Policy.Procedure.Since, path(schema.SOPPath), ""
	if p.Base != nil {
		parent = string(p.Base.ID)
	}
	switch {
	case !p.Anchor && p.Policy != nil && since != p.Policy.Procedure.Since:
		p.report(place, "policy-invalid.since-changed", p.Policy.Procedure.Since, since)
	case !p.Anchor:
	case since != "" && since != parent:
		p.report(place, "policy-invalid.since", since, parent)
	case since == "" && (p.touches() || p.Adopts):
		p.report(place, "policy-invalid.anchor-cases", parent)
	}
}

// policyOwner lets only policy owners of the old policy change it.
func policyOwner(p *pass) {
	if p.Next == nil || p.Anchor || p.Policy == nil {
		return
	}
	for _, con := range p.Next.Contributions {
		place := finding.Place{Path: policies.Dir, Commit: string(con.Commit.ID)}
		ownsPolicy(p, place, con.Author)
		if con.Committer.Email != con.Author.Email && !p.madeByForge(con) {
			ownsPolicy(p, place, con.Committer)
		}
		if author := con.Author.Person; author != nil { // reported above
			proven(p, place, "", con, author.Name, mustSign(p.Policy.Procedure, policies.RolePolicyOwner))
		}
	}
}

func ownsPolicy(p *pass, place finding.Place, a timeline.Actor) {
	switch {
	case a.Person == nil:
		p.report(place, "policy-owner.unknown", a.Name, a.Email)
	case !a.Person.HoldsAt(policies.RolePolicyOwner, p.Moments()...):
		p.report(place, "policy-owner", a.Person.Name, p.Policy.Team.Names([]string{policies.RolePolicyOwner}, p.Moments()...))
	}
}

// policyMixed keeps policy changes alone in their landing: nobody can judge a
// step by rules that change with it.
func policyMixed(p *pass) {
	if p.Next != nil && !p.Anchor && p.touches() {
		p.report(path(policies.Dir), "policy-mixed")
	}
}

// policyUnsigned reports a policy landing that no policy owner vouched for: who
// can swap keys unseen can sign as anybody, so later proofs count as recorded.
func policyUnsigned(p *pass) {
	if p.Next != nil && !p.Anchor && len(p.Next.Signed) == 0 && p.Next.ReviewedBy == nil {
		p.report(path(policies.Dir), "policy-unsigned")
	}
}
