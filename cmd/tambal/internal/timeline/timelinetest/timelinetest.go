// Package timelinetest makes cases of a timeline from a manifest alone, and holds
// what is told of them against golden files, for tests of packages that tell of a
// case and read no Git.
package timelinetest

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/decision"
	"github.com/tambal-id/tambal/cmd/tambal/internal/evidence"
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

// Case reads a manifest as a case whose steps landed one after another.
func Case(t *testing.T, manifest string) (*timeline.Timeline, *timeline.Case) {
	t.Helper()
	data, err := os.ReadFile(manifest)
	if err != nil {
		t.Fatal(err)
	}
	m, problems := schema.Parse(data)
	if m == nil {
		t.Fatalf("%s: %v", manifest, problems)
	}
	p := policies.Default()
	p.Digest = "sha256:" + strings.Repeat("5a", 32) // the default policy may change, the fixture not
	c := &timeline.Case{ID: m.Metadata.ID, Dir: schema.CasesDir + "/2026/" + m.Metadata.ID, Manifest: m, Data: data}
	line := &timeline.Timeline{Policy: p, Anchor: commit(1, time.Time{}), Tip: commit(99, time.Time{}), Cases: []*timeline.Case{c}}
	for i := range m.Items {
		s := Step(p, c, &m.Items[i], line)
		c.Steps = append(c.Steps, s)
		s.Prove()
	}
	return line, c
}

func commit(n int, at time.Time) *timeline.Commit {
	id := timeline.ID(strings.Repeat(fmt.Sprintf("%02x", n), 20))
	return &timeline.Commit{ID: id, Author: timeline.Identity{Name: "x", When: at}, Committer: timeline.Identity{When: at}}
}

// Step lands one more item of a case, half an hour or more after the one before.
func Step(p *policies.Policy, c *timeline.Case, it *schema.Item, line *timeline.Timeline) *timeline.Step {
	day := time.Date(2026, 2, 2, 9, 30+30*it.Index, 0, 0, time.FixedZone("", 7*3600))
	if n := len(c.Steps); n > 0 && day.Before(c.Steps[n-1].Span.End) {
		day = c.Steps[n-1].Span.End.Add(95 * time.Minute)
	}
	if it.Finished().After(day) {
		day = it.Finished().Add(20 * time.Minute)
	}
	s := &timeline.Step{Item: it, Case: c, Commit: commit(16+it.Index, day), Row: p.Procedure.Step(it.Name)}
	s.Landing = &timeline.Landing{
		Commit: commit(48+it.Index, day.Add(time.Hour)), Timeline: line, When: day.Add(time.Hour), Policy: p,
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
		body.Subject = decision.SubjectOf(c.Data[:it.Start])
		s.Decision = &decision.Verification{
			Approval: body, By: decision.Person{Name: "Budi Santoso", Listed: p.Team.ByID(body.By)}, SubjectFits: true, Strength: decision.Confirmed,
		}
		s.Span.End, s.Span.Over = schema.Time(body.At), true
		if body.Signature != "" {
			s.Decision.Strength = decision.Signed
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
