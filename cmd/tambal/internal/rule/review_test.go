package rule

import (
	"testing"

	"github.com/tambal-id/tambal/cmd/tambal/internal/decision"
	"github.com/tambal-id/tambal/cmd/tambal/internal/timeline"
)

const stranger int64 = 77

// opinion edits the newest review.
func opinion(edit func(*decision.Opinion)) func(*scene) {
	return func(s *scene) { s.latest(edit) }
}

// renamed is a login of the policy in the hands of another account.
func renamed(s *scene) {
	r := approves(stranger)
	r.Author.Login = "Contoh-Budi-S"
	s.request(r)
}

func bot(o *decision.Opinion) { o.Author.Bot = true }

// pull edits the pull request of a plan that the Kabid has approved.
func pull(edit func(*timeline.Request)) func(*scene) {
	return func(s *scene) {
		s.request(approves(budi))
		edit(s.Request)
	}
}

func gate(s *scene) { s.Gate = []string{".github/workflows/check.yml"} }

const awaited, unrecorded = "pending approval-pending.review", "pending approval-pending.unrecorded"

var reviewRows = []row{
	{name: "who has no part and no role approves", of: planned, edit: asked(approves(joko)), want: awaited + ", notice approval-pending.not-holder"},
	{name: "who took part but has no role approves", of: planned, edit: asked(approves(siti)),
		want: "error approval-self, " + awaited + ", notice approval-pending.not-holder"},
	{name: "an administrator objects", of: planned, edit: asked(objects(siti, "Jangan.")), want: awaited + ", warning approval-pending.not-holder"},
	{name: "a stranger approves", of: planned, edit: asked(approves(stranger)), want: awaited + ", notice approval-pending.not-holder"},
	{name: "an account that was deleted approves", of: planned, edit: asked(approves(0)), want: awaited + ", notice approval-pending.not-holder"},
	{name: "a program approves", of: planned, edit: both(asked(approves(budi)), opinion(bot)), want: awaited},
	{name: "an approval was dismissed", of: planned, edit: asked(review(budi, decision.ReviewDismissed, "")), want: awaited},
	{name: "a stranger has the Kabid's old login", of: planned, edit: renamed, want: awaited + ", warning approval-pending.login-reused"},
	{name: "the approved commit was replaced by the same text", of: planned,
		edit: both(asked(approves(budi)), opinion(func(o *decision.Opinion) { o.Moved = true })), want: unrecorded + ", notice approval-pending.moved"},
	{name: "the approved commit was replaced by another's text", of: planned,
		edit: both(asked(approves(budi)), opinion(func(o *decision.Opinion) { o.Moved, o.Fit = true, decision.FitPeople })),
		want: awaited + ", pending approval-stale.opinion"},
	{name: "the Kabid only comments", of: planned, edit: asked(review(budi, decision.ReviewComments, "Baik.")), want: awaited + ", notice approval-pending.comment"},
	{name: "the Kabid comments twice", of: planned, edit: asked(review(budi, decision.ReviewComments, "Baik."), review(budi, decision.ReviewComments, "Ya.")),
		want: awaited + ", notice approval-pending.comment"},
	{name: "the Kabid comments and approves", of: planned, edit: asked(review(budi, decision.ReviewComments, "Baik."), approves(budi)), want: unrecorded},
	{name: "the Kabid comments after his approval was dismissed", of: planned,
		edit: asked(review(budi, decision.ReviewDismissed, ""), review(budi, decision.ReviewComments, "Baik.")), want: awaited + ", notice approval-pending.comment"},
	{name: "an administrator comments", of: planned, edit: asked(review(siti, decision.ReviewComments, "Baik.")), want: awaited},

	{name: "the pull request is merged", of: planned, edit: pull(func(r *timeline.Request) { r.Merged, r.Open = true, false }), want: "error request-state.merged, " + unrecorded},
	{name: "the pull request is closed", of: planned, edit: pull(func(r *timeline.Request) { r.Open = false }), want: "error request-state.closed, " + unrecorded},
	{name: "the pull request comes from a fork", of: planned, edit: pull(func(r *timeline.Request) { r.Fork = true }), want: "error request-state.fork, " + unrecorded},
	{name: "the pull request aims at another branch", of: planned, edit: pull(func(r *timeline.Request) { r.Base = "lama" }), want: "error request-state.base, " + unrecorded},
	{name: "the pull request is a draft", of: planned, edit: pull(func(r *timeline.Request) { r.Draft = true }), want: "pending request-state.draft, " + unrecorded},

	{name: "the workflow changes beside nothing", of: newPolicy, edit: both(gate, func(s *scene) { s.Next = nil }), want: "warning gate-changed"},
	{name: "the workflow changes beside a case", of: monitored, edit: gate, want: "error gate-changed.mixed"},
	{name: "the workflow changes beside a policy", of: newPolicy, edit: gate, want: "error gate-changed.mixed"},
	{name: "the workflow changes beside a stray file", of: newPolicy, edit: both(gate, func(s *scene) { s.Next = nil }, stray("patches/x", timeline.ModeFile)),
		want: "error gate-changed.mixed, error case-id.stray"},
}

func TestReviews(t *testing.T) { play(t, reviewRows) }
