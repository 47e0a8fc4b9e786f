package report

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/tambal-id/tambal/cmd/tambal/internal/evidence"
	"github.com/tambal-id/tambal/schema"
)

// results is part C: what came of it, per system and per vulnerability.
func (d *draft) results() Section {
	done, ok := body[schema.Implementation](d.c, schema.ItemImplementation)
	if !ok {
		return d.section("results", paragraph(d.say("results.none", d.why()))).with(d.vulnerabilityTable(), d.findingList())
	}
	return d.section("results").with(
		d.systemTable(), d.vulnerabilityTable(), d.tests(done), d.watch(done), d.anomaly(done), d.findingList())
}

func (d *draft) systemTable() Section {
	var rows [][]Cell
	for _, s := range d.Systems {
		row := cells(s.Name, s.Before, s.Planned, s.After, cmp.Or(d.word("result", s.Outcome), d.say("system.untouched")))
		row[4].Strong = s.Outcome != schema.ResultSuccess
		rows = append(rows, row)
	}
	return d.section("systems", d.table("results", rows, "system", "before", "planned", "after", "outcome"))
}

func (d *draft) vulnerabilityTable() Section {
	done := d.c.Step(schema.ItemImplementation) != nil
	var rows [][]Cell
	for _, v := range d.Vulnerabilities {
		cvss := v.CVSS
		if v.EPSS != "" {
			cvss = lines(cvss, d.say("epss", d.Decimal(v.EPSS)))
		}
		row := cells(v.ID, d.date(v.Published), cvss, d.Either(v.KEV, "kev.yes", "kev.no"))
		row[3].Strong = v.KEV
		if done {
			row = append(row, d.verdicts(v))
		}
		rows = append(rows, row)
	}
	columns := []string{"vulnerability", "published", "cvss", "kev"}
	if done {
		columns = append(columns, "proof")
	}
	return d.section("vulnerabilities", d.table("vulnerabilities", rows, columns...))
}

// verdicts is one line per system and scan.
func (d *draft) verdicts(v Vulnerability) Cell {
	var c Cell
	common := commonReason(v.Proofs)
	for _, p := range v.Proofs {
		c.Text = lines(c.Text, d.proofLine(p, common == ""))
		c.Strong = c.Strong || slices.Contains([]string{string(evidence.Remains), string(evidence.Hidden)}, p.Verdict)
	}
	c.Text = orDash(lines(c.Text, d.around("proof.common", common)))
	return c
}

// proofLine is a verdict with its grounds and the reasons people gave.
func (d *draft) proofLine(p Proof, reason bool) string {
	line := d.say("proof", p.System, d.word("verdict", p.Verdict))
	if p.from != nil {
		for _, f := range p.from.Remaining {
			line = d.say("proof.remaining", line, f.Package, f.Installed)
		}
		if f := p.from.Hidden; f != nil {
			line = d.say("proof.remaining", line, f.Package, f.Installed)
		}
	}
	if p.ByCommit {
		line = d.say("proof.by-commit", line)
	}
	if p.DateNote != "" {
		line = d.say("proof.date-note", line, clause(p.DateNote))
	}
	if p.Reason != "" && reason {
		line = d.say("proof.reason", line, clause(p.Reason))
	} else if p.Verdict == string(evidence.NoScan) && p.Reason == "" {
		line = d.say("proof.no-reason", line)
	}
	return line
}

// commonReason is the reason that several systems share, to be printed once.
func commonReason(proofs []Proof) string {
	var reasons []string
	for _, p := range proofs {
		if p.Reason != "" {
			reasons = append(reasons, p.Reason)
		}
	}
	if several := len(reasons) > 1; several && len(slices.Compact(reasons)) == 1 {
		return reasons[0]
	}
	return ""
}

func (d *draft) tests(done *schema.Implementation) Section {
	var rows [][]Cell
	for i, t := range done.Tests {
		row := cells(fmt.Sprint(i+1), t.Name, d.word("test", t.Result))
		row[2].Strong = t.Result != "passed"
		rows = append(rows, row)
	}
	return d.section("tests", d.table("tests", rows, "no", "test", "test-result"))
}

// watch is the observation after the change and what the SIEM showed.
func (d *draft) watch(done *schema.Implementation) Section {
	var files []string
	for _, f := range d.Files {
		if f.Phase == schema.PhaseSIEM {
			files = append(files, f.Path)
		}
	}
	if files == nil {
		files = []string{d.say("siem.none", orDash(clause(done.WithoutSIEM)))}
	}
	return d.section("watch", facts(
		d.fact("watched-until", d.Stated(done.Observation.Until)), d.fact("watched", done.Observation.Summary),
		d.fact("siem", lines(files...))))
}

func (d *draft) anomaly(done *schema.Implementation) Section {
	var undone, incident []Block
	if r := done.Rollback; r != nil {
		undone = facts(d.fact("rollback-at", d.Stated(r.At)), d.fact("rollback-result", r.Result))
	} else if done.Outcome == schema.Anomaly {
		undone = paragraph(d.say("rollback.none"))
	}
	if i := done.Incident; i != nil {
		incident = facts(d.fact("incident", i.Reference), d.fact("ttis", orDash(i.TTIS)))
	}
	return d.section("anomaly", paragraph(d.word("anomaly", done.Outcome)), undone, incident)
}

// findingList prints every finding of the case, so that nothing is hidden.
func (d *draft) findingList() Section {
	var rows [][]Cell
	for _, f := range d.Findings {
		row := cells(d.Lang.Say("severity."+f.Severity), d.stepTitle(f.Step), f.Message, lines(f.Rule, f.Place))
		row[0].Strong = slices.Contains([]string{"error", "undecided"}, f.Severity)
		rows = append(rows, row)
	}
	return d.section("findings", d.table("findings", rows, "severity", "activity", "finding", "rule"))
}
