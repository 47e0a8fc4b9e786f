package protection

import (
	"testing"

	"github.com/tambal-id/tambal/cmd/tambal/internal/forge/forgetest"
)

func TestTheClassicProtection(t *testing.T) {
	t.Parallel()
	on, off := map[string]any{"enabled": true}, map[string]any{"enabled": false}
	whole := func(change func(map[string]any)) map[string]any {
		p := map[string]any{
			"url": "https://api.github.com/x", "enforce_admins": map[string]any{"url": "https://api.github.com/x", "enabled": true}, "allow_force_pushes": off, "allow_deletions": off,
			"required_linear_history": off, "required_status_checks": map[string]any{"url": "https://api.github.com/x", "strict": false, "contexts": []any{"tambal/sop"}, "contexts_url": "https://api.github.com/x",
				"checks": []any{map[string]any{"context": "tambal/sop", "app_id": 4242}}},
			"required_pull_request_reviews": map[string]any{"url": "https://api.github.com/x", "dismiss_stale_reviews": false, "require_code_owner_reviews": true, "required_approving_review_count": 1, "require_last_push_approval": false},
		}
		change(p)
		return p
	}
	for _, c := range []struct {
		name   string
		change func(map[string]any)
		rules  bool
		exit   int
		want   []string
	}{
		{"alone and whole", func(map[string]any) {}, false, 0, []string{"warning merge-methods"}},
		{"administrators are free", func(p map[string]any) { p["enforce_admins"].(map[string]any)["enabled"] = false }, false, 1, []string{"warning merge-methods", "error classic-bypass", "warning classic-weaker"}},
		{"beside a ruleset administrators are bound", func(p map[string]any) { p["enforce_admins"].(map[string]any)["enabled"] = false }, true, 0, []string{"warning classic-weaker"}},
		{"force push", func(p map[string]any) { p["allow_force_pushes"] = on }, false, 1, []string{"warning merge-methods", "error force-push-allowed", "warning classic-weaker"}},
		{"deletion", func(p map[string]any) { p["allow_deletions"] = on }, false, 1, []string{"warning merge-methods", "error deletion-allowed", "warning classic-weaker"}},
		{"linear", func(p map[string]any) { p["required_linear_history"] = on }, true, 1, []string{"error history-linear"}},
		{"dismissing", func(p map[string]any) {
			p["required_pull_request_reviews"].(map[string]any)["dismiss_stale_reviews"] = true
		}, true, 0, []string{"warning review-dismissed"}},
		{"no status", func(p map[string]any) { delete(p, "required_status_checks") }, false, 1, []string{"warning merge-methods", "error status-missing", "warning classic-weaker"}},
		{"no pull request", func(p map[string]any) { delete(p, "required_pull_request_reviews") }, false, 1, []string{"error pull-request-missing", "warning classic-weaker"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWard(t, forgetest.New(t))
			if c.rules {
				w.sound()
			}
			w.SetProtection("main", whole(c.change))
			w.wants(c.exit, c.want...)
		})
	}
}

func TestNamedExceptionsOfTheClassicProtection(t *testing.T) {
	t.Parallel()
	w := newWard(t, forgetest.Direct(t))
	w.Fault("GET /branches", forgetest.Fault{Body: `{"enforce_admins":{"enabled":true},"required_status_checks":{"checks":[{"context":"tambal/sop","app_id":4242}]},
		"required_pull_request_reviews":{"require_code_owner_reviews":true,"required_approving_review_count":1,"bypass_pull_request_allowances":{"teams":[{"id":1}]}}}`})
	w.wants(1, "warning merge-methods", "error classic-bypass")
}
