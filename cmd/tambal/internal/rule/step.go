package rule

import (
	"bytes"
	"slices"
	"strings"

	"github.com/tambal-id/tambal/cmd/tambal/internal/timeline"
	"github.com/tambal-id/tambal/policies"
	"github.com/tambal-id/tambal/schema"
)

// stepOrder asks the policy, item by item, whether it may follow the ones
// before it (connectors and decisions included).
func stepOrder(p *pass) {
	if p.Policy == nil {
		return
	}
	p.eachStep(func(c *timeline.CaseChange, s *timeline.Step) {
		before := c.After.Items[:s.Item.Index]
		moves := p.Policy.Procedure.Next(before)
		if s.Item.Name == schema.ItemCorrection {
			correction(p, c, s, before) // also of a closed case
			return
		}
		if moves == nil && len(before) > 0 {
			return // step-closed
		}
		legalStep(p, c, s, moves)
		replacing(p, c, s, before)
	})
	for _, c := range p.Cases {
		refusedOpen(p, c)
		behindReview(p, c)
		writtenEarly(p, c)
	}
}

func legalStep(p *pass, c *timeline.CaseChange, s *timeline.Step, moves []policies.Move) {
	name := s.Item.Name
	if p.Policy.Procedure.Step(name) == nil {
		p.reportStep(c, s, nil, "step-order.unknown", name, names(moves))
		return
	}
	i := slices.IndexFunc(moves, func(m policies.Move) bool { return m.Step.Name == name })
	outcome := s.Item.Text("outcome")
	switch {
	// withdrawn is legal at any open step, once there is one.
	case name == schema.ItemClosure && outcome == schema.OutcomeWithdrawn && s.Item.Index > 0:
	case i < 0:
		f := p.reportStep(c, s, nil, "step-order", name, names(moves))
		if s.Item.Index > 0 {
			f.Related = seen(c, stepAt(c, s.Item.Index-1))
		}
	case name == schema.ItemClosure && !slices.Contains(moves[i].Closes, outcome):
		legal := append(slices.Clone(moves[i].Closes), schema.OutcomeWithdrawn)
		p.reportStep(c, s, []string{"outcome"}, "step-order.outcome", outcome, strings.Join(legal, ", "))
	}
}

// replacing wants a schedule that follows another to say which one it replaces
// and why (SOP 5); silently it would look as if both held.
func replacing(p *pass, c *timeline.CaseChange, s *timeline.Step, before []schema.Item) {
	body, ok := s.Item.Body.(*schema.Schedule)
	if !ok || body.Replaces != "" && body.Reason != "" {
		return
	}
	for i := range before {
		if before[i].Name == schema.ItemSchedule {
			p.reportStep(c, s, nil, "step-order.replaces").Related = seen(c, stepAt(c, i))
			return
		}
	}
}

// stepAt returns the step of an item; a bare one where its history is unknown.
func stepAt(c *timeline.CaseChange, index int) *timeline.Step {
	if s := known(c, index); s != nil {
		return s
	}
	return &timeline.Step{Item: &c.After.Items[index]}
}

// known returns the step of an item, nil where its history is unknown.
func known(c *timeline.CaseChange, index int) *timeline.Step {
	for _, s := range c.Case.Steps {
		if s.Item.Index == index {
			return s
		}
	}
	return nil
}

// correction may point at any earlier item, but not change what was approved.
func correction(p *pass, c *timeline.CaseChange, s *timeline.Step, before []schema.Item) {
	of := c.After.Find(s.Item.Text("of"))
	if of == nil || of.Index >= s.Item.Index {
		p.reportStep(c, s, []string{"of"}, "step-order.correction-of", s.Item.Text("of"))
		return
	}
	for i := range before {
		if before[i].Name == schema.ItemApproval && of.Index < i && of.Index > 0 {
			p.reportStep(c, s, []string{"of"}, "step-order.correction-approved", of.Name)
			return
		}
	}
}

// refusedOpen wants a refusal to land together with its closure.
func refusedOpen(p *pass, c *timeline.CaseChange) {
	for i, s := range c.Steps {
		if s.Decision != nil && s.Decision.Decision == schema.DecisionRejected && i == len(c.Steps)-1 {
			p.reportStep(c, s, []string{"decision"}, "step-order.refused-open", c.ID)
		}
	}
}

// behindReview: a merge that records a review approval may add no further step,
// because the reviewer never saw it. The next step is a landing of its own.
func behindReview(p *pass, c *timeline.CaseChange) {
	for i, s := range c.Steps {
		if s.Decision != nil && s.Decision.Review != nil && s.Decision.Decision == schema.DecisionApproved && i+1 < len(c.Steps) {
			next := c.Steps[i+1]
			p.reportStep(c, next, nil, "step-order.behind-review", next.Item.Name).Related = seen(c, s)
		}
	}
}

// writtenEarly refuses steps that were written before the approval they stand
// behind: order is ancestry, so their commits must build on the approval's.
func writtenEarly(p *pass, c *timeline.CaseChange) {
	var decided *timeline.Step
	for _, s := range c.Steps {
		if decided != nil && s.Commit != nil && !p.BuildsOn(s.Commit.ID, decided.Commit.ID) {
			f := p.reportStep(c, s, nil, "step-order.written-early", s.Item.Name, decided.Commit.ID.Short(), c.ID)
			f.Commit = string(s.Commit.ID)
			f.Related = seen(c, decided)
		}
		if s.Decision != nil && s.Commit != nil {
			decided = s
		}
	}
}

func names(moves []policies.Move) string {
	var list []string
	for _, m := range moves {
		list = append(list, m.Step.Name)
	}
	return strings.Join(list, ", ")
}

// stepClosed keeps a closed case closed.
func stepClosed(p *pass) {
	p.eachStep(func(c *timeline.CaseChange, s *timeline.Step) {
		for i := range c.After.Items[:s.Item.Index] {
			if c.After.Items[i].Name == schema.ItemClosure && s.Item.Name != schema.ItemCorrection {
				p.reportStep(c, s, nil, "step-closed", s.Item.Name, c.ID).Related = seen(c, stepAt(c, i))
				return
			}
		}
	})
}

// stepChanged keeps what has landed: the old bytes are a prefix of the new
// ones, and the landed items read the same. Either test can be fooled alone.
func stepChanged(p *pass) {
	for _, c := range p.Cases {
		if c.BeforeData == nil || c.AfterData == nil || c.Kept && c.SideKept && c.SameItems || c.Behind {
			continue
		}
		name, pos, step := firstChange(c)
		code := "step-changed"
		if !p.Pending {
			code = "step-changed.landed" // on the main line already: what helps differs
		}
		f := p.reportCase(c, pos, code, name)
		f.Step = name
		if step != nil {
			f.Related = seen(c, step)
		}
	}
}

// firstChange finds the first landed item that differs, and where.
func firstChange(c *timeline.CaseChange) (name string, pos schema.Pos, step *timeline.Step) {
	old, now := schema.Segments(c.BeforeData), schema.Segments(c.AfterData)
	common := 0
	for common < len(c.BeforeData) && common < len(c.AfterData) && c.BeforeData[common] == c.AfterData[common] {
		common++
	}
	head := c.AfterData[:common]
	pos = schema.Pos{Line: 1 + bytes.Count(head, []byte("\n")), Column: 1 + common - (bytes.LastIndexByte(head, '\n') + 1)}
	for i, seg := range old {
		switch {
		case i < len(now) && bytes.Equal(seg.Data, now[i].Data):
		case i == 0:
			return "metadata", pos, nil
		default:
			return seg.Name, pos, known(c, i-1)
		}
	}
	return old[len(old)-1].Name, pos, nil
}
