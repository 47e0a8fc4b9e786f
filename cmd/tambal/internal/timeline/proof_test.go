package timeline

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tambal-id/tambal/cmd/tambal/internal/evidence"
	"github.com/tambal-id/tambal/schema"
)

// TestProveSetsScansSideBySide: one proof for each vulnerability, patched system
// and scan after the change; beside it the last scan before that was read, of
// the same system and format.
func TestProveSetsScansSideBySide(t *testing.T) {
	at := func(n int) time.Time { return time.Date(2026, 2, n, 0, 0, 0, 0, time.UTC) }
	file := func(path, phase, of string, day int, shows ...string) *File {
		s := &evidence.Scan{Tool: "trivy", Target: "t", Created: at(day)}
		for _, id := range shows {
			s.Findings = append(s.Findings, evidence.Finding{ID: id, Package: "p" + id, Installed: "1"})
		}
		return &File{Evidence: schema.Evidence{Path: path, Format: "trivy", Phase: phase, Of: of}, Scan: s}
	}
	unread := file("grype.json", schema.PhaseBefore, "web", 1)
	unread.Scan, unread.Format = nil, "grype"
	first := &Step{Files: []*File{
		file("web-old.json", schema.PhaseBefore, "web", 1, "CVE-1"), file("web.json", schema.PhaseBefore, "web", 2, "CVE-1", "CVE-2"),
		file("db.json", schema.PhaseBefore, "db", 1), unread,
	}, Item: &schema.Item{Body: &schema.Monitoring{Vulnerabilities: []schema.Vulnerability{{ID: "CVE-1"}, {ID: "CVE-2"}, {ID: "cve-1"}}}}}
	done := &Step{Files: []*File{
		file("web-after.json", schema.PhaseAfter, "web", 4, "CVE-2"), file("all-after.json", schema.PhaseAfter, "", 4),
	}, Item: &schema.Item{Body: &schema.Implementation{
		WithoutScan: "none",
		Results: []schema.Outcome{
			{System: "web", Outcome: "success"}, {System: "web", Outcome: "success"}, {System: "db", Outcome: "success"}, {System: "mail", Outcome: "skipped"},
		},
	}}}
	later := &Step{Files: []*File{file("later.json", schema.PhaseBefore, "web", 9, "CVE-1", "CVE-2")}, Item: &schema.Item{Body: &schema.Report{}}}
	c := &Case{Steps: []*Step{first, done, later}}
	for _, s := range c.Steps {
		s.Case = c
		s.Prove()
	}
	name := func(f *File) string {
		if f == nil {
			return "-"
		}
		return f.Evidence.Path
	}
	got := func() (list []string) {
		for _, p := range done.Proofs {
			list = append(list, p.ID+" "+p.System+" "+name(p.Before)+" "+name(p.After)+" "+string(p.Verdict))
		}
		return list
	}
	if diff := cmp.Diff([]string{
		"CVE-1 web web.json web-after.json fixed", "CVE-1 web web.json all-after.json fixed", "CVE-1 db db.json all-after.json not-proven",
		"CVE-2 web web.json web-after.json remains", "CVE-2 web web.json all-after.json fixed", "CVE-2 db db.json all-after.json not-proven",
	}, got()); diff != "" || first.Proofs != nil || later.Proofs != nil {
		t.Error(diff)
	}

	first.Files[1].Of, done.Files = "", done.Files[:1] // a scan before of no system by name, none after of db
	done.Prove()
	if diff := cmp.Diff([]string{
		"CVE-1 web web.json web-after.json fixed", "CVE-1 db - - no-scan", "CVE-2 web web.json web-after.json remains", "CVE-2 db - - no-scan",
	}, got()); diff != "" {
		t.Error(diff)
	}
}
