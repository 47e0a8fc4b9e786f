// Work on pull requests: connecting to the forge, judging one after the other, merging.

package main

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/casework"
	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/forge"
	"github.com/tambal-id/tambal/cmd/tambal/internal/gate"
	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
	"github.com/tambal-id/tambal/cmd/tambal/internal/protection"
)

// onForge asks the forge behind a clone, within the time for one pull request.
func (a *env) onForge(repo *git.Repo, visit func(context.Context, *gate.Origin) error) error {
	at, err := forge.Locate(a.getenv, repo.Origin())
	if err != nil {
		return err
	}
	options := forge.Options{Sleep: a.sleep}
	if a.terminal {
		options.Waiting = func(d time.Duration) {
			fmt.Fprintln(a.err, a.lang.Say("forge.waiting", int(d.Round(time.Second).Seconds())))
		}
	}
	origin, err := gate.Connect(at, options)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(a.context(), forge.Limit)
	defer cancel()
	return visit(ctx, origin)
}

// withForge opens the clone and connects to its forge, for what is said of its
// protection as text or JSON. The context ends with the forge's deadline.
func (a *env) withForge(format string, visit func(context.Context, protection.Source) error) error {
	if format != asText && format != "json" {
		return usage("usage.format", format)
	}
	return a.clone(func(repo *git.Repo) error {
		return a.onForge(repo, func(ctx context.Context, at *gate.Origin) error {
			return visit(ctx, protection.Source{Forge: at.Client, Repo: repo, Remote: at.Remote})
		})
	})
}

// diagnosed writes a diagnosis as text, or what holds it as JSON, and ends with its
// verdict.
func diagnosed(a *env, d *protection.Diagnosis, format string, object any) (err error) {
	if format == "json" {
		err = finding.WriteObject(a.out, object)
	} else {
		err = d.WriteText(a.out, a.lang)
	}
	if err != nil {
		return err
	}
	return ended(d.Verdict().ExitCode())
}

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
func eachPull(a *env, name string, j verdictFlags, visit func(context.Context, pull) error) error {
	return j.judging(a, func(repo *git.Repo, options gate.Options) error {
		var list []gate.Target
		err := a.onForge(repo, func(ctx context.Context, at *gate.Origin) (err error) {
			list, err = at.Targets(ctx, name, a.getenv)
			return err
		})
		if err != nil {
			return err
		}
		if len(list) == 0 {
			a.tell(j.format, "pull.none")
		}
		worst := exitPass
		for _, t := range list {
			err := a.onForge(repo, func(ctx context.Context, at *gate.Origin) error {
				p, err := at.Judge(ctx, repo, t.Number, t.Known, options)
				if err != nil {
					return a.undecided(j.format, err)
				}
				return visit(ctx, pull{p, repo, at, options})
			})
			if err != nil {
				worst = max(worst, a.explainError(err))
			}
		}
		return ended(worst)
	})
}

// landedPull reads back what the forge says has landed.
func landedPull(a *env, ctx context.Context, p pull, sha string) error {
	result, err := p.at.Landed(ctx, p.repo, p.PullRequest, sha, p.options)
	if err != nil {
		return a.undecided(asText, err)
	}
	return a.write(asText, result)
}

// landPull lands a pull request through the forge: merge under a guard on the
// head, then read what landed and judge it like everybody will.
func landPull(a *env, ctx context.Context, p pull) error {
	for range 2 {
		name := fmt.Sprintf("#%d", p.Pull.Number)
		if p.Pull.Merged {
			a.say("merge.already", name, p.Pull.Base.Ref)
			return landedPull(a, ctx, p, p.Pull.MergeCommit)
		}
		if p.Result.Verdict() != finding.Pass {
			a.say("merge.refused", name, p.Pull.Base.Ref)
			return a.write(asText, p.Result)
		}
		title, body := casework.PullMessage(p.PullRequest)
		sha, err := p.at.Merge(ctx, p.Pull.Number, string(p.Head.ID), title, body)
		if err == nil {
			a.say("merge.done", name, p.Pull.Base.Ref, git.ID(sha).Short())
			return landedPull(a, ctx, p, sha)
		}
		if !errors.Is(err, forge.ErrHeadMoved) {
			return err
		}
		if p.PullRequest, err = p.at.Judge(ctx, p.repo, p.Pull.Number, "", p.options); err != nil { // nothing was merged: judge the new head
			return a.undecided(asText, err)
		}
	}
	return &gate.Error{Code: "merge.head-moves", Args: []any{p.Pull.Number}, Verdict: finding.Unknown}
}
