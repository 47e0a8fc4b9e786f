package finding

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
)

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
