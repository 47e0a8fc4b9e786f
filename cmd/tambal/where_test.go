package main

import (
	"strings"
	"testing"
)

// fetched says what a fetch brought: where the remote's branch of the case stands.
func fetched(t *testing.T, p *player, commit string) {
	t.Helper()
	p.must(t, "git", "update-ref", "refs/remotes/origin/SP-2026-0001", commit)
}

// TestAStaleBranchDoesNotWin: the administrator's branch ended with the plan, colleagues
// have pushed analysis and decision. Each command goes on from there, and none forks.
func TestAStaleBranchDoesNotWin(t *testing.T) {
	t.Parallel()
	stale := func(t *testing.T) *player {
		p := including(t, "normal.txtar until approved")
		fetched(t, p, "SP-2026-0001")
		playScript(t, p, "at 2026-02-02T10:30:00+07:00\nas siti-a\ngit switch -q main\ngit branch -q -f SP-2026-0001 SP-2026-0001~2\n")
		return p
	}
	t.Run("status shows the pushed one alone", func(t *testing.T) {
		t.Parallel()
		p := stale(t)
		playScript(t, p, "tambal status SP-2026-0001\nshows \"Waiting on branch origin/SP-2026-0001\"\nshows \"may be merged\"\n")
		if strings.Count(p.Shown, "Waiting on branch") != 1 {
			t.Error(p.Shown)
		}
	})
	t.Run("merge lands it", func(t *testing.T) {
		t.Parallel()
		p := stale(t)
		want := p.commitID(t, "refs/remotes/origin/SP-2026-0001")
		playScript(t, p, "tambal merge SP-2026-0001\nshows \"origin/SP-2026-0001 merged into main\"\naudit pass\n")
		if got := strings.TrimSpace(gitOutput(t, p, nil, "rev-parse", "main^2")); got != want {
			t.Errorf("landed %s, want %s", got, want)
		}
	})
	t.Run("next goes on from it, checked out or not", func(t *testing.T) {
		t.Parallel()
		for _, begin := range []string{"", "git switch -q SP-2026-0001\n"} {
			p := stale(t)
			playScript(t, p, begin+"exit 1 tambal next SP-2026-0001 plan\nshows \"step plan is not allowed here yet\"\n")
			if !strings.Contains(p.Shown, "branch SP-2026-0001 brought up to date") {
				t.Errorf("%q: it does not say what it did:\n%s", begin, p.Shown)
			}
			if local, remote := p.commitID(t, "SP-2026-0001"), p.commitID(t, "refs/remotes/origin/SP-2026-0001"); local != remote {
				t.Errorf("%q: the branch stands at %s, not %s", begin, local, remote)
			}
		}
	})
	t.Run("commit refuses, and the way it names leads out", func(t *testing.T) {
		t.Parallel()
		p := stale(t)
		playScript(t, p, `
git switch -q SP-2026-0001
write @/evidence/catatan.txt catatan.txt
exit 1 tambal commit SP-2026-0001
shows "branch SP-2026-0001 is behind origin/SP-2026-0001"
git stash -q -u
git merge -q --ff-only origin/SP-2026-0001
git stash pop -q
tambal commit SP-2026-0001
-- catatan.txt --
catatan
`)
	})
	t.Run("commit from elsewhere names the branch", func(t *testing.T) {
		t.Parallel()
		p := stale(t)
		playScript(t, p, "git switch -q -c catatan main\nexit 1 tambal commit SP-2026-0001\nshows \"case SP-2026-0001 stands on branch origin/SP-2026-0001, not here\"\n")
	})
	t.Run("approve finds what is decided already", func(t *testing.T) {
		t.Parallel()
		p := stale(t)
		playScript(t, p, "as budi-s\ntambal approve SP-2026-0001 --yes --key {{keys}}/budi-s\nshows \"the decision on SP-2026-0001 is on branch origin/SP-2026-0001 already\"\n")
	})
}

// TestTheKabidSignsWhatWasPushed: what is shown is the colleague's push, and the local
// branch follows it.
func TestTheKabidSignsWhatWasPushed(t *testing.T) {
	t.Parallel()
	p := including(t, "normal.txtar until analysed")
	fetched(t, p, "SP-2026-0001")
	shown := p.commitID(t, "SP-2026-0001")
	playScript(t, p, `
git switch -q main
git branch -q -f SP-2026-0001 SP-2026-0001~1
at 2026-02-02T10:12:03+07:00
as budi-s
tambal approve SP-2026-0001 --yes --key {{keys}}/budi-s
check pass
`)
	if parent := p.commitID(t, "SP-2026-0001~1"); parent != shown {
		t.Errorf("signed on %s, shown %s", parent, shown)
	}
}

// TestDivergedBranchesStopEverybody: two people went on from the same commit. Nothing
// is written, signed or merged on either until one is put aside, as the hint says.
func TestDivergedBranchesStopEverybody(t *testing.T) {
	t.Parallel()
	p := including(t, "normal.txtar until analysed")
	fetched(t, p, "SP-2026-0001")
	playScript(t, p, `
at 2026-02-02T09:55:00+07:00
as rina-w
git switch -q SP-2026-0001
replace @/patch.yaml "Paling lama 10 menit" "Paling lama 2 jam"
git commit -q --amend -a --no-edit
replace @/patch.yaml "Paling lama 2 jam" "Paling lama 3 jam"
`)
	before := gitOutput(t, p, nil, "for-each-ref")
	for _, command := range []string{
		"next SP-2026-0001", "commit SP-2026-0001", "merge SP-2026-0001", "approve SP-2026-0001 --yes --key {{keys}}/budi-s",
		"approve SP-2026-0001 --yes --key {{keys}}/budi-s --branch SP-2026-0001", "status SP-2026-0001",
	} {
		exit := "exit 1 "
		if strings.HasPrefix(command, "status") { // looking changes nothing, and ends with the history's verdict
			exit = "exit 0 "
		}
		playScript(t, p, exit+"tambal "+command+"\nshows \"SP-2026-0001 stands on branches that do not know of each other\"\nshows \"origin/SP-2026-0001 (\"\nshows \"Rina Wulandari\"\n")
	}
	if after := gitOutput(t, p, nil, "for-each-ref"); after != before {
		t.Errorf("branches before\n%safter\n%s", before, after)
	}
	playScript(t, p, `
git stash -q
git update-ref refs/tambal/aside/SP-2026-0001 SP-2026-0001
git switch -q main
git branch -q -D SP-2026-0001
tambal status SP-2026-0001
as budi-s
at 2026-02-02T10:12:03+07:00
tambal approve SP-2026-0001 --yes --key {{keys}}/budi-s
`)
}

// TestAnotherRemoteIsNamedInFull: what somebody else's repository holds is no part of
// the case until a person says so.
func TestAnotherRemoteIsNamedInFull(t *testing.T) {
	t.Parallel()
	p := including(t, "normal.txtar until analysed")
	key := " --yes --key " + p.KeyFile("budi-s") + "\n"
	playScript(t, p, "at 2026-02-02T10:12:03+07:00\nas budi-s\ngit update-ref refs/remotes/rekan/SP-2026-0001 SP-2026-0001\ngit switch -q main\ngit branch -q -D SP-2026-0001\n"+
		"exit 2 tambal status SP-2026-0002\nexit 1 tambal approve SP-2026-0001"+key+"exit 1 tambal approve SP-2026-0001 --branch SP-2026-0001"+key+
		"tambal approve SP-2026-0001 --branch rekan/SP-2026-0001"+key+"check pass\n")
}

// TestABranchOfAPolicyFollowsItsRemote: a stale branch of any name lands as pushed, and
// one that has diverged does not land.
func TestABranchOfAPolicyFollowsItsRemote(t *testing.T) {
	t.Parallel()
	p := including(t, "normal.txtar until opened")
	playScript(t, p, `
as siti-a
at 2026-02-02T11:00:00+07:00
branch kunci
append policies/sop.yaml satu
commit "satu"
append policies/sop.yaml satu
commit "dua"
git update-ref refs/remotes/origin/kunci kunci
git reset -q --hard kunci~1
append README.md satu
commit "tiga"
exit 1 tambal merge kunci
shows "branch kunci of this clone and origin/kunci each have commits that the other lacks"
git reset -q --hard origin/kunci~1
tambal merge kunci --key {{keys}}/siti-a
shows "origin/kunci merged into main"
audit pass
-- satu --
# catatan
`)
}

// TestABranchWithSomethingElseIsNotFollowed: a local branch of the case's name that has
// other commits is neither overwritten nor written on.
func TestABranchWithSomethingElseIsNotFollowed(t *testing.T) {
	t.Parallel()
	p := including(t, "normal.txtar until analysed")
	fetched(t, p, "SP-2026-0001")
	playScript(t, p, "at 2026-02-02T10:12:03+07:00\nas siti-a\ngit switch -q -C SP-2026-0001 main\nappend README.md satu\ncommit \"catatan\"\ngit switch -q main\n-- satu --\n# catatan\n")
	before := state(t, p)
	for _, command := range []string{"next SP-2026-0001", "approve SP-2026-0001 --yes --key {{keys}}/budi-s"} {
		playScript(t, p, "exit 1 tambal "+command+"\nshows \"branch SP-2026-0001 of this clone and\"\n")
	}
	if after := state(t, p); after != before {
		t.Errorf("before\n%safter\n%s", before, after)
	}
	playScript(t, p, "git switch -q SP-2026-0001\nwrite @/evidence/catatan.txt satu\nexit 1 tambal commit SP-2026-0001\nshows \"stands on branch origin/SP-2026-0001, not here\"\n-- satu --\n# catatan\n")
}

// TestWhatWasChangedBackIsWhereTheCaseStands: three branches in a row, the last with the
// text of the first; the last one counts.
func TestWhatWasChangedBackIsWhereTheCaseStands(t *testing.T) {
	t.Parallel()
	p := withPlan(t)
	playScript(t, p, `
as agus-p
git branch -q -m SP-2026-0001 satu
git switch -q -c dua
replace @/patch.yaml "Paling lama 10 menit" "Paling lama 2 jam"
commit "dua jam"
git switch -q -c tiga
replace @/patch.yaml "Paling lama 2 jam" "Paling lama 10 menit"
commit "sepuluh menit"
tambal status SP-2026-0001
shows "Waiting on branch tiga"
`)
	if strings.Count(p.Shown, "Waiting on branch") != 1 {
		t.Error(p.Shown)
	}
}

// TestAlikeIsNotDiverged: what adds the same to a case is one place, by name the case's
// own branch, and of one name the later.
func TestAlikeIsNotDiverged(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ script, want string }{
		"other commits, same text":  {"git switch -q -c AA-lain\ngit commit -q --amend -m lain\n", "SP-2026-0001"},
		"same commit":               {"git branch -q AA-lain\n", "SP-2026-0001"},
		"a note on the case branch": {"git update-ref refs/remotes/origin/SP-2026-0001 SP-2026-0001\nappend README.md satu\ncommit \"catatan\"\n", "SP-2026-0001"},
		"the protected branch of the remote": {"git switch -q -c pusat main\ngit merge -q --no-ff -m \"SP-2026-0001\" SP-2026-0001\n" + `replace @/patch.yaml "Paling lama 10 menit" "Paling lama 3 jam"` +
			"\ncommit \"langsung\"\ngit update-ref refs/remotes/origin/main pusat\n" +
			"git switch -q SP-2026-0001\ngit branch -q -D pusat\n", "SP-2026-0001"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := withPlan(t)
			playScript(t, p, "as agus-p\n"+c.script+"tambal status SP-2026-0001\nshows \"Waiting on branch "+c.want+":\"\n-- satu --\n# catatan\n")
			if strings.Count(p.Shown, "Waiting on branch") != 1 {
				t.Error(p.Shown)
			}
			playScript(t, p, "git switch -q SP-2026-0001\n"+`replace @/patch.yaml "Paling lama 10 menit" "Paling lama 2 jam"`+"\ntambal commit SP-2026-0001\n")
		})
	}
}

// TestTheRemoteThatMainFollowsCounts: it need not be called origin; and "." is no remote.
func TestTheRemoteThatMainFollowsCounts(t *testing.T) {
	t.Parallel()
	for remote, config := range map[string]string{"pusat": "pusat", "origin": "."} {
		p := including(t, "normal.txtar until analysed")
		playScript(t, p, "git config branch.main.remote "+config+"\ngit update-ref refs/remotes/"+remote+"/SP-2026-0001 SP-2026-0001\n"+
			"git switch -q main\ngit branch -q -D SP-2026-0001\ntambal status SP-2026-0001\nshows \"Waiting on branch "+remote+"/SP-2026-0001\"\n")
	}
}

// TestAStackedBranchIsNotTheCase: a branch that holds a case's commits and adds nothing
// to that case is not where the case stands.
func TestAStackedBranchIsNotTheCase(t *testing.T) {
	t.Parallel()
	p := including(t, "normal.txtar until approved")
	playScript(t, p, "at 2026-02-02T10:30:00+07:00\nas siti-a\ngit switch -q -c zz-catatan SP-2026-0001\nappend README.md satu\ncommit \"catatan\"\n"+
		"tambal merge SP-2026-0001\nshows \"SP-2026-0001 merged into main\"\n-- satu --\n# catatan\n")
}
