package rule

import (
	"testing"
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/evidence"
	"github.com/tambal-id/tambal/cmd/tambal/internal/timeline"
	"github.com/tambal-id/tambal/schema"
)

// scans edits the scans before and after the change and asks again what they
// prove.
func scans(edit func(before, after *timeline.File)) func(*scene) {
	return func(s *scene) {
		done := s.step(schema.ItemImplementation)
		edit(s.step(schema.ItemMonitoring).Files[0], done.Files[0])
		done.Prove()
	}
}

// unread is a file whose format has no reader.
func unread(f *timeline.File) { f.Scan, f.Format = nil, "grype" }

func afterUnread(_, after *timeline.File) { unread(after) }

func renamedTarget(_, after *timeline.File) { after.Scan.Target = "web-baru" }

// still gives both scans one date.
func still(before, after *timeline.File) { after.Scan.Created = before.Scan.Created }

func otherKind(before, after *timeline.File) {
	after.Scan.Kinds = []string{"lang-pkgs/composer"}
	after.Scan.Packages = nil
}

// two claims that two vulnerabilities are gone from two systems.
func two(d *draft) {
	m, i := last[schema.Monitoring](d), last[schema.Implementation](d)
	m.Vulnerabilities = append(m.Vulnerabilities, schema.Vulnerability{ID: "CVE-2023-38408"})
	m.Systems = append(m.Systems, m.Systems[0])
	m.Systems[1].Name = "basis data"
	last[schema.Plan](d).Targets = append(last[schema.Plan](d).Targets, schema.Target{System: "basis data", From: "8.9", To: "9.8"})
	i.Results = append(i.Results, schema.Outcome{System: "basis data", Version: "9.8", Outcome: "success"})
	for n := range m.Evidence {
		m.Evidence[n].Of = ""
	}
	for n := range i.Evidence {
		i.Evidence[n].Of = ""
	}
}

// unnamed is said where one scan that names no system stands for both.
const unnamed = "warning evidence-missing.scan-unnamed, warning evidence-missing.scan-unnamed"

func reason(text string) func(*draft) {
	return func(d *draft) { last[schema.Implementation](d).WithoutScan = text }
}

var proofRows = []row{
	{name: "the vulnerability is still shown", of: implemented, edit: scans(func(before, after *timeline.File) { after.Scan.Findings = before.Scan.Findings }),
		want: "error vulnerability-remains"},
	{name: "both vulnerabilities are still shown on both systems", of: implemented, write: two, edit: scans(func(before, after *timeline.File) {
		before.Scan.Findings = append(before.Scan.Findings, evidence.Finding{ID: "CVE-2023-38408", Package: "openssh", Installed: "8.9", Kind: "os-pkgs"})
		after.Scan.Findings = before.Scan.Findings
	}), want: "error vulnerability-remains, error vulnerability-remains, " + unnamed},
	{name: "the vulnerability is still shown after a change that went wrong", of: implemented, write: func(d *draft) { last[schema.Implementation](d).Outcome = schema.Anomaly },
		edit: scans(func(before, after *timeline.File) { after.Scan.Findings = before.Scan.Findings })},

	{name: "nobody reads the scan after the change", of: implemented, edit: scans(afterUnread), want: "error vulnerability-unproven.unread"},
	{name: "nobody reads the scan after the change, for a reason", of: implemented, write: reason("Hanya ada Grype."), edit: scans(afterUnread),
		want: "notice vulnerability-unproven.unread-reason"},
	{name: "nobody reads the scan after the change, which is missing too", of: implemented, edit: both(scans(afterUnread), file(0, isState(timeline.FileMissing))),
		want: "error evidence-missing"},
	{name: "the scan after the change is broken", of: implemented, edit: scans(func(_, after *timeline.File) { after.Scan, after.Fault = nil, broken }),
		want: "error evidence-unreadable"},
	{name: "nobody reads the scan before the change", of: monitored, edit: func(s *scene) { unread(s.step(schema.ItemMonitoring).Files[0]) },
		want: "notice vulnerability-unproven.unread-before"},
	{name: "the scan before the change is broken", of: monitored, edit: file(0, func(f *timeline.File) { f.Scan, f.Fault = nil, broken }), want: "error evidence-unreadable"},

	{name: "the scan was made before the change", of: implemented, edit: scans(func(before, after *timeline.File) { after.Scan.Created = before.Scan.Created.Add(time.Minute) }),
		want: "error vulnerability-unproven.older"},
	{name: "both scans bear one date", of: implemented, edit: scans(still), want: "error vulnerability-unproven.same-date"},
	{name: "both scans bear one date, for a reason", of: implemented, edit: both(scans(func(_, after *timeline.File) { after.DateNote = "Jam berhenti." }), scans(still)),
		want: "warning vulnerability-unproven.undated"},
	{name: "no scan after the change bears a date", of: implemented, edit: scans(func(_, after *timeline.File) { after.Scan.Created, after.Held = time.Time{}, time.Time{} }),
		want: "warning vulnerability-unproven.undated"},
	{name: "the commit dates the scan after the change", of: implemented, edit: scans(func(_, after *timeline.File) { after.Scan.Created = time.Time{} })},

	{name: "the scans name two targets", of: implemented, edit: scans(renamedTarget), want: "error vulnerability-unproven.target"},
	{name: "the scans name two targets, for a reason", of: implemented,
		edit: both(scans(func(_, after *timeline.File) { after.TargetChange = "Citra baru." }), scans(renamedTarget)), want: "notice vulnerability-unproven.target-reason"},

	{name: "both scans are of one image", of: implemented, edit: scans(func(before, after *timeline.File) { before.Scan.Image, after.Scan.Image = "sha256:a", "sha256:a" }),
		want: "error vulnerability-unproven.same-image"},
	{name: "the old package is still there", of: implemented, edit: scans(func(before, after *timeline.File) { after.Scan.Packages = before.Scan.Packages }),
		want: "error vulnerability-unproven.hidden"},
	{name: "the scan after the change lists no packages", of: implemented, edit: scans(func(_, after *timeline.File) { after.Scan.Packages = nil }),
		want: "error vulnerability-unproven.settings"},
	{name: "the scan after the change looked at other packages", of: implemented, edit: scans(otherKind), want: "error vulnerability-unproven.kind"},
	{name: "the scan after the change looked at other packages of a new target, for a reason", of: implemented,
		edit: both(scans(func(_, after *timeline.File) { after.TargetChange = "Citra baru." }), scans(renamedTarget), scans(otherKind)),
		want: "warning vulnerability-unproven.kind, notice vulnerability-unproven.target-reason"},

	{name: "no scan before the change", of: implemented, edit: scans(func(before, _ *timeline.File) { before.Scan = nil }), want: "error vulnerability-unproven.no-before"},
	{name: "the scan before the change did not show it", of: implemented, edit: scans(func(before, _ *timeline.File) { before.Scan.Findings = nil }),
		want: "error vulnerability-unproven"},
	{name: "the scan before the change showed one of two, on both systems", of: implemented, write: two, want: "error vulnerability-unproven, " + unnamed},
}

func TestProofs(t *testing.T) { play(t, proofRows) }
