package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tambal-id/tambal/cmd/tambal/internal/evidence"
	"github.com/tambal-id/tambal/examples"
	"github.com/tambal-id/tambal/schema"
)

// TestReportSaysWhatTheFindingsSay lands an implementation with one scan after
// another by plain Git, as somebody would who asks no check, and holds the
// verdict in the report against the finding that the audit has for it. The
// scanner of the examples writes 25 August 2021, whatever the day.
func TestReportSaysWhatTheFindingsSay(t *testing.T) {
	p := including(t, "normal.txtar until scheduled")
	playScript(t, p, "at 2026-02-04T20:30:00+07:00\nas joko-s\ngit branch terjadwal\n")
	same := func(s string) string { return s }
	replace := func(old, now string) func(string) string {
		return func(s string) string {
			if !strings.Contains(s, old) {
				t.Fatalf("there is no %q", old)
			}
			return strings.Replace(s, old, now, 1)
		}
	}
	both := func(f, g func(string) string) func(string) string { return func(s string) string { return g(f(s)) } }
	later := replace("2021-08-25T12", "2026-02-03T14")
	for _, c := range []struct {
		name, scan string
		file, item func(string) string
		want       evidence.Verdict
		found      string // rule and severity
	}{
		{"a later scan", "alpine-310", later, same, evidence.Fixed, ""},
		{"an older scan", "alpine-310", replace("2021-08-25T12", "2021-08-24T12"), same, evidence.TooEarly, "vulnerability-unproven error"},
		{"a scan from before the change", "alpine-310", replace("2021-08-25T12", "2026-02-03T12"), same, evidence.TooEarly, "vulnerability-unproven error"},
		{"a scan as old as the one before", "alpine-310", same, replace("dateNote:", "# dateNote:"), evidence.TooEarly, "vulnerability-unproven error"},
		{"the same with a reason", "alpine-310", same, same, evidence.Undated, "vulnerability-unproven warning"},
		{"a scan that nobody reads", "alpine-310", later, replace("format: trivy", "format: grype"), evidence.Unread, "vulnerability-unproven error"},
		{"the same with a reason, unread", "alpine-310", later, both(replace("format: trivy", "format: grype"), replace("      outcome: no-anomaly\n", "      outcome: no-anomaly\n      withoutScan: Hanya ada grype.\n")), evidence.Unread, "vulnerability-unproven notice"},
		{"another target", "alpine-310", later, replace("targetChange:", "# targetChange:"), evidence.OtherTarget, "vulnerability-unproven error"},
		{"the old image", "alpine-39", later, same, evidence.Remains, "vulnerability-remains error"},
		{"the old image with findings left out", "alpine-39-ignored", later, same, evidence.Hidden, "vulnerability-unproven error"},
		{"packages of another kind", "alpine-310", both(later, replace("os-pkgs", "lang-pkgs")), same, evidence.NotLooked, "vulnerability-unproven warning"},
	} {
		t.Run(c.name, func(t *testing.T) {
			playScript(t, p, "git checkout -q -B main terjadwal\ngit checkout -q -B SP-2026-0001 main\n")
			p.implementWith(t, c.scan, c.file, c.item)
			playScript(t, p, "git checkout -q main\ngit merge -q --no-ff SP-2026-0001 -m implementasi\n")
			verdict, found := p.proof(t)
			if verdict != string(c.want) || found != c.found {
				t.Errorf("the report says %q beside the finding %q; want %q and %q", verdict, found, c.want, c.found)
			}
			if printed := strings.Contains(p.Shown, "proven to be gone"); printed != (c.want == evidence.Fixed) {
				t.Errorf("%s, and the report calls it proven to be gone: %v", c.want, printed)
			}
		})
	}
}

// implementWith commits the implementation of the example case with a changed
// item and a changed scan after it.
func (p *player) implementWith(t *testing.T, scan string, file, item func(string) string) {
	t.Helper()
	data, err := examples.FS.ReadFile("evidence/trivy/" + scan + ".json")
	if err != nil {
		t.Fatal(err)
	}
	data = []byte(file(string(data)))
	example, err := examples.FS.ReadFile("patches/2026/" + p.ID + "/patch.yaml")
	if err != nil {
		t.Fatal(err)
	}
	text := ""
	for _, seg := range schema.Segments(example) {
		if seg.Name == schema.ItemImplementation {
			text = item(string(seg.Data))
		}
	}
	sum, _, err := evidence.Digest(strings.NewReader(string(data)))
	if err != nil {
		t.Fatal(err)
	}
	text = strings.Replace(text, "3320485c817ca9a88e424a18a4490643ace8ba8d042284997f6d36cceca4ddaa", sum, 1)
	manifest := filepath.Join(p.Dir, p.CaseDir(), "patch.yaml")
	old, err := os.ReadFile(manifest)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(manifest, append(old, text...), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := writeFile(p.Dir, p.CaseDir()+"/evidence/trivy-sesudah.json", data); err != nil {
		t.Fatal(err)
	}
	p.must(t, "attach", "siem/sp-2026-0001.txt", "siem.txt")
	p.must(t, "commit", "implementasi")
}

// proof returns the only verdict of the case's report, and the worst finding
// that the report has about scans.
func (p *player) proof(t *testing.T) (verdict, found string) {
	t.Helper()
	audit := p.audit(t)
	code := "0"
	if audit != "" {
		code = "1"
	}
	p.must(t, "exit", code, "tambal", "report", "SP-2026-0001", "--format", "json")
	var report struct {
		Vulnerabilities []struct{ Proofs []struct{ Verdict string } }
		Findings        []struct{ Rule, Severity string }
	}
	if err := json.NewDecoder(strings.NewReader(p.Shown)).Decode(&report); err != nil {
		t.Fatal(err)
	}
	if len(report.Vulnerabilities) != 1 || len(report.Vulnerabilities[0].Proofs) != 1 {
		t.Fatalf("%+v", report)
	}
	rank := map[string]int{"": 0, "notice": 1, "warning": 2, "error": 3}
	worst := ""
	for _, f := range report.Findings {
		// Why the target has another name is a notice of its own.
		own := strings.HasPrefix(f.Rule, "vulnerability-") && !(f.Severity == "notice" && strings.Contains(p.Shown, "target changed from"))
		if own && rank[f.Severity] > rank[worst] {
			worst, found = f.Severity, f.Rule+" "+f.Severity
		}
		if f.Severity == "error" && f.Rule != audit {
			t.Errorf("the report has the error %s, the audit %q", f.Rule, audit)
		}
	}
	return report.Vulnerabilities[0].Proofs[0].Verdict, found
}

// audit returns the rule of the history's only error, "" for none.
func (p *player) audit(t *testing.T) string {
	t.Helper()
	for _, rule := range []string{"vulnerability-unproven", "vulnerability-remains"} {
		if p.Act([]string{"audit", "fail", rule}) == nil {
			return rule
		}
	}
	p.must(t, "audit", "pass")
	return ""
}
