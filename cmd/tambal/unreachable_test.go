package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
)

// detached is an office with one waiting case, whose HEAD names no branch.
func detached(t *testing.T, at string) *player {
	p := including(t, "normal.txtar until analysed")
	playScript(t, p, "as siti-a\nat 2026-02-02T10:20:00+07:00\ngit switch -q --detach "+at+"\n")
	return p
}

// TestNothingIsSavedWhereNoBranchLeads: a commit on a detached HEAD is reached by
// nothing; git would collect it, and the person was told that it is saved.
func TestNothingIsSavedWhereNoBranchLeads(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, at, edit, command, hint string }{
		{"commit", "SP-2026-0001", "replace @/patch.yaml \"paling lama 5 menit\" \"paling lama 3 menit\"\n", "commit SP-2026-0001", "git switch SP-2026-0001"},
		{"commit of nothing", "SP-2026-0001", "", "commit SP-2026-0001", "git switch SP-2026-0001"},
		{"commit of a case without a branch", "main", "case SP-2026-0002 like SP-2026-0002\nitems monitoring\n", "commit SP-2026-0002", "git switch -c SP-2026-0002"},
		{"new", "main", "", "new --title lepas --set decision=required", "git switch main"},
		{"next", "SP-2026-0001", "", "next SP-2026-0001 closure --set outcome=withdrawn --set note=batal", "git switch SP-2026-0001"},
		{"a HEAD that names a remote branch", "main", "git update-ref refs/remotes/origin/lain main\ngit symbolic-ref HEAD refs/remotes/origin/lain\n", "next SP-2026-0001 closure --set outcome=withdrawn --set note=batal", "git switch SP-2026-0001"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := detached(t, c.at)
			playScript(t, p, c.edit)
			before := state(t, p)
			for _, lang := range []text.Lang{text.English, text.Indonesian} {
				p.Lang = lang
				playScript(t, p, "exit 2 tambal "+c.command+"\nshows \""+c.hint+"\"\nshows \""+p.commitID(t, "HEAD")[:10]+"\"\n")
			}
			if after := state(t, p); after != before {
				t.Errorf("something was written:\n%s", after)
			}
		})
	}
}

// state is what git knows of branches, objects and the working tree.
func state(t *testing.T, p *player) string {
	return gitOutput(t, p, nil, "for-each-ref") + gitOutput(t, p, nil, "cat-file", "--batch-all-objects", "--batch-check") + gitOutput(t, p, nil, "status", "--porcelain")
}

// TestADetachedHeadStopsNobodyWhoWritesToABranch: approve and merge name the
// branch they write to, so their work is always reached.
func TestADetachedHeadStopsNobodyWhoWritesToABranch(t *testing.T) {
	t.Parallel()
	p := detached(t, "SP-2026-0001")
	playScript(t, p, "at 2026-02-02T10:24:00+07:00\nexit 0 tambal approve SP-2026-0001 --yes --key {{keys}}/budi-s\ncheck pass\nexit 0 tambal merge SP-2026-0001\naudit pass\n")
	if loose := gitOutput(t, p, nil, "fsck", "--unreachable", "--no-reflogs"); strings.Contains(loose, "unreachable commit") {
		t.Error(loose)
	}
}

// TestNobodySignsUnasked: without a terminal nobody can answer, so the decision
// needs a word of its own, --yes; a terminal that says nothing is a no.
func TestNobodySignsUnasked(t *testing.T) {
	t.Parallel()
	p := including(t, "normal.txtar until analysed")
	playScript(t, p, "at 2026-02-02T10:12:03+07:00\n")
	before := p.commitID(t, "SP-2026-0001")
	for _, lang := range []text.Lang{text.Indonesian, text.English} {
		p.Lang = lang
		for _, reject := range []string{"", " --reject"} {
			playScript(t, p, "exit 2 tambal approve SP-2026-0001 --key {{keys}}/budi-s"+reject+"\nshows \"SP-2026-0001\"\nshows \"--yes\"\n")
		}
	}
	for _, answers := range []string{"", "\n", "\n\n", "Setuju.\nno\n", "Setuju.\nya"} {
		var out strings.Builder
		a := p.app()
		a.out, a.err, a.in, a.terminal = &out, &out, strings.NewReader(answers), true
		args := []string{"--repo", p.Dir, "--now", "2026-02-02T10:12:03+07:00", "approve", "SP-2026-0001", "--key", filepath.Join(p.KeyDir, "budi-s")}
		if code := a.run(args); code != exitFindings {
			t.Errorf("%q: exit code %d\n%s", answers, code, &out)
		}
	}
	if after := p.commitID(t, "SP-2026-0001"); after != before {
		t.Error("a decision was signed")
	}
	playScript(t, p, "exit 0 tambal approve SP-2026-0001 --yes --key {{keys}}/budi-s\ncheck pass\n")
}

// TestHelpNamesTheWordThatSigns keeps the help and README true.
func TestHelpNamesTheWordThatSigns(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil || !strings.Contains(string(readme), "--yes") {
		t.Error("README does not name --yes", err)
	}
	for _, lang := range []text.Lang{text.Indonesian, text.English} {
		if !strings.Contains(lang.Say("command.approve.long"), "--yes") {
			t.Errorf("the help of approve does not name --yes in %s", lang)
		}
	}
}

// TestNothingIsComparedWithItself: where no branch is known to be the protected one,
// what is checked out must not stand in for it. A case would be saved on the
// protected branch itself, and pass its check.
func TestNothingIsComparedWithItself(t *testing.T) {
	t.Parallel()
	p := including(t, "normal.txtar until analysed")
	playScript(t, p, "as siti-a\nat 2026-02-02T10:12:03+07:00\ngit switch -q main\ngit branch -m main trunk\n")
	before := state(t, p)
	for _, lang := range []text.Lang{text.English, text.Indonesian} {
		p.Lang = lang
		for _, command := range []string{
			"new --title lepas --set decision=required", "next SP-2026-0001", "commit SP-2026-0001", "check", "merge trunk",
			"approve SP-2026-0001 --yes --key {{keys}}/budi-s", "approve SP-2026-0001 --yes --branch trunk --key {{keys}}/budi-s",
		} {
			playScript(t, p, "exit 2 tambal "+command+"\nshows \"git branch -m trunk main\"\n")
		}
	}
	if after := state(t, p); after != before {
		t.Errorf("something was written:\n%s", after)
	}
	playScript(t, p, `
git update-ref refs/remotes/origin/trunk trunk
git symbolic-ref refs/remotes/origin/HEAD refs/remotes/origin/trunk
exit 0 tambal next SP-2026-0001 closure --set outcome=withdrawn --set note=batal
`)
	if head := strings.TrimSpace(gitOutput(t, p, nil, "symbolic-ref", "--short", "HEAD")); head != "SP-2026-0001" {
		t.Errorf("the case stands on %s", head)
	}
}
