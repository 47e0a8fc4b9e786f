package main

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/forge"
	"github.com/tambal-id/tambal/cmd/tambal/internal/history"
	"github.com/tambal-id/tambal/cmd/tambal/internal/timeline"
)

// replayOnline is the replay with what only the forge knows: who approved the
// policy changes, and every review that was ever recorded, read again.
func (a *app) replayOnline(repo *history.Repo, tip *history.Commit) (*timeline.Timeline, error) {
	line, err := timeline.Replay(repo, tip, a.now, a.progress())
	if err != nil {
		return nil, err
	}
	numbers := recordedPulls(line)
	if len(numbers)+len(line.Unproven) == 0 {
		a.tell("audit.nothing-asked")
		return line, nil
	}
	at, err := a.connect(repo, 2*time.Minute+time.Duration(len(numbers)+2*len(line.Unproven))*2*time.Second)
	if err != nil {
		return nil, err
	}
	defer at.Close()
	if line, err = a.withReviewed(repo, at, line); err != nil {
		return nil, err
	}
	if line, err = a.withPolicies(repo, at, line); err != nil {
		return nil, err
	}
	return line, a.reread(at, line, numbers)
}

// withPolicies replays again once the forge has said who approved the policy
// changes that no key vouches for.
func (a *app) withPolicies(repo *history.Repo, at *link, line *timeline.Timeline) (*timeline.Timeline, error) {
	if len(line.Unproven) == 0 {
		return line, nil
	}
	pulls, err := at.policyPulls(line)
	if err != nil {
		return nil, err
	}
	return timeline.ReplayWith(repo, line.Tip, a.now, nil, timeline.Facts{Policies: pulls})
}

// policyPulls reads the pull requests that brought the policies nobody signed.
func (l *link) policyPulls(line *timeline.Timeline) (map[history.ID]*forge.Dossier, error) {
	found := map[history.ID]*forge.Dossier{}
	for _, c := range line.Unproven {
		pull, err := l.MergedBy(string(c.ID))
		var e *forge.Error
		switch {
		case errors.As(err, &e) && e.Unknown(), err == nil && pull.Number == 0:
			continue // no pull request brought it
		case err != nil:
			return nil, err
		}
		if found[c.ID], err = l.Reread(forge.Repository{}, pull.Number); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// reread reads the reviews of the recorded decisions again.
func (a *app) reread(at *link, line *timeline.Timeline, numbers []int) error {
	if len(numbers) == 0 {
		return nil
	}
	repository, err := at.Repository()
	if err != nil {
		return err
	}
	dossiers := map[int]*forge.Dossier{}
	for i, number := range numbers {
		d, err := at.Reread(repository, number)
		var e *forge.Error
		switch {
		case errors.As(err, &e) && e.Gone():
			d = &forge.Dossier{Repository: repository, Pull: forge.PullRequest{Number: number}, Missing: true}
		case err != nil:
			return err
		}
		dossiers[number] = d
		if a.terminal {
			fmt.Fprintf(a.err, "\r%s", a.lang.Say("audit.rereading", i+1, len(numbers)))
		}
	}
	if a.terminal {
		fmt.Fprintln(a.err)
	}
	line.Confirm(dossiers)
	return nil
}

// recordedPulls returns the pull requests whose reviews are on record, in order.
func recordedPulls(line *timeline.Timeline) (numbers []int) {
	for _, l := range line.Landings {
		for _, c := range l.Cases {
			for _, s := range c.Steps {
				if a := s.Approval; a != nil && a.Review != nil && !slices.Contains(numbers, a.Review.PullRequest) {
					numbers = append(numbers, a.Review.PullRequest)
				}
			}
		}
	}
	return numbers
}

// withReviewed brings reviewed commits that no branch leads to any more, and
// replays again: without them nothing compares what was reviewed with what landed.
func (a *app) withReviewed(repo *history.Repo, at *link, line *timeline.Timeline) (*timeline.Timeline, error) {
	found := false
	for _, l := range line.Landings {
		for _, c := range l.Cases {
			for _, s := range c.Steps {
				if s.Approval == nil || s.Approval.Review == nil || !s.Approval.Unseen {
					continue
				}
				commit, err := repo.FetchCommit(at.Context(), at.remote, history.ID(s.Approval.Review.Commit))
				if err != nil {
					return nil, err
				}
				found = found || commit != nil
			}
		}
	}
	if !found {
		return line, nil
	}
	return timeline.Replay(repo, line.Tip, a.now, nil)
}
