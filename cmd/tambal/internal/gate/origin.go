package gate

import (
	"context"
	"os"
	"strconv"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/forge"
	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
	"github.com/tambal-id/tambal/cmd/tambal/internal/timeline"
)

// Origin is the forge behind a clone: its API, and its repository for fetching
// and pushing.
type Origin struct {
	*forge.Client
	Remote git.Remote
}

// Connect prepares to ask the forge at a location. The Repository, API and Token of
// the options are those of the location.
func Connect(at forge.Location, o forge.Options) (*Origin, error) {
	o.Repository, o.API, o.Token = at.Repository, at.API, at.Token
	client, err := forge.New(o)
	if err != nil {
		return nil, err
	}
	return &Origin{client, git.Remote{URL: at.CloneURL(), Token: at.Token}}, nil
}

// Target is a pull request to look at; Known is what its head must contain.
type Target struct {
	Number int
	Known  string
}

// Targets reads the name of pull requests: a number, "open" for all open ones, or
// "event" for what the running workflow was started by.
func (o *Origin) Targets(ctx context.Context, name string, getenv func(string) string) ([]Target, error) {
	if number, err := strconv.Atoi(name); err == nil && number > 0 {
		return []Target{{Number: number}}, nil
	}
	e := forge.Event{All: true}
	switch name {
	case "open":
	case "event":
		payload, err := os.ReadFile(getenv("GITHUB_EVENT_PATH"))
		if err != nil {
			return nil, &Error{Code: "usage.event", Args: []any{err}}
		}
		if e, err = forge.ParseEvent(getenv("GITHUB_EVENT_NAME"), payload); err != nil {
			return nil, err
		}
	default:
		return nil, &Error{Code: "usage.pr", Args: []any{name}}
	}
	if e.Number > 0 {
		return []Target{{e.Number, e.Head}}, nil
	}
	pulls, err := o.openPulls(ctx, e.Commit)
	var list []Target
	for _, p := range pulls {
		list = append(list, Target{Number: p.Number})
	}
	return list, err
}

// openPulls are all open pull requests, or those that hold a commit.
func (o *Origin) openPulls(ctx context.Context, commit string) ([]forge.PullRequest, error) {
	if commit != "" {
		return o.PullsWith(ctx, commit)
	}
	return o.OpenPulls(ctx)
}

// Landed reads the merge commit of a pull request back and judges the whole
// history with it: the forge's answer proves nothing, and the base may have moved at
// the last moment. The result has the findings about this landing only.
func (o *Origin) Landed(ctx context.Context, repo *git.Repo, p *PullRequest, sha string, options Options) (*finding.Result, error) {
	tips, err := repo.Fetch(ctx, o.Remote, "refs/heads/"+p.Pull.Base.Ref)
	if err != nil {
		return nil, err
	}
	commit, err := repo.Commit(git.ID(sha))
	if err != nil {
		return nil, err
	}
	on, err := repo.OnLine(commit.ID, tips[0])
	switch {
	case err != nil:
		return nil, err
	case !on || len(commit.Parents) != 2 || commit.Parents[1] != p.Head.ID:
		return nil, &Error{Code: "merge.not-landed", Args: []any{sha, p.Pull.Number}, Verdict: finding.Fail}
	}
	w := newWitness(repo, o.asked(ctx))
	w.reviewed[p.Pull.Number] = &requestOf(p.Dossier).Request
	line, err := timeline.Replay(repo, commit, timeline.Options{Now: options.Now, Progress: options.Progress, Forge: w})
	if err != nil {
		return nil, err
	}
	mine := map[string]bool{sha: true}
	for _, w := range p.Landing().Side {
		mine[string(w.ID)] = true
	}
	result := &finding.Result{}
	for _, f := range judge(line, options.rules(), "", sha).Result.Findings {
		if mine[f.Commit] {
			result.Findings = append(result.Findings, f)
		}
	}
	return result, nil
}
