package report

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
	"github.com/tambal-id/tambal/cmd/tambal/internal/timeline"
	"github.com/tambal-id/tambal/cmd/tambal/internal/timeline/timelinetest"
	"github.com/tambal-id/tambal/schema"
)

func TestMarkdownFromPeopleStaysText(t *testing.T) {
	for in, want := range map[string]string{
		"</td><script>alert(1)</script>": `&lt;/td&gt;&lt;script&gt;alert(1)&lt;/script&gt;`,
		"![x](http://y)":                 `!\[x\](http\://y)`,
		"[x](javascript:alert(1))":       `\[x\](javascript:alert(1))`,
		"@team lihat #1":                 `@<!-- -->team lihat \#<!-- -->1`,
		"a\u202eb":                       `a&lt;U+202E&gt;b`,
		"::error::salah":                 `\::error::salah`,
		"a | b":                          `a \| b`,
		"`kode` *tebal* _miring_ ~~x~~":  "\\`kode\\` \\*tebal\\* \\_miring\\_ \\~\\~x\\~\\~",
		"# judul":                        `\#<!-- --> judul`,
		"- butir":                        `\- butir`,
		"+ butir":                        `\+ butir`,
		"12. butir":                      `12\. butir`,
		"1) butir":                       `1\) butir`,
		"1.10":                           `1.10`,
		"===":                            `\===`,
		"> kutip":                        `&gt; kutip`,
		"    kode":                       `kode`,
		"a\nb\n":                         `a<br>b`,
		"a\n::error::b":                  `a<br>::error::b`,
		"a\r\n| b":                       `a&lt;U+000D&gt;<br>\| b`,
		"&lt;b&gt;":                      `&amp;lt;b&amp;gt;`,
		`\`:                              `\\`,
		"www.jahat.example":              `www\.jahat.example`,
		"$x$":                            `\$x\$`,
		"\x1b[2J":                        `&lt;U+001B&gt;\[2J`,
	} {
		if got := finding.Escape(in); got != want {
			t.Errorf("escape(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestHTMLFromPeopleStaysText(t *testing.T) {
	for in, want := range map[string]string{
		"</td><script>":        "<p>&lt;/td&gt;&lt;script&gt;</p>\n",
		"![x](http://y)":       "<p>![x](http://y)</p>\n",
		"@team":                "<p>@team</p>\n",
		"a\u202eb":             "<p>a&lt;U&#43;202E&gt;b</p>\n",
		"a\n::error::":         "<p>a<br>::error::</p>\n",
		`"onload='x'`:          "<p>&#34;onload=&#39;x&#39;</p>\n",
		"0123456789abcdef0123": "<p>0123456789<wbr>abcdef0123<wbr></p>\n",
	} {
		var b strings.Builder
		if err := page().ExecuteTemplate(&b, "block", Block{Text: in}); err != nil {
			t.Fatal(err)
		}
		if b.String() != want {
			t.Errorf("%q became %q, want %q", in, b.String(), want)
		}
	}
}

func TestPastedCommandsAreQuoted(t *testing.T) {
	for in, want := range map[string]string{
		"patches/2026/SP-2026-0007/patch.yaml": "patches/2026/SP-2026-0007/patch.yaml",
		"a; rm -rf ~":                          "'a; rm -rf ~'",
		"it's":                                 `'it'\''s'`,
		"":                                     "''",
	} {
		if got := shellWord(in); got != want {
			t.Errorf("shellWord(%q) = %s, want %s", in, got, want)
		}
	}
}

func TestStyleSheetTextCannotLeaveItsString(t *testing.T) {
	if got, want := cssString("a\"}</style>\u202e"), `a\000022 \00007d \00003c \00002f style\00003e \00003c U\00002b 202E\00003e `; got != want {
		t.Errorf("got %s", got)
	}
}

const hostile = "</td><script>alert(1)</script> ![x](http://y) @team #1 `a` | b\n::error::c \u202e \x1b[2J"

// poisoned puts hostile text into every text of the full case, as no schema
// would let it through.
func poisoned(t *testing.T) (*timeline.Timeline, *timeline.Case, []finding.Finding) {
	t.Helper()
	line, c := fixture(t, "full")
	c.ID, c.Dir = hostile, hostile
	c.Manifest.Metadata.Title, c.Manifest.Metadata.RetryOf = hostile, hostile
	keep := map[string]bool{"startedAt": true, "finishedAt": true, "of": true, "phase": true, "system": true}
	for _, s := range c.Steps {
		raw, err := json.Marshal(spoil("", s.Item.Raw, keep))
		if err == nil {
			err = json.Unmarshal(raw, s.Item.Body)
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, con := range s.Contributions {
			con.Author.Person, con.Author.Name, con.Author.Email = nil, hostile, hostile
		}
		for i, f := range s.Files {
			f.Evidence = s.Item.Evidence()[i]
			if f.Scan != nil {
				f.Scan.Tool, f.Scan.Target, f.Scan.Findings[0].Package, f.Scan.Findings[0].ID = hostile, hostile, hostile, hostile
			}
		}
	}
	office := &line.Policy.Procedure.Office
	office.Government, office.Agency, office.Address = hostile, hostile, hostile
	line.Policy.Procedure.Number = hostile
	c.Decision().Decision.By.Listed = nil
	return line, c, []finding.Finding{{Rule: "x", Severity: finding.Error, Case: c.ID, Code: "example", Args: []any{hostile}, Place: finding.Place{Path: hostile, Line: 1}}}
}

// fenced is a block of commands: plain text in Markdown.
var fenced = regexp.MustCompile("(?ms)^```sh\n.*?^```$")

// spoil returns a copy of a JSON value with its texts replaced.
func spoil(key string, value any, keep map[string]bool) any {
	switch v := value.(type) {
	case string:
		if keep[key] {
			return v
		}
		return hostile
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = spoil(key, v[i], keep)
		}
		return out
	case map[string]any:
		out := map[string]any{}
		for k := range v {
			out[k] = spoil(k, v[k], keep)
		}
		return out
	}
	return value
}

func TestHostileTextNeverBecomesMarkup(t *testing.T) {
	line, c, findings := poisoned(t)
	for _, lang := range []text.Lang{text.Indonesian, text.English} {
		r := New(line, c, findings, lang)
		for format, bad := range map[string]*regexp.Regexp{
			"md":   regexp.MustCompile("(?m)<script|</td|\\]\\(http://|@team|[^\\\\]#1|^\\s*::|[\x00-\x09\x0b-\x1f\u202e]"),
			"html": regexp.MustCompile("(?m)<script|</td><script|^\\s*::|[\x00-\x09\x0b-\x1f\u202e]"),
			"json": regexp.MustCompile("(?m)^\\s*::|[\x00-\x09\x0b-\x1f\u202e]"),
		} {
			got := fenced.ReplaceAllString(render(t, r, format), "")
			if at := bad.FindStringIndex(got); at != nil {
				t.Errorf("%s %s: %q", lang, format, got[max(0, at[0]-60):min(len(got), at[1]+60)])
			}
		}
		rows := regexp.MustCompile(`(?m)^\|.*$`).FindAllString(render(t, r, "md"), -1)
		for _, row := range rows {
			if n := strings.Count(strings.ReplaceAll(row, `\|`, ""), "|"); n < 4 || n > 9 {
				t.Errorf("row with %d bars: %s", n, row)
			}
		}
	}
}

func TestJSONKeepsTheTextOfPeople(t *testing.T) {
	line, c, _ := poisoned(t)
	var back Report
	if err := json.Unmarshal([]byte(render(t, New(line, c, nil, text.Indonesian), "json")), &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(hostile, back.Case.Title); diff != "" {
		t.Error(diff)
	}
}

func TestPageIsSelfContainedAndWellFormed(t *testing.T) {
	for _, name := range []string{"full", "not-required"} {
		got := render(t, reportOf(t, name, text.Indonesian), "html")
		if m := regexp.MustCompile(`<(script|img|link|iframe|object|svg|base)|\s(src|href|style|on\w+)=|url\(|@import`).FindString(got); m != "" {
			t.Errorf("%s: the page holds %q", name, m)
		}
		if n := strings.Count(got, "<h1>"); n != 1 {
			t.Errorf("%s: %d first headings", name, n)
		}
		seen := map[string]bool{}
		for _, id := range regexp.MustCompile(` id="([^"]*)"`).FindAllStringSubmatch(got, -1) {
			if seen[id[1]] {
				t.Errorf("%s: id %s stands twice", name, id[1])
			}
			seen[id[1]] = true
		}
		wellFormed(t, got)
	}
}

// wellFormed checks that every element is closed where it should be.
func wellFormed(t *testing.T, page string) {
	t.Helper()
	void := map[string]bool{"meta": true, "br": true, "wbr": true}
	var open []string
	for _, m := range regexp.MustCompile(`<(/?)([a-z][a-z0-9]*)`).FindAllStringSubmatch(page, -1) {
		switch {
		case void[m[2]]:
		case m[1] == "":
			open = append(open, m[2])
		case len(open) == 0 || open[len(open)-1] != m[2]:
			t.Fatalf("</%s> closes %v", m[2], open)
		default:
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 {
		t.Errorf("left open: %v", open)
	}
}

func TestStepsOnlyThePolicyKnowsArePrinted(t *testing.T) {
	line, c := fixture(t, "full")
	it := &schema.Item{Name: "serah-terima", Index: len(c.Steps), Raw: map[string]any{"note": "Diserahkan."}, Body: &schema.Generic{Note: "Diserahkan."}}
	c.Steps = append(c.Steps, timelinetest.Step(line.Policy, c, it, line))
	if got := render(t, New(line, c, nil, text.Indonesian), "md"); !strings.Contains(got, "- **serah-terima:** Diserahkan.\n") {
		t.Error("the note is not printed")
	}
}
