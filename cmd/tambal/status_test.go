package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/forge/forgetest"
	"github.com/tambal-id/tambal/cmd/tambal/internal/gate"
	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
	"github.com/tambal-id/tambal/policies"
)

// TestStatusEndsWithTheHistory: what waits on branches is shown and changes no exit code;
// what has landed decides it.
func TestStatusEndsWithTheHistory(t *testing.T) {
	t.Parallel()
	p := including(t, "normal.txtar until analysed")
	playScript(t, p, `
exit 0 tambal status SP-2026-0001
shows "PENDING"
exit 0 tambal status
replace @/patch.yaml "from: Alpine Linux 3.9" "from: 3.10"
commit "tanpa tanda kutip"
exit 0 tambal status SP-2026-0001
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
	r := read[standings](t, out)
	if code != exitPass || r.Verdict != "pass" || len(r.Cases) != 1 || r.Cases[0].ID != "SP-2026-0001" || r.Cases[0].Findings["error"] != 1 {
		t.Errorf("exit code %d: %+v", code, r)
	}
}

// standings is what status says as JSON.
type standings struct {
	Verdict string
	Cases   []finding.Case
}

// TestStatusShowsWhatWaits: a case on a branch is a case, whoever has fetched it; the
// one who is asked comes first, and what is over is told.
func TestStatusShowsWhatWaits(t *testing.T) {
	t.Parallel()
	type waits struct {
		what, people, branch string
		landed               int
	}
	for _, at := range []struct {
		script string
		as     string
		want   waits
	}{
		{"opened\ngit switch -q SP-2026-0001\ngit branch -q -f main main~1", "agus-p", waits{"plan", "agus-p joko-s rina-w siti-a", "SP-2026-0001", 0}},
		{"opened", "agus-p", waits{"plan", "agus-p joko-s rina-w siti-a", "", 1}},
		{"analysed", "budi-s", waits{"approval", "budi-s", "SP-2026-0001", 1}},
		{"approved", "siti-a", waits{finding.ToMerge, "agus-p joko-s rina-w siti-a", "SP-2026-0001", 1}},
		{"decided", "siti-a", waits{"schedule", "agus-p joko-s rina-w siti-a", "", 4}},
		{"implemented", "agus-p", waits{"report", "agus-p joko-s rina-w siti-a", "", 6}},
	} {
		t.Run(at.script, func(t *testing.T) {
			t.Parallel()
			until, then, _ := strings.Cut(at.script, "\n")
			p := including(t, "normal.txtar until "+until)
			playScript(t, p, then+"\n")
			before := state(t, p)
			playScript(t, p, "as "+at.as+`
exit 0 tambal status
shows "Waiting for you:"
shows "SP-2026-0001"
exit 0 tambal status --mine
shows "SP-2026-0001"
`)
			if strings.Contains(p.Shown, "no case") {
				t.Errorf("no case beside a case:\n%s", p.Shown)
			}
			if after := state(t, p); after != before {
				t.Errorf("status has written: before\n%safter\n%s", before, after)
			}
			out, code := p.output("status", "--format", "json")
			r := read[standings](t, out)
			if code != exitPass || len(r.Cases) != 1 {
				t.Fatalf("exit code %d, %d cases:\n%s", code, len(r.Cases), out)
			}
			c := r.Cases[0]
			got := waits{c.WaitingFor.What, strings.Join(slices.Sorted(slices.Values(c.WaitingFor.People)), " "), c.Branch, 0}
			for _, s := range c.Steps {
				if s.Landed {
					got.landed++
				}
			}
			if got != at.want || !c.WaitingFor.Mine || c.Title == "" || c.WaitingSince.IsZero() || len(c.Vulnerabilities) != 1 {
				t.Errorf("%+v, want %+v\n%s", got, at.want, out)
			}
			p.Who = &policies.Person{Name: "Orang Lain", Emails: []string{"lain@kominfo.example"}}
			if nobody, _ := p.output("status", "--mine"); strings.Contains(nobody, "SP-2026-0001") {
				t.Errorf("somebody who holds no role is waited for:\n%s", nobody)
			}
		})
	}
}

// TestStatusShowsWhatIsOverdue, landed or on a branch.
func TestStatusShowsWhatIsOverdue(t *testing.T) {
	t.Parallel()
	p := including(t, "normal.txtar until analysed")
	playScript(t, p, `
at 2026-02-02T09:51:00+07:00
exit 0 tambal status --overdue
shows "no case to show"
at 2026-02-09T09:00:00+07:00
exit 0 tambal status --overdue
shows "OVERDUE"
shows "approval: Budi Santoso"
`)
}

// TestStatusOfDivergedBranches shows both, and waits for nobody's step.
func TestStatusOfDivergedBranches(t *testing.T) {
	t.Parallel()
	p := including(t, "normal.txtar until analysed")
	fetched(t, p, "SP-2026-0001")
	playScript(t, p, "as rina-w\ngit switch -q SP-2026-0001\nreplace @/patch.yaml \"Paling lama 10 menit\" \"Paling lama 2 jam\"\ngit commit -q --amend -a --no-edit\nexit 0 tambal status\nshows \"choice of a branch: \"\nshows \"SP-2026-0001 origin/SP-2026-0001\"\n")
}

// TestStatusMendsWhatCheckRefuses: a branch that may not land waits for its author's
// correction.
func TestStatusMendsWhatCheckRefuses(t *testing.T) {
	t.Parallel()
	p := including(t, "normal.txtar until analysed")
	playScript(t, p, "replace @/patch.yaml \"from: Alpine Linux 3.9\" \"from: 3.10\"\ncommit \"tanpa tanda kutip\"\nexit 0 tambal status\nshows \"correction: \"\n")
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
