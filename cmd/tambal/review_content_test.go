package main

import (
	"strings"
	"testing"

	"github.com/tambal-id/tambal/cmd/tambal/internal/forge/forgetest"
)

// TestReviewedContent: an approval is bound to what the reviewer saw.
func TestReviewedContent(t *testing.T) {
	t.Parallel()
	const approved = "KABID APPROVED \"Setuju.\"\nat 2026-02-02T10:20:00+07:00\n"
	const edited = "replace @/patch.yaml \"waktu pulih paling lama 5 menit\" \"waktu pulih paling lama 5 jam\"\n"
	const elsewhere = "git switch -q main\nas siti-a\nappend README.md catatan\ncommit \"catatan\"\ngit switch -q SP-2026-0001\n"
	playReviews(t, []reviewCase{
		{name: "D20 given on the head", script: "KABID APPROVED \"Setuju.\"\nDECIDED"},
		{name: "D21 only the base was merged in", script: approved + elsewhere + "as agus-p\ngit merge -q --no-ff -m \"ambil main\" main\ngithub push\nDECIDED" + catatan},
		{name: "D22 the plan changed afterwards", script: approved + "as agus-p\n" + edited + "commit \"ralat\"\ngithub push\n" +
			"github gate pending approval-pending approval-stale\nexit 1 tambal check --pr 1\nshows \"files changed since it was reviewed: patches/2026/SP-2026-0001/patch.yaml\"\nWAITS\n" +
			"as budi-s\nat 2026-02-02T10:40:00+07:00\ngithub review APPROVED \"Setuju juga.\"\nDECIDED"},
		{name: "D22 the plan changed after the record", script: approved + "github record\nas agus-p\n" + edited + "commit \"ralat\"\ngithub push\n" +
			"github gate fail approval-stale\n" +
			"as budi-s\nat 2026-02-02T10:40:00+07:00\ngithub review APPROVED \"Setuju juga.\"\nDECIDED"},
		{name: "D22 it holds again once the change is taken back", script: approved + "as agus-p\n" + edited + "commit \"ralat\"\ngithub push\nWAITS\ngit revert --no-edit HEAD\ngithub push\nDECIDED"},
		{name: "D23 a merge of the base edits the plan on the way", script: approved + elsewhere + "as agus-p\ngit merge -q --no-ff --no-commit main\n" + edited + "git commit -qam \"ambil main\"\ngithub push\n" +
			"github gate pending approval-pending approval-stale\nWAITS" + catatan},
		{name: "D24 given on no commit", script: approved, then: edit("budi-s", func(r *forgetest.Review) { r.CommitID = "" }),
			after: "github gate pending approval-pending approval-stale\nWAITS"},
		{name: "D25 the reviewed commit cannot be had", script: approved,
			then:  edit("budi-s", func(r *forgetest.Review) { r.CommitID = strings.Repeat("d", 40) }),
			after: "github gate pending approval-pending approval-stale\nWAITS\nexit 1 tambal check --pr 1\nshows \"no longer available\""},
		{name: "D26 rewritten with the same text by the same people", script: approved + "as rina-w\ngit commit -q --amend -m \"analisis, judul lain\"\ngithub push\ngithub gate pending approval-pending ~approval-pending\nexit 1 tambal check --pr 1\nshows \"was replaced by a force-push\"\nDECIDED"},
		{name: "D26 rewritten in the name of somebody else", script: approved + "as joko-s\ngit commit -q --amend --reset-author -m \"analisis\"\ngithub push\ngithub gate pending approval-pending approval-stale\nWAITS\nexit 1 tambal check --pr 1\nshows \"under other names\""},
		{name: "D27 an evidence file was swapped", script: approved + "as agus-p\nwrite @/evidence/trivy-sebelum.json catatan\ncommit \"bukti\"\ngithub push\n" +
			"github gate fail approval-pending approval-stale evidence-digest\nWAITS" + catatan},
		{name: "D27 a file that no step lists was changed", script: "as agus-p\nwrite @/evidence/rencana.txt catatan\ncommit \"bukti\"\ngithub push\n" + approved + "as agus-p\nappend @/evidence/rencana.txt catatan\ncommit \"bukti lagi\"\ngithub push\n" +
			"github gate pending approval-pending approval-stale ~evidence-unlisted\nWAITS\nexit 1 tambal check --pr 1\nshows \"files changed since it was reviewed: patches/2026/SP-2026-0001/evidence/rencana.txt\"\n" +
			"git revert --no-edit HEAD\ngithub push\nDECIDED" + catatan},
		{name: "D28 the same case grew on the base", script: approved + "git switch -q main\nas siti-a\nitems closure\ngit commit -qam \"tutup\"\ngit switch -q SP-2026-0001\ngithub push\n" +
			"github gate fail approval-pending history-behind\nWAITS\n-- closure.yaml --\n  - closure:\n      outcome: withdrawn\n      note: Sistem dimatikan.\n"},
	})
}

// catatan is a file that scripts append or write.
const catatan = "\n-- catatan --\nCatatan.\n"

// mustNotPass wants the gate to say anything but pass.
func (h *hub) mustNotPass(rules ...string) {
	h.t.Helper()
	if err := h.p.Command("1", []string{"tambal", "check", "--pr", "1"}); err != nil {
		h.t.Fatal(err)
	}
	for _, rule := range rules {
		if !strings.Contains(h.p.Shown, "["+rule+"]") {
			h.t.Errorf("%s is missing in:\n%s", rule, h.p.Shown)
		}
	}
}

// TestMixedPullRequests: nobody can tell what an approval of two things means, so
// it is refused before any review is looked at.
func TestMixedPullRequests(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ script, rule string }{
		"D30 two cases":                       {"case SP-2026-0102 like SP-2026-0001\nattach trivy/alpine-39.json trivy-sebelum.json\nitems monitoring\ncommit \"kasus lain\"\ncase SP-2026-0001\n", "case-mixed"},
		"D30 a policy":                        {"as siti-a\nappend policies/calendar.yaml catatan\ncommit \"kebijakan\"\n", "policy-mixed"},
		"D30 a workflow":                      {"write .github/workflows/lain.yml catatan\ncommit \"alur\"\n", "gate-changed"},
		"D31 a file in another case's folder": {"write patches/2026/SP-2026-0099/evidence/x.txt catatan\ncommit \"titip\"\n", "case-mixed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := waitingOffice(t, forgetest.New(t))
			h.play(c.script + "-- catatan --\n# Catatan.\n")
			h.play("github open\nas budi-s\nat 2026-02-02T10:12:00+07:00\ngithub review APPROVED \"Setuju.\"\nas siti-a\nexit 1 tambal record SP-2026-0001 --push\n")
			h.mustNotPass(c.rule)
		})
	}
}

// TestTwoPullRequestsOnOneCase: whichever lands first, the other is not what its
// reviewer saw land.
func TestTwoPullRequestsOnOneCase(t *testing.T) {
	t.Parallel()
	t.Run("D29", func(t *testing.T) {
		h := waitingOffice(t, forgetest.New(t))
		h.play(`
git branch lain HEAD~1
github open
git switch -q lain
as rina-w
items analysis
replace @/patch.yaml "Dikerjakan di luar jam layanan" "Dikerjakan hari Sabtu"
commit "analisis lain"
github push
`)
		other := h.Open(h.account("rina-w"), "lain", "main", "rencana lain").Number
		h.play("as budi-s\nat 2026-02-02T10:12:00+07:00\ngithub review APPROVED \"Setuju.\"\n")
		h.Review(other, h.account("budi-s"), "APPROVED", "Setuju juga.")
		h.play("as siti-a\nexit 0 tambal record --pr 1 --push\nexit 0 tambal merge 1\n")
		h.number = other
		h.play("github gate fail history-behind\nexit 1 tambal record --pr 2 --push\nexit 0 tambal record --pr open --push\nexit 1 tambal merge 2\ngithub gate fail history-behind\n")
	})
}
