package rule

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tambal-id/tambal/cmd/tambal/internal/timeline"
	"github.com/tambal-id/tambal/schema"
)

func corrected(of string, d *draft) *draft {
	return d.add(schema.ItemCorrection, &schema.Correction{Of: of, Note: "Salah ketik."})
}

func end(outcome string, d *draft) *draft {
	c := &schema.Closure{Outcome: outcome, Note: "Selesai."}
	if outcome == schema.OutcomeAcceptedRisk {
		c.Owner, c.CompensatingControl, c.ExpiresOn = "Kominfo", "WAF", "2026-12-31"
	}
	return d.add(schema.ItemClosure, c)
}

// from leaves the first items of a draft out.
func from(n int, d *draft) *draft {
	d.items = d.items[n:]
	d.landed = max(0, d.landed-n)
	return d
}

// changed lets the old bytes differ from what is there now.
func changed(old, now string) func(*scene) {
	return func(s *scene) {
		s.c.BeforeData = []byte(strings.Replace(string(s.c.BeforeData), old, now, 1))
		s.c.Kept, s.c.SideKept = false, false
	}
}

// outOfNowhere forgets the history of what had landed, as when it was adopted.
func outOfNowhere(s *scene) { s.c.Case.Steps = s.c.Steps }

var stepRows = []row{
	{name: "a step that the SOP does not know", of: scheduled, write: func(d *draft) { d.add("uji-coba", &schema.Generic{Note: "Uji."}) }, want: "error step-order.unknown"},
	{name: "a step too early", of: func() *draft { d := work(4, 7); d.items = append(d.items[:5], d.items[6]); return d }, want: "error step-order"},
	{name: "a step too early, after steps of unknown history", of: func() *draft { d := work(4, 7); d.items = append(d.items[:4], d.items[6]); return d },
		edit: outOfNowhere, want: "error step-order"},
	{name: "a case that begins with its plan", of: func() *draft { return from(1, work(0, 2)) }, want: "error step-order"},
	{name: "a second schedule", of: func() *draft {
		d := work(5, 5)
		s := *last[schema.Schedule](d)
		s.Replaces, s.Reason = "schedule", "Diundur."
		return d.add(schema.ItemSchedule, &s)
	}},
	{name: "a second schedule that replaces none", of: func() *draft { d := work(5, 5); return d.add(schema.ItemSchedule, last[schema.Schedule](d)) },
		want: "error step-order.replaces"},
	{name: "a second schedule without a reason", of: func() *draft {
		d := work(5, 5)
		return d.add(schema.ItemSchedule, last[schema.Schedule](d))
	}, edit: func(s *scene) { s.step(schema.ItemSchedule).Item.Body.(*schema.Schedule).Replaces = "schedule" }, want: "error step-order.replaces"},
	{name: "the closure has an outcome of another way", of: closed, write: func(d *draft) { last[schema.Closure](d).Outcome = schema.OutcomeRejected },
		want: "error step-order.outcome"},
	{name: "the work is accepted as a risk where the analysis advises against it", of: func() *draft {
		d := decided()
		last[schema.Analysis](d).Recommendation = schema.DoNotImplement
		return end(schema.OutcomeAcceptedRisk, d)
	}},
	{name: "a schedule where the analysis advises against it", of: scheduled, write: func(d *draft) { last[schema.Analysis](d).Recommendation = schema.DoNotImplement },
		want: "error step-order"},
	{name: "a case is withdrawn", of: func() *draft { return end(schema.OutcomeWithdrawn, work(4, 4)) }},
	{name: "a case begins with being withdrawn", of: func() *draft { return from(1, end(schema.OutcomeWithdrawn, work(0, 1))) }, want: "error step-order"},

	{name: "a correction of the schedule", of: func() *draft { return corrected("schedule", work(5, 5)) }},
	{name: "a correction of the monitoring, long approved", of: func() *draft { return corrected("monitoring", work(5, 5)) }},
	{name: "a correction of the plan before its approval", of: func() *draft { return corrected("plan", planned()) }, want: "pending approval-pending.either"},
	{name: "a correction of an approved plan", of: func() *draft { return corrected("plan", work(5, 5)) }, want: "error step-order.correction-approved"},
	{name: "a correction of nothing", of: func() *draft { return corrected("schedule", work(5, 5)) },
		edit: func(s *scene) { s.step(schema.ItemCorrection).Item.Raw["of"] = "report" }, want: "error step-order.correction-of"},
	{name: "a correction of itself", of: func() *draft { return corrected("schedule", work(5, 5)) },
		edit: func(s *scene) { s.step(schema.ItemCorrection).Item.Raw["of"] = schema.ItemCorrection }, want: "error step-order.correction-of"},

	{name: "a refusal without its closure", of: func() *draft { d := refused(); d.items = d.items[:4]; return d }, want: "error step-order.refused-open"},
	{name: "a schedule lands behind the record of a review", of: func() *draft {
		return reviewed().add(schema.ItemSchedule, last[schema.Schedule](work(0, 5)))
	}, want: "error step-order.behind-review"},
	{name: "a closure lands behind the record of a refusal by review", of: func() *draft {
		d := reviewed()
		last[schema.Approval](d).Decision = schema.DecisionRejected
		return end(schema.OutcomeRejected, d)
	}},
	{name: "a schedule lands behind a signed approval", of: func() *draft { return work(1, 5) }},
	{name: "a schedule lands behind an approval that no commit of the landing wrote", of: func() *draft { return work(1, 5) },
		edit: func(s *scene) { s.step(schema.ItemApproval).Commit = nil }},
	{name: "a schedule written before the approval lands behind it", of: func() *draft { return work(1, 5) },
		edit: func(s *scene) {
			s.step(schema.ItemSchedule).Commit.Parents = []timeline.ID{s.step(schema.ItemAnalysis).Commit.ID}
		}, want: "error step-order.written-early"},

	{name: "a step after the closure", of: func() *draft { return closed().add(schema.ItemReport, last[schema.Report](closed())) }, want: "error step-closed"},
	{name: "a correction after the closure", of: func() *draft { return corrected("closure", closed()) }},

	{name: "a landed title differs", of: scheduled, edit: changed("OpenSSH di", "OpenSSL di"), want: "error step-changed.landed"},
	{name: "a landed plan differs", of: scheduled, edit: changed("Menambal.", "Menunda."), want: "error step-changed.landed"},
	{name: "a landed plan differs on a branch", of: func() *draft { return waiting(scheduled()) }, edit: changed("Menambal.", "Menunda."), want: "error step-changed"},
	{name: "a landed plan of unknown history differs", of: scheduled, edit: both(outOfNowhere, changed("Menambal.", "Menunda.")), want: "error step-changed.landed"},
	{name: "the bytes are kept but read as something else", of: scheduled, edit: func(s *scene) { s.c.SameItems = false }, want: "error step-changed.landed"},
	{name: "a branch drops what had landed before it", of: func() *draft { return waiting(scheduled()) }, edit: func(s *scene) { s.c.SideKept = false }, want: "error step-changed"},
	{name: "a branch is only behind", of: func() *draft { return waiting(scheduled()) }, edit: func(s *scene) {
		s.c.Kept, s.c.Behind, s.Wrong = false, true, []string{s.c.Path}
	}, want: "error history-behind"},
}

func TestSteps(t *testing.T) { play(t, stepRows) }

// TestAChangedStepIsPointedAt wants the item, the place of the first other byte
// and who landed it.
func TestAChangedStepIsPointedAt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, is, was, item, place, by string }{
		{"the header", "OpenSSH", "OpenSSL", "metadata", "6:16", ""},
		{"a step", "Menambal.", "Menunda.", "plan", "36:21", "Agus Prasetyo"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := scheduled().scene(t)
			changed(c.is, c.was)(s)
			f := Run(s.Timeline, s.options)[0]
			by := ""
			for _, r := range f.Related {
				by = r.Args[2].(string)
			}
			if got := fmt.Sprintf("%d:%d", f.Line, f.Column); f.Step != c.item || got != c.place || by != c.by {
				t.Errorf("%s at %s by %q", f.Step, got, by)
			}
		})
	}
}
