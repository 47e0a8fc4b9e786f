package page

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/decision"
	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/schema"
)

// last returns the typed body of a manifest's last item of that name; an empty
// one, and false, without one.
func last[T any](m *schema.Manifest, name string) (*T, bool) {
	for _, it := range slices.Backward(m.Items) {
		if b, ok := it.Body.(*T); ok && it.Name == name {
			return b, true
		}
	}
	return new(T), false
}

// systems lists which systems change, and from which version to which.
func (p *sheet) systems() {
	m, _ := last[schema.Monitoring](p.manifest, schema.ItemMonitoring)
	plan, planned := last[schema.Plan](p.manifest, schema.ItemPlan)
	targets := plan.Targets // the plan says what is really going to change
	for _, s := range m.Systems {
		if !planned {
			targets = append(targets, schema.Target{System: s.Name, From: s.Installed, To: s.Fixed})
		}
	}
	entries := first(targets, mostEntries, func(t schema.Target) string {
		s := schema.System{Name: t.System}
		if i := slices.IndexFunc(m.Systems, func(k schema.System) bool { return k.Name == t.System }); i >= 0 {
			s = m.Systems[i]
		}
		return p.system(s, t.From, t.To)
	})
	p.list("systems", entries, len(targets), systemsBytes, "request.more")
}

// system is two short lines: whose system it is, and what changes on it.
func (p *sheet) system(s schema.System, from, to string) string {
	about := []string{brief(s.Owner)}
	if s.Exposure == "internet" {
		about = append(about, finding.Inline(p.Say("request.exposed")))
	}
	if s.PersonalData {
		about = append(about, finding.Inline(p.Say("request.personal")))
	}
	entry := "**" + brief(s.Name) + "**"
	if s.Owner != "" {
		entry += " (" + strings.Join(about, ", ") + ")"
	}
	product := brief(s.Product)
	if product != "" {
		product += ": "
	}
	return entry + "<br>" + product + p.Say("request.versions", brief(from), brief(to))
}

// vulnerabilities lists the ids with what decides how dangerous they are.
func (p *sheet) vulnerabilities() {
	m, _ := last[schema.Monitoring](p.manifest, schema.ItemMonitoring)
	entries := first(m.Vulnerabilities, mostEntries, func(v schema.Vulnerability) string {
		entry := "**" + brief(v.ID) + "**"
		if c, ok := readCVSS(v.CVSS); ok {
			said := p.Say("request.cvss", p.Decimal(c.score), p.Say("request.cvss."+c.band))
			if c.assumed {
				said += " " + p.Say("request.cvss.assumed")
			}
			entry += ", " + finding.Inline(said)
		} else if v.CVSS != "" {
			entry += ", " + brief(v.CVSS)
		}
		return entry + ", " + p.Either(v.KEV, "request.kev.yes", "request.kev.no")
	})
	p.list("vulnerabilities", entries, len(m.Vulnerabilities), vulnerabilitiesBytes, "request.more")
}

// risk is how urgent it is and what may happen either way (SOP 3).
func (p *sheet) risk() {
	a, analysed := last[schema.Analysis](p.manifest, schema.ItemAnalysis)
	plan, planned := last[schema.Plan](p.manifest, schema.ItemPlan)
	if !analysed && !planned {
		return
	}
	p.heading("risk")
	p.line(p.Say("request.label.due"), p.due(a.Urgency))
	p.line(p.Say("label.risk-if-patched"), a.RiskIfPatched)
	p.line(p.Say("label.risk-if-not"), a.RiskIfNot)
	p.line(p.Say("label.impact"), a.Impact)
	p.line(p.Say("label.downtime"), plan.Downtime)
	p.WriteByte('\n')
}

// due is the day in words, how far away it is, and who says so.
func (p *sheet) due(u schema.Urgency) string {
	due, err := time.Parse(time.DateOnly, u.Due)
	if err != nil {
		return u.Due
	}
	year, month, today := p.Now.In(p.Zone()).Date()
	days := int(due.Sub(time.Date(year, month, today, 0, 0, 0, 0, time.UTC)).Hours() / 24)
	var left string
	switch {
	case days == -1:
		left = p.Say("request.yesterday")
	case days < 0:
		left = p.Say("request.overdue", -days)
	case days == 0:
		left = p.Say("request.today")
	case days == 1:
		left = p.Say("request.tomorrow")
	default:
		left = p.Say("request.left", days)
	}
	return p.Say("request.due", p.Day(due), left, p.Word("method", u.Method))
}

// plan is how a failed change is undone (SOP 2).
func (p *sheet) plan() {
	plan, planned := last[schema.Plan](p.manifest, schema.ItemPlan)
	if !planned {
		return
	}
	p.heading("plan")
	p.line(p.Say("label.backup"), plan.Backup)
	p.line(p.Say("label.rollback"), plan.Rollback)
	p.WriteByte('\n')
}

// advice is the recommendation that is decided on (SOP 3).
func (p *sheet) advice() {
	a, analysed := last[schema.Analysis](p.manifest, schema.ItemAnalysis)
	if !analysed {
		return
	}
	p.heading("advice")
	p.entry("**" + clip(p.Word("request.advice", a.Recommendation), p.ending()) + "**")
	p.line(p.Say("label.result"), a.Result)
	p.line(p.Say("label.conditions"), strings.Join(a.Conditions, "; "))
	p.WriteByte('\n')
}

// binds is the text that a decision holds for, and its evidence.
func (p *sheet) binds() {
	if _, analysed := last[schema.Analysis](p.manifest, schema.ItemAnalysis); !analysed {
		return
	}
	end := len(p.Case.AfterData)
	if s := p.decided(); s != nil {
		end = s.Item.Start
	}
	subject := decision.SubjectOf(p.Case.AfterData[:end])
	p.heading("binds")
	p.Part("%s<br>`%s`", p.Say("request.bytes", p.Grouped(subject.Bytes), subject.SHA256[:shownDigest]), subject.SHA256)
	var files []schema.Evidence
	for i := range p.manifest.Items {
		if it := &p.manifest.Items[i]; it.Start < end {
			files = append(files, it.Evidence()...)
		}
	}
	if files == nil {
		p.Part("%s", finding.Inline(p.Say("request.files.none")))
		return
	}
	entries := first(files, mostFiles, func(e schema.Evidence) string {
		return fmt.Sprintf("%s<br>`%s`", brief(e.Path), e.SHA256)
	})
	p.Part("<details><summary>%s</summary>", finding.Inline(p.Say("request.files", len(files))))
	p.entries(entries, len(files), evidenceBytes, "request.more")
	p.Part("</details>")
}

// decision is what was decided and how sure that is (SOP 4).
func (p *sheet) decision() {
	s := p.decided()
	if s == nil {
		return
	}
	a := s.Decision
	p.heading("decision")
	p.entry("**" + brief(strings.ToUpper(p.Word("decision", a.Decision))) + "**")
	p.line(p.Say("label.by"), a.By.Name)
	p.line(p.Say("label.at"), p.Stated(a.At))
	p.line(p.Say("label.disposition"), a.Disposition)
	p.line(p.Say("label.conditions"), strings.Join(a.Conditions, "; "))
	p.line(p.Say("label.strength"), p.Say("strength."+string(a.Strength)))
	p.WriteByte('\n')
}

// shownDigest is how many digits a person compares.
const shownDigest = 12

func shortDigest(digest string) string {
	digest = strings.TrimPrefix(digest, "sha256:")
	return digest[:min(len(digest), shownDigest)]
}
