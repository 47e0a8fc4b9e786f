package report

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/prose"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
	"github.com/tambal-id/tambal/cmd/tambal/internal/timeline"
	"github.com/tambal-id/tambal/policies"
)

// WriteTable writes where every case stands, a line each: state, decision, who is
// next and until when. standings are those of the timeline's cases, in their order.
func WriteTable(out io.Writer, line *timeline.Timeline, standings []finding.Case, lang text.Lang) error {
	if len(line.Cases) == 0 {
		_, err := fmt.Fprintln(out, lang.Say("status.none"))
		return err
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, lang.Say("status.head"))
	for i, c := range line.Cases {
		s := standings[i]
		state, next, due := s.State, "-", "-"
		if s.Outcome != nil {
			state = lang.Say("status.closed", text.Phrase{Code: "report.outcome." + *s.Outcome})
		} else if len(s.Next) > 0 {
			next = s.Next[0].Step + ": " + line.Policy.Team.Names(s.Next[0].Roles, line.Now)
			if at := c.Due(line.Policy); !at.IsZero() {
				due = at.Format("2006-01-02 15:04")
			}
			if s.Overdue {
				due += " " + lang.Say("status.overdue")
			}
		}
		strength := "-"
		if s.Approval != nil {
			strength = lang.Say("status.decision", text.Phrase{Code: "report.decision." + s.Approval.Decision}, text.Phrase{Code: "status.strength." + s.Approval.Strength})
		}
		row(w, c.ID, clipped(Title(c), 38), state, strength, clipped(next, 40), due)
	}
	return w.Flush()
}

// row writes one line of a table, whatever its cells hold: a line break in the name
// of a folder would be another case.
func row(w io.Writer, cells ...string) {
	for i, cell := range cells {
		cells[i] = text.Clean(cell)
	}
	fmt.Fprintln(w, strings.Join(cells, "\t"))
}

// Title is a case's title as it can be shown; "-" while no manifest was readable.
func Title(c *timeline.Case) string {
	if c.Manifest == nil {
		return "-"
	}
	return text.Clean(c.Manifest.Metadata.Title)
}

func clipped(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n-1]) + "…"
}

// WriteSteps writes the finished steps with their times against the standard.
func WriteSteps(out io.Writer, p *policies.Policy, c *timeline.Case, lang text.Lang) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, lang.Say("status.steps"))
	zone := prose.NewVoice(lang, p).Zone()
	for _, s := range c.Steps {
		no, standard, commit, when := "", "-", "-", "-"
		if s.Row != nil {
			no, standard = s.Row.DisplayNo, s.Row.StandardTime
		}
		if s.Commit != nil {
			commit = s.Commit.ID.Short()
		}
		if !s.Span.End.IsZero() {
			when = s.Span.End.In(zone).Format("2006-01-02 15:04")
		}
		row(w, no, s.Item.Name, s.By().Name, when, standard, taken(s, lang), commit)
	}
	return w.Flush()
}

// taken says how long a step took, and whether that is its own word.
func taken(s *timeline.Step, lang text.Lang) string {
	if s.Span.Start.IsZero() || s.Span.End.IsZero() {
		return "-"
	}
	code, n := "status.minutes", s.Span.Minutes
	if s.Row != nil && s.Row.Standard.Days > 0 && s.Span.Days > 0 {
		code, n = "status.days", s.Span.Days
	}
	taken := lang.Say(code, n)
	if !s.Span.Stated {
		taken = "± " + taken
	}
	if s.Span.Over {
		taken += " !"
	}
	return taken
}
