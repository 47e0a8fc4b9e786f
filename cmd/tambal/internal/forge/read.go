package forge

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/go-github/v60/github"
)

// tries is how often a pull request that moves while it is read is read again.
const tries = 3

// Repository returns the repository's own facts.
func (c *Client) Repository(ctx context.Context) (Repository, error) {
	s, err := c.Settings(ctx)
	return s.Repository, err
}

// PullRequest returns one pull request as it stands now.
func (c *Client) PullRequest(ctx context.Context, number int) (PullRequest, error) {
	p, resp, err := c.gh.PullRequests.Get(ctx, c.owner, c.name, number)
	if err := c.fail(call{"pull", "pull-requests: read"}, resp, err); err != nil {
		return PullRequest{}, err
	}
	pull := pullRequest(p)
	if pull.Number != number || pull.Head.SHA == "" || pull.Base.Ref == "" {
		return PullRequest{}, c.shapeless("pull")
	}
	return pull, nil
}

func pullRequest(p *github.PullRequest) PullRequest {
	pull := PullRequest{
		Number: p.GetNumber(), URL: p.GetHTMLURL(), Open: p.GetState() == "open", Merged: p.GetMerged() || !p.GetMergedAt().IsZero(),
		Draft: p.GetDraft(), Author: account(p.User), Head: branch(p.Head), Base: branch(p.Base),
	}
	if pull.Merged {
		pull.MergeCommit = p.GetMergeCommitSHA()
	}
	for _, u := range p.RequestedReviewers {
		pull.Requested = append(pull.Requested, account(u))
	}
	return pull
}

func branch(b *github.PullRequestBranch) Branch {
	if b == nil {
		return Branch{}
	}
	return Branch{Ref: b.GetRef(), SHA: b.GetSHA(), RepositoryID: b.Repo.GetID()}
}

func account(u *github.User) Account {
	if u == nil || u.GetID() <= 0 {
		return Account{}
	}
	return Account{ID: u.GetID(), Login: u.GetLogin(), Bot: u.GetType() == "Bot" || strings.HasSuffix(u.GetLogin(), "[bot]")}
}

// OpenPulls returns every open pull request, oldest first.
func (c *Client) OpenPulls(ctx context.Context) ([]PullRequest, error) {
	return c.pulls(ctx, call{"pulls", "pull-requests: read"}, func(page github.ListOptions) ([]*github.PullRequest, *github.Response, error) {
		return c.gh.PullRequests.List(ctx, c.owner, c.name, &github.PullRequestListOptions{State: "open", Sort: "created", Direction: "asc", ListOptions: page})
	})
}

// PullsWith returns the open pull requests that carry a commit.
func (c *Client) PullsWith(ctx context.Context, sha string) ([]PullRequest, error) {
	list, err := c.pullsWith(ctx, sha)
	return slices.DeleteFunc(list, func(p PullRequest) bool { return !p.Open }), err
}

func (c *Client) pullsWith(ctx context.Context, sha string) ([]PullRequest, error) {
	return c.pulls(ctx, call{"pulls", "pull-requests: read"}, func(page github.ListOptions) ([]*github.PullRequest, *github.Response, error) {
		return c.gh.PullRequests.ListPullRequestsWithCommit(ctx, c.owner, c.name, sha, &page)
	})
}

func (c *Client) pulls(ctx context.Context, op call, list func(github.ListOptions) ([]*github.PullRequest, *github.Response, error)) ([]PullRequest, error) {
	all, err := pages(c, op, list)
	var out []PullRequest
	for _, p := range all {
		out = append(out, pullRequest(p))
	}
	return out, err
}

// MergedBy returns the pull request that was merged as a commit; its number is 0
// when there is none.
func (c *Client) MergedBy(ctx context.Context, sha string) (PullRequest, error) {
	list, err := c.pullsWith(ctx, sha)
	for _, p := range list {
		if p.Merged && p.MergeCommit == sha {
			return p, err
		}
	}
	return PullRequest{}, err
}

// Reviews returns all reviews of a pull request, oldest first.
func (c *Client) Reviews(ctx context.Context, number int) ([]Review, error) {
	all, err := pages(c, call{"reviews", "pull-requests: read"}, func(page github.ListOptions) ([]*github.PullRequestReview, *github.Response, error) {
		return c.gh.PullRequests.ListReviews(ctx, c.owner, c.name, number, &page)
	})
	if err != nil {
		return nil, err
	}
	var out []Review
	seen := map[int64]bool{}
	for _, r := range all {
		if r.GetID() <= 0 || seen[r.GetID()] {
			return nil, c.shapeless("reviews")
		}
		seen[r.GetID()] = true
		out = append(out, Review{
			ID: r.GetID(), Author: account(r.User), State: ReviewState(strings.ToUpper(r.GetState())), Commit: r.GetCommitID(),
			SubmittedAt: r.GetSubmittedAt().Time, Body: r.GetBody(), URL: r.GetHTMLURL(),
		})
	}
	return out, nil
}

// event is an entry of a pull request's timeline, read into as little as is
// used: the library's own type is older than some events.
type event struct {
	Event     string    `json:"event"`
	CreatedAt time.Time `json:"created_at"`
}

// retargeted returns when the base branch was last changed.
func (c *Client) retargeted(ctx context.Context, number int) (time.Time, error) {
	all, err := rawPages[event](ctx, c, call{"timeline", "issues: read"}, fmt.Sprintf("/issues/%d/timeline", number))
	var last time.Time
	for _, e := range all {
		if (e.Event == "base_ref_changed" || e.Event == "automatic_base_change_succeeded") && e.CreatedAt.After(last) {
			last = e.CreatedAt
		}
	}
	return last, err
}

// Dossier reads everything about one pull request. It reads the pull request
// before and after the rest, and starts again when it moved in between.
func (c *Client) Dossier(ctx context.Context, number int) (*Dossier, error) {
	repo, err := c.Repository(ctx)
	if err != nil {
		return nil, err
	}
	before, err := c.PullRequest(ctx, number)
	if err != nil {
		return nil, err
	}
	for range tries {
		d := &Dossier{Repository: repo}
		if d.Reviews, err = c.Reviews(ctx, number); err != nil {
			return nil, err
		}
		if d.Retargeted, err = c.retargeted(ctx, number); err != nil {
			return nil, err
		}
		if d.Pull, err = c.PullRequest(ctx, number); err != nil {
			return nil, err
		}
		if d.Pull.Same(before) {
			return d, nil
		}
		before = d.Pull
	}
	return nil, &Error{Code: "forge.moving", Args: []any{number}}
}

// Reread reads again what landed long ago: the repository as given, and all
// reviews of one pull request.
func (c *Client) Reread(ctx context.Context, repo Repository, number int) (*Dossier, error) {
	reviews, err := c.Reviews(ctx, number)
	if err != nil {
		return nil, err
	}
	return &Dossier{Repository: repo, Pull: PullRequest{Number: number}, Reviews: reviews}, nil
}

// Made says whether GitHub vouches that it made a commit itself, in its own
// pages, for the author the commit names.
func (c *Client) Made(ctx context.Context, sha string) (bool, error) {
	commit, resp, err := c.gh.Repositories.GetCommit(ctx, c.owner, c.name, sha, nil)
	if err := c.fail(call{"commit", "contents: read"}, resp, err); err != nil {
		return false, err
	}
	return commit.GetCommit().GetVerification().GetVerified() && strings.EqualFold(commit.GetCommitter().GetLogin(), "web-flow"), nil
}

// Login returns the present login of an account.
func (c *Client) Login(ctx context.Context, id int64) (string, error) {
	u, resp, err := c.gh.Users.GetByID(ctx, id)
	if err := c.fail(call{"user", "metadata: read"}, resp, err); err != nil {
		return "", err
	}
	if u.GetID() != id || u.GetLogin() == "" {
		return "", c.shapeless("user")
	}
	return u.GetLogin(), nil
}

// Comments returns all comments on a pull request's page, oldest first.
func (c *Client) Comments(ctx context.Context, number int) ([]Comment, error) {
	all, err := pages(c, call{"comments", "pull-requests: read"}, func(page github.ListOptions) ([]*github.IssueComment, *github.Response, error) {
		return c.gh.Issues.ListComments(ctx, c.owner, c.name, number, &github.IssueListCommentsOptions{ListOptions: page})
	})
	var out []Comment
	for _, m := range all {
		out = append(out, Comment{ID: m.GetID(), Author: account(m.User), Body: m.GetBody()})
	}
	return out, err
}

// mostPages bounds a list: an answer that always names one page more.
const mostPages = 100

// pages reads a list to its end or not at all. It asks on after a full page even
// when nothing says that more follows.
func pages[T any](c *Client, op call, list func(github.ListOptions) ([]*T, *github.Response, error)) ([]*T, error) {
	var all []*T
	options := github.ListOptions{PerPage: 100, Page: 1}
	for range mostPages {
		part, resp, err := list(options)
		if err := c.fail(op, resp, err); err != nil {
			return nil, err
		}
		for _, entry := range part {
			if entry == nil {
				return nil, c.shapeless(op.what)
			}
		}
		all = append(all, part...)
		next := resp.NextPage
		if next == 0 && len(part) >= options.PerPage {
			next = options.Page + 1
		}
		if next == 0 {
			return all, nil
		}
		if next <= options.Page {
			return nil, c.shapeless(op.what)
		}
		options.Page = next
	}
	return nil, c.shapeless(op.what)
}

// shapeless is an answer that lacks what it must have.
func (c *Client) shapeless(what string) error {
	return c.fail(call{what: what}, nil, &unsound{"forge.unsound.shape"})
}
