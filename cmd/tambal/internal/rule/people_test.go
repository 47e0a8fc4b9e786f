package rule

import (
	"slices"
	"strings"
	"testing"

	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
	"github.com/tambal-id/tambal/cmd/tambal/internal/signature"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
	"github.com/tambal-id/tambal/cmd/tambal/internal/timeline"
	"github.com/tambal-id/tambal/policies"
	"github.com/tambal-id/tambal/schema"
)

var guest = timeline.Actor{Name: "Tamu", Email: "tamu@lain.example"}

// writer lets another person write a step.
func writer(step, id string) func(*scene) {
	return func(s *scene) {
		con := s.by(step)
		con.Author, con.Committer = actor(s.person(id)), actor(s.person(id))
	}
}

// guestWrites lets somebody write a step whom nobody listed.
func guestWrites(step string) func(*scene) {
	return func(s *scene) { s.by(step).Author, s.by(step).Committer = guest, guest }
}

// together puts steps into the commit of the first, all by one person.
func together(id string, steps ...string) func(*scene) {
	return func(s *scene) {
		writer(steps[0], id)(s)
		first := s.by(steps[0])
		for _, name := range steps[1:] {
			other := s.by(name)
			s.Contributions = slices.DeleteFunc(s.Contributions, func(con *timeline.Contribution) bool { return con == other })
			first.Steps, s.step(name).Contributions = append(first.Steps, s.step(name)), []*timeline.Contribution{first}
			s.step(name).Commit = first.Commit
		}
	}
}

// alsoHolds gives a person the role of another one.
func (s *scene) alsoHolds(id, like string) {
	p := s.person(id)
	p.Assignments = append(slices.Clone(p.Assignments), s.person(like).Assignments...)
}

func faulty(code string, args ...any) text.Phrase { return text.Phrase{Code: code, Args: args} }

var unsupported = faulty(string(signature.ErrUnsupported)+".armor", "PGP SIGNATURE")

// byForge makes a step's commit one of the forge's own pages.
func byForge(s *scene) {
	con := s.by(schema.ItemSchedule)
	con.Committer = timeline.Actor{Name: "GitHub", Email: git.ForgeEmail}
	con.Commit.Committer.Email, con.Fault = strings.ToUpper(git.ForgeEmail), unsupported
}

// signs makes a role one that signs its commits.
func signs(role string) func(*scene) {
	return func(s *scene) { s.Policy.Procedure.Role(role).Identity = policies.IdentitySigned }
}

func both(edits ...func(*scene)) func(*scene) {
	return func(s *scene) {
		for _, edit := range edits {
			edit(s)
		}
	}
}

func approver(id string) func(*draft) {
	return func(d *draft) { last[schema.Approval](d).By = id }
}

// byDewi is a review by the acting officer on a day of March; her order runs
// from the second to the thirteenth.
func byDewi(day int) func(*draft) {
	return func(d *draft) {
		a := last[schema.Approval](d)
		a.By, a.Review.ReviewerID, a.At = "dewi-k", dewi, written(wib(28+day, 9, 0))
		a.Review.SubmittedAt = a.At
	}
}

// inMarch lands on that day.
func inMarch(day int) func(*scene) {
	return func(s *scene) { s.When = wib(28+day, 12, 0); s.Timeline.Now = s.When }
}

var peopleRows = []row{
	{name: "the Kabid writes a schedule", of: scheduled, edit: writer(schema.ItemSchedule, "budi-s"), want: "error step-role"},
	{name: "the Kabid writes a schedule that has not landed", of: func() *draft { d := scheduled(); d.pending = true; return d }, edit: writer(schema.ItemSchedule, "budi-s"),
		want: "error step-role.unlanded"},
	{name: "the Kabid wrote the schedule's text first, in a commit that was taken back", of: scheduled,
		edit: both(writer(schema.ItemSchedule, "budi-s"), func(s *scene) { s.by(schema.ItemSchedule).Earlier = true }), want: "error step-role.earlier"},
	{name: "the Kabid commits an administrator's schedule", of: scheduled, edit: func(s *scene) { s.by(schema.ItemSchedule).Committer = actor(s.person("budi-s")) },
		want: "error step-role"},
	{name: "the technical team commits an administrator's schedule", of: scheduled, edit: func(s *scene) { s.by(schema.ItemSchedule).Committer = actor(s.person("rina-w")) }},
	{name: "one commit holds steps that one role may do", of: decided, edit: together("rina-w", schema.ItemPlan, schema.ItemAnalysis),
		want: "warning step-separation"},
	{name: "one commit holds steps of two roles, of which the author has one", of: func() *draft { return work(0, 4) },
		edit: together("siti-a", schema.ItemMonitoring, schema.ItemAnalysis), want: "error step-role"},
	{name: "one commit holds steps of two roles, both of them the author's", of: func() *draft { return work(0, 4) },
		edit: both(func(s *scene) { s.alsoHolds("siti-a", "rina-w") }, together("siti-a", schema.ItemMonitoring, schema.ItemAnalysis)), want: "error step-role.several"},
	{name: "who does not hold the role signs an approval", of: decided, write: approver("joko-s"), want: "error step-role"},
	{name: "who will be acting later signs an approval", of: decided, write: approver("dewi-k"), want: "error step-role"},
	{name: "a review within the acting officer's order lands after it", of: reviewed, write: byDewi(13), edit: inMarch(20)},
	{name: "a review before the acting officer's order lands within it", of: reviewed, write: byDewi(1), edit: inMarch(3), want: "error step-role"},
	{name: "the administrator withdraws an open analysis", of: func() *draft { return end(schema.OutcomeWithdrawn, work(2, 2)) }, want: "error step-role"},
	{name: "the technical team withdraws an open analysis", of: func() *draft { return end(schema.OutcomeWithdrawn, work(2, 2)) },
		edit: writer(schema.ItemClosure, "rina-w")},
	{name: "the Kabid corrects", of: func() *draft { return corrected("schedule", scheduled()) }, edit: writer(schema.ItemCorrection, "budi-s")},
	{name: "who only owns the policy corrects", of: func() *draft { return corrected("schedule", scheduled()) }, edit: both(
		func(s *scene) { p := s.person("siti-a"); p.Assignments = p.Assignments[1:] }, writer(schema.ItemCorrection, "siti-a")), want: "error step-role"},

	{name: "an address that nobody listed", of: scheduled, edit: guestWrites(schema.ItemSchedule), want: "error step-identity"},
	{name: "an address that nobody listed, before trust starts", of: scheduled, edit: both(guestWrites(schema.ItemSchedule), func(s *scene) { s.Anchor = true })},
	{name: "a committer that nobody listed", of: scheduled, edit: func(s *scene) { s.by(schema.ItemSchedule).Committer = guest }, want: "error step-identity"},
	{name: "a committer and an author that nobody listed", of: scheduled, edit: func(s *scene) {
		s.by(schema.ItemSchedule).Committer, s.by(schema.ItemSchedule).Author = guest, timeline.Actor{Name: "Lain", Email: "lain@lain.example"}
	}, want: "error step-identity, error step-identity"},
	{name: "somebody unknown commits the record of a review", of: reviewed, edit: guestWrites(schema.ItemApproval)},
	{name: "the forge commits", of: scheduled, edit: byForge},
	{name: "the forge vouches for the commit", of: scheduled, edit: both(byForge, func(s *scene) {
		s.request()
		s.Request.Made = map[timeline.ID]bool{s.by(schema.ItemSchedule).Commit.ID: true}
	})},
	{name: "the forge does not vouch for the commit", of: scheduled, edit: both(byForge, func(s *scene) { s.request() }),
		want: "error step-identity.not-forge, notice step-identity.signature"},
	{name: "the forge's address on a commit that it did not sign", of: scheduled, edit: both(byForge, func(s *scene) { s.by(schema.ItemSchedule).Fault = text.Phrase{} }),
		want: "error step-identity.not-forge"},
	{name: "a signature that proves nobody", of: scheduled, edit: func(s *scene) { s.by(schema.ItemSchedule).Fault = faulty("signature.unknown-key") },
		want: "error step-identity.signature"},
	{name: "a signature of a kind that cannot be judged", of: scheduled, edit: func(s *scene) { s.by(schema.ItemSchedule).Fault = unsupported },
		want: "notice step-identity.signature"},
	{name: "a signature of a kind that cannot be judged, where the role signs", of: scheduled,
		edit: both(signs("administrator"), func(s *scene) { s.by(schema.ItemSchedule).Fault = unsupported }), want: "undecided step-identity.signature"},
	{name: "a co-author whom nobody listed", of: scheduled, edit: func(s *scene) {
		s.by(schema.ItemSchedule).CoAuthors = []timeline.Actor{guest, actor(s.person("rina-w"))}
	},
		want: "warning step-identity.co-author"},
	{name: "another's signature", of: scheduled, edit: func(s *scene) { s.by(schema.ItemSchedule).Signer = s.person("rina-w") }, want: "error step-identity.mismatch"},
	{name: "no signature where the role signs", of: scheduled, edit: signs("administrator"), want: "error step-identity.claimed"},
	{name: "no signature where the author has a role that need not sign", of: scheduled,
		edit: both(signs("administrator"), func(s *scene) { s.alsoHolds("agus-p", "rina-w") })},
	{name: "the author's signature where the role signs", of: scheduled,
		edit: both(signs("administrator"), func(s *scene) { s.by(schema.ItemSchedule).Signer = s.person("agus-p") })},
	{name: "an approver that nobody listed", of: decided, write: approver("orang-lain"), want: "error step-identity.approver"},

	{name: "the planner analyses", of: decided, edit: writer(schema.ItemPlan, "rina-w"), want: "warning step-separation"},
	{name: "somebody unknown analyses", of: decided, edit: guestWrites(schema.ItemAnalysis), want: "error step-identity"},
	{name: "somebody unknown plans", of: decided, edit: guestWrites(schema.ItemPlan), want: "error step-identity"},
	{name: "the planner analyses where that is an error", of: decided, edit: both(writer(schema.ItemPlan, "rina-w"), separation("error")), want: "error step-separation"},
	{name: "the planner analyses where that is remarked", of: decided, edit: both(writer(schema.ItemPlan, "rina-w"), separation("notice")), want: "notice step-separation"},
	{name: "the planner analyses where nobody minds", of: decided, edit: both(writer(schema.ItemPlan, "rina-w"), separation("off"))},
}

func separation(word string) func(*scene) {
	return func(s *scene) { s.Policy.Procedure.Separation.AnalystNotPlanner = word }
}

func TestPeople(t *testing.T) { play(t, peopleRows) }
