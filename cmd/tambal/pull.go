package main

import (
	"regexp"

	"github.com/tambal-id/tambal/cmd/tambal/internal/gate"
	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
)

// pullNumber is what a pull request is called.
var pullNumber = regexp.MustCompile(`^[1-9][0-9]{0,8}$`)

// pull is a pull request that was judged, and what a command needs to act on it.
type pull struct {
	*gate.PullRequest
	repo    *git.Repo
	at      *gate.Origin
	options gate.Options
}

// eachPull judges every pull request meant and lets visit act on it. What fails
// with one is said and does not keep the others from being looked at; the highest
// exit code is returned.
func eachPull(a *env, name string, j verdictFlags, visit func(pull) error) error {
	return j.judging(a, func(repo *git.Repo, options gate.Options) error {
		at, err := a.connect(repo)
		if err != nil {
			return err
		}
		defer at.Close()
		list, err := at.Targets(name, a.getenv)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			a.tell(j.format, "pull.none")
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
			return visit(pull{p, repo, at, options})
		}
		worst := exitPass
		for _, t := range list {
			if err := one(t); err != nil {
				worst = max(worst, a.explainError(err))
			}
		}
		return ended(worst)
	})
}
