package rule

import (
	"testing"
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/decision"
	"github.com/tambal-id/tambal/cmd/tambal/internal/timeline"
	"github.com/tambal-id/tambal/policies"
	"github.com/tambal-id/tambal/schema"
)

func undecidedPlan() *draft { return work(1, 3) }

func onBranch() *draft { return waiting(decided()) }

func recordOnBranch() *draft { return waiting(reviewed()) }

func minimum(s decision.Strength) func(*scene) {
	return func(sc *scene) { sc.Policy.Procedure.Approval.Minimum = string(s) }
}

// asked lets the landing wait in a pull request with these reviews.
func asked(reviews ...decision.Review) func(*scene) {
	return func(s *scene) { s.request(reviews...) }
}

func approves(by int64) decision.Review { return review(by, decision.ReviewApproves, "Setuju.") }

func objects(by int64, words string) decision.Review {
	return review(by, decision.ReviewObjects, words)
}

// unfit lets the newest review have been given on something else.
func unfit(why decision.Fit) func(*scene) {
	return func(s *scene) { s.latest(func(o *decision.Opinion) { o.Fit = why }) }
}

// tookPart names a person as co-author of a step.
func tookPart(step, id string) func(*scene) {
	return func(s *scene) {
		s.by(step).CoAuthors = []timeline.Actor{actor(s.person(id))}
		if s.Request != nil {
			s.weigh()
		}
	}
}

// opened lets somebody have opened the pull request.
func opened(id string) func(*scene) {
	return func(s *scene) { s.Request.Opinions.Author = s.person(id); s.weigh() }
}

// became gives the approval another state, with a reason.
func became(state decision.State, why string, args ...any) func(*scene) {
	return func(s *scene) {
		a := s.step(schema.ItemApproval).Decision
		a.State, a.Why = state, faulty(why, args...)
	}
}

// acting lets the acting officer hold the role now as the Kabid does.
func acting(s *scene) { s.alsoHolds("dewi-k", "budi-s") }

func anyoneApproves(s *scene) { s.Policy.Procedure.Separation.ApproverNotAuthor = false }

var approvalRows = []row{
	{name: "an analysis lands without a decision", of: undecidedPlan, want: "error approval-missing"},
	{name: "an analysis and its correction land without a decision", of: func() *draft { return corrected("analysis", undecidedPlan()) }, want: "error approval-missing"},
	{name: "an analysis lands under a procedure without an approval", of: undecidedPlan, edit: func(s *scene) {
		pr := s.Policy.Procedure
		pr.Steps = append(pr.Steps[:3:3], pr.Steps[4:]...)
	}},
	{name: "an analysis lands under a procedure that begins with the approval", of: undecidedPlan, edit: func(s *scene) {
		s.Policy.Procedure.Steps = s.Policy.Procedure.Steps[3:]
	}, want: "error step-order.unknown, error approval-missing, error step-order.unknown"},
	{name: "a case lands whose monitoring leads straight to the approval", of: monitored, edit: func(s *scene) {
		s.Policy.Procedure.Steps[0].Transitions = []policies.Transition{{To: schema.ItemApproval}}
	}, want: "error approval-missing"},
	{name: "a plan lands before its analysis", of: func() *draft { return work(1, 2) }},

	{name: "an analysis waits for a signature", of: planned, edit: minimum(decision.Signed), want: "pending approval-pending"},
	{name: "an analysis waits for a signature or a review", of: planned, want: "pending approval-pending.either"},
	{name: "an analysis waits for a review that will not be enough", of: planned, edit: both(minimum(decision.Signed), asked()), want: "pending approval-pending.review"},
	{name: "an analysis waits for a review", of: planned, edit: asked(), want: "pending approval-pending.review"},
	{name: "an analysis was sent back", of: planned, edit: asked(objects(budi, "Lengkapi.")), want: "pending approval-pending.returned"},
	{name: "an analysis was refused", of: planned, edit: asked(objects(budi, "DITOLAK. Berisiko.")), want: "pending approval-pending.refusal"},
	{name: "two holders of the role say opposite things", of: planned, edit: both(acting, asked(approves(budi), objects(dewi, "Jangan."))),
		want: "pending approval-pending.split"},
	{name: "an approval waits for its record", of: planned, edit: asked(approves(budi)), want: "pending approval-pending.unrecorded"},
	{name: "an approval without words waits for its record", of: planned, edit: asked(review(budi, decision.ReviewApproves, " \n")),
		want: "pending approval-pending.unrecorded, warning approval-pending.wordless"},

	{name: "the approval binds other bytes", of: decided, edit: func(s *scene) {
		a := s.step(schema.ItemApproval).Decision
		a.SubjectFits, a.Subject.Bytes = false, 10
	}, want: "error approval-stale"},
	{name: "the approval binds as many bytes, but others", of: decided, edit: func(s *scene) { s.step(schema.ItemApproval).Decision.SubjectFits = false },
		want: "error approval-stale.content"},
	{name: "the policy changed between signature and landing", of: decided, write: func(d *draft) { last[schema.Approval](d).Policy = "sha256:" + newDigest },
		want: "notice approval-stale.policy"},
	{name: "a review on another text is recorded", of: recordOnBranch, edit: became(decision.Stale, "review.unfit.content", []string{"x"}), want: "error approval-stale.review"},
	{name: "a review was recorded for another case", of: reviewed, edit: became(decision.Contradicted, "review.counted", int64(201), "SP-2026-0001"),
		want: "error approval-forged.counted"},
	{name: "a recorded review was taken back", of: recordOnBranch, edit: became(decision.Withdrawn, "review.dismissed", "Budi Santoso"), want: "error approval-stale.review"},
	{name: "a review on another text is not recorded", of: planned, edit: both(asked(approves(budi)), unfit(decision.FitContent)),
		want: "pending approval-pending.review, pending approval-stale.opinion"},
	{name: "a review on another text by who may not decide", of: planned, edit: both(asked(approves(joko)), unfit(decision.FitContent)),
		want: "pending approval-pending.review, notice approval-pending.not-holder"},
	{name: "an objection to another text is not stale", of: planned, edit: both(asked(objects(budi, "Lengkapi.")), unfit(decision.FitContent)),
		want: "pending approval-pending.returned"},
	{name: "a review on another text beside a signed approval", of: onBranch, edit: both(asked(approves(budi)), unfit(decision.FitContent))},

	{name: "the approver is co-author of the plan", of: decided, edit: tookPart(schema.ItemPlan, "budi-s"), want: "error approval-self"},
	{name: "the approver commits the analysis", of: decided, edit: func(s *scene) { s.by(schema.ItemAnalysis).Committer = actor(s.person("budi-s")) },
		want: "error step-role, error approval-self"},
	{name: "the approver took part where the policy allows it", of: decided, edit: both(anyoneApproves, tookPart(schema.ItemPlan, "budi-s"))},
	{name: "the approver writes the schedule behind the approval", of: func() *draft { return work(1, 5) }, edit: tookPart(schema.ItemSchedule, "budi-s")},
	{name: "the approver opened the pull request", of: onBranch, edit: both(asked(), opened("budi-s")), want: "error approval-self.request"},
	{name: "another opened the pull request", of: onBranch, edit: asked()},
	{name: "somebody unknown opened the pull request", of: onBranch, edit: both(asked(), opened("orang-lain"))},
	{name: "who took part approves what is decided already", of: onBranch, edit: asked(approves(rina))},
	{name: "who took part approves in the pull request", of: planned, edit: both(asked(approves(budi)), tookPart(schema.ItemPlan, "budi-s")),
		want: "error approval-self, pending approval-pending.review"},
	{name: "who took part approves beside another holder", of: planned, edit: both(acting, asked(approves(budi), approves(dewi)), tookPart(schema.ItemPlan, "budi-s")),
		want: "pending approval-pending.unrecorded"},
	{name: "who took part objects in the pull request", of: planned, edit: both(asked(objects(budi, "Lengkapi.")), tookPart(schema.ItemPlan, "budi-s")),
		want: "pending approval-pending.returned"},
	{name: "who opened the pull request approves it", of: planned, edit: both(asked(approves(budi)), opened("budi-s")),
		want: "error approval-self.request, pending approval-pending.review"},
	{name: "a review in no known state", of: planned, edit: asked(review(budi, "NEW", "")),
		want: "undecided approval-unconfirmed.odd, pending approval-pending.review"},
	{name: "a review at no known time", of: planned, edit: func(s *scene) {
		r := approves(budi)
		r.SubmittedAt = time.Time{}
		s.request(r)
	}, want: "undecided approval-unconfirmed.odd, pending approval-pending.review"},
}

const newDigest = "0000000000000000000000000000000000000000000000000000000000000000"

func TestApprovals(t *testing.T) { play(t, approvalRows) }

// TestWithoutARowForApprovalNobodyIsNamed: the sentences have a word for it.
func TestWithoutARowForApprovalNobodyIsNamed(t *testing.T) {
	t.Parallel()
	s := decided().scene(t)
	if got := Approvers(s.Landing); got != "Budi Santoso" {
		t.Errorf("got %q", got)
	}
	s.Policy.Procedure.Steps = nil
	if got := Approvers(s.Landing); got != "-" {
		t.Errorf("got %q", got)
	}
}

// TestADecisionIsMissingOnWhatWasToBeDecided, not on what was corrected behind it.
func TestADecisionIsMissingOnWhatWasToBeDecided(t *testing.T) {
	s := corrected(schema.ItemAnalysis, undecidedPlan()).scene(t)
	if found := Run(s.Timeline, s.options); len(found) != 1 || found[0].Step != schema.ItemAnalysis {
		t.Errorf("got %+v", found)
	}
}
