package gate

import (
	"os"
	"regexp"
	"strings"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
	"github.com/tambal-id/tambal/cmd/tambal/internal/timeline"
)

// Audit judges every landing that leads to ref: from the clone alone, or with
// every recorded review read again.
func Audit(repo *git.Repo, ref string, o Options) (*Judgement, error) {
	tip, err := repo.Resolve(ref)
	if err != nil {
		return nil, err
	}
	rules := o.rules()
	if o.Checkpoint != "" {
		if rules.Lost, err = lost(repo, tip, o.Checkpoint); err != nil {
			return nil, err
		}
	}
	build := timeline.Options{Now: o.Now, Progress: o.Progress}
	w := &witness{repo: repo, connect: o.Connect, all: true, told: o.Rereading}
	if o.Connect != nil {
		build.Forge = w
	}
	line, err := timeline.Replay(repo, tip, build)
	if err != nil {
		return nil, err
	}
	j := judge(line, rules, "", string(tip.ID))
	j.Unasked = o.Connect != nil && !w.asked
	return j, nil
}

var commitID = regexp.MustCompile(`\b[0-9a-f]{40}\b`)

// lost returns the head that a checkpoint remembers if it is not on the
// first-parent line of the tip any more. The checkpoint is a commit id, or a file that holds the JSON
// result of an earlier audit or just the id.
func lost(repo *git.Repo, tip *git.Commit, checkpoint string) (string, error) {
	id := checkpoint
	if commitID.FindString(id) != id {
		data, err := os.ReadFile(checkpoint)
		if err != nil {
			return "", &Error{Code: "usage.checkpoint", Args: []any{checkpoint}}
		}
		body := string(data)
		if _, head, ok := strings.Cut(body, `"head":`); ok {
			body = head
		}
		if id = commitID.FindString(body); id == "" {
			return "", &Error{Code: "usage.checkpoint", Args: []any{checkpoint}}
		}
	}
	// Being an ancestor is not enough: a new root that merges the old head keeps
	// it as one and starts another line of trust.
	held, err := repo.OnLine(git.ID(id), tip)
	if err != nil || held {
		return "", err
	}
	return id, nil
}

// Limit keeps the findings of landings that came after a commit. The replay is
// always whole: what came before decides what is legal after.
func (j *Judgement) Limit(repo *git.Repo, since string) error {
	from, err := repo.Resolve(since)
	if err != nil {
		return err
	}
	before, found := map[string]bool{}, false
	for _, l := range j.Timeline.Landings {
		before[string(l.Commit.ID)] = true
		for _, w := range l.Side {
			before[string(w.ID)] = true
		}
		if found = l.Commit.ID == timeline.ID(from.ID); found {
			break
		}
	}
	if !found {
		return &Error{Code: "usage.since", Args: []any{since}}
	}
	var kept []finding.Finding
	for _, f := range j.Result.Findings {
		if !before[f.Commit] || f.Rule == "history-rewritten" { // about the whole line, wherever it is reported
			kept = append(kept, f)
		}
	}
	j.Result.Findings = kept
	return nil
}
