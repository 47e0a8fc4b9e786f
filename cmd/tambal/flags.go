// Flags that several commands share, and the judgement they lead to.

package main

import (
	"cmp"
	"context"

	"github.com/spf13/cobra"

	"github.com/tambal-id/tambal/cmd/tambal/internal/decision"
	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/gate"
	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
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
	o := gate.Options{Now: a.now, AcceptRecorded: f.accept != ""}
	if a.terminal {
		o.Progress, o.Rereading = a.progress, a.rereading
	}
	return o, nil
}

// judging lets a command that prints a verdict work on the clone, with what its
// flags say. A history that cannot be read is a result like another.
func (f *verdictFlags) judging(a *env, visit func(*git.Repo, gate.Options) error) error {
	if finding.Writers[f.format] == nil {
		return usage("usage.format", f.format)
	}
	return a.undecided(f.format, a.clone(func(repo *git.Repo) error {
		options, err := f.options(a)
		if err != nil {
			return err
		}
		return visit(repo, options)
	}))
}

// historyFlags are the flags of a command that judges the whole history.
type historyFlags struct {
	verdictFlags
	online bool
}

func (f *historyFlags) onlineFlag(a *env, c *cobra.Command) {
	c.Flags().BoolVar(&f.online, "online", false, a.lang.Say("flag.online"))
}

// judge judges the history up to ref, the main line's head where it is "", and
// says where the forge had nothing to be asked.
func (f *historyFlags) judge(a *env, repo *git.Repo, ref string, options gate.Options) (*gate.Judgement, error) {
	if f.online {
		options.Forge = func(question func(context.Context, *gate.Origin) error) error { return a.onForge(repo, question) }
	}
	verdict, err := gate.Audit(repo, cmp.Or(ref, repo.Trunk()), options)
	if err == nil && verdict.Unasked {
		a.tell(f.format, "audit.nothing-asked")
	}
	return verdict, err
}
