package timeline

import (
	"slices"
	"strings"
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/forge"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
	"github.com/tambal-id/tambal/policies"
	"github.com/tambal-id/tambal/schema"
)

// Record returns the approval item that a review amounts to: what `record`
// appends, and what a landed record is compared with. subject are the
// manifest's bytes before the item.
func Record(d *forge.Dossier, o *Opinion, subject []byte, zone *time.Location, lang text.Lang) schema.Approval {
	at := o.SubmittedAt.In(zone).Format(time.RFC3339)
	a := schema.Approval{
		Decision: schema.DecisionApproved, At: at, Subject: SubjectOf(subject),
		Review: &schema.Review{
			Repository: d.Repository.URL, RepositoryID: d.Repository.ID, PullRequest: d.Pull.Number, ID: o.ID,
			ReviewerID: o.Author.ID, Commit: o.Commit, SubmittedAt: at, BodySHA256: o.BodySHA256(),
		},
	}
	if o.Refuses() {
		a.Decision = schema.DecisionRejected
	}
	if o.Person != nil {
		a.By = o.Person.ID
	}
	if a.Disposition = words(o.Body); a.Disposition == "" {
		a.Disposition = lang.Say("approve.disposition." + a.Decision)
	}
	return a
}

// words is a review's text as it can stand in a manifest: line by line, with
// what nobody could see made visible.
func words(body string) string {
	lines := strings.Split(strings.ReplaceAll(body, "\r\n", "\n"), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(text.Clean(line), " ")
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n ")
}

// Recheck says what reading a recorded review again gave.
type Recheck string

// What a second reading can give. Only a contradiction is a reproach: the forge
// may forget, a record may not lie.
const (
	NotReread   Recheck = ""
	Agrees      Recheck = "agrees"
	Changed     Recheck = "changed"     // gone, edited or dismissed since it landed
	Withdrawn   Recheck = "withdrawn"   // dismissed, edited or overruled before it lands
	Stale       Recheck = "stale"       // given on something else than what lands
	Contradicts Recheck = "contradicts" // the forge says something else
	Unclear     Recheck = "unclear"     // the forge says something nobody understands
)

// reread compares a recorded review with what the forge says of its pull
// request. Before a landing any difference counts against it; afterwards what
// the forge lost or changed only takes the confirmation away.
func (a *Approval) reread(d *forge.Dossier, t *policies.Team, zone *time.Location, pending bool) {
	fail := func(r Recheck, code string, args ...any) {
		a.Recheck, a.Why = r, text.Phrase{Code: "review." + code, Args: args}
	}
	lost := Changed
	if pending {
		lost = Contradicts
	}
	rv := a.Review
	if d.Repository.ID != rv.RepositoryID || d.Pull.Number != rv.PullRequest {
		fail(lost, "other-repository", rv.RepositoryID, rv.PullRequest, d.Repository.ID, d.Pull.Number)
		return
	}
	if d.Missing {
		fail(lost, "missing", rv.PullRequest)
		return
	}
	i := slices.IndexFunc(d.Reviews, func(r forge.Review) bool { return r.ID == rv.ID })
	if i < 0 {
		fail(lost, "gone", rv.ID)
		return
	}
	r := d.Reviews[i]
	o := &Opinion{Review: r, Person: t.ByGitHub(r.Author.ID)}
	same := Record(d, o, nil, zone, text.Indonesian)
	switch {
	case r.Author.ID == 0:
		fail(lost, "deleted", rv.ID)
	case r.Author.Bot:
		fail(Contradicts, "bot", r.Author.Login)
	case r.Author.ID != rv.ReviewerID:
		fail(Contradicts, "other-reviewer", r.Author.ID, rv.ReviewerID)
	case r.Commit != rv.Commit:
		fail(Contradicts, "other-commit", r.Commit, rv.Commit)
	case !r.SubmittedAt.Equal(schema.Time(rv.SubmittedAt)) || !r.SubmittedAt.Equal(schema.Time(a.At)):
		fail(Contradicts, "other-time", r.SubmittedAt.Format(time.RFC3339), a.At)
	case r.State == forge.Dismissed && pending:
		fail(Withdrawn, "dismissed", a.By.Name)
	case r.State == forge.Dismissed:
		fail(Changed, "dismissed", a.By.Name)
	case r.State != forge.Approved && r.State != forge.ChangesRequested && r.State != forge.Commented:
		fail(Unclear, "odd", rv.ID, string(r.State))
	case r.BodySHA256() != rv.BodySHA256 && pending:
		fail(Withdrawn, "edited", a.By.Name)
	case r.BodySHA256() != rv.BodySHA256:
		fail(Changed, "edited", a.By.Name)
	case r.State != forge.Approved && !o.Refuses(), same.Decision != a.Decision:
		fail(Contradicts, "other-decision", string(r.State), a.Decision)
	case pending && (rv.Repository != d.Repository.URL || a.StartedAt != "" || a.FinishedAt != "" || len(a.Evidence) > 0):
		fail(Contradicts, "other-words", a.By.Name)
	case same.Disposition != a.Disposition && !a.standardWords(r), len(a.Conditions) > 0, a.ActingFor != "":
		fail(Contradicts, "other-words", a.By.Name)
	default:
		a.Recheck = Agrees
	}
}

// standardWords says whether the disposition is the sentence that stands in for
// a review without text, in any language.
func (a *Approval) standardWords(r forge.Review) bool {
	return words(r.Body) == "" && slices.ContainsFunc([]text.Lang{text.Indonesian, text.English}, func(l text.Lang) bool {
		return a.Disposition == l.Say("approve.disposition."+a.Decision)
	})
}

// overruled says whether a decision that was recorded is taken back by what its
// giver or another approver said since. A record of a refusal is overruled by a
// later approval, and the reverse.
func (a *Approval) overruled(p *Pull, holds func(*policies.Person) bool) {
	for _, o := range p.Opinions {
		own := o.Author.ID == a.Review.ReviewerID
		switch {
		case own && o.ID != a.Review.ID && (o.Fit != Fits || o.State == forge.Dismissed || o.State == forge.Approved != (a.Decision == schema.DecisionApproved)):
		case own && o.State == forge.ChangesRequested && !o.Refuses():
		case !own && o.State == forge.ChangesRequested && holds(o.Person) && a.Decision == schema.DecisionApproved:
		default:
			continue
		}
		a.Recheck, a.Why = Withdrawn, text.Phrase{Code: "review.overruled", Args: []any{o.Author.Login}}
		return
	}
}

// Confirm compares every landed record of a review with what the forge says now,
// by the number of its pull request. A number that is missing was not read.
func (t *Timeline) Confirm(dossiers map[int]*forge.Dossier) {
	t.reviews = dossiers
	for _, l := range t.Landings {
		if l.Pending || l.Policy == nil {
			continue
		}
		for _, c := range l.Cases {
			for _, s := range c.Steps {
				if a := s.Approval; a != nil && a.Review != nil {
					if d := dossiers[a.Review.PullRequest]; d != nil && a.Recheck != Stale {
						a.reread(d, l.Policy.Team, l.Policy.Calendar.Location(), false)
						if a.Recheck == Agrees {
							a.objectedLater(l, d)
						}
						a.weigh()
						a.settle()
					}
				}
			}
		}
	}
}

// weigh lets a record that the forge agrees with prove more, unless keys and
// people may have been swapped unseen.
func (a *Approval) weigh() {
	switch {
	case a.Recheck == Agrees && a.Proof == Recorded && !a.Capped && !a.Unseen:
		a.Proof = Confirmed
	case a.Recheck == Contradicts:
		a.Proof = None
	}
}

// objectedLater says whether the giver, or another approver, said otherwise after
// a recorded decision. When it landed is only a claim, so this proves no forgery;
// but what was taken back is not confirmed. A dismissal names no moment and is
// left to reread.
func (a *Approval) objectedLater(l *Landing, d *forge.Dossier) {
	passed := false
	for _, r := range inOrder(d.Reviews) {
		if r.ID == a.Review.ID {
			passed = true
			continue
		}
		o := &Opinion{Review: r, Person: l.Policy.Team.ByGitHub(r.Author.ID)}
		own, no := r.Author.ID == a.Review.ReviewerID, r.State == forge.ChangesRequested
		switch {
		case own && passed && no && !(o.Refuses() && a.Decision == schema.DecisionRejected):
		case own && passed && r.State == forge.Approved && a.Decision != schema.DecisionApproved:
		case !own && no && a.Decision == schema.DecisionApproved && l.HoldsApproval(o.Person, r.SubmittedAt) && !approvedAfter(d, r):
		default:
			continue
		}
		a.Recheck, a.Why = Changed, text.Phrase{Code: "review.overruled", Args: []any{r.Author.Login}}
	}
}

// approvedAfter says whether the giver of an objection approved later.
func approvedAfter(d *forge.Dossier, objection forge.Review) bool {
	return slices.ContainsFunc(d.Reviews, func(r forge.Review) bool {
		return r.Author.ID == objection.Author.ID && r.State == forge.Approved && before(objection, r)
	})
}
