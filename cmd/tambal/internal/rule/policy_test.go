package rule

import (
	"crypto/rsa"
	"math/big"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/crypto/ssh"

	"github.com/tambal-id/tambal/cmd/tambal/internal/timeline"
	"github.com/tambal-id/tambal/policies"
)

// author is the commit that wrote the new policy.
func (s *scene) author() *timeline.Contribution { return s.Next.Contributions[0] }

func unsigned(s *scene) { s.Next.Signed, s.author().Signer = nil, nil }

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

// teamOf is the usual policy with other words in team.yaml.
func teamOf(t *testing.T, edits ...[2]string) *policies.Policy {
	t.Helper()
	files := fstest.MapFS{}
	for _, name := range []string{policies.SOPFile, policies.TeamFile, policies.CalendarFile} {
		data, err := policies.FS.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range edits {
			data = []byte(strings.Replace(string(data), e[0], e[1], 1))
		}
		files[policies.Dir+"/"+name] = &fstest.MapFile{Data: data}
	}
	p, problems := policies.Load(files)
	if p == nil || len(problems) > 0 {
		t.Fatal(problems)
	}
	return p
}

// brings makes such a policy the landing's own.
func brings(edits ...[2]string) func(*scene) {
	return func(s *scene) { s.Next.Policy = teamOf(s.t, edits...) }
}

func ownerUntil(day string) [2]string {
	return [2]string{`role: policy-owner, from: "2025-01-01"`, `role: policy-owner, from: "2025-01-01", until: "` + day + `"`}
}

func kabidUntil(day string) [2]string {
	return [2]string{`role: kabid, from: "2025-01-01"`, `role: kabid, from: "2025-01-01", until: "` + day + `"`}
}

// withoutActing leaves the office without its acting Kabid.
var withoutActing = [2]string{"role: kabid\n", "role: technical-team\n"}

// sameInForce lets the landing's policy have been in force already.
func sameInForce(s *scene) { s.Policy = s.Next.Policy }

// rsaKey gives the owner an RSA key; nobody holds the private half.
func rsaKey(bits int) [2]string {
	n := new(big.Int).Lsh(big.NewInt(1), uint(bits-1))
	key, err := ssh.NewPublicKey(&rsa.PublicKey{N: n.SetBit(n, 0, 1), E: 65537})
	if err != nil {
		panic(err)
	}
	line := strings.TrimSpace(string(ssh.MarshalAuthorizedKey(key)))
	return [2]string{"    assignments:\n", `    keys: [{ type: ssh, key: "` + line + `", from: "2025-01-01" }]` + "\n    assignments:\n"}
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
	{name: "the last owner ends with the landing", of: newPolicy, edit: brings(ownerUntil("2026-02-01")), want: "error policy-invalid.vacant"},
	{name: "the last owner ended before the anchor", of: newPolicy, edit: both(brings(ownerUntil("2026-02-01")), anchored), want: "error policy-invalid.vacant"},
	{name: "the last Kabid ends with the landing", of: newPolicy, edit: brings(kabidUntil("2026-02-01"), withoutActing), want: "error policy-invalid.vacant"},
	{name: "the only Kabid is dropped", of: newPolicy, edit: brings([2]string{"role: kabid", "role: technical-team"}, withoutActing), want: "error policy-invalid.vacant"},
	{name: "there was no Kabid before either", of: newPolicy, edit: both(brings([2]string{"role: kabid", "role: technical-team"}, withoutActing), sameInForce)},
	{name: "the Kabid had ended before, and another landing comes", of: newPolicy, edit: both(brings(kabidUntil("2026-02-01"), withoutActing), sameInForce),
		want: "warning policy-invalid.vacant-soon"},
	{name: "an office begins without a Kabid", of: newPolicy, edit: both(brings([2]string{"role: kabid", "role: technical-team"}, withoutActing), anchored)},
	{name: "a Kabid who begins later is named", of: newPolicy, edit: brings([2]string{`role: kabid, from: "2025-01-01"`, `role: kabid, from: "2026-03-01"`}, withoutActing)},
	{name: "one of two administrators ends", of: newPolicy, edit: brings([2]string{`administrator, from: "2025-01-01"`, `administrator, from: "2025-01-01", until: "2026-02-01"`})},
	{name: "the last owner ends in 60 days", of: newPolicy, edit: brings(ownerUntil("2026-04-06")), want: "warning policy-invalid.vacant-soon"},
	{name: "the last owner ends in 61 days", of: newPolicy, edit: brings(ownerUntil("2026-04-07"))},
	{name: "the last owner ends soon while a case lands", of: monitored, edit: func(s *scene) { s.Policy = teamOf(s.t, ownerUntil("2026-04-01")) },
		want: "warning policy-invalid.vacant-soon"},
	{name: "the last owner ends soon, but more was judged after", of: newPolicy, edit: both(brings(ownerUntil("2026-04-01")), func(s *scene) {
		s.Timeline.Landings = append(s.Timeline.Landings, &timeline.Landing{Timeline: s.Timeline, Policy: policy(), Commit: s.Base, When: s.When})
	})},
	{name: "a new RSA key of 2048 bits", of: newPolicy, edit: brings(rsaKey(2048)), want: "warning policy-invalid.weak-key"},
	{name: "an RSA key of 2048 bits that was there", of: newPolicy, edit: both(brings(rsaKey(2048)), sameInForce)},
	{name: "an RSA key of 2048 bits at the anchor", of: newPolicy, edit: both(brings(rsaKey(2048)), anchored), want: "warning policy-invalid.weak-key"},
	{name: "a new RSA key of 3072 bits", of: newPolicy, edit: brings(rsaKey(3072))},

	{name: "a policy that nobody vouched for", of: newPolicy, edit: unsigned, want: "warning policy-unsigned"},
	{name: "a policy that another owner approved", of: newPolicy, edit: both(unsigned, func(s *scene) { s.Next.ReviewedBy = s.person("siti-a") })},
	{name: "a policy at the anchor that nobody vouched for", of: newPolicy, edit: both(anchored, unsigned)},
}

func TestPolicies(t *testing.T) { play(t, policyRows) }
