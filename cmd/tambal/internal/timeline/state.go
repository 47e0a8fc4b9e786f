package timeline

import (
	"time"

	"github.com/tambal-id/tambal/policies"
	"github.com/tambal-id/tambal/schema"
)

// span measures a step against the standard time of its row.
func span(c *CaseChange, s *Step) Span {
	v := Span{Start: s.Item.Started(), End: s.Item.Finished()}
	if a, ok := s.Item.Body.(*schema.Approval); ok && v.End.IsZero() {
		v.End = schema.Time(a.At)
	}
	v.Stated = !v.Start.IsZero() && !v.End.IsZero()
	if v.End.IsZero() && s.Commit != nil {
		v.End = s.Commit.Author.When
	}
	if v.Start.IsZero() {
		v.Start = previousEnd(c, s)
	}
	if v.Start.IsZero() || v.End.Before(v.Start) || c.Landing.Policy == nil {
		return v
	}
	calendar := c.Landing.Policy.Calendar
	v.Minutes = int(v.End.Sub(v.Start).Minutes())
	v.Days = calendar.WorkingDaysBetween(v.Start, v.End)
	if s.Row == nil {
		return v
	}
	switch standard := s.Row.Standard; {
	case standard.Days > 0:
		v.Over = v.Days > standard.Days
	case standard.Minutes > 0 && v.Stated:
		v.Over = v.Minutes > standard.Minutes
	case standard.Minutes > 0:
		v.Over = v.End.After(calendar.Due(v.Start, standard))
	}
	return v
}

// previousEnd is when the step before this one was committed: what its author says
// of its end is not what the next person has waited for.
func previousEnd(c *CaseChange, s *Step) time.Time {
	var end time.Time
	for _, list := range [][]*Step{c.Case.Steps, c.Steps} {
		for _, p := range list {
			if p == s {
				return end
			}
			switch {
			case p.Item.Name == schema.ItemCorrection:
			case p.Commit != nil:
				end = p.Commit.Author.When
			case !p.Span.End.IsZero():
				end = p.Span.End
			}
		}
	}
	return end
}

// Items returns the landed items.
func (c *Case) Items() []schema.Item {
	if c.Manifest == nil {
		return nil
	}
	return c.Manifest.Items
}

// Last returns the last step that is not a correction; nil when there is none.
func (c *Case) Last() *Step {
	for i := len(c.Steps) - 1; i >= 0; i-- {
		if c.Steps[i].Item.Name != schema.ItemCorrection {
			return c.Steps[i]
		}
	}
	return nil
}

// Outcome returns the closure's outcome, "" while the case is open.
func (c *Case) Outcome() string {
	if last := c.Last(); last != nil && last.Item.Name == schema.ItemClosure {
		return last.Item.Text("outcome")
	}
	return ""
}

// Decision returns the last approval step, nil when nothing was decided.
func (c *Case) Decision() *Step {
	for i := len(c.Steps) - 1; i >= 0; i-- {
		if c.Steps[i].Decision != nil {
			return c.Steps[i]
		}
	}
	return nil
}

// Step returns the last step of that name, nil when there is none.
func (c *Case) Step(name string) *Step {
	for i := len(c.Steps) - 1; i >= 0; i-- {
		if c.Steps[i].Item.Name == name {
			return c.Steps[i]
		}
	}
	return nil
}

// Due returns when the next step of an open case should be done by the
// standard times; zero when nothing can be said.
func (c *Case) Due(p *policies.Policy) time.Time {
	last := c.Last()
	if p == nil || last == nil || last.Span.End.IsZero() {
		return time.Time{}
	}
	for _, move := range p.Procedure.Next(c.Items()) {
		if !move.Optional && move.Step.Standard != (policies.Standard{}) {
			return p.Calendar.Due(last.Span.End, move.Step.Standard)
		}
	}
	return time.Time{}
}
