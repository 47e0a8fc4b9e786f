package protection

import (
	"strings"
	"testing"
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/forge/forgetest"
	"github.com/tambal-id/tambal/cmd/tambal/internal/scaffold"
)

func TestEveryGapOfTheFiles(t *testing.T) {
	t.Parallel()
	sound := newWard(t, forgetest.Direct(t)).sound().facts()
	edit := func(old, new string) map[string]string {
		return map[string]string{gatePath: strings.Replace(goodGate, old, new, 1)}
	}
	for _, c := range []struct {
		name  string
		files map[string]string
		exit  int
		want  []string
	}{
		{"no CODEOWNERS", map[string]string{".github/CODEOWNERS": ""}, 1, []string{"error codeowners-missing"}},
		{"policies are nobody's", map[string]string{".github/CODEOWNERS": "/.github/ @operator\n/schema @operator\n"}, 1, []string{"error codeowners-uncovered"}},
		{"schema is nobody's", map[string]string{".github/CODEOWNERS": "/.github/ @operator\n/policies @operator\n"}, 0, []string{"warning codeowners-uncovered"}},
		{"taken away again further down", map[string]string{".github/CODEOWNERS": goodOwners + "/.github/workflows/\n"}, 1, []string{"error codeowners-uncovered"}},
		{"files of the folder only, not below it", map[string]string{".github/CODEOWNERS": goodOwners[strings.Index(goodOwners, "/policies"):] + ".github/* @operator\n"}, 1, []string{"error codeowners-uncovered"}},
		{"some kinds of file only", map[string]string{".github/CODEOWNERS": "/.github/ @operator\n/policies/*.yaml @operator\n/schema/ @operator\n"}, 1, []string{"error codeowners-uncovered"}},
		{"everything, the cases too", map[string]string{".github/CODEOWNERS": "* @operator\n"}, 0, []string{"warning codeowners-cases"}},
		{"a line that GitHub skips takes nothing away", map[string]string{".github/CODEOWNERS": goodOwners + "/.github/ [x]\n/policies/ operator\n/ @operator\n"}, 0, nil},
		{"everything but the cases", map[string]string{".github/CODEOWNERS": "* @operator\n/patches/\n"}, 0, nil},
		{"an owner in a comment is none", map[string]string{".github/CODEOWNERS": "/.github/ # @operator\n/policies/ @operator\n/schema/ @operator\n"}, 1, []string{"error codeowners-uncovered"}},
		{"at the root, and nobody's itself", map[string]string{".github/CODEOWNERS": "", "CODEOWNERS": goodOwners}, 1, []string{"error codeowners-uncovered"}},
		{"at the root", map[string]string{".github/CODEOWNERS": "", "CODEOWNERS": goodOwners + "/CODEOWNERS @operator\n"}, 0, nil},
		{"no gate", map[string]string{gatePath: ""}, 1, []string{"error workflow-missing", "warning audit-missing"}},
		{"no audit", edit("tambal audit --online", "true"), 0, []string{"warning audit-missing"}},
		{"the audit has no schedule", edit("  schedule: [{ cron: \"17 18 * * *\" }]\n", ""), 0, []string{"warning audit-missing"}},
		{"the pull request's own version", edit("pull_request_target:", "pull_request:"), 1, []string{"error workflow-untrusted"}},
		{"checks the proposal out", edit("github.event.repository.default_branch", "github.event.pull_request.head.sha"), 1, []string{"error workflow-runs-proposal"}},
		{"checks the merge out", edit("${{ github.event.repository.default_branch }}", "refs/pull/${{ github.event.number }}/merge"), 1, []string{"error workflow-runs-proposal"}},
		{"switches to the proposal", edit("run: tambal audit --online", "run: git checkout FETCH_HEAD && tambal audit"), 1, []string{"error workflow-runs-proposal"}},
		{"another workflow does", map[string]string{".github/workflows/other.yaml": "on:\n- pull_request_target\njobs:\n  a:\n    steps:\n    - run: gh pr checkout 1\n"}, 1, []string{"error workflow-runs-proposal"}},
		{"harmless with the proposal's rights", map[string]string{".github/workflows/other.yml": "on: [pull_request]\njobs:\n  a:\n    steps:\n    - run: git checkout FETCH_HEAD # pull_request_target\n"}, 0, nil},
		{"switched off", edit("  judge:\n", "  judge:\n    if: false\n"), 1, []string{"error workflow-off"}},
		{"switched off as an expression", edit("  judge:\n", "  judge:\n    if: ${{ false }}\n"), 1, []string{"error workflow-off"}},
		{"switched off in quotes, in flow style", edit("  judge:\n    permissions: { contents: read, pull-requests: read, statuses: write }\n", "  other: { if: \"${{ false }}\", runs-on: x, steps: [{ run: 'true' }] }\n  judge:\n"), 1, []string{"error workflow-off"}},
		{"what only a comment or a script says", edit("run: tambal audit --online", "run: |\n          # if: false\n          tambal audit --online\n          echo 'name: tambal/sop'"), 0, nil},
		{"some paths only, in flow style", edit("    types: [opened, synchronize, edited]\n", "    { types: [opened], \"paths-ignore\": ['docs/**'] }\n"), 0, []string{"warning workflow-paths"}},
		{"another workflow without the gate may filter", map[string]string{".github/workflows/other.yml": "on: { push: { paths: [docs/**] } }\njobs:\n  a:\n    steps:\n    - run: 'true'\n"}, 0, nil},
		{"what is no workflow does nothing", map[string]string{".github/workflows/other.yml": "on: [pull_request_target\n  ref: head\n"}, 0, nil},
		{"called over two lines", edit("run: tambal check --pr event --post", "run: >-\n          \"$TAMBAL\" check\n          --pr event --post"), 0, nil},
		{"some paths only", edit("edited]\n", "edited]\n    paths: ['patches/**']\n"), 0, []string{"warning workflow-paths"}},
		{"a job called as the status", edit("  judge:\n", "  judge:\n    name: tambal/sop\n"), 0, []string{"warning workflow-name"}},
		{"an action by its tag", edit("@0123456789012345678901234567890123456789 # v4", "@v4"), 0, []string{"warning workflow-unpinned"}},
		{"no policy", map[string]string{"policies/sop.yaml": ""}, 1, []string{"error branch-policy"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := *sound
			f.tree = treeOf(c.files)
			wants(t, &f, c.exit, c.want...)
		})
	}
}

func TestOwnerPatterns(t *testing.T) {
	for _, c := range []struct {
		pattern, path string
		want          bool
	}{
		{"*", "a/b/c", true}, {"*.yaml", "a/b.yaml", true}, {"*.yaml", "a/b.yml", false},
		{"/policies/", "policies/a/b", true}, {"/policies", "policies/a/b", true}, {"/policies/", "x/policies/a", false},
		{"policies/", "x/policies/a", true}, {"/policies/*", "policies/a", true}, {"/policies/*", "policies/a/b", false},
		{"/policies/**", "policies/a/b", true}, {"**/policies", "x/policies/a", true}, {"**/policies", "policies/a", true},
		{"/.github/workflows/*.yml", ".github/workflows/a.yml", true}, {"/.github", "xgithub/a", false},
		{"/pol?cies/", "policies/a", true}, {"/policies/**/x", "policies/a/b/x", true}, {"/policies/**/x", "policies/x", true},
		{"!policies", "policies", false}, {"/[p]olicies/", "policies/a", false},
	} {
		o := ownerFile{rules: parseOwners(c.pattern + " @siti")}
		if got := o.last(c.path) != nil; got != c.want {
			t.Errorf("%s and %s: %v", c.pattern, c.path, got)
		}
	}
}

// TestWhatInitWritesHasNoGap keeps doctor and the scaffold in step.
func TestWhatInitWritesHasNoGap(t *testing.T) {
	t.Parallel()
	written, err := scaffold.Files(scaffold.Owner{Name: "Siti", Email: "siti@example.test", Since: time.Now(), GitHubLogin: "operator", GitHubID: 1})
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{gatePath: "", ".github/workflows/review.yml": ""}
	for _, f := range written {
		if strings.HasPrefix(f.Path, ".github/") {
			files[f.Path] = string(f.Data)
		}
	}
	f := newWard(t, forgetest.Direct(t)).sound().facts()
	f.tree = treeOf(files)
	wants(t, f, 0)
}
