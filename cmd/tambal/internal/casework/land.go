package casework

import (
	"errors"
	"fmt"
	"strings"

	"github.com/tambal-id/tambal/cmd/tambal/internal/gate"
	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
	"github.com/tambal-id/tambal/cmd/tambal/internal/landing"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
	"github.com/tambal-id/tambal/cmd/tambal/internal/timeline"
	"github.com/tambal-id/tambal/schema"
)

// Newest returns what has to land where somebody names a branch: the branch itself,
// or, where the home remote's of that name is further on, or the case of that name
// stands elsewhere, that one. It refuses where both have something of their own.
func (d *Desk) Newest(branch string) (*git.Branch, error) {
	named := &git.Branch{Name: branch, Ref: branch}
	if _, ok := schema.CaseDir(branch); ok {
		stands, err := gate.Where(d.Repo, branch, "", gate.Options{Now: d.Now})
		if err != nil {
			return nil, err
		}
		if stands != nil {
			return &stands.Branch, nil
		}
	}
	local, err := d.Repo.Tip(branch)
	if err != nil || local == nil {
		return named, err
	}
	remote := git.Branch{Name: branch, Remote: d.Repo.Home(), Ref: "refs/remotes/" + d.Repo.Home() + "/" + branch}
	pushed, err := d.Repo.Resolve(remote.Ref)
	if err != nil {
		return named, nil // nobody has pushed it
	}
	switch last, err := d.Repo.Independent([]git.ID{local.ID, pushed.ID}); {
	case err != nil:
		return nil, err
	case len(last) > 1:
		return nil, refused("merge.diverged", branch, remote.Label())
	case last[0].ID == local.ID:
		return named, nil
	}
	return &remote, nil
}

// Trunk returns the local branch that something can land on. It refuses one that
// is behind its upstream: the push would need a pull, and the pull would swap the
// merge's parents.
func (d *Desk) Trunk() (string, error) {
	if err := atEase(d.Repo); err != nil {
		return "", err
	}
	trunk, err := gate.Base(d.Repo)
	if err != nil {
		return "", err
	}
	if name, remote := strings.CutPrefix(trunk, "origin/"); remote {
		return "", usage("merge.no-trunk", name)
	}
	if trunk == "HEAD" {
		return "", usage("merge.no-trunk", "main")
	}
	upstream := d.Repo.Upstream(trunk)
	if upstream == "" {
		return trunk, nil
	}
	local, err := d.Repo.Resolve(trunk)
	if err != nil {
		return "", err
	}
	remote, err := d.Repo.Resolve(upstream)
	if err != nil {
		return "", err
	}
	ok, err := d.Repo.IsAncestor(remote.ID, local.ID)
	if err == nil && !ok {
		err = refused("merge.behind", trunk, strings.TrimPrefix(upstream, "refs/remotes/"))
	}
	return trunk, err
}

// Land merges a branch that was judged into the protected one. key is the file of
// the key that signs the merge; "" is the one Git signs with, if any.
func (d *Desk) Land(branch, key string, verdict *gate.Judgement) (*git.Commit, error) {
	head, err := d.Repo.Commit(git.ID(verdict.Result.Head)) // the name may stand elsewhere by now
	if err != nil {
		return nil, err
	}
	who, err := d.Identity()
	if err != nil {
		return nil, err
	}
	draft := git.Draft{Branch: d.Repo.Trunk(), From: head, Author: who, Committer: who, Message: message(branch, verdict.Timeline)}
	if draft.Sign, err = d.Keys.CommitSigner(key); err != nil {
		return nil, err
	}
	landed, err := landing.Merge(d.Repo, draft)
	if errors.Is(err, git.ErrNothing) {
		if steps := d.uncommitted(branch); len(steps) > 0 {
			return nil, refused("merge.uncommitted", branch, steps)
		}
	}
	var conflict *landing.Conflict
	if errors.As(err, &conflict) {
		return nil, refused("merge.conflict", conflict.Paths, branch)
	}
	return landed, err
}

// uncommitted names the steps that are only in the working tree.
func (d *Desk) uncommitted(id string) []string {
	w, err := workOn(d.Repo, id)
	if err != nil {
		return nil // no case, or none that stands here
	}
	if _, err := w.manifest(id); err != nil {
		return nil
	}
	return w.newSteps()
}

// message makes plain git log read like the SOP. Trailers are an index, never a
// proof.
func message(branch string, line *timeline.Timeline) string {
	landing := line.Landings[len(line.Landings)-1]
	if len(landing.Cases) == 0 {
		return fmt.Sprintf("Merge branch '%s'\n", branch)
	}
	var subject, trailers []string
	for _, c := range landing.Cases {
		var steps []string
		trailers = append(trailers, "Case: "+c.ID)
		for _, s := range c.Steps {
			steps = append(steps, s.Item.Name)
			trailers = append(trailers, "Step: "+s.Item.Name)
			if s.Decision != nil && s.Decision.By.Listed != nil && len(s.Decision.By.Listed.Emails) > 0 {
				trailers = append(trailers, fmt.Sprintf("Reviewed-by: %s <%s>", text.Clean(s.Decision.By.Name), s.Decision.By.Listed.Emails[0]))
			}
		}
		subject = append(subject, c.ID+": "+strings.Join(steps, ", "))
	}
	title := ""
	if c := landing.Cases[0]; len(landing.Cases) == 1 && c.After != nil {
		title = text.Clean(c.After.Metadata.Title) + "\n\n"
	}
	return strings.Join(subject, "; ") + "\n\n" + title + strings.Join(trailers, "\n") + "\n"
}

// PullMessage returns the title and the body of the merge commit of a pull
// request: as of a branch, and where the review stands.
func PullMessage(p *gate.PullRequest) (title, body string) {
	all := message(p.Pull.Head.Ref, p.Timeline)
	for _, c := range p.Landing().Cases {
		for _, s := range c.Steps {
			if s.Decision == nil || s.Decision.Review == nil {
				continue
			}
			for _, r := range p.Reviews {
				if r.ID == s.Decision.Review.ID {
					all += "Reviewed-on: " + r.URL + "\n"
				}
			}
		}
	}
	title, body, _ = strings.Cut(all, "\n\n")
	return title, body
}
