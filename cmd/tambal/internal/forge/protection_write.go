package forge

import (
	"fmt"
	"net/http"
)

// RulesetBody is a ruleset as it is sent; SetRuleset creates or replaces.
type RulesetBody struct {
	Name        string     `json:"name"`
	Target      string     `json:"target"`
	Enforcement string     `json:"enforcement"`
	Bypass      []Bypass   `json:"bypass_actors"` // empty, never absent: absent would keep what is there
	Conditions  Conditions `json:"conditions"`
	Rules       []Rule     `json:"rules"`
}

// Conditions say which branches a ruleset covers.
type Conditions struct {
	RefName struct {
		Include []string `json:"include"`
		Exclude []string `json:"exclude"`
	} `json:"ref_name"`
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
func (c *Client) SetRuleset(id int64, b RulesetBody) (int64, error) {
	// GitHub wants lists, also where nothing stands in them.
	names := &b.Conditions.RefName
	b.Bypass, names.Include, names.Exclude = append([]Bypass{}, b.Bypass...), append([]string{}, names.Include...), append([]string{}, names.Exclude...)
	op := call{"set-ruleset", "administration: write"}
	method, path := RulesetCall(id)
	var set rulesetBody
	if err := c.raw(op, method, path, b, &set); err != nil {
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
func (c *Client) SetMerging(m Merging) error {
	var ignored struct{ ID int64 }
	return c.raw(call{"set-merging", "administration: write"}, http.MethodPatch, "", m, &ignored)
}
