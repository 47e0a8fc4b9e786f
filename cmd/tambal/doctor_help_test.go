package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tambal-id/tambal/cmd/tambal/internal/forge/forgetest"
)

// ward is a repository on a GitHub of its own, with nothing wrong: what a test
// changes is what doctor must find.
type ward struct {
	*forgetest.GitHub
	t    *testing.T
	dir  string
	env  map[string]string
	lang string
}

const goodOwners = "# who is asked\n/.github/ @operator @dinas/admin\n/policies/ @operator\n/schema/ @operator # editors only\n"

const goodGate = `name: gate
on:
  pull_request_target:
    types: [opened, synchronize, edited]
  workflow_run: { workflows: [review], types: [completed] }
  schedule: [{ cron: "17 18 * * *" }]
permissions: {}
jobs:
  judge:
    permissions: { contents: read, pull-requests: read, statuses: write }
    steps:
      - uses: actions/checkout@0123456789012345678901234567890123456789 # v4
        with:
          fetch-depth: 0
          ref: ${{ github.event.repository.default_branch }}
      - run: tambal check --pr event --post
      - run: tambal audit --online
`

const reviewWitness = "on: pull_request_review\npermissions: {}\njobs: { seen: { steps: [{ run: 'true' }] } }\n"

func newWard(t *testing.T, gh *forgetest.GitHub) *ward {
	t.Helper()
	w := &ward{GitHub: gh, t: t, dir: t.TempDir(), lang: "en"}
	w.env = map[string]string{
		"GITHUB_API_URL": gh.URL(), "GITHUB_SERVER_URL": strings.TrimSuffix(gh.GitURL(), "/"+gh.Owner+"/"+gh.Name+".git"),
		"GITHUB_REPOSITORY": gh.Owner + "/" + gh.Name, "GITHUB_TOKEN": gh.Token,
	}
	gh.Lock()
	for _, name := range []string{"allow_squash_merge", "allow_rebase_merge", "allow_forking"} {
		gh.Settings[name] = false
	}
	gh.Unlock()
	w.git("init", "-q", "-b", "main")
	w.write(map[string]string{"policies/sop.yaml": "kind: Procedure\n", ".github/CODEOWNERS": goodOwners, "schema/patch.v1.json": "{}\n",
		".github/workflows/gate.yml": goodGate, ".github/workflows/review.yml": reviewWitness})
	return w
}

// sound adds the ruleset the gate needs, with the change a test makes to it.
func (w *ward) sound(changes ...func(ruleset map[string]any)) *ward {
	w.t.Helper()
	r := goodRuleset()
	for _, change := range changes {
		change(r)
	}
	w.AddRuleset(r)
	return w
}

func goodRuleset() map[string]any {
	return map[string]any{
		"name": "tambal", "target": "branch", "enforcement": "active", "bypass_actors": []any{},
		"conditions": map[string]any{"ref_name": map[string]any{"include": []any{"~DEFAULT_BRANCH"}, "exclude": []any{}}},
		"rules": []any{
			map[string]any{"type": "deletion"}, map[string]any{"type": "non_fast_forward"},
			map[string]any{"type": "pull_request", "parameters": map[string]any{
				"required_approving_review_count": 1, "require_code_owner_review": true, "dismiss_stale_reviews_on_push": false,
				"require_last_push_approval": false, "required_review_thread_resolution": false, "allowed_merge_methods": []any{"merge"}}},
			map[string]any{"type": "required_status_checks", "parameters": map[string]any{
				"strict_required_status_checks_policy": false, "required_status_checks": []any{map[string]any{"context": "tambal/sop", "integration_id": 4242}}}},
		},
	}
}

// without removes a rule, with adds one, parameter and field change what stands
// there.
func without(name string) func(map[string]any) {
	return func(r map[string]any) {
		r["rules"] = slices.DeleteFunc(r["rules"].([]any), func(rule any) bool { return rule.(map[string]any)["type"] == name })
	}
}

func with(rule map[string]any) func(map[string]any) {
	return func(r map[string]any) { r["rules"] = append(r["rules"].([]any), any(rule)) }
}

func parameter(rule int, name string, value any) func(map[string]any) {
	return func(r map[string]any) {
		r["rules"].([]any)[rule].(map[string]any)["parameters"].(map[string]any)[name] = value
	}
}

func field(name string, value any) func(map[string]any) {
	return func(r map[string]any) { r[name] = value }
}

func (w *ward) git(args ...string) {
	w.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = w.dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=Siti", "GIT_AUTHOR_EMAIL=siti@example.test", "GIT_COMMITTER_NAME=Siti", "GIT_COMMITTER_EMAIL=siti@example.test")
	if out, err := cmd.CombinedOutput(); err != nil {
		w.t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// write puts files on GitHub's main branch; an empty one is removed.
func (w *ward) write(files map[string]string) {
	w.t.Helper()
	for name, content := range files {
		path := filepath.Join(w.dir, filepath.FromSlash(name))
		err := os.MkdirAll(filepath.Dir(path), 0o755)
		if err == nil && content == "" {
			err = os.Remove(path)
		} else if err == nil {
			err = os.WriteFile(path, []byte(content), 0o644)
		}
		if err != nil {
			w.t.Fatal(err)
		}
	}
	w.git("add", "-A")
	w.git("commit", "-q", "--allow-empty", "-m", "files")
	w.git("push", "-q", "--force", w.Dir(), "main")
}

func (w *ward) run(args ...string) (out string, exit int) {
	w.t.Helper()
	var b strings.Builder
	a := &app{in: strings.NewReader(""), out: &b, err: &b, getenv: func(name string) string { return w.env[name] }}
	exit = a.run(append(args, "--repo", w.dir, "--lang", w.lang))
	if strings.Contains(b.String(), w.Token) {
		w.t.Error("the token is shown")
	}
	for line := range strings.Lines(b.String()) {
		if strings.HasPrefix(strings.TrimSpace(line), "::") || strings.Contains(line, "##[") {
			w.t.Errorf("a workflow would take this for a command: %q", line)
		}
	}
	return b.String(), exit
}

// wants compares the gaps with SEVERITY ID, in any order; the app as the
// status's only source is left out.
func (w *ward) wants(exit int, want ...string) (d doctorObject) {
	w.t.Helper()
	out, got := w.run("doctor", "--format", "json")
	if err := json.Unmarshal([]byte(out), &d); err != nil {
		w.t.Fatalf("%v in %s", err, out)
	}
	var have []string
	for _, g := range d.Gaps {
		if g.ID != "status-app" {
			have = append(have, string(g.Severity)+" "+g.ID)
		}
		if g.Hint == "" || g.Message == "" || strings.HasPrefix(g.Message, "doctor.") || strings.Contains(g.Message+g.Hint, "%!") {
			w.t.Errorf("%s says %q, %q", g.ID, g.Message, g.Hint)
		}
	}
	slices.Sort(have)
	slices.Sort(want)
	if !slices.Equal(have, want) || exit != got {
		w.t.Errorf("exit %d, gaps\n  %s\nwant %d\n  %s", got, strings.Join(have, "\n  "), exit, strings.Join(want, "\n  "))
	}
	return d
}
