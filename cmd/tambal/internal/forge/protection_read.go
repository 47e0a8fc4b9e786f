package forge

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"github.com/google/go-github/v60/github"
)

// request calls an operation whose answer the library cannot decode, or whose
// missing fields it would read as false. path follows /repos/OWNER/NAME.
func (c *Client) request(ctx context.Context, method, path string, in, out any) (*github.Response, error) {
	req, err := c.gh.NewRequest(method, fmt.Sprintf("repos/%s/%s%s", c.owner, c.name, path), in)
	if err != nil {
		return nil, err
	}
	return c.gh.Do(ctx, req, out)
}

// get reads the answer of one such operation.
func (c *Client) get(ctx context.Context, op call, path string, out any) error {
	resp, err := c.request(ctx, http.MethodGet, path, nil, out)
	return c.fail(op, resp, err)
}

// rawPages reads a list of such an operation to its end.
func rawPages[T any](ctx context.Context, c *Client, op call, path string) ([]*T, error) {
	return pages(c, op, func(page github.ListOptions) (list []*T, resp *github.Response, err error) {
		resp, err = c.request(ctx, http.MethodGet, fmt.Sprintf("%s?per_page=%d&page=%d", path, page.PerPage, page.Page), nil, &list)
		return list, resp, err
	})
}

// Settings returns how the repository lets changes in.
func (c *Client) Settings(ctx context.Context) (Settings, error) {
	var r struct {
		Settings
		Private     *bool `json:"private"`
		Owner       struct{ Type string }
		Permissions struct{ Admin bool }
	}
	if err := c.get(ctx, call{"repository", "metadata: read"}, "", &r); err != nil {
		return Settings{}, err
	}
	if r.ID == 0 || r.DefaultBranch == "" || r.Private == nil {
		return Settings{}, c.shapeless("repository")
	}
	s := r.Settings
	s.Private, s.Organization, s.Admin = *r.Private, r.Owner.Type == "Organization", r.Permissions.Admin
	return s, nil
}

// Rulesets returns every ruleset that is about the repository, whole.
func (c *Client) Rulesets(ctx context.Context) ([]Ruleset, error) {
	list, err := rawPages[struct {
		ID int64 `json:"id"`
	}](ctx, c, call{"rulesets", "metadata: read"}, "/rulesets")
	var out []Ruleset
	for _, entry := range list {
		r, err := c.Ruleset(ctx, entry.ID)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, err
}

// Ruleset returns one ruleset.
func (c *Client) Ruleset(ctx context.Context, id int64) (Ruleset, error) {
	var r Ruleset
	if err := c.get(ctx, call{"rulesets", "metadata: read"}, fmt.Sprintf("/rulesets/%d", id), &r); err != nil {
		return Ruleset{}, err
	}
	if r.ID != id || r.ID == 0 || r.Enforcement == "" {
		return Ruleset{}, c.shapeless("rulesets")
	}
	r.BypassShown = r.Bypass != nil
	for i := range r.Rules {
		r.Rules[i].Ruleset = r.ID
	}
	return r, nil
}

// BranchRules returns the rules in force for a branch, whichever rulesets they
// come from.
func (c *Client) BranchRules(ctx context.Context, branch string) ([]Rule, error) {
	list, err := rawPages[struct {
		Rule
		ID int64 `json:"ruleset_id"`
	}](ctx, c, call{"rules", "metadata: read"}, "/rules/branches/"+url.PathEscape(branch))
	var out []Rule
	for _, entry := range list {
		if entry.Type == "" {
			return nil, c.shapeless("rules")
		}
		entry.Rule.Ruleset = entry.ID
		out = append(out, entry.Rule)
	}
	return out, err
}

type enabled struct{ Enabled bool }

// Classic returns the old-style protection of a branch, nil when it has none.
func (c *Client) Classic(ctx context.Context, branch string) (*Classic, error) {
	var b struct {
		Admins   enabled `json:"enforce_admins"`
		Force    enabled `json:"allow_force_pushes"`
		Deletion enabled `json:"allow_deletions"`
		Linear   enabled `json:"required_linear_history"`
		Signed   enabled `json:"required_signatures"`
		Reviews  *struct {
			DismissStale bool                               `json:"dismiss_stale_reviews"`
			CodeOwners   bool                               `json:"require_code_owner_reviews"`
			Approvals    int                                `json:"required_approving_review_count"`
			LastPush     bool                               `json:"require_last_push_approval"`
			Bypass       struct{ Users, Teams, Apps []any } `json:"bypass_pull_request_allowances"`
		} `json:"required_pull_request_reviews"`
		Status *struct {
			Strict bool
			Checks []struct {
				Context string
				App     *int64 `json:"app_id"`
			}
		} `json:"required_status_checks"`
	}
	op := call{"classic", "administration: read"}
	err := c.get(ctx, op, "/branches/"+url.PathEscape(branch)+"/protection", &b)
	if answered(err, http.StatusNotFound, "branch not protected") {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	p := &Classic{Admins: b.Admins.Enabled, ForcePush: b.Force.Enabled, Deletion: b.Deletion.Enabled, Linear: b.Linear.Enabled, Signatures: b.Signed.Enabled}
	if r := b.Reviews; r != nil {
		p.PullRequest = &PullRequestRule{Approvals: r.Approvals, CodeOwners: r.CodeOwners, DismissStale: r.DismissStale, LastPush: r.LastPush}
		p.Bypass = len(r.Bypass.Users) + len(r.Bypass.Teams) + len(r.Bypass.Apps)
	}
	if s := b.Status; s != nil {
		p.Status = &StatusRule{Strict: s.Strict}
		for _, check := range s.Checks {
			if check.App != nil && *check.App <= 0 {
				check.App = nil // -1 is GitHub's word for any
			}
			p.Status.Checks = append(p.Status.Checks, Check{check.Context, check.App})
		}
	}
	return p, nil
}

// Actions returns what workflows of the repository may do.
func (c *Client) Actions(ctx context.Context) (Actions, error) {
	op := call{"actions", "administration: read"}
	var on struct{ Enabled *bool }
	if err := c.get(ctx, op, "/actions/permissions", &on); err != nil {
		return Actions{}, err
	}
	var may struct {
		Default string `json:"default_workflow_permissions"`
		Approve *bool  `json:"can_approve_pull_request_reviews"`
	}
	if err := c.get(ctx, op, "/actions/permissions/workflow", &may); err != nil {
		return Actions{}, err
	}
	if on.Enabled == nil || may.Default == "" || may.Approve == nil {
		return Actions{}, c.shapeless(op.what)
	}
	return Actions{Enabled: *on.Enabled, Write: may.Default != "read", Approve: *may.Approve}, nil
}

// OwnerErrors returns what GitHub does not take of the CODEOWNERS file.
func (c *Client) OwnerErrors(ctx context.Context) ([]OwnerError, error) {
	var b struct{ Errors *[]OwnerError }
	op := call{"codeowners", "contents: read"}
	if err := c.get(ctx, op, "/codeowners/errors", &b); err != nil {
		return nil, err
	}
	if b.Errors == nil {
		return nil, c.shapeless(op.what)
	}
	return *b.Errors, nil
}
