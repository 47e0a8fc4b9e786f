package rule

import (
	"testing"

	"github.com/tambal-id/tambal/cmd/tambal/internal/evidence"
	"github.com/tambal-id/tambal/schema"
)

// ends closes the case with an outcome after an implementation whose results and
// own outcome were these.
func ends(outcome, done string, results ...string) func(*draft) {
	return func(d *draft) {
		i := last[schema.Implementation](d)
		i.Outcome = done
		neighbours(d)
		for n, r := range results {
			if i.Results[n].Outcome = r; r != schema.ResultSuccess {
				i.Results[n].Version = "8.9"
			}
		}
		last[schema.Closure](d).Outcome = outcome
	}
}

// comesTo lets the scans of the implementation come to a verdict.
func comesTo(v evidence.Verdict) func(*scene) {
	return func(s *scene) {
		done := s.step(schema.ItemImplementation)
		done.Prove()
		done.Proofs[len(done.Proofs)-1].Verdict = v
	}
}

// allowed lets the office close a case as implemented after an anomaly.
func allowed(s *scene) {
	ways := s.Policy.Procedure.Step(schema.ItemImplementation).Transitions
	ways[1].Closes = append(ways[1].Closes, schema.OutcomeImplemented)
}

const good, failed = schema.ResultSuccess, "failed"

var scopeRows = []row{
	{name: "a window for a system that the plan does not name", of: scheduled, write: window(func(w *schema.Window) { w.Systems = []string{"web", "surel"} }),
		want: "error scope-exceeded"},
	{name: "a result on a system that the plan does not name", of: implemented, write: implementation(func(i *schema.Implementation) {
		i.Results = append(i.Results, schema.Outcome{System: "surel", Version: "1", Outcome: "skipped"})
	}), want: "error scope-exceeded"},
	{name: "another version than planned", of: implemented, write: implementation(func(i *schema.Implementation) { i.Results[0].Version = "9.9" }),
		want: "error scope-exceeded.version"},
	{name: "another version than planned, where the change failed", of: implemented, write: implementation(func(i *schema.Implementation) {
		i.Results[0] = schema.Outcome{System: "web", Version: "8.9", Outcome: "failed"}
	})},
	{name: "results without a plan", of: func() *draft {
		d := work(5, 6)
		d.items = append(d.items[:1], d.items[2:]...)
		d.landed = 4
		return d
	}},
	{name: "a plan that is no plan of the schema", of: scheduled, edit: func(s *scene) { s.step(schema.ItemPlan).Item.Body = &schema.Generic{} }},

	{name: "evidence of a system that nobody named", of: monitored, edit: file(0, isOf("surel")), want: "error scope-exceeded.of"},
	{name: "evidence of no system", of: monitored, edit: file(0, isOf(""))},
	{name: "evidence of a system that only the plan names", of: implemented, write: func(d *draft) {
		p := last[schema.Plan](d)
		p.Targets = append(p.Targets, schema.Target{System: "surel", From: "1", To: "2"})
	}, edit: file(1, isOf("surel"))},
	{name: "evidence of a system, where nothing has to be patched", of: unneeded, write: func(d *draft) {
		last[schema.Monitoring](d).Evidence = []schema.Evidence{listing("before.json", "trivy", schema.PhaseBefore)}
	}},

	{name: "implemented, both patched", of: closed, write: ends(schema.OutcomeImplemented, schema.NoAnomaly, good, good)},
	{name: "implemented, one failed", of: closed, write: ends(schema.OutcomeImplemented, schema.NoAnomaly, good, failed), want: "error scope-exceeded.outcome"},
	{name: "implemented, a vulnerability remains", of: closed, write: ends(schema.OutcomeImplemented, schema.NoAnomaly, good, good), edit: comesTo(evidence.Remains),
		want: "error scope-exceeded.outcome-shown"},
	{name: "implemented, a vulnerability is hidden", of: closed, write: ends(schema.OutcomeImplemented, schema.NoAnomaly, good, good), edit: comesTo(evidence.Hidden),
		want: "error scope-exceeded.outcome-shown"},
	{name: "implemented, a vulnerability was not looked for", of: closed, write: ends(schema.OutcomeImplemented, schema.NoAnomaly, good, good), edit: comesTo(evidence.NotLooked)},
	{name: "partial, one failed", of: closed, write: ends(schema.OutcomePartial, schema.NoAnomaly, good, failed)},
	{name: "partial, none patched", of: closed, write: ends(schema.OutcomePartial, schema.NoAnomaly, failed, failed), want: "error scope-exceeded.outcome-count"},
	{name: "partial, all patched", of: closed, write: ends(schema.OutcomePartial, schema.NoAnomaly, good, good), want: "error scope-exceeded.outcome-whole"},
	{name: "partial, all patched but an anomaly", of: closed, write: ends(schema.OutcomePartial, schema.Anomaly, good, good)},
	{name: "rolled back, none patched", of: closed, write: ends(schema.OutcomeRolledBack, schema.Anomaly, failed, failed)},
	{name: "rolled back, one patched", of: closed, write: ends(schema.OutcomeRolledBack, schema.Anomaly, good, failed), want: "error scope-exceeded.outcome-count"},
	{name: "implemented after an anomaly", of: closed, write: ends(schema.OutcomeImplemented, schema.Anomaly, good, good),
		want: "error step-order.outcome, warning scope-exceeded.anomaly"},
	{name: "implemented after an anomaly, where the office allows it", of: closed, write: ends(schema.OutcomeImplemented, schema.Anomaly, good, good), edit: allowed,
		want: "warning scope-exceeded.anomaly"},
	{name: "withdrawn, all patched", of: closed, write: ends(schema.OutcomeWithdrawn, schema.NoAnomaly, good, good)},
	{name: "an implementation that is none of the schema", of: closed, write: ends(schema.OutcomeRolledBack, schema.Anomaly, good, good),
		edit: func(s *scene) { s.step(schema.ItemImplementation).Item.Body = &schema.Generic{} }},
}

func TestScope(t *testing.T) { play(t, scopeRows) }
