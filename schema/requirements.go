package schema

import (
	"slices"
	"strconv"
)

// requirements checks what one field demands of another: JSON Schema could say it only with if/then, which editors and
// people read badly. What needs the policy, Git or the clock is a rule's business, not the schema's.
func (m *Manifest) requirements() (ps problems) {
	for i := range m.Items {
		it := &m.Items[i]
		switch body := it.Body.(type) {
		case *Monitoring:
			body.require(it, &ps)
		case *Approval:
			body.require(it, &ps)
		case *Schedule:
			if body.Replaces != "" {
				it.need(&ps, "reason", body.Reason)
				m.pointsBack(it, "replaces", body.Replaces, &ps)
			}
		case *Closure:
			if body.Outcome == OutcomeAcceptedRisk {
				it.need(&ps, "owner", body.Owner)
				it.need(&ps, "compensatingControl", body.CompensatingControl)
				it.need(&ps, "expiresOn", body.ExpiresOn)
			}
		case *Correction:
			m.pointsBack(it, "of", body.Of, &ps)
		}
	}
	return ps
}

// need reports an optional field that another value has made necessary.
func (it *Item) need(ps *problems, field, value string) {
	if value == "" {
		ps.add(RuleSchema, "schema.required", it.Pos, it.Name+"."+field)
	}
}

func (b *Monitoring) require(it *Item, ps *problems) {
	if b.Decision == DecisionRequired && len(b.Systems) == 0 {
		ps.add(RuleSchema, "item.systems-required", it.At("decision"))
	}
	var names []string
	for i, s := range b.Systems {
		if slices.Contains(names, s.Name) {
			ps.add(RuleSchema, "item.duplicate-system", it.At("systems", strconv.Itoa(i), "name"), s.Name)
		}
		names = append(names, s.Name)
	}
}

func (b *Approval) require(it *Item, ps *problems) {
	switch {
	case b.Review == nil && b.Signature == "":
		ps.add(RuleSchema, "item.proof-missing", it.Pos)
	case b.Review != nil && b.Signature != "":
		ps.add(RuleSchema, "item.proof-twice", it.At("signature"))
	case b.Signature != "":
		it.need(ps, "policy", b.Policy)
	}
}

// pointsBack demands that a reference names an item that stands before this one.
func (m *Manifest) pointsBack(it *Item, field, ref string, ps *problems) {
	target := m.Find(ref)
	if target == nil || target.Index >= it.Index || it.Name == ItemSchedule && target.Name != ItemSchedule {
		ps.add(RuleSchema, "item.reference", it.At(field), it.Name+"."+field, ref)
	}
}
