// tambal status: where each case stands, on a branch or landed, who is next and by when.

package main

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/gate"
	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
)

// statusFlags are those of one status.
type statusFlags struct {
	historyFlags
	overdue, mine bool
}

// statusCommand says where each case stands; for one case, what blocks it.
func statusCommand(a *env) *cobra.Command {
	var o statusFlags
	c := a.command("status [ID] [--mine] [--overdue] [--online]", between(0, 1), func(args []string) error {
		return o.judging(a, func(repo *git.Repo, options gate.Options) error {
			return status(a, repo, append(args, "")[0], o, options)
		})
	})
	c.Flags().BoolVar(&o.mine, "mine", false, a.lang.Say("flag.mine"))
	c.Flags().BoolVar(&o.overdue, "overdue", false, a.lang.Say("flag.overdue"))
	o.onlineFlag(a, c)
	o.flags(a, c)
	c.Flags().Lookup("format").Usage = a.lang.Say("flag.format-json")
	return c
}

// status ends with the verdict on the history that has landed, whatever waits on
// branches. A pending decision is not a failure of a look.
func status(a *env, repo *git.Repo, id string, o statusFlags, options gate.Options) error {
	if o.format != asText && o.format != "json" {
		return usage("usage.format", o.format)
	}
	verdict, err := o.judge(a, repo, "", options)
	if err != nil {
		return err
	}
	me, nobody := a.desk(repo).Identity()
	if nobody != nil && o.mine {
		return nobody
	}
	waiting, err := verdict.Stand(repo, id, me.Email, options)
	if err != nil {
		return err
	}
	r := verdict.Result
	r.Cases = slices.DeleteFunc(r.Cases, func(c finding.Case) bool {
		return o.overdue && !c.Overdue || o.mine && (c.WaitingFor == nil || !c.WaitingFor.Mine)
	})
	switch {
	case o.format == "json":
		err = finding.WriteJSON(a.out, r, a.lang)
	case len(r.Cases) == 0:
		a.say("status.none")
	case id != "":
		err = showCase(a, &r.Cases[0], waiting)
	default:
		err = finding.WriteStandings(a.out, r.Cases, a.lang)
	}
	if err != nil {
		return err
	}
	standing := r.Verdict()
	if o.format == asText && standing != finding.Pass {
		a.say("status.history", text.Phrase{Code: "status.verdict." + string(standing)})
	}
	if standing == finding.Waiting {
		return nil
	}
	return ended(standing.ExitCode())
}

// showCase shows one case: what was done, and what waits on which branch with what
// check says of it, the shortest way to yes first.
func showCase(a *env, c *finding.Case, waiting []gate.Branch) error {
	fmt.Fprintf(a.out, "%s: %s\n\n", text.Clean(c.ID), text.Clean(c.Title))
	if err := finding.WriteSteps(a.out, c.Steps, a.lang); err != nil {
		return err
	}
	fmt.Fprintln(a.out)
	for _, b := range waiting {
		a.say("status.branch", b.Label())
		findings := b.Findings()
		if err := finding.WriteText(a.out, &finding.Result{Findings: findings}, a.lang); err != nil {
			return err
		}
		if finding.Judge(findings) == finding.Pass && c.Diverged == nil {
			a.say("status.mergeable", b.Name)
		}
	}
	_, diverged := gate.Single(c.ID, waiting)
	switch {
	case diverged != nil:
		a.explainError(diverged)
	case c.Outcome != nil:
		a.say("status.done", text.Phrase{Code: "report.outcome." + *c.Outcome})
	case len(waiting) == 0 && c.WaitingFor != nil:
		a.say("status.next", c.WaitingFor.What, c.WaitingFor.Names, c.ID)
	default:
		a.say("status.waits", c.WaitingFor.In(a.lang))
	}
	return nil
}
