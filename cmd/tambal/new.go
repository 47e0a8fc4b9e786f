package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tambal-id/tambal/cmd/tambal/internal/history"
	"github.com/tambal-id/tambal/schema"
)

// newCommand opens a case: its manifest with the first step of the SOP.
func (a *app) newCommand() *cobra.Command {
	var id, title, retryOf string
	var in input
	c := a.command("new [--title TITLE]", between(0, 0), func([]string) error {
		repo, err := a.open()
		if err != nil {
			return err
		}
		defer repo.Close()
		return a.openCase(repo, id, title, retryOf, in)
	})
	c.Flags().StringVar(&id, "id", "", a.lang.Say("flag.id"))
	c.Flags().StringVar(&title, "title", "", a.lang.Say("flag.title"))
	c.Flags().StringVar(&retryOf, "retry-of", "", a.lang.Say("flag.retry-of"))
	in.flags(a, c)
	return c
}

func (a *app) openCase(repo *history.Repo, id, title, retryOf string, in input) error {
	if repo.Root() == "" {
		return usage("usage.bare")
	}
	policy, err := a.policyOf(repo)
	if err != nil {
		return err
	}
	if id == "" {
		if id, err = a.nextID(repo, policy.Calendar.Location().String()); err != nil {
			return err
		}
	}
	w, err := a.workOn(repo, id)
	if err != nil {
		return err
	}
	if w.data != nil {
		return refused("new.exists", id, w.path)
	}
	from := strings.TrimPrefix(repo.Trunk(), "origin/")
	if from == "HEAD" {
		from = id
	}
	if err := onBranch(repo, from); err != nil { // before anybody answers questions
		return err
	}
	if title == "" {
		if title, err = a.ask("new.ask-title"); err != nil {
			return err
		}
	}
	w.data = schema.New(id, title, retryOf)
	return a.appendStep(repo, w, id, policy.Procedure.First().Name, in)
}

// nextID is the first free number of the year, over all branches.
func (a *app) nextID(repo *history.Repo, zone string) (string, error) {
	year := inZone(a.now, zone).Format("2006")
	highest := 0
	note := func(name string) {
		var n int
		if _, err := fmt.Sscanf(name, "SP-"+year+"-%d", &n); err == nil {
			highest = max(highest, n)
		}
	}
	branches, err := repo.Branches()
	if err != nil {
		return "", err
	}
	for _, b := range branches {
		tip, err := repo.Resolve(b.Ref)
		if err != nil {
			return "", err
		}
		names, err := repo.Names(tip.Tree, "patches/"+year)
		if err != nil {
			return "", err
		}
		for _, name := range names {
			note(name)
		}
	}
	if list, err := os.ReadDir(filepath.Join(repo.Root(), "patches", year)); err == nil {
		for _, e := range list {
			note(e.Name())
		}
	}
	return fmt.Sprintf("SP-%s-%04d", year, highest+1), nil
}

// caseBranch leaves the protected branch, or another case's, for the case's own,
// which is brought up to date when everything on it has landed.
func (a *app) caseBranch(repo *history.Repo, id string) error {
	trunk, head := repo.Trunk(), repo.HeadBranch()
	_, other := schema.CaseDir(head)
	if head != trunk && !other || head == id {
		return nil // a branch of the user's own naming
	}
	tip, err := repo.Resolve(trunk)
	if err != nil {
		return err
	}
	if err := repo.Advance(id, tip); err != nil {
		return err
	}
	if err := repo.Switch(id, tip); err != nil {
		return err
	}
	a.say("new.branch", id)
	return nil
}

// writeFile writes a file of the working tree through a temporary one, so that
// an interruption never leaves half a manifest.
func writeFile(root, name string, data []byte) error {
	file := filepath.Join(root, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	temporary := file + ".tambal-new"
	if err := os.WriteFile(temporary, data, 0o644); err != nil {
		return err
	}
	return os.Rename(temporary, file)
}

// pointer writes a path of fields for a person: trigger.kind.
func pointer(path []string) string { return strings.Join(path, ".") }
