package main

import (
	"errors"
	"fmt"

	"github.com/tambal-id/tambal/cmd/tambal/internal/casework"
	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/forge"
	"github.com/tambal-id/tambal/cmd/tambal/internal/gate"
	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
)

// landPull lands a pull request through the forge: merge under a guard on the
// head, then read what landed and judge it like everybody will.
func landPull(a *env, p pull) error {
	for range 2 {
		name := fmt.Sprintf("#%d", p.Pull.Number)
		if p.Result.Verdict() != finding.Pass {
			a.say("merge.refused", name, p.Pull.Base.Ref)
			return a.write(asText, p.Result)
		}
		title, body := casework.PullMessage(p.PullRequest)
		sha, err := p.at.Merge(p.Pull.Number, string(p.Head.ID), title, body)
		if err == nil {
			result, err := p.at.Landed(p.repo, p.PullRequest, sha, p.options)
			if err != nil {
				return a.undecided(asText, err)
			}
			a.say("merge.done", name, p.Pull.Base.Ref, git.ID(sha).Short())
			return a.write(asText, result)
		}
		if !errors.Is(err, forge.ErrHeadMoved) {
			return err
		}
		if p.PullRequest, err = p.at.Judge(p.repo, p.Pull.Number, "", p.options); err != nil { // nothing was merged: judge the new head
			return a.undecided(asText, err)
		}
	}
	return &gate.Error{Code: "merge.head-moves", Args: []any{p.Pull.Number}, Verdict: finding.Unknown}
}
