package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
)

// withPlan is an office with a case whose plan is on its branch; Siti is at the desk.
func withPlan(t *testing.T) *player {
	t.Helper()
	p := including(t, "normal.txtar until opened")
	playScript(t, p, "at 2026-02-02T08:55:00+07:00\nas agus-p\nstep plan\nas siti-a\n")
	return p
}

// TestWhatCheckWouldRefuseIsNotSaved: a commit is not easily taken back, so what is
// known to be wrong is said before it is made, and the files stay as they are.
func TestWhatCheckWouldRefuseIsNotSaved(t *testing.T) {
	t.Parallel()
	const plan = `replace @/patch.yaml "Paling lama 10 menit" "Paling lama 2 jam"` + "\n"
	for name, c := range map[string]struct{ before, shows, way string }{
		"a role": {"as budi-s\n" + plan, "[step-role]", "as agus-p\n"},
		"an unknown person": {plan + "git config user.email siapa@lain.example\n",
			"is not listed in policies/team.yaml", "git config user.email agus-p@kominfo.example\n"},
		"evidence that was deleted": {"as agus-p\n" + plan + "remove @/evidence/trivy-sebelum.json\n",
			"evidence patches/2026/SP-2026-0001/evidence/trivy-sebelum.json is deleted", "git checkout HEAD -- patches/2026/SP-2026-0001/evidence/trivy-sebelum.json\n"},
		"a landed step": {"as agus-p\n" + plan + `replace @/patch.yaml "musl libc" "musl libC"` + "\n", "[step-changed]",
			`replace @/patch.yaml "musl libC" "musl libc"` + "\n"},
		"another case's branch": {"as agus-p\n" + plan + "git switch -q -c SP-2026-0077\n",
			"branch SP-2026-0077 is that of another case", "git switch -q SP-2026-0001\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := withPlan(t)
			playScript(t, p, c.before)
			if strings.Contains(c.before, "user.email") {
				p.Who = nil // Git's configuration says who commits
				p.must(t, "git", "config", "user.name", "Agus Prasetyo")
			}
			before := p.commitID(t, "HEAD")
			playScript(t, p, "exit 1 tambal commit SP-2026-0001\n")
			if !strings.Contains(p.Shown, c.shows) || strings.Contains(p.Shown, "git reset") || strings.Contains(p.Shown, "see:") {
				t.Errorf("it does not say %q:\n%s", c.shows, p.Shown)
			}
			if after := p.commitID(t, "HEAD"); after != before {
				t.Errorf("%s became %s", before, after)
			}
			playScript(t, p, c.way+"tambal commit SP-2026-0001\nshows \"plan saved on branch SP-2026-0001\"\n")
		})
	}
}

// TestAWrongBranchCanBeMended: what was wrong before this commit does not keep
// anybody from saving what mends it.
func TestAWrongBranchCanBeMended(t *testing.T) {
	t.Parallel()
	p := withPlan(t)
	playScript(t, p, `
as budi-s
replace @/patch.yaml "Paling lama 10 menit" "Paling lama 2 jam"
commit "Kabid ikut menulis"
as agus-p
replace @/patch.yaml "Paling lama 2 jam" "Paling lama 3 jam"
exit 1 tambal commit SP-2026-0001
shows "plan saved on branch SP-2026-0001"
`)
}

// TestACommitNamesWhatItChanges: subject and trailers are the audit trail.
func TestACommitNamesWhatItChanges(t *testing.T) {
	t.Parallel()
	p := withPlan(t)
	playScript(t, p, `
at 2026-02-02T09:50:00+07:00
as rina-w
step analysis
as agus-p
replace @/patch.yaml "Paling lama 10 menit" "Paling lama 2 jam"
tambal commit SP-2026-0001
shows "SP-2026-0001: plan saved on branch SP-2026-0001"
`)
	if message := gitOutput(t, p, nil, "log", "-1", "--format=%B"); strings.Count(message, "Step: ") != 1 || !strings.Contains(message, "Step: plan\n") {
		t.Error(message)
	}
	playScript(t, p, "write @/evidence/lepas.txt lepas.txt\ntambal commit SP-2026-0001\nremove @/evidence/lepas.txt\ntambal commit SP-2026-0001\n-- lepas.txt --\nlepas\n")
	if status := gitOutput(t, p, nil, "status", "--porcelain"); status != "" {
		t.Errorf("what was deleted is not saved:\n%s", status)
	}
}

// TestWhatASparseCheckoutLeavesOutIsKept: a file that is not in the working tree was
// not deleted by anybody.
func TestWhatASparseCheckoutLeavesOutIsKept(t *testing.T) {
	t.Parallel()
	p := withPlan(t)
	playScript(t, p, `
as agus-p
git status --short
git sparse-checkout set --no-cone "/*" "!evidence/"
replace @/patch.yaml "Paling lama 10 menit" "Paling lama 2 jam"
tambal commit SP-2026-0001
git cat-file -e HEAD:patches/2026/SP-2026-0001/evidence/trivy-sebelum.json
check pass
`)
	if _, err := os.Stat(filepath.Join(p.Dir, "patches/2026/SP-2026-0001/evidence")); err == nil {
		t.Error("the sparse checkout left nothing out")
	}
}

// TestNothingIsWrittenAmidAnOperationOfGit: a merge, a rebase or the like that was
// begun is finished or given up first; the way that is named leads out.
func TestNothingIsWrittenAmidAnOperationOfGit(t *testing.T) {
	t.Parallel()
	const (
		mine   = "git switch -q -c lain SP-2026-0001\n" + `replace @/patch.yaml "Paling lama 10 menit" "Paling lama 2 jam"` + "\ncommit \"dua jam\"\ngit tag dua-jam\n"
		theirs = "git switch -q SP-2026-0001\n" + `replace @/patch.yaml "Paling lama 10 menit" "Paling lama 3 jam"` + "\ncommit \"tiga jam\"\ngit branch -q -D lain\n"
	)
	for operation, begin := range map[string][]string{
		"merge": {"merge", "dua-jam"}, "rebase": {"rebase", "dua-jam"}, "cherry-pick": {"cherry-pick", "dua-jam"}, "revert": {"revert", "--no-edit", "HEAD~1"}, "bisect": {"bisect", "start"},
	} {
		t.Run(operation, func(t *testing.T) {
			t.Parallel()
			p := withPlan(t)
			playScript(t, p, "as agus-p\n"+mine+theirs+`replace @/patch.yaml "Paling lama 3 jam" "Paling lama 4 jam"`+"\ncommit \"empat jam\"\n")
			_ = p.Git(begin) // it stops at a conflict
			before := gitOutput(t, p, nil, "for-each-ref")
			for _, lang := range []text.Lang{text.English, text.Indonesian} {
				p.Lang = lang
				for _, command := range []string{
					"new --title lepas --set decision=required", "next SP-2026-0001 analysis", "commit SP-2026-0001", "merge SP-2026-0001",
					"approve SP-2026-0001 --yes --key {{keys}}/budi-s",
				} {
					playScript(t, p, "exit 2 tambal "+command+"\n")
					if !strings.Contains(p.Shown, operation) || !strings.Contains(p.Shown, "git "+operation) {
						t.Errorf("%s: %s", command, p.Shown)
					}
				}
			}
			if after := gitOutput(t, p, nil, "for-each-ref"); after != before {
				t.Errorf("branches before\n%safter\n%s", before, after)
			}
			end := "--abort"
			if operation == "bisect" {
				end = "reset"
			}
			p.Lang = text.English
			playScript(t, p, "git "+operation+" "+end+"\n"+`replace @/patch.yaml "Paling lama 4 jam" "Paling lama 5 jam"`+"\ntambal commit SP-2026-0001\n")
		})
	}
}

// TestConflictMarkersAreNamed: the first thing that is wrong with a manifest in which
// Git left two versions is not its indentation.
func TestConflictMarkersAreNamed(t *testing.T) {
	t.Parallel()
	p := withPlan(t)
	name := filepath.Join(p.Dir, "patches/2026/SP-2026-0001/patch.yaml")
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	both := strings.Replace(string(data), "  - plan:\n", "<<<<<<< HEAD\n  - plan:\n=======\n  - plan:\n>>>>>>> lain\n", 1)
	if err := os.WriteFile(name, []byte(both), 0o644); err != nil {
		t.Fatal(err)
	}
	line := strings.Count(strings.SplitAfter(both, "<<<<<<<")[0], "\n") + 1
	playScript(t, p, "as agus-p\nexit 2 tambal commit SP-2026-0001\nshows \"Git left two versions of the text here\"\n"+
		fmt.Sprintf("shows \"patches/2026/SP-2026-0001/patch.yaml:%d:1\"\n", line)+"exit 2 tambal next SP-2026-0001\nshows \"Git left two versions of the text here\"\n")
	if strings.Contains(p.Shown, "indentation") {
		t.Error(p.Shown)
	}
}

// TestTheWayFromTheProtectedBranchExists: the command that is named works, whether the
// case has a branch or not.
func TestTheWayFromTheProtectedBranchExists(t *testing.T) {
	t.Parallel()
	p := withPlan(t)
	playScript(t, p, "as agus-p\ngit switch -q main\nwrite @/evidence/lepas.txt lepas.txt\nexit 1 tambal commit SP-2026-0001\nshows \"git switch SP-2026-0001\"\n"+
		"git branch -q -m SP-2026-0001 lain\nexit 1 tambal commit SP-2026-0001\n-- lepas.txt --\nlepas\n")
	playScript(t, p, "git branch -q -D lain\nexit 1 tambal commit SP-2026-0001\nshows \"git switch -c SP-2026-0001\"\ngit switch -q -c SP-2026-0001\ntambal commit SP-2026-0001\n")
}

// TestAnUnknownCaseTouchesNoBranch: a slip in an ID leaves no branch behind.
func TestAnUnknownCaseTouchesNoBranch(t *testing.T) {
	t.Parallel()
	p := withPlan(t)
	playScript(t, p, "git switch -q main\n")
	before := state(t, p)
	playScript(t, p, "exit 1 tambal next SP-2026-0099\nexit 2 tambal next 2\nexit 2 tambal next sp-2026-0001\n")
	if after := state(t, p); after != before {
		t.Errorf("before\n%safter\n%s", before, after)
	}
	playScript(t, p, "as rina-w\ngit switch -q SP-2026-0001\nremove @/patch.yaml\nexit 1 tambal commit SP-2026-0001\nshows \"git checkout HEAD -- patches/2026/SP-2026-0001/patch.yaml\"\n")
}
