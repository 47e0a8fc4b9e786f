package report

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/tambal-id/tambal/policies"
	"github.com/tambal-id/tambal/schema"
)

// activities is part B: what was done, step by step of the SOP.
func (d *draft) activities() Section {
	return d.section("activities").with(d.stepTable(), d.schedules(), d.log(), d.notes(), d.obstacles())
}

func (d *draft) stepTable() Section {
	var rows [][]Cell
	done := map[string]bool{}
	for _, s := range d.Steps {
		if s.Name == schema.ItemCorrection {
			continue
		}
		done[s.Name] = true
		rows = append(rows, d.stepRow(s))
	}
	var missing []string
	for _, row := range d.sopRows() {
		if !done[row.Name] {
			missing = append(missing, orDash(row.DisplayNo)+" "+d.Pick(row.Title, row.TitleEnglish))
		}
	}
	rest := ""
	switch {
	case len(missing) == 0:
	case d.Case.Outcome == "":
		rest = d.say("steps.open", strings.Join(missing, "; "))
	case d.c.Step(schema.ItemImplementation) == nil:
		rest = d.say("steps.skipped", strings.Join(missing, "; "), d.why())
	default:
		rest = d.say("steps.none", strings.Join(missing, "; "))
	}
	return d.section("steps",
		d.table("steps", rows, "no", "activity", "person", "started", "finished", "standard", "actual", "evidence"),
		paragraph(d.twice(done)), paragraph(rest))
}

// sopRows are the steps of the SOP; none without a usable policy.
func (d *draft) sopRows() []policies.Step {
	if d.policy == nil {
		return nil
	}
	return d.policy.Procedure.Steps
}

func (d *draft) stepRow(s Step) []Cell {
	activity := d.stepTitle(s.Name)
	if row := s.from.Row; row != nil { // the words of the SOP at that time
		activity = d.Pick(row.Title, row.TitleEnglish)
	}
	for _, c := range s.Corrections {
		activity = lines(activity, d.say("corrected", d.named(c.By), orDash(d.Stated(c.At)), c.Note))
	}
	who := d.named(s.By)
	if others := d.others(s); others != nil {
		who = lines(who, d.say("with", enumerate(others)))
	}
	started := d.Stated(s.StartedAt)
	if !s.Stated && started != "" && s.from.Item.Started().IsZero() {
		started = lines(started, d.say("previous-end"))
	}
	row := cells(s.No, activity, lines(who, d.roleTitle(s.By)), started, d.Stated(s.FinishedAt), s.StandardTime, "", d.proof(s))
	row[6] = d.actual(s)
	return row
}

// actual is the time a step took, whose word that is, and whether it is more
// than the SOP's standard.
func (d *draft) actual(s Step) Cell {
	if s.StartedAt == "" || s.FinishedAt == "" {
		return Cell{Text: dash}
	}
	if s.from.Span.End.Before(s.from.Span.Start) {
		return Cell{Text: d.say("time.backwards"), Strong: true}
	}
	took := d.duration(s.Minutes)
	if row := s.from.Row; row != nil && row.Standard.Days > 0 && s.WorkingDays > 0 {
		took = lines(d.say("working-days", s.WorkingDays), took)
	}
	took = lines(took, d.Either(s.Stated, "time.stated", "time.commits"))
	if s.Over {
		took = lines(took, d.say("time.over"))
	}
	return Cell{Text: took, Strong: s.Over}
}

// proof names the evidence files of a step and the commit that holds it.
func (d *draft) proof(s Step) string {
	var names []string
	for _, f := range s.from.Files {
		name := path.Base(f.Evidence.Path)
		if f.State != "" {
			name = d.say("file.bad", name, d.word("file", string(f.State)))
		}
		names = append(names, name)
	}
	if s.Commit != "" {
		names = append(names, d.say("commit", short(s.Commit)))
	}
	return lines(names...)
}

// twice is the foot-note on numbers that the SOP itself prints more than once.
func (d *draft) twice(done map[string]bool) string {
	var seen, shown []string
	for _, row := range d.sopRows() {
		if !done[row.Name] || row.PrintedNo == "" {
			continue
		}
		if slices.Contains(seen, row.PrintedNo) {
			shown = append(shown, d.say("twice", row.PrintedNo, row.DisplayNo))
		}
		seen = append(seen, row.PrintedNo)
	}
	return lines(shown...)
}

// schedules are the windows of every schedule (SOP 5), also of those replaced.
func (d *draft) schedules() Section {
	var rows [][]Cell
	n := 0
	for _, s := range d.c.Steps {
		b, ok := s.Item.Body.(*schema.Schedule)
		if !ok {
			continue
		}
		n++
		remark := ""
		if b.Replaces != "" {
			remark = d.say("rescheduled", clause(b.Reason))
		}
		for _, w := range b.Windows {
			rows = append(rows, cells(fmt.Sprint(n), d.span(w.Start, w.End), enumerate(w.Systems), lines(b.Notified...), lines(b.Contact, remark)))
		}
	}
	section := d.section("schedule", d.table("schedule", rows, "no", "window", "system", "notified", "remark"))
	if plan, _ := body[schema.Plan](d.c, schema.ItemPlan); rows != nil {
		section.Blocks = append(section.Blocks, facts(d.fact("downtime", plan.Downtime))...)
	}
	return section
}

// log is what the executors wrote down while working (SOP 6).
func (d *draft) log() Section {
	section := d.section("log")
	for _, s := range d.c.Steps {
		if b, ok := s.Item.Body.(*schema.Implementation); ok {
			section.Blocks = append(section.Blocks,
				Block{Text: d.say("log", d.span(b.StartedAt, b.FinishedAt))}, Block{List: b.Log, Ordered: true})
		}
	}
	return section
}

// notes are the words of steps that only this office's policy knows.
func (d *draft) notes() Section {
	var all []Fact
	for _, s := range d.c.Steps {
		if b, ok := s.Item.Body.(*schema.Generic); ok {
			all = append(all, Fact{d.stepTitle(s.Item.Name), b.Note})
		}
	}
	return d.section("notes", facts(all...))
}

// obstacles are factors that got in the way, from implementation and report.
func (d *draft) obstacles() Section {
	var all []string
	for _, s := range d.c.Steps {
		switch b := s.Item.Body.(type) {
		case *schema.Implementation:
			all = append(all, b.Obstacles...)
		case *schema.Report:
			if b.Obstacles != "" {
				all = append(all, b.Obstacles)
			}
		}
	}
	return d.section("obstacles", list("", all))
}

// others names who else wrote a step.
func (d *draft) others(s Step) (names []string) {
	for _, p := range s.With {
		names = append(names, d.named(p))
	}
	return names
}

// people is everybody who wrote a step, for the audit trail.
func (d *draft) people(s Step) string {
	names := append([]string{d.named(s.By)}, d.others(s)...)
	if s.Name == schema.ItemApproval && s.Identity == policies.IdentityClaimed {
		return names[0] // the commit that carries an approval proves nothing of the approver
	}
	return lines(append(names, d.word("identity", s.Identity))...)
}
