package finding

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
)

// GitHub shows ten annotations of a kind for one step. The tenth is kept for the
// remark that there are more.
const annotationsOfAKind = 9

// annotationRunes keeps one annotation far below GitHub's 64 KiB.
const annotationRunes = 4000

// annotationKinds are the workflow commands that make an annotation, worst first.
var annotationKinds = []string{"error", "warning", "notice"}

// annotationKind maps a severity to GitHub's annotation level. What could not be
// verified is shown as an error; a pending decision is not one.
func annotationKind(s Severity) string {
	switch s {
	case Error, Undecided:
		return "error"
	case Pending, Warning:
		return "warning"
	}
	return "notice"
}

// WriteGitHub writes findings as workflow commands, which GitHub shows beside
// the lines they are about, worst first; then as text what there was no room
// for, and the verdict.
func WriteGitHub(w io.Writer, r *Result, l text.Lang) error {
	list := slices.Clone(r.Findings)
	Sort(list)
	var b strings.Builder
	var rest []Finding
	count := map[string]int{}
	for i := range list {
		kind := annotationKind(list[i].Severity)
		if count[kind]++; count[kind] > annotationsOfAKind {
			rest = append(rest, list[i])
			continue
		}
		b.WriteString(annotation(kind, &list[i], l))
	}
	for _, kind := range annotationKinds {
		if more := count[kind] - annotationsOfAKind; more > 0 {
			fmt.Fprintf(&b, "::%s ::%s\n", kind, data.Replace(l.Say("finding.more", more)))
		}
	}
	if _, err := io.WriteString(text.Raw(w), b.String()); err != nil {
		return err
	}
	if err := WriteFindings(w, rest, r.Base == "", l); err != nil {
		return err
	}
	return writeVerdict(w, r, l)
}

// data and property escape the two parts of a workflow command.
var (
	data     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// annotation is one workflow command. Its text is that of WriteFindings without
// the place, which is in the properties.
func annotation(kind string, f *Finding, l text.Lang) string {
	var b strings.Builder
	b.WriteString("::" + kind + " ")
	if f.Path != "" {
		fmt.Fprintf(&b, "file=%s,", property.Replace(text.Clean(f.Path)))
		if f.Line > 0 {
			fmt.Fprintf(&b, "line=%d,col=%d,", f.Line, max(f.Column, 1))
		}
	}
	title := l.Say("severity." + string(f.Severity))
	if rule := l.Maybe(f.Rule + ".title"); rule != "" {
		title += ": " + rule
	}
	fmt.Fprintf(&b, "title=%s::%s\n", property.Replace(title), data.Replace(shorten(prose(f, l), annotationRunes)))
	return b.String()
}

// prose is a finding as lines without its own place: the sentence, what to do,
// the other places.
func prose(f *Finding, l text.Lang) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s [%s]", f.Message(l), f.Rule)
	if hint := f.Hint(l); hint != "" {
		fmt.Fprintf(&b, "\n%s %s", l.Say("finding.hint"), hint)
	}
	if f.Path == "" && f.Commit != "" {
		fmt.Fprintf(&b, "\n%s %s", l.Say("finding.see"), f.Place)
	}
	for _, rel := range f.Related {
		fmt.Fprintf(&b, "\n%s %s: %s", l.Say("finding.see"), rel.Place, l.Say(rel.Code, rel.Args...))
	}
	return b.String()
}

// shorten cuts text to that many characters.
func shorten(s string, runes int) string {
	n := 0
	for i := range s {
		if n++; n > runes {
			return s[:i] + "…"
		}
	}
	return s
}
