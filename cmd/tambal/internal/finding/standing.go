package finding

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
)

// Standing is what status adds to a case: its contents, what was done, and what it
// waits for, on the branch where it stands if it has one. Times are in the office's
// zone.
type Standing struct {
	Title           string    `json:"title"`
	Systems         []string  `json:"systems"`
	Vulnerabilities []string  `json:"vulnerabilities"`
	Opened          time.Time `json:"opened,omitzero"` // end of the first step
	Due             time.Time `json:"due,omitzero"`    // of the next step, by its standard time
	Steps           []Taken   `json:"steps"`           // landed ones, then those of the branch
	// Branch is where the case has more than has landed, "" without one. Where more
	// than one is such a branch, Diverged names all and Branch none.
	Branch   string   `json:"branch,omitempty"`
	Diverged []string `json:"diverged,omitempty"`
	// WaitingFor is nil for a case that has ended, or after which no step may come. WaitingSince is when the last
	// commit of the branch was made, or the last landing of the case.
	WaitingFor   *Awaited  `json:"waitingFor"`
	WaitingSince time.Time `json:"waitingSince,omitzero"`
	// Findings counts those about the case, in the landed history and on its branch.
	Findings map[Severity]int `json:"findings"`
}

// Taken is a finished step and the time it took. Minutes are from start to finish, nil
// where that is not known, and Days the same in working days where the standard time
// is one. Stated says that the item itself names the times, Over that the standard is
// exceeded.
type Taken struct {
	Step     string    `json:"step"`
	No       string    `json:"no,omitempty"` // row of the SOP
	By       string    `json:"by"`
	Finished time.Time `json:"finishedAt,omitzero"`
	Minutes  *int      `json:"minutes"`
	Days     int       `json:"days,omitempty"`
	// The standard time is in minutes or in working days; 0 for none.
	StandardMinutes int    `json:"standardMinutes,omitempty"`
	StandardDays    int    `json:"standardDays,omitempty"`
	Stated          bool   `json:"stated"`
	Over            bool   `json:"over"`
	Commit          string `json:"commit,omitempty"`
	Landed          bool   `json:"landed"`
}

// Awaited is what a case waits for: its next step, or an act on its branch.
type Awaited struct {
	What   string   `json:"what"` // a step, or one of the acts
	Roles  []string `json:"roles"`
	People []string `json:"people"` // ids of the team
	Mine   bool     `json:"mine"`   // the caller is one of them

	Names string `json:"-"` // of the people, or of the roles where nobody holds one
}

// The acts that a branch waits for.
const (
	ToMerge  = "merge"  // check passes, and what has been done is best merged now
	ToMend   = "mend"   // check has something against it
	ToChoose = "choose" // several branches, which do not know of each other
)

// WriteStandings writes where every case stands, a line each: first those that wait
// for the caller, then those that wait for others, then those that have ended.
func WriteStandings(out io.Writer, cases []Case, l text.Lang) error {
	groups := map[string][]Case{}
	for _, c := range cases {
		group := "others"
		switch {
		case c.ended():
			group = "ended"
		case c.WaitingFor != nil && c.WaitingFor.Mine:
			group = "mine"
		}
		groups[group] = append(groups[group], c)
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	apart := ""
	for _, group := range []string{"mine", "others", "ended"} {
		if len(groups[group]) == 0 {
			continue
		}
		fmt.Fprintf(w, "%s%s\n", apart, l.Say("status."+group))
		apart = "\n"
		if group == "ended" {
			fmt.Fprintln(w, l.Say("status.head.ended"))
		} else {
			fmt.Fprintln(w, l.Say("status.head.open"))
		}
		for _, c := range groups[group] {
			row(w, c.cells(l)...)
		}
	}
	return w.Flush()
}

// cells are the columns of one case.
func (c *Case) cells(l text.Lang) []string {
	title := clipped(c.Title, 38)
	if c.ended() {
		return []string{c.ID, title, l.Say("report.outcome." + *c.Outcome), c.decided(l)}
	}
	at, branch := "-", "-"
	if n := len(c.Steps); n > 0 {
		at = c.Steps[n-1].Step
	}
	if where := slices.Concat([]string{c.Branch}, c.Diverged); len(where) > 1 || c.Branch != "" {
		branch = strings.TrimPrefix(strings.Join(where, " "), " ")
	}
	due := minute(c.Due)
	if c.Overdue {
		due += " " + l.Say("status.overdue")
	}
	return []string{c.ID, title, at, clipped(c.WaitingFor.In(l), 44), minute(c.WaitingSince), due, branch}
}

// ended says whether nothing is waited for any more.
func (c *Case) ended() bool { return c.WaitingFor == nil && c.Outcome != nil }

// In says what is waited for, and for whom; "-" where no step may come next.
func (a *Awaited) In(l text.Lang) string {
	if a == nil {
		return "-"
	}
	what := a.What
	if word := l.Maybe("status.waits." + what); word != "" {
		what = word
	}
	return what + ": " + a.Names
}

// decided says what was decided, and how well that is proven.
func (c *Case) decided(l text.Lang) string {
	if c.Approval == nil {
		return "-"
	}
	return l.Say("status.decision", text.Phrase{Code: "report.decision." + c.Approval.Decision}, text.Phrase{Code: "status.strength." + c.Approval.Strength})
}

// WriteSteps writes the finished steps of a case with their times against the standard.
func WriteSteps(out io.Writer, steps []Taken, l text.Lang) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, l.Say("status.steps"))
	for _, s := range steps {
		commit := short(s.Commit)
		if commit == "" {
			commit = "-"
		}
		if !s.Landed {
			commit += " *"
		}
		row(w, s.No, s.Step, s.By, minute(s.Finished), s.standard(l), s.taken(l), commit)
	}
	if slices.ContainsFunc(steps, func(s Taken) bool { return !s.Landed }) {
		fmt.Fprintln(w, l.Say("status.unlanded"))
	}
	return w.Flush()
}

// standard is the standard time in words.
func (t *Taken) standard(l text.Lang) string {
	switch {
	case t.StandardMinutes > 0:
		return l.Say("status.minutes", t.StandardMinutes)
	case t.StandardDays > 0:
		return l.Say("status.days", t.StandardDays)
	}
	return "-"
}

// taken says how long a step took, and whether that is its own word.
func (t *Taken) taken(l text.Lang) string {
	if t.Minutes == nil {
		return "-"
	}
	code, n := "status.minutes", *t.Minutes
	if t.Days > 0 {
		code, n = "status.days", t.Days
	}
	taken := l.Say(code, n)
	if !t.Stated {
		taken = "± " + taken
	}
	if t.Over {
		taken += " !"
	}
	return taken
}

// row writes one line of a table, whatever its cells hold: a line break in the name
// of a folder would be another case.
func row(w io.Writer, cells ...string) {
	for i, cell := range cells {
		cells[i] = text.Clean(cell)
	}
	fmt.Fprintln(w, strings.Join(cells, "\t"))
}

func clipped(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n-1]) + "…"
}

// minute is a time as a table shows it; "-" for the zero time.
func minute(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.Format("2006-01-02 15:04")
}
