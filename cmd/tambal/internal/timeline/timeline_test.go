package timeline

import (
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/tambal-id/tambal/cmd/tambal/internal/history"
	"github.com/tambal-id/tambal/cmd/tambal/internal/signature"
	"github.com/tambal-id/tambal/policies"
	"github.com/tambal-id/tambal/schema"
)

// landingAt is a landing judged by the embedded policy.
func landingAt(when time.Time) *Landing {
	return &Landing{Landing: &history.Landing{}, Timeline: &Timeline{}, Policy: policies.Default(), When: when}
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
					kase.Steps = []*Step{{Item: &schema.Item{Name: "plan"}, Span: Span{End: at(c.previous).In(location)}}}
				}
				s := &Step{Item: &schema.Item{Name: c.row, Raw: map[string]any{}}, Row: policies.Default().Procedure.Step(c.row)}
				if c.started != "" {
					s.Item.Raw["startedAt"], s.Item.Raw["finishedAt"] = c.started, c.finished
				} else {
					s.Commit = &history.Commit{Author: history.Identity{When: at(c.committed).In(location)}}
				}
				change := &CaseChange{Landing: landingAt(at("2026-03-01T00:00:00Z")), Case: kase, Steps: []*Step{s}}
				v := (&builder{}).span(change, s)
				if v.Minutes != c.minutes || v.Days != c.days || v.Stated != c.stated || v.Over != c.over {
					t.Errorf("%d minutes, %d days, stated %v, over %v", v.Minutes, v.Days, v.Stated, v.Over)
				}
			})
		}
	}
}

// TestTheStatementBindsEverything changes each thing a decision depends on and
// wants other bytes to sign.
func TestTheStatementBindsEverything(t *testing.T) {
	root := strings.Repeat("a", 40)
	approval := func(edit func(a *schema.Approval, raw map[string]any)) []byte {
		a := &schema.Approval{Decision: "approved", By: "budi-s", At: "2026-02-02T10:00:00+07:00", Disposition: "Setuju <b>&</b>",
			Subject: SubjectOf([]byte("isi")), Policy: "sha256:" + strings.Repeat("b", 64)}
		raw := map[string]any{"decision": "approved", "disposition": a.Disposition, "signature": "apa pun"}
		if edit != nil {
			edit(a, raw)
		}
		b, err := StatementFor(root, "SP-2026-0001", a, raw)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	honest := string(approval(nil))
	if s, err := signature.ParseStatement([]byte(honest)); err != nil || s.Case != "SP-2026-0001" || s.SubjectBytes != 3 {
		t.Fatalf("%+v %v", s, err)
	}
	for name, edit := range map[string]func(a *schema.Approval, raw map[string]any){
		"decision":    func(a *schema.Approval, _ map[string]any) { a.Decision = "rejected" },
		"approver":    func(a *schema.Approval, _ map[string]any) { a.By = "dewi-k" },
		"time":        func(a *schema.Approval, _ map[string]any) { a.At = "2026-02-02T10:00:01+07:00" },
		"subject":     func(a *schema.Approval, _ map[string]any) { a.Subject = SubjectOf([]byte("isj")) },
		"policy":      func(a *schema.Approval, _ map[string]any) { a.Policy = "sha256:" + strings.Repeat("c", 64) },
		"disposition": func(_ *schema.Approval, raw map[string]any) { raw["disposition"] = "Tolak" },
		"a new field": func(_ *schema.Approval, raw map[string]any) { raw["conditions"] = []any{"x"} },
	} {
		if string(approval(edit)) == honest {
			t.Errorf("%s is not bound", name)
		}
	}
	if string(approval(func(_ *schema.Approval, raw map[string]any) { raw["signature"] = "lain" })) != honest {
		t.Error("the signature is part of what it signs")
	}
}

// TestStrengthsAreOrdered compares every strength with every minimum.
func TestStrengthsAreOrdered(t *testing.T) {
	order := []Strength{None, Recorded, Confirmed, Signed}
	for i, s := range order {
		for j, minimum := range order[1:] {
			if got := s.AtLeast(string(minimum)); got != (i >= j+1) {
				t.Errorf("%s at least %s: %v", s, minimum, got)
			}
		}
	}
}
