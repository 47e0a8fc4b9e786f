package main

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/history"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
	"github.com/tambal-id/tambal/cmd/tambal/internal/timeline"
)

// mergeCommand lands a branch: check, then a merge commit with trailers.
func (a *app) mergeCommand() *cobra.Command {
	var key string
	c := a.command("merge BRANCH|N", between(1, 1), func(args []string) error {
		if number.MatchString(args[0]) {
			if key != "" {
				return usage("merge.key-number")
			}
			return a.mergeNumber(args[0])
		}
		repo, err := a.open()
		if err != nil {
			return a.undecided(err)
		}
		defer repo.Close()
		return a.merge(repo, args[0], key)
	})
	c.Flags().StringVar(&key, "key", "", a.lang.Say("flag.merge-key"))
	c.Flags().StringVar(&a.acceptRecord, "accept", "", a.lang.Say("flag.accept"))
	a.format = "text"
	return c
}

// number is a pull request's.
var number = regexp.MustCompile(`^[1-9][0-9]{0,8}$`)

func (a *app) merge(repo *history.Repo, branch, key string) error {
	trunk := repo.Trunk()
	if strings.Contains(trunk, "/") || trunk == "HEAD" {
		return usage("merge.no-trunk")
	}
	if err := upToDate(repo, trunk); err != nil {
		return err
	}
	result, line, err := a.check(repo, trunk, branch)
	if err != nil {
		return a.undecided(err)
	}
	a.format = "text"
	if result.Verdict() != finding.Pass {
		a.say("merge.refused", branch, trunk)
		return a.write(result)
	}
	head, err := repo.Resolve(branch)
	if err != nil {
		return err
	}
	who, err := a.identity(repo)
	if err != nil {
		return err
	}
	draft := history.Draft{Branch: trunk, From: head, Author: who, Committer: who, Message: mergeMessage(branch, line)}
	if draft.Sign, err = a.commitSigner(repo, key); err != nil {
		return err
	}
	landed, err := repo.Merge(draft)
	var conflict *history.Conflict
	if errors.As(err, &conflict) {
		return refused("merge.conflict", conflict.Paths, branch)
	}
	if err != nil {
		return err
	}
	a.say("merge.done", branch, trunk, landed.ID.Short())
	return a.write(&finding.Result{Findings: result.Findings})
}

// upToDate refuses to land on a local branch that is behind its upstream: the
// push would need a pull, and the pull would swap the merge's parents.
func upToDate(repo *history.Repo, trunk string) error {
	upstream := repo.Upstream(trunk)
	if upstream == "" {
		return nil
	}
	local, err := repo.Resolve(trunk)
	if err != nil {
		return err
	}
	remote, err := repo.Resolve(upstream)
	if err != nil {
		return err
	}
	ok, err := repo.IsAncestor(remote.ID, local.ID)
	if err == nil && !ok {
		err = refused("merge.behind", trunk, strings.TrimPrefix(upstream, "refs/remotes/"))
	}
	return err
}

// identity is who git says the user is.
func (a *app) identity(repo *history.Repo) (history.Identity, error) {
	if a.who != nil {
		return history.Identity{Name: a.who.Name, Email: a.who.Email, When: a.now}, nil
	}
	s := repo.Settings()
	if s.Name == "" || s.Email == "" {
		return history.Identity{}, usage("usage.identity")
	}
	return history.Identity{Name: s.Name, Email: s.Email, When: a.now}, nil
}

// mergeMessage makes plain git log read like the SOP. Trailers are an index,
// never a proof.
func mergeMessage(branch string, line *timeline.Timeline) string {
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
			if s.Approval != nil && s.Approval.By.Person != nil && len(s.Approval.By.Person.Emails) > 0 {
				trailers = append(trailers, fmt.Sprintf("Reviewed-by: %s <%s>", text.Clean(s.Approval.By.Name), s.Approval.By.Person.Emails[0]))
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
