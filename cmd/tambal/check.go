// tambal check: the merge of a branch or a pull request that has not happened yet is
// judged; for a pull request the verdict can be posted.

package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/tambal-id/tambal/cmd/tambal/internal/gate"
	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
)

// checkFlags are those of one check.
type checkFlags struct {
	verdictFlags
	base, head, pr string
	post           bool
}

// checkCommand is the gate: is this change a legal next move?
func checkCommand(a *env) *cobra.Command {
	var o checkFlags
	c := a.command("check [--base REF] [--head REF] [--pr N [--post]]", between(0, 0), func([]string) error {
		switch {
		case o.post && o.pr == "":
			return usage("usage.post")
		case o.pr != "":
			return checkPulls(a, o)
		}
		return check(a, o)
	})
	c.Flags().StringVar(&o.base, "base", "", a.lang.Say("flag.base"))
	c.Flags().StringVar(&o.head, "head", "HEAD", a.lang.Say("flag.head"))
	c.Flags().StringVar(&o.pr, "pr", "", a.lang.Say("flag.pr"))
	c.Flags().BoolVar(&o.post, "post", false, a.lang.Say("flag.post"))
	o.flags(a, c)
	c.MarkFlagsMutuallyExclusive("pr", "base")
	c.MarkFlagsMutuallyExclusive("pr", "head")
	return c
}

// check judges the merge of head into base that has not happened yet.
func check(a *env, o checkFlags) error {
	return o.judging(a, func(repo *git.Repo, options gate.Options) error {
		base, err := o.base, error(nil)
		if base == "" {
			base, err = gate.Base(repo)
		}
		if err != nil {
			return err
		}
		verdict, err := gate.Check(repo, base, o.head, options)
		if err != nil {
			return err
		}
		return a.write(o.format, verdict.Result)
	})
}

// checkPulls judges pull requests; with post the verdict goes where people and
// the merge button see it.
func checkPulls(a *env, o checkFlags) error {
	return eachPull(a, o.pr, o.verdictFlags, func(ctx context.Context, p pull) error {
		a.tell(o.format, "pull.judged", p.Pull.Number, p.Head.ID.Short())
		err := a.write(o.format, p.Result)
		switch {
		case !o.post:
			return err
		case !p.Pull.Open: // nothing waits for a verdict; opening it again asks anew
			return nil
		}
		return post(a, ctx, p, o.format) // posted is done, whatever the verdict
	})
}
