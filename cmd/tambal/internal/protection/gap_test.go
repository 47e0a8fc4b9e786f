package protection

import (
	"strings"
	"testing"

	"github.com/tambal-id/tambal/cmd/tambal/internal/forge"
	"github.com/tambal-id/tambal/cmd/tambal/internal/forge/forgetest"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
)

func TestEveryGapOfTheRules(t *testing.T) {
	t.Parallel()
	role := []any{map[string]any{"actor_id": 5, "actor_type": "RepositoryRole", "bypass_mode": "always"}}
	for _, c := range []struct {
		name   string
		change func(map[string]any)
		exit   int
		want   []string
	}{
		{"no pull request", forgetest.Without("pull_request"), 1, []string{"error pull-request-missing"}},
		{"no status", forgetest.Without("required_status_checks"), 1, []string{"error status-missing"}},
		{"another status only", forgetest.Parameter(3, "required_status_checks", []any{map[string]any{"context": "tambal/SOP"}}), 1, []string{"error status-missing"}},
		{"anybody sets the status", forgetest.Parameter(3, "required_status_checks", []any{map[string]any{"context": "tambal/sop"}}), 0, []string{"notice status-any-writer"}},
		{"any workflow sets it", forgetest.Parameter(3, "required_status_checks", []any{map[string]any{"context": "tambal/sop", "integration_id": 15368}}), 0, []string{"notice status-actions"}},
		{"strict", forgetest.Parameter(3, "strict_required_status_checks_policy", true), 0, []string{"notice status-strict"}},
		{"force push", forgetest.Without("non_fast_forward"), 1, []string{"error force-push-allowed"}},
		{"deletion", forgetest.Without("deletion"), 1, []string{"error deletion-allowed"}},
		{"all merge methods, buttons off", forgetest.Parameter(2, "allowed_merge_methods", []any{"merge", "squash"}), 0, []string{"warning merge-methods"}},
		{"merge not among the methods", forgetest.Parameter(2, "allowed_merge_methods", []any{"squash"}), 1, []string{"error merge-commit-off", "warning merge-methods"}},
		{"stale approvals dismissed", forgetest.Parameter(2, "dismiss_stale_reviews_on_push", true), 0, []string{"warning review-dismissed"}},
		{"last push", forgetest.Parameter(2, "require_last_push_approval", true), 0, []string{"warning review-last-push"}},
		{"code owners off", forgetest.Parameter(2, "require_code_owner_review", false), 1, []string{"error code-owners-off"}},
		{"code owners without a number", forgetest.Parameter(2, "required_approving_review_count", 0), 0, []string{"warning code-owners-zero"}},
		{"a team reviews the paths instead", func(r map[string]any) {
			forgetest.Parameter(2, "require_code_owner_review", false)(r)
			forgetest.Parameter(2, "required_reviewers", []any{map[string]any{"file_patterns": []any{".github/**", "policies/**"}, "minimum_approvals": 1, "reviewer": map[string]any{"id": 5, "type": "Team"}}})(r)
		}, 0, nil},
		{"a team reviews the policy only", func(r map[string]any) {
			forgetest.Parameter(2, "require_code_owner_review", false)(r)
			forgetest.Parameter(2, "required_reviewers", []any{map[string]any{"file_patterns": []any{"policies/**"}, "minimum_approvals": 1, "reviewer": map[string]any{"id": 5, "type": "Team"}}})(r)
		}, 1, []string{"error code-owners-off"}},
		{"linear", forgetest.With(map[string]any{"type": "required_linear_history"}), 1, []string{"error history-linear"}},
		{"signed commits", forgetest.With(map[string]any{"type": "required_signatures"}), 0, []string{"warning commits-signed"}},
		{"D63 a merge queue", forgetest.With(forgetest.QueueRule()), 1, []string{"error merge-queue"}},
		{"a type go-github cannot read", forgetest.With(map[string]any{"type": "max_file_size", "parameters": map[string]any{"max_file_size": 5}}), 0, []string{"notice rule-unknown"}},
		{"administrators bypass", forgetest.Field("bypass_actors", role), 1, []string{"error bypass-role"}},
		{"only evaluated", forgetest.Field("enforcement", "evaluate"), 1, []string{"error pull-request-missing", "error status-missing", "error force-push-allowed", "error deletion-allowed", "warning ruleset-inactive"}},
		{"another branch", forgetest.Field("conditions", map[string]any{"ref_name": map[string]any{"include": []any{"refs/heads/other"}, "exclude": []any{}}}), 1,
			[]string{"error pull-request-missing", "error status-missing", "error force-push-allowed", "error deletion-allowed", "warning ruleset-elsewhere"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			newWard(t, forgetest.New(t)).sound(c.change).wants(c.exit, c.want...)
		})
	}
}

func TestEveryKindOfBypassIsNamed(t *testing.T) {
	t.Parallel()
	w := newWard(t, forgetest.New(t)).sound(forgetest.Field("bypass_actors", []any{
		map[string]any{"actor_id": 1, "actor_type": "OrganizationAdmin", "bypass_mode": "always"},
		map[string]any{"actor_id": 77, "actor_type": "Team", "bypass_mode": "pull_request"},
		map[string]any{"actor_id": 78, "actor_type": "Integration", "bypass_mode": "always"},
		map[string]any{"actor_id": nil, "actor_type": "DeployKey", "bypass_mode": "always"},
		map[string]any{"actor_id": 79, "actor_type": "User", "bypass_mode": "exempt"},
	}))
	d := w.wants(1, "error bypass-owners", "error bypass-team", "error bypass-app", "error bypass-key", "error bypass-user")
	if team := d.the("bypass-team"); !strings.Contains(team.Message(text.English), "77 (in pull requests)") {
		t.Errorf("%+v", team)
	}
	// A second ruleset that binds everybody holds what the first lets by.
	w.sound(forgetest.Field("name", "second"))
	w.wants(0, "warning bypass-owners", "warning bypass-team", "warning bypass-app", "warning bypass-key", "warning bypass-user")
}

func TestMergeButtonsAreErrorsWhereNoRuleLimitsThem(t *testing.T) {
	t.Parallel()
	w := newWard(t, forgetest.New(t)).sound(func(r map[string]any) {
		delete(r["rules"].([]any)[2].(map[string]any)["parameters"].(map[string]any), "allowed_merge_methods")
	})
	w.Lock()
	w.Settings["allow_squash_merge"], w.Settings["allow_rebase_merge"] = true, true
	w.Unlock()
	w.wants(1, "error merge-methods", "error merge-squash", "error merge-rebase")
}

// TestTheStricterStatusRuleWins: both have to be met, whichever is read first.
func TestTheStricterStatusRuleWins(t *testing.T) {
	own, actions := int64(4242), int64(githubActions)
	for _, c := range []struct {
		name         string
		weak, strict *int64
	}{
		{"workflows beside anybody", nil, &actions},
		{"an app beside anybody", nil, &own},
		{"an app beside workflows", &actions, &own},
	} {
		rule := func(app *int64) forge.StatusRule {
			return forge.StatusRule{Checks: []forge.Check{{Context: forge.GateContext, App: app}}}
		}
		for _, order := range [][]forge.StatusRule{{rule(c.weak), rule(c.strict)}, {rule(c.strict), rule(c.weak)}} {
			if app, ok := (&requirements{statuses: order}).statusFrom(); !ok || app != *c.strict {
				t.Errorf("%s: got %d %v, want %d", c.name, app, ok, *c.strict)
			}
		}
	}
}

func TestEveryGapOfTheSettings(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(*forgetest.GitHub)
		exit   int
		want   []string
	}{
		{"squash button", func(g *forgetest.GitHub) { g.Settings["allow_squash_merge"] = true }, 0, []string{"warning merge-squash"}},
		{"rebase button", func(g *forgetest.GitHub) { g.Settings["allow_rebase_merge"] = true }, 0, []string{"warning merge-rebase"}},
		{"no merge commits", func(g *forgetest.GitHub) { g.Settings["allow_merge_commit"] = false }, 1, []string{"error merge-commit-off"}},
		{"actions off", func(g *forgetest.GitHub) { g.ActionsPolicy["enabled"] = false }, 1, []string{"error actions-off"}},
		{"workflows write", func(g *forgetest.GitHub) { g.WorkflowPolicy["default_workflow_permissions"] = "write" }, 0, []string{"warning actions-write"}},
		{"workflows approve", func(g *forgetest.GitHub) { g.WorkflowPolicy["can_approve_pull_request_reviews"] = true }, 1, []string{"error actions-approve"}},
		{"forks of a private repository", func(g *forgetest.GitHub) { g.Private, g.Settings["allow_forking"] = true, true }, 0, []string{"warning forks-allowed"}},
		{"forks of a public one", func(g *forgetest.GitHub) { g.Settings["allow_forking"] = true }, 0, nil},
		{"a line of CODEOWNERS that GitHub does not take", func(g *forgetest.GitHub) {
			g.CodeownerErrors = []any{map[string]any{"line": 2, "column": 12, "kind": "Unknown owner", "source": "/.github/ @nobody", "suggestion": "x", "message": "y", "path": ".github/CODEOWNERS"}}
		}, 1, []string{"error codeowners-invalid"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWard(t, forgetest.New(t)).sound()
			w.Lock()
			c.change(w.GitHub)
			w.Unlock()
			w.wants(c.exit, c.want...)
		})
	}
}

func TestEverySentenceOfAGapIsThere(t *testing.T) {
	seen := map[string]bool{}
	for _, gap := range All {
		if seen[gap.ID] {
			t.Errorf("%s is there twice", gap.ID)
		}
		seen[gap.ID] = true
		for _, lang := range []text.Lang{text.Indonesian, text.English} {
			sentence, hint := lang.Maybe("doctor."+gap.ID), lang.Maybe("doctor."+gap.ID+".hint")
			switch unknown := strings.HasPrefix(gap.ID, "unknown-"); {
			case unknown && sentence+hint != "":
				t.Errorf("%s has a sentence of its own in %s, which nobody will see", gap.ID, lang)
			case !unknown && (sentence == "" || hint == ""):
				t.Errorf("%s says nothing, or no remedy, in %s", gap.ID, lang)
			}
		}
	}
}
