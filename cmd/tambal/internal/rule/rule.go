// Package rule owns the judgement: one rule is one function and one record.
//
// Rules are pure. They read a timeline and report findings; they touch neither
// Git nor HTTP nor the clock. A rule's sentences are in package text: its
// findings under "<id>" or "<id>.<variant>", each with ".hint" for what to do,
// its title under "<id>.title", its explanation under "<id>.doc". To add a rule,
// write its function, add a line to All, its sentences, and a script
// examples/rules/<id>.txtar that breaks it and then keeps it.
package rule

import (
	"cmp"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/timeline"
	"github.com/tambal-id/tambal/schema"
)

// Rule is one rule. Its ID never changes and is never used again; Severity is
// what its findings have unless the function says otherwise.
type Rule struct {
	ID       string
	Severity finding.Severity
	check    func(*pass)
}

// All lists the rules in the order of the procedure: form, case, step,
// approval, evidence, policy, history, time.
var All = []Rule{
	{"schema-invalid", finding.Error, problems(schema.RuleSchema)},
	{"yaml-ambiguous", finding.Error, problems(schema.RuleAmbiguous)},
	{"yaml-limit", finding.Error, problems(schema.RuleLimit)},
	{"case-id", finding.Error, caseID},
	{"case-moved", finding.Error, caseMoved},
	{"case-deleted", finding.Error, caseDeleted},
	{"case-mixed", finding.Error, caseMixed},
	{"request-state", finding.Error, requestState},
	{"case-retry", finding.Error, caseRetry},
	{"step-order", finding.Error, stepOrder},
	{"step-closed", finding.Error, stepClosed},
	{"step-changed", finding.Error, stepChanged},
	{"step-role", finding.Error, stepRole},
	{"step-identity", finding.Error, stepIdentity},
	{"step-separation", finding.Warning, stepSeparation},
	{"step-time", finding.Error, stepTime},
	{"approval-missing", finding.Error, approvalMissing},
	{"approval-pending", finding.Pending, approvalPending},
	{"approval-stale", finding.Error, approvalStale},
	{"approval-self", finding.Error, approvalSelf},
	{"approval-forged", finding.Error, approvalForged},
	{"approval-unconfirmed", finding.Undecided, approvalUnconfirmed},
	{"evidence-missing", finding.Error, evidenceMissing},
	{"evidence-digest", finding.Error, evidenceDigest},
	{"evidence-mode", finding.Error, evidenceMode},
	{"evidence-unreadable", finding.Error, evidenceUnreadable},
	{"evidence-unlisted", finding.Warning, evidenceUnlisted},
	{"vulnerability-remains", finding.Error, vulnerabilityRemains},
	{"vulnerability-unproven", finding.Error, vulnerabilityUnproven},
	{"policy-invalid", finding.Error, policyInvalid},
	{"policy-owner", finding.Error, policyOwner},
	{"policy-mixed", finding.Error, policyMixed},
	{"policy-unsigned", finding.Warning, policyUnsigned},
	{"gate-changed", finding.Warning, gateChanged},
	{"history-squashed", finding.Error, historySquashed},
	{"history-direct", finding.Error, historyDirect},
	{"history-behind", finding.Error, historyBehind},
	{"history-evil-merge", finding.Error, historyEvilMerge},
	{"history-foxtrot", finding.Error, historyFoxtrot},
	{"history-rewritten", finding.Error, historyRewritten},
	{"history-malformed", finding.Error, historyMalformed},
	{"history-shallow", finding.Undecided, nil}, // reported where reading stops
	{"forge-unread", finding.Undecided, nil},    // the same for the forge
	{"time-over", finding.Notice, timeOver},
	{"time-backwards", finding.Error, timeBackwards},
	{"scope-exceeded", finding.Error, scopeExceeded},
}

// Find returns the rule with that ID, nil when there is none.
func Find(id string) *Rule {
	for i := range All {
		if All[i].ID == id {
			return &All[i]
		}
	}
	return nil
}

// Options are what the caller adds to the facts.
type Options struct {
	// AcceptRecorded takes a landed review record without re-reading it.
	AcceptRecorded bool
	// Lost is the id of an earlier head that is no longer an ancestor; "" when
	// no checkpoint was given or it holds.
	Lost string
}

// Run judges every landing of a timeline and returns the findings, sorted.
// Exceptions of the policy in force lower past findings to warnings; nothing is
// hidden.
func Run(t *timeline.Timeline, o Options) []finding.Finding {
	var list []finding.Finding
	if t.Anchor == nil {
		list = append(list, finding.Finding{Rule: "policy-invalid", Severity: finding.Error,
			Place: finding.Place{Path: schema.SOPPath}, Code: "policy-invalid.absent"})
	}
	exceptions := map[[2]string][]timeline.Exception{} // by commit and rule
	for _, e := range t.Exceptions() {
		named := [2]string{e.Commit, e.Rule}
		exceptions[named] = append(exceptions[named], e)
	}
	for i, l := range t.Landings {
		p := &pass{Landing: l, options: o, last: i == len(t.Landings)-1, lost: map[finding.Place]bool{}}
		for j := range All {
			if p.rule = &All[j]; p.rule.check != nil {
				p.rule.check(p)
			}
		}
		for j := range p.found {
			f := &p.found[j]
			for _, e := range exceptions[[2]string{f.Commit, f.Rule}] {
				p.except(f, e, i < e.Before)
			}
		}
		list = append(list, p.found...)
	}
	finding.Sort(list)
	return list
}

// except lowers a finding that a proven exception names which was written after it
// landed. It says of any other why it does not count.
func (p *pass) except(f *finding.Finding, e timeline.Exception, after bool) {
	code := "finding.excepted"
	switch {
	case f.Severity == finding.Notice:
		return
	case !e.Proven:
		code += "-unproven"
	case !after:
		code += "-early"
	case f.Rule == "approval-forged" && !p.lost[f.Place]:
		code += "-forged"
	default:
		f.Severity = finding.Warning
	}
	f.Related = append(f.Related, finding.Related{Place: finding.Place{Path: schema.SOPPath}, Code: code, Args: []any{e.Reason}})
}

// pass is one rule's look at one landing.
type pass struct {
	*timeline.Landing
	options Options
	last    bool // the newest landing of the timeline
	rule    *Rule
	found   []finding.Finding
	lost    map[finding.Place]bool // approvals with a key that was good when they landed
}

// commit is the id findings are tied to: the landing, or the pending head.
func (p *pass) commit() string {
	return string(cmp.Or(p.Commit, p.Head).ID)
}

// report adds a finding with the rule's own severity and returns it for more.
func (p *pass) report(place finding.Place, code string, args ...any) *finding.Finding {
	if place.Commit == "" {
		place.Commit = p.commit()
	}
	p.found = append(p.found, finding.Finding{Rule: p.rule.ID, Severity: p.rule.Severity, Place: place, Code: code, Args: args})
	return &p.found[len(p.found)-1]
}

// reportCase is report for a place in a case's manifest.
func (p *pass) reportCase(c *timeline.CaseChange, pos schema.Pos, code string, args ...any) *finding.Finding {
	f := p.report(at(c.Path, pos), code, args...)
	f.Case = c.ID
	return f
}

// reportStep is report for a place inside an item.
func (p *pass) reportStep(c *timeline.CaseChange, s *timeline.Step, at []string, code string, args ...any) *finding.Finding {
	f := p.reportCase(c, s.Item.At(at...), code, args...)
	f.Step = s.Item.Name
	return f
}

// seen points at where an earlier step stands and who brought it when.
func seen(c *timeline.CaseChange, s *timeline.Step) []finding.Related {
	r := finding.Related{Place: at(c.Path, s.Item.Pos), Code: "see.item", Args: []any{s.Item.Name}}
	if s.Commit != nil {
		r.Commit = string(s.Commit.ID)
		r.Code, r.Args = "see.landed", []any{s.Item.Name, s.Commit.ID.Short(), s.By().Name}
	}
	return []finding.Related{r}
}

// eachStep visits the new steps of a landing.
func (p *pass) eachStep(visit func(c *timeline.CaseChange, s *timeline.Step)) {
	for _, c := range p.Cases {
		for _, s := range c.Steps {
			visit(c, s)
		}
	}
}

// touches says whether the landing changes anything below patches/.
func (p *pass) touches() bool { return len(p.Cases)+len(p.Stray) > 0 }

// at makes a place in a file.
func at(name string, pos schema.Pos) finding.Place {
	return finding.Place{Path: name, Line: pos.Line, Column: pos.Column}
}

// path makes a place of a file.
func path(name string) finding.Place { return finding.Place{Path: name} }

// commitPlace makes a place of a commit.
func commitPlace(c *timeline.Commit) finding.Place { return finding.Place{Commit: string(c.ID)} }
