package forgetest

import (
	"slices"
	"time"
)

// Pull is a pull request.
type Pull struct {
	Number           int
	ID               int64
	Author           int64
	Title, Body      string
	HeadRef, BaseRef string
	HeadSHA, BaseSHA string // the branches' tips while open; then they stay
	State            string // open or closed
	Draft            bool
	Locked           bool

	Merged      bool
	MergeCommit string
	MergedBy    int64

	Fork              *Fork // the repository the head is in; nil: this one
	HeadRepositoryNil bool  // the fork was deleted; needs Direct
	MergeableUnknown  bool  // GitHub has not found out yet: mergeable is null
	Requested         []int64

	CreatedAt, UpdatedAt, ClosedAt, MergedAt time.Time

	events []*Event
}

// Fork names another repository.
type Fork struct {
	Owner, Name string
	ID          int64
}

// Event is one line of a pull request's timeline that is neither a commit, a
// review nor a comment.
type Event struct {
	ID       int64
	Name     string // base_ref_changed, closed, review_dismissed, …
	Actor    int64
	At       time.Time
	CommitID string
	Extra    map[string]any // further members of the body

	review  *Review
	comment *Comment
}

// Open opens a pull request between two branches of the bare repository.
// Changes are made before anybody sees it.
func (g *GitHub) Open(author int64, head, base, title string, changes ...func(*Pull)) *Pull {
	g.t.Helper()
	g.mu.Lock()
	defer g.mu.Unlock()
	p, err := g.open(author, head, base, title, changes...)
	if err != nil {
		g.t.Fatalf("open a pull request from %s to %s: %v", head, base, err)
	}
	return p
}

func (g *GitHub) open(author int64, head, base, title string, changes ...func(*Pull)) (*Pull, error) {
	p := &Pull{
		Number: 1, ID: g.nextID(), Author: author, Title: title, HeadRef: head, BaseRef: base, State: "open",
		HeadSHA: g.resolve("heads/" + head), BaseSHA: g.resolve("heads/" + base), CreatedAt: g.Clock(),
	}
	for _, branch := range []struct{ name, sha string }{{head, p.HeadSHA}, {base, p.BaseSHA}} {
		if branch.sha == "" {
			return nil, missingBranch(branch.name)
		}
	}
	if n := len(g.pulls); n > 0 {
		p.Number = g.pulls[n-1].Number + 1
	}
	p.UpdatedAt = p.CreatedAt
	for _, change := range changes {
		change(p)
	}
	g.pulls = append(g.pulls, p)
	return p, g.refresh()
}

type missingBranch string

func (m missingBranch) Error() string { return "no branch " + string(m) }

// Pull is the pull request of that number, up to date with what was pushed;
// its fields may be changed between Lock and Unlock. Nil if there is none.
func (g *GitHub) Pull(number int) *Pull {
	g.t.Helper()
	g.mu.Lock()
	defer g.mu.Unlock()
	if err := g.refresh(); err != nil {
		g.t.Errorf("forgetest: %v", err)
	}
	return g.pull(number)
}

func (g *GitHub) pull(number int) *Pull {
	i := slices.IndexFunc(g.pulls, func(p *Pull) bool { return p.Number == number })
	if i < 0 {
		return nil
	}
	return g.pulls[i]
}

func (p *Pull) happened(g *GitHub, e Event) {
	e.ID, e.At = g.nextID(), g.Clock()
	p.UpdatedAt = e.At
	p.events = append(p.events, &e)
}

// change runs a change of a pull request that a test asks for.
func (g *GitHub) change(number int, f func(*Pull)) {
	g.t.Helper()
	g.mu.Lock()
	defer g.mu.Unlock()
	p := g.pull(number)
	if p == nil {
		g.t.Fatalf("there is no pull request %d", number)
	}
	// What was pushed before the change happened before it.
	if err := g.refresh(); err != nil {
		g.t.Errorf("forgetest: %v", err)
	}
	f(p)
	if err := g.refresh(); err != nil {
		g.t.Errorf("forgetest: %v", err)
	}
}

// Retarget moves a pull request to another base branch.
func (g *GitHub) Retarget(number int, base string) {
	g.t.Helper()
	g.change(number, func(p *Pull) { p.retarget(g, base) })
}

func (p *Pull) retarget(g *GitHub, base string) {
	p.BaseRef, p.BaseSHA = base, g.resolve("heads/"+base)
	p.happened(g, Event{Name: "base_ref_changed", Actor: p.Author})
}

// Close closes a pull request without merging it.
func (g *GitHub) Close(number int) {
	g.t.Helper()
	g.change(number, func(p *Pull) { p.close(g) })
}

func (p *Pull) close(g *GitHub) {
	p.State = "closed"
	p.happened(g, Event{Name: "closed", Actor: p.Author})
	p.ClosedAt = p.UpdatedAt
}

// Reopen opens a closed pull request again.
func (g *GitHub) Reopen(number int) {
	g.t.Helper()
	g.change(number, func(p *Pull) { p.reopen(g) })
}

func (p *Pull) reopen(g *GitHub) {
	p.State, p.ClosedAt = "open", time.Time{}
	p.happened(g, Event{Name: "reopened", Actor: p.Author})
}

// Draft makes a pull request a draft.
func (g *GitHub) Draft(number int) {
	g.t.Helper()
	g.change(number, func(p *Pull) {
		p.Draft = true
		p.happened(g, Event{Name: "convert_to_draft", Actor: p.Author})
	})
}

// Ready ends a draft.
func (g *GitHub) Ready(number int) {
	g.t.Helper()
	g.change(number, func(p *Pull) {
		p.Draft = false
		p.happened(g, Event{Name: "ready_for_review", Actor: p.Author})
	})
}

// Happen adds a line to a pull request's timeline; its ID and moment are given
// by the server.
func (g *GitHub) Happen(number int, e Event) {
	g.t.Helper()
	g.change(number, func(p *Pull) { p.happened(g, e) })
}

// RequestedReviewers are the logins asked for a review.
func (g *GitHub) RequestedReviewers(number int) []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	var logins []string
	if p := g.pull(number); p != nil {
		for _, id := range p.Requested {
			if u := g.live(id); u != nil {
				logins = append(logins, u.Login)
			}
		}
	}
	return logins
}
