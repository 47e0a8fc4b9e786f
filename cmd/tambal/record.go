// tambal record: a review that decides becomes the approval item on the case's branch.

package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/gate"
	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
	"github.com/tambal-id/tambal/schema"
)

// recordFlags are those of one record.
type recordFlags struct {
	verdictFlags
	id, pr            string
	push, post, merge bool
}

// recordCommand appends the decision that was given as a review (SOP 4).
func recordCommand(a *env) *cobra.Command {
	o := recordFlags{verdictFlags: verdictFlags{format: asText}}
	c := a.command("record ID [--push] | record --pr N|event --push [--post] [--merge]", between(0, 1), func(args []string) error {
		o.id = append(args, "")[0]
		switch _, ok := schema.CaseDir(o.id); {
		case (o.id == "") == (o.pr == ""), !o.push && (o.post || o.merge):
			return usage("usage.record")
		case o.id != "" && !ok:
			return usage("usage.id", o.id)
		case o.pr != "":
			return eachPull(a, o.pr, o.verdictFlags, func(ctx context.Context, p pull) error { return record(a, ctx, p, o) })
		}
		return recordCase(a, o)
	})
	f := c.Flags()
	f.StringVar(&o.pr, "pr", "", a.lang.Say("flag.pr"))
	f.BoolVar(&o.push, "push", false, a.lang.Say("flag.push"))
	f.BoolVar(&o.post, "post", false, a.lang.Say("flag.post"))
	f.BoolVar(&o.merge, "merge", false, a.lang.Say("flag.merge-after"))
	return c
}

// recordCase looks for the one open pull request that is about the case.
func recordCase(a *env, o recordFlags) error {
	found := false
	err := eachPull(a, "open", o.verdictFlags, func(ctx context.Context, p pull) error {
		if c := p.Change(); c == nil || c.ID != o.id {
			return nil
		}
		found = true
		return record(a, ctx, p, o)
	})
	if err == nil && !found {
		err = refused("record.no-pull", o.id)
	}
	return err
}

// record records the decision on one pull request, if there is one to record. A
// workflow looks at many, so it is not a failure to find nothing.
func record(a *env, ctx context.Context, p pull, o recordFlags) error {
	c := p.Change()
	review, recorded := p.Recordable()
	many := o.pr == "event" || o.pr == "open" // nobody asked for this one
	switch {
	case recorded && o.merge:
		return landRecorded(a, ctx, p)
	case recorded:
		a.say("record.already", c.ID)
		return nil
	case review == nil && many:
		a.say("record.nothing", p.Pull.Number)
		return nil
	case review == nil:
		if err := finding.WriteText(a.err, p.Result, a.lang); err != nil {
			return err
		}
		return refused("record.undecided", p.Pull.Number)
	}
	switch wrong := p.Blocking(); {
	case len(wrong) == 0:
	case many:
		a.say("record.later", p.Pull.Number)
		return nil
	default:
		return &gate.Error{Code: "record.not-ready", Args: []any{c.ID}, Verdict: finding.Fail, Findings: wrong}
	}
	commit, err := a.desk(p.repo).Record(p.PullRequest, !o.push)
	if errors.Is(err, git.ErrNothing) {
		a.say("record.already", c.ID)
		return nil
	}
	if behind, ok := errors.AsType[*gate.Error](err); many && ok && behind.Code == "record.behind" {
		a.say("record.later", p.Pull.Number)
		return nil
	}
	if err != nil {
		return err
	}
	if !o.push {
		a.say("record.done", c.ID, review.Person.Name, p.Pull.Head.Ref, commit.ID.Short())
		a.say("approve.push", p.Pull.Head.Ref)
		return nil
	}
	err = p.repo.Push(ctx, p.at.Remote, p.Pull.Head.Ref, p.Head.ID, commit.ID)
	if errors.Is(err, git.ErrMoved) {
		return &gate.Error{Code: "record.moved", Args: []any{p.Pull.Head.Ref}, Verdict: finding.Unknown}
	}
	if err != nil {
		return err
	}
	a.say("record.pushed", c.ID, review.Person.Name, p.Pull.Head.Ref, commit.ID.Short())
	return judgeRecorded(a, ctx, p, string(commit.ID), o)
}

// judgeRecorded judges the new head, which no workflow is started for, and lands it
// where that was asked for.
func judgeRecorded(a *env, ctx context.Context, p pull, head string, o recordFlags) error {
	if !o.post && !o.merge {
		return nil
	}
	var err error
	if p.PullRequest, err = p.at.Judge(ctx, p.repo, p.Pull.Number, head, p.options); err != nil {
		return a.undecided(o.format, err)
	}
	if o.post {
		if err := finding.WriteText(a.out, p.Result, a.lang); err != nil {
			return err
		}
		if err := post(a, ctx, p, o.format); err != nil {
			return err
		}
	}
	if o.merge && p.Result.Verdict() == finding.Pass {
		return landRecorded(a, ctx, p)
	}
	return nil
}

func landRecorded(a *env, ctx context.Context, p pull) error {
	if p.Result.Verdict() != finding.Pass {
		a.say("record.already", p.Change().ID)
		return nil
	}
	return landPull(a, ctx, p)
}
