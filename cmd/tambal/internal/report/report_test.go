package report

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
	"github.com/tambal-id/tambal/cmd/tambal/internal/timeline"
	"github.com/tambal-id/tambal/cmd/tambal/internal/timeline/timelinetest"
	"github.com/tambal-id/tambal/schema"
)

func render(t *testing.T, r *Report, format string) string {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, r, format); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestDocumentsReadAsTheGoldenFiles(t *testing.T) {
	for _, c := range []struct {
		name    string
		formats []string
	}{
		{"full", Formats()}, {"not-required", []string{"md"}}, {"rejected", []string{"md"}}, {"anomaly", []string{"md"}},
	} {
		for _, lang := range []text.Lang{text.Indonesian, text.English} {
			for _, format := range c.formats {
				name := c.name + "." + string(lang) + "." + format
				t.Run(name, func(t *testing.T) {
					timelinetest.Golden(t, name, render(t, reportOf(t, c.name, lang), format))
				})
			}
		}
	}
}

func TestEqualInputGivesEqualBytes(t *testing.T) {
	for _, format := range Formats() {
		first := render(t, reportOf(t, "full", text.Indonesian), format)
		for range 5 {
			if again := render(t, reportOf(t, "full", text.Indonesian), format); again != first {
				t.Fatalf("%s differs from one run to the next", format)
			}
		}
	}
}

func TestFactsAreTheSameInBothLanguages(t *testing.T) {
	facts := func(lang text.Lang) map[string]any {
		var all map[string]any
		if err := json.Unmarshal([]byte(render(t, reportOf(t, "full", lang), "json")), &all); err != nil {
			t.Fatal(err)
		}
		for _, words := range []string{"lang", "head", "sections", "signatures", "annexes", "findings"} {
			delete(all, words)
		}
		return all
	}
	if diff := cmp.Diff(facts(text.Indonesian), facts(text.English)); diff != "" {
		t.Error(diff)
	}
}

func TestUnknownFormatIsAnError(t *testing.T) {
	if err := Write(&bytes.Buffer{}, &Report{}, "docx"); err == nil || !strings.Contains(err.Error(), "docx") {
		t.Errorf("got %v", err)
	}
}

func TestFindingsArePrintedWorstFirst(t *testing.T) {
	r := reportOf(t, "full", text.Indonesian)
	var rules []string
	for _, f := range r.Findings {
		rules = append(rules, f.Rule)
	}
	if diff := cmp.Diff([]string{"history-squashed", "time-over"}, rules); diff != "" || r.OtherFindings != 0 {
		t.Errorf("%s others %d", diff, r.OtherFindings)
	}
}

func TestProofsFollowTheScans(t *testing.T) {
	before := func(c *timeline.Case) *timeline.File { return c.Files(schema.PhaseBefore, "")[0] }
	after := func(c *timeline.Case) *timeline.File { return c.Files(schema.PhaseAfter, "")[0] }
	for name, c := range map[string]struct {
		edit func(*timeline.Case)
		want []string
		says string // in the first vulnerability's cell
	}{
		"renamed target with a reason is fixed": {func(*timeline.Case) {}, []string{"fixed", "not-patched", "remains", "not-patched"}, "proven to be gone; written reason: Server diberi"},
		"renamed target without a reason proves nothing": {func(c *timeline.Case) {
			after(c).TargetChange = ""
		}, []string{"different-target", "not-patched", "different-target", "not-patched"}, "without a written reason"},
		"no scan before proves no absence": {func(c *timeline.Case) {
			before(c).Scan = nil
		}, []string{"not-proven", "not-patched", "remains", "not-patched"}, "the scan before did not show it"},
		"scan that cannot be read proves nothing": {func(c *timeline.Case) {
			after(c).Scan = nil
		}, []string{"unread", "not-patched", "unread", "not-patched"}, "was not read; written reason: Pemindai tidak dapat masuk"},
		"scan that names no system speaks for every patched one": {func(c *timeline.Case) {
			before(c).Of, after(c).Of = "", ""
		}, []string{"fixed", "not-patched", "remains", "not-patched"}, "proven to be gone"},
		"scan from before the change proves nothing": {func(c *timeline.Case) {
			after(c).Scan.Created = before(c).Scan.Created.Add(-time.Hour)
		}, []string{"too-early", "not-patched", "too-early", "not-patched"}, "no later than the change"},
		"scan as old as the one before proves nothing": {func(c *timeline.Case) {
			after(c).Scan.Created = before(c).Scan.Created
		}, []string{"too-early", "not-patched", "too-early", "not-patched"}, "no later than the change"},
		"scan as old as the one before, with a reason, is undated": {func(c *timeline.Case) {
			after(c).Scan.Created, after(c).DateNote = before(c).Scan.Created, "Jam mati."
		}, []string{"undated", "not-patched", "remains", "not-patched"}, "written reason for the date: Jam mati; written reason: Server"},
		"scan without a date is dated by its commit": {func(c *timeline.Case) {
			after(c).Scan.Created, after(c).Held = time.Time{}, after(c).Scan.Created
		}, []string{"fixed", "not-patched", "remains", "not-patched"}, "dated by the commit that first holds it"},
		"scan of the same image hides": {func(c *timeline.Case) {
			before(c).Scan.Image, after(c).Scan.Image = "sha256:1", "sha256:1"
		}, []string{"hidden", "not-patched", "remains", "not-patched"}, "NOT FIXED, only hidden"},
	} {
		t.Run(name, func(t *testing.T) {
			line, kase := fixture(t, "full")
			c.edit(kase)
			for _, s := range kase.Steps {
				s.Prove()
			}
			r := New(line, kase, nil, text.English)
			var got []string
			for _, v := range r.Vulnerabilities {
				for _, p := range v.Proofs {
					got = append(got, p.Verdict)
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
			printed := render(t, r, "md")
			if !strings.Contains(printed, c.says) || strings.Contains(printed, "proven to be gone") != (got[0] == "fixed") {
				t.Errorf("the report does not say %q, or calls proven what is %s", c.says, got[0])
			}
		})
	}
}

func TestCaseAtAnyStepGivesADocumentWithoutEmptyParts(t *testing.T) {
	for _, name := range []string{"full", "not-required", "rejected", "anomaly"} {
		line, c := fixture(t, name)
		all, items := c.Steps, c.Manifest.Items
		for n := 0; n <= len(all); n++ {
			c.Steps, c.Manifest.Items = all[:n], items[:n]
			r := New(line, c, nil, text.Indonesian)
			for _, s := range append(r.Sections, r.Annexes...) {
				full(t, s)
			}
			for _, format := range Formats() {
				render(t, r, format)
			}
		}
	}
}

func full(t *testing.T, s Section) {
	t.Helper()
	if s.Number == "" || s.Title == "" || len(s.Blocks)+len(s.Sections) == 0 {
		t.Errorf("section %q is empty", s.Key)
	}
	for _, b := range s.Blocks {
		if b.Text == "" && b.List == nil && b.Facts == nil && b.Table == nil && b.Code == nil {
			t.Errorf("section %q holds an empty block", s.Key)
		}
		for i := 0; b.Table != nil && i < len(b.Table.Rows); i++ {
			if len(b.Table.Rows[i]) != len(b.Table.Columns) {
				t.Errorf("section %q: row %d has %d cells for %d columns", s.Key, i, len(b.Table.Rows[i]), len(b.Table.Columns))
			}
		}
	}
	for _, sub := range s.Sections {
		full(t, sub)
	}
}

func TestPolicyAndManifestMayBeUnusable(t *testing.T) {
	line := &timeline.Timeline{}
	for _, lang := range []text.Lang{text.Indonesian, text.English} {
		r := New(line, &timeline.Case{ID: "SP-2026-0001", Dir: "patches/2026/SP-2026-0001"}, nil, lang)
		for _, format := range Formats() {
			if got := render(t, r, format); !strings.Contains(got, "SP-2026-0001") {
				t.Errorf("%s does not name the case", format)
			}
		}
	}
}
