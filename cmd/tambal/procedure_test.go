package main

import (
	"strings"
	"testing"
)

// rows edits sop.yaml as text, as an office would: its rows in order, each with
// the blank line before it.
func rows(edit func(rows []string) []string) func(map[string][]byte) {
	return func(files map[string][]byte) {
		sop := string(files["policies/sop.yaml"])
		head, rest, _ := strings.Cut(sop, "\n  - name: monitoring\n")
		table, tail, _ := strings.Cut(rest, "\nseparation:")
		list := edit(strings.Split("monitoring\n"+table, "\n  - name: "))
		files["policies/sop.yaml"] = []byte(head + "\n  - name: " + strings.Join(list, "\n  - name: ") + "\nseparation:" + tail)
	}
}

func playScript(t testing.TB, p *player, script string) {
	t.Helper()
	if err := p.PlayData(t.Name(), []byte(script)); err != nil {
		t.Fatal(err)
	}
}

// TestTheProcedureIsData changes the SOP by editing YAML alone; check, audit,
// status and report follow without a line of code.
func TestTheProcedureIsData(t *testing.T) {
	t.Parallel()
	t.Run("a ninth step has to be done, by whom the row says", func(t *testing.T) {
		t.Parallel()
		p := testOffice(t, rows(func(rows []string) []string {
			ninth := "uji-terima\n    displayNo: 6a\n    title: Uji penerimaan oleh pemilik layanan\n    roles: [administrator]\n    standardTime: 1 working day\n"
			return append(rows[:6:6], append([]string{ninth}, rows[6:]...)...)
		}))
		playScript(t, p, `
include history/normal.txtar until implemented
tambal status SP-2026-0001
shows "uji-terima"
at 2026-02-05T10:30:00+07:00
as joko-s
step report
check fail step-order
as siti-a
branch main
git branch -D SP-2026-0001
as joko-s
gitstep uji-terima
check fail step-role
git switch -q main
git branch -D SP-2026-0001
as siti-a
step uji-terima
check pass
land
step report
land
at 2026-02-05T10:50:00+07:00
step closure
check pass
land
audit pass
tambal report SP-2026-0001 --format md
shows "Uji penerimaan oleh pemilik layanan"
-- uji-terima.yaml --
  - uji-terima:
      startedAt: "2026-02-04T20:00:00+07:00"
      finishedAt: "2026-02-04T20:20:00+07:00"
      note: Pemilik layanan mencoba pengajuan surat dan menerima hasilnya.
`)
	})
	t.Run("two steps change places", func(t *testing.T) {
		t.Parallel()
		p := testOffice(t, rows(func(rows []string) []string {
			rows[1], rows[2] = rows[2], rows[1]
			return rows
		}))
		playScript(t, p, `
include history/normal.txtar until opened
tambal status SP-2026-0001
shows "analysis"
at 2026-02-02T09:00:00+07:00
as agus-p
step plan
check fail step-order approval-pending
git switch -q main
git branch -D SP-2026-0001
as rina-w
at 2026-02-02T10:00:00+07:00
step analysis
check pass
land
as agus-p
step plan
check pending approval-pending
as budi-s
at 2026-02-02T10:00:00+07:00
approve
check pass
as siti-a
land
audit pass
tambal report SP-2026-0001
`)
	})
	t.Run("a step gets another role", func(t *testing.T) {
		t.Parallel()
		p := testOffice(t, func(files map[string][]byte) {
			sop := string(files["policies/sop.yaml"])
			files["policies/sop.yaml"] = []byte(strings.Replace(sop, "roles: [technical-team] # Bawaan: langkah 4", "roles: [administrator] # Bawaan: langkah 4", 1))
		})
		playScript(t, p, `
include history/normal.txtar until opened
at 2026-02-02T09:00:00+07:00
as agus-p
step plan
at 2026-02-02T10:00:00+07:00
as rina-w
gitstep analysis
check fail step-role approval-pending
`)
	})
}
