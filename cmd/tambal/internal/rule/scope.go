package rule

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tambal-id/tambal/cmd/tambal/internal/evidence"
	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/timeline"
	"github.com/tambal-id/tambal/schema"
)

// scopeExceeded refuses windows and results beyond what was approved, evidence of
// systems that the case does not know, and an outcome that the results deny.
func scopeExceeded(p *pass) {
	p.eachFile(p.ofWhat)
	p.eachStep(func(c *timeline.CaseChange, s *timeline.Step) {
		if body, ok := s.Item.Body.(*schema.Closure); ok {
			p.outcome(c, s, body.Outcome)
			return
		}
		plan := c.Case.Step(schema.ItemPlan)
		if plan == nil {
			return
		}
		body, ok := plan.Item.Body.(*schema.Plan)
		if !ok {
			return
		}
		switch item := s.Item.Body.(type) {
		case *schema.Schedule:
			for i, w := range item.Windows {
				for j, system := range w.Systems {
					if target(body, system) == nil {
						p.reportStep(c, s, []string{"windows", strconv.Itoa(i), "systems", strconv.Itoa(j)}, "scope-exceeded", system)
					}
				}
			}
		case *schema.Implementation:
			for i, r := range item.Results {
				resultInScope(p, c, s, body, i, r)
			}
		}
	})
}

func resultInScope(p *pass, c *timeline.CaseChange, s *timeline.Step, plan *schema.Plan, i int, r schema.Outcome) {
	switch t := target(plan, r.System); {
	case t == nil:
		p.reportStep(c, s, []string{"results", strconv.Itoa(i), "system"}, "scope-exceeded", r.System)
	case r.Outcome == schema.ResultSuccess && r.Version != t.To:
		p.reportStep(c, s, []string{"results", strconv.Itoa(i), "version"}, "scope-exceeded.version", r.System, r.Version, t.To)
	}
}

func target(plan *schema.Plan, system string) *schema.Target {
	i := slices.IndexFunc(plan.Targets, func(t schema.Target) bool { return t.System == system })
	if i < 0 {
		return nil
	}
	return &plan.Targets[i]
}

// ofWhat wants evidence to be of a system that monitoring or the plan names. A
// case that names none (nothing has to be patched) has nothing to compare.
func (p *pass) ofWhat(c *timeline.CaseChange, s *timeline.Step, f *timeline.File) {
	var known []string
	for i := range c.After.Items[:s.Item.Index+1] {
		switch body := c.After.Items[i].Body.(type) {
		case *schema.Monitoring:
			for _, system := range body.Systems {
				known = append(known, system.Name)
			}
		case *schema.Plan:
			for _, t := range body.Targets {
				known = append(known, t.System)
			}
		}
	}
	if f.Of != "" && len(known) > 0 && !slices.Contains(known, f.Of) {
		p.reportStep(c, s, field(f, "of"), "scope-exceeded.of", f.Path, f.Of, strings.Join(known, ", "))
	}
}

// outcome compares what the closure claims (SOP 7) with the results and scans of
// the implementation. An anomaly that ends as implemented is the office's own
// line in sop.yaml, and reported.
func (p *pass) outcome(c *timeline.CaseChange, s *timeline.Step, claimed string) {
	done := c.Case.Step(schema.ItemImplementation)
	if done == nil {
		return
	}
	body, ok := done.Item.Body.(*schema.Implementation)
	if !ok {
		return
	}
	good, bad := 0, ""
	for _, r := range body.Results {
		if r.Outcome == schema.ResultSuccess {
			good++
		} else {
			bad = r.System
		}
	}
	code, args := "", []any{claimed}
	switch shown := slices.IndexFunc(done.Proofs, func(v *timeline.Proof) bool { return v.Verdict == evidence.Remains || v.Verdict == evidence.Hidden }); {
	case claimed == schema.OutcomeImplemented && bad != "":
		code, args = "outcome", append(args, bad)
	case claimed == schema.OutcomeImplemented && shown >= 0:
		code, args = "outcome-shown", append(args, done.Proofs[shown].ID, done.Proofs[shown].After.Path)
	case claimed == schema.OutcomePartial && good == 0, claimed == schema.OutcomeRolledBack && good > 0:
		code, args = "outcome-count", append(args, good, len(body.Results))
	case claimed == schema.OutcomePartial && bad == "" && body.Outcome != schema.Anomaly:
		code = "outcome-whole"
	case claimed == schema.OutcomeImplemented && body.Outcome == schema.Anomaly:
		code = "anomaly"
	default:
		return
	}
	f := p.reportStep(c, s, []string{"outcome"}, "scope-exceeded."+code, args...)
	f.Related = seen(c, done)
	if code == "anomaly" {
		f.Severity = finding.Warning
	}
}
