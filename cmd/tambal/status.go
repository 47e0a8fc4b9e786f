// tambal status: where each case stands, who is next and by when.

package main

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/gate"
	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
	"github.com/tambal-id/tambal/cmd/tambal/internal/report"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
)

// statusCommand says where each case stands; for one case, what blocks it.
func statusCommand(a *env) *cobra.Command {
	var o historyFlags
	c := a.command("status [ID] [--online]", between(0, 1), func(args []string) error {
		return o.judging(a, func(repo *git.Repo, options gate.Options) error { return status(a, repo, args, o, options) })
	})
	o.onlineFlag(a, c)
	o.flags(a, c)
	c.Flags().Lookup("format").Usage = a.lang.Say("flag.format-json")
	return c
}

func status(a *env, repo *git.Repo, args []string, o historyFlags, options gate.Options) error {
	if o.format != asText && o.format != "json" {
		return usage("usage.format", o.format)
	}
	verdict, err := o.judge(a, repo, "", options)
	if err != nil {
		return err
	}
	branches := finding.Pass
	switch {
	case len(args) == 1:
		branches, err = statusOfCase(a, repo, verdict, args[0], options, o.format)
	case o.format == "json":
		err = finding.WriteJSON(a.out, verdict.Result, a.lang)
	default:
		err = report.WriteTable(a.out, verdict.Timeline, verdict.Result.Cases, a.lang)
	}
	if err != nil {
		return err
	}
	return standingVerdict(a, verdict.Result, branches, o.format)
}

// standingVerdict adds the verdict on the history to every status, and ends with
// it, or with that of the branches that were shown where that is worse. A pending
// decision is not a failure.
func standingVerdict(a *env, r *finding.Result, branches finding.Verdict, format string) error {
	verdict := r.Verdict()
	if format == asText && verdict != finding.Pass {
		a.say("status.history", text.Phrase{Code: "status.verdict." + string(verdict)})
	}
	for _, worst := range []finding.Verdict{finding.Fail, finding.Unknown} {
		if verdict == worst || branches == worst {
			return ended(worst.ExitCode())
		}
	}
	return nil
}

// statusOfCase shows one case: what was done, what waits on which branch, and the
// shortest way to yes first. It returns the verdict over those branches.
func statusOfCase(a *env, repo *git.Repo, verdict *gate.Judgement, id string, options gate.Options, format string) (finding.Verdict, error) {
	line := verdict.Timeline
	found := line.Case(id)
	waiting, err := gate.Waiting(repo, id, "", options)
	if err != nil {
		return "", err
	}
	if found == nil && len(waiting) == 0 {
		return "", usage("usage.case", id)
	}
	_, diverged := gate.Single(id, waiting)
	if format == "json" {
		return statusAsJSON(a, *verdict.Result, id, waiting, diverged)
	}
	if found != nil {
		fmt.Fprintf(a.out, "%s: %s\n\n", text.Clean(found.ID), report.Title(found))
		if err := report.WriteSteps(a.out, line.Policy, found, a.lang); err != nil {
			return "", err
		}
	}
	if len(waiting) > 0 {
		return showWaiting(a, waiting, diverged)
	}
	fmt.Fprintln(a.out)
	s := verdict.Result.Cases[slices.Index(line.Cases, found)]
	switch {
	case s.Outcome != nil:
		a.say("status.done", text.Phrase{Code: "report.outcome." + *s.Outcome})
	case len(s.Next) > 0:
		a.say("status.next", s.Next[0].Step, line.Policy.Team.Names(s.Next[0].Roles, a.now), id)
	}
	return finding.Pass, nil
}

// statusAsJSON is the result of the history with the findings of the branches, and
// of the cases only the one.
func statusAsJSON(a *env, r finding.Result, id string, waiting []gate.Branch, diverged error) (finding.Verdict, error) {
	var all []finding.Finding
	for _, w := range waiting {
		all = append(all, w.Findings()...)
	}
	r.Findings = append(slices.Clone(r.Findings), all...)
	r.Cases = slices.DeleteFunc(slices.Clone(r.Cases), func(c finding.Case) bool { return c.ID != id })
	return finding.Judge(all), cmp.Or(finding.WriteJSON(a.out, &r, a.lang), diverged)
}

// showWaiting shows each branch with what check says of it, and is an error while
// they have diverged.
func showWaiting(a *env, waiting []gate.Branch, diverged error) (finding.Verdict, error) {
	var all []finding.Finding
	for _, w := range waiting {
		fmt.Fprintln(a.out)
		a.say("status.branch", w.Label())
		findings := w.Findings()
		if err := finding.WriteText(a.out, &finding.Result{Findings: findings}, a.lang); err != nil {
			return "", err
		}
		if finding.Judge(findings) == finding.Pass && diverged == nil {
			a.say("status.mergeable", w.Name)
		}
		all = append(all, findings...)
	}
	return finding.Judge(all), diverged
}
