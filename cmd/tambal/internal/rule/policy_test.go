package rule

import (
	"testing"

	"github.com/tambal-id/tambal/cmd/tambal/internal/timeline"
	"github.com/tambal-id/tambal/policies"
)

// author is the commit that wrote the new policy.
func (s *scene) author() *timeline.Contribution { return s.Next.Contributions[0] }

func unsigned(s *scene) { s.Next.Signed, s.author().Signer = false, nil }

// anchored lets trust start at the landing.
func anchored(s *scene) { s.Anchor, s.Policy = true, s.Next.Policy }

func since(id timeline.ID) func(*scene) {
	return func(s *scene) { s.Next.Policy.Procedure.Since = string(id) }
}

// fromForge makes the policy's commit one of the forge's own pages.
func fromForge(s *scene) {
	con := s.author()
	con.Committer = timeline.Actor{Name: "GitHub", Email: "noreply@github.com"}
	con.Commit.Committer.Email, con.Fault, con.Signer = con.Committer.Email, unsupported, nil
}

var policyRows = []row{
	{name: "the policy in force cannot be used", of: newPolicy, edit: func(s *scene) { s.Policy = nil }, want: "error policy-invalid.in-force"},
	{name: "a case lands while the policy in force cannot be used", of: decided, edit: func(s *scene) { s.Policy = nil }, want: "error policy-invalid.in-force"},
	{name: "a plan waits while the policy in force cannot be used", of: planned, edit: both(asked(), func(s *scene) { s.Policy = nil }), want: "error policy-invalid.in-force"},
	{name: "no policy at all", of: monitored, edit: func(s *scene) { s.Timeline.Anchor = nil }, want: "error policy-invalid.absent"},
	{name: "the landing takes the policy away", of: newPolicy, edit: func(s *scene) { s.Next.Policy = nil }, want: "error policy-invalid.absent"},
	{name: "a policy breaks a rule of its own", of: newPolicy, edit: badPolicy(policies.RuleInvalid, "policies.missing", "policies/team.yaml"), want: "error policies.missing"},
	{name: "the start of trust moves", of: newPolicy, edit: since("abc"), want: "error policy-invalid.since-changed"},
	{name: "a new policy mends one that cannot be used, and names a start of trust", of: newPolicy, edit: both(since("abc"), func(s *scene) { s.Policy = nil }),
		want: "error policy-invalid.in-force"},
	{name: "the anchor names its parent", of: newPolicy, edit: both(anchored, func(s *scene) { since(s.Base.ID)(s) })},
	{name: "the anchor names another commit", of: newPolicy, edit: both(anchored, since("abc")), want: "error policy-invalid.since"},
	{name: "the anchor has no parent to name", of: newPolicy, edit: both(anchored, since("abc"), func(s *scene) { s.Base = nil }), want: "error policy-invalid.since"},
	{name: "the anchor's own policy cannot be used", of: newPolicy,
		edit: both(anchored, badPolicy(policies.RuleInvalid, "policies.missing", "policies/team.yaml"), func(s *scene) { s.Policy, s.Next.Policy = nil, nil }),
		want: "error policies.missing"},
	{name: "the anchor stands on nothing", of: newPolicy, edit: both(anchored, func(s *scene) { s.Base = nil })},
	{name: "the anchor adopts cases without saying so", of: newPolicy, edit: both(anchored, func(s *scene) { s.Adopts = true }), want: "error policy-invalid.anchor-cases"},
	{name: "the anchor brings a case without saying so", of: newPolicy, edit: both(anchored, func(s *scene) { s.beside(monitored()) }), want: "error policy-invalid.anchor-cases"},

	{name: "somebody unknown changes the policy", of: newPolicy, edit: func(s *scene) { s.author().Author, s.author().Committer, s.author().Signer = guest, guest, nil },
		want: "error policy-owner.unknown"},
	{name: "the technical team changes the policy", of: newPolicy, edit: func(s *scene) {
		s.author().Author, s.author().Committer, s.author().Signer = actor(s.person("rina-w")), actor(s.person("rina-w")), s.person("rina-w")
	}, want: "error policy-owner"},
	{name: "the technical team commits the owner's change", of: newPolicy, edit: func(s *scene) { s.author().Committer = actor(s.person("rina-w")) }, want: "error policy-owner"},
	{name: "the forge commits the owner's change", of: newPolicy, edit: fromForge},
	{name: "the forge commits the owner's change, who must sign", of: newPolicy, edit: both(fromForge, signs(policies.RolePolicyOwner)), want: "error step-identity.claimed"},
	{name: "the owner signs where owners must", of: newPolicy, edit: signs(policies.RolePolicyOwner)},
	{name: "a signature on a policy that proves nobody", of: newPolicy, edit: func(s *scene) { s.author().Fault = faulty("signature.unknown-key") },
		want: "error step-identity.signature"},
	{name: "a signature on a policy of a kind that cannot be judged", of: newPolicy, edit: func(s *scene) { s.author().Fault = unsupported },
		want: "notice step-identity.signature"},
	{name: "a signature on a policy of a kind that cannot be judged, where owners sign", of: newPolicy,
		edit: both(signs(policies.RolePolicyOwner), func(s *scene) { s.author().Fault = unsupported }), want: "undecided step-identity.signature"},
	{name: "another's signature on the owner's change", of: newPolicy, edit: func(s *scene) { s.author().Signer = s.person("rina-w") }, want: "error step-identity.mismatch"},

	{name: "a policy lands beside a case", of: newPolicy, edit: func(s *scene) { s.beside(monitored()) }, want: "error policy-mixed"},
	{name: "a policy that nobody vouched for", of: newPolicy, edit: unsigned, want: "warning policy-unsigned"},
	{name: "a policy that another owner approved", of: newPolicy, edit: both(unsigned, func(s *scene) { s.Next.ReviewedBy = s.person("siti-a") })},
	{name: "a policy at the anchor that nobody vouched for", of: newPolicy, edit: both(anchored, unsigned)},
}

func TestPolicies(t *testing.T) { play(t, policyRows) }
