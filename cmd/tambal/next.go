// tambal next: the next step of a case is appended to its manifest.

package main

import (
	"github.com/spf13/cobra"

	"github.com/tambal-id/tambal/cmd/tambal/internal/casework"
	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
)

// nextCommand appends the next legal item of a case.
func nextCommand(a *env) *cobra.Command {
	var o casework.Step
	c := a.command("next ID [STEP]", between(1, 2), func(args []string) error {
		o.ID, o.Step = args[0], append(args, "")[1]
		return a.clone(func(repo *git.Repo) error { return a.written(a.desk(repo).Next(o)) })
	})
	c.Flags().BoolVar(&o.Again, "again", false, a.lang.Say("flag.again"))
	a.inputFlags(c, &o.Input)
	return c
}
