package report

import (
	"slices"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
	"github.com/tambal-id/tambal/cmd/tambal/internal/timeline"
)

// Latest returns the report of a closed case that holds today: then, which was
// made at a landing of the case itself, as long as the check of t names the same
// errors of it. Otherwise it makes the report from t, which says what is new.
func Latest(then *Report, t *timeline.Timeline, c *timeline.Case, findings []finding.Finding, lang text.Lang) *Report {
	d := newDraft(t, c, findings, lang)
	d.then, d.since, d.lifted = then.Trail.Head, errorsBeside(d.Findings, then.Findings), errorsBeside(then.Findings, d.Findings)
	if d.since == nil && d.lifted == nil {
		return then
	}
	d.compose()
	return d.Report
}

// errorsBeside returns the messages of the errors in a list that another lacks.
func errorsBeside(list, other []Finding) (messages []string) {
	for _, f := range list {
		if f.Severity == string(finding.Error) && !slices.Contains(other, f) {
			messages = append(messages, f.Message)
		}
	}
	return messages
}
