package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tambal-id/tambal/cmd/tambal/internal/decision"
	"github.com/tambal-id/tambal/cmd/tambal/internal/forge/forgetest"
)

const recordedAt1012 = "github open\nas budi-s\nat 2026-02-02T10:12:00+07:00\ngithub review APPROVED \"Setuju.\"\nas siti-a\nat 2026-02-02T10:13:00+07:00\ngithub record\ngithub gate pass\n"

// TestAttacksOnTheReviewLane are ways that once led to a pass.
func TestAttacksOnTheReviewLane(t *testing.T) {
	t.Parallel()
	const closure = "\n-- closure.yaml --\n  - closure:\n      outcome: rejected\n      note: Ditolak Kabid.\n"
	for name, script := range map[string]string{
		"approving the closure of a refusal is no approval of the plan": "github open\nas budi-s\nat 2026-02-02T10:12:00+07:00\ngithub review CHANGES_REQUESTED \"DITOLAK. Cadangan belum dicoba.\"\nas siti-a\nat 2026-02-02T10:20:00+07:00\ngithub record\nitems closure\ncommit \"tutup\"\ngithub push\n" +
			"as budi-s\nat 2026-02-02T10:25:00+07:00\ngithub review APPROVED \"Ya, tutup saja.\"\nas agus-p\nat 2026-02-02T10:30:00+07:00\ngit reset -q --hard HEAD~2\ngithub push\nexit 1 tambal record SP-2026-0001 --push\nexit 1 tambal merge 1" + closure,
		"a signature and a later objection":          "github open\nas budi-s\nat 2026-02-02T10:12:00+07:00\napprove \"Setuju.\"\ngithub push\ngithub gate pass\nat 2026-02-02T10:14:00+07:00\ngithub review CHANGES_REQUESTED \"Batal.\"\nat 2026-02-02T10:20:00+07:00\ngithub gate fail approval-stale",
		"a file added to the case behind the record": recordedAt1012 + "as agus-p\nwrite @/evidence/rencana-baru.txt catatan\ncommit \"bukti\"\ngithub push\ngithub gate fail approval-stale ~evidence-unlisted" + catatan,
		"a record that names another address":        recordedAt1012 + "replace @/patch.yaml \"repository: https://github.com/dinas/patches\" \"repository: https://jahat.example/o/r\"\ncommit \"ganti\"\ngithub push\ngithub gate fail approval-forged",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := waitingOffice(t, forgetest.New(t))
			h.play(script + "\n")
		})
	}
}

// subjectLines are how an approval names a text.
func subjectLines(data string) string {
	subject := decision.SubjectOf([]byte(data))
	return fmt.Sprintf("bytes: %d\n        sha256: %q", subject.Bytes, subject.SHA256)
}

// TestAuditsSeeWhatTheButtonLanded: what the gate refused and the bare merge
// button landed all the same is no pass a year later.
func TestAuditsSeeWhatTheButtonLanded(t *testing.T) {
	t.Parallel()
	landed := func(t *testing.T, h *hub) {
		if err := h.mergeButton(1, "merge"); err != nil {
			t.Fatal(err)
		}
		h.play("github pull\ngit switch -q main\n")
	}
	t.Run("taken back before it landed", func(t *testing.T) {
		t.Parallel()
		h := waitingOffice(t, forgetest.New(t))
		h.play(recordedAt1012 + "as budi-s\nat 2026-02-02T10:14:00+07:00\ngithub review CHANGES_REQUESTED \"Jangan.\"\nat 2026-02-02T10:20:00+07:00\n")
		landed(t, h)
		h.play("exit 3 tambal audit --online\nshows \"has decided otherwise since\"\n")
	})
	t.Run("a record for a text that was changed afterwards", func(t *testing.T) {
		t.Parallel()
		h := waitingOffice(t, forgetest.New(t))
		h.staleRecord("")
		h.play("github gate fail approval-stale\n")
		landed(t, h)
		h.play("exit 1 tambal audit\nshows \"[approval-stale]\"\nexit 1 tambal audit --online\nshows \"[approval-stale]\"\n")
	})
	t.Run("the same where the reviewed commit is gone from the branch", func(t *testing.T) {
		t.Parallel()
		h := waitingOffice(t, forgetest.New(t))
		h.staleRecord("git reset -q --soft main\ngit commit -q -m \"satu\"\n")
		landed(t, h)
		fresh := filepath.Join(t.TempDir(), "klon")
		h.play("git clone -q --no-local " + h.Dir() + " " + fresh + "\nexit 1 tambal --repo " + fresh + " audit --online\nshows \"[approval-stale]\"\n")
	})
}

// staleRecord records a review by hand for a text that was changed after it; then
// rewrites the branch.
func (h *hub) staleRecord(rewrite string) {
	h.t.Helper()
	h.play("github open\nas budi-s\nat 2026-02-02T10:12:00+07:00\ngithub review APPROVED \"Setuju.\"\nas siti-a\nat 2026-02-02T10:13:00+07:00\ntambal check --pr 1 --post\n")
	file := "patches/2026/SP-2026-0001/patch.yaml"
	_, rest, _ := strings.Cut(h.Comments(1)[0].Body, "```yaml\n")
	item, _, _ := strings.Cut(rest, "```")
	before := h.read(file)
	after := strings.Replace(before, "Dikerjakan di luar jam layanan", "Dikerjakan di jam layanan!!!!!", 1)
	old, new := subjectLines(before), subjectLines(after)
	if item == "" || old == new || !strings.Contains(item, old) {
		h.t.Fatalf("no item to forge: %q", item)
	}
	h.write(file, after+strings.Replace(item, old, new, 1))
	h.play("as rina-w\ncommit \"ralat\"\n" + rewrite + "github push\nas siti-a\nat 2026-02-02T10:20:00+07:00\n")
}

// TestAGoModOfAnOfficeIsNoSource: the action builds what lies in the repository
// only where action.yml says so, which has code owners.
func TestAGoModOfAnOfficeIsNoSource(t *testing.T) {
	t.Parallel()
	script, err := os.ReadFile("internal/scaffold/static/.github/actions/tambal/install.sh")
	if err != nil || !strings.Contains(string(script), "own() { [[ $version == source ]]; }") || strings.Contains(string(script), "grep -qx 'module") {
		t.Errorf("the office's action looks for a go.mod: %v", err)
	}
}

// TestARecordBringsTheBranchThatIsCheckedOut up to date, files and all.
func TestARecordBringsTheBranchThatIsCheckedOut(t *testing.T) {
	t.Parallel()
	h := waitingOffice(t, forgetest.New(t))
	h.play("github open\n" + kabidApproves + "git reset -q --hard HEAD~1\nexit 0 tambal record SP-2026-0001\n")
	if dirty := gitOutput(t, h.p, nil, "status", "--short"); dirty != "" {
		t.Errorf("the analysis of a colleague would be taken back:\n%s", dirty)
	}
}

// TestAPullRequestWithoutAStepStopsNobody: an analysis landed undecided, and a
// pull request that only adds a file to its case is approved.
func TestAPullRequestWithoutAStepStopsNobody(t *testing.T) {
	t.Parallel()
	h := waitingOffice(t, forgetest.New(t))
	h.play("github open\n")
	if err := h.mergeButton(1, "merge"); err != nil {
		t.Fatal(err)
	}
	h.play("github pull\ngit switch -q -c lain main\nas agus-p\nwrite @/evidence/x.txt catatan\ncommit \"bukti\"\n" + catatan)
	h.push()
	h.number = h.Open(h.account("agus-p"), "lain", "main", "lain").Number
	h.play("as budi-s\nat 2026-02-02T10:12:00+07:00\ngithub review APPROVED \"Setuju.\"\nas siti-a\ntambal record --pr open --push\n")
}
