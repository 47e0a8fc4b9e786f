package finding

import (
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
)

// special are characters that Markdown gives a meaning wherever they stand.
var special = strings.NewReplacer(
	`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "|", `\|`, "~", `\~`, "$", `\$`,
	"&", "&amp;", "<", "&lt;", ">", "&gt;",
	// A forge turns these into links and notices even behind a backslash; the
	// empty comment keeps them apart and is not shown.
	"@", "@<!-- -->", "#", `\#<!-- -->`, "GH-", "GH-<!-- -->",
	"://", `\://`, "www.", `www\.`,
)

// leading are the beginnings of a line that Markdown takes for a list, heading or
// rule, or that the log of a workflow takes for a command.
var leading = regexp.MustCompile(`^(?:[-+=:]|[0-9]+[.)](?:\s|$))`)

// Inline makes text harmless inside a line of Markdown and its invisible
// characters visible; line breaks become <br>, which also holds inside a table.
func Inline(s string) string {
	var out []string
	for _, line := range strings.Split(strings.TrimRight(s, "\n"), "\n") {
		out = append(out, special.Replace(text.Clean(strings.Trim(line, " "))))
	}
	return strings.Join(out, "<br>")
}

// Escape is Inline for text that begins a line.
func Escape(s string) string {
	s = Inline(s)
	if !leading.MatchString(s) {
		return s
	}
	mark := strings.IndexAny(s, "-+=:.)")
	return s[:mark] + `\` + s[mark:]
}

// Markdown returns the finding as the entry of a Markdown list, without its
// mark: sentence, rule, what to do, and the places.
func (f *Finding) Markdown(l text.Lang) string {
	var b strings.Builder
	fmt.Fprintf(&b, "**%s:** %s \\[%s\\]", Inline(l.Say("severity."+string(f.Severity))), Inline(f.Message(l)), Inline(f.Rule))
	if hint := f.Hint(l); hint != "" {
		fmt.Fprintf(&b, "<br>**%s** %s", Inline(l.Say("finding.hint")), Inline(hint))
	}
	if f.Place != (Place{}) {
		fmt.Fprintf(&b, "<br>%s", Inline(f.Place.String()))
	}
	for _, rel := range f.Related {
		fmt.Fprintf(&b, "<br>%s %s: %s", Inline(l.Say("finding.see")), Inline(rel.Place.String()), Inline(l.Say(rel.Code, rel.Args...)))
	}
	return b.String()
}

// summaryLimit stays below the 1 MiB of a step summary, above which GitHub drops
// all of it, and leaves room for a page before it.
const summaryLimit = 900 << 10

// WriteSummary writes a result as Markdown for the summary of a workflow's step:
// the verdict, every finding with the worst first, the policy. Findings that
// would make it too long are counted instead.
func WriteSummary(w io.Writer, r *Result, l text.Lang) error {
	var b strings.Builder
	for i, line := range verdictLines(r, l) {
		mark := ""
		if i == 0 {
			mark = "## "
		}
		fmt.Fprintf(&b, "%s%s\n\n", mark, Escape(line))
	}
	list := slices.Clone(r.Findings)
	Sort(list)
	for i := range list {
		entry := "- " + list[i].Markdown(l) + "\n"
		if b.Len()+len(entry) > summaryLimit {
			fmt.Fprintf(&b, "\n%s\n", Escape(l.Say("finding.left-out", len(list)-i)))
			break
		}
		b.WriteString(entry)
	}
	_, err := io.WriteString(w, b.String())
	return err
}
