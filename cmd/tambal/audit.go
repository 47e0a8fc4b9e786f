package main

import (
	"fmt"
	"os"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/history"
	"github.com/tambal-id/tambal/cmd/tambal/internal/rule"
	"github.com/tambal-id/tambal/cmd/tambal/internal/timeline"
)

// auditCommand replays the whole history.
func (a *app) auditCommand() *cobra.Command {
	var since, checkpoint string
	var online bool
	c := a.command("audit [REF] [--since REF] [--checkpoint FILE] [--online]", between(0, 1), func(args []string) error {
		repo, err := a.open()
		if err != nil {
			return a.undecided(err)
		}
		defer repo.Close()
		ref := repo.Trunk()
		if len(args) > 0 {
			ref = args[0]
		}
		result, line, err := a.auditWith(repo, ref, checkpoint, online)
		if err != nil {
			return a.undecided(err)
		}
		if since != "" {
			if err := limit(repo, result, line, since); err != nil {
				return err
			}
		}
		if err := a.summarize(result); err != nil {
			return err
		}
		err = a.write(result)
		if a.format != "json" && finding.Writers[a.format] != nil { // JSON names the head itself
			a.tell("audit.head", ref, result.Head)
		}
		return err
	})
	c.Flags().StringVar(&since, "since", "", a.lang.Say("flag.since"))
	c.Flags().StringVar(&checkpoint, "checkpoint", "", a.lang.Say("flag.checkpoint"))
	c.Flags().BoolVar(&online, "online", false, a.lang.Say("flag.online"))
	a.findingFlags(c)
	return c
}

// audit judges every landing that leads to ref, from the clone alone.
func (a *app) audit(repo *history.Repo, ref, checkpoint string) (*finding.Result, *timeline.Timeline, error) {
	return a.auditWith(repo, ref, checkpoint, false)
}

// auditWith is audit, online with every recorded review read again.
func (a *app) auditWith(repo *history.Repo, ref, checkpoint string, online bool) (*finding.Result, *timeline.Timeline, error) {
	options, err := a.options()
	if err != nil {
		return nil, nil, err
	}
	tip, err := repo.Resolve(ref)
	if err != nil {
		return nil, nil, err
	}
	if checkpoint != "" {
		if options.Lost, err = a.lost(repo, tip, checkpoint); err != nil {
			return nil, nil, err
		}
	}
	var line *timeline.Timeline
	if online {
		line, err = a.replayOnline(repo, tip)
	} else {
		line, err = timeline.Replay(repo, tip, a.now, a.progress())
	}
	if err != nil {
		return nil, nil, err
	}
	return a.result(line, rule.Run(line, options), "", string(tip.ID)), line, nil
}

// progress tells a person at a terminal that long work goes on.
func (a *app) progress() func(done, total int) {
	if !a.terminal {
		return nil
	}
	return func(done, total int) {
		if total > 2000 && (done%500 == 0 || done == total) {
			fmt.Fprintf(a.err, "\r%s", a.lang.Say("audit.progress", done, total))
			if done == total {
				fmt.Fprintln(a.err)
			}
		}
	}
}

var commitID = regexp.MustCompile(`\b[0-9a-f]{40}\b`)

// lost returns the head that a checkpoint remembers if it is not on the
// first-parent line of the tip any more. The checkpoint is a commit id, or a file that holds the JSON
// result of an earlier audit or just the id.
func (a *app) lost(repo *history.Repo, tip *history.Commit, checkpoint string) (string, error) {
	id := checkpoint
	if commitID.FindString(id) != id {
		data, err := os.ReadFile(checkpoint)
		if err != nil {
			return "", usage("usage.checkpoint", checkpoint)
		}
		body := string(data)
		if _, head, ok := strings.Cut(body, `"head":`); ok {
			body = head
		}
		if id = commitID.FindString(body); id == "" {
			return "", usage("usage.checkpoint", checkpoint)
		}
	}
	// Being an ancestor is not enough: a new root that merges the old head keeps
	// it as one and starts another line of trust.
	held, err := repo.OnLine(history.ID(id), tip)
	if err != nil || held {
		return "", err
	}
	return id, nil
}

// limit keeps the findings of landings that came after a commit. The replay is
// always whole: what came before decides what is legal after.
func limit(repo *history.Repo, result *finding.Result, line *timeline.Timeline, since string) error {
	from, err := repo.Resolve(since)
	if err != nil {
		return err
	}
	before, found := map[string]bool{}, false
	for _, l := range line.Landings {
		before[string(l.Commit.ID)] = true
		for _, w := range l.Side {
			before[string(w.ID)] = true
		}
		if found = l.Commit.ID == from.ID; found {
			break
		}
	}
	if !found {
		return usage("usage.since", since)
	}
	var kept []finding.Finding
	for _, f := range result.Findings {
		if !before[f.Commit] {
			kept = append(kept, f)
		}
	}
	result.Findings = kept
	return nil
}
