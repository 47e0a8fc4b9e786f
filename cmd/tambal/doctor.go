// tambal doctor: the gaps in the repository's protection on GitHub are listed.

package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/tambal-id/tambal/cmd/tambal/internal/protection"
)

func doctorCommand(a *env) *cobra.Command {
	var format string
	c := a.command("doctor", between(0, 0), func([]string) error {
		return a.withForge(format, func(ctx context.Context, from protection.Source) error {
			facts, err := from.Read(ctx)
			if err != nil {
				return err
			}
			d := protection.Diagnose(facts)
			return diagnosed(a, d, format, d.Result(a.lang))
		})
	})
	c.Flags().StringVar(&format, "format", asText, a.lang.Say("flag.format-json"))
	return c
}
