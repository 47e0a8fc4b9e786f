// tambal commit: a case's folder is saved as a commit, and then checked.

package main

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
)

// commitCommand commits one case's folder with the conventional subject.
func commitCommand(a *env) *cobra.Command {
	var key string
	c := a.command("commit ID", between(1, 1), func(args []string) error {
		return a.clone(func(repo *git.Repo) error { return commitCase(a, repo, args[0], key) })
	})
	c.Flags().StringVar(&key, "key", "", a.lang.Say("flag.merge-key"))
	return c
}

// commitCase commits and then says what check will say.
func commitCase(a *env, repo *git.Repo, id, key string) error {
	saved, err := a.desk(repo).Commit(id, key)
	if errors.Is(err, git.ErrNothing) {
		a.say("commit.already", id, repo.HeadBranch())
		return nil
	}
	if err != nil {
		return err
	}
	a.say("commit.done", id, saved.Subject, saved.Branch, saved.Commit.ID.Short())
	if saved.Unjudged != nil {
		return a.undecided(asText, saved.Unjudged)
	}
	err = a.write(asText, saved.Verdict.Result)
	if saved.Verdict.Result.Verdict() == finding.Waiting {
		return nil // the step is saved; that it waits for the Kabid is no failure
	}
	return err
}
