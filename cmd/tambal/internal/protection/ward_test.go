package protection

import (
	"context"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/forge"
	"github.com/tambal-id/tambal/cmd/tambal/internal/forge/forgetest"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
)

const goodOwners = "# who is asked\n/.github/ @operator @dinas/admin\n/policies/ @operator\n/schema/ @operator # editors only\n"

const gatePath = ".github/workflows/gate.yml"

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

// treeOf is the tree of a branch with nothing wrong, changed by these files; an
// empty one is removed.
func treeOf(changes map[string]string) *tree {
	all := map[string]string{"policies/sop.yaml": "kind: Procedure\n", ".github/CODEOWNERS": goodOwners, "schema/patch.v1.json": "{}\n",
		gatePath: goodGate, ".github/workflows/review.yml": reviewWitness}
	for name, content := range changes {
		if all[name] = content; content == "" {
			delete(all, name)
		}
	}
	read := func(path string) ([]byte, error) {
		if content, ok := all[path]; ok {
			return []byte(content), nil
		}
		return nil, nil
	}
	below := func(top string) (paths []string, err error) {
		for path := range all {
			if strings.HasPrefix(path, top+"/") {
				paths = append(paths, path)
			}
		}
		slices.Sort(paths)
		return paths, nil
	}
	t := sift("main", files{read, below})
	t.trunk = "main"
	return t
}

// ward is a repository on a GitHub of its own, with nothing wrong: what a test
// changes is what doctor must find.
type ward struct {
	*forgetest.GitHub
	t     *testing.T
	token string
}

func newWard(t *testing.T, gh *forgetest.GitHub) *ward {
	t.Helper()
	gh.Lock()
	defer gh.Unlock()
	for _, name := range []string{"allow_squash_merge", "allow_rebase_merge", "allow_forking"} {
		gh.Settings[name] = false
	}
	push := exec.Command("git", "--git-dir", gh.Dir(), "fast-import", "--quiet")
	push.Stdin = strings.NewReader(begun)
	if out, err := push.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return &ward{gh, t, gh.Token}
}

// begun gives the forge a branch with a CODEOWNERS; without them it answers
// otherwise. Their content is not read: the trees of these tests are treeOf's.
const begun = "commit refs/heads/main\ncommitter Siti <siti@example.test> 1770000000 +0700\ndata 0\nM 100644 inline .github/CODEOWNERS\ndata 0\n"

// sound adds the ruleset the gate needs, with the change a test makes to it.
func (w *ward) sound(changes ...func(ruleset map[string]any)) *ward {
	w.t.Helper()
	w.AddRuleset(forgetest.Ruleset(changes...))
	return w
}

// facts are what this GitHub says, and a tree with nothing wrong.
func (w *ward) facts() *Facts {
	w.t.Helper()
	client, err := forge.New(forge.Options{Repository: w.Owner + "/" + w.Name, API: w.URL(), Token: w.token,
		Sleep: func(context.Context, time.Duration) error { return nil }})
	if err != nil {
		w.t.Fatal(err)
	}
	s := Source{Forge: client}
	f, err := s.begin(context.Background())
	if err != nil {
		w.t.Fatal(err)
	}
	f.tree = treeOf(nil)
	s.complete(context.Background(), f)
	return f
}

func (w *ward) wants(exit int, want ...string) *Diagnosis {
	w.t.Helper()
	return wants(w.t, w.facts(), exit, want...)
}

// wants compares the gaps with SEVERITY ID, in any order; the app as the status's
// only source is left out.
func wants(t *testing.T, f *Facts, exit int, want ...string) *Diagnosis {
	t.Helper()
	d := Diagnose(f)
	var have []string
	for _, g := range d.Findings {
		if g.Rule != "status-app" {
			have = append(have, string(g.Severity)+" "+g.Rule)
		}
		message, hint := g.Message(text.English), g.Hint(text.English)
		if hint == "" || message == "" || strings.HasPrefix(message, "doctor.") || strings.Contains(message+hint, "%!") {
			t.Errorf("%s says %q, %q", g.Rule, message, hint)
		}
	}
	slices.Sort(have)
	slices.Sort(want)
	if got := d.Verdict().ExitCode(); !slices.Equal(have, want) || exit != got {
		t.Errorf("exit %d, gaps\n  %s\nwant %d\n  %s", got, strings.Join(have, "\n  "), exit, strings.Join(want, "\n  "))
	}
	return d
}

// the finds one gap in a diagnosis.
func (d *Diagnosis) the(id string) (f finding.Finding) {
	if i := slices.IndexFunc(d.Findings, func(f finding.Finding) bool { return f.Rule == id }); i >= 0 {
		return d.Findings[i]
	}
	return f
}
