package main

import (
	"strings"
	"testing"

	"github.com/tambal-id/tambal/cmd/tambal/internal/forge/forgetest"
	"github.com/tambal-id/tambal/cmd/tambal/internal/gate"
	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
)

// TestStatusEndsWithWhatItShows: a person reads FAIL and a script the exit code;
// waiting for the Kabid is no failure of a look.
func TestStatusEndsWithWhatItShows(t *testing.T) {
	t.Parallel()
	p := including(t, "normal.txtar until analysed")
	playScript(t, p, `
exit 0 tambal status SP-2026-0001
shows "PENDING"
exit 0 tambal status
replace @/patch.yaml "from: Alpine Linux 3.9" "from: 3.10"
commit "tanpa tanda kutip"
exit 1 tambal status SP-2026-0001
shows "FAIL"
exit 0 tambal status
git reset -q --hard HEAD~1
at 2026-02-02T10:12:03+07:00
as budi-s
approve "Setuju."
exit 0 tambal status SP-2026-0001
as siti-a
land
replace @/patch.yaml "from: Alpine Linux 3.9" "from: Alpine Linux 3.8"
commit "angka lain"
exit 1 tambal status
shows "The history holds violations"
exit 1 tambal status SP-2026-0001
exit 1 tambal status --format json
`)
}

// TestStatusOfOneCaseIsOfThatCase in every format.
func TestStatusOfOneCaseIsOfThatCase(t *testing.T) {
	t.Parallel()
	p := including(t, "normal.txtar until analysed")
	playScript(t, p, "git switch -q main\n"+anotherCase+`
exit 2 tambal status SP-2026-0404 --format json
git switch -q SP-2026-0001
as agus-p
replace patches/2026/SP-2026-0001/patch.yaml "from: Alpine Linux 3.9" "from: 3.10"
commit "tanpa tanda kutip"
exit 0 tambal status --format json
`)
	out, code := p.output("status", "SP-2026-0001", "--format", "json")
	r := read[struct {
		Verdict string
		Cases   []struct{ ID string }
	}](t, out)
	if code != exitFindings || r.Verdict != "fail" || len(r.Cases) != 1 || r.Cases[0].ID != "SP-2026-0001" {
		t.Errorf("exit code %d: %+v", code, r)
	}
}

// TestALineThatWasRewrittenIsToldWhateverIsAskedFor: --since leaves out findings of
// older landings, and the lost head is none of theirs.
func TestALineThatWasRewrittenIsToldWhateverIsAskedFor(t *testing.T) {
	t.Parallel()
	p := including(t, "normal.txtar until scheduled")
	playScript(t, p, "git switch -q main\n")
	old := p.commitID(t, "main")
	playScript(t, p, "git reset -q --hard main~1\nexit 0 tambal audit --since main\n"+
		"exit 1 tambal audit --since main --checkpoint "+old+"\nshows \"[history-rewritten]\"\n")
}

// TestMergeLandsWhatWasJudged also where the branch has moved on since.
func TestMergeLandsWhatWasJudged(t *testing.T) {
	t.Parallel()
	p := including(t, "normal.txtar until approved")
	playScript(t, p, "git switch -q main\nas siti-a\n")
	a := p.app()
	if err := a.clone(func(repo *git.Repo) error {
		verdict, err := gate.Check(repo, "main", p.ID, gate.Options{Now: p.Now})
		if err != nil {
			return err
		}
		p.must(t, "git", "branch", "-q", "-f", p.ID, "main")
		landed, err := a.desk(repo).Land(p.ID, "", verdict)
		if err == nil && string(landed.Parents[1]) != verdict.Result.Head {
			t.Errorf("landed %s, judged %s", landed.Parents[1], verdict.Result.Head)
		}
		return err
	}); err != nil {
		t.Error(err)
	}
}

// TestABranchIsNamedWhole: another's name may end like it.
func TestABranchIsNamedWhole(t *testing.T) {
	t.Parallel()
	p := testPlayer(t)
	key := " --yes --disposition Setuju. --key " + p.KeyFile("budi-s") + "\n"
	playScript(t, p, "include history/normal.txtar until analysed\ngit branch fitur/SP-2026-0001 SP-2026-0001\n"+
		"at 2026-02-02T10:12:03+07:00\nas budi-s\n"+
		"exit 1 tambal approve SP-2026-0001 --branch 0001"+key+"tambal approve SP-2026-0001"+key+"shows \"on branch SP-2026-0001 (\"\n")
}

// TestAnAuditNamesWhatItJudged: who keeps the head of one audit for the next must
// be able to read it.
func TestAnAuditNamesWhatItJudged(t *testing.T) {
	t.Parallel()
	p := including(t, "normal.txtar until analysed")
	main, branch := p.commitID(t, "main"), p.commitID(t, "SP-2026-0001")
	playScript(t, p, "exit 0 tambal audit\nshows \"judged: main, head "+main+"\"\n"+
		"exit 1 tambal audit SP-2026-0001\nshows \"judged: SP-2026-0001, head "+branch+"\"\n"+
		"exit 0 tambal audit --format github\nshows \"head "+main+"\"\n"+
		"exit 0 tambal audit --checkpoint "+main+"\nexit 2 tambal audit --format xml\n")
	if strings.Contains(p.Shown, "judged") {
		t.Error(p.Shown)
	}
}

// TestAnOnlineAuditSaysWhenNothingWasAsked: PASS must not look like a word of the
// forge that was never heard.
func TestAnOnlineAuditSaysWhenNothingWasAsked(t *testing.T) {
	t.Parallel()
	const said = "the forge was not asked"
	p := including(t, "normal.txtar until decided")
	for _, command := range []string{"audit", "status", "report SP-2026-0001"} {
		playScript(t, p, "exit 0 tambal "+command+" --online\nshows \""+said+"\"\n")
	}
	playScript(t, p, "exit 0 tambal audit\n")
	if strings.Contains(p.Shown, said) {
		t.Errorf("an audit that is not online says so:\n%s", p.Shown)
	}
	h := waitingOffice(t, forgetest.New(t))
	h.play("github open\n" + kabidApproves + "github record\nexit 0 tambal merge 1\ngithub pull\ngit switch -q main\nexit 0 tambal audit --online\n")
	if strings.Contains(h.p.Shown, said) {
		t.Errorf("something was asked:\n%s", h.p.Shown)
	}
}
