package gate

import (
	"context"
	"errors"

	"github.com/tambal-id/tambal/cmd/tambal/internal/decision"
	"github.com/tambal-id/tambal/cmd/tambal/internal/forge"
	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
	"github.com/tambal-id/tambal/cmd/tambal/internal/timeline"
)

// witness is the forge as a timeline asks it: a question is put when it comes up,
// and once.
type witness struct {
	repo  *git.Repo
	forge Asking
	all   bool // read every record's review again, not only those that are known
	told  func(read int)
	asked bool // something came up

	repository *forge.Repository
	reviewed   map[int]*decision.Request
	brought    map[timeline.ID]*decision.Request
}

// Asking puts a question to the forge, under a context that ends at a deadline.
type Asking func(question func(context.Context, *Origin) error) error

// asked asks under one context.
func (o *Origin) asked(ctx context.Context) Asking {
	return func(question func(context.Context, *Origin) error) error { return question(ctx, o) }
}

func newWitness(repo *git.Repo, forge Asking) *witness {
	return &witness{repo: repo, forge: forge, reviewed: map[int]*decision.Request{}, brought: map[timeline.ID]*decision.Request{}}
}

// ask puts a question to the forge.
func (w *witness) ask(question func(context.Context, *Origin) error) error {
	w.asked = true
	return w.forge(question)
}

// Reviewed implements timeline.Forge.
func (w *witness) Reviewed(number int) (r *decision.Request, err error) {
	if r, known := w.reviewed[number]; known || !w.all {
		return r, nil
	}
	err = w.ask(func(ctx context.Context, at *Origin) error {
		if w.repository == nil {
			repository, err := at.Repository(ctx)
			if err != nil {
				return err
			}
			w.repository = &repository
		}
		r, err = w.read(ctx, at, *w.repository, number)
		return err
	})
	if err != nil {
		return nil, err
	}
	w.reviewed[number] = r
	if w.told != nil {
		w.told(len(w.reviewed))
	}
	return r, nil
}

// BroughtBy implements timeline.Forge.
func (w *witness) BroughtBy(commit timeline.ID) (r *decision.Request, err error) {
	if r, known := w.brought[commit]; known {
		return r, nil
	}
	err = w.ask(func(ctx context.Context, at *Origin) error {
		pull, err := at.MergedBy(ctx, string(commit))
		var e *forge.Error
		if errors.As(err, &e) && e.Unknown() || err == nil && pull.Number == 0 {
			return nil // no pull request brought it
		}
		if err == nil {
			r, err = w.read(ctx, at, forge.Repository{}, pull.Number)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	w.brought[commit] = r
	return r, nil
}

// Made implements timeline.Forge.
func (w *witness) Made(commit timeline.ID) (made bool, err error) {
	err = w.ask(func(ctx context.Context, at *Origin) error {
		made, err = at.Made(ctx, string(commit))
		return err
	})
	return made, err
}

// read reads the reviews of a pull request, and brings the commits they were
// given on: without them nothing compares what was reviewed with what landed.
func (w *witness) read(ctx context.Context, at *Origin, repository forge.Repository, number int) (*decision.Request, error) {
	d, err := at.Reread(ctx, repository, number)
	var e *forge.Error
	switch {
	case errors.As(err, &e) && e.Gone():
		d = &forge.Dossier{Repository: repository, Pull: forge.PullRequest{Number: number}, Missing: true}
	case err != nil:
		return nil, err
	}
	if err := at.fetchReviewed(ctx, w.repo, d); err != nil {
		return nil, err
	}
	return &requestOf(d).Request, nil
}

// fetchReviewed brings the commits that reviews were given on and no branch leads
// to any more, where they can be had.
func (o *Origin) fetchReviewed(ctx context.Context, repo *git.Repo, d *forge.Dossier) error {
	for _, r := range d.Reviews {
		if _, err := repo.FetchCommit(ctx, o.Remote, git.ID(r.Commit)); err != nil {
			return err
		}
	}
	return nil
}

// requestOf is a pull request as the timeline takes it.
func requestOf(d *forge.Dossier) *timeline.Request {
	pull := d.Pull
	r := &timeline.Request{
		Request: decision.Request{
			Repository: d.Repository.URL, RepositoryID: d.Repository.ID, Number: pull.Number, URL: pull.URL,
			Author: decision.Account(pull.Author), Retargeted: d.Retargeted, Missing: d.Missing,
		},
		Open: pull.Open, Merged: pull.Merged, Draft: pull.Draft, Fork: pull.Head.RepositoryID != d.Repository.ID,
		Base: pull.Base.Ref, DefaultBranch: d.Repository.DefaultBranch,
	}
	for _, v := range d.Reviews {
		r.Reviews = append(r.Reviews, decision.Review{
			ID: v.ID, Author: decision.Account(v.Author), State: decision.ReviewState(v.State), Commit: v.Commit,
			SubmittedAt: v.SubmittedAt, Body: v.Body, URL: v.URL,
		})
	}
	return r
}
