package decision

import (
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
	"github.com/tambal-id/tambal/policies"
	"github.com/tambal-id/tambal/schema"
)

// Word is what the reviews of a pull request amount to.
type Word string

// The words. Approved and Refused can be recorded; the others wait.
const (
	Open     Word = "open"     // nobody who may has decided on what is there
	Returned Word = "returned" // to be revised in the same pull request
	Split    Word = "split"    // two holders of the role say opposite things
	Approved Word = "approved"
	Refused  Word = "refused"
)

// Verdict is what the reviews say together: the one review that counts, if any,
// and the names of who said it and, for Split, of who said the opposite.
type Verdict struct {
	Word      Word
	Opinion   *Opinion // nil for Open and Split
	By, Other string
}

// Weigh reads the opinions on a matter that waits in a pull request (SOP 4). One
// approval by a holder of the role who took no part is enough; any present
// holder's "Request changes" blocks it until taken back.
func (m Matter) Weigh(all *Opinions) Verdict {
	v := Verdict{Word: Open}
	if all == nil || m.Policy == nil {
		return v
	}
	var no *Opinion
	for _, o := range all.Latest {
		switch {
		case o.State == ReviewObjects && HeldBy(m.Policy, o.Person, m.When):
			no = o
		case o.State == ReviewApproves && m.counts(all, o):
			v = Verdict{Word: Approved, Opinion: o, By: o.Person.Name}
		}
	}
	if no == nil {
		return v
	}
	switch name := no.Person.Name; {
	case v.Word == Approved:
		return Verdict{Word: Split, By: v.By, Other: name}
	case no.Refuses() && m.counts(all, no):
		return Verdict{Word: Refused, Opinion: no, By: name}
	default:
		return Verdict{Word: Returned, Opinion: no, By: name}
	}
}

// counts says whether a review can be the decision: by a person who held the
// role when handing it in and took no part, on exactly what is there now.
func (m Matter) counts(all *Opinions, o *Opinion) bool {
	if o.Author.Bot || o.Fit != Fits || !HeldBy(m.Policy, o.Person, o.SubmittedAt) || o.SubmittedAt.After(m.When.Add(ClockSkew)) {
		return false
	}
	tookPart := all.Author == o.Person || m.TookPart != nil && m.TookPart(o.Person.ID)
	return !tookPart || !m.Policy.Procedure.Separation.ApproverNotAuthor
}

// Recordable returns the review that a record of the decision should hold; nil
// when there is none, or when approvals hold a decision that stands already.
func (m Matter) Recordable(all *Opinions, approvals []*Verification) (o *Opinion, recorded bool) {
	for _, a := range approvals {
		if a.Signature != "" || a.agreed() {
			return nil, true
		}
	}
	v := m.Weigh(all)
	if v.Word != Approved && v.Word != Refused {
		return nil, false
	}
	read, _ := schema.Parse(m.Subject)
	if read == nil || !Awaits(m.Policy, read.Items) {
		return nil, false
	}
	return v.Opinion, false
}

// Entitled finds the owner of a key who may decide on the matter now, and
// refuses early what check would refuse later: a key nobody listed, a person
// without the role. The person is nil then, and the phrase says why. That the
// person took no part is asked of the caller, who knows the commit.
func (m Matter) Entitled(fingerprint string) (*policies.Person, text.Phrase) {
	moments := Moments(m.When, m.Latest)
	person, state := m.Policy.Team.SignerAt(fingerprint, m.Revoked, moments...)
	if person == nil {
		return nil, text.Phrase{Code: "approve.unknown-key", Args: []any{fingerprint}}
	}
	if state != policies.KeyValid {
		return nil, text.Phrase{Code: "approve.key-state", Args: []any{person.Name, string(state)}}
	}
	if !HeldBy(m.Policy, person, moments...) {
		roles := m.Policy.Procedure.Step(schema.ItemApproval).Roles
		return nil, text.Phrase{Code: "approve.role", Args: []any{person.Name, roles}}
	}
	return person, text.Phrase{}
}
