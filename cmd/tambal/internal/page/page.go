// Package page owns the page that a pull request shows to the person who decides
// on it: the verdict, what is asked, what it binds, and how to answer.
//
// A Request holds all that the page says; equal requests give equal bytes. The
// package must not judge, and must not know Git, a forge or a clock. It shares
// its voice with the formal report (package prose), and nothing else.
//
// To add a part, add a method of sheet that writes it, within a budget of bytes
// (sheet.go), and name it in Markdown; its words go to package text under
// "report.request.".
package page

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/prose"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
	"github.com/tambal-id/tambal/cmd/tambal/internal/timeline"
	"github.com/tambal-id/tambal/policies"
	"github.com/tambal-id/tambal/schema"
)

// Request is what one pull request asks of the approver, as a page to read on a
// phone. Its text from people is cut, so that the page always fits into a
// comment; the files hold all of it.
type Request struct {
	Case     *timeline.CaseChange // nil when the pull request touches no case
	Landing  *timeline.Landing    // tells that the policy changes, where no case does; may be nil
	Policy   *policies.Policy     // in force; nil when unusable
	Now      time.Time
	Lang     text.Lang
	Verdict  finding.Verdict
	Findings []finding.Finding
	Number   int    // of the pull request; 0 when there is none
	URL      string // of the pull request
	Ask      text.Phrase
	Next     text.Phrase
	Item     string // the approval item to append, byte for byte; "" when there is none
	EditURL  string // the browser's editor of the manifest on the head branch; may be ""
}

// sheet is the page of a request in the making.
type sheet struct {
	Request
	prose.Voice
	prose.Markdown
	manifest *schema.Manifest // nil when there is none or it cannot be read
}

// headlined are the findings that the headline and what is asked say already.
var headlined = map[string]bool{"approval-pending.review": true, "approval-pending.returned": true,
	"approval-pending.unrecorded": true, "approval-pending.refusal": true, "request-state.draft": true}

// signs stand before the verdict; they must be told apart without colour.
var signs = map[string]string{"pass": "✓", "pending": "○", "record": "○", "returned": "○", "draft": "○", "fail": "✗", "undecided": "?"}

// Markdown returns the page: at most 60,000 bytes, whatever the case holds.
func (r Request) Markdown() []byte {
	p := &sheet{Request: r, Voice: prose.NewVoice(r.Lang, r.Policy)}
	if r.Case != nil {
		p.manifest = r.Case.After
	}
	p.headline()
	if p.manifest != nil {
		p.systems()
		p.vulnerabilities()
		if !p.settled() {
			p.risk()
			p.plan()
			p.advice()
			p.binds()
		}
		p.decision()
	}
	p.how()
	if next := p.phrase(r.Next); next != "" {
		p.heading("next")
		p.Part("%s", next)
	}
	p.findings()
	p.paste()
	p.footer()
	return []byte(strings.TrimRight(p.String(), "\n") + "\n")
}

// headline is the verdict, what is asked, and what it is about.
func (p *sheet) headline() {
	word := p.verdictWord()
	p.Part("## %s %s", signs[word], finding.Inline(p.Say("request.word."+word)))
	if ask := p.phrase(p.Ask); ask != "" {
		p.Part("**%s**", ask)
	}
	var title, about []string
	switch {
	case p.manifest != nil:
		title = append(title, "**"+clip(p.manifest.Metadata.Title, p.ending())+"**")
		about = append(about, brief(p.manifest.Metadata.ID))
	case p.Case != nil:
		title = append(title, "**"+brief(p.Case.ID)+"**", finding.Inline(p.Say("request.unreadable")))
	case p.Landing != nil && p.Landing.Next != nil:
		title = append(title, "**"+finding.Inline(p.Say("request.policy"))+"**")
	}
	if p.Number > 0 {
		about = append(about, link(p.Say("request.pull", p.Number), p.URL))
	}
	if steps := p.steps(); steps != "" {
		about = append(about, steps)
	}
	if about != nil {
		title = append(title, strings.Join(about, " · "))
	}
	if title != nil {
		p.Part("%s", strings.Join(title, "<br>"))
	}
}

// verdictWord is the verdict, or what exactly is waited for: the decision itself
// ("pending"), its record on the branch, or the correction of what was returned.
func (p *sheet) verdictWord() string {
	word := string(p.Verdict)
	if p.Verdict != finding.Waiting {
		return word
	}
	for _, f := range p.Findings {
		switch f.Code {
		case "request-state.draft":
			return "draft" // not asked for yet
		case "approval-pending.returned":
			word = "returned"
		case "approval-pending.unrecorded", "approval-pending.refusal":
			word = "record"
		}
	}
	if p.Item != "" {
		word = "record"
	}
	return word
}

// steps names what the pull request adds to its case: one step by its title,
// several by their numbers, which are shorter on a phone.
func (p *sheet) steps() string {
	if p.Case == nil || len(p.Case.Steps) == 0 {
		return ""
	}
	names := first(p.Case.Steps, mostEntries, func(s *timeline.Step) string {
		return p.stepName(s.Item.Name, len(p.Case.Steps) == 1)
	})
	return brief(p.Say("request.brings", strings.Join(names, ", ")))
}

// stepName is the SOP's number of a step, with its title if it is to be long, or
// the step's own name.
func (p *sheet) stepName(name string, long bool) string {
	if p.Policy != nil {
		if row := p.Policy.Procedure.Step(name); row != nil && row.DisplayNo != "" {
			if long {
				return row.DisplayNo + " " + p.Pick(row.Title, row.TitleEnglish)
			}
			return row.DisplayNo
		}
	}
	return name
}

// settled says that an earlier pull request brought the decision: what led to it
// is history then.
func (p *sheet) settled() bool {
	return p.Case.Before != nil && p.Case.Before.Find(schema.ItemApproval) != nil
}

// decided returns the decision that this pull request brings, or nil.
func (p *sheet) decided() *timeline.Step {
	if p.Case == nil {
		return nil
	}
	for _, s := range p.Case.Steps {
		if s.Decision != nil {
			return s
		}
	}
	return nil
}

// how tells the three answers of a review, as long as one is waited for.
func (p *sheet) how() {
	if p.verdictWord() != string(finding.Waiting) || p.Number == 0 {
		return
	}
	p.heading("how")
	for _, answer := range []string{"approve", "return", "reject"} {
		p.entry(p.Say("request.how." + answer)) // our own words, with their Markdown
	}
	p.WriteByte('\n')
}

// findings are the worst ones, with what to do about each.
func (p *sheet) findings() {
	list := slices.DeleteFunc(slices.Clone(p.Findings), func(f finding.Finding) bool { return headlined[f.Code] })
	finding.Sort(list)
	entries := first(list, mostFindings, func(f finding.Finding) string {
		if whole := f.Markdown(p.Lang); len(whole) <= findingBytes {
			return whole
		}
		return p.shortFinding(&f) // escaped text cannot be cut anywhere
	})
	p.list("findings", entries, len(list), findingsBytes, "request.more-findings")
}

// shortFinding stands for a finding that is too long for the page.
func (p *sheet) shortFinding(f *finding.Finding) string {
	return "**" + finding.Inline(p.Lang.Say("severity."+string(f.Severity))) + ":** " +
		clip(f.Message(p.Lang), p.ending()) + ` \[` + finding.Inline(f.Rule) + `\]`
}

// footer names the rule book: SOP, row, case, policy.
func (p *sheet) footer() {
	var parts []string
	if p.Policy != nil {
		procedure := p.Policy.Procedure
		parts = append(parts, brief(p.Say("request.sop", cmp.Or(procedure.Number, prose.Dash))))
		if row := procedure.Step(p.row()); row != nil {
			parts = append(parts, brief(p.Say("request.row", cmp.Or(row.DisplayNo, prose.Dash), p.Pick(row.Title, row.TitleEnglish))))
		}
	}
	if p.Case != nil {
		parts = append(parts, brief(p.Case.ID))
	}
	if p.Policy != nil && p.Policy.Digest != "" {
		parts = append(parts, p.Say("request.digest", shortDigest(p.Policy.Digest)))
	}
	if parts != nil {
		p.Part("---")
		p.Part("<sub>%s</sub>", strings.Join(parts, " · "))
	}
}

// row is the step that the page is about: the decision that is waited for, or
// the last step the pull request brings.
func (p *sheet) row() string {
	switch {
	case p.Case == nil || len(p.Case.Steps) == 0:
		return ""
	case p.Verdict == finding.Waiting:
		return schema.ItemApproval
	}
	return p.Case.Steps[len(p.Case.Steps)-1].Item.Name
}
