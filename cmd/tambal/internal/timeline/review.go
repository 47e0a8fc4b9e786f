package timeline

import (
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/forge"
	"github.com/tambal-id/tambal/cmd/tambal/internal/history"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
	"github.com/tambal-id/tambal/policies"
	"github.com/tambal-id/tambal/schema"
)

// Facts are what the forge adds to a clone. The zero value adds nothing.
type Facts struct {
	// Pull is what it says of the pull request a pending landing waits in.
	Pull *forge.Dossier
	// Policies hold, by landing, the pull request that brought a policy.
	Policies map[history.ID]*forge.Dossier
}

// RefusalWord begins the text of a "Request changes" that refuses for good;
// without it the pull request is sent back to be revised.
const RefusalWord = "DITOLAK"

// Pull is the pull request that a pending landing waits in, joined with the
// policy and the case.
type Pull struct {
	*forge.Dossier
	Author *policies.Person // nil for an account that the policy does not list
	// Opinions hold each account's latest deciding review, in the order they were
	// handed in.
	Opinions []*Opinion
	// Odd are reviews that cannot be understood: of an unknown state, or handed in
	// at no known time. They may say no.
	Odd []forge.Review
	// Comments are the reviews that decide nothing.
	Comments []*Opinion
}

// Opinion is one account's word on the case.
type Opinion struct {
	forge.Review
	Person *policies.Person // nil for an account that the policy does not list
	// Reused: the login is somebody's in the policy, the account is another.
	Reused bool
	Fit    Fit
	// Changed are the paths that differ between the reviewed commit and the head.
	Changed []string
	// Moved: the reviewed commit is no part of the head any more, but holds the
	// same text by the same people.
	Moved bool
}

// Refuses says whether the review refuses for good, rather than sending back.
func (o *Opinion) Refuses() bool {
	return o.State == forge.ChangesRequested && strings.HasPrefix(strings.TrimSpace(o.Body), RefusalWord)
}

// Fit says whether a review was given on what is to land.
type Fit string

// The reasons why a review does not fit; "" means that it does.
const (
	Fits          Fit = ""
	FitContent    Fit = "content"    // manifest or listed evidence differ
	FitPeople     Fit = "people"     // same text, rewritten in the name of others
	FitUnknown    Fit = "unknown"    // the reviewed commit cannot be had
	FitRetargeted Fit = "retargeted" // the base branch was changed afterwards
)

// join joins the forge's facts with the pending landing: its reviews, and the
// records it brings.
func (b *builder) join(l *Landing) (err error) {
	if l.Pull, err = b.pull(l, b.facts.Pull); err != nil || l.Policy == nil {
		return err
	}
	holds := func(p *policies.Person) bool { return l.HoldsApproval(p, l.When) }
	for _, c := range l.Cases {
		for _, s := range c.Steps {
			a := s.Approval
			if a == nil {
				continue
			}
			if a.Review == nil {
				a.objected(l.Pull, holds)
				continue
			}
			if a.Recheck == NotReread {
				a.reread(b.facts.Pull, l.Policy.Team, l.Policy.Calendar.Location(), true)
			}
			if a.Recheck == Agrees {
				a.unfit(l.Pull)
				a.overruled(l.Pull, holds)
			}
			a.weigh()
		}
	}
	return nil
}

// unfit takes over what the reviewer's present word misses.
func (a *Approval) unfit(p *Pull) {
	for _, o := range p.Opinions {
		if o.ID == a.Review.ID && o.Fit != Fits {
			a.Recheck, a.Why = Stale, whyUnfit(o.Fit, o.Changed)
		}
	}
}

// HoldsApproval says whether a person may decide at that moment, by the policy
// in force.
func (l *Landing) HoldsApproval(p *policies.Person, at time.Time) bool {
	row := l.Policy.Procedure.Step(schema.ItemApproval)
	return p != nil && row != nil && slices.ContainsFunc(row.Roles, func(r string) bool { return p.HoldsAt(r, at) })
}

// pull joins the forge's facts with a pending landing.
func (b *builder) pull(l *Landing, d *forge.Dossier) (*Pull, error) {
	p := &Pull{Dossier: d}
	if l.Policy != nil {
		p.Author = l.Policy.Team.ByGitHub(d.Pull.Author.ID)
	}
	latest := map[int64]*Opinion{}
	for _, r := range inOrder(d.Reviews) {
		o := &Opinion{Review: r}
		if l.Policy != nil {
			o.Person = l.Policy.Team.ByGitHub(r.Author.ID)
			o.Reused = o.Person == nil && ownedLogin(l.Policy.Team, r.Author.Login)
		}
		switch {
		case r.State == forge.PendingReview: // seen by its own author only
		case r.SubmittedAt.IsZero() || !r.Decides() && r.State != forge.Commented:
			p.Odd = append(p.Odd, r)
		case !r.Decides():
			p.Comments = append(p.Comments, o)
		default:
			latest[r.Author.ID] = o
		}
	}
	for _, o := range latest {
		p.Opinions = append(p.Opinions, o)
	}
	sort.Slice(p.Opinions, func(i, j int) bool { return before(p.Opinions[i].Review, p.Opinions[j].Review) })
	for _, o := range p.Opinions {
		if err := b.fitOpinion(l, p, o); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// inOrder sorts reviews by when they were handed in, then by number: no answer's
// own order is trusted.
func inOrder(list []forge.Review) []forge.Review {
	list = slices.Clone(list)
	sort.SliceStable(list, func(i, j int) bool { return before(list[i], list[j]) })
	return list
}

func before(a, b forge.Review) bool {
	if !a.SubmittedAt.Equal(b.SubmittedAt) {
		return a.SubmittedAt.Before(b.SubmittedAt)
	}
	return a.ID < b.ID
}

// ownedLogin says whether a login is written in the policy, in whatever case.
func ownedLogin(t *policies.Team, login string) bool {
	return login != "" && slices.ContainsFunc(t.People, func(p policies.Person) bool {
		return p.GitHub != nil && strings.EqualFold(p.GitHub.Login, login)
	})
}

// fitOpinion compares what was reviewed with what would land.
func (b *builder) fitOpinion(l *Landing, p *Pull, o *Opinion) error {
	if len(l.Cases) != 1 || l.Cases[0].After == nil {
		return nil // more than one, or one that nobody can read, is refused anyway
	}
	c := l.Cases[0]
	var err error
	o.Fit, o.Changed, err = b.fit(c, c.Subject(), history.ID(o.Commit))
	if err != nil {
		return err
	}
	if o.Fit == Fits && o.SubmittedAt.Before(p.Retargeted) {
		o.Fit = FitRetargeted
	}
	if o.Fit != Fits {
		return nil
	}
	kept, err := b.repo.IsAncestor(history.ID(o.Commit), l.Head.ID)
	if err != nil || kept {
		return err
	}
	o.Moved = true
	same, err := b.samePeople(l, history.ID(o.Commit))
	if err == nil && !same {
		o.Fit = FitPeople
	}
	return err
}

// Part returns the step of the case before its approval in which a person took
// part, under any address; nil when there is none.
func (c *CaseChange) Part(person string) (*Step, *Contribution) {
	for _, s := range c.Case.Steps {
		if s.Item.Name == schema.ItemApproval {
			continue
		}
		for _, con := range s.Contributions {
			if slices.Contains(con.People(), person) {
				return s, con
			}
		}
	}
	return nil, nil
}

// objected says whether an approver asked for changes after an approval was signed.
func (a *Approval) objected(p *Pull, holds func(*policies.Person) bool) {
	for _, o := range p.Opinions {
		own := o.Person != nil && o.Person.ID == a.Approval.By
		if o.State == forge.ChangesRequested && a.Decision == schema.DecisionApproved && holds(o.Person) && (!own || o.SubmittedAt.After(schema.Time(a.At))) {
			a.Recheck, a.Why = Withdrawn, text.Phrase{Code: "review.overruled", Args: []any{o.Author.Login}}
		}
	}
}
