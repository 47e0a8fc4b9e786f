package policies

import (
	"slices"
	"strings"

	"github.com/tambal-id/tambal/schema"
)

// Transition is one way out of a row. When maps fields to the values they must have: a field of the step's own item, or
// "step.field" of the latest item of another step. To is "" for the next row. Connector is A, B or "". Closes lists the
// closure outcomes that are legal once this way was taken.
type Transition struct {
	When      map[string]string `json:"when,omitempty"`
	Label     string            `json:"label,omitempty"`
	To        string            `json:"to,omitempty"`
	Connector string            `json:"connector,omitempty"`
	Closes    []string          `json:"closes,omitempty"`
}

// Move is one legal next item of a case. Optional marks the repetition of a repeatable step beside the main one. Closes is set
// on the closure only: the outcomes it may carry. "withdrawn" is never listed; it is legal while a case is open.
type Move struct {
	Step     *Step
	Optional bool
	Closes   []string
}

// Next returns the legal next items of a case, the main step first; nil when the case is closed, and none when no transition
// fits. The last item of a known row decides where the case stands, so a row added or removed meanwhile disturbs no running
// case; that each earlier item was legal in its turn is for the caller to check. Corrections move nothing.
func (p *Procedure) Next(items []schema.Item) []Move {
	var (
		last   *Step
		target = p.First()
		closes []string
	)
	for i := range items {
		if items[i].Name == schema.ItemClosure {
			return nil
		}
		row := p.index(items[i].Name)
		if row < 0 {
			continue
		}
		last = p.row(row)
		t, ok := p.follow(row, items[:i+1])
		if target = nil; ok {
			target = p.row(p.target(row, t))
		}
		if len(t.Closes) > 0 {
			closes = t.Closes
		}
	}
	out := []Move{}
	if target == nil {
		return out
	}
	m := Move{Step: target}
	if target.Name == schema.ItemClosure {
		m.Closes = slices.Clone(closes)
	}
	if out = append(out, m); last != nil && last.Repeatable {
		out = append(out, Move{Step: last, Optional: true})
	}
	return out
}

// RolesFor returns who may add the item with that index: the roles of its row; for a withdrawal those of the step that was
// open, for it is that step's work which ends; for a correction, which changes no state, every role of the SOP.
func (p *Procedure) RolesFor(items []schema.Item, index int) []string {
	row := p.Step(items[index].Name)
	if items[index].Name == schema.ItemClosure && items[index].Text("outcome") == schema.OutcomeWithdrawn {
		if open := p.Next(items[:index]); len(open) > 0 {
			row = open[0].Step
		}
	}
	if row != nil {
		return row.Roles
	}
	var all []string
	for _, r := range p.Roles {
		if r.ID != RolePolicyOwner {
			all = append(all, r.ID)
		}
	}
	return all
}

// follow returns the transition out of a row that fits the items so far; a row without any goes to the next one.
func (p *Procedure) follow(row int, items []schema.Item) (Transition, bool) {
	ways := p.Steps[row].Transitions
	if len(ways) == 0 {
		return Transition{}, true
	}
	for _, t := range ways {
		if t.fits(p.Steps[row].Name, func(of, field string) string { return latest(items, of, field) }) {
			return t, true
		}
	}
	return Transition{}, false
}

// target returns the row number a transition leads to; it may not exist.
func (p *Procedure) target(row int, t Transition) int {
	if t.To == "" {
		return row + 1
	}
	return p.index(t.To)
}

// fits asks value for every field of When; step is the row the transition leaves.
func (t Transition) fits(step string, value func(of, field string) string) bool {
	for field, want := range t.When {
		if value(splitField(step, field)) != want {
			return false
		}
	}
	return true
}

// splitField resolves "recommendation" and "analysis.recommendation" to a step and its field.
func splitField(step, field string) (of, name string) {
	if of, name, ok := strings.Cut(field, "."); ok {
		return of, name
	}
	return step, field
}

// latest returns the field of the last item with that name, or "".
func latest(items []schema.Item, name, field string) string {
	for i := len(items) - 1; i >= 0; i-- {
		if items[i].Name == name {
			return items[i].Text(field)
		}
	}
	return ""
}
