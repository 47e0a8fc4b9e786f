package timeline

import (
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/tambal-id/tambal/policies"
	"github.com/tambal-id/tambal/schema"
)

// landingAt is a landing judged by the embedded policy.
func landingAt(when time.Time) *Landing {
	return &Landing{Timeline: &Timeline{}, Policy: policies.Default(), When: when}
}

// TestSpansAreMeasuredInTheOfficeZone holds a step against its standard time;
// the zone a commit was made in changes nothing.
func TestSpansAreMeasuredInTheOfficeZone(t *testing.T) {
	at := func(s string) time.Time {
		v, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, c := range []struct {
		name, row, started, finished, previous, committed string
		minutes, days                                     int
		stated, over                                      bool
	}{
		{"stated minutes within the standard", "plan", "2026-02-02T08:00:00+07:00", "2026-02-02T08:30:00+07:00", "", "", 30, 0, true, false},
		{"one minute over", "plan", "2026-02-02T08:00:00+07:00", "2026-02-02T08:31:00+07:00", "", "", 31, 0, true, true},
		{"the same instants from another zone", "plan", "2026-02-02T01:00:00Z", "2026-02-02T10:30:00+09:00", "", "", 30, 0, true, false},
		{"two working days over a week end and two holidays", "implementation", "2026-02-13T20:00:00+07:00", "2026-02-19T10:00:00+07:00", "", "", 8040, 2, true, false},
		{"three working days are over", "implementation", "2026-02-13T20:00:00+07:00", "2026-02-20T10:00:00+07:00", "", "", 9480, 3, true, true},
		{"commit dates count office hours only", "analysis", "", "", "2026-02-02T15:50:00+07:00", "2026-02-03T07:45:00+07:00", 955, 1, false, false},
		{"what the step before says of its end is nobody's waiting", "analysis", "", "", "2026-02-03T08:00:00+07:00", "2026-02-03T08:10:00+07:00", 10, 0, false, false},
		{"and are over when those have run out", "analysis", "", "", "2026-02-02T15:00:00+07:00", "2026-02-03T08:45:00+07:00", 1065, 1, false, true},
	} {
		for _, zone := range []string{"UTC", "Asia/Tokyo", "America/New_York"} {
			t.Run(c.name+" in "+zone, func(t *testing.T) {
				location, err := time.LoadLocation(zone)
				if err != nil {
					t.Fatal(err)
				}
				kase := &Case{}
				if c.previous != "" {
					kase.Steps = []*Step{{Item: &schema.Item{Name: "plan"}, Commit: &Commit{Author: Identity{When: at(c.previous).In(location)}}, Span: Span{End: at("2026-02-02T10:00:00+07:00")}}}
				}
				s := &Step{Item: &schema.Item{Name: c.row, Raw: map[string]any{}}, Row: policies.Default().Procedure.Step(c.row)}
				if c.started != "" {
					s.Item.Raw["startedAt"], s.Item.Raw["finishedAt"] = c.started, c.finished
				} else {
					s.Commit = &Commit{Author: Identity{When: at(c.committed).In(location)}}
				}
				change := &CaseChange{Landing: landingAt(at("2026-03-01T00:00:00Z")), Case: kase, Steps: []*Step{s}}
				v := span(change, s)
				if v.Minutes != c.minutes || v.Days != c.days || v.Stated != c.stated || v.Over != c.over {
					t.Errorf("%d minutes, %d days, stated %v, over %v", v.Minutes, v.Days, v.Stated, v.Over)
				}
			})
		}
	}
}
