package main

import (
	"strings"
	"testing"

	"github.com/tambal-id/tambal/cmd/tambal/internal/forge/forgetest"
)

func TestWhatMayNotBeLookedAtIsNeverAPass(t *testing.T) {
	t.Parallel()
	w := newWard(t, forgetest.New(t)).sound()
	w.Deny("administration")
	d := w.wants(3, "undecided unknown-classic", "undecided unknown-actions", "undecided bypass-hidden")
	if d.Verdict != "undecided" || !strings.Contains(d.Gaps[1].Message+d.Gaps[1].Hint, "administration: read") {
		t.Errorf("the permission is not named: %+v", d.Gaps)
	}
	for lang, want := range map[string]string{"en": "UNDECIDED: no gap was seen, but 3", "id": "TAK TERVERIFIKASI: tidak terlihat celah, tetapi 3"} {
		w.lang = lang
		if out, exit := w.run("doctor"); exit != 3 || !strings.Contains(out, want) {
			t.Errorf("exit %d\n%s", exit, out)
		}
	}
}

func TestAReaderIsNotShownTheButtons(t *testing.T) {
	t.Parallel()
	w := newWard(t, forgetest.New(t)).sound()
	w.AddUser("reader", 9).Permission = "read"
	w.env["GITHUB_TOKEN"] = w.TokenOf(9)
	w.wants(3, "undecided bypass-hidden", "undecided merging-hidden")
}

func TestAMissingRuleMayStandInWhatCannotBeRead(t *testing.T) {
	t.Parallel()
	w := newWard(t, forgetest.New(t)).sound(without("deletion"))
	w.Deny("administration")
	w.wants(3, "undecided unknown-classic", "undecided unknown-actions", "undecided bypass-hidden", "undecided deletion-allowed")
}

func TestAnswersThatAreNotWholeAreUnknown(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, match string
		fault       forgetest.Fault
		want        []string
	}{
		{"rulesets refused", "GET /rulesets", forgetest.Fault{Status: 403}, []string{"undecided unknown-rules", "undecided bypass-hidden"}},
		{"rulesets unknown to an old server", "GET /rulesets", forgetest.Fault{Status: 404}, []string{"undecided unknown-rules", "undecided bypass-hidden"}},
		{"rules of the branch refused", "GET /rules/branches", forgetest.Fault{Status: 403}, []string{"undecided unknown-rules"}},
		{"parameters of another shape", "GET /rules/branches", forgetest.Fault{Body: `[{"type":"pull_request","ruleset_id":1,"parameters":{"require_code_owner_review":"yes"}}]`},
			[]string{"undecided unknown-rules"}},
		{"a rule without a type", "GET /rules/branches", forgetest.Fault{Body: `[{"ruleset_id":1}]`}, []string{"undecided unknown-rules"}},
		{"actions without an answer", "GET /actions/permissions$", forgetest.Fault{Body: `{}`}, []string{"undecided unknown-actions"}},
		{"owner errors without a list", "GET /codeowners/errors", forgetest.Fault{Body: `{}`}, []string{"undecided unknown-codeowners"}},
		{"classic protection hidden as absent", "GET /branches", forgetest.Fault{Status: 404}, []string{"undecided unknown-classic"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWard(t, forgetest.Direct(t)).sound()
			w.Fault(c.match, c.fault)
			w.wants(3, c.want...)
		})
	}
}

func TestWithoutTheRepositoryThereIsNoDiagnosis(t *testing.T) {
	t.Parallel()
	w := newWard(t, forgetest.Direct(t)).sound()
	w.Fault("GET /repos/dinas/patches$", forgetest.Fault{Status: 404})
	if out, exit := w.run("doctor"); exit != 3 || !strings.Contains(out, "metadata: read") {
		t.Errorf("exit %d\n%s", exit, out)
	}
	if out, exit := w.run("doctor", "--format", "sarif"); exit != 2 || !strings.Contains(out, "sarif") {
		t.Errorf("exit %d\n%s", exit, out)
	}
}

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

func TestNamesFromTheForgeCannotDriveTheLog(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"::error::x", "##[error]x", "a\n::error::x", "\x1b[2J\u202e"} {
		w := newWard(t, forgetest.New(t)).sound(field("name", name), field("enforcement", "disabled"))
		out, exit := w.run("doctor") // run looks at the lines
		if exit != 1 || !strings.Contains(out, "[ruleset-inactive]") || strings.ContainsAny(out, "\x1b\u202e") {
			t.Errorf("exit %d\n%q", exit, out)
		}
		w.run("doctor", "--format", "json")
	}
}

func TestNamedExceptionsOfTheClassicProtection(t *testing.T) {
	t.Parallel()
	w := newWard(t, forgetest.Direct(t))
	w.Fault("GET /branches", forgetest.Fault{Body: `{"enforce_admins":{"enabled":true},"required_status_checks":{"checks":[{"context":"tambal/sop","app_id":4242}]},
		"required_pull_request_reviews":{"require_code_owner_reviews":true,"required_approving_review_count":1,"bypass_pull_request_allowances":{"teams":[{"id":1}]}}}`})
	w.wants(1, "warning merge-methods", "error classic-bypass")
}
