package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/tambal-id/tambal/cmd/tambal/internal/history"
	"github.com/tambal-id/tambal/cmd/tambal/internal/scaffold"
)

// initCommand scaffolds a patch repository; it never commits.
func (a *app) initCommand() *cobra.Command {
	var key, account string
	c := a.command("init [DIR] [--key FILE.pub] [--github LOGIN:ID]", between(0, 1), func(args []string) error {
		dir := a.dir
		if len(args) > 0 {
			dir = args[0]
		}
		return a.scaffold(dir, key, account)
	})
	c.Flags().StringVar(&key, "key", "", a.lang.Say("flag.init-key"))
	c.Flags().StringVar(&account, "github", "", a.lang.Say("flag.init-github"))
	return c
}

// scaffold writes the files. account is the owner's on GitHub, as LOGIN:ID; with ""
// the one in Git's e-mail address is taken, if that is GitHub's own.
func (a *app) scaffold(dir, key, account string) error {
	repo, err := a.openOrCreate(dir)
	if err != nil {
		return err
	}
	defer repo.Close()
	if repo.Root() == "" {
		return usage("usage.bare")
	}
	who, err := a.identity(repo)
	if err != nil {
		return err
	}
	owner := scaffold.Owner{Name: who.Name, Email: who.Email, Since: a.now}
	known := false
	if owner.GitHubLogin, owner.GitHubID, known = scaffold.Account(cmp.Or(account, who.Email)); account != "" && !known {
		return usage("init.github", account)
	}
	if owner.Key, err = a.publicKey(repo, key); err != nil {
		return err
	}
	files, err := scaffold.Files(owner)
	if err != nil {
		return err
	}
	var present []string
	for _, f := range files {
		if _, err := os.Lstat(filepath.Join(repo.Root(), filepath.FromSlash(f.Path))); err == nil {
			present = append(present, f.Path)
		}
	}
	if len(present) > 0 {
		return refused("init.present", repo.Root(), present)
	}
	for _, f := range files {
		if err := writeFile(repo.Root(), f.Path, f.Data); err != nil {
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

// openOrCreate opens the repository at dir or makes an empty one there. A
// repository further up is not meant.
func (a *app) openOrCreate(dir string) (*history.Repo, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	repo, err := history.Open(dir)
	var git *history.Error
	switch {
	case errors.As(err, &git) && git.Code == "history.no-repository":
		return history.Create(dir)
	case err != nil:
		return nil, err
	}
	want, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return nil, err
	}
	if want, err = filepath.Abs(want); err != nil {
		return nil, err
	}
	if root, err := filepath.EvalSymlinks(repo.Root()); err == nil && root != "" && root != want {
		repo.Close()
		return history.Create(dir)
	}
	return repo, nil
}
