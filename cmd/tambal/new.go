// tambal new: a case is opened.

package main

import (
	"github.com/spf13/cobra"

	"github.com/tambal-id/tambal/cmd/tambal/internal/casework"
	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
)

// newCommand opens a case: its manifest with the first step of the SOP.
func newCommand(a *env) *cobra.Command {
	var o casework.Opening
	c := a.command("new [--title TITLE]", between(0, 0), func([]string) error {
		return a.clone(func(repo *git.Repo) error { return a.written(a.desk(repo).New(o)) })
	})
	c.Flags().StringVar(&o.ID, "id", "", a.lang.Say("flag.id"))
	c.Flags().StringVar(&o.Title, "title", "", a.lang.Say("flag.title"))
	c.Flags().StringVar(&o.RetryOf, "retry-of", "", a.lang.Say("flag.retry-of"))
	c.Flags().BoolVar(&o.Again, "again", false, a.lang.Say("flag.again"))
	a.inputFlags(c, &o.Input)
	return c
}
