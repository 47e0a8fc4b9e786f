package main

import (
	"github.com/spf13/cobra"

	"github.com/tambal-id/tambal/cmd/tambal/internal/decision"
	"github.com/tambal-id/tambal/cmd/tambal/internal/gate"
)

// verdictFlags are the flags of a command that prints a verdict.
type verdictFlags struct{ format, accept string }

// asText is how a verdict is printed that no machine asked for.
const asText = "text"

// flags adds the flags of commands that report findings.
func (f *verdictFlags) flags(a *env, c *cobra.Command) {
	c.Flags().StringVar(&f.format, "format", asText, a.lang.Say("flag.format"))
	f.acceptFlag(a, c)
}

func (f *verdictFlags) acceptFlag(a *env, c *cobra.Command) {
	c.Flags().StringVar(&f.accept, "accept", "", a.lang.Say("flag.accept"))
}

// options returns what the flags add to the facts.
func (f *verdictFlags) options(a *env) (gate.Options, error) {
	if f.accept != "" && f.accept != string(decision.Recorded) {
		return gate.Options{}, usage("usage.accept", f.accept)
	}
	return gate.Options{Now: a.now, AcceptRecorded: f.accept != "", Progress: a.progress(), Rereading: a.rereading()}, nil
}
