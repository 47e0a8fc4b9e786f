package decision

import (
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/signature"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
	"github.com/tambal-id/tambal/policies"
	"github.com/tambal-id/tambal/schema"
)

// Disposition is what the approver adds to yes or no, in his own words.
type Disposition struct {
	Reject                    bool
	Text                      string // "" takes the standard words
	Conditions                []string
	Agenda, Nature, ActingFor string
}

// Decision is the word of the item: approved or rejected.
func (d Disposition) Decision() string {
	if d.Reject {
		return schema.DecisionRejected
	}
	return schema.DecisionApproved
}

// Sign returns the fields of the approval item that a person signs, signature
// included. The statement names the matter's own subject, policy and anchor.
func (m Matter) Sign(by *policies.Person, d Disposition, signer *signature.Signer, lang text.Lang) (map[string]any, error) {
	item := schema.Approval{
		Decision: d.Decision(), By: by.ID, At: m.When.In(m.Policy.Calendar.Location()).Format(time.RFC3339),
		Disposition: d.Text, Conditions: d.Conditions, AgendaNo: d.Agenda, Nature: d.Nature, ActingFor: d.ActingFor,
		Subject: SubjectOf(m.Subject), Policy: m.Policy.Digest,
	}
	if item.Disposition == "" {
		item.Disposition = standardWords(item.Decision, lang)
	}
	fields, err := schema.Value(item)
	if err != nil {
		return nil, err
	}
	message, err := StatementFor(m.Root, m.Case, &item, fields)
	if err != nil {
		return nil, err
	}
	fields["signature"], err = signer.Sign(signature.ApprovalNamespace, message)
	return fields, err
}
