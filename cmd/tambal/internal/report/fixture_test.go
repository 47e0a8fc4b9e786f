package report

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/evidence"
	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/history"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
	"github.com/tambal-id/tambal/cmd/tambal/internal/timeline"
	"github.com/tambal-id/tambal/policies"
	"github.com/tambal-id/tambal/schema"
)

// authors does each step in the fixtures; corrections are written by somebody
// the policy does not list.
var authors = map[string]string{
	"monitoring": "siti-a", "plan": "agus-p", "analysis": "rina-w", "approval": "siti-a",
	"schedule": "agus-p", "implementation": "joko-s", "report": "joko-s", "closure": "siti-a",
}

// fixture reads testdata/NAME.yaml as a case whose steps landed one after another.
func fixture(t *testing.T, name string) (*timeline.Timeline, *timeline.Case) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	m, problems := schema.Parse(data)
	if m == nil {
		t.Fatalf("%s: %v", name, problems)
	}
	p := policies.Default()
	p.Digest = "sha256:" + strings.Repeat("5a", 32) // the default policy may change, the fixture not
	c := &timeline.Case{ID: m.Case(), Dir: "patches/2026/" + m.Case(), Manifest: m, Data: data}
	line := &timeline.Timeline{Policy: p, Anchor: commit(1, time.Time{}), Tip: commit(99, time.Time{}), Cases: []*timeline.Case{c}}
	for i := range m.Items {
		s := landed(p, c, &m.Items[i], line)
		c.Steps = append(c.Steps, s)
		s.Prove()
	}
	return line, c
}

func commit(n int, at time.Time) *history.Commit {
	id := history.ID(strings.Repeat(fmt.Sprintf("%02x", n), 20))
	return &history.Commit{ID: id, Author: history.Identity{Name: "x", When: at}, Committer: history.Identity{When: at}}
}

func landed(p *policies.Policy, c *timeline.Case, it *schema.Item, line *timeline.Timeline) *timeline.Step {
	day := time.Date(2026, 2, 2, 9, 30+30*it.Index, 0, 0, time.FixedZone("", 7*3600))
	if n := len(c.Steps); n > 0 && day.Before(c.Steps[n-1].Span.End) {
		day = c.Steps[n-1].Span.End.Add(95 * time.Minute)
	}
	if it.Finished().After(day) {
		day = it.Finished().Add(20 * time.Minute)
	}
	s := &timeline.Step{Item: it, Case: c, Commit: commit(16+it.Index, day), Row: p.Procedure.Step(it.Name)}
	s.Landing = &timeline.Landing{
		Landing:  &history.Landing{Commit: commit(48+it.Index, day.Add(time.Hour))},
		Timeline: line, When: day.Add(time.Hour), Policy: p,
	}
	author := timeline.Actor{Name: "Tamu", Email: "tamu@lain.example"}
	if person := p.Team.ByID(authors[it.Name]); person != nil {
		author = timeline.Actor{Name: person.Name, Email: person.Emails[0], Person: person}
	}
	s.Contributions = []*timeline.Contribution{{Commit: s.Commit, Author: author, Steps: []*timeline.Step{s}}}
	if it.Name == schema.ItemMonitoring {
		s.Contributions[0].Signer = author.Person
		s.Contributions[0].CoAuthors = []timeline.Actor{{Name: "Rina Wulandari", Person: p.Team.ByID("rina-w")}}
	}
	s.Span = timeline.Span{Start: it.Started(), End: it.Finished()}
	s.Span.Stated = !s.Span.Start.IsZero()
	if !s.Span.Stated {
		s.Span.End = day
		if n := len(c.Steps); n > 0 {
			s.Span.Start = c.Steps[n-1].Span.End
		}
	}
	if it.Name == schema.ItemImplementation {
		s.Span.Days, s.Span.Over = p.Calendar.WorkingDaysBetween(s.Span.Start, s.Span.End), true
	}
	if body, ok := it.Body.(*schema.Approval); ok {
		body.Subject = timeline.SubjectOf(c.Data[:it.Start])
		s.Approval = &timeline.Approval{
			Approval: body, By: timeline.Actor{Name: "Budi Santoso", Person: p.Team.ByID(body.By)}, SubjectFits: true, Strength: timeline.Confirmed,
		}
		s.Span.End, s.Span.Over = schema.Time(body.At), true
		if body.Signature != "" {
			s.Approval.Strength = timeline.Signed
		}
	}
	for i, e := range it.Evidence() {
		s.Files = append(s.Files, file(c, s, i, e))
	}
	return s
}

// file gives scans before the change both vulnerabilities of the fixtures, scans
// after it one of them.
func file(c *timeline.Case, s *timeline.Step, i int, e schema.Evidence) *timeline.File {
	f := &timeline.File{Evidence: e, Step: s, Index: i, Path: c.Dir + "/" + e.Path, Size: 48213}
	if e.Format != "trivy" {
		return f
	}
	f.Scan = &evidence.Scan{Tool: "Trivy", Target: "web-spbe-01", Targets: 1, Created: s.Span.End.Add(-time.Minute)}
	ids, installed := []string{"CVE-2024-6387", "CVE-2023-38408"}, "1:8.9p1-3ubuntu0.7"
	if e.Phase == schema.PhaseAfter {
		ids, installed = ids[1:], "1:8.9p1-3ubuntu0.10"
		f.Scan.Target, f.Scan.Created = "web-spbe-01-baru", s.Span.End.Add(time.Minute)
	}
	for _, id := range ids {
		f.Scan.Findings = append(f.Scan.Findings, evidence.Finding{ID: id, Package: "openssh-server", Installed: installed})
	}
	return f
}

// found are findings of all kinds: of the case, of its commits, of nobody.
func found(c *timeline.Case) []finding.Finding {
	return []finding.Finding{
		{Rule: "time-over", Severity: finding.Notice, Case: c.ID, Step: "implementation", Code: "example", Args: []any{"langkah", 3},
			Place: finding.Place{Path: c.Dir + "/patch.yaml", Line: 120, Column: 5}},
		{Rule: "history-squashed", Severity: finding.Error, Code: "example", Args: []any{"gabungan"}, Place: finding.Place{Commit: string(c.Steps[0].Landing.Commit.ID)}},
		{Rule: "history-mailmap", Severity: finding.Warning, Place: finding.Place{Commit: "ffff"}},
		{Rule: "step-role", Severity: finding.Error, Case: "SP-2026-9999"},
	}
}

func reportOf(t *testing.T, name string, lang text.Lang) *Report {
	t.Helper()
	line, c := fixture(t, name)
	var findings []finding.Finding
	if name == "full" {
		findings = found(c)
	}
	return New(line, c, findings, lang)
}
