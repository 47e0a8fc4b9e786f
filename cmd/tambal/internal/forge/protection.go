package forge

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/google/go-github/v60/github"
)

// Settings are the parts of a repository that decide how a change gets in. A
// nil switch was not shown to this token.
type Settings struct {
	Repository
	Private      bool `json:"-"`
	Organization bool `json:"-"` // owned by one
	// Admin says that the token's account administers the repository; the token
	// itself may still be allowed less.
	Admin       bool  `json:"-"`
	MergeCommit *bool `json:"allow_merge_commit"`
	Squash      *bool `json:"allow_squash_merge"`
	Rebase      *bool `json:"allow_rebase_merge"`
	Forking     *bool `json:"allow_forking"`
}

// Ruleset is a named list of rules, the repository's own or an organisation's.
type Ruleset struct {
	RulesetBody
	ID         int64  `json:"id"`
	SourceType string `json:"source_type"` // Repository, Organization, Enterprise
	// BypassShown tells an empty list from a hidden one: who is not bound is shown
	// only to those who may edit the ruleset.
	BypassShown bool `json:"-"`
}

// RulesetBody is a ruleset as it is sent; SetRuleset creates or replaces.
type RulesetBody struct {
	Name        string   `json:"name"`
	Target      string   `json:"target"`        // branch, tag, push
	Enforcement string   `json:"enforcement"`   // active, evaluate, disabled
	Bypass      []Bypass `json:"bypass_actors"` // empty, never absent: absent would keep what is there
	Conditions  struct {
		RefName struct { // the branches it covers
			Include []string `json:"include"`
			Exclude []string `json:"exclude"`
		} `json:"ref_name"`
	} `json:"conditions"`
	Rules []Rule `json:"rules"`
}

// Bypass is somebody whom a ruleset does not bind. ID is a role's, a team's, an
// app's or a user's number, 0 where there is none.
type Bypass struct {
	ID   int64  `json:"actor_id"`
	Type string `json:"actor_type"`
	Mode string `json:"bypass_mode"`
}

// Rule is one rule. Its parameters stay as they came: GitHub has more types than
// anybody knows. Ruleset is the ruleset it is in.
type Rule struct {
	Type       string          `json:"type"`
	Parameters json.RawMessage `json:"parameters,omitempty"`
	Ruleset    int64           `json:"-"`
}

// The types of rule that are read.
const (
	RulePullRequest  = "pull_request"
	RuleStatusChecks = "required_status_checks"
	RuleForcePush    = "non_fast_forward"
	RuleDeletion     = "deletion"
	RuleLinear       = "required_linear_history"
	RuleMergeQueue   = "merge_queue"
	RuleSignatures   = "required_signatures"
)

// PullRequestRule are the parameters of the rule pull_request. Methods is nil
// when the rule limits none.
type PullRequestRule struct {
	Approvals    int          `json:"required_approving_review_count"`
	CodeOwners   bool         `json:"require_code_owner_review"`
	DismissStale bool         `json:"dismiss_stale_reviews_on_push"`
	LastPush     bool         `json:"require_last_push_approval"`
	Threads      bool         `json:"required_review_thread_resolution"`
	Methods      []string     `json:"allowed_merge_methods"`
	Reviewers    []PathReview `json:"required_reviewers"`
}

// PathReview demands the review of a team for some paths.
type PathReview struct {
	Paths     []string `json:"file_patterns"`
	Approvals int      `json:"minimum_approvals"`
}

// StatusRule are the parameters of the rule required_status_checks.
type StatusRule struct {
	Strict bool    `json:"strict_required_status_checks_policy"`
	Checks []Check `json:"required_status_checks"`
}

// Check is one required status. App is the only source it is taken from; nil
// when everybody with write access may set it.
type Check struct {
	Context string `json:"context"`
	App     *int64 `json:"integration_id,omitempty"`
}

// PullRequest reads the parameters of a rule of that type.
func (r Rule) PullRequest() (p PullRequestRule, err error) { return p, r.read(&p) }

// StatusChecks reads the parameters of a rule of that type.
func (r Rule) StatusChecks() (p StatusRule, err error) { return p, r.read(&p) }

func (r Rule) read(into any) error {
	if json.Unmarshal(r.Parameters, into) != nil {
		return &Error{Code: "forge.rule", Args: []any{r.Type}}
	}
	return nil
}

// Classic is the old kind of branch protection, which exists beside rulesets.
// What either of them forbids is forbidden.
type Classic struct {
	Admins             bool // bound as well
	PullRequest        *PullRequestRule
	Status             *StatusRule
	ForcePush          bool // allowed
	Deletion           bool // allowed
	Linear, Signatures bool // demanded
	Bypass             int  // how many need no pull request
}

// Actions are the repository's settings for workflows.
type Actions struct {
	Enabled bool
	Write   bool // a workflow's token writes unless told otherwise
	Approve bool // workflows may open and approve pull requests
}

// OwnerError is a line of CODEOWNERS that GitHub does not take.
type OwnerError struct {
	Line, Column int
	Kind         string `json:"kind"`
	Source       string `json:"source"`
}

// NoPlan says that the repository's plan has no rules for branches: a private
// repository of a free account.
func NoPlan(err error) bool {
	return answered(err, http.StatusForbidden, "upgrade to github")
}

// answered looks for a sentence of the forge in an error.
func answered(err error, status int, sentence string) bool {
	var answer *github.ErrorResponse
	return errors.As(err, &answer) && answer.Response != nil && answer.Response.StatusCode == status &&
		strings.Contains(strings.ToLower(answer.Message), sentence)
}
