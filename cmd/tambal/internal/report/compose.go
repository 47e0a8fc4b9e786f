package report

import (
	"slices"
	"strings"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/schema"
)

// compose puts the facts into words, in the order of an Indonesian government
// report: head, A to E, signatures, annexes.
func (d *draft) compose() {
	d.Head = d.head()
	d.Annexes = d.annexes()
	d.Sections = numbered(letter, []Section{
		d.introduction(), d.activities(), d.results(), d.conclusions(), d.closing(),
	})
	d.Signatures = d.signatures()
}

func (d *draft) head() Head {
	h := Head{
		Title: d.say("title." + d.Document), About: d.say("about"), Subject: d.Case.Title,
		Footer: strings.Join([]string{d.Case.ID, orDash(d.SOP.Number)}, " · "),
	}
	for _, line := range []string{strings.ToUpper(d.SOP.Office.Government), strings.ToUpper(d.SOP.Office.Agency), d.SOP.Office.Address} {
		if line != "" {
			h.Office = append(h.Office, line)
		}
	}
	status := d.say("status.open", d.stepTitle(d.Case.State))
	if d.Case.Outcome != "" {
		status = d.say("status.closed", d.word("outcome", d.Case.Outcome))
	}
	for _, b := range facts(
		d.fact("case", d.Case.ID), d.fact("retry-of", d.Case.RetryOf),
		d.fact("sop-number", orDash(d.SOP.Number)), d.fact("sop-title", orDash(d.sopTitle())),
		d.fact("status", status), d.fact("findings", d.findingCounts()),
	) {
		h.Facts = b.Facts
	}
	return h
}

func (d *draft) sopTitle() string {
	if d.policy == nil {
		return ""
	}
	return d.Pick(d.SOP.Title, d.policy.Procedure.TitleEnglish)
}

// findingCounts is "1 kesalahan, 2 peringatan"; "" when there are none.
func (d *draft) findingCounts() string {
	var parts []string
	for _, s := range []finding.Severity{finding.Error, finding.Undecided, finding.Pending, finding.Warning, finding.Notice} {
		n := 0
		for _, f := range d.Findings {
			if f.Severity == string(s) {
				n++
			}
		}
		if n > 0 {
			parts = append(parts, d.say("count."+string(s), n))
		}
	}
	return enumerate(parts)
}

// stepTitle is the SOP's name of a step, or the step's own name.
func (d *draft) stepTitle(name string) string {
	if d.policy != nil {
		if row := d.policy.Procedure.Step(name); row != nil {
			return d.Pick(row.Title, row.TitleEnglish)
		}
	}
	if name == schema.ItemCorrection {
		return d.say("correction")
	}
	return orDash(name)
}

// roleTitle is the SOP's name of the role a person held, with "Plh." or "Plt.".
func (d *draft) roleTitle(p Person) string {
	if p.Role == "" || d.policy == nil {
		return ""
	}
	title := p.Role
	if r := d.policy.Procedure.Role(p.Role); r != nil {
		title = d.Pick(r.Title, r.TitleEnglish)
	}
	return strings.TrimSpace(p.Acting + " " + title)
}

// named is a person's name, with a remark on addresses nobody vouches for.
func (d *draft) named(p Person) string {
	switch {
	case p.Listed:
		return p.Name
	case p.Name == "" && p.Email == "":
		return ""
	}
	return d.say("unlisted", strings.TrimSpace(p.Name+" <"+p.Email+">"))
}

func (d *draft) introduction() Section {
	return d.section("introduction").with(d.general(), d.purpose(), d.scope(), d.basis())
}

// general tells how the case began: SOP 1.
func (d *draft) general() Section {
	m, ok := body[schema.Monitoring](d.c, schema.ItemMonitoring)
	if !ok {
		return d.section("general", paragraph(d.say("general.unknown")))
	}
	return d.section("general",
		paragraph(d.say("general", d.Case.ID, d.word("trigger", m.Trigger.Kind), m.Trigger.Reference)),
		list(d.say("general.sources"), m.Sources),
		paragraph(d.say("general."+m.Decision, clause(m.Reason))))
}

func (d *draft) purpose() Section {
	plan, _ := body[schema.Plan](d.c, schema.ItemPlan)
	return d.section("purpose", paragraph(d.say("purpose", d.Case.ID)), paragraph(d.around("objective", plan.Objective)))
}

func (d *draft) scope() Section {
	m, _ := body[schema.Monitoring](d.c, schema.ItemMonitoring)
	if len(m.Systems) == 0 {
		return d.section("scope", paragraph(d.say("scope.none")))
	}
	var rows [][]Cell
	for _, s := range m.Systems {
		rows = append(rows, cells(s.Name, s.Owner, d.word("exposure", s.Exposure), s.Product, s.Installed, s.Fixed,
			d.Either(s.PersonalData, "yes", "no")))
	}
	return d.section("scope", d.table("systems", rows, "system", "owner", "exposure", "product", "installed", "fixed", "personal-data"))
}

// basis is the SOP itself, then what it rests on.
func (d *draft) basis() Section {
	if d.policy == nil {
		return Section{}
	}
	entries := []string{d.say("basis", orDash(d.SOP.Number), d.sopTitle(), d.date(d.SOP.ApprovedOn))}
	return d.section("basis", []Block{{List: append(entries, d.SOP.LegalBasis...), Ordered: true}})
}

// why says in a clause why there was no implementation.
func (d *draft) why() string {
	m, monitored := body[schema.Monitoring](d.c, schema.ItemMonitoring)
	a, decided := body[schema.Approval](d.c, schema.ItemApproval)
	c, _ := body[schema.Closure](d.c, schema.ItemClosure)
	switch outcome := d.Case.Outcome; {
	case outcome == "":
		return d.say("why.open", d.stepTitle(d.Case.State))
	case outcome == schema.OutcomeNotRequired && decided:
		return d.say("why.do-not-implement", clause(a.Disposition))
	case outcome == schema.OutcomeNotRequired && monitored:
		return d.say("why.not-required", clause(m.Reason))
	case outcome == schema.OutcomeRejected && decided:
		return d.say("why.rejected", clause(a.Disposition))
	case outcome == schema.OutcomeWithdrawn, outcome == schema.OutcomeAcceptedRisk:
		return d.say("why."+outcome, clause(c.Note))
	}
	return d.say("why.closed", d.word("outcome", d.Case.Outcome), clause(c.Note))
}

// conclusions are the report's own words (the second row printed "6") and the
// closure's (SOP 7).
func (d *draft) conclusions() Section {
	r, reported := body[schema.Report](d.c, schema.ItemReport)
	c, closed := body[schema.Closure](d.c, schema.ItemClosure)
	if !reported && !closed {
		return d.section("conclusions", paragraph(d.say("conclusions.none", d.stepTitle(d.Case.State))))
	}
	return d.section("conclusions").with(
		d.section("summary", paragraph(r.Summary), facts(d.fact("residual-risk", r.ResidualRisk)), facts(
			d.fact("outcome", d.word("outcome", c.Outcome)), d.fact("closure-note", c.Note),
			d.fact("risk-owner", c.Owner), d.fact("compensating-control", c.CompensatingControl),
			d.fact("expires-on", d.date(c.ExpiresOn)), d.fact("lessons", c.Lessons))),
		d.section("suggestions", list("", r.Suggestions), list(d.say("follow-up"), r.FollowUp)))
}

func (d *draft) closing() Section {
	return d.section("closing", paragraph(d.say("closing."+d.Document)), paragraph(d.say("closing.source", short(d.Trail.Head))), d.today(), d.unacknowledged())
}

// signatures are who wrote the report (or, without one, did the last step) and
// the officer who decided. Place, date, rank and NIP are written by hand; the
// document never shows a mark of a certified electronic signature.
func (d *draft) signatures() []Signature {
	var list []Signature
	if d.acknowledged() {
		list = append(list, d.signature("acknowledged", d.Approval.By))
	}
	by := slices.IndexFunc(d.Steps, func(s Step) bool { return s.Name == schema.ItemReport })
	if by < 0 {
		by = slices.IndexFunc(d.Steps, func(s Step) bool { return s.from == d.c.Last() })
	}
	author := Person{}
	if by >= 0 {
		author = d.Steps[by].By
	}
	return append(list, d.signature("author", author))
}

func (d *draft) signature(heading string, p Person) Signature {
	s := Signature{Heading: d.say("sign." + heading)}
	if p.Listed {
		s.Position, s.Name = p.Title, p.Name
		if p.Acting != "" {
			s.Position = d.roleTitle(p)
		}
	}
	return s
}

// short is the beginning of a commit id, enough for a person to find it.
func short(id string) string { return orDash(id[:min(len(id), 10)]) }
