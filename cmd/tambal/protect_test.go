package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tambal-id/tambal/cmd/tambal/internal/forge/forgetest"
	"github.com/tambal-id/tambal/cmd/tambal/internal/protection"
)

// writes are the requests of a run that may change something.
func (w *ward) writes() (list []string) {
	for _, r := range w.Requests() {
		if r.Method != "GET" && !strings.Contains(r.Path, ".git/") {
			list = append(list, r.Method+" "+strings.TrimPrefix(r.Path, "/repos/dinas/patches"))
		}
	}
	w.ResetRequests()
	return list
}

// bare is a repository as it is after its creation: no rules, every button on.
func bare(t *testing.T, gh *forgetest.GitHub) *ward {
	w := newWard(t, gh)
	w.Lock()
	w.Settings["allow_squash_merge"], w.Settings["allow_rebase_merge"], w.Settings["allow_auto_merge"] = true, true, true
	w.Unlock()
	w.writes()
	return w
}

func TestProtectShowsAndChangesNothing(t *testing.T) {
	t.Parallel()
	w := bare(t, forgetest.New(t))
	for lang, wants := range map[string][]string{
		"en": {"does not exist yet and would be created", "+ pull_request.require_code_owner_review: true", "~ allow_squash_merge: true -> false", "stays off", "nothing was changed", "tambal protect --apply"},
		"id": {"belum ada dan akan dibuat", "+ pull_request.require_code_owner_review: true", "~ allow_squash_merge: true -> false", "tetap mati", "tidak ada yang diubah", "tambal protect --apply"},
	} {
		w.lang = lang
		out, exit := w.run("protect")
		for _, want := range wants {
			if exit != 0 || !strings.Contains(out, want) {
				t.Errorf("exit %d, %q is missing in\n%s", exit, want, out)
			}
		}
	}
	if list := w.writes(); list != nil {
		t.Errorf("%v", list)
	}
}

func TestProtectSetsReadsBackAndIsDoneOnce(t *testing.T) {
	t.Parallel()
	w := bare(t, forgetest.New(t))
	out, exit := w.run("protect", "--apply")
	if exit != 0 || !strings.Contains(out, "read back: the settings are as intended") || !strings.Contains(out, "[code-owners-zero]") || !strings.Contains(out, "PASS") {
		t.Fatalf("exit %d\n%s", exit, out)
	}
	if list := w.writes(); !slices.Equal(list, []string{"POST /rulesets", "PATCH "}) {
		t.Errorf("%v", list)
	}
	var got, want any
	stored := w.Rulesets()[0]
	for _, name := range []string{"id", "node_id", "created_at", "updated_at", "source", "source_type"} {
		delete(stored, name)
	}
	model := forgetest.Ruleset()
	forgetest.Parameter(2, "required_approving_review_count", 0)(model)
	forgetest.Parameter(3, "required_status_checks", []any{map[string]any{"context": "tambal/sop"}})(model)
	for _, pair := range []struct{ from, to any }{{stored, &got}, {model, &want}} {
		b, err := json.Marshal(pair.from)
		if err != nil || json.Unmarshal(b, pair.to) != nil {
			t.Fatal(err)
		}
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got\n%v\nwant\n%v", got, want)
	}
	s := w.Settings
	if s["allow_squash_merge"] != false || s["allow_rebase_merge"] != false || s["allow_merge_commit"] != true || s["allow_auto_merge"] != true {
		t.Errorf("%v", s)
	}
	out, exit = w.run("protect", "--apply")
	if exit != 0 || !strings.Contains(out, "nothing to change") || w.writes() != nil {
		t.Errorf("the second time, exit %d\n%s", exit, out)
	}
	if out, exit = w.run("protect", "--apply", "--four-eyes"); exit != 0 || !slices.Equal(w.writes(), []string{fmt.Sprintf("PUT /rulesets/%d", w.Rulesets()[0]["id"])}) {
		t.Errorf("with four eyes, exit %d\n%s", exit, out)
	}
	w.wants(0, "notice status-any-writer")
	if _, exit = w.run("protect", "--apply"); exit != 0 || w.writes() != nil {
		t.Error("what was made stricter does not stay")
	}
}

func TestProtectKeepsWhatIsStricterAndTakesOutWhatFights(t *testing.T) {
	t.Parallel()
	w := bare(t, forgetest.New(t))
	other := forgetest.Ruleset()
	other["name"] = "::error::other"
	forgetest.Parameter(2, "dismiss_stale_reviews_on_push", true)(other)
	w.AddRuleset(other)
	w.sound(forgetest.Parameter(2, "required_approving_review_count", 2), forgetest.Parameter(2, "dismiss_stale_reviews_on_push", true), forgetest.Parameter(2, "allowed_merge_methods", []any{"merge", "squash"}),
		forgetest.Parameter(3, "strict_required_status_checks_policy", true),
		forgetest.Parameter(3, "required_status_checks", []any{map[string]any{"context": "build"}, map[string]any{"context": "tambal/sop", "integration_id": 4242}}),
		forgetest.With(forgetest.QueueRule()), forgetest.With(map[string]any{"type": "required_linear_history"}), forgetest.With(map[string]any{"type": "max_file_path_length", "parameters": map[string]any{"max_file_path_length": 200}}),
		forgetest.Field("enforcement", "evaluate"), forgetest.Field("bypass_actors", []any{map[string]any{"actor_id": 5, "actor_type": "RepositoryRole", "bypass_mode": "always"}}))
	out, exit := w.run("protect", "--apply")
	if exit != 0 || !strings.Contains(out, "review-dismissed") {
		t.Errorf("exit %d\n%s", exit, out)
	}
	for _, want := range []string{
		"~ pull_request.dismiss_stale_reviews_on_push: true -> false", "- required_linear_history", "- merge_queue.merge_method", `~ enforcement: "evaluate" -> "active"`,
		"~ required_status_checks.strict_required_status_checks_policy: true -> false", "max_file_path_length: was added by somebody and is kept", "required approvals: 2", "~ bypass_actors: ",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is missing in\n%s", want, out)
		}
	}
	stored := fmt.Sprint(w.Rulesets()[1])
	for _, want := range []string{"build", "4242", "max_file_path_length", "required_approving_review_count:2"} {
		if !strings.Contains(stored, want) {
			t.Errorf("%s did not stay: %s", want, stored)
		}
	}
	if left := fmt.Sprint(w.Rulesets()[0]); !strings.Contains(left, "dismiss_stale_reviews_on_push:true") || strings.Contains(stored, "merge_queue") {
		t.Errorf("%s\n%s", left, stored)
	}
}

func TestProtectAsJSON(t *testing.T) {
	t.Parallel()
	w := bare(t, forgetest.New(t))
	var p struct {
		protection.ProtectResult
		Calls []struct {
			Needed       bool
			Method, Path string
			Body         map[string]any
		} `json:"calls"`
	}
	out, exit := w.run("protect", "--format", "json")
	if err := json.Unmarshal([]byte(out), &p); err != nil || exit != 0 || p.Applied || len(p.Calls) != 2 || p.Doctor != nil {
		t.Fatalf("%v, exit %d\n%s", err, exit, out)
	}
	post, patch := p.Calls[0], p.Calls[1]
	if !post.Needed || post.Method != "POST" || post.Path != "/repos/dinas/patches/rulesets" || post.Body["name"] != "tambal" || len(post.Body["bypass_actors"].([]any)) != 0 {
		t.Errorf("%+v", post)
	}
	if _, named := patch.Body["allow_auto_merge"]; named || !patch.Needed || patch.Body["allow_squash_merge"] != false {
		t.Errorf("%+v", patch)
	}
	out, exit = w.run("protect", "--format", "json", "--apply")
	if err := json.Unmarshal([]byte(out), &p); err != nil || exit != 0 || !p.Applied || p.Doctor == nil || p.Doctor.Verdict != "pass" {
		t.Errorf("%v, exit %d\n%s", err, exit, out)
	}
}

func TestProtectRefusesWhatItCannotDo(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		set   func(w *ward)
		exit  int
		wants []string
	}{
		{"a private repository of a free account", func(w *ward) {
			w.Lock()
			w.Private, w.Plan = true, "free"
			w.Unlock()
		}, 1, []string{"nothing was changed", "GitHub Team", "tambal audit --online"}},
		{"no permission to change", func(w *ward) { w.Deny("administration:write") }, 3, []string{"setting the ruleset", "administration: write"}},
		{"no permission at all on a ruleset that is there", func(w *ward) { w.sound(); w.Deny("administration") }, 3, []string{"cannot see who may bypass", "administration: write", "nothing was changed"}},
		{"the name is a tag ruleset's", func(w *ward) { w.sound(forgetest.Field("target", "tag")) }, 1, []string{"applies to a tag", "another name"}},
		{"refused by a policy above", func(w *ward) {
			w.Fault("POST /rulesets", forgetest.Fault{Status: 422, Body: `{"message":"::error::Validation Failed"}`})
		}, 1, []string{"setting the ruleset", "Validation Failed"}},
		{"taken, and something else is kept", func(w *ward) {
			w.Fault("PATCH /repos/dinas/patches$", forgetest.Fault{Body: `{"id":4711}`})
		}, 1, []string{`ruleset "tambal" is set`, "reports something else: ~ allow_rebase_merge: true -> false"}},
		{"the rules cannot be read", func(w *ward) { w.Fault("GET /rulesets", forgetest.Fault{Status: 403}) }, 3, []string{"reading the rulesets", "metadata: read"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := bare(t, forgetest.Direct(t))
			c.set(w)
			out, exit := w.run("protect", "--apply")
			for _, want := range c.wants {
				if exit != c.exit || !strings.Contains(out, want) {
					t.Errorf("exit %d, want %d and %q in\n%s", exit, c.exit, want, out)
				}
			}
			for _, call := range w.writes() {
				if !strings.HasPrefix(c.name, "taken") && call != "POST /rulesets" {
					t.Errorf("it asked for %s", call)
				}
			}
		})
	}
}

func TestProtectWarnsBeforeItLocksTheOfficeOut(t *testing.T) {
	t.Parallel()
	w := bare(t, forgetest.New(t))
	if out, exit := w.run("protect"); exit != 0 || strings.Contains(out, "beware") {
		t.Errorf("exit %d\n%s", exit, out)
	}
	w.write(map[string]string{".github/workflows/tambal.yml": "", "policies/sop.yaml": ""})
	out, exit := w.run("protect")
	for _, want := range []string{"beware", "[workflow-missing]", "[branch-policy]"} {
		if exit != 0 || !strings.Contains(out, want) {
			t.Errorf("exit %d, %q is missing in\n%s", exit, want, out)
		}
	}
}

func TestProtectTouchesNoOtherRuleset(t *testing.T) {
	t.Parallel()
	w := bare(t, forgetest.New(t))
	for i := range 3 {
		w.AddRuleset(map[string]any{"name": fmt.Sprint("office-", i), "target": "branch", "enforcement": "disabled", "rules": []any{forgetest.QueueRule()}})
	}
	before := fmt.Sprint(w.Rulesets())
	if out, exit := w.run("protect", "--apply"); exit != 0 {
		t.Errorf("exit %d\n%s", exit, out)
	}
	if after := fmt.Sprint(w.Rulesets()[:3]); after != before {
		t.Errorf("%s\n%s", before, after)
	}
}

// TestNothingIsReadTwice: doctor asks each question once; protect asks again, once,
// what it has just changed.
func TestNothingIsReadTwice(t *testing.T) {
	t.Parallel()
	w := bare(t, forgetest.New(t))
	asked := func(args ...string) map[string]int {
		w.ResetRequests()
		w.run(args...)
		count := map[string]int{}
		for _, r := range w.Requests() {
			count[r.Method+" "+r.Path]++
		}
		return count
	}
	for request, n := range asked("doctor") {
		if n > 1 {
			t.Errorf("doctor asks %d times for %s", n, request)
		}
	}
	again := []string{"GET /repos/dinas/patches", "GET /repos/dinas/patches/rulesets"}
	for request, n := range asked("protect", "--apply") {
		if n > 1 && (n > 2 || !slices.Contains(again, request)) {
			t.Errorf("protect asks %d times for %s", n, request)
		}
	}
}
