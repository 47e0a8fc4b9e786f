package main

import (
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/history"
	"github.com/tambal-id/tambal/cmd/tambal/internal/rule"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
	"github.com/tambal-id/tambal/cmd/tambal/internal/timeline"
	"github.com/tambal-id/tambal/policies"
)

// statusCommand says where each case stands; for one case, what blocks it.
func (a *app) statusCommand() *cobra.Command {
	var online bool
	c := a.command("status [ID] [--online]", between(0, 1), func(args []string) error {
		repo, err := a.open()
		if err != nil {
			return a.undecided(err)
		}
		defer repo.Close()
		result, line, err := a.auditWith(repo, repo.Trunk(), "", online)
		if err != nil {
			return a.undecided(err)
		}
		branches := finding.Pass
		switch {
		case a.format == "json":
			err = finding.WriteJSON(a.out, result, a.lang)
		case a.format != "text":
			return usage("usage.format", a.format)
		case len(args) == 1:
			branches, err = a.statusOf(repo, line, args[0])
		default:
			err = a.statusTable(line)
		}
		if err != nil {
			return err
		}
		return a.standingVerdict(result, branches)
	})
	c.Flags().BoolVar(&online, "online", false, a.lang.Say("flag.online"))
	a.findingFlags(c)
	c.Flags().Lookup("format").Usage = a.lang.Say("flag.format-json")
	return c
}

// standingVerdict tells on every status how the history itself stands, and ends
// with its verdict, or with that of the branches that were shown where it is
// worse. A decision that somebody waits for is no failure of a look.
func (a *app) standingVerdict(r *finding.Result, branches finding.Verdict) error {
	verdict := r.Verdict()
	if a.format == "text" && verdict != finding.Pass {
		a.say("status.history", text.Phrase{Code: "status.verdict." + string(verdict)})
	}
	for _, worst := range []finding.Verdict{finding.Fail, finding.Unknown} {
		if verdict == worst || branches == worst {
			return &verdictError{worst.ExitCode()}
		}
	}
	return nil
}

func (a *app) statusTable(line *timeline.Timeline) error {
	if len(line.Cases) == 0 {
		a.say("status.none")
		return nil
	}
	w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, a.lang.Say("status.head"))
	for _, c := range line.Cases {
		s := standing(line, c)
		state, next, due := s.State, "-", "-"
		if s.Outcome != nil {
			state = a.lang.Say("status.closed", text.Phrase{Code: "report.outcome." + *s.Outcome})
		} else if len(s.Next) > 0 {
			next = s.Next[0].Step + ": " + a.holders(line, s.Next[0].Roles)
			if at := c.Due(line.Policy); !at.IsZero() {
				due = at.Format("2006-01-02 15:04")
			}
			if s.Overdue {
				due += " " + a.lang.Say("status.overdue")
			}
		}
		strength := "-"
		if s.Approval != nil {
			strength = a.lang.Say("status.decision", text.Phrase{Code: "report.decision." + s.Approval.Decision}, text.Phrase{Code: "status.strength." + s.Approval.Strength})
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", c.ID, cut(title(c), 38), state, strength, cut(next, 40), due)
	}
	return w.Flush()
}

func title(c *timeline.Case) string {
	if c.Manifest == nil {
		return "-"
	}
	return text.Clean(c.Manifest.Metadata.Title)
}

func cut(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n-1]) + "…"
}

// holders names the people who hold any of the roles now.
func (a *app) holders(line *timeline.Timeline, roles []string) string {
	var names []string
	for _, role := range roles {
		for _, p := range line.Policy.Team.Holders(role, a.now) {
			if !slices.Contains(names, p.Name) {
				names = append(names, p.Name)
			}
		}
	}
	if len(names) == 0 {
		return strings.Join(roles, ", ")
	}
	return strings.Join(names, ", ")
}

// statusOf shows one case: what was done, what waits on which branch, and the
// shortest way to yes first. It returns the verdict over those branches.
func (a *app) statusOf(repo *history.Repo, line *timeline.Timeline, id string) (finding.Verdict, error) {
	var found *timeline.Case
	for _, c := range line.Cases {
		if c.ID == id {
			found = c
		}
	}
	waiting, err := a.waiting(repo, id)
	if err != nil {
		return "", err
	}
	if found == nil && len(waiting) == 0 {
		return "", usage("usage.case", id)
	}
	if found != nil {
		fmt.Fprintf(a.out, "%s: %s\n\n", found.ID, title(found))
		if err := a.steps(line.Policy, found); err != nil {
			return "", err
		}
	}
	if len(waiting) > 0 {
		return a.showWaiting(waiting)
	}
	fmt.Fprintln(a.out)
	s := standing(line, found)
	switch {
	case s.Outcome != nil:
		a.say("status.done", text.Phrase{Code: "report.outcome." + *s.Outcome})
	case len(s.Next) > 0:
		a.say("status.next", s.Next[0].Step, a.holders(line, s.Next[0].Roles), id)
	}
	return finding.Pass, nil
}

// showWaiting shows each branch with what check says of it.
func (a *app) showWaiting(waiting []pendingCase) (finding.Verdict, error) {
	var all []finding.Finding
	for _, w := range waiting {
		fmt.Fprintln(a.out)
		a.say("status.branch", w.branch)
		if err := finding.WriteText(a.out, &finding.Result{Findings: w.findings}, a.lang); err != nil {
			return "", err
		}
		if finding.Judge(w.findings) == finding.Pass {
			a.say("status.mergeable", w.branch)
		}
		all = append(all, w.findings...)
	}
	return finding.Judge(all), nil
}

// pendingCase is a branch that adds to a case, with what check says of it.
type pendingCase struct {
	branch   string
	findings []finding.Finding
}

func (a *app) waiting(repo *history.Repo, id string) ([]pendingCase, error) {
	base, err := repo.Resolve(repo.Trunk())
	if err != nil {
		return nil, err
	}
	branches, err := repo.Branches()
	if err != nil {
		return nil, err
	}
	var list []pendingCase
	for _, b := range branches {
		head, err := repo.Resolve(b.Ref)
		if err != nil {
			return nil, err
		}
		pending, err := timeline.Pending(repo, base, head, a.now)
		if err != nil {
			return nil, err
		}
		for _, l := range pending.Landings {
			for _, c := range l.Cases {
				if c.ID == id {
					list = append(list, pendingCase{b.Name, rule.Run(pending, rule.Options{AcceptRecorded: a.acceptRecord != ""})})
				}
			}
		}
	}
	return list, nil
}

// steps prints the finished steps with their times against the standard.
func (a *app) steps(p *policies.Policy, c *timeline.Case) error {
	w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, a.lang.Say("status.steps"))
	zone := time.UTC
	if p != nil {
		zone = p.Calendar.Location()
	}
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
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", no, s.Item.Name, text.Clean(s.By().Name), when, standard, a.taken(s), commit)
	}
	return w.Flush()
}

// taken says how long a step took, and whether that is its own word.
func (a *app) taken(s *timeline.Step) string {
	if s.Span.Start.IsZero() || s.Span.End.IsZero() {
		return "-"
	}
	code := "status.minutes"
	n := s.Span.Minutes
	if s.Row != nil && s.Row.Standard.Days > 0 && s.Span.Days > 0 {
		code, n = "status.days", s.Span.Days
	}
	taken := a.lang.Say(code, n)
	if !s.Span.Stated {
		taken = "± " + taken
	}
	if s.Span.Over {
		taken += " !"
	}
	return taken
}
