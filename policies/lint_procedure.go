package policies

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/tambal-id/tambal/schema"
)

// lintProcedure checks sop.yaml and fills in each row's place and standard time.
func lintProcedure(l *linter, p *Procedure) {
	for name, date := range map[string]string{"createdOn": p.CreatedOn, "revisedOn": p.RevisedOn, "approvedOn": p.ApprovedOn} {
		if _, err := time.Parse(time.DateOnly, date); date != "" && err != nil {
			l.add("date-invalid", path(name), date)
		}
	}
	for i, r := range p.Roles {
		l.once("role", r.ID, path("roles", i, "id"))
	}
	if p.Role(RolePolicyOwner) == nil {
		l.add("role-missing", path("roles"), RolePolicyOwner)
	}
	for i := range p.Steps {
		s := &p.Steps[i]
		s.Pos = l.doc.At(path("steps", i)...)
		l.once("step", s.Name, path("steps", i, "name"))
		if s.Name == schema.ItemCorrection {
			l.add("step-reserved", path("steps", i, "name"), s.Name)
		}
		for j, r := range s.Roles {
			if p.Role(r) == nil {
				l.add("role-unknown", path("steps", i, "roles", j), r)
			}
		}
		if s.StandardTime == "" {
			continue
		}
		var err error
		if s.Standard, err = ParseStandard(s.StandardTime); err != nil {
			l.add("time-invalid", path("steps", i, "standardTime"), s.StandardTime)
		}
	}
	if lintFrame(l, p) {
		lintFlow(l, p)
	}
}

// lintFrame checks the three rows the tool itself relies on; without them the flow cannot be judged.
func lintFrame(l *linter, p *Procedure) bool {
	approval, closure := p.index(schema.ItemApproval), p.index(schema.ItemClosure)
	for name, row := range map[string]int{schema.ItemApproval: approval, schema.ItemClosure: closure} {
		if row < 0 {
			l.add("step-missing", path("steps"), name)
		}
	}
	if approval < 0 || closure < 0 {
		return false
	}
	if approval == 0 {
		l.add("approval-first", path("steps", 0, "name"))
	}
	if closure != len(p.Steps)-1 {
		l.add("closure-last", path("steps", closure, "name"))
		return false
	}
	if i := p.index(schema.ItemImplementation); i >= 0 && i < approval {
		l.add("approval-skipped", path("steps", i, "name"), schema.ItemImplementation)
	}
	return true
}

// lintFlow checks that every way leads forward to a row, none round the approval, that every row can be reached, that closure
// always knows its outcomes, and that some way fits whatever an item says.
func lintFlow(l *linter, p *Procedure) {
	last := len(p.Steps) - 1
	reached, bare := make([]bool, last+1), make([]bool, last+1) // bare: without outcomes for the closure so far
	reached[0], bare[0] = true, true
	for i, s := range p.Steps[:last] {
		if !reached[i] {
			l.add("step-unreachable", path("steps", i, "name"), s.Name)
		}
		ways := s.Transitions
		if len(ways) == 0 {
			ways = []Transition{{}}
		}
		before := len(*l.problems)
		for j, t := range ways {
			to := lintTransition(l, p, i, j, t)
			if to > i && reached[i] {
				reached[to] = true
				bare[to] = bare[to] || bare[i] && len(t.Closes) == 0
			}
		}
		if len(*l.problems) == before {
			lintChoice(l, i, s)
		}
	}
	switch {
	case len(p.Steps[last].Transitions) > 0:
		l.add("closure-next", path("steps", last, "next"))
	case !reached[last]:
		l.add("step-unreachable", path("steps", last, "name"), schema.ItemClosure)
	case bare[last]:
		l.add("closure-outcome", path("steps", last, "name"))
	}
}

// lintTransition returns the row the transition leads to, or -1.
func lintTransition(l *linter, p *Procedure, row, number int, t Transition) int {
	at := path("steps", row, "next", number, "to")
	to, approval := p.target(row, t), p.index(schema.ItemApproval)
	switch {
	case to < 0:
		l.add("transition-unknown", at, t.To)
	case to <= row:
		l.add("transition-back", at, p.Steps[row].Name, t.To)
		return -1
	case row < approval && to > approval && to != len(p.Steps)-1:
		l.add("approval-skipped", at, t.To)
	}
	for field, value := range t.When {
		at := path("steps", row, "next", number, "when", field)
		of, name := splitField(p.Steps[row].Name, field)
		if values := l.enum(of, name); len(values) == 0 || p.index(of) < 0 || p.index(of) > row {
			l.add("when-unknown", at, field)
		} else if !slices.Contains(values, value) {
			l.add("when-value", at, field, value, strings.Join(values, ", "))
		}
	}
	return to
}

// enum returns the values a text field of an item may have, nil when it is not a required choice.
func (l *linter) enum(item, name string) []string {
	if _, asked := l.fields[item]; !asked {
		l.fields[item] = schema.Fields(item)
	}
	for _, f := range l.fields[item] {
		if f.Name == name && f.Required {
			return f.Enum
		}
	}
	return nil
}

// lintChoice tries every combination of the values the transitions ask about and reports the first that fits none.
func lintChoice(l *linter, row int, s Step) {
	const tooMany = 256
	combinations := []map[string]string{{}}
	for _, t := range s.Transitions {
		for field := range t.When {
			of, name := splitField(s.Name, field)
			key, values := of+"."+name, l.enum(of, name)
			if _, known := combinations[0][key]; known || len(values) == 0 {
				continue
			}
			if len(combinations)*len(values) > tooMany {
				l.add("when-too-many", path("steps", row, "next"), s.Name)
				return
			}
			combinations = extend(combinations, key, values)
		}
	}
	for _, c := range combinations {
		fits := func(t Transition) bool {
			return t.fits(s.Name, func(of, field string) string { return c[of+"."+field] })
		}
		if len(s.Transitions) > 0 && !slices.ContainsFunc(s.Transitions, fits) {
			l.add("when-gap", path("steps", row, "next"), s.Name, describe(c))
			return
		}
	}
}

func extend(combinations []map[string]string, key string, values []string) []map[string]string {
	var out []map[string]string
	for _, c := range combinations {
		for _, v := range values {
			next := map[string]string{key: v}
			maps.Copy(next, c)
			out = append(out, next)
		}
	}
	return out
}

func describe(c map[string]string) string {
	var parts []string
	for k, v := range c {
		parts = append(parts, k+": "+v)
	}
	slices.Sort(parts)
	return strings.Join(parts, ", ")
}
