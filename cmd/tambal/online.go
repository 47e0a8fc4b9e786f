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

// reread reads every review that was ever recorded again from the forge.
func (a *app) reread(repo *history.Repo, line *timeline.Timeline) error {
	numbers := recordedPulls(line)
	if len(numbers) == 0 {
		return nil
	}
	at, err := a.connect(repo, 2*time.Minute+time.Duration(len(numbers))*2*time.Second)
	if err != nil {
		return err
	}
	defer at.Close()
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
			d = &forge.Dossier{Repository: repository, Pull: forge.PullRequest{Number: number}} // its reviews are gone with it
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
