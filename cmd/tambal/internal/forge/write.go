package forge

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"unicode/utf8"

	"github.com/google/go-github/v60/github"
)

// descriptionLimit is what GitHub takes of a status's description, in characters.
const descriptionLimit = 140

// SetStatus sets a status on a commit.
func (c *Client) SetStatus(ctx context.Context, sha string, s Status) error {
	s.Description = shorten(s.Description, descriptionLimit)
	status := &github.RepoStatus{State: github.String(string(s.State)), Context: &s.Context, Description: &s.Description}
	if s.TargetURL != "" {
		status.TargetURL = &s.TargetURL
	}
	_, resp, err := c.gh.Repositories.CreateStatus(ctx, c.owner, c.name, sha, status)
	return c.fail(call{"status", "statuses: write"}, resp, err)
}

func shorten(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n-1]) + "…"
}

// AddComment writes a comment on a pull request's page.
func (c *Client) AddComment(ctx context.Context, number int, body string) error {
	_, resp, err := c.gh.Issues.CreateComment(ctx, c.owner, c.name, number, &github.IssueComment{Body: &body})
	return c.fail(call{"comment", "pull-requests: write"}, resp, err)
}

// EditComment replaces the text of a comment.
func (c *Client) EditComment(ctx context.Context, id int64, body string) error {
	_, resp, err := c.gh.Issues.EditComment(ctx, c.owner, c.name, id, &github.IssueComment{Body: &body})
	return c.fail(call{"comment", "pull-requests: write"}, resp, err)
}

// RequestReview asks accounts for a review. It is refused for those that are no
// collaborators.
func (c *Client) RequestReview(ctx context.Context, number int, logins []string) error {
	_, resp, err := c.gh.PullRequests.RequestReviewers(ctx, c.owner, c.name, number, github.ReviewersRequest{Reviewers: logins})
	return c.fail(call{"ask-review", "pull-requests: write"}, resp, err)
}

// ErrHeadMoved says that the pull request got another head before it was
// merged; nothing was merged.
var ErrHeadMoved = errors.New("the head moved before the merge")

// Merge merges a pull request with a merge commit, only if its head is still
// sha, and returns the commit's id.
func (c *Client) Merge(ctx context.Context, number int, sha, title, message string) (string, error) {
	result, resp, err := c.gh.PullRequests.Merge(ctx, c.owner, c.name, number, message,
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

// RulesetCall returns the method and path that SetRuleset uses for a ruleset of
// that number; 0 is one that does not exist yet.
func RulesetCall(id int64) (method, path string) {
	if id == 0 {
		return http.MethodPost, "/rulesets"
	}
	return http.MethodPut, fmt.Sprintf("/rulesets/%d", id)
}

// SetRuleset creates a ruleset, or replaces the one of that number, and returns
// its number.
func (c *Client) SetRuleset(ctx context.Context, id int64, b RulesetBody) (int64, error) {
	// GitHub wants lists, also where they are empty.
	names := &b.Conditions.RefName
	b.Bypass, names.Include, names.Exclude = append([]Bypass{}, b.Bypass...), append([]string{}, names.Include...), append([]string{}, names.Exclude...)
	op := call{"set-ruleset", "administration: write"}
	method, path := RulesetCall(id)
	var set struct{ ID int64 }
	resp, err := c.request(ctx, method, path, b, &set)
	if err := c.fail(op, resp, err); err != nil {
		return 0, err
	}
	if set.ID == 0 || id != 0 && set.ID != id {
		return 0, c.shapeless(op.what)
	}
	return set.ID, nil
}

// Merging are the merge buttons of a repository.
type Merging struct {
	Squash      bool `json:"allow_squash_merge"`
	Rebase      bool `json:"allow_rebase_merge"`
	MergeCommit bool `json:"allow_merge_commit"`
}

// SetMerging sets the merge buttons and nothing else.
func (c *Client) SetMerging(ctx context.Context, m Merging) error {
	var ignored struct{ ID int64 }
	resp, err := c.request(ctx, http.MethodPatch, "", m, &ignored)
	return c.fail(call{"set-merging", "administration: write"}, resp, err)
}
