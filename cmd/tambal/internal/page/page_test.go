package page

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tambal-id/tambal/cmd/tambal/internal/decision"
	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
	"github.com/tambal-id/tambal/cmd/tambal/internal/timeline"
	"github.com/tambal-id/tambal/cmd/tambal/internal/timeline/timelinetest"
	"github.com/tambal-id/tambal/policies"
	"github.com/tambal-id/tambal/schema"
)

// proposed is the fixture as one pull request: landed items are on the branch
// already, the items up to end are asked for.
func proposed(t *testing.T, name string, landed, end int) Request {
	t.Helper()
	line, c := timelinetest.Case(t, filepath.Join("..", "report", "testdata", name+".yaml"))
	cut := func(n int) *schema.Manifest {
		data := c.Data
		if n < len(c.Manifest.Items) {
			data = data[:c.Manifest.Items[n].Start]
		}
		m, ok := c.Manifest.Cut(data)
		if !ok {
			t.Fatalf("%s cannot be cut before item %d", name, n)
		}
		return m
	}
	change := &timeline.CaseChange{Case: c, ID: c.ID, Dir: c.Dir, Path: c.Dir + "/patch.yaml", After: cut(end)}
	change.AfterData = change.After.Data
	if landed > 0 {
		change.Before = cut(landed)
		change.BeforeData = change.Before.Data
	}
	change.Steps = c.Steps[landed:end]
	change.Landing = &timeline.Landing{Timeline: line, Pending: true, Policy: line.Policy}
	return Request{
		Case: change, Landing: change.Landing, Policy: line.Policy, Lang: text.Indonesian,
		Now:     time.Date(2026, 2, 2, 18, 0, 0, 0, time.UTC), // 3 February in the office
		Verdict: finding.Waiting, Number: 12, URL: "https://github.com/kantor/patch/pull/12",
	}
}

// waits is what check says while the decision is missing.
func waits(r Request) finding.Finding {
	return finding.Finding{
		Rule: "approval-pending", Severity: finding.Pending, Case: r.Case.ID, Step: "analysis", Code: "approval-pending",
		Args:  []any{"analysis", "Budi Santoso", r.Case.ID},
		Place: finding.Place{Path: r.Case.Path, Line: 66, Column: 5},
	}
}

// sentence is a sentence of the caller: a code that is no code stands as it is.
func sentence(s string) text.Phrase { return text.Phrase{Code: s} }

// pages are the states an approver meets.
func pages(t *testing.T) map[string]Request {
	waiting := proposed(t, "full", 0, 3)
	waiting.Ask = sentence("Budi Santoso: putuskan rekomendasi tim teknis.")
	waiting.Next = sentence("Sesudah disetujui, administrator menjadwalkan implementasi.")
	waiting.Findings = []finding.Finding{waits(waiting)}

	record := waiting
	record.Ask = sentence("Agus Prasetyo: catat keputusan Budi Santoso.")
	record.Item = string(record.Case.Case.Data[record.Case.Case.Manifest.Items[3].Start:record.Case.Case.Manifest.Items[3].End])
	record.EditURL = "https://github.com/kantor/patch/edit/kasus/SP-2026-0007/" + record.Case.Path

	ready := proposed(t, "full", 1, 4)
	ready.Verdict = finding.Pass
	ready.Ask = sentence("Siapa pun yang berwenang: gabungkan dengan merge commit.")
	ready.Next = sentence("Administrator menjadwalkan implementasi (langkah 5).")

	returned := proposed(t, "full", 1, 3)
	returned.Verdict = finding.Fail
	returned.Ask = sentence("Rina Wulandari: perbaiki pull request ini; Budi Santoso mengembalikannya.")
	returned.Findings = []finding.Finding{
		waits(returned),
		{Rule: "step-separation", Severity: finding.Warning, Case: returned.Case.ID, Step: "analysis", Code: "example", Args: []any{"peringatan"}},
		{Rule: "evidence-digest", Severity: finding.Error, Case: returned.Case.ID, Step: "monitoring", Code: "example", Args: []any{"kesalahan"},
			Place:   finding.Place{Path: returned.Case.Path, Line: 46, Column: 11},
			Related: []finding.Related{{Place: finding.Place{Path: returned.Case.Dir + "/evidence/trivy-01-sebelum.json"}, Code: "example", Args: []any{"berkas"}}}},
	}

	policy := Request{
		Landing: &timeline.Landing{Next: &timeline.PolicyChange{}}, Policy: waiting.Policy, Now: waiting.Now,
		Lang: text.Indonesian, Verdict: finding.Pass, Number: 13, URL: "https://github.com/kantor/patch/pull/13",
		Ask: sentence("Siti Aminah: gabungkan setelah ditinjau."),
	}
	again := returned
	again.Verdict = finding.Waiting
	again.Findings = []finding.Finding{{Rule: "approval-pending", Severity: finding.Pending, Code: "approval-pending.returned", Args: []any{"Budi Santoso", "SP-2026-0007"}}}
	return map[string]Request{"waiting": waiting, "record": record, "again": again, "ready": ready, "returned": returned, "policy": policy}
}

func TestPagesReadAsTheGoldenFiles(t *testing.T) {
	for name, r := range pages(t) {
		for _, lang := range []text.Lang{text.Indonesian, text.English} {
			file := name + "." + string(lang) + ".md"
			t.Run(file, func(t *testing.T) {
				r.Lang = lang
				got := string(r.Markdown())
				timelinetest.Golden(t, file, got)
				if again := string(r.Markdown()); again != got {
					t.Error("the same request gave another page")
				}
			})
		}
	}
}

func TestOnlyAWaitingPageTellsHowToDecide(t *testing.T) {
	for name, want := range map[string]bool{"waiting": true, "record": false, "ready": false, "returned": false, "again": false, "policy": false} {
		r := pages(t)[name]
		if got := strings.Contains(string(r.Markdown()), "Request changes"); got != want {
			t.Errorf("%s: tells how to decide: %v", name, got)
		}
	}
}

func TestTheHeadlineSaysTheVerdictInWords(t *testing.T) {
	for verdict, want := range map[finding.Verdict]string{
		finding.Pass: "## ✓ BOLEH DIGABUNGKAN\n", finding.Waiting: "## ○ MENUNGGU KEPUTUSAN\n",
		finding.Fail: "## ✗ BELUM BOLEH\n", finding.Unknown: "## ? TAK TERVERIFIKASI\n",
	} {
		if got := string(Request{Verdict: verdict, Lang: text.Indonesian}.Markdown()); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %q", verdict, got)
		}
	}
}

func TestDaysLeftAreCountedInTheOffice(t *testing.T) {
	r := proposed(t, "full", 0, 3)
	r.Lang = text.English
	for now, want := range map[string]string{
		"2026-02-02T18:00:00Z": "16 February 2026, 13 days left", // 01:00 on the 3rd in Jakarta
		"2026-02-02T16:59:00Z": "16 February 2026, 14 days left",
		"2026-02-15T03:00:00Z": "16 February 2026, TOMORROW",
		"2026-02-15T17:00:00Z": "16 February 2026, TODAY",
		"2026-02-16T17:00:00Z": "16 February 2026, OVERDUE since yesterday",
		"2026-03-16T12:00:00Z": "16 February 2026, 28 days OVERDUE",
	} {
		r.Now = schema.Time(now)
		if got := string(r.Markdown()); !strings.Contains(got, "**Due:** "+want+" (") {
			t.Errorf("%s: no %q in\n%s", now, want, got)
		}
	}
}

func TestTheDecisionBindsTheBytesBeforeIt(t *testing.T) {
	waiting, ready := pages(t)["waiting"], pages(t)["ready"]
	subject := decision.SubjectOf(waiting.Case.AfterData)
	for name, page := range map[string]string{"waiting": string(waiting.Markdown()), "ready": string(ready.Markdown())} {
		for _, want := range []string{"SHA-256 `" + subject.SHA256[:12] + "…`", "`" + subject.SHA256 + "`", "<summary>Berkas bukti dan sidiknya: 1<"} {
			if !strings.Contains(page, want) {
				t.Errorf("%s has no %q", name, want)
			}
		}
	}
}

func TestALandedDecisionIsNotAskedAgain(t *testing.T) {
	r := proposed(t, "full", 4, 6)
	r.Verdict = finding.Pass
	page := string(r.Markdown())
	for _, absent := range []string{"SHA-256", "### Rekomendasi", "### Bila ada gangguan", "### Keputusan"} {
		if strings.Contains(page, absent) {
			t.Errorf("the page of a schedule shows %q", absent)
		}
	}
	if !strings.Contains(page, "Penjadwalan Implementasi Security Patch") {
		t.Error("the page does not name its step")
	}
}

func TestBaseScoresAreThoseOfThePublishers(t *testing.T) {
	for vector, want := range map[string]string{
		"CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:H/A:H":                    "8.1 high",     // CVE-2024-6387
		"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H":                    "9.8 critical", // CVE-2024-4577
		"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H":                    "10.0 critical",
		"CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N":                    "6.4 medium",
		"CVSS:3.0/AV:L/AC:L/PR:H/UI:R/S:U/C:L/I:N/A:N":                    "2.0 low",
		"CVSS:3.1/AV:N/AC:L/PR:H/UI:N/S:C/C:H/I:H/A:H":                    "9.1 critical",
		"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N":                    "0.0 none",
		"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H/E:P":                "7.5 high",
		"AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:H/A:H":                             "8.1 high assumed",
		"AV:N/AC:L/Au:N/C:P/I:P/A:P":                                      "7.5 high",
		"AV:N/AC:L/Au:N/C:C/I:C/A:C":                                      "10.0 high", // version 2 knows nothing above
		"AV:N/AC:M/Au:N/C:N/I:P/A:N":                                      "4.3 medium",
		"AV:N/AC:L/Au:N/C:N/I:N/A:N":                                      "0.0 low",
		"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H": "10.0 critical",
		"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N": "9.3 critical",
		"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N": "0.0 none",
		"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H":                "", // three are missing
		"CVSS:5.0/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H":                    "",
		"AV:N/AC:L/Au:N": "",
		"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N":          "",
		"CVSS:3.1/AV:N/AV:L/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H": "",
		"CVSS:3.1/AV:X/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H":      "",
		"": "",
	} {
		c, ok := readCVSS(vector)
		got := strings.TrimSpace(c.score + " " + c.band)
		if c.assumed && ok {
			got += " assumed"
		}
		if diff := cmp.Diff(want, got); diff != "" || ok != (want != "") {
			t.Errorf("%s: %s", vector, diff)
		}
	}
}

func TestAPageNeedsNothingButAVerdict(t *testing.T) {
	r := Request{Verdict: finding.Fail, Case: &timeline.CaseChange{ID: "SP-2026-0001"}, Policy: policies.Default()}
	for _, lang := range []text.Lang{text.Indonesian, text.English} {
		r.Lang = lang
		if got := string(r.Markdown()); !strings.Contains(got, "**SP-2026-0001**") || timelinetest.Unsaid(got) != "" {
			t.Error(got)
		}
	}
}
