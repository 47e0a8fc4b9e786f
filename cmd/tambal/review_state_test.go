package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/forge/forgetest"
)

// reviewCase is a story of one pull request: what is done on GitHub through the
// API it offers, told as a script, with steps in Go where a script has no word.
type reviewCase struct {
	name, script string
	then         func(h *hub)
	after        string
}

// playReviews plays each story on an office of its own, whose analysis of
// SP-2026-0001 waits in pull request 1, opened by the planner Agus. "decided"
// means that the review is recorded and that the gate then passes; "waits" that
// there is nothing to record.
func playReviews(t *testing.T, cases []reviewCase) {
	t.Helper()
	const decided = "as siti-a\nat 2026-03-20T08:00:00+07:00\ngithub record\ngithub gate pass\n"
	const waits = "as siti-a\nexit 1 tambal record SP-2026-0001 --push\n"
	words := strings.NewReplacer("DECIDED\n", decided, "WAITS\n", waits,
		"KABID ", "as budi-s\nat 2026-02-02T10:12:00+07:00\ngithub review ", "KABID2 ", "as budi-s\nat 2026-02-02T10:22:00+07:00\ngithub review ",
		"KABID3 ", "as budi-s\nat 2026-02-02T10:32:00+07:00\ngithub review ")
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h := waitingOffice(t, forgetest.New(t))
			h.play(words.Replace("github open\n" + c.script + "\n"))
			if c.then != nil {
				c.then(h)
			}
			if c.after != "" {
				h.play(words.Replace(c.after + "\n"))
			}
		})
	}
}

// edit changes the review that a person gave last.
func edit(person string, change func(*forgetest.Review)) func(*hub) {
	return func(h *hub) { h.EditReview(h.given[person], change) }
}

// TestReviewStates: which words of whom amount to a decision.
func TestReviewStates(t *testing.T) {
	t.Parallel()
	playReviews(t, []reviewCase{
		{name: "D01 the state is read in whatever case", script: "KABID approved \"Setuju.\"\nDECIDED"},
		{name: "D01 an unknown state is undecided", script: "KABID APPROVED \"Setuju.\"\nKABID2 BLESSED \"\"\ngithub gate undecided approval-pending approval-unconfirmed\nWAITS"},
		{name: "D02 approved", script: "KABID APPROVED \"Setuju.\"\nDECIDED"},
		{name: "D03 a comment that says yes is no approval", script: "KABID COMMENTED \"Setuju.\"\ngithub gate pending approval-pending ~approval-pending\nWAITS\nexit 1 tambal check --pr 1\nshows \"choose Approve or Request changes\""},
		{name: "D04 a comment afterwards takes nothing back", script: "KABID APPROVED \"Setuju.\"\nKABID2 COMMENTED \"Jangan lupa cadangan.\"\nDECIDED"},
		{name: "D05 changes requested afterwards block", script: "KABID APPROVED \"Setuju.\"\nKABID2 CHANGES_REQUESTED \"Tunggu dulu.\"\ngithub gate pending approval-pending\nWAITS\nexit 1 tambal check --pr 1\nshows \"sent this back\""},
		{name: "D06 an approval ends changes requested", script: "KABID CHANGES_REQUESTED \"Perbaiki.\"\nWAITS\nKABID2 APPROVED \"Setuju.\"\nDECIDED"},
		{name: "D07 a dismissed approval does not revive the one before", script: "KABID APPROVED \"Setuju.\"\nKABID2 APPROVED \"Setuju lagi.\"\ngithub dismiss budi-s\ngithub gate pending approval-pending\nWAITS"},
		{name: "D08 dismissed changes do not revive an older approval", script: "KABID APPROVED \"Setuju.\"\nKABID2 CHANGES_REQUESTED \"Tunggu.\"\ngithub dismiss budi-s\ngithub gate pending approval-pending\nWAITS\nKABID3 APPROVED \"Setuju.\"\nDECIDED"},
		{name: "D10 a review submitted at no time is undecided", script: "KABID APPROVED \"Setuju.\"",
			then:  edit("budi-s", func(r *forgetest.Review) { r.SubmittedAt = time.Time{} }),
			after: "github gate undecided approval-pending approval-unconfirmed\nWAITS"},
		{name: "D11 the latest is by time, then by number", script: "KABID3 APPROVED \"Setuju.\"\nKABID2 CHANGES_REQUESTED \"Tunggu.\"\nDECIDED"},
		{name: "D11 at the same moment the higher number is later", script: "KABID APPROVED \"Setuju.\"\nKABID CHANGES_REQUESTED \"Tunggu.\"\nWAITS"},
		{name: "D12 one holder's approval suffices", script: "as dewi-k\nat 2026-03-03T09:00:00+07:00\ngithub review APPROVED \"Setuju.\"\nDECIDED"},
		{name: "D12 another holder's open objection blocks", script: "KABID APPROVED \"Setuju.\"\nas dewi-k\nat 2026-03-03T09:00:00+07:00\ngithub review CHANGES_REQUESTED \"Belum.\"\ngithub gate pending approval-pending\nWAITS\nexit 1 tambal check --pr 1\nshows \"Budi Santoso approved but Dewi Kartika requested changes\""},
		{name: "D13 an objection by somebody without the role is a remark", script: "as joko-s\ngithub review CHANGES_REQUESTED \"Menurut saya belum.\"\nKABID APPROVED \"Setuju.\"\ngithub gate pending approval-pending ~approval-pending\nDECIDED"},
		{name: "D14 an approval without words records a standard sentence", script: "KABID APPROVED \"\"\ngithub gate pending approval-pending ~approval-pending\nDECIDED\nreplace @/patch.yaml \"disposition: Disetujui\" \"disposition: Disetujui\""},
	})
}

// TestAPendingReviewIsNobodysWord: GitHub shows a review that was begun to its
// own author only, with no time.
func TestAPendingReviewIsNobodysWord(t *testing.T) {
	t.Parallel()
	t.Run("D09", func(t *testing.T) {
		h := waitingOffice(t, forgetest.New(t))
		h.play("github open\nas budi-s\nat 2026-02-02T10:12:00+07:00\ngithub review APPROVED \"Setuju.\"\ngithub review PENDING \"Sebentar\"\n")
		h.p.Env["GITHUB_TOKEN"] = h.TokenOf(h.account("budi-s"))
		h.play("as siti-a\ngithub gate pending approval-pending\ngithub record\ngithub gate pass\n")
	})
}

// TestAllPagesOfReviewsAreRead: the objection stands on the second page.
func TestAllPagesOfReviewsAreRead(t *testing.T) {
	t.Parallel()
	t.Run("D15", func(t *testing.T) {
		h := waitingOffice(t, forgetest.New(t))
		h.play("github open\nas budi-s\nat 2026-02-02T10:12:00+07:00\ngithub review APPROVED \"Setuju.\"\nas joko-s\n")
		for i := range 105 {
			h.must("github", "review", "COMMENTED", fmt.Sprint("catatan ", i))
		}
		h.play("as budi-s\nat 2026-02-02T10:20:00+07:00\ngithub review CHANGES_REQUESTED \"Tunggu.\"\ngithub gate pending approval-pending\nas siti-a\nexit 1 tambal record SP-2026-0001 --push\n")
	})
}
