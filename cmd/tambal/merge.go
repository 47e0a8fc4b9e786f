// tambal merge: a branch of this clone or a pull request on GitHub is checked and merged.

package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/gate"
	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
)

// mergeFlags are those of one merge.
type mergeFlags struct {
	verdictFlags
	key string
}

// mergeCommand lands a branch: check, then a merge commit with trailers.
func mergeCommand(a *env) *cobra.Command {
	o := mergeFlags{verdictFlags: verdictFlags{format: asText}}
	c := a.command("merge BRANCH|N", between(1, 1), func(args []string) error {
		if !pullNumber.MatchString(args[0]) {
			return o.judging(a, func(repo *git.Repo, options gate.Options) error { return merge(a, repo, args[0], o, options) })
		}
		if o.key != "" {
			return usage("merge.key-number")
		}
		return eachPull(a, args[0], o.verdictFlags, func(ctx context.Context, p pull) error { return landPull(a, ctx, p) })
	})
	c.Flags().StringVar(&o.key, "key", "", a.lang.Say("flag.merge-key"))
	o.acceptFlag(a, c)
	return c
}

// merge lands a branch of this clone.
func merge(a *env, repo *git.Repo, branch string, o mergeFlags, options gate.Options) error {
	desk := a.desk(repo)
	trunk, err := desk.Trunk()
	if err != nil {
		return err
	}
	from, err := desk.Newest(branch)
	if err != nil {
		return err
	}
	verdict, err := gate.Check(repo, trunk, from.Ref, options)
	if err != nil {
		return err
	}
	branch = from.Label()
	if verdict.Result.Verdict() != finding.Pass {
		a.say("merge.refused", branch, trunk)
		return a.write(o.format, verdict.Result)
	}
	landed, err := desk.Land(branch, o.key, verdict)
	if errors.Is(err, git.ErrNothing) {
		a.tell(o.format, "merge.already", branch, trunk)
		return a.write(o.format, &finding.Result{})
	}
	if err != nil {
		return err
	}
	a.say("merge.done", branch, trunk, landed.ID.Short())
	return a.write(o.format, &finding.Result{Findings: verdict.Result.Findings})
}
