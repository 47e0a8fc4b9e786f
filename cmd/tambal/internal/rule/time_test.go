package rule

import (
	"testing"
	"time"

	"github.com/tambal-id/tambal/policies"
	"github.com/tambal-id/tambal/schema"
)

// older lets the landing claim to be older than what had landed before it.
func older(by time.Duration) func(*scene) {
	return func(s *scene) { s.Latest = s.When.Add(by) }
}

// ended is the person whose role, written so, ends half an hour after the landing.
func (s *scene) ended(id, role string) *policies.Person {
	end := s.When.Add(30 * time.Minute).Format(time.RFC3339)
	return teamOf(s.t, [2]string{role, role + `until: "` + end + `", `}).Team.ByID(id)
}

// waits lets the clock be so far behind what has landed.
func waits(by time.Duration) func(*scene) {
	return func(s *scene) { s.Pending, s.Commit, s.Clock = true, nil, s.When.Add(by) }
}

// took lets the newest step exceed its time, as package timeline measures it.
func took(minutes, days int, stated bool) func(*scene) {
	return func(s *scene) {
		span := &s.c.Steps[len(s.c.Steps)-1].Span
		span.Over, span.Minutes, span.Days, span.Stated = true, minutes, days, stated
	}
}

func exceeding(word string) func(*scene) {
	return func(s *scene) { s.Policy.Procedure.Time.OnExceed = word }
}

func implementation(edit func(*schema.Implementation)) func(*draft) {
	return func(d *draft) { edit(last[schema.Implementation](d)) }
}

func window(edit func(*schema.Window)) func(*draft) {
	return func(d *draft) { edit(&last[schema.Schedule](d).Windows[0]) }
}

var timeRows = []row{
	{name: "a landing from the future", of: scheduled, edit: func(s *scene) { s.Timeline.Now = s.When.Add(-11 * time.Minute) }, want: "error step-time.commit"},
	{name: "a landing as far ahead as clocks may differ", of: scheduled, edit: func(s *scene) { s.Timeline.Now = s.When.Add(-10 * time.Minute) }},
	{name: "a malformed landing from the future", of: scheduled, edit: func(s *scene) {
		s.Commit.Malformed, s.Timeline.Now = "history.commit.date", s.When.Add(-11*time.Minute)
	},
		want: "error history.commit.date"},
	{name: "a commit from the future", of: scheduled, edit: func(s *scene) { s.by(schema.ItemSchedule).Commit.Author.When = wib(7, 8, 0) }, want: "error step-time.commit"},
	{name: "the landing is the only commit, from the future", of: scheduled, edit: func(s *scene) {
		s.by(schema.ItemSchedule).Commit, s.Timeline.Now = s.Commit, s.When.Add(-11*time.Minute)
	}, want: "error step-time.commit"},
	{name: "a landing older than another, as far as clocks may differ", of: scheduled, edit: older(10 * time.Minute)},
	{name: "a landing an hour older than another", of: scheduled, edit: older(time.Hour), want: "warning step-time.older"},
	{name: "a landing two days older than another", of: scheduled, edit: older(48 * time.Hour), want: "error step-time.older"},
	{name: "an hour in which the author's role ends", of: scheduled, edit: both(older(time.Hour), func(s *scene) {
		con := s.by(schema.ItemSchedule)
		con.Author.Person = s.ended("agus-p", "900000002 }\n    assignments:\n      - { role: administrator, ")
		con.Committer.Person = con.Author.Person
	}), want: "error step-time.older, error step-role"},
	{name: "an hour in which the approver's role ends", of: decided, edit: both(older(time.Hour), func(s *scene) {
		s.step(schema.ItemApproval).Decision.By.Listed = s.ended("budi-s", "      - { role: kabid, ")
	}), want: "error step-time.older, error step-role"},
	{name: "the clock is ten minutes behind", of: scheduled, edit: waits(10 * time.Minute)},
	{name: "the clock is an hour behind", of: scheduled, edit: waits(time.Hour), want: "error step-time.clock"},
	{name: "a step begins after its landing", of: scheduled, write: func(d *draft) {
		s := last[schema.Schedule](d)
		s.StartedAt, s.FinishedAt = written(wib(9, 8, 0)), written(wib(9, 9, 0))
	}, want: "error step-time, error step-time"},
	{name: "an approval is dated after its landing", of: decided, write: func(d *draft) { last[schema.Approval](d).At = written(wib(9, 8, 0)) }, want: "error step-time"},

	{name: "a schedule takes too many minutes", of: scheduled, edit: took(50, 0, true), want: "notice time-over.minutes"},
	{name: "a schedule takes too many minutes by its commits", of: scheduled, edit: took(50, 0, false), want: "notice time-over.minutes-commits"},
	{name: "an implementation takes too many days", of: implemented, edit: took(0, 3, true), want: "notice time-over.days"},
	{name: "an implementation takes too many days by its commits", of: implemented, edit: took(0, 3, false), want: "notice time-over.days-commits"},
	{name: "a schedule takes too long where that is remarked louder", of: scheduled, edit: both(took(50, 0, true), exceeding("warning")), want: "warning time-over.minutes"},
	{name: "a schedule takes too long where that is an error", of: scheduled, edit: both(took(50, 0, true), exceeding("error")), want: "error time-over.minutes"},
	{name: "a correction has no standard time", of: func() *draft { return corrected("schedule", scheduled()) }, edit: took(50, 0, true)},

	{name: "a step ends before it begins", of: scheduled, write: func(d *draft) { last[schema.Schedule](d).FinishedAt = written(wib(2, 10, 20)) }, want: "error time-backwards"},
	{name: "a window ends before it begins", of: scheduled, write: window(func(w *schema.Window) { w.End = written(wib(3, 19, 0)) }), want: "error time-backwards"},
	{name: "a watch ends before the change does", of: implemented, write: implementation(func(i *schema.Implementation) { i.Observation.Until = written(wib(3, 20, 20)) }),
		want: "error time-backwards"},
	{name: "the change begins before its approval", of: func() *draft { return work(1, 6) },
		write: implementation(func(i *schema.Implementation) { i.StartedAt = written(wib(2, 10, 0)) }), want: "error time-backwards.approval"},
}

func TestTimes(t *testing.T) { play(t, timeRows) }
