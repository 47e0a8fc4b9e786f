package forge

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/forge/forgetest"
)

func protected(t *testing.T, g *forgetest.GitHub) *Client {
	t.Helper()
	c, err := New(Options{Repository: g.Owner + "/" + g.Name, API: g.URL(), Token: g.Token,
		Sleep: func(context.Context, time.Duration) error { return nil }})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// newRules are of types that go-github v60 cannot decode, and one that nobody
// knows yet.
var newRules = []any{
	map[string]any{"type": "file_path_restriction", "parameters": map[string]any{"restricted_file_paths": []any{"x"}}},
	map[string]any{"type": "copilot_code_review", "parameters": map[string]any{"review_on_push": true}},
	map[string]any{"type": "pull_request", "parameters": map[string]any{
		"required_approving_review_count": 1, "require_code_owner_review": true, "dismiss_stale_reviews_on_push": false,
		"require_last_push_approval": false, "required_review_thread_resolution": false, "allowed_merge_methods": []any{"merge"}}},
}

func TestRulesOfAnyTypeAreRead(t *testing.T) {
	g := forgetest.Direct(t)
	g.Unchecked("* /rulesets")
	g.Unchecked("* /rules")
	rules := append([]any{map[string]any{"type": "of_next_year", "parameters": []any{1}}}, newRules...)
	id := g.AddRuleset(map[string]any{"name": "a", "rules": rules, "conditions": map[string]any{"ref_name": map[string]any{"include": []any{"~ALL"}, "exclude": []any{}}}})
	c := protected(t, g)
	list, err := c.BranchRules(t.Context(), "main")
	if err != nil || len(list) != 4 || list[0].Type != "of_next_year" || list[0].Ruleset != id {
		t.Fatalf("%v, %+v", err, list)
	}
	if p, err := list[3].PullRequest(); err != nil || p.Approvals != 1 || !p.CodeOwners || len(p.Methods) != 1 {
		t.Errorf("%v, %+v", err, p)
	}
	if _, err := list[0].PullRequest(); err == nil {
		t.Error("parameters of another shape are taken")
	}
	sets, err := c.Rulesets(t.Context())
	if err != nil || len(sets) != 1 || len(sets[0].Rules) != 4 || !sets[0].BypassShown || sets[0].Conditions.RefName.Include[0] != "~ALL" || sets[0].SourceType != "Repository" {
		t.Errorf("%v, %+v", err, sets)
	}
}

func TestAllPagesOfRulesetsAreRead(t *testing.T) {
	g := forgetest.New(t)
	for range 130 {
		g.AddRuleset(map[string]any{"name": "a", "enforcement": "disabled"})
	}
	if sets, err := protected(t, g).Rulesets(t.Context()); err != nil || len(sets) != 130 {
		t.Errorf("%v, %d", err, len(sets))
	}
}

func TestAPlanWithoutRulesIsToldFromAMissingPermission(t *testing.T) {
	g := forgetest.New(t)
	g.Private, g.Plan = true, "free"
	c := protected(t, g)
	_, list := c.Rulesets(t.Context())
	_, branch := c.BranchRules(t.Context(), "main")
	_, set := c.SetRuleset(t.Context(), 0, RulesetBody{Name: "tambal", Target: "branch", Enforcement: "active", Rules: []Rule{}})
	if !NoPlan(list) || !NoPlan(branch) || !NoPlan(set) {
		t.Errorf("%v\n%v\n%v", list, branch, set)
	}
	g.Lock()
	g.Plan = "team"
	g.Unlock()
	g.Deny("metadata")
	_, list = c.Rulesets(t.Context())
	var e *Error
	if NoPlan(list) || NoPlan(nil) || !errors.As(list, &e) || e.Code != "forge.denied" || e.Args[1] != "metadata: read" {
		t.Errorf("%v", list)
	}
}

func TestAnAbsentClassicProtectionIsNotAHiddenOne(t *testing.T) {
	g := forgetest.New(t)
	c := protected(t, g)
	if p, err := c.Classic(t.Context(), "main"); p != nil || err == nil {
		t.Errorf("a branch that is not there: %v, %v", p, err)
	}
	g.Deny("administration")
	if p, err := c.Classic(t.Context(), "main"); p != nil || err == nil {
		t.Errorf("no permission: %v, %v", p, err)
	}
	direct := forgetest.Direct(t)
	direct.Fault("GET /branches", forgetest.Fault{Status: http.StatusNotFound, Body: `{"message":"Branch not protected"}`})
	if p, err := protected(t, direct).Classic(t.Context(), "main"); p != nil || err != nil {
		t.Errorf("not protected: %v, %v", p, err)
	}
}

func TestAnAnyAppCheckOfAClassicProtectionIsNobodys(t *testing.T) {
	g := forgetest.Direct(t)
	g.Fault("GET /branches", forgetest.Fault{Body: `{"required_status_checks":{"strict":true,"checks":[{"context":"a","app_id":-1},{"context":"b","app_id":7},{"context":"c"}]}}`})
	p, err := protected(t, g).Classic(t.Context(), "main")
	if err != nil || !p.Status.Strict || p.Status.Checks[0].App != nil || *p.Status.Checks[1].App != 7 || p.Status.Checks[2].App != nil || p.PullRequest != nil {
		t.Errorf("%v, %+v", err, p)
	}
}

func TestWritesNameTheirPermissionAndAreNotRepeated(t *testing.T) {
	g := forgetest.Direct(t)
	g.Fault("POST /rulesets", forgetest.Fault{Status: 502})
	g.Deny("administration:write")
	c := protected(t, g)
	_, set := c.SetRuleset(t.Context(), 0, RulesetBody{Name: "tambal", Target: "branch", Enforcement: "active", Rules: []Rule{}})
	merging := c.SetMerging(t.Context(), Merging{MergeCommit: true})
	var e *Error
	if !errors.As(merging, &e) || e.Args[1] != "administration: write" || set == nil {
		t.Errorf("%v, %v", set, merging)
	}
	if n := len(g.Requests()); n != 2 {
		t.Errorf("%d requests", n)
	}
}
