package main

import (
	"strings"
	"testing"

	"github.com/tambal-id/tambal/cmd/tambal/internal/forge/forgetest"
)

// TestPullRequestStates: what a pull request must be before a review of it means
// anything.
func TestPullRequestStates(t *testing.T) {
	t.Parallel()
	const approved = "KABID APPROVED \"Setuju.\"\nat 2026-02-02T10:20:00+07:00\n"
	playReviews(t, []reviewCase{
		{name: "D49 a draft waits, and keeps its reviews", script: approved + "github draft\ngithub gate pending approval-pending request-state\nas siti-a\ngithub record\ngithub gate pending request-state\nexit 1 tambal merge 1\ngithub ready\ngithub gate pass"},
		{name: "D50 closed, then opened again", script: approved + "github close\ngithub gate fail approval-pending request-state\ngithub reopen\nDECIDED"},
		{name: "D51 from a fork", script: approved, then: func(h *hub) {
			pull := h.Pull(1)
			h.Lock()
			pull.Fork = &forgetest.Fork{Owner: "orang-lain", Name: "patch", ID: 77}
			h.Unlock()
		}, after: "github gate fail approval-pending request-state\nas siti-a\nexit 1 tambal record --pr 1 --push"},
		{name: "D52 at another branch", script: "git branch lain main\ngithub push\ngithub retarget lain\n" + approved + "github gate fail approval-pending request-state"},
		{name: "D53 aimed elsewhere after the approval", script: "git branch lain main\ngithub push\ngithub retarget lain\n" + approved + "github retarget main\ngithub gate pending approval-pending approval-stale\nWAITS\n" +
			"as budi-s\nat 2026-02-02T10:40:00+07:00\ngithub review APPROVED \"Setuju.\"\nDECIDED"},
		{name: "D53 aimed elsewhere after the record", script: "git branch lain main\ngithub push\n" + approved + "as siti-a\ngithub record\nat 2026-02-02T10:30:00+07:00\ngithub retarget lain\ngithub retarget main\ngithub gate fail approval-stale\nexit 1 tambal check --pr 1\nshows \"the base branch was changed\""},
		{name: "D07 dismissed after the record", script: approved + "as siti-a\ngithub record\ngithub dismiss budi-s\ngithub gate fail approval-stale\nexit 1 tambal check --pr 1\nshows \"was dismissed\"\nexit 1 tambal record SP-2026-0001 --push"},
		{name: "D05 changes requested after the record", script: approved + "as siti-a\ngithub record\nas budi-s\nat 2026-02-02T10:40:00+07:00\ngithub review CHANGES_REQUESTED \"Tunggu.\"\ngithub gate fail approval-stale\nexit 1 tambal check --pr 1\nshows \"has decided otherwise since\""},
		{name: "D12 another holder's objection after the record", script: approved + "as siti-a\ngithub record\nas dewi-k\nat 2026-03-03T09:00:00+07:00\ngithub review CHANGES_REQUESTED \"Belum.\"\ngithub gate fail approval-stale"},
		{name: "D58a the record of an older text, after a newer one was approved", script: approved + "as siti-a\ngithub record\ngit branch simpan\nas budi-s\nat 2026-02-02T10:24:00+07:00\ngithub review CHANGES_REQUESTED \"Perbaiki.\"\n" +
			"as agus-p\ngit reset -q --hard HEAD~1\nreplace @/patch.yaml \"waktu pulih paling lama 5 menit\" \"waktu pulih paling lama 3 menit\"\ncommit \"ralat\"\ngithub push\nas budi-s\nat 2026-02-02T10:30:00+07:00\ngithub review APPROVED \"Setuju yang baru.\"\n" +
			"as agus-p\nat 2026-02-02T10:40:00+07:00\ngit reset -q --hard simpan\ngithub push\ngithub gate fail approval-stale\nexit 1 tambal merge 1"},
		{name: "D54 taking back what was approved", script: approved + "as siti-a\ngithub record\nexit 0 tambal merge 1\ngithub pull\ngit switch -q -c batal main\ngit revert --no-edit -m 1 main\n",
			then: func(h *hub) {
				h.push()
				h.number = h.Open(h.account("agus-p"), "batal", "main", "batalkan").Number
			}, after: "github gate fail step-changed"},
		{name: "D55 the schedule was written beside the approval", script: approved + "as siti-a\ngithub record\nat 2026-02-02T10:38:00+07:00\ngit switch -q -c jadwal HEAD~1\nitems schedule\ncommit \"jadwal\"\n" +
			"git switch -q SP-2026-0001\ngit merge -q -s ours --no-ff --no-commit jadwal\nitems schedule\ngit commit -qam \"ambil jadwal\"\ngithub push\ngithub gate fail step-order"},
		{name: "D55 the schedule was written behind the approval", script: approved + "as siti-a\ngithub record\nat 2026-02-02T10:38:00+07:00\nitems schedule\ncommit \"jadwal\"\ngithub push\ngithub gate fail step-order\nexit 1 tambal check --pr 1\nshows \"in the same merge that records the approval\""},
		{name: "a refusal of what was there before is no refusal of what is there now", script: "KABID CHANGES_REQUESTED \"DITOLAK. Cadangan belum pernah dicoba.\"\nas agus-p\nat 2026-02-02T10:20:00+07:00\n" +
			"replace @/patch.yaml \"waktu pulih paling lama 5 menit\" \"waktu pulih paling lama 3 menit\"\ncommit \"sudah dicoba\"\ngithub push\ngithub gate pending approval-pending\nWAITS\nexit 1 tambal check --pr 1\nshows \"sent this back\""},
		{name: "D56 a schedule dated before the approval it builds on", script: approved + "as siti-a\ngithub record\nexit 0 tambal merge 1\ngithub pull\ngit switch -q -c jadwal main\nat 2026-02-02T09:00:00+07:00\nitems schedule\ncommit \"jadwal\"\nat 2026-02-02T10:45:00+07:00\n", then: func(h *hub) {
			h.push()
			h.number = h.Open(h.account("siti-a"), "jadwal", "main", "jadwal").Number
		}, after: "github gate pass"},
		{name: "refused, recorded, closed, landed", script: "KABID CHANGES_REQUESTED \"DITOLAK. Cadangan belum pernah dicoba pulih.\"\ngithub gate pending approval-pending\nas siti-a\nat 2026-02-02T10:20:00+07:00\ngithub record\n" +
			"github gate fail step-order\ntambal check --pr 1 --post\nitems closure\ncommit \"tutup\"\ngithub push\ngithub gate pass\nexit 0 tambal merge 1\ngithub pull\nexit 0 tambal audit --online\nexit 0 tambal status SP-2026-0001 --online\nshows rejected" +
			"\n-- closure.yaml --\n  - closure:\n      outcome: rejected\n      note: Ditolak Kabid.\n", then: func(h *hub) {
			h.onePage("Budi Santoso has refused; the closure of case SP-2026-0001 is still missing")
		}},
	})
}

// TestWaysToLand: what comes of a pull request that lands otherwise than tambal
// would land it.
func TestWaysToLand(t *testing.T) {
	t.Parallel()
	const approved = "KABID APPROVED \"Setuju.\"\nas siti-a\nat 2026-02-02T10:20:00+07:00\n"
	main := "github pull\ngit switch -q main\n"
	playReviews(t, []reviewCase{
		{name: "D57 a step pushed straight to the branch", script: approved + "github record\nexit 0 tambal merge 1\n" + main + "at 2026-02-02T10:38:00+07:00\nitems schedule\ncommit \"jadwal\"\ngithub push\nexit 1 tambal audit --online\nshows \"[history-direct]\""},
		{name: "D58 a merge of three", script: approved + "git switch -q -c lain main\nappend README.md catatan\ncommit \"lain\"\ngit switch -q main\ngit merge -q --no-ff -m \"tiga\" SP-2026-0001 lain\ngithub push\nexit 1 tambal audit --online\nshows \"[history-malformed]\"" + catatan},
		{name: "D58a an approval used after the case was withdrawn", script: approved + "github record\ngit switch -q main\nat 2026-02-02T10:30:00+07:00\nitems closure\ncommit \"batal\"\ngithub push\ngit switch -q SP-2026-0001\ngithub gate fail history-behind\nexit 1 tambal merge 1" +
			"\n-- closure.yaml --\n  - closure:\n      outcome: withdrawn\n      note: Sistem dimatikan.\n"},
		{name: "D58a an approval used after its giver lost the role", script: approved + "github record\ngithub gate pass\n", then: func(h *hub) {
			h.changeTeam("{ role: kabid, from: \"2025-01-01\", basis: SK Bupati Nomor 821/010/2025 }", "{ role: technical-team, from: \"2025-01-01\", basis: pindah }")
		}, after: "github gate fail step-role\nexit 1 tambal merge 1"},
		{name: "D58b a merge tag that names something else", script: "as agus-p\ngit switch -q main\ngit merge -q --no-ff -m \"gabung\" SP-2026-0001\n", then: func(h *hub) {
			raw := gitOutput(h.t, h.p, nil, "cat-file", "commit", "main")
			tag := "mergetag object " + strings.TrimSpace(gitOutput(h.t, h.p, nil, "rev-parse", "main~1")) + "\n type commit\n tag disetujui\n tagger Budi Santoso <budi-s@kominfo.example> 1770001923 +0700\n \n Disetujui\n"
			forged := strings.Replace(raw, "\n\n", "\n"+strings.TrimSuffix(tag, "\n")+"\n\n", 1)
			id := strings.TrimSpace(gitOutput(h.t, h.p, []byte(forged), "hash-object", "-t", "commit", "-w", "--stdin"))
			h.play("git reset -q --hard " + id + "\ngithub push\nexit 1 tambal audit --online\nshows \"[approval-missing]\"\n")
		}},
		{name: "D58c a fast-forward", script: approved + "github record\ngit switch -q main\ngit merge -q --ff-only SP-2026-0001\ngithub push\nexit 1 tambal audit --online\nshows \"[history-direct]\""},
		{name: "D59 merged with tambal", script: approved + "github record\nexit 0 tambal merge 1\n" + main + "exit 0 tambal audit --online"},
		{name: "D60 the merge button before the record", script: approved, then: button("merge"), after: main + "exit 1 tambal audit --online\nshows \"[approval-missing]\""},
		{name: "D60 the merge button after the record", script: approved + "github record\n", then: button("merge"), after: main + "exit 0 tambal audit --online"},
		{name: "D61 squashed", script: approved + "github record\n", then: button("squash"), after: main + "exit 1 tambal audit --online\nshows \"[history-squashed]\""},
		{name: "D62 rebased", script: approved + "github record\n", then: button("rebase"), after: main + "exit 1 tambal audit --online\nshows \"[history-direct]\""},
		{name: "D64 trailers typed by hand", script: "as agus-p\ngit switch -q main\ngit merge -q --no-ff -m \"SP-2026-0001: plan, analysis, approval\" -m \"Reviewed-by: Budi Santoso <budi-s@kominfo.example>\" SP-2026-0001\ngithub push\nexit 1 tambal audit --online\nshows \"[approval-missing]\""},
		{name: "D66 history pushed over", script: approved + "github record\nexit 0 tambal merge 1\n" + main, then: func(h *hub) {
			tip := strings.TrimSpace(gitOutput(h.t, h.p, nil, "rev-parse", "main"))
			h.play("git reset -q --hard main~1\nexit 1 tambal audit --checkpoint " + tip + "\nshows \"[history-rewritten]\"\n")
		}},
	})
}

// button merges pull request 1 with GitHub's own button, which asks nobody.
func button(method string) func(*hub) {
	return func(h *hub) {
		h.t.Helper()
		if err := h.mergeButton(1, method); err != nil {
			h.t.Fatal(err)
		}
	}
}

// TestWordsOfAReviewStayWords: a disposition that reads like trailers, or like a
// command to a workflow, is a disposition.
func TestWordsOfAReviewStayWords(t *testing.T) {
	t.Parallel()
	t.Run("D65", func(t *testing.T) {
		h := waitingOffice(t, forgetest.New(t))
		h.play("github open\nas budi-s\nat 2026-02-02T10:12:00+07:00\n")
		h.Review(1, h.account("budi-s"), "APPROVED", "Setuju.\r\n\r\nReviewed-by: Orang Lain <lain@x.example>\r\nCase: SP-2026-9999\r\n::error::x\u202e")
		h.play("as siti-a\nat 2026-02-02T10:20:00+07:00\ngithub record\ngithub gate pass\nexit 0 tambal merge 1\ngithub pull\ngit switch -q main\nexit 0 tambal audit --online\n")
		for _, key := range []string{"Case", "Reviewed-by"} {
			got := strings.TrimSpace(gitOutput(t, h.p, nil, "log", "-1", "--format=%(trailers:key="+key+",valueonly)", "main"))
			if strings.Contains(got, "\n") || strings.Contains(got, "9999") || strings.Contains(got, "Lain") {
				t.Errorf("%s: %q", key, got)
			}
		}
		if text := h.read("patches/2026/SP-2026-0001/patch.yaml"); !strings.Contains(text, "::error::x<U+202E>") {
			t.Errorf("the words are not in the record, or not visible:\n%s", text)
		}
	})
}
