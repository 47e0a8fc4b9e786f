package finding

import (
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
)

// said returns what a writer writes of findings.
func said(t *testing.T, write func(io.Writer, *Result, text.Lang) error, findings ...Finding) string {
	t.Helper()
	var b strings.Builder
	if err := write(text.NewWriter(&b), &Result{Base: "x", Findings: findings}, text.English); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// with is a finding whose path, arguments and second place hold the same words.
func with(words string) Finding {
	return Finding{
		Rule: "step-order", Severity: Error, Step: "plan", Place: Place{Path: words, Line: 3, Column: 5},
		Code: "step-order", Args: []any{words, "plan"},
		Related: []Related{{Place: Place{Path: words}, Code: "example", Args: []any{words}}},
	}
}

func TestGitHubGetsEveryByteOfHostileTextAsText(t *testing.T) {
	for in, want := range map[string][2]string{ // as property, as data
		"::error::x":                       {"%3A%3Aerror%3A%3Ax", "::error::x"},
		"%0A::set-output name=x::y":        {"%250A%3A%3Aset-output name=x%3A%3Ay", "%250A::set-output name=x::y"},
		"$(id)":                            {"$(id)", "$(id)"},
		"</td><script>alert(1)</script>":   {"</td><script>alert(1)</script>", "</td><script>alert(1)</script>"},
		"@team":                            {"@team", "@team"},
		"#1":                               {"#1", "#1"},
		"`x`":                              {"`x`", "`x`"},
		"a\u202eb":                         {"a<U+202E>b", "a<U+202E>b"},
		"\x1b[2J":                          {"<U+001B>[2J", "<U+001B>[2J"},
		"a\r::error::b":                    {"a<U+000D>%3A%3Aerror%3A%3Ab", "a<U+000D>::error::b"},
		"a\n::error::b,line=1":             {"a %3A%3Aerror%3A%3Ab%2Cline=1", "a ::error::b,line=1"},
		"\xff":                             {"<U+FFFD>", "<U+FFFD>"},
		"patches/2026/SP-2026-0007/p.yaml": {"patches/2026/SP-2026-0007/p.yaml", "patches/2026/SP-2026-0007/p.yaml"},
	} {
		want := "::error file=" + want[0] + ",line=3,col=5,title=error%3A steps follow the order of the SOP" +
			"::step " + want[1] + " is not allowed here yet [step-order]%0Ahint: allowed now: plan%0Asee: " + want[1] + ": example " + want[1] + "\n" +
			"FAIL: 1 errors, 0 undecided, 0 pending, 0 warnings, 0 notices\n"
		got := said(t, WriteGitHub, with(in))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", in, diff)
		}
	}
}

func TestTheLogOfAWorkflowObeysNoText(t *testing.T) {
	for in, want := range map[string]string{
		"::error::x":          "<U+003A>:error::x",
		"  ::error::x":        "  <U+003A>:error::x",
		"\u00a0\u3000::x::":   "\u00a0\u3000<U+003A>:x::",
		"\n::error::x":        " <U+003A>:error::x",
		"##[error]x":          "##<U+005B>error]x",
		"a ##[add-mask]b":     "a ##<U+005B>add-mask]b",
		"###[error]":          "###<U+005B>error]",
		"patches/a::b":        "patches/a::b",
		"patches/2026/##/a.y": "patches/2026/##/a.y",
	} {
		inside := strings.ReplaceAll(text.Clean(in), "##[", "##<U+005B>") // "::" is a command at the beginning only
		want := want + ":3:5: error: step " + inside + " is not allowed here yet [step-order]\n" +
			"    hint: allowed now: plan\n" +
			"    see:  " + inside + ": example " + inside + "\n"
		got := said(t, WriteText, with(in))
		if diff := cmp.Diff(want+"FAIL: 1 errors, 0 undecided, 0 pending, 0 warnings, 0 notices\n", got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", in, diff)
		}
	}
}

// obeyed are the commands that a runner finds in a log: "::" behind blanks at the
// beginning of a line, "##[" anywhere.
func obeyed(log string) (commands []string) {
	for line := range strings.Lines(log) {
		if begin := strings.TrimLeftFunc(line, unicode.IsSpace); strings.HasPrefix(begin, "::") || strings.Contains(line, "##[") {
			commands = append(commands, strings.TrimSuffix(begin, "\n"))
		}
	}
	return commands
}

func TestNoFormatLetsTextCommandTheRunner(t *testing.T) {
	for name, write := range Writers {
		for _, words := range []string{"::error::x", " ::stop-commands::x", "##[error]x", "\n##[set-env name=x]y", "\\##[error]"} {
			got := said(t, write, with(words))
			if name == "github" {
				_, got, _ = strings.Cut(got, "\n") // the first line is our own command
			}
			if list := obeyed(got); list != nil {
				t.Errorf("%s: %q commands %q", name, words, list)
			}
		}
	}
}

func TestGitHubShowsTheWorstAndCountsTheRest(t *testing.T) {
	var list []Finding
	for _, s := range []Severity{Notice, Warning, Pending, Undecided, Error} {
		for i := range 6 {
			list = append(list, Finding{Rule: "r", Severity: s, Place: Place{Path: fmt.Sprintf("%s-%d", s, i)}, Code: "example"})
		}
	}
	got := said(t, WriteGitHub, list...)
	var order []string
	for _, m := range regexp.MustCompile(`(?m)^::(\w+) (?:file=(\w+)-\d|::(and 3 more))`).FindAllStringSubmatch(got, -1) {
		if entry := m[1] + " " + m[2] + m[3]; len(order) == 0 || order[len(order)-1] != entry {
			order = append(order, entry)
		}
	}
	want := []string{
		"error error", "error undecided", "warning pending", "warning warning", "notice notice",
		"error and 3 more", "warning and 3 more",
	}
	if diff := cmp.Diff(want, order); diff != "" {
		t.Errorf("-want +got:\n%s\n%s", diff, got)
	}
	for kind, most := range map[string]int{"error": 10, "warning": 10, "notice": 6} {
		if n := strings.Count(got, "::"+kind+" "); n != most {
			t.Errorf("%d annotations of kind %s", n, kind)
		}
	}
	for _, left := range []string{"undecided-3: undecided: example [r]\n", "warning-5: warning: example [r]\n"} {
		if !strings.Contains(got, left) {
			t.Errorf("%q is lost in\n%s", left, got)
		}
	}
}

func TestAnAnnotationWithoutAFileNamesItsCommit(t *testing.T) {
	got := said(t, WriteGitHub, Finding{Rule: "r", Severity: Pending, Place: Place{Commit: strings.Repeat("c", 40)}, Code: "example"})
	if want := "::warning title=pending::example [r]%0Asee: commit cccccccccc\n"; !strings.HasPrefix(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestALongAnnotationIsCut(t *testing.T) {
	got := said(t, WriteGitHub, with(strings.Repeat("é", 9000)))
	line, _, _ := strings.Cut(got, "\n")
	if _, message, _ := strings.Cut(line, "SOP::"); len([]rune(message)) != annotationRunes+1 || !strings.HasSuffix(message, "é…") {
		t.Errorf("the message has %d characters", len([]rune(message)))
	}
}

func TestSummaryIsMarkdownThatStaysText(t *testing.T) {
	want := "## FAIL: 1 errors, 0 undecided, 0 pending, 0 warnings, 0 notices\n\n" +
		`- **error:** step @<!-- -->team &lt;b&gt; \#<!-- -->1 is not allowed here yet \[step-order\]<br>**hint:** allowed now: plan` +
		`<br>@<!-- -->team &lt;b&gt; \#<!-- -->1:3:5<br>see: @<!-- -->team &lt;b&gt; \#<!-- -->1: example @<!-- -->team &lt;b&gt; \#<!-- -->1` + "\n"
	if diff := cmp.Diff(want, said(t, WriteSummary, with("@team <b> #1"))); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestSummaryStaysBelowTheLimitAndCountsTheRest(t *testing.T) {
	list := make([]Finding, 3000)
	for i := range list {
		list[i] = with(strings.Repeat("a", 200))
	}
	got := said(t, WriteSummary, list...)
	shown := strings.Count(got, "\n- ")
	if len(got) > 1<<20-60000 || len(got) < 800<<10 || !strings.HasSuffix(got, fmt.Sprintf("\n\n%d more findings are not listed here\n", 3000-shown)) {
		t.Errorf("%d bytes with %d findings end with %q", len(got), shown, got[len(got)-80:])
	}
}

func TestJSONKeepsTheWordsItDisarms(t *testing.T) {
	const words = `\##[error] ##[[`
	var out struct{ Findings []struct{ Path string } }
	if err := json.Unmarshal([]byte(said(t, WriteJSON, with(words))), &out); err != nil || out.Findings[0].Path != words {
		t.Errorf("%v: %+v", err, out)
	}
}
