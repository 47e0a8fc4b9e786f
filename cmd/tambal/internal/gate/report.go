package gate

import (
	"slices"
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
	"github.com/tambal-id/tambal/cmd/tambal/internal/report"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
	"github.com/tambal-id/tambal/cmd/tambal/internal/timeline"
)

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
	from, err := repo.Resolve(since)
	if err != nil {
		return nil, err
	}
	for _, l := range slices.Backward(j.Timeline.Landings) {
		if l.Commit.ID == timeline.ID(from.ID) {
			return fresh, nil
		}
		fresh[l] = true
	}
	return nil, &Error{Code: "usage.since", Args: []any{since}}
}
