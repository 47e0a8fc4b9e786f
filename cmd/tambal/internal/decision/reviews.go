package decision

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
	"github.com/tambal-id/tambal/policies"
)

// Account is a user of the forge. The numeric ID decides; 0 is an account that
// was deleted, and nobody.
type Account struct {
	ID    int64
	Login string
	Bot   bool
}

// ReviewState is what a review says. The values are GitHub's; any other is not
// understood, so it counts neither for nor against a decision.
type ReviewState string

// The states that are understood.
const (
	ReviewApproves  ReviewState = "APPROVED"
	ReviewObjects   ReviewState = "CHANGES_REQUESTED"
	ReviewComments  ReviewState = "COMMENTED"
	ReviewDismissed ReviewState = "DISMISSED"
	ReviewUnsent    ReviewState = "PENDING" // seen by its own author only
)

// Review is one review of a pull request. Commit is the head it was given on, ""
// when unknown; SubmittedAt is zero when unknown.
type Review struct {
	ID          int64
	Author      Account
	State       ReviewState
	Commit      string
	SubmittedAt time.Time
	Body, URL   string
}

// Decides says whether the review says yes or no, or takes such a word back.
func (r Review) Decides() bool {
	return r.State == ReviewApproves || r.State == ReviewObjects || r.State == ReviewDismissed
}

// BodySHA256 is the digest of the text as the forge gives it, lower-case hex.
func (r Review) BodySHA256() string {
	sum := sha256.Sum256([]byte(r.Body))
	return hex.EncodeToString(sum[:])
}

// compare orders reviews by when they were handed in, then by number: no answer's
// own order is trusted.
func (r Review) compare(q Review) int {
	return cmp.Or(r.SubmittedAt.Compare(q.SubmittedAt), cmp.Compare(r.ID, q.ID))
}

// InOrder returns the reviews in the order in which they were handed in.
func InOrder(list []Review) []Review {
	return slices.SortedStableFunc(slices.Values(list), Review.compare)
}

// Request is a pull request with its reviews, as the forge tells it.
type Request struct {
	Repository   string // page for people, https
	RepositoryID int64
	Number       int
	URL          string
	Author       Account
	Reviews      []Review
	Retargeted   time.Time // when the base branch was last changed; zero if never
	Missing      bool      // gone, or not to be seen; nothing was read of it
}

// refusalWord begins the text of a "Request changes" that refuses for good;
// without it the pull request is sent back to be revised.
const refusalWord = "DITOLAK"

// Refuses says whether a review refuses for good, rather than sending back.
func (r Review) Refuses() bool {
	return r.State == ReviewObjects && strings.HasPrefix(strings.TrimSpace(r.Body), refusalWord)
}

// Fit says whether a review was given on what is to land.
type Fit string

// The reasons why a review does not fit; "" means that it does.
const (
	Fits          Fit = ""
	FitContent    Fit = "content"    // manifest or listed evidence differ
	FitPeople     Fit = "people"     // same text, rewritten under other names
	FitUnknown    Fit = "unknown"    // the reviewed commit cannot be had
	FitRetargeted Fit = "retargeted" // the base branch was changed afterwards
)

// unfit says in which respect a review does not fit the text that is to land.
func unfit(f Fit, changed []string) text.Phrase {
	return text.Phrase{Code: "review.unfit." + string(f), Args: []any{changed}}
}

// Opinion is one account's word on the case.
type Opinion struct {
	Review
	Person *policies.Person // nil for an account that the policy does not list
	// Reused: the login is somebody's in the policy, the account is another.
	Reused bool
	Fit    Fit
	// Changed are the paths that differ between the reviewed commit and the head.
	Changed []string
	// Moved: the reviewed commit is no longer part of the head, but holds the
	// same text by the same people.
	Moved bool
}

// Unfit says why the review was not given on what would land.
func (o *Opinion) Unfit() text.Phrase { return unfit(o.Fit, o.Changed) }

// Name is the giver's, by the policy or else by login.
func (o *Opinion) Name() string {
	switch {
	case o.Person != nil:
		return o.Person.Name
	case o.Author.ID == 0:
		return "ghost" // as GitHub shows an account that was deleted
	}
	return o.Author.Login
}

// Opinions are the reviews of a pull request, sorted by what they are.
type Opinions struct {
	Author *policies.Person // of the pull request; nil for an account the policy does not list
	// Latest hold each account's newest deciding review, in the order they were
	// handed in. Whether they fit is not known yet: it takes the clone.
	Latest []*Opinion
	// Odd are reviews that cannot be understood: of an unknown state, or handed in
	// at no known time. They may say no.
	Odd []Review
	// Comments are the reviews that decide nothing.
	Comments []*Opinion
}

// Read sorts the reviews of a pull request by the people of a policy, which may
// be nil.
func Read(r *Request, p *policies.Policy) *Opinions {
	out := &Opinions{}
	if p != nil {
		out.Author = p.Team.ByGitHub(r.Author.ID)
	}
	latest := map[int64]*Opinion{}
	for _, review := range InOrder(r.Reviews) {
		o := &Opinion{Review: review}
		if p != nil {
			o.Person = p.Team.ByGitHub(review.Author.ID)
			o.Reused = o.Person == nil && ownedLogin(p.Team, review.Author.Login)
		}
		switch {
		case review.State == ReviewUnsent:
		case review.SubmittedAt.IsZero() || !review.Decides() && review.State != ReviewComments:
			out.Odd = append(out.Odd, review)
		case !review.Decides():
			out.Comments = append(out.Comments, o)
		default:
			latest[review.Author.ID] = o
		}
	}
	out.Latest = slices.SortedFunc(maps.Values(latest), func(a, b *Opinion) int { return a.compare(b.Review) })
	return out
}

// ownedLogin says whether a login is written in the policy, in whatever case.
func ownedLogin(t *policies.Team, login string) bool {
	return login != "" && slices.ContainsFunc(t.People, func(p policies.Person) bool {
		return p.GitHub != nil && strings.EqualFold(p.GitHub.Login, login)
	})
}
