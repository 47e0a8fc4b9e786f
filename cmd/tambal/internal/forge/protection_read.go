package forge

import (
	"fmt"
	"net/http"
	"net/url"

	"github.com/google/go-github/v60/github"
)

// raw calls an operation whose answer the library cannot decode, or whose
// missing fields it would read as false. path follows /repos/OWNER/NAME.
func (c *Client) raw(op call, method, path string, in, out any) error {
	req, err := c.gh.NewRequest(method, fmt.Sprintf("repos/%s/%s%s", c.owner, c.name, path), in)
	if err != nil {
		return c.fail(op, nil, err)
	}
	resp, err := c.gh.Do(c.ctx, req, out)
	return c.fail(op, resp, err)
}

// rawPages reads a list of such an operation to its end.
func rawPages[T any](c *Client, op call, path string) ([]*T, error) {
	return pages(c, op, func(page github.ListOptions) ([]*T, *github.Response, error) {
		where := fmt.Sprintf("repos/%s/%s%s?per_page=%d&page=%d", c.owner, c.name, path, page.PerPage, page.Page)
		req, err := c.gh.NewRequest(http.MethodGet, where, nil)
		if err != nil {
			return nil, nil, err
		}
		var list []*T
		resp, err := c.gh.Do(c.ctx, req, &list)
		return list, resp, err
	})
}

// Settings returns how the repository lets changes in.
func (c *Client) Settings() (Settings, error) {
	var r struct {
		ID            int64  `json:"id"`
		FullName      string `json:"full_name"`
		URL           string `json:"html_url"`
		DefaultBranch string `json:"default_branch"`
		Private       *bool  `json:"private"`
		Owner         struct{ Type string }
		Permissions   struct{ Admin bool }
		MergeCommit   *bool `json:"allow_merge_commit"`
		Squash        *bool `json:"allow_squash_merge"`
		Rebase        *bool `json:"allow_rebase_merge"`
		Forking       *bool `json:"allow_forking"`
	}
	if err := c.raw(call{"repository", "metadata: read"}, http.MethodGet, "", nil, &r); err != nil {
		return Settings{}, err
	}
	if r.ID == 0 || r.DefaultBranch == "" || r.Private == nil {
		return Settings{}, c.shapeless("repository")
	}
	return Settings{
		ID: r.ID, FullName: r.FullName, URL: r.URL, DefaultBranch: r.DefaultBranch, Private: *r.Private,
		Organization: r.Owner.Type == "Organization", Admin: r.Permissions.Admin,
		MergeCommit: r.MergeCommit, Squash: r.Squash, Rebase: r.Rebase, Forking: r.Forking,
	}, nil
}

// rulesetBody is a ruleset as GitHub writes it.
type rulesetBody struct {
	ID          int64  `json:"id"`
	Name        string `json:"name"`
	Target      string `json:"target"`
	Enforcement string `json:"enforcement"`
	SourceType  string `json:"source_type"`
	Conditions  struct {
		RefName struct{ Include, Exclude []string } `json:"ref_name"`
	} `json:"conditions"`
	Rules  []Rule    `json:"rules"`
	Bypass *[]Bypass `json:"bypass_actors"`
}

func (b *rulesetBody) ruleset() Ruleset {
	r := Ruleset{
		ID: b.ID, Name: b.Name, Target: b.Target, Enforcement: b.Enforcement, SourceType: b.SourceType,
		Include: b.Conditions.RefName.Include, Exclude: b.Conditions.RefName.Exclude, Rules: b.Rules,
	}
	if b.Bypass != nil {
		r.Bypass, r.BypassShown = *b.Bypass, true
	}
	for i := range r.Rules {
		r.Rules[i].Ruleset = r.ID
	}
	return r
}

// Rulesets returns every ruleset that is about the repository, whole.
func (c *Client) Rulesets() ([]Ruleset, error) {
	list, err := rawPages[struct {
		ID int64 `json:"id"`
	}](c, call{"rulesets", "metadata: read"}, "/rulesets")
	var out []Ruleset
	for _, entry := range list {
		r, err := c.Ruleset(entry.ID)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, err
}

// Ruleset returns one ruleset.
func (c *Client) Ruleset(id int64) (Ruleset, error) {
	var b rulesetBody
	if err := c.raw(call{"rulesets", "metadata: read"}, http.MethodGet, fmt.Sprintf("/rulesets/%d", id), nil, &b); err != nil {
		return Ruleset{}, err
	}
	if b.ID != id || b.ID == 0 || b.Enforcement == "" {
		return Ruleset{}, c.shapeless("rulesets")
	}
	return b.ruleset(), nil
}

// BranchRules returns the rules in force for a branch, whichever rulesets they
// come from.
func (c *Client) BranchRules(branch string) ([]Rule, error) {
	list, err := rawPages[struct {
		Rule
		ID int64 `json:"ruleset_id"`
	}](c, call{"rules", "metadata: read"}, "/rules/branches/"+url.PathEscape(branch))
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
func (c *Client) Classic(branch string) (*Classic, error) {
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
	err := c.raw(op, http.MethodGet, "/branches/"+url.PathEscape(branch)+"/protection", nil, &b)
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
func (c *Client) Actions() (Actions, error) {
	op := call{"actions", "administration: read"}
	var on struct{ Enabled *bool }
	if err := c.raw(op, http.MethodGet, "/actions/permissions", nil, &on); err != nil {
		return Actions{}, err
	}
	var may struct {
		Default string `json:"default_workflow_permissions"`
		Approve *bool  `json:"can_approve_pull_request_reviews"`
	}
	if err := c.raw(op, http.MethodGet, "/actions/permissions/workflow", nil, &may); err != nil {
		return Actions{}, err
	}
	if on.Enabled == nil || may.Default == "" || may.Approve == nil {
		return Actions{}, c.shapeless(op.what)
	}
	return Actions{Enabled: *on.Enabled, Write: may.Default != "read", Approve: *may.Approve}, nil
}

// OwnerErrors returns what GitHub does not take of the CODEOWNERS file.
func (c *Client) OwnerErrors() ([]OwnerError, error) {
	var b struct{ Errors *[]OwnerError }
	op := call{"codeowners", "contents: read"}
	if err := c.raw(op, http.MethodGet, "/codeowners/errors", nil, &b); err != nil {
		return nil, err
	}
	if b.Errors == nil {
		return nil, c.shapeless(op.what)
	}
	return *b.Errors, nil
}
