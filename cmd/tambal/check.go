package main

import (
	"github.com/spf13/cobra"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/history"
	"github.com/tambal-id/tambal/cmd/tambal/internal/rule"
	"github.com/tambal-id/tambal/cmd/tambal/internal/timeline"
	"github.com/tambal-id/tambal/policies"
	"github.com/tambal-id/tambal/schema"
)

// checkCommand is the gate: is this change a legal next move?
func (a *app) checkCommand() *cobra.Command {
	var base, head, pr string
	var post bool
	c := a.command("check [--base REF] [--head REF] [--pr N [--post]]", between(0, 0), func([]string) error {
		switch {
		case pr != "" && (base != "" || head != "HEAD"), post && pr == "":
			return usage("usage.pr-alone")
		case pr != "":
			return a.checkPulls(pr, post)
		}
		repo, err := a.open()
		if err != nil {
			return a.undecided(err)
		}
		defer repo.Close()
		if base == "" {
			base = repo.Trunk()
		}
		result, _, err := a.check(repo, base, head)
		if err != nil {
			return a.undecided(err)
		}
		return a.write(result)
	})
	c.Flags().StringVar(&base, "base", "", a.lang.Say("flag.base"))
	c.Flags().StringVar(&head, "head", "HEAD", a.lang.Say("flag.head"))
	c.Flags().StringVar(&pr, "pr", "", a.lang.Say("flag.pr"))
	c.Flags().BoolVar(&post, "post", false, a.lang.Say("flag.post"))
	a.findingFlags(c)
	return c
}

// checkPulls judges pull requests; with post the verdict goes where people and
// the merge button see it.
func (a *app) checkPulls(pr string, post bool) error {
	return a.eachPull(pr, func(_ *history.Repo, at *link, p *pull) error {
		a.tell("pull.judged", p.Pull.Number, p.head.ID.Short())
		err := a.write(p.result)
		switch {
		case !post:
			return err
		case !p.Pull.Open: // nothing waits for a verdict; opening it again asks anew
			return nil
		}
		return a.post(at, p) // posted is done, whatever the verdict
	})
}

// undecided prints a history that could not be read as a result.
func (a *app) undecided(err error) error {
	f, ok := stopped(err)
	if !ok {
		return err
	}
	return a.write(&finding.Result{Findings: []finding.Finding{f}})
}

// options returns the rule options of the flags.
func (a *app) options() (rule.Options, error) {
	if a.acceptRecord != "" && a.acceptRecord != string(timeline.Recorded) {
		return rule.Options{}, usage("usage.accept", a.acceptRecord)
	}
	return rule.Options{AcceptRecorded: a.acceptRecord != ""}, nil
}

// check judges the merge of head into base that has not happened yet.
func (a *app) check(repo *history.Repo, base, head string) (*finding.Result, *timeline.Timeline, error) {
	options, err := a.options()
	if err != nil {
		return nil, nil, err
	}
	baseCommit, err := repo.Resolve(base)
	if err != nil {
		return nil, nil, err
	}
	headCommit, err := repo.Resolve(head)
	if err != nil {
		return nil, nil, err
	}
	line, err := timeline.Pending(repo, baseCommit, headCommit, a.now)
	if err != nil {
		return nil, nil, err
	}
	return a.result(line, rule.Run(line, options), string(baseCommit.ID), string(headCommit.ID)), line, nil
}

// result joins findings and the standing of every case.
func (a *app) result(t *timeline.Timeline, findings []finding.Finding, base, head string) *finding.Result {
	r := &finding.Result{Base: base, Head: head, Findings: findings}
	if t.Anchor != nil {
		r.Policy.Commit = string(t.Anchor.ID)
	}
	if t.Policy != nil {
		r.Policy.Digest = t.Policy.Digest
	}
	for _, c := range t.Cases {
		r.Cases = append(r.Cases, standing(t, c))
	}
	return r
}

// standing says where a case is and what may come next.
func standing(t *timeline.Timeline, c *timeline.Case) finding.Case {
	s := finding.Case{ID: c.ID, Next: []finding.Next{}}
	if last := c.Last(); last != nil {
		s.State = last.Item.Name
	}
	if outcome := c.Outcome(); outcome != "" {
		s.Outcome = &outcome
	}
	if d := c.Decision(); d != nil {
		s.Approval = &finding.Approval{Decision: d.Approval.Decision, By: d.Approval.Approval.By, Strength: string(d.Approval.Strength)}
	}
	for _, m := range moves(t.Policy, c.Items()) {
		s.Next = append(s.Next, finding.Next{Step: m.Step.Name, Roles: m.Step.Roles, Optional: m.Optional})
	}
	due := c.Due(t.Policy)
	s.Overdue = !due.IsZero() && s.Outcome == nil && t.Now.After(due)
	return s
}

func moves(p *policies.Policy, items []schema.Item) []policies.Move {
	if p == nil {
		return nil
	}
	return p.Procedure.Next(items)
}
