package main

import (
	"regexp"

	"github.com/tambal-id/tambal/cmd/tambal/internal/gate"
	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
)

// pullNumber is what a pull request is called.
var pullNumber = regexp.MustCompile(`^[1-9][0-9]{0,8}$`)

// eachPull judges every pull request meant and lets visit act on it. What fails
// with one is said and does not keep the others from being looked at; the highest
// exit code is returned.
func eachPull(a *env, name string, j verdictFlags, visit func(repo *git.Repo, at *gate.Origin, p *gate.PullRequest) error) error {
	repo, err := a.open()
	if err != nil {
		return a.undecided(j.format, err)
	}
	defer repo.Close()
	options, err := j.options(a)
	if err != nil {
		return err
	}
	at, err := a.connect(repo)
	if err != nil {
		return err
	}
	defer at.Close()
	list, err := at.Targets(name, a.getenv)
	if err != nil {
		return a.undecided(j.format, err)
	}
	if len(list) == 0 {
		a.tell(j.format, "pull.none")
		return nil
	}
	one := func(t gate.Target) error {
		at, err := a.connect(repo) // each has a deadline of its own
		if err != nil {
			return err
		}
		defer at.Close()
		p, err := at.Judge(repo, t.Number, t.Known, options)
		if err != nil {
			return a.undecided(j.format, err)
		}
		return visit(repo, at, p)
	}
	worst := exitPass
	for _, t := range list {
		if err := one(t); err != nil {
			worst = max(worst, a.explainError(err))
		}
	}
	return ended(worst)
}
