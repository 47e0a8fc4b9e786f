package gate

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
	"github.com/tambal-id/tambal/cmd/tambal/internal/report"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
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
	w := newWitness(repo, o.Forge)
	w.all, w.told = true, o.Rereading
	if o.Forge != nil {
		build.Forge = w
	}
	line, err := timeline.Replay(repo, tip, build)
	if err != nil {
		return nil, err
	}
	j := judge(line, rules, "", string(tip.ID))
	j.Unasked = o.Forge != nil && !w.asked
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
		body := string(data)
		if _, head, ok := strings.Cut(body, `"head":`); ok {
			body = head
		}
		if id = commitID.FindString(body); err != nil || id == "" {
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
	after, err := j.after(repo, since)
	if err != nil {
		return err
	}
	before := map[string]bool{}
	for _, l := range j.Timeline.Landings[:len(j.Timeline.Landings)-len(after)] {
		before[string(l.Commit.ID)] = true
		for _, w := range l.Side {
			before[string(w.ID)] = true
		}
	}
	j.Result.Findings = slices.DeleteFunc(j.Result.Findings, func(f finding.Finding) bool {
		return before[f.Commit] && f.Rule != "history-rewritten" // about the whole line, wherever it is reported
	})
	return nil
}

// after returns the landings after a commit of the main line.
func (j *Judgement) after(repo *git.Repo, since string) ([]*timeline.Landing, error) {
	from, err := repo.Resolve(since)
	if err != nil {
		return nil, err
	}
	all := j.Timeline.Landings
	i := slices.IndexFunc(all, func(l *timeline.Landing) bool { return l.Commit.ID == timeline.ID(from.ID) })
	if i < 0 {
		return nil, &Error{Code: "usage.since", Args: []any{since}}
	}
	return all[i+1:], nil
}

// Report makes the formal report of a case. That of a closed one is made at the
// case's own last landing, so that it stays the same whatever else lands; unless
// the audit found an error in the case since. An open case is told as it stands,
// and so is every one where the caller chose the place (chosen).
func (j *Judgement) Report(repo *git.Repo, c *timeline.Case, chosen bool, o Options, lang text.Lang) (*report.Report, error) {
	line, own := j.Timeline, j.Of(c)
	if chosen || c.Outcome() == "" {
		return report.New(line, c, own, lang), nil
	}
	step, touched := line.Settled(c)
	then, err := j.reportAt(repo, c, step, o, lang)
	if err != nil {
		return nil, err
	}
	latest := report.Latest(then, line, c, own, lang)
	if latest == then && touched != step {
		if then, err = j.reportAt(repo, c, touched, o, lang); err == nil {
			latest = report.Latest(then, line, c, own, lang)
		}
	}
	return latest, err
}

// reportAt makes the report as it was at a landing, by the verdict of then.
func (j *Judgement) reportAt(repo *git.Repo, c *timeline.Case, until *timeline.Landing, o Options, lang text.Lang) (*report.Report, error) {
	line, old, err := j.Timeline.Back(repo, c, until)
	if err != nil {
		return nil, err
	}
	then := judge(line, o.rules(), "", string(until.Commit.ID))
	return report.New(line, old, then.Of(old), lang), nil
}

// Since returns the landings after a commit of the main line, or within a time
// before now ("720h"). For a time the landings' dates tell: they only choose what
// is printed.
func (j *Judgement) Since(repo *git.Repo, since string, now time.Time) (map[*timeline.Landing]bool, error) {
	fresh := map[*timeline.Landing]bool{}
	if d, err := time.ParseDuration(since); err == nil {
		for _, l := range j.Timeline.Landings {
			fresh[l] = l.When.After(now.Add(-d))
		}
		return fresh, nil
	}
	after, err := j.after(repo, since)
	for _, l := range after {
		fresh[l] = true
	}
	return fresh, err
}
