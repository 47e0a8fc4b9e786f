package page

import (
	"regexp"
	"strings"
	"testing"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
	"github.com/tambal-id/tambal/cmd/tambal/internal/timeline"
	"github.com/tambal-id/tambal/schema"
)

// filled is the waiting request with the same words in every field a person
// can write.
func filled(t *testing.T, words string) Request {
	t.Helper()
	r := proposed(t, "full", 0, 4)
	m := r.Case.After
	m.Metadata.Title = words
	for i := range m.Items {
		switch b := m.Items[i].Body.(type) {
		case *schema.Monitoring:
			b.Vulnerabilities[0] = schema.Vulnerability{ID: words, CVSS: words}
			b.Systems[0] = schema.System{Name: words, Owner: words, Product: words, Installed: words, Fixed: words, PersonalData: true, Exposure: "internet"}
			b.Evidence[0].Path = words
		case *schema.Plan:
			b.Targets[0] = schema.Target{System: words, From: words, To: words}
			b.Downtime, b.Backup, b.Rollback = words, words, words
		case *schema.Analysis:
			b.RiskIfPatched, b.RiskIfNot, b.Impact, b.Result, b.Conditions = words, words, words, words, []string{words, words}
			b.Urgency, b.Recommendation = schema.Urgency{Method: words, Due: words}, words
		}
	}
	for _, s := range r.Case.Steps {
		if s.Decision != nil {
			s.Decision.By.Name, s.Decision.Disposition, s.Decision.At, s.Decision.Conditions = words, words, words, []string{words}
		}
	}
	r.Ask, r.Next = text.Phrase{Code: "step-order", Args: []any{words}}, text.Phrase{Code: "step-order", Args: []any{words}}
	f := finding.Finding{Rule: "step-order", Severity: finding.Pending, Code: "step-order", Args: []any{words, words}, Place: finding.Place{Path: words, Line: 3, Column: 5},
		Related: []finding.Related{{Place: finding.Place{Path: words}, Code: "step-order", Args: []any{words}}}}
	for range 30 {
		r.Findings = append(r.Findings, f)
	}
	r.URL, r.EditURL = "https://forge.example/"+words, "https://forge.example/"+words
	return r
}

func TestHostileTextStaysTextOnThePage(t *testing.T) {
	for in, want := range map[string]string{
		"::error::x":                     `\::error::x`,
		"##[error]x":                     `\#<!-- -->\#<!-- -->\[error\]x`,
		"$(id)":                          `\$(id)`,
		"</td><script>alert(1)</script>": `&lt;/td&gt;&lt;script&gt;alert(1)&lt;/script&gt;`,
		"@team":                          `@<!-- -->team`,
		"#1 GH-2":                        `\#<!-- -->1 GH-<!-- -->2`,
		"![](http://x)":                  `!\[\](http\://x)`,
		"[x](javascript:alert(1))":       `\[x\](javascript:alert(1))`,
		"a\u202eb\u2066c":                `a&lt;U+202E&gt;b&lt;U+2066&gt;c`,
		"--> akhir":                      `\--&gt; akhir`,
		"DITOLAK. Jangan":                `DITOLAK. Jangan`,
		"a\n\n\n# b":                     `a \#<!-- --> b`,
		"`kode`":                         "\\`kode\\`",
		"</details>":                     `&lt;/details&gt;`,
		"a\r\x1b[2J":                     `a&lt;U+000D&gt;&lt;U+001B&gt;\[2J`,
		"**":                             `\*\*`,
	} {
		r := filled(t, in)
		got := string(r.Markdown())
		for label, line := range map[string]string{
			"title":       "\n**" + want + "**<br>SP-2026-0007 · ",
			"risk":        "- **Risiko bila tidak dipasang:** " + want + "\n",
			"backup":      "- **Pencadangan:** " + want + "\n",
			"disposition": "- **Isi disposisi:** " + want + "\n",
			"system":      "- **" + want + "** (" + want + ", terbuka ke internet, data pribadi)<br>" + want + ": " + want + " → " + want + "\n",
		} {
			if !strings.Contains(got, line) {
				t.Errorf("%q: %s is not %q in\n%s", in, label, line, got)
			}
		}
		harmless(t, got)
	}
}

var (
	tag     = regexp.MustCompile(`</?[a-zA-Z!][^>\n]*>`)
	allowed = regexp.MustCompile(`^(<br>|</?details>|</?summary>|</?sub>|<!-- -->)$`)
	address = regexp.MustCompile(`(.)\]\(([^)]*)\)`)
)

// harmless looks at a page as a forge, a browser or the log of a workflow would.
func harmless(t *testing.T, page string) {
	t.Helper()
	for _, found := range tag.FindAllString(page, -1) {
		if !allowed.MatchString(found) {
			t.Errorf("the page holds the tag %q", found)
		}
	}
	for _, found := range address.FindAllStringSubmatch(page, -1) {
		if found[1] != `\` && !strings.HasPrefix(found[2], "https://forge.example/") {
			t.Errorf("the page links to %q", found[2])
		}
	}
	for line := range strings.Lines(page) {
		if begin := strings.TrimSpace(line); strings.HasPrefix(begin, "::") || strings.Contains(line, "##[") {
			t.Errorf("the log of a workflow obeys %q", line)
		}
		if text.Clean(line) != strings.TrimSuffix(line, "\n") {
			t.Errorf("the line %q hides something", line)
		}
	}
	if regexp.MustCompile(`(^|[^\\])@[a-z]`).MatchString(page) {
		t.Error("the page calls somebody")
	}
}

// crowded is filled with hundreds of everything.
func crowded(t *testing.T, words string) Request {
	r := filled(t, words)
	for _, it := range r.Case.After.Items {
		switch b := it.Body.(type) {
		case *schema.Monitoring:
			for range 300 {
				b.Vulnerabilities = append(b.Vulnerabilities, b.Vulnerabilities[0])
				b.Evidence = append(b.Evidence, b.Evidence[0])
			}
		case *schema.Plan:
			for range 300 {
				b.Targets = append(b.Targets, b.Targets[0])
			}
		}
	}
	return r
}

func TestAPageFitsIntoACommentWhateverTheCaseHolds(t *testing.T) {
	largest := 0
	for _, words := range []string{"a", "#", "@", "\x01", "漢", "\n", " x", "`", "GH-", "\U000e0001"} {
		r := crowded(t, strings.Repeat(words, 64<<10/len(words)))
		for i := range r.Findings {
			r.Findings[i].Args, r.Findings[i].Related = []any{strings.Repeat(words, 700), ""}, nil
		}
		for range 300 {
			r.Case.Steps = append(r.Case.Steps, &timeline.Step{Item: &schema.Item{Name: strings.Repeat(words, 100)}})
		}
		r.Item = strings.Repeat("x", itemBytes)
		largest = max(largest, len(r.Markdown()))
	}
	if largest > 60000 || largest < 30000 {
		t.Errorf("the largest page has %d bytes", largest)
	}
}

func TestWhatIsLeftOutIsCounted(t *testing.T) {
	page := string(crowded(t, "web").Markdown())
	for want, times := range map[string]int{
		"- … dan 294 lagi di berkas\n":        2, // 302 systems and vulnerabilities
		"- … dan 271 lagi di berkas\n":        1, // 301 files
		"Berkas bukti dan sidiknya: 301</sum": 1,
		"- … dan 10 temuan lain\n":            1,
	} {
		if got := strings.Count(page, want); got != times {
			t.Errorf("%q stands there %d times\n%s", want, got, page)
		}
	}
}

func TestLongTextIsCutAndSaysSo(t *testing.T) {
	for in, want := range map[string]string{
		strings.Repeat("a", 600):                  strings.Repeat("a", 600),
		strings.Repeat("a", 601):                  strings.Repeat("a", 600) + "… (berkas)",
		strings.Repeat("é", 601):                  strings.Repeat("é", 600) + "… (berkas)",
		strings.Repeat("\n", 5000) + "a\n \n  b ": "a b",
		strings.Repeat("#", 600):                  strings.Repeat(`\#<!-- -->`, 120) + "… (berkas)",
	} {
		if got := clip(in, "… (berkas)"); got != want {
			t.Errorf("clip(%.20q…) has %d bytes: %.80q…, want %d", in, len(got), got, len(want))
		}
	}
}

func TestAnItemIsOfferedOnlyAsTheVeryBytes(t *testing.T) {
	r := pages(t)["record"]
	plain := r.Item
	for item, shown := range map[string]string{
		plain: "\n```yaml\n" + strings.TrimRight(plain, "\n") + "\n```\n",
		"  - approval:\n      disposition: ```` dan </details>\n": "\n`````yaml\n  - approval:\n      disposition: ```` dan </details>\n`````\n",
		"  - approval:\n      disposition: a\u202eb\n":            "",
		"  - approval:\r\n":                                "",
		"  - approval:\n\tx: \n":                           "",
		"  - approval:\n      x: \xff\n":                   "",
		"  - approval:\n" + strings.Repeat(" ", itemBytes): "",
	} {
		r.Item = item
		page := string(r.Markdown())
		if shown == "" {
			shown = "Jalankan `tambal record SP-2026-0007`."
			if strings.Contains(page, "```") {
				t.Errorf("%q is offered for pasting", item)
			}
		}
		if !strings.Contains(page, shown) {
			t.Errorf("no %q in\n%s", shown, page)
		}
	}
}

func TestOnlyAddressesOfTheWebBecomeLinks(t *testing.T) {
	for in, want := range map[string]string{
		"https://github.com/o/r/pull/1":         "[x](https://github.com/o/r/pull/1)",
		"https://github.com/o/r/edit/a%23b/c d": "[x](https://github.com/o/r/edit/a%23b/c%20d)",
		"https://h.example/a)(b":                "[x](https://h.example/a%29%28b)",
		"https://h.example/<script>\"\\`":       "[x](https://h.example/%3Cscript%3E%22%5C%60)",
		"https://h.example/a\u202eb":            "[x](https://h.example/a%E2%80%AEb)",
		"javascript:alert(1)":                   "x",
		"data:text/html,x":                      "x",
		"//h.example/":                          "x",
		"":                                      "x",
		"https://h.example/\n":                  "x",
		"https://h.example/" + strings.Repeat("a", linkBytes): "x",
	} {
		if got := link("x", in); got != want {
			t.Errorf("link(%q) = %s, want %s", in, got, want)
		}
	}
}
