package report

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tambal-id/tambal/cmd/tambal/internal/evidence"
	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
	"github.com/tambal-id/tambal/cmd/tambal/internal/timeline"
	"github.com/tambal-id/tambal/cmd/tambal/internal/timeline/timelinetest"
	"github.com/tambal-id/tambal/policies"
	"github.com/tambal-id/tambal/schema"
)

func TestAnErrorTakesAwayOnlyWhatItStandsOn(t *testing.T) {
	type stands struct {
		rule, step, file string // without a file, in the manifest
		signs, proven    bool   // whether the officer may sign, and whether the proof still stands
	}
	cases := []stands{
		{"case-deleted", "", "", false, true},
		{"case-moved", "", "", false, true},
		{"approval-forged", "", "", false, true},
		{"approval-subject", "schedule", "", false, true},
		{"step-role", "approval", "", false, true},
		{"step-role", "analysis", "", true, true},
		{"step-role", "implementation", "", true, true},
		{"history-direct", "", "", true, true},
		{"step-changed", "metadata", "", false, true}, // the header, which no item is named after
		{"step-changed", "", "", false, true},
		{"step-changed", "monitoring", "", false, true},
		{"step-changed", "plan", "", false, true},
		{"step-changed", "analysis", "", false, true},
		{"step-changed", "approval", "", false, true},
		{"step-changed", "schedule", "", true, true},
		{"step-changed", "implementation", "", true, false},
		{"step-changed", "report", "", true, true},
		{"evidence-unlisted", "", "evidence/trivy-01-sebelum.json", true, true},
	}
	for _, rule := range []string{"evidence-missing", "evidence-digest", "evidence-mode"} {
		cases = append(cases,
			stands{rule, "", "evidence/trivy-01-sebelum.json", false, false},
			stands{rule, "", "evidence/trivy-01-sesudah.json", true, false},
			stands{rule, "", "evidence/siem.csv", true, true},
			stands{rule, "", "evidence/lain.csv", false, true}, // nothing says whose it is
			stands{rule, "", schema.ManifestFile, false, true},
			stands{rule, "monitoring", "", false, true},
			stands{rule, "implementation", "", true, true}) // of a file that never was
	}
	for _, c := range cases {
		for _, severity := range []finding.Severity{finding.Error, finding.Undecided} {
			line, kase := fixture(t, "full")
			place := finding.Place{Path: kase.Dir + "/" + c.file}
			if c.file == "" {
				place = finding.Place{Path: kase.Dir + "/" + schema.ManifestFile, Line: 7, Column: 5}
			}
			d := newDraft(line, kase, []finding.Finding{
				{Rule: c.rule, Severity: severity, Case: kase.ID, Step: c.step, Place: place, Code: "example", Args: []any{"x"}},
			}, text.English)
			want := c
			if severity != finding.Error { // only an error takes anything away
				want.signs, want.proven = true, true
			}
			signs, verdict := d.acknowledged(), d.Vulnerabilities[0].Proofs[0].Verdict
			if signs != want.signs || verdict != map[bool]string{true: "fixed", false: "changed-since"}[want.proven] {
				t.Errorf("%s: %+v: signs %v, verdict %s", severity, want, signs, verdict)
			}
		}
	}
}

func TestTheLastImplementationOfASystemCounts(t *testing.T) {
	const first, second = "web-spbe-01", "web-spbe-02"
	for _, c := range []struct {
		again string // the system of another implementation
		seen  bool   // the id in its scan
		want  []string
	}{
		{"", false, []string{first + " fixed", second + " not-patched"}},
		{first, false, []string{first + " fixed", second + " not-patched"}},
		{first, true, []string{first + " remains", second + " not-patched"}},
		{second, false, []string{first + " fixed", second + " no-scan"}},
	} {
		line, kase := fixture(t, "full")
		if c.again != "" {
			it := *kase.Step(schema.ItemImplementation).Item
			body := *it.Body.(*schema.Implementation)
			body.Results = []schema.Outcome{{System: c.again, Version: "1:8.9p1-3ubuntu0.10", Outcome: "success"}}
			it.Index, it.Body = len(kase.Steps), &body
			s := timelinetest.Step(line.Policy, kase, &it, line)
			if c.seen {
				s.Files[0].Scan.Findings = append(s.Files[0].Scan.Findings, evidence.Finding{ID: "CVE-2024-6387", Package: "openssh-server"})
			}
			kase.Steps = append(kase.Steps, s)
			s.Prove()
		}
		var got []string
		for _, p := range New(line, kase, nil, text.English).Vulnerabilities[0].Proofs {
			got = append(got, p.System+" "+p.Verdict)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%q again, seen %v: %s", c.again, c.seen, diff)
		}
	}
}

func TestWhatIsStillThereIsPrintedStrong(t *testing.T) {
	line, kase := fixture(t, "full")
	d := newDraft(line, kase, nil, text.English)
	for verdict, want := range map[evidence.Verdict]bool{
		evidence.Remains: true, evidence.Hidden: true,
		evidence.Fixed: false, evidence.Undated: false, evidence.NotProven: false, evidence.NoScan: false, verdictUnpatched: false, verdictChanged: false,
	} {
		proofs := []Proof{{Verdict: string(evidence.Fixed)}, {Verdict: string(verdict)}, {Verdict: string(evidence.Fixed)}}
		if got := d.verdicts(Vulnerability{Proofs: proofs}).Strong; got != want {
			t.Errorf("%s: strong %v", verdict, got)
		}
	}
}

func TestOnlyAReasonOfAllIsPrintedOnce(t *testing.T) {
	for _, c := range []struct {
		reasons []string
		want    string
	}{
		{nil, ""},
		{[]string{"a"}, ""},
		{[]string{"a", ""}, ""},
		{[]string{"a", "a"}, "a"},
		{[]string{"", "a", "", "a"}, "a"},
		{[]string{"a", "b"}, ""},
		{[]string{"a", "a", "b"}, ""},
		{[]string{"b", "a", "a"}, ""},
	} {
		var proofs []Proof
		for _, reason := range c.reasons {
			proofs = append(proofs, Proof{Reason: reason})
		}
		if got := commonReason(proofs); got != c.want {
			t.Errorf("%q: %q", c.reasons, got)
		}
	}
}

func TestOnlyOnesOwnKeySigns(t *testing.T) {
	for name, c := range map[string]struct {
		author, signer string // ids; "" is nobody the policy lists
		beside         bool   // it is another commit of the step that is signed
		want           string
	}{
		"one's own key":              {"siti-a", "siti-a", false, policies.IdentitySigned},
		"somebody else's key":        {"siti-a", "agus-p", false, policies.IdentityClaimed},
		"no key":                     {"siti-a", "", false, policies.IdentityClaimed},
		"a stranger with another's":  {"", "agus-p", false, policies.IdentityClaimed},
		"a stranger without a key":   {"", "", false, policies.IdentityClaimed},
		"one's own key, on the side": {"siti-a", "siti-a", true, policies.IdentityClaimed},
		"another's key, on the side": {"siti-a", "agus-p", true, policies.IdentityClaimed},
	} {
		t.Run(name, func(t *testing.T) {
			line, kase := fixture(t, "full")
			s := kase.Steps[0]
			con := s.Contributions[0]
			con.Author.Person, con.Signer = line.Policy.Team.ByID(c.author), line.Policy.Team.ByID(c.signer)
			if c.beside {
				shown := *con
				shown.Signer, con.Commit = nil, kase.Steps[1].Commit
				s.Contributions = []*timeline.Contribution{&shown, con}
			}
			if got := New(line, kase, nil, text.English).Steps[0].Identity; got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}
