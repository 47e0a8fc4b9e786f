package gate

import (
	"github.com/tambal-id/tambal/cmd/tambal/internal/decision"
	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
	"github.com/tambal-id/tambal/schema"
)

// Recordable returns the review that a record of the decision should hold, and
// whether a record of it stands on the branch already.
func (p *PullRequest) Recordable() (o *decision.Opinion, recorded bool) {
	c := p.Change()
	if c == nil {
		return nil, false
	}
	return c.Recordable, c.Recorded
}

// Blocking keeps what is wrong beyond the missing, or outdated, record.
func (p *PullRequest) Blocking() (list []finding.Finding) {
	for _, f := range p.Result.Findings {
		switch {
		case f.Severity != finding.Error && f.Severity != finding.Undecided:
		case f.Rule == "approval-stale", f.Rule == "approval-forged", f.Code == "step-order.refused-open",
			f.Rule == "approval-unconfirmed" && f.Code != "approval-unconfirmed.odd": // about the record that is replaced
		default:
			list = append(list, f)
		}
	}
	return list
}

// Decision is the record that a review of the pull request's case amounts to.
func (p *PullRequest) Decision(o *decision.Opinion) schema.Approval {
	l := p.Landing()
	return decision.Record(&l.Request.Request, o, p.Change().Subject(), l.Policy.Calendar.Location(), text.Indonesian)
}

// Recorded is the manifest with the record of a review at its end.
func (p *PullRequest) Recorded(o *decision.Opinion) ([]byte, error) {
	item, err := schema.Value(p.Decision(o))
	if err != nil {
		return nil, err
	}
	c := p.Change()
	return schema.AppendFile(c.Path, c.Subject(), schema.ItemApproval, item)
}
