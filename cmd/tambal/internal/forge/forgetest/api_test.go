package forgetest

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-github/v60/github"
)

// TestEveryOperation asks for each line of routes once, so that none has an
// answer that was never compared with the description.
func TestEveryOperation(t *testing.T) {
	g := New(t)
	work, p := scene(t, g)
	work.git("checkout", "--quiet", "main")
	work.write("main", "CODEOWNERS", "* @siti\n")
	review := g.Review(p.Number, 8, "APPROVED", "ya")
	comment := g.Comment(p.Number, 8, "halo")
	g.Dismiss(review)
	g.SetStatus(Status{SHA: p.HeadSHA, State: "success", Context: "tambal/sop", Creator: 1})
	ruleset := g.AddRuleset(ruleset("first"))
	g.SetProtection("main", object{"enforce_admins": object{"url": "https://api.github.com/x", "enabled": true}})
	values := strings.NewReplacer(
		"{owner}", g.Owner, "{repo}", g.Name, "{pull_number}", "1", "{issue_number}", "1", "{ref}", "main",
		"{sha}", p.HeadSHA, "{commit_sha}", p.HeadSHA, "{branch}", "main", "{username}", "siti", "{account_id}", "7",
		"{review_id}", decimal(review), "{comment_id}", decimal(comment), "{ruleset_id}", decimal(ruleset),
	)
	second, err := json.Marshal(ruleset2())
	if err != nil {
		t.Fatal(err)
	}
	bodies := map[string]string{
		"PATCH " + repo:                                             `{"allow_squash_merge":false,"private":false}`,
		"POST " + repo + "/pulls":                                   `{"title":"Back","head":"main","base":"case"}`,
		"PATCH " + repo + "/pulls/{pull_number}":                    `{"title":"Another"}`,
		"PUT " + repo + "/pulls/{pull_number}/merge":                `{"merge_method":"merge"}`,
		"POST " + repo + "/pulls/{pull_number}/reviews":             `{"event":"COMMENT","body":"hm"}`,
		"POST " + repo + "/pulls/{pull_number}/requested_reviewers": `{"reviewers":["budi"]}`,
		"POST " + repo + "/issues/{issue_number}/comments":          `{"body":"halo"}`,
		"PATCH " + repo + "/issues/comments/{comment_id}":           `{"body":"hai"}`,
		"POST " + repo + "/statuses/{sha}":                          `{"state":"pending","context":"x"}`,
		"POST " + repo + "/rulesets":                                string(second),
		"PUT " + repo + "/rulesets/{ruleset_id}":                    `{"enforcement":"disabled"}`,
	}
	for _, r := range routes {
		body := bodies[r.method+" "+r.path]
		if (body == "") != (r.method == http.MethodGet) {
			t.Errorf("%s %s needs a body in this test", r.method, r.path)
		}
		status, text := send(t, g, r.method, values.Replace(r.path), body)
		if status < 200 || status > 299 {
			t.Errorf("%s %s answers %d: %s", r.method, r.path, status, text)
		}
	}
}

func send(t testing.TB, g *GitHub, method, path, body string) (int, string) {
	t.Helper()
	r, err := http.NewRequest(method, g.URL()+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+g.Token)
	r.Header.Set("Content-Type", "application/json")
	reply, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer reply.Body.Close()
	text, err := io.ReadAll(reply.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply.StatusCode, string(text)
}

func ruleset(name string) object {
	return object{
		"name": name, "target": "branch", "enforcement": "active",
		"conditions": object{"ref_name": object{"include": []any{"~DEFAULT_BRANCH"}, "exclude": []any{}}},
		"rules": []any{
			object{"type": "deletion"},
			object{"type": "pull_request", "parameters": object{
				"required_approving_review_count": 1, "dismiss_stale_reviews_on_push": true,
				"require_code_owner_review": true, "require_last_push_approval": true,
				"required_review_thread_resolution": false, "allowed_merge_methods": []any{"merge"},
			}},
			object{"type": "merge_queue", "parameters": object{
				"check_response_timeout_minutes": 60, "grouping_strategy": "ALLGREEN", "max_entries_to_build": 5,
				"max_entries_to_merge": 5, "merge_method": "MERGE", "min_entries_to_merge": 1,
				"min_entries_to_merge_wait_minutes": 5,
			}},
			object{"type": "copilot_code_review", "parameters": object{"review_on_push": true}},
		},
	}
}

func ruleset2() object {
	r := ruleset("second")
	r["conditions"] = object{"ref_name": object{"include": []any{"refs/heads/release/*"}, "exclude": []any{}}}
	return r
}

// TestRulesets stores rules of types go-github v60 does not know, and reads
// them of the branch they cover.
func TestRulesets(t *testing.T) {
	g := New(t)
	scene(t, g)
	g.AddRuleset(ruleset("first"))
	text, err := json.Marshal(ruleset2())
	if err != nil {
		t.Fatal(err)
	}
	if status, body := send(t, g, "POST", "/repos/dinas/patches/rulesets", string(text)); status != 201 {
		t.Fatalf("%d %s", status, body)
	}
	if status, body := send(t, g, "POST", "/repos/dinas/patches/rulesets", string(text)); status != 422 {
		t.Fatalf("%d %s", status, body)
	}
	for branch, want := range map[string]int{"main": 4, "release%2F1": 4, "case": 0} {
		_, body := send(t, g, "GET", "/repos/dinas/patches/rules/branches/"+branch, "")
		var rules []struct {
			Type          string
			RulesetSource string `json:"ruleset_source"`
		}
		if err := json.Unmarshal([]byte(body), &rules); err != nil || len(rules) != want {
			t.Errorf("rules of %s: %s, %v", branch, body, err)
		}
	}
	g.Lock()
	g.Private, g.Plan = true, "free"
	g.Unlock()
	for _, path := range []string{"/rulesets", "/rules/branches/main", "/branches/main/protection"} {
		if status, body := send(t, g, "GET", "/repos/dinas/patches"+path, ""); status != 403 || !strings.Contains(body, "Upgrade to GitHub Pro") {
			t.Errorf("%s: %d %s", path, status, body)
		}
	}
}

// TestStatuses has GitHub's limits.
func TestStatuses(t *testing.T) {
	g := New(t)
	_, p := scene(t, g)
	c, ctx := client(t, g), background()
	create := func(sha string, s *github.RepoStatus) error {
		_, _, err := c.Repositories.CreateStatus(ctx, g.Owner, g.Name, sha, s)
		return err
	}
	long := strings.Repeat("é", 141)
	pass := &github.RepoStatus{State: github.String("success"), Context: github.String("tambal/sop")}
	wantStatus(t, create(strings.Repeat("0", 40), pass), 422, "No commit found")
	wantStatus(t, create(p.HeadSHA, &github.RepoStatus{State: github.String("success"), Description: &long}), 422, "140 characters")
	for _, state := range []string{"failure", "success"} {
		if err := create(p.HeadSHA, &github.RepoStatus{State: github.String(state), Context: pass.Context}); err != nil {
			t.Fatal(err)
		}
	}
	combined, _, err := c.Repositories.GetCombinedStatus(ctx, g.Owner, g.Name, "case", nil)
	if err != nil || combined.GetState() != "success" || combined.GetTotalCount() != 1 {
		t.Errorf("%v, %v", combined, err)
	}
	if all := g.Statuses(p.HeadSHA); len(all) != 2 || all[0].State != "success" || all[0].Creator != 1 {
		t.Errorf("%v", all)
	}
}

// TestTimeline tells what happened in order.
func TestTimeline(t *testing.T) {
	g := New(t)
	work, p := scene(t, g)
	work.git("push", "--quiet", "origin", "main:next")
	r := g.Review(p.Number, 8, "APPROVED", "ya")
	work.git("commit", "--quiet", "--amend", "-m", "again")
	work.git("push", "--quiet", "--force", "origin", "case")
	g.Retarget(p.Number, "next")
	g.Dismiss(r)
	g.Close(p.Number)
	g.Reopen(p.Number)
	events, _, err := client(t, g).Issues.ListIssueTimeline(background(), g.Owner, g.Name, p.Number, nil)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range events {
		names = append(names, e.GetEvent())
	}
	want := "committed reviewed head_ref_force_pushed base_ref_changed review_dismissed closed reopened"
	if got := strings.Join(names, " "); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := work.git("ls-remote", "origin", "refs/pull/1/head"); !strings.HasPrefix(got, work.git("rev-parse", "case")) {
		t.Errorf("refs/pull/1/head is %s", got)
	}
}

// TestReviewersAndComments are asked for and written.
func TestReviewersAndComments(t *testing.T) {
	g := New(t)
	_, p := scene(t, g)
	g.AddUser("asing", 9).Permission = "none"
	c, ctx := client(t, g), background()
	ask := func(login string) error {
		_, _, err := c.PullRequests.RequestReviewers(ctx, g.Owner, g.Name, p.Number,
			github.ReviewersRequest{Reviewers: []string{login}})
		return err
	}
	wantStatus(t, ask("asing"), 422, "not a collaborator")
	if err := ask("budi"); err != nil {
		t.Fatal(err)
	}
	if got := g.RequestedReviewers(p.Number); len(got) != 1 || got[0] != "budi" {
		t.Errorf("asked for %v", got)
	}
	comment, _, err := c.Issues.CreateComment(ctx, g.Owner, g.Name, p.Number, &github.IssueComment{Body: github.String("satu")})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.Issues.EditComment(ctx, g.Owner, g.Name, comment.GetID(), &github.IssueComment{Body: github.String("dua")}); err != nil {
		t.Fatal(err)
	}
	if all := g.Comments(p.Number); len(all) != 1 || all[0].Body != "dua" || all[0].Author != 1 {
		t.Errorf("comments %v", all)
	}
}

// TestPeople maps commits to accounts and accounts to permissions.
func TestPeople(t *testing.T) {
	g := New(t)
	_, p := scene(t, g)
	c, ctx := client(t, g), background()
	k, _, err := c.Repositories.GetCommit(ctx, g.Owner, g.Name, p.HeadSHA, nil)
	if err != nil || k.GetAuthor().GetID() != 7 || k.GetCommit().GetVerification().GetReason() != "unsigned" {
		t.Errorf("%v, %v", k, err)
	}
	g.SetVerification(p.HeadSHA, Verification{Verified: true, Reason: "valid", Signature: "s", Payload: "p"})
	g.RenameUser(7, "siti-baru")
	k, _, err = c.Repositories.GetCommit(ctx, g.Owner, g.Name, "case", nil)
	if err != nil || k.GetAuthor().GetLogin() != "siti-baru" || !k.GetCommit().GetVerification().GetVerified() {
		t.Errorf("%v, %v", k, err)
	}
	level, _, err := c.Repositories.GetPermissionLevel(ctx, g.Owner, g.Name, "siti-baru")
	if err != nil || level.GetPermission() != "write" {
		t.Errorf("%v, %v", level, err)
	}
	_, _, err = c.Users.Get(ctx, "siti")
	wantStatus(t, err, 404, "Not Found")
	me, _, err := client(t, g, g.TokenOf(8)).Users.Get(ctx, "")
	if err != nil || me.GetLogin() != "budi" {
		t.Errorf("%v, %v", me, err)
	}
	_, _, err = client(t, g, "wrong").Users.Get(ctx, "")
	wantStatus(t, err, 401, "Bad credentials")
	g.Deny("pull-requests")
	_, _, err = c.PullRequests.Get(ctx, g.Owner, g.Name, p.Number)
	wantStatus(t, err, 403, "Resource not accessible by integration")
}
