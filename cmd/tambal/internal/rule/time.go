package rule

import (
	"slices"
	"strconv"
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/decision"
	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/timeline"
	"github.com/tambal-id/tambal/policies"
	"github.com/tambal-id/tambal/schema"
)

// skew is how far clocks may differ before a date counts as wrong; a day is
// beyond any clock's fault.
const skew, day = decision.ClockSkew, 24 * time.Hour

// stepTime refuses dates from the future, in commits and in items, landings that
// claim to be older than what had landed, and a clock that is behind it.
func stepTime(p *pass) {
	limit := p.Timeline.Now.Add(skew)
	if p.Commit != nil && p.Commit.Malformed == "" && p.When.After(limit) {
		p.report(commitPlace(p.Commit), "step-time.commit", p.Commit.ID.Short(), stamp(p.When))
	}
	for _, con := range p.Contributions {
		if con.Commit != p.Commit && con.Commit.Malformed == "" && con.Commit.Author.When.After(limit) {
			p.report(commitPlace(con.Commit), "step-time.commit", con.Commit.ID.Short(), stamp(con.Commit.Author.When))
		}
	}
	if back := p.Latest.Sub(p.When); p.Commit != nil && p.Commit.Malformed == "" && back > skew {
		f := p.report(commitPlace(p.Commit), "step-time.older", p.Commit.ID.Short(), back.Round(time.Minute).String(), stamp(p.Latest))
		if back <= day && !p.changesWhoMay() {
			f.Severity = finding.Warning
		}
	}
	if p.Pending && p.Clock.Sub(p.When) > skew {
		p.report(finding.Place{}, "step-time.clock", stamp(p.When), stamp(p.Clock))
	}
	p.eachStep(func(c *timeline.CaseChange, s *timeline.Step) {
		for _, key := range []string{"startedAt", "finishedAt", "at"} {
			if at := schema.Time(s.Item.Text(key)); at.After(p.When.Add(skew)) {
				p.reportStep(c, s, []string{key}, "step-time", key, stamp(at), stamp(p.When))
			}
		}
	})
}

// changesWhoMay says whether somebody whom the landing names may something at its
// own date that he may not at the latest one before it, or the reverse.
func (p *pass) changesWhoMay() bool {
	differs := func(who *policies.Person) bool { return who != nil && who.Differs(p.When, p.Latest) }
	all := p.Contributions
	if p.Next != nil {
		all = slices.Concat(all, p.Next.Contributions)
	}
	for _, c := range p.Cases {
		for _, s := range c.Steps {
			if s.Decision != nil && differs(s.Decision.By.Listed) {
				return true
			}
		}
	}
	return slices.ContainsFunc(all, func(con *timeline.Contribution) bool {
		return differs(con.Signer) || differs(con.Author.Person) || differs(con.Committer.Person)
	})
}

func stamp(t time.Time) string { return t.Format(time.RFC3339) }

// timeOver compares a step with the standard time of its row (mutu baku).
func timeOver(p *pass) {
	if p.Policy == nil {
		return
	}
	severity := finding.Severity(p.Policy.Procedure.Time.OnExceed)
	p.eachStep(func(c *timeline.CaseChange, s *timeline.Step) {
		if !s.Span.Over || s.Row == nil {
			return
		}
		code := "time-over.minutes"
		args := []any{s.Item.Name, s.Row.StandardTime, s.Span.Minutes}
		if s.Row.Standard.Days > 0 {
			code, args[2] = "time-over.days", s.Span.Days
		}
		if !s.Span.Stated {
			code += "-commits"
		}
		p.reportStep(c, s, nil, code, args...).Severity = severity
	})
}

// timeBackwards refuses claims that contradict the order: dates never prove it,
// but they must not deny it.
func timeBackwards(p *pass) {
	p.eachStep(func(c *timeline.CaseChange, s *timeline.Step) {
		start, end := s.Item.Started(), s.Item.Finished()
		if !start.IsZero() && !end.IsZero() && end.Before(start) {
			p.reportStep(c, s, []string{"finishedAt"}, "time-backwards", stamp(end), stamp(start))
		}
		switch body := s.Item.Body.(type) {
		case *schema.Schedule:
			for i, w := range body.Windows {
				if schema.Time(w.End).Before(schema.Time(w.Start)) {
					p.reportStep(c, s, []string{"windows", strconv.Itoa(i), "end"}, "time-backwards", w.End, w.Start)
				}
			}
		case *schema.Implementation:
			if d := c.Case.Decision(); d != nil && start.Before(schema.Time(d.Decision.At)) {
				p.reportStep(c, s, []string{"startedAt"}, "time-backwards.approval", stamp(start), d.Decision.At).Related = seen(c, d)
			}
			if until := schema.Time(body.Observation.Until); !until.IsZero() && until.Before(end) {
				p.reportStep(c, s, []string{"observation", "until"}, "time-backwards", body.Observation.Until, stamp(end))
			}
		}
	})
}
