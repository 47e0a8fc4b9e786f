// tambal protect: the branch rules that the gate needs are shown, and set with --apply.

package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/protection"
)

func protectCommand(a *env) *cobra.Command {
	var o protectFlags
	c := a.command("protect", between(0, 0), func([]string) error {
		return a.withForge(o.format, func(ctx context.Context, from protection.Source) error { return protect(a, ctx, from, o) })
	})
	c.Flags().BoolVar(&o.fourEyes, "four-eyes", false, a.lang.Say("flag.four-eyes"))
	c.Flags().BoolVar(&o.apply, "apply", false, a.lang.Say("flag.apply"))
	c.Flags().StringVar(&o.format, "format", asText, a.lang.Say("flag.format-json"))
	return c
}

// protectFlags are those of one protect.
type protectFlags struct {
	format          string
	fourEyes, apply bool
}

func protect(a *env, ctx context.Context, from protection.Source, o protectFlags) error {
	p, err := protection.Prepare(ctx, from, o.fourEyes)
	if err != nil {
		return err
	}
	if o.format == asText {
		p.WriteText(a.out, a.lang)
		if list := p.Lockout(ctx, from); len(list) > 0 {
			a.say("protect.lockout")
			if err := finding.WriteFindings(a.out, list, false, a.lang); err != nil {
				return err
			}
		}
	}
	if !o.apply {
		if o.format == "json" {
			return finding.WriteObject(a.out, p.Result(nil))
		}
		command := "tambal protect --apply"
		if o.fourEyes {
			command = "tambal protect --four-eyes --apply"
		}
		a.say("protect.preview", command)
		return nil
	}
	after, err := p.Apply(ctx, from, func(code string) {
		if o.format == asText {
			a.say(code, protection.RulesetName)
		}
	})
	if err != nil {
		return err
	}
	d := protection.Diagnose(after)
	if o.format == asText {
		a.say("protect.verified")
		a.say("protect.open")
	}
	return diagnosed(a, d, o.format, p.Result(d.Result(a.lang)))
}
