package rule

import (
	"slices"
	"testing"

	"github.com/tambal-id/tambal/cmd/tambal/internal/decision"
	"github.com/tambal-id/tambal/cmd/tambal/internal/timeline"
	"github.com/tambal-id/tambal/policies"
	"github.com/tambal-id/tambal/schema"
)

// straight lands without a merge.
func straight(subject string) func(*scene) {
	return func(s *scene) { s.Commit.Parents, s.Commit.Subject = s.Commit.Parents[:1], subject }
}

func octopus(s *scene) { s.Commit.Parents = append(s.Commit.Parents, "abc") }

// wrote lets a side commit have written a path below patches/; sideOctopus lets it
// be a merge of three.
func wrote(i int) func(*scene) {
	return func(s *scene) { s.Side[i].Own = []timeline.Change{{Path: "patches/x"}} }
}

func sideOctopus(i int) func(*scene) {
	return func(s *scene) { s.Side[i].Parents = append(s.Side[i].Parents, "abc", "def", "012") }
}

// wrong says that the manifest is not what both sides bring together.
func wrong(s *scene) { s.Wrong = []string{s.c.Path} }

// excepted lets the policy forgive one finding of the landing, in a later landing.
func excepted(ruleID string, proven bool) func(*scene) {
	return func(s *scene) {
		s.except(ruleID)
		s.excepts("Mesin lama.")
		if !proven {
			s.Timeline.Proven = policy()
		}
	}
}

// except lets the policy at the tip forgive one finding of the landing.
func (s *scene) except(ruleID string) {
	commit := s.Head // pending
	if s.Commit != nil {
		commit = s.Commit
	}
	s.Policy.Procedure.Exceptions = []policies.Exception{{Commit: string(commit.ID), Rule: ruleID, Reason: "Mesin lama."}}
}

// excepts adds a landing behind all others whose policy has the exceptions of the
// tip, for this reason; none without one.
func (s *scene) excepts(reason string) {
	p := policy()
	if reason != "" {
		p.Procedure.Exceptions = slices.Clone(s.Policy.Procedure.Exceptions)
		p.Procedure.Exceptions[0].Reason = reason
	}
	s.Timeline.Landings = append(s.Timeline.Landings, &timeline.Landing{
		Timeline: s.Timeline, Policy: policy(), Base: s.Commit, Commit: commit(len(s.Timeline.Landings)+100, s.person("siti-a"), s.When), When: s.When,
		Next: &timeline.PolicyChange{Policy: p, Signed: []string{"SHA256:x"}},
	})
}

// exceptedAhead lets the exception stand before the landing, and what the reasons
// say in landings behind it.
func exceptedAhead(reasons ...string) func(*scene) {
	return func(s *scene) {
		s.except("history-direct")
		s.excepts("Mesin lama.")
		line := s.Timeline.Landings
		line[0], line[1] = line[1], line[0]
		for _, reason := range reasons {
			s.excepts(reason)
		}
	}
}

// forgiven lets the policy forgive a forged approval later; lost says that its key
// was good when it landed.
func forgiven(why string, lost bool) func(*scene) {
	return both(became(decision.Forged, why), excepted("approval-forged", true), func(s *scene) {
		s.step(schema.ItemApproval).Decision.KeyLost = lost
	})
}

var landingRows = []row{
	{name: "a squash", of: scheduled, edit: straight("jadwal (#12)"), want: "error history-squashed"},
	{name: "a case changed on the protected branch", of: scheduled, edit: straight("jadwal"), want: "error history-direct"},
	{name: "a case changed by the anchor itself", of: monitored, edit: both(straight("awal"), func(s *scene) { s.Anchor = true })},
	{name: "a policy changed on the protected branch", of: newPolicy, edit: straight("kebijakan")},
	{name: "a branch whose base has moved on", of: planned, edit: both(wrong, func(s *scene) { s.c.Behind = true }),
		want: "error history-behind, pending approval-pending.either"},
	{name: "a branch that lacks a path of another case", of: planned, edit: func(s *scene) { s.Wrong = []string{"patches/2026/SP-2026-0001/patch.yaml"} },
		want: "error history-behind, pending approval-pending.either"},
	{name: "a branch that broke its own manifest", of: planned, edit: wrong, want: "pending approval-pending.either"},
	{name: "a branch that lacks a landed file, which it did not write", of: planned, edit: both(rewrites("evidence/x"), func(s *scene) { s.Side[0].Own = nil }),
		want: "error history-behind, pending approval-pending.either"},
	{name: "a merge with content of its own", of: scheduled, edit: wrong, want: "error history-evil-merge"},
	{name: "an anchor with content of its own", of: monitored, edit: both(wrong, func(s *scene) { s.Anchor = true })},
	{name: "the protected branch became the side branch", of: scheduled, edit: func(s *scene) { s.Foxtrot = s.Head }, want: "error history-foxtrot"},
	{name: "a side branch grew like the protected one", of: scheduled, edit: func(s *scene) { s.FoxtrotLike = s.Head }, want: "warning history-foxtrot.like"},
	{name: "the anchor looks like a landing of before", of: newPolicy, edit: both(anchored, func(s *scene) { s.Base, s.FoxtrotLike = nil, s.Head })},
	{name: "the anchor was a landing once", of: newPolicy, edit: both(anchored, func(s *scene) { s.Base, s.Foxtrot = nil, s.Head })},
	{name: "an earlier head is gone", of: scheduled, edit: func(s *scene) { s.options.Lost = "4f1c2ab0" }, want: "error history-rewritten"},
	{name: "the landing is outside the grammar of commits", of: scheduled, edit: func(s *scene) { s.Commit.Malformed = "history.commit.twice" },
		want: "error history.commit.twice"},
	{name: "a side commit is outside the grammar of commits", of: planned, edit: func(s *scene) { s.Side[1].Malformed = "history.commit.date" },
		want: "error history.commit.date, pending approval-pending.either"},
	{name: "a merge of three", of: scheduled, edit: octopus, want: "error history-malformed.octopus"},
	{name: "a merge of three that brings a policy", of: newPolicy, edit: octopus, want: "error history-malformed.octopus"},
	{name: "a merge of three without a case or policy", of: newPolicy, edit: both(octopus, func(s *scene) { s.Next = nil })},
	{name: "a merge of three that drops what a side brought", of: newPolicy, edit: both(octopus, wrote(0), func(s *scene) { s.Next = nil }), want: "error history-malformed.octopus"},
	{name: "a merge of three on a branch, over what the branch wrote", of: planned, edit: both(wrote(0), sideOctopus(1)),
		want: "error history-malformed.octopus, pending approval-pending.either"},
	{name: "a merge of three on a branch that writes itself", of: planned, edit: both(wrote(0), sideOctopus(0)),
		want: "error history-malformed.octopus, pending approval-pending.either"},
	{name: "a merge of three on a branch before anybody wrote a case", of: planned, edit: both(wrote(1), sideOctopus(0)),
		want: "pending approval-pending.either"},
	{name: "a foreign history", of: scheduled, edit: func(s *scene) { s.ForeignRoot = s.Head }, want: "error history-malformed.root"},
	{name: "a mail map", of: scheduled, edit: func(s *scene) { s.Mailmap = true }, want: "warning history-malformed.mailmap"},
	{name: "a mail map in an older landing", of: scheduled, edit: func(s *scene) {
		older := *s.Landing
		older.Mailmap, older.Cases, older.Contributions = true, nil, nil
		s.Timeline.Landings = []*timeline.Landing{&older, s.Landing}
	}},

	{name: "the policy forgives", of: scheduled, edit: both(straight("jadwal"), excepted("history-direct", true)), want: "warning history-direct"},
	{name: "the policy forgives what had not landed yet", of: scheduled, edit: both(straight("jadwal"), exceptedAhead()), want: "error history-direct"},
	{name: "the policy forgives ahead, takes it back and forgives again", of: scheduled, edit: both(straight("jadwal"), exceptedAhead("", "Mesin lama.")),
		want: "error history-direct"},
	{name: "the policy forgives ahead, and again for another reason", of: scheduled, edit: both(straight("jadwal"), exceptedAhead("Mesin baru."), func(s *scene) {
		s.Policy.Procedure.Exceptions[0].Reason = "Mesin baru."
	}), want: "warning history-direct"},
	{name: "the policy forgives the landing that writes it", of: newPolicy, edit: func(s *scene) {
		s.author().Author, s.author().Committer, s.author().Signer = guest, guest, nil
		s.except("policy-owner")
		s.Policy.Procedure.Exceptions[0].Commit = string(s.author().Commit.ID)
		s.Next.Policy = s.Policy
	}, want: "error policy-owner.unknown"},
	{name: "the policy forgives what waits", of: planned, edit: func(s *scene) { s.except("approval-pending") }, want: "pending approval-pending.either"},
	{name: "a policy that cannot be used forgave first", of: scheduled, edit: both(straight("jadwal"), excepted("history-direct", true), func(s *scene) {
		s.Timeline.Landings[1].Next.Policy = nil
	}), want: "error history-direct, error policy-invalid.absent"},
	{name: "the policy forgives a key that was lost later", of: decided, edit: forgiven("signature.key-compromised", true), want: "warning approval-forged"},
	{name: "the policy forgives a key that was lost before", of: decided, edit: forgiven("signature.key-compromised", false), want: "error approval-forged"},
	{name: "the policy forgives a forgery", of: decided, edit: forgiven("signature.other-person", false), want: "error approval-forged"},
	{name: "the policy forgives a review that was counted before", of: reviewed,
		edit: both(became(decision.Contradicted, "review.counted", int64(201), "SP-2026-0001"), excepted("approval-forged", true)), want: "error approval-forged.counted"},
	{name: "the policy forgives another rule", of: scheduled, edit: both(straight("jadwal"), excepted("history-squashed", true)), want: "error history-direct"},
	{name: "a policy that nobody vouched for forgives", of: scheduled, edit: both(straight("jadwal"), excepted("history-direct", false)), want: "error history-direct"},
	{name: "no policy was ever vouched for", of: scheduled, edit: both(straight("jadwal"), excepted("history-direct", true), func(s *scene) { s.Timeline.Proven = nil }),
		want: "error history-direct"},
	{name: "the policy forgives what is a notice", of: implemented, write: noSIEM("Rusak."), edit: excepted("evidence-missing", true), want: "notice evidence-missing.without-siem"},
	{name: "no policy at the tip", of: scheduled, edit: both(straight("jadwal"), func(s *scene) { s.Timeline.Policy = nil }), want: "error history-direct"},
}

func TestLandings(t *testing.T) { play(t, landingRows) }
