// tambal audit: the whole history is replayed and judged, offline or with GitHub asked again.

package main

import (
	"bytes"

	"github.com/spf13/cobra"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/gate"
	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
)

// auditFlags are those of one audit.
type auditFlags struct {
	historyFlags
	since, checkpoint string
}

// auditCommand replays the whole history.
func auditCommand(a *env) *cobra.Command {
	var o auditFlags
	c := a.command("audit [REF] [--since REF] [--checkpoint FILE] [--online]", between(0, 1), func(args []string) error {
		return o.judging(a, func(repo *git.Repo, options gate.Options) error { return audit(a, repo, args, o, options) })
	})
	c.Flags().StringVar(&o.since, "since", "", a.lang.Say("flag.since"))
	c.Flags().StringVar(&o.checkpoint, "checkpoint", "", a.lang.Say("flag.checkpoint"))
	o.onlineFlag(a, c)
	o.flags(a, c)
	return c
}

func audit(a *env, repo *git.Repo, args []string, o auditFlags, options gate.Options) error {
	ref := append(args, repo.Trunk())[0]
	options.Checkpoint = o.checkpoint
	verdict, err := o.judge(a, repo, ref, options)
	if err != nil {
		return err
	}
	if o.since != "" {
		if err := verdict.Limit(repo, o.since); err != nil {
			return err
		}
	}
	if o.format == "github" {
		var page bytes.Buffer // GitHub shows few annotations, the job's summary holds all
		if err := finding.WriteSummary(&page, verdict.Result, a.lang); err != nil {
			return err
		}
		if err := summary(a, page.Bytes()); err != nil {
			return err
		}
	}
	err = a.write(o.format, verdict.Result)
	if o.format != "json" { // JSON names the head itself
		a.tell(o.format, "audit.head", ref, verdict.Result.Head)
	}
	return err
}
