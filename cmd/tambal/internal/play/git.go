package play

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/tambal-id/tambal/cmd/tambal/internal/gate"
	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
)

// onGit does the verbs that write history or judge it.
func (p *Player) onGit(verb string, args []string) error {
	switch verb {
	case "exit":
		return p.Command(args[0], args[1:])
	case "tambal":
		return p.Command("0", append([]string{verb}, args...))
	case "git":
		if p.Git == nil {
			return errors.New("this script needs git")
		}
		return p.Git(args)
	case "github":
		if p.GitHub == nil {
			return errors.New("this script needs a GitHub")
		}
		return p.GitHub(args)
	}
	repo, err := git.Open(p.Dir)
	if err != nil && (verb == "check" || verb == "audit") {
		return p.Expect(nil, err, args)
	}
	if err != nil {
		return err
	}
	defer repo.Close()
	switch verb {
	case "branch":
		main, err := repo.Resolve("main")
		if err != nil {
			return err
		}
		return repo.Switch(args[0], main)
	case "gitstep":
		return p.gitStep(repo, args)
	case "step":
		return p.step(repo, args)
	case "commit":
		return p.commitAll(repo, strings.Join(args, " "))
	case "approve", "reject":
		return p.decide(verb == "reject", args)
	case "land":
		return p.land(repo, args)
	case "check":
		verdict, err := gate.Check(repo, "main", p.ID, gate.Options{Now: p.Now})
		return p.Expect(verdict, err, args)
	case "audit":
		verdict, err := gate.Audit(repo, "main", gate.Options{Now: p.Now})
		return p.Expect(verdict, err, args)
	}
	return fmt.Errorf("unknown verb %s", verb)
}

// step appends items on the case's branch and commits them as its person. What
// check says of the commit is for the script's check and audit lines to want.
func (p *Player) step(repo *git.Repo, names []string) error {
	if err := p.prepare(repo, names); err != nil {
		return err
	}
	before, err := repo.Resolve("HEAD")
	if err != nil {
		return err
	}
	failed := p.acting("commit", p.ID)
	after, err := repo.Resolve("HEAD")
	if err != nil || after.ID != before.ID {
		return err
	}
	return failed
}

// gitStep does the same with plain git, which refuses nothing.
func (p *Player) gitStep(repo *git.Repo, names []string) error {
	if err := p.prepare(repo, names); err != nil {
		return err
	}
	return p.commitAll(repo, p.ID+": "+strings.Join(names, ", "))
}

// prepare appends items to the manifest in the working tree, on the case's branch.
func (p *Player) prepare(repo *git.Repo, names []string) error {
	main, err := repo.Resolve("main")
	if err != nil {
		return err
	}
	if repo.HeadBranch() == "main" {
		if err := repo.Advance(p.ID, main); err != nil {
			return err
		}
		if err := repo.Switch(p.ID, main); err != nil {
			return err
		}
	}
	return p.addItems(names)
}

// commitAll is a plain commit of the whole working tree, as git would make it.
func (p *Player) commitAll(repo *git.Repo, message string) error {
	files := map[string][]byte{}
	head, err := repo.Resolve("HEAD")
	if err != nil {
		return err
	}
	tracked, err := repo.Diff("", head.Tree, nil)
	if err != nil {
		return err
	}
	for _, t := range tracked {
		files[t.Path] = nil
	}
	err = filepath.WalkDir(p.Dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			if d != nil && d.Name() == ".git" {
				return fs.SkipDir
			}
			return err
		}
		rel, err := filepath.Rel(p.Dir, name)
		if err != nil {
			return err
		}
		files[filepath.ToSlash(rel)], err = os.ReadFile(name)
		return err
	})
	if err != nil {
		return err
	}
	who := git.Identity{Name: p.Who.Name, Email: p.Who.Emails[0], When: p.Now}
	_, err = repo.Write(git.Draft{Branch: repo.HeadBranch(), Files: files, Author: who, Committer: who, Message: message})
	return err
}

// decide approves or refuses with the person's own key.
func (p *Player) decide(reject bool, args []string) error {
	words := []string{"approve", p.ID, "--branch", p.ID, "--key", p.KeyFile(p.Who.ID), "--yes"}
	if reject {
		words = append(words, "--reject")
	}
	if len(args) > 0 {
		words = append(words, "--disposition="+args[0])
	}
	return p.acting(words...)
}

// land merges the case's branch, or the named one, with the person's key for
// policy branches, and goes back to main.
func (p *Player) land(repo *git.Repo, args []string) error {
	words := []string{"merge", p.ID}
	if len(args) > 0 {
		words[1] = args[0]
	}
	if len(args) > 1 && args[1] == "signed" {
		words = append(words, "--key", p.KeyFile(p.Who.ID))
	}
	if err := repo.Switch("main", nil); err != nil {
		return err
	}
	return p.acting(words...)
}
