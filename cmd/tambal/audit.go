package main

import (
	"github.com/spf13/cobra"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/gate"
)

// auditFlags are those of one audit.
type auditFlags struct {
	verdictFlags
	since, checkpoint string
	online            bool
}

// auditCommand replays the whole history.
func auditCommand(a *env) *cobra.Command {
	var o auditFlags
	c := a.command("audit [REF] [--since REF] [--checkpoint FILE] [--online]", between(0, 1), func(args []string) error {
		return audit(a, args, o)
	})
	c.Flags().StringVar(&o.since, "since", "", a.lang.Say("flag.since"))
	c.Flags().StringVar(&o.checkpoint, "checkpoint", "", a.lang.Say("flag.checkpoint"))
	c.Flags().BoolVar(&o.online, "online", false, a.lang.Say("flag.online"))
	o.flags(a, c)
	return c
}

func audit(a *env, args []string, o auditFlags) error {
	repo, err := a.open()
	if err != nil {
		return a.undecided(o.format, err)
	}
	defer repo.Close()
	options, err := o.options(a)
	if err != nil {
		return err
	}
	ref := repo.Trunk()
	if len(args) > 0 {
		ref = args[0]
	}
	options.Checkpoint = o.checkpoint
	if o.online {
		options.Connect = a.connecting(repo)
	}
	verdict, err := gate.Audit(repo, ref, options)
	if err != nil {
		return a.undecided(o.format, err)
	}
	if verdict.Unasked {
		a.tell(o.format, "audit.nothing-asked")
	}
	if o.since != "" {
		if err := verdict.Limit(repo, o.since); err != nil {
			return err
		}
	}
	if o.format == "github" {
		if err := summarize(a, verdict.Result); err != nil {
			return err
		}
	}
	err = a.write(o.format, verdict.Result)
	if o.format != "json" && finding.Writers[o.format] != nil { // JSON names the head itself
		a.tell(o.format, "audit.head", ref, verdict.Result.Head)
	}
	return err
}
