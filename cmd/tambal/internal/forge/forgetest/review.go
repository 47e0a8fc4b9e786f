package forgetest

import (
	"fmt"
	"slices"
	"time"
)

// Review is one review of a pull request.
type Review struct {
	ID          int64
	Pull        int
	Reviewer    int64
	State       string // APPROVED, CHANGES_REQUESTED, COMMENTED, PENDING, DISMISSED or any odd word
	Body        string
	CommitID    string    // "" is answered as null
	SubmittedAt time.Time // zero: the member is left out
}

// Review gives a review of the present head. A pending one is seen by its
// author alone.
func (g *GitHub) Review(number int, reviewer int64, state, body string) int64 {
	g.t.Helper()
	var id int64
	g.change(number, func(p *Pull) { id = g.review(p, reviewer, state, body, p.HeadSHA).ID })
	return id
}

func (g *GitHub) review(p *Pull, reviewer int64, state, body, commit string) *Review {
	r := &Review{ID: g.nextID(), Pull: p.Number, Reviewer: reviewer, State: state, Body: body, CommitID: commit}
	if state != "PENDING" {
		r.SubmittedAt = g.Clock()
		p.Requested = slices.DeleteFunc(p.Requested, func(id int64) bool { return id == reviewer })
	}
	g.reviews = append(g.reviews, r)
	p.events = append(p.events, &Event{review: r})
	return r
}

// EditReview changes a review that was given.
func (g *GitHub) EditReview(id int64, change func(*Review)) {
	g.t.Helper()
	g.mu.Lock()
	defer g.mu.Unlock()
	r := g.reviewByID(id)
	if r == nil {
		g.t.Fatalf("there is no review %d", id)
	}
	change(r)
}

// Dismiss dismisses a review, in the name of Viewer.
func (g *GitHub) Dismiss(id int64) {
	g.t.Helper()
	g.mu.Lock()
	defer g.mu.Unlock()
	r := g.reviewByID(id)
	if r == nil {
		g.t.Fatalf("there is no review %d", id)
	}
	old := r.State
	r.State = "DISMISSED"
	g.pull(r.Pull).happened(g, Event{Name: "review_dismissed", Actor: g.Viewer, Extra: object{
		"dismissed_review": object{"state": lower(old), "review_id": r.ID, "dismissal_message": "dismissed"},
	}})
}

func (g *GitHub) reviewByID(id int64) *Review {
	i := slices.IndexFunc(g.reviews, func(r *Review) bool { return r.ID == id })
	if i < 0 {
		return nil
	}
	return g.reviews[i]
}

func (c *call) visible(r *Review) bool {
	return r.State != "PENDING" || c.viewer != nil && c.viewer.ID == r.Reviewer
}

func (c *call) reviewBody(r *Review) object {
	html := fmt.Sprintf("%s/pull/%d#pullrequestreview-%d", c.htmlURL(), r.Pull, r.ID)
	pull := fmt.Sprintf("%s/pulls/%d", c.repositoryURL(), r.Pull)
	body := object{
		"id": r.ID, "node_id": fmt.Sprintf("PRR_%d", r.ID), "user": c.user(r.Reviewer), "body": r.Body,
		"state": r.State, "commit_id": nullable(r.CommitID), "html_url": html, "pull_request_url": pull,
		"author_association": c.association(r.Reviewer),
		"_links":             object{"html": object{"href": html}, "pull_request": object{"href": pull}},
	}
	if !r.SubmittedAt.IsZero() {
		body["submitted_at"] = stamp(r.SubmittedAt)
	}
	return body
}

func listReviews(c *call) answer {
	p := c.pullOf()
	if p == nil {
		return notFound()
	}
	var found []*Review
	for _, r := range c.g.reviews {
		if r.Pull == p.Number && c.visible(r) {
			found = append(found, r)
		}
	}
	return paged(c, found, func(r *Review) any { return c.reviewBody(r) })
}

func getReview(c *call) answer {
	r := c.g.reviewByID(c.number("review_id"))
	if p := c.pullOf(); p == nil || r == nil || r.Pull != p.Number || !c.visible(r) {
		return notFound()
	}
	return ok(c.reviewBody(r))
}

func createReview(c *call) answer {
	p := c.pullOf()
	if p == nil {
		return notFound()
	}
	var in struct {
		Body, Event string
		CommitID    string `json:"commit_id"`
	}
	if refusal, bad := c.read(&in); bad {
		return refusal
	}
	state, known := map[string]string{
		"": "PENDING", "APPROVE": "APPROVED", "REQUEST_CHANGES": "CHANGES_REQUESTED", "COMMENT": "COMMENTED",
	}[in.Event]
	switch {
	case !known:
		return unprocessable("Variable $event of type PullRequestReviewEvent was provided invalid value")
	case p.Author == c.viewerID() && state == "APPROVED":
		return unprocessable("Can not approve your own pull request")
	case p.Author == c.viewerID() && state == "CHANGES_REQUESTED":
		return unprocessable("Can not request changes on your own pull request")
	case in.Body == "" && (state == "CHANGES_REQUESTED" || state == "COMMENTED"):
		return unprocessable("Body can't be blank")
	case in.CommitID == "":
		in.CommitID = p.HeadSHA
	}
	return ok(c.reviewBody(c.g.review(p, c.viewerID(), state, in.Body, in.CommitID)))
}
