package finding

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
)

// sarif writes findings and reads them back, key by key.
func sarif(t *testing.T, findings ...Finding) sarifRun {
	t.Helper()
	out := said(t, WriteSARIF, findings...)
	if !utf8.ValidString(out) {
		t.Fatalf("no valid UTF-8: %q", out)
	}
	var log sarifLog
	dec := json.NewDecoder(strings.NewReader(out))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&log); err != nil {
		t.Fatal(err)
	}
	if log.Version != "2.1.0" || len(log.Runs) != 1 || log.Runs[0].Tool.Driver.Name != "tambal" {
		t.Fatalf("not one run of tambal in SARIF 2.1.0: %s", out)
	}
	return log.Runs[0]
}

func TestSARIFHasTheseVeryBytes(t *testing.T) {
	f := with("a ::error::x\u202e.yaml")
	f.Case, f.Commit = "SP-2026-0007", "c0ffee"
	want := `{
  "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
  "version": "2.1.0",
  "runs": [
    {
      "tool": {
        "driver": {
          "name": "tambal",
          "rules": [
            {
              "id": "step-order",
              "shortDescription": {
                "text": "steps follow the order of the SOP"
              },
              "fullDescription": {
                "text": "` + text.English.Say("step-order.doc") + `"
              }
            }
          ]
        }
      },
      "columnKind": "unicodeCodePoints",
      "invocations": [
        {
          "executionSuccessful": true,
          "exitCode": 1
        }
      ],
      "results": [
        {
          "ruleId": "step-order",
          "ruleIndex": 0,
          "level": "error",
          "message": {
            "text": "step a ::error::x<U+202E>.yaml is not allowed here yet [step-order]\nhint: allowed now: plan"
          },
          "locations": [
            {
              "physicalLocation": {
                "artifactLocation": {
                  "uri": "a%20%3A%3Aerror%3A%3Ax%E2%80%AE.yaml"
                },
                "region": {
                  "startLine": 3,
                  "startColumn": 5
                }
              }
            }
          ],
          "relatedLocations": [
            {
              "id": 1,
              "message": {
                "text": "example a ::error::x<U+202E>.yaml"
              },
              "physicalLocation": {
                "artifactLocation": {
                  "uri": "a%20%3A%3Aerror%3A%3Ax%E2%80%AE.yaml"
                },
                "region": {
                  "startLine": 1
                }
              }
            }
          ],
          "partialFingerprints": {
            "primaryLocationLineHash": "` + sarifKey(&f) + `:1"
          },
          "properties": {
            "case": "SP-2026-0007",
            "commit": "c0ffee",
            "severity": "error",
            "step": "plan"
          }
        }
      ],
      "properties": {
        "base": "x",
        "head": "",
        "policyCommit": "",
        "policyDigest": "",
        "verdict": "fail"
      }
    }
  ]
}
`
	got := said(t, WriteSARIF, f)
	if diff := cmp.Diff(strings.ReplaceAll(want, "\nhint", `\nhint`), got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestSARIFNamesEverySeverityAndFile(t *testing.T) {
	list := []Finding{
		{Rule: "b", Severity: Notice, Code: "example", Place: Place{Commit: "c0ffee"}},
		{Rule: "a", Severity: Warning, Code: "example", Case: "SP-2026-0007"},
		{Rule: "a", Severity: Pending, Code: "example", Case: "../..", Place: Place{Path: "x"}},
		{Rule: "c", Severity: Undecided, Code: "example", Place: Place{Path: "\xff[]%0A"}},
		{Rule: "c", Severity: Error, Code: "example", Place: Place{Path: "p/q", Line: 7}},
	}
	run := sarif(t, list...)
	var got []string
	for _, r := range run.Results {
		at := r.Locations[0].Physical
		if _, err := url.Parse(at.Artifact.URI); err != nil || at.Region.Line < 1 || run.Tool.Driver.Rules[r.RuleIndex].ID != r.Rule {
			t.Errorf("%v: %+v", err, r)
		}
		got = append(got, r.Rule+" "+r.Level+" "+r.Properties["severity"]+" "+at.Artifact.URI)
	}
	want := []string{
		"c error error p/q", "c warning undecided %FF%5B%5D%250A", "a warning pending x",
		"a warning warning patches/2026/SP-2026-0007/patch.yaml", "b note notice policies/sop.yaml",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if len(run.Tool.Driver.Rules) != 3 {
		t.Errorf("%d rules", len(run.Tool.Driver.Rules))
	}
}

func TestAResultIsRecognizedWhenItsLineMoves(t *testing.T) {
	key := func(edit func(*Finding)) string {
		f := with("a.yaml")
		edit(&f)
		return sarif(t, f).Results[0].Fingerprints["primaryLocationLineHash"]
	}
	first := key(func(*Finding) {})
	for name, c := range map[string]struct {
		edit func(*Finding)
		same bool
	}{
		"line":      {func(f *Finding) { f.Line, f.Column = 99, 1 }, true},
		"commit":    {func(f *Finding) { f.Commit = "c0ffee" }, true},
		"arguments": {func(f *Finding) { f.Args = []any{"x", "y"} }, true},
		"rule":      {func(f *Finding) { f.Rule = "x" }, false},
		"path":      {func(f *Finding) { f.Path = "x" }, false},
		"step":      {func(f *Finding) { f.Step = "x" }, false},
		"case":      {func(f *Finding) { f.Case = "x" }, false},
		"code":      {func(f *Finding) { f.Code = "example" }, false},
	} {
		if got := key(c.edit); (got == first) != c.same {
			t.Errorf("another %s gives %s after %s", name, got, first)
		}
	}
	two := sarif(t, with("a.yaml"), with("a.yaml")).Results
	if two[0].Fingerprints["primaryLocationLineHash"] == two[1].Fingerprints["primaryLocationLineHash"] {
		t.Error("two results that are alike cannot be told apart")
	}
}

func TestSARIFSaysHowManyResultsWereLeftOut(t *testing.T) {
	list := make([]Finding, sarifResults+7)
	for i := range list {
		list[i] = Finding{Rule: "r", Severity: Notice, Code: "example"}
	}
	list[sarifResults+6].Severity = Error
	run := sarif(t, list...)
	note := run.Invocations[0].Notifications
	if len(run.Results) != sarifResults || run.Results[0].Level != "error" || len(note) != 1 || note[0].Message.Text != "7 more findings are not listed here" {
		t.Errorf("%d results, the first %+v, notifications %+v", len(run.Results), run.Results[0], note)
	}
}

func TestSARIFOfNothingIsARunWithoutResults(t *testing.T) {
	run := sarif(t)
	if run.Results == nil || run.Tool.Driver.Rules == nil || run.Properties["verdict"] != "pass" || !run.Invocations[0].Successful {
		t.Errorf("%+v", run)
	}
	if sarif(t, Finding{Severity: Undecided, Rule: "r", Code: "example"}).Invocations[0].Successful {
		t.Error("what could not be read counts as a success")
	}
}

func TestNoMessageBecomesALink(t *testing.T) {
	f := with("[x](http://y)")
	f.Related = append(f.Related, Related{Place: Place{Commit: "c0ffee"}, Code: "example", Args: []any{"[x](1)"}})
	r := sarif(t, f).Results[0]
	for _, message := range []string{r.Message.Text, r.Related[0].Message.Text} {
		if strings.Contains(message, "](") || !strings.Contains(message, "[x] (http://y)") {
			t.Errorf("got %q", message)
		}
	}
	if !strings.HasSuffix(r.Message.Text, "\nsee: commit c0ffee: example [x] (1)") || len(r.Related) != 1 {
		t.Errorf("a place without a file is lost: %+v", r)
	}
}
