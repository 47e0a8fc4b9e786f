package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/timeline"
	"github.com/tambal-id/tambal/schema"
)

// last returns the typed body of a manifest's last item of that name, or nil.
func last[T any](m *schema.Manifest, name string) *T {
	for i := len(m.Items) - 1; i >= 0; i-- {
		if b, ok := m.Items[i].Body.(*T); ok && m.Items[i].Name == name {
			return b
		}
	}
	return nil
}

// systems lists which systems change, and from which version to which.
func (p *sheet) systems() {
	var known []schema.System
	var targets []schema.Target
	if m := last[schema.Monitoring](p.manifest, schema.ItemMonitoring); m != nil {
		known = m.Systems
		for _, s := range known {
			targets = append(targets, schema.Target{System: s.Name, From: s.Installed, To: s.Fixed})
		}
	}
	if plan := last[schema.Plan](p.manifest, schema.ItemPlan); plan != nil {
		targets = plan.Targets // the plan says what is really going to change
	}
	var entries []string
	for _, t := range targets[:min(len(targets), mostEntries)] {
		s := schema.System{Name: t.System}
		if i := slices.IndexFunc(known, func(k schema.System) bool { return k.Name == t.System }); i >= 0 {
			s = known[i]
		}
		entries = append(entries, p.system(s, t.From, t.To))
	}
	p.list("systems", entries, len(targets), systemsBytes, "request.more")
}

// system is two short lines: whose system it is, and what changes on it.
func (p *sheet) system(s schema.System, from, to string) string {
	about := []string{brief(s.Owner)}
	if s.Exposure == "internet" {
		about = append(about, inline(p.say("request.exposed")))
	}
	if s.PersonalData {
		about = append(about, inline(p.say("request.personal")))
	}
	entry := "**" + brief(s.Name) + "**"
	if s.Owner != "" {
		entry += " (" + strings.Join(about, ", ") + ")"
	}
	product := brief(s.Product)
	if product != "" {
		product += ": "
	}
	return entry + "<br>" + product + p.say("request.versions", brief(from), brief(to))
}

// vulnerabilities lists the ids with what decides how dangerous they are.
func (p *sheet) vulnerabilities() {
	m := last[schema.Monitoring](p.manifest, schema.ItemMonitoring)
	if m == nil {
		return
	}
	var entries []string
	for _, v := range m.Vulnerabilities[:min(len(m.Vulnerabilities), mostEntries)] {
		entry := "**" + brief(v.ID) + "**"
		if score, band, ok := cvssBase(v.CVSS); ok {
			entry += ", " + inline(p.say("request.cvss", p.decimal(score), p.say("request.cvss."+band)))
		} else if v.CVSS != "" {
			entry += ", " + brief(v.CVSS)
		}
		kev := "request.kev.no"
		if v.KEV {
			kev = "request.kev.yes"
		}
		entries = append(entries, entry+", "+p.say(kev))
	}
	p.list("vulnerabilities", entries, len(m.Vulnerabilities), vulnerabilitiesBytes, "request.more")
}

// risk is how urgent it is and what may happen either way (SOP 3).
func (p *sheet) risk() {
	a := last[schema.Analysis](p.manifest, schema.ItemAnalysis)
	plan := last[schema.Plan](p.manifest, schema.ItemPlan)
	if a == nil && plan == nil {
		return
	}
	p.heading("risk")
	if a != nil {
		p.line(p.say("request.label.due"), p.due(a.Urgency))
		p.line(p.say("label.risk-if-patched"), a.RiskIfPatched)
		p.line(p.say("label.risk-if-not"), a.RiskIfNot)
		p.line(p.say("label.impact"), a.Impact)
	}
	if plan != nil {
		p.line(p.say("label.downtime"), plan.Downtime)
	}
	p.WriteByte('\n')
}

// due is the day in words, how far away it is, and who says so.
func (p *sheet) due(u schema.Urgency) string {
	due, err := time.Parse(time.DateOnly, u.Due)
	if err != nil {
		return u.Due
	}
	year, month, today := p.Now.In(p.zone).Date()
	days := int(due.Sub(time.Date(year, month, today, 0, 0, 0, 0, time.UTC)).Hours() / 24)
	var left string
	switch {
	case days == -1:
		left = p.say("request.yesterday")
	case days < 0:
		left = p.say("request.overdue", -days)
	case days == 0:
		left = p.say("request.today")
	case days == 1:
		left = p.say("request.tomorrow")
	default:
		left = p.say("request.left", days)
	}
	return p.say("request.due", p.day(due), left, p.word("method", u.Method))
}

// plan is how a failed change is undone (SOP 2).
func (p *sheet) plan() {
	plan := last[schema.Plan](p.manifest, schema.ItemPlan)
	if plan == nil {
		return
	}
	p.heading("plan")
	p.line(p.say("label.backup"), plan.Backup)
	p.line(p.say("label.rollback"), plan.Rollback)
	p.WriteByte('\n')
}

// advice is the recommendation that is decided on (SOP 3).
func (p *sheet) advice() {
	a := last[schema.Analysis](p.manifest, schema.ItemAnalysis)
	if a == nil {
		return
	}
	p.heading("advice")
	p.entry("**" + clip(p.word("request.advice", a.Recommendation), p.ending()) + "**")
	p.line(p.say("label.result"), a.Result)
	p.conditions(a.Conditions)
	p.WriteByte('\n')
}

// conditions are one line; a long list is cut like any text.
func (p *sheet) conditions(list []string) {
	p.line(p.say("label.conditions"), strings.Join(list, "; "))
}

// binds is the text that a decision holds for, and its evidence.
func (p *sheet) binds() {
	if last[schema.Analysis](p.manifest, schema.ItemAnalysis) == nil {
		return
	}
	end := len(p.Case.AfterData)
	if s := p.decided(); s != nil {
		end = s.Item.Start
	}
	subject := timeline.SubjectOf(p.Case.AfterData[:end])
	p.heading("binds")
	p.part("%s<br>`%s`", p.say("request.bytes", p.number(subject.Bytes), subject.SHA256[:shownDigest]), subject.SHA256)
	var files []schema.Evidence
	for i := range p.manifest.Items {
		if it := &p.manifest.Items[i]; it.Start < end {
			files = append(files, it.Evidence()...)
		}
	}
	if files == nil {
		p.part("%s", inline(p.say("request.files.none")))
		return
	}
	var entries []string
	for _, e := range files[:min(len(files), mostFiles)] {
		entries = append(entries, fmt.Sprintf("%s<br>`%s`", brief(e.Path), e.SHA256))
	}
	p.part("<details><summary>%s</summary>", inline(p.say("request.files", len(files))))
	p.entries(entries, len(files), evidenceBytes, "request.more")
	p.part("</details>")
}

// decision is what was decided and how sure that is (SOP 4).
func (p *sheet) decision() {
	s := p.decided()
	if s == nil {
		return
	}
	a := s.Approval
	p.heading("decision")
	p.entry("**" + brief(strings.ToUpper(p.word("decision", a.Decision))) + "**")
	p.line(p.say("label.by"), a.By.Name)
	p.line(p.say("label.at"), p.stated(a.At))
	p.line(p.say("label.disposition"), a.Disposition)
	p.conditions(a.Conditions)
	p.line(p.say("label.strength"), p.say("strength."+string(a.Strength)))
	p.WriteByte('\n')
}

// shownDigest is how many digits a person compares.
const shownDigest = 12

func shortDigest(digest string) string {
	digest = strings.TrimPrefix(digest, "sha256:")
	return digest[:min(len(digest), shownDigest)]
}
