package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/forge"
	"github.com/tambal-id/tambal/cmd/tambal/internal/history"
	"github.com/tambal-id/tambal/cmd/tambal/internal/rule"
	"github.com/tambal-id/tambal/cmd/tambal/internal/timeline"
)

// mergeNumber lands a pull request: check again, merge under a guard on the
// head, then read what landed and judge it like everybody will.
func (a *app) mergeNumber(number string) error {
	return a.eachPull(number, a.mergePull)
}

func (a *app) mergePull(repo *history.Repo, at *link, p *pull) error {
	for range 2 {
		if p.result.Verdict() != finding.Pass {
			a.say("merge.refused", fmt.Sprintf("#%d", p.Pull.Number), p.Pull.Base.Ref)
			return a.write(p.result)
		}
		title, message, _ := strings.Cut(a.landingMessage(p), "\n\n")
		sha, err := at.Merge(p.Pull.Number, string(p.head.ID), title, message)
		if err == nil {
			return a.landed(repo, at, p, sha)
		}
		if !errors.Is(err, forge.ErrHeadMoved) {
			return err
		}
		if p, err = a.inspect(repo, at, p.Pull.Number, ""); err != nil { // nothing was merged: judge the new head
			return a.undecided(err)
		}
	}
	return &sentence{"merge.head-moves", []any{p.Pull.Number}, exitUndecided}
}

// landingMessage is mergeMessage with where the review stands.
func (a *app) landingMessage(p *pull) string {
	message := mergeMessage(p.Pull.Head.Ref, p.line)
	for _, c := range p.landing().Cases {
		for _, s := range c.Steps {
			if s.Approval == nil || s.Approval.Review == nil {
				continue
			}
			for _, r := range p.Reviews {
				if r.ID == s.Approval.Review.ID {
					message += "Reviewed-on: " + r.URL + "\n"
				}
			}
		}
	}
	return message
}

// landed reads the merge commit back and judges the whole history with it: the
// forge's answer is no proof, and the base may have moved at the last moment.
func (a *app) landed(repo *history.Repo, at *link, p *pull, sha string) error {
	tips, err := repo.Fetch(at.Context(), at.remote, "refs/heads/"+p.Pull.Base.Ref)
	if err != nil {
		return a.undecided(err)
	}
	commit, err := repo.Commit(history.ID(sha))
	if err != nil {
		return a.undecided(err)
	}
	on, err := repo.OnLine(commit.ID, tips[0])
	switch {
	case err != nil:
		return a.undecided(err)
	case !on || len(commit.Parents) != 2 || commit.Parents[1] != p.head.ID:
		return refused("merge.not-landed", sha, p.Pull.Number)
	}
	line, err := timeline.Replay(repo, commit, a.now, a.progress())
	if err == nil {
		line, err = a.withPolicies(repo, at, line)
	}
	if err != nil {
		return a.undecided(err)
	}
	line.Confirm(map[int]*forge.Dossier{p.Pull.Number: p.Dossier})
	options, err := a.options()
	if err != nil {
		return err
	}
	result := &finding.Result{}
	mine := map[string]bool{sha: true}
	for _, w := range p.landing().Side {
		mine[string(w.ID)] = true
	}
	for _, f := range rule.Run(line, options) {
		if mine[f.Commit] {
			result.Findings = append(result.Findings, f)
		}
	}
	a.say("merge.done", fmt.Sprintf("#%d", p.Pull.Number), p.Pull.Base.Ref, commit.ID.Short())
	return a.write(result)
}
