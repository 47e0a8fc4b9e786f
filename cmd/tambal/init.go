// tambal init: policies, schemas, workflows and editor settings of a new patch
// repository.

package main

import (
	"cmp"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
	"github.com/tambal-id/tambal/cmd/tambal/internal/scaffold"
)

// initCommand scaffolds a patch repository; it never commits.
func initCommand(a *env) *cobra.Command {
	var key, account string
	c := a.command("init [DIR] [--key FILE.pub] [--github LOGIN:ID]", between(0, 1), func(args []string) error {
		return scaffoldOffice(a, append(args, a.dir)[0], key, account)
	})
	c.Flags().StringVar(&key, "key", "", a.lang.Say("flag.init-key"))
	c.Flags().StringVar(&account, "github", "", a.lang.Say("flag.init-github"))
	return c
}

// scaffoldOffice writes the files. account is the owner's on GitHub, as LOGIN:ID; with ""
// the one in Git's e-mail address is taken, if that is GitHub's own.
func scaffoldOffice(a *env, dir, key, account string) error {
	repo, err := git.OpenOrCreate(dir)
	if err != nil {
		return err
	}
	defer repo.Close()
	if repo.Root() == "" {
		return usage("usage.bare")
	}
	who, err := a.desk(repo).Identity()
	if err != nil {
		return err
	}
	owner := scaffold.Owner{Name: who.Name, Email: who.Email, Since: a.now}
	known := false
	if owner.GitHubLogin, owner.GitHubID, known = scaffold.Account(cmp.Or(account, who.Email)); account != "" && !known {
		return usage("init.github", account)
	}
	if owner.Key, err = a.keys(repo).Public(key); err != nil {
		return err
	}
	files, err := scaffold.Files(owner)
	if err != nil {
		return err
	}
	present, others := scaffold.Present(repo.Root(), files)
	switch {
	case present == len(files):
		a.say("init.already", repo.Root())
		return nil
	case len(others) > 0:
		return refused("init.present", repo.Root(), others)
	}
	for _, f := range files {
		if err := repo.WriteFile(f.Path, nil, f.Data); err != nil {
			return err
		}
		fmt.Fprintln(a.out, f.Path)
	}
	a.say("init.done", who.Name, who.Email)
	if owner.Key == "" {
		a.say("init.no-key")
	}
	if owner.GitHubLogin == "" {
		a.say("init.no-github")
	}
	a.say("init.next", dir)
	return nil
}
