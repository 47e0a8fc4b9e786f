package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tambal-id/tambal/examples"
	"github.com/tambal-id/tambal/schema"
)

// adopted puts the policy on top of a repository that had a case before, which more
// may change: the anchor must name its parent.
func adopted(t *testing.T, more func(p *player, manifest []schema.Segment, run func(...string) string)) *player {
	t.Helper()
	p := testPlayer(t)
	office := p.Dir
	p.Dir = filepath.Join(t.TempDir(), "lama")
	p.must(t, "case", "SP-2026-0001")
	p.must(t, "as", "siti-a")
	run := func(args ...string) string {
		t.Helper()
		if err := runGit(t, p, args...); err != nil {
			t.Fatal(err)
		}
		head, err := os.ReadFile(filepath.Join(p.Dir, ".git/refs/heads/main"))
		if err != nil {
			return ""
		}
		return strings.TrimSpace(string(head))
	}
	if err := os.MkdirAll(p.Dir, 0o755); err != nil {
		t.Fatal(err)
	}
	run("init", "-q", "-b", "main")
	example, err := examples.FS.ReadFile("patches/2026/SP-2026-0001/patch.yaml")
	if err != nil {
		t.Fatal(err)
	}
	segments := schema.Segments(example)
	old := append(segments[0].Data, segments[1].Data...)
	if err := writeFile(p.Dir, p.CaseDir()+"/patch.yaml", old); err != nil {
		t.Fatal(err)
	}
	p.must(t, "attach", "trivy/alpine-39.json", "trivy-sebelum.json")
	run("add", "-A")
	run("commit", "-qm", "kasus lama")
	if more != nil {
		more(p, segments, run)
	}
	parent := run("status")
	if err := os.CopyFS(filepath.Join(p.Dir, "policies"), os.DirFS(filepath.Join(office, "policies"))); err != nil {
		t.Fatal(err)
	}
	run("add", "-A")
	run("commit", "-qm", "policies: mulai")
	playScript(t, p, "audit fail policy-invalid\n")
	sop := filepath.Join(p.Dir, "policies", "sop.yaml")
	data, err := os.ReadFile(sop)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(sop, append(data, "\nsince: \""+parent+"\"\n"...), 0o644); err != nil {
		t.Fatal(err)
	}
	run("commit", "-qa", "--amend", "-m", "policies: mulai")
	return p
}

// TestAnOlderHistoryIsAdopted: the open case stands in the register at once, and goes
// on from where it was, with its scan as evidence.
func TestAnOlderHistoryIsAdopted(t *testing.T) {
	t.Parallel()
	playScript(t, adopted(t, nil), `
case SP-2026-0001
audit pass
tambal status
shows "SP-2026-0001"
at 2026-02-02T08:55:00+07:00
as agus-p
step plan
at 2026-02-02T09:50:00+07:00
as rina-w
step analysis
at 2026-02-02T10:00:00+07:00
as budi-s
approve
as siti-a
land
at 2026-02-02T10:38:00+07:00
step schedule
land
at 2026-02-04T20:30:00+07:00
as joko-s
attach trivy/alpine-310.json trivy-sesudah.json
attach siem/sp-2026-0001.txt siem.txt
step implementation
check pass
as siti-a
land
audit pass
`)
}

// TestWhoWroteBeforeTheAdoptionStaysAnAuthor: the Kabid wrote the plan and took it
// back before the policy came; whoever revives it does not free him to approve it.
func TestWhoWroteBeforeTheAdoptionStaysAnAuthor(t *testing.T) {
	t.Parallel()
	p := adopted(t, func(p *player, manifest []schema.Segment, run func(...string) string) {
		p.must(t, "as", "budi-s")
		old := append(manifest[0].Data, manifest[1].Data...)
		for _, data := range [][]byte{append(old, manifest[2].Data...), old} {
			if err := writeFile(p.Dir, p.CaseDir()+"/patch.yaml", data); err != nil {
				t.Fatal(err)
			}
			run("commit", "-qam", "rencana, lalu ditarik kembali")
		}
		p.must(t, "as", "siti-a")
	})
	playScript(t, p, `
case SP-2026-0001
audit pass
at 2026-02-02T08:55:00+07:00
as agus-p
step plan
check fail step-role
git switch -q main
git merge -q --no-ff -m "SP-2026-0001" SP-2026-0001
audit fail step-role
`)
}
