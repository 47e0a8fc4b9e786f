package decision

import (
	"slices"
	"strings"
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
	"github.com/tambal-id/tambal/schema"
)

// Record returns the approval item that a review amounts to: what `record`
// appends, and what a landed record is compared with.
func Record(r *Request, o *Opinion, subject []byte, zone *time.Location, lang text.Lang) schema.Approval {
	at := o.SubmittedAt.In(zone).Format(time.RFC3339)
	a := schema.Approval{
		Decision: schema.DecisionApproved, At: at, Subject: SubjectOf(subject),
		Review: &schema.Review{
			Repository: r.Repository, RepositoryID: r.RepositoryID, PullRequest: r.Number, ID: o.ID,
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
		a.Disposition = standardWords(a.Decision, lang)
	}
	return a
}

// standardWords is the disposition that replaces a decision without text.
func standardWords(decision string, lang text.Lang) string {
	return lang.Say("approve.disposition." + decision)
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

// agreed says whether the review was read again and agrees.
func (a *Verification) agreed() bool {
	return a.reread && (a.State == Unread || a.State == Suspected || a.State == Proven)
}

// difference is what reading a review again found: a state and why.
type difference struct {
	state State
	code  string
	args  []any
}

// Compare holds an approval against what the forge says of its pull request, and
// gives it its final state. Before a landing any difference counts against a
// record; afterwards what the forge lost or changed only takes the confirmation
// away. A signed approval stands by itself, but not against a later objection. all
// are the opinions with their fit, nil for what has landed.
func (m Matter) Compare(a *Verification, r *Request, all *Opinions) {
	switch {
	case m.Policy == nil:
	case a.Review != nil && (a.State == Unread || a.State == Suspected):
		m.reread(a, r, all)
	case a.Review == nil && all != nil:
		m.objected(a, all)
	}
}

// reread compares a record with its review as it is now.
func (m Matter) reread(a *Verification, r *Request, all *Opinions) {
	d := m.compareReview(a, r)
	switch {
	case d.state != "":
	case all != nil:
		d = misses(a, all)
		if later := m.overruled(a, all); later.state != "" {
			d = later
		}
	default:
		d = m.objectedLater(a, r)
	}
	a.reread = true
	switch {
	case d.state != "":
		a.State, a.Why = d.state, text.Phrase{Code: "review." + d.code, Args: d.args}
		if d.state == Contradicted {
			a.Proof = None
		}
	case a.State == Unread && a.Proof == Recorded && !a.unseen:
		a.State, a.Proof = Proven, Confirmed
	}
}

// compareReview holds a record against its own review.
func (m Matter) compareReview(a *Verification, r *Request) difference {
	lost := Changed
	if m.Pending {
		lost = Contradicted
	}
	rv := a.Review
	if r.RepositoryID != rv.RepositoryID || r.Number != rv.PullRequest {
		return difference{lost, "other-repository", []any{rv.RepositoryID, rv.PullRequest, r.RepositoryID, r.Number}}
	}
	if r.Missing {
		return difference{lost, "missing", []any{rv.PullRequest}}
	}
	i := slices.IndexFunc(r.Reviews, func(q Review) bool { return q.ID == rv.ID })
	if i < 0 {
		return difference{lost, "gone", []any{rv.ID}}
	}
	review := r.Reviews[i]
	switch {
	case review.Author.ID == 0:
		return difference{lost, "deleted", []any{rv.ID}}
	case review.Author.Bot:
		return difference{Contradicted, "bot", []any{review.Author.Login}}
	case review.Author.ID != rv.ReviewerID:
		return difference{Contradicted, "other-reviewer", []any{review.Author.ID, rv.ReviewerID}}
	case review.Commit != rv.Commit:
		return difference{Contradicted, "other-commit", []any{review.Commit, rv.Commit}}
	case !review.SubmittedAt.Equal(schema.Time(rv.SubmittedAt)) || !review.SubmittedAt.Equal(schema.Time(a.At)):
		return difference{Contradicted, "other-time", []any{review.SubmittedAt.Format(time.RFC3339), a.At}}
	}
	return m.compareWords(a, r, review)
}

// compareWords holds a record against what its review says now.
func (m Matter) compareWords(a *Verification, r *Request, review Review) difference {
	gone := Changed
	if m.Pending {
		gone = Withdrawn
	}
	rv := a.Review
	o := &Opinion{Review: review, Person: m.Policy.Team.ByGitHub(review.Author.ID)}
	same := Record(r, o, nil, m.Policy.Calendar.Location(), text.Indonesian)
	switch {
	case review.State == ReviewDismissed:
		return difference{gone, "dismissed", []any{a.By.Name}}
	case review.State != ReviewApproves && review.State != ReviewObjects && review.State != ReviewComments:
		return difference{Unclear, "odd", []any{rv.ID, string(review.State)}}
	case review.BodySHA256() != rv.BodySHA256:
		return difference{gone, "edited", []any{a.By.Name}}
	case review.State != ReviewApproves && !review.Refuses(), same.Decision != a.Decision:
		return difference{Contradicted, "other-decision", []any{string(review.State), a.Decision}}
	case m.Pending && (rv.Repository != r.Repository || a.StartedAt != "" || a.FinishedAt != "" || len(a.Evidence) > 0):
		return difference{Contradicted, "other-words", []any{a.By.Name}}
	case same.Disposition != a.Disposition && !a.saysNothing(review), len(a.Conditions) > 0, a.ActingFor != "":
		return difference{Contradicted, "other-words", []any{a.By.Name}}
	}
	return difference{}
}

// saysNothing says whether the disposition is the sentence that replaces a
// review without text, in any language.
func (a *Verification) saysNothing(r Review) bool {
	return words(r.Body) == "" && slices.ContainsFunc([]text.Lang{text.Indonesian, text.English}, func(l text.Lang) bool {
		return a.Disposition == standardWords(a.Decision, l)
	})
}

// misses says whether the reviewer's present word was given on something else.
func misses(a *Verification, all *Opinions) (d difference) {
	for _, o := range all.Latest {
		if o.ID == a.Review.ID && o.Fit != Fits {
			d = difference{Stale, "unfit." + string(o.Fit), []any{o.Changed}}
		}
	}
	return d
}

// overruled says whether a decision that was recorded is taken back by what its
// giver or another approver said since. A record of a refusal is overruled by a
// later approval, and the reverse.
func (m Matter) overruled(a *Verification, all *Opinions) difference {
	for _, o := range all.Latest {
		own := o.Author.ID == a.Review.ReviewerID
		switch {
		case own && o.ID != a.Review.ID && (o.Fit != Fits || o.State == ReviewDismissed || o.State == ReviewApproves != (a.Decision == schema.DecisionApproved)):
		case own && o.State == ReviewObjects && !o.Refuses():
		case !own && o.State == ReviewObjects && HeldBy(m.Policy, o.Person, m.When) && a.Decision == schema.DecisionApproved:
		default:
			continue
		}
		return overruledBy(Withdrawn, o.Review)
	}
	return difference{}
}

func overruledBy(state State, r Review) difference {
	return difference{state, "overruled", []any{r.Author.Login}}
}

// objectedLater says whether the giver, or another approver, said otherwise after
// a recorded decision. When it landed is only a claim, so this proves no forgery;
// but what was taken back is not confirmed. A dismissal names no moment and is
// left to compareReview.
func (m Matter) objectedLater(a *Verification, r *Request) (d difference) {
	passed := false
	for _, q := range InOrder(r.Reviews) {
		if q.ID == a.Review.ID {
			passed = true
			continue
		}
		own, no := q.Author.ID == a.Review.ReviewerID, q.State == ReviewObjects
		switch {
		case own && passed && no && !(q.Refuses() && a.Decision == schema.DecisionRejected):
		case own && passed && q.State == ReviewApproves && a.Decision != schema.DecisionApproved:
		case !own && no && a.Decision == schema.DecisionApproved && HeldBy(m.Policy, m.Policy.Team.ByGitHub(q.Author.ID), q.SubmittedAt) && !approvedAfter(r, q):
		default:
			continue
		}
		d = overruledBy(Changed, q)
	}
	return d
}

// approvedAfter says whether the giver of an objection approved later.
func approvedAfter(r *Request, objection Review) bool {
	return slices.ContainsFunc(r.Reviews, func(q Review) bool {
		return q.Author.ID == objection.Author.ID && q.State == ReviewApproves && objection.compare(q) < 0
	})
}

// objected takes a signed approval back where an approver asked for changes in
// the pull request after it was signed.
func (m Matter) objected(a *Verification, all *Opinions) {
	if a.State == Forged || a.State == Unsupported || a.Decision != schema.DecisionApproved {
		return
	}
	for _, o := range all.Latest {
		own := o.Person != nil && o.Person.ID == a.Approval.By
		if o.State == ReviewObjects && HeldBy(m.Policy, o.Person, m.When) && (!own || o.SubmittedAt.After(schema.Time(a.At))) {
			a.State, a.Why = Withdrawn, text.Phrase{Code: "review.overruled", Args: []any{o.Author.Login}}
		}
	}
}
