package report

import (
	"slices"
	"strings"

	"github.com/tambal-id/tambal/cmd/tambal/internal/decision"
	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
	"github.com/tambal-id/tambal/cmd/tambal/internal/timeline"
	"github.com/tambal-id/tambal/schema"
)

// acknowledged says whether the officer who decided may be asked to sign: the
// decision is proven and the check found no error on it.
func (d *draft) acknowledged() bool {
	return d.Approval != nil && d.Approval.Strength != string(decision.None) && d.doubts() == nil
}

// unacknowledged says why the document has no line for that officer's signature.
func (d *draft) unacknowledged() []Block {
	if d.Approval == nil || d.acknowledged() {
		return nil
	}
	if doubts := d.doubts(); doubts != nil {
		return list(d.say("unacknowledged.errors"), doubts)
	}
	return paragraph(d.say("unacknowledged"))
}

// doubts are the errors on the decision, or on what was decided, in the words of
// the check.
func (d *draft) doubts() []string { return errorsOf(d.Findings, d.onDecision) }

// errorsOf returns the messages of those errors in a list.
func errorsOf(list []Finding, are func(Finding) bool) (messages []string) {
	for _, f := range list {
		if f.Severity == string(finding.Error) && are(f) {
			messages = append(messages, f.Message)
		}
	}
	return messages
}

// onDecision says whether a finding is about the decision itself, or takes away
// the text and the files that were decided on. An error of somebody else's step
// leaves the decision as it is.
func (d *draft) onDecision(f Finding) bool {
	if step, _, ok := d.lost(f); ok {
		return !d.behindDecision(step)
	}
	return f.Rule == "case-deleted" || f.Rule == "case-moved" || f.Step == schema.ItemApproval || strings.HasPrefix(f.Rule, "approval-")
}

// lost returns what, by a finding, is no longer as it landed: a step, or the place
// of a file and the step that lists it. It returns nothing for other findings.
func (d *draft) lost(f Finding) (step, file string, ok bool) {
	switch f.Rule {
	case "step-changed":
		return f.Step, "", true
	case "evidence-missing", "evidence-digest", "evidence-mode":
		return d.stepOf(f), f.Place, true
	}
	return "", "", false
}

// stepOf returns the step a finding names, or the one that lists the file it is
// about; "" when it names neither.
func (d *draft) stepOf(f Finding) string {
	for _, file := range d.Files {
		if f.Step == "" && f.Place == d.c.Dir+"/"+file.Path {
			return file.Step
		}
	}
	return f.Step
}

// behindDecision says whether all items of that name come after the decision.
// A name that no item has is in doubt: it may be the header's.
func (d *draft) behindDecision(name string) bool {
	decided, named := d.c.Decision().Item.Index, func(s Step) bool { return s.Name == name }
	first := slices.IndexFunc(d.Steps, named)
	return first >= 0 && d.Steps[first].from.Item.Index > decided
}

// Latest returns the report of a closed case that is valid today: then, which was
// made at a landing of the case itself, as long as the check of t finds the same
// errors in the case. Otherwise it makes the report from t, and that says what is new.
func Latest(then *Report, t *timeline.Timeline, c *timeline.Case, findings []finding.Finding, lang text.Lang) *Report {
	d := newDraft(t, c, findings, lang)
	d.then = then.Trail.Head
	d.since = errorsOf(d.Findings, func(f Finding) bool { return !slices.Contains(then.Findings, f) })
	d.lifted = errorsOf(then.Findings, func(f Finding) bool { return !slices.Contains(d.Findings, f) })
	if d.since == nil && d.lifted == nil {
		return then
	}
	d.compose()
	return d.Report
}

// today says why the report of a closed case was not made at the case's own last
// landing.
func (d *draft) today() []Block {
	return append(list(d.say("closing.since", short(d.then), short(d.Trail.Head)), d.since),
		list(d.say("closing.lifted", short(d.then), short(d.Trail.Head)), d.lifted)...)
}
