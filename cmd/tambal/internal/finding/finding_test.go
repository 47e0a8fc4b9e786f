package finding

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
)

func hostile() *Result {
	return &Result{
		Head: strings.Repeat("a", 40), Policy: Policy{Commit: strings.Repeat("b", 40), Digest: "sha256:x"},
		Findings: []Finding{{
			Rule: "step-order", Severity: Error, Case: "SP-2026-0001", Step: "plan",
			Place: Place{Path: "patches/\x1b[2J\xff", Line: 3, Column: 5},
			Code:  "step-order", Args: []any{"::error::x\r\n\u202e", "plan"},
			Related: []Related{{Place: Place{Commit: strings.Repeat("c", 40)}, Code: "see.item", Args: []any{"\x07"}}},
		}},
	}
}

func TestTextFromOthersCannotDriveTheTerminal(t *testing.T) {
	var b strings.Builder
	if err := WriteText(&b, hostile(), text.English); err != nil {
		t.Fatal(err)
	}
	want := "patches/<U+001B>[2J<U+FFFD>:3:5: error: step ::error::x<U+000D> <U+202E> is not allowed here yet [step-order]\n" +
		"    hint: allowed now: plan\n" +
		"    see:  commit cccccccccc: <U+0007>\n" +
		"FAIL: 1 errors, 0 undecided, 0 pending, 0 warnings, 0 notices\n" +
		"policy anchor bbbbbbbbbb, digest sha256:x\n"
	if b.String() != want {
		t.Errorf("got\n%q\nwant\n%q", b.String(), want)
	}
}

func TestJSONStaysValidWithInvalidPaths(t *testing.T) {
	var b strings.Builder
	if err := WriteJSON(&b, hostile(), text.Indonesian); err != nil {
		t.Fatal(err)
	}
	var out struct {
		Verdict  string
		Findings []struct{ Rule, Severity, Path, Message string }
	}
	if err := json.Unmarshal([]byte(b.String()), &out); err != nil {
		t.Fatal(err)
	}
	if out.Verdict != "fail" || out.Findings[0].Rule != "step-order" || !strings.HasSuffix(out.Findings[0].Path, "\uFFFD") {
		t.Errorf("%+v", out)
	}
}

func TestTheWorstSeverityDecides(t *testing.T) {
	for _, c := range []struct {
		name string
		in   []Severity
		want Verdict
		exit int
	}{
		{"nothing", nil, Pass, 0},
		{"remarks only", []Severity{Warning, Notice}, Pass, 0},
		{"pending", []Severity{Notice, Pending}, Waiting, 1},
		{"undecided beats pending", []Severity{Undecided, Pending}, Unknown, 3},
		{"pending does not hide undecided", []Severity{Pending, Undecided, Warning}, Unknown, 3},
		{"error beats all", []Severity{Pending, Undecided, Error}, Fail, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			var list []Finding
			for _, s := range c.in {
				list = append(list, Finding{Severity: s})
			}
			if got := Judge(list); got != c.want || got.ExitCode() != c.exit {
				t.Errorf("got %s, exit %d", got, got.ExitCode())
			}
		})
	}
}

func TestOrderDoesNotDependOnInput(t *testing.T) {
	a := Finding{Rule: "a", Severity: Notice, Place: Place{Path: "x", Line: 1}, Code: "a"}
	b := Finding{Rule: "b", Severity: Error, Place: Place{Path: "y", Line: 9}, Code: "b"}
	c := Finding{Rule: "c", Severity: Error, Place: Place{Path: "y", Line: 2}, Code: "c"}
	for _, list := range [][]Finding{{a, b, c}, {c, b, a}, {b, a, c}} {
		Sort(list)
		if list[0].Rule+list[1].Rule+list[2].Rule != "cba" {
			t.Errorf("got %v", list)
		}
	}
}
