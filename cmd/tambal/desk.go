package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/tambal-id/tambal/cmd/tambal/internal/casework"
	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
	"github.com/tambal-id/tambal/cmd/tambal/internal/signature"
)

// desk is where the person works on cases.
func (a *env) desk(repo *git.Repo) *casework.Desk {
	d := &casework.Desk{
		Repo: repo, Now: a.now, Lang: a.lang, Who: a.who, Keys: a.keys(repo), Notice: a.say, Workflow: a.getenv("GITHUB_ACTIONS") == "true",
		Remark: func(said string) { fmt.Fprint(a.err, said) },
	}
	if a.terminal {
		d.Ask = a.ask
	}
	return d
}

// inputFlags adds the flags that say where an item's fields come from.
func (a *env) inputFlags(c *cobra.Command, in *casework.Input) {
	c.Flags().StringArrayVar(&in.Set, "set", nil, a.lang.Say("flag.set"))
	c.Flags().StringVar(&in.From, "from", "", a.lang.Say("flag.from"))
	c.Flags().StringArrayVar(&in.Evidence, "evidence", nil, a.lang.Say("flag.evidence"))
}

// written says which step was written, and what comes then.
func (a *env) written(w *casework.Written, err error) error {
	if err != nil {
		return err
	}
	a.say("next.done", w.Step, w.Path)
	a.say("next.then", w.ID)
	return nil
}

// keys is where the person's keys lie.
func (a *env) keys(repo *git.Repo) signature.Files {
	return signature.Files{Configured: repo.Settings().SigningKey, Home: a.getenv("HOME"), Passphrase: a.passphrase}
}
