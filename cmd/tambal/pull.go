package main

import (
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/forge"
	"github.com/tambal-id/tambal/cmd/tambal/internal/history"
	"github.com/tambal-id/tambal/cmd/tambal/internal/rule"
	"github.com/tambal-id/tambal/cmd/tambal/internal/timeline"
)

// pull is one pull request as it was judged: facts from the clone, reviews from
// the forge, read while neither moved.
type pull struct {
	*forge.Dossier
	base, head *history.Commit
	line       *timeline.Timeline
	result     *finding.Result
}

// landing is what merging the pull request would be.
func (p *pull) landing() *timeline.Landing { return p.line.Landings[0] }

// change is the one case the pull request is about; nil when it touches none, or
// more than one.
func (p *pull) change() *timeline.CaseChange {
	if cases := p.landing().Cases; len(cases) == 1 && cases[0].After != nil {
		return cases[0]
	}
	return nil
}

// patience is how often a pull request is read that does not stand still, with
// pauses that grow: the forge's API may lag behind its own Git.
const patience = 4

// inspect judges a pull request. known, when not "", is a commit that its head
// must contain: what an event named, or what was just pushed.
func (a *app) inspect(repo *history.Repo, at *link, number int, known string) (*pull, error) {
	var lagging *pull
	for try := range patience {
		if try > 0 {
			at.Pause(time.Duration(try) * time.Second)
		}
		p, err := a.read(repo, at, number)
		if err != nil {
			return nil, err
		}
		if p == nil {
			continue
		}
		if known == "" {
			return p, nil
		}
		if ok, err := repo.IsAncestor(history.ID(known), p.head.ID); err != nil || ok {
			return p, err
		}
		lagging = p
	}
	if lagging == nil {
		return nil, &forge.Error{Code: "forge.moving", Args: []any{number}}
	}
	lagging.result.Findings = append(lagging.result.Findings, finding.Finding{Rule: "forge-unread", Severity: finding.Pending,
		Place: finding.Place{Commit: string(lagging.head.ID)}, Code: "forge-unread.lag", Args: []any{number, history.ID(known).Short()}})
	finding.Sort(lagging.result.Findings)
	return lagging, nil
}

// read judges a pull request once; nil when it moved meanwhile.
func (a *app) read(repo *history.Repo, at *link, number int) (*pull, error) {
	options, err := a.options()
	if err != nil {
		return nil, err
	}
	d, err := at.Dossier(number)
	if err != nil {
		return nil, err
	}
	tips, err := repo.Fetch(at.Context(), at.remote, "refs/heads/"+d.Pull.Base.Ref, fmt.Sprintf("refs/pull/%d/head", number))
	if err != nil {
		return nil, err
	}
	p := &pull{Dossier: d, base: tips[0], head: tips[1]}
	if string(p.head.ID) != d.Pull.Head.SHA {
		return nil, nil
	}
	for _, r := range d.Reviews {
		if _, err := repo.FetchCommit(at.Context(), at.remote, history.ID(r.Commit)); err != nil {
			return nil, err
		}
	}
	facts := timeline.Facts{Pull: d}
	if p.line, err = timeline.PendingWith(repo, p.base, p.head, a.now, facts); err == nil && len(p.line.Unproven) > 0 {
		if facts.Policies, err = at.policyPulls(p.line); err == nil {
			p.line, err = timeline.PendingWith(repo, p.base, p.head, a.now, facts)
		}
	}
	if err != nil {
		return nil, err
	}
	if err := at.vouch(p); err != nil {
		return nil, err
	}
	p.result = a.result(p.line, rule.Run(p.line, options), string(p.base.ID), string(p.head.ID))
	again, err := at.PullRequest(number)
	if err != nil || !again.Same(d.Pull) {
		return nil, err
	}
	return p, nil
}

// vouch asks the forge which of the commits that name it as committer are its
// own work.
func (l *link) vouch(p *pull) error {
	p.Made = map[string]bool{}
	for _, w := range p.landing().Authors {
		if w.Committer.Email != history.ForgeEmail {
			continue
		}
		made, err := l.Made(string(w.ID))
		if err != nil {
			return err
		}
		p.Made[string(w.ID)] = made
	}
	return nil
}

// target is a pull request to look at; Known is what its head must contain.
type target struct {
	number int
	known  string
}

// targets reads --pr: a number, "open" for all open ones, or "event" for what
// the running workflow was started by.
func (a *app) targets(at *link, name string) ([]target, error) {
	if number, err := strconv.Atoi(name); err == nil && number > 0 {
		return []target{{number: number}}, nil
	}
	e := forge.Event{All: true}
	switch name {
	case "open":
	case "event":
		payload, err := os.ReadFile(a.getenv("GITHUB_EVENT_PATH"))
		if err != nil {
			return nil, usage("usage.event", err)
		}
		if e, err = forge.ParseEvent(a.getenv("GITHUB_EVENT_NAME"), payload); err != nil {
			return nil, err
		}
	default:
		return nil, usage("usage.pr", name)
	}
	if e.Number > 0 {
		return []target{{e.Number, e.Head}}, nil
	}
	pulls, err := at.OpenPulls()
	if e.Commit != "" {
		pulls, err = at.PullsWith(e.Commit)
	}
	var list []target
	for _, p := range pulls {
		list = append(list, target{number: p.Number})
	}
	return list, err
}

// eachPull judges every pull request meant and lets visit act on it. What fails
// with one is said and does not keep the others from being looked at; the worst
// exit code is the answer.
func (a *app) eachPull(name string, visit func(repo *history.Repo, at *link, p *pull) error) error {
	repo, err := a.open()
	if err != nil {
		return a.undecided(err)
	}
	defer repo.Close()
	at, err := a.connect(repo, 0)
	if err != nil {
		return err
	}
	defer at.Close()
	list, err := a.targets(at, name)
	if err != nil {
		return a.undecided(err)
	}
	if len(list) == 0 {
		a.tell("pull.none")
		return nil
	}
	worst := exitPass
	for _, t := range list {
		if err := a.onePull(repo, t, visit); err != nil {
			worst = max(worst, a.explainError(err))
		}
	}
	if worst != exitPass {
		return &verdictError{worst}
	}
	return nil
}

// onePull gives each pull request a deadline of its own.
func (a *app) onePull(repo *history.Repo, t target, visit func(repo *history.Repo, at *link, p *pull) error) error {
	at, err := a.connect(repo, 0)
	if err != nil {
		return err
	}
	defer at.Close()
	p, err := a.inspect(repo, at, t.number, t.known)
	if err != nil {
		return a.undecided(err)
	}
	return visit(repo, at, p)
}
