package forge

import (
	"errors"
	"net/http"
	"unicode/utf8"

	"github.com/google/go-github/v60/github"
)

// descriptionLimit is what GitHub takes of a status's description, in characters.
const descriptionLimit = 140

// SetStatus sets a status on a commit.
func (c *Client) SetStatus(sha string, s Status) error {
	s.Description = shorten(s.Description, descriptionLimit)
	status := &github.RepoStatus{State: github.String(string(s.State)), Context: &s.Context, Description: &s.Description}
	if s.TargetURL != "" {
		status.TargetURL = &s.TargetURL
	}
	_, resp, err := c.gh.Repositories.CreateStatus(c.ctx, c.owner, c.name, sha, status)
	return c.fail(call{"status", "statuses: write"}, resp, err)
}

func shorten(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n-1]) + "…"
}

// AddComment writes a comment on a pull request's page.
func (c *Client) AddComment(number int, body string) error {
	_, resp, err := c.gh.Issues.CreateComment(c.ctx, c.owner, c.name, number, &github.IssueComment{Body: &body})
	return c.fail(call{"comment", "pull-requests: write"}, resp, err)
}

// EditComment replaces the text of a comment.
func (c *Client) EditComment(id int64, body string) error {
	_, resp, err := c.gh.Issues.EditComment(c.ctx, c.owner, c.name, id, &github.IssueComment{Body: &body})
	return c.fail(call{"comment", "pull-requests: write"}, resp, err)
}

// RequestReview asks accounts for a review. It is refused for those that are no
// collaborators.
func (c *Client) RequestReview(number int, logins []string) error {
	_, resp, err := c.gh.PullRequests.RequestReviewers(c.ctx, c.owner, c.name, number, github.ReviewersRequest{Reviewers: logins})
	return c.fail(call{"ask-review", "pull-requests: write"}, resp, err)
}

// ErrHeadMoved says that the pull request got another head before it was
// merged; nothing was merged.
var ErrHeadMoved = errors.New("the head moved before the merge")

// Merge merges a pull request with a merge commit, only if its head is still
// sha, and returns the commit's id.
func (c *Client) Merge(number int, sha, title, message string) (string, error) {
	result, resp, err := c.gh.PullRequests.Merge(c.ctx, c.owner, c.name, number, message,
		&github.PullRequestOptions{CommitTitle: title, SHA: sha, MergeMethod: "merge"})
	if resp != nil && resp.Response != nil && resp.StatusCode == http.StatusConflict {
		return "", ErrHeadMoved
	}
	if err := c.fail(call{"merge", "contents: write"}, resp, err); err != nil {
		return "", err
	}
	if !result.GetMerged() || result.GetSHA() == "" {
		return "", c.shapeless("merge")
	}
	return result.GetSHA(), nil
}
