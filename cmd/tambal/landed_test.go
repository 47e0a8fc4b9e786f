package main

import (
	"slices"
	"testing"

	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
	"github.com/tambal-id/tambal/cmd/tambal/internal/timeline"
)

// TestAFileIsDatedByWhatItHolds: a scan without a date is as old as the commit
// that first holds it, not as an older file of the same name that it replaced.
func TestAFileIsDatedByWhatItHolds(t *testing.T) {
	t.Parallel()
	p := testPlayer(t)
	playScript(t, p, `
include history/composer.txtar until scheduled
at 2026-02-09T09:00:00+07:00
as joko-s
branch SP-2026-0003
attach trivy/composer-lock.json trivy-sesudah.json
commit "berkas yang disiapkan"
at 2026-02-11T08:00:00+07:00
attach trivy/dd-scheme2-no-vuln.json trivy-sesudah.json
attach notes/sp-2026-0003-composer.txt composer-sesudah.txt
attach siem/sp-2026-0003.txt siem.txt
step implementation
check pass ~vulnerability-unproven
as agus-p
at 2026-02-11T09:00:00+07:00
land
audit pass ~vulnerability-unproven
tambal report SP-2026-0003 --format md
shows "11 February 2026, 08:00 WIB (date of the commit that first holds the file"
`)
}

// TestADeletionWritesNothing: who deletes an unlisted file took no part in the
// step that lists one of its name later.
func TestADeletionWritesNothing(t *testing.T) {
	t.Parallel()
	p := including(t, "normal.txtar until opened")
	playScript(t, p, `
at 2026-02-02T08:30:00+07:00
as agus-p
git switch -q -C SP-2026-0001 main
write @/evidence/uji.txt hasil
commit "titip hasil uji"
as budi-s
at 2026-02-02T08:31:00+07:00
remove @/evidence/uji.txt
commit "bukan di sini"
as agus-p
at 2026-02-02T08:32:00+07:00
write @/evidence/lain.txt hasil
commit "catatan"
as siti-a
land
at 2026-02-02T09:50:00+07:00
as rina-w
step plan
write @/evidence/uji.txt hasil
step analysis
at 2026-02-02T10:12:03+07:00
exit 0 tambal approve SP-2026-0001 --yes --key {{keys}}/budi-s
check pass
-- hasil --
Uji berjalan 1 jam tanpa galat.
-- analysis.yaml --
  - analysis:
      urgency:
        method: bod-26-04
        due: "2026-02-16"
      riskIfPatched: Rendah
      riskIfNot: Tinggi
      impact: Henti layanan 10 menit
      result: Citra baru tidak lagi rentan.
      recommendation: implement
      evidence:
        - path: evidence/uji.txt
          format: text
          sha256: f4fde8a0167f21237d44ab12fda605cdea6e2d501c0e17523b2b8abe2fd4c04a
          of: layanan-desa
          phase: other
`)
}

// TestAClosedCaseKeepsThePolicyItWasDecidedBy: its report is made from its own
// landings and those of the policy, and what a policy that nobody vouches for did
// to its decision does not go away with the others.
func TestAClosedCaseKeepsThePolicyItWasDecidedBy(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ signed, exit, verdict, strength string }{
		"nobody vouches for it": {"", "3", "undecided approval-unconfirmed ~policy-unsigned", "recorded"},
		"its owner signed it":   {" signed", "0", "pass", "signed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, rest := begin(t, "include history/normal.txtar until analysed\n")
			playScript(t, p, rest+`
git switch -q main
branch aturan
as siti-a
replace policies/sop.yaml "number: 500" "number: BARU/500"
commit "aturan baru"
land aturan`+c.signed+`
case SP-2026-0001
at 2026-02-02T10:12:03+07:00
as budi-s
git switch -q SP-2026-0001
git merge -q --no-ff -m "ambil main" main
exit `+c.exit+` tambal approve SP-2026-0001 --yes --key {{keys}}/budi-s
as siti-a
at 2026-02-02T10:50:00+07:00
step closure
git switch -q main
git merge -q --no-ff -m "SP-2026-0001: closure" SP-2026-0001
audit `+c.verdict+`
-- closure.yaml --
  - closure:
      outcome: withdrawn
      note: Layanannya sudah dimatikan.
`)
			first, _ := p.output("report", "SP-2026-0001", "--format", "json", "--lang", "en")
			if r := read[reportJSON](t, first); r.Approval.Strength != c.strength || r.Trail.Head != p.commitID(t, "main") {
				t.Errorf("strength %s, made at %s\n%s", r.Approval.Strength, r.Trail.Head, r.closing())
			}
			playScript(t, p, anotherCase)
			p.oneTruth(t, "en")
			if again, _ := p.output("report", "SP-2026-0001", "--format", "json", "--lang", "en"); again != first {
				t.Error("the report changed when another case landed")
			}
		})
	}
}

// TestAPendingLandingSeesStepsAsTheyLanded: two cases on one branch, whose
// landings crossed, have each the steps that the whole history gives them.
func TestAPendingLandingSeesStepsAsTheyLanded(t *testing.T) {
	t.Parallel()
	p := including(t, "normal.txtar until opened")
	playScript(t, p, `
case SP-2026-0009 like SP-2026-0001
as siti-a
at 2026-02-02T08:30:00+07:00
attach trivy/alpine-39.json trivy-sebelum.json
step monitoring
land
at 2026-02-02T08:55:00+07:00
as agus-p
branch dua
case SP-2026-0001
items plan
case SP-2026-0009 like SP-2026-0001
items plan
commit "dua rencana"
git switch -q main
git merge -q --no-ff -m "dua rencana" dua
at 2026-02-02T09:50:00+07:00
as rina-w
branch tiga
case SP-2026-0001
items analysis
case SP-2026-0009 like SP-2026-0001
items analysis
commit "dua analisis"
`)
	repo, err := git.Open(p.Dir)
	if err != nil {
		t.Fatal(err)
	}
	defer repo.Close()
	base, err := repo.Resolve("main")
	if err != nil {
		t.Fatal(err)
	}
	head, err := repo.Resolve("tiga")
	if err != nil {
		t.Fatal(err)
	}
	pending, err := timeline.Pending(repo, base, head, timeline.Options{Now: p.Now})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range pending.Cases {
		var steps []string
		for _, s := range c.Steps {
			name := s.Item.Name
			if len(s.Contributions) == 0 {
				name += " of nobody"
			}
			steps = append(steps, name)
		}
		if !slices.Equal(steps, []string{"monitoring", "plan", "analysis"}) {
			t.Errorf("%s has the steps %q", c.ID, steps)
		}
	}
	if len(pending.Cases) != 2 {
		t.Errorf("%d cases", len(pending.Cases))
	}
}

// TestNothingWaitsOnABranchThatHasLanded: what the main line did to the case since
// is not the branch's; and what is not committed yet has not landed.
func TestNothingWaitsOnABranchThatHasLanded(t *testing.T) {
	t.Parallel()
	p := including(t, "normal.txtar until opened")
	playScript(t, p, `
git switch -q SP-2026-0001
as agus-p
items plan
exit 1 tambal --lang en merge SP-2026-0001
shows "only in the working tree: plan"
git restore .
git switch -q main
replace @/patch.yaml "Hasil pemindaian" "Bukan pemindaian"
git commit -qam "rapikan"
audit fail step-changed history-direct
check pass
exit 0 tambal --lang en merge SP-2026-0001
shows "has landed on main already"
`)
}
