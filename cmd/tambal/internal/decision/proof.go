package decision

import (
	"errors"

	"github.com/tambal-id/tambal/cmd/tambal/internal/signature"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
	"github.com/tambal-id/tambal/policies"
	"github.com/tambal-id/tambal/schema"
)

// Strength says how a decision is proven.
type Strength string

// The strengths, strongest first.
const (
	Signed    Strength = "signed"    // the approver's own key
	Confirmed Strength = "confirmed" // the forge agrees now
	Recorded  Strength = "recorded"  // a landed record that nobody re-read
	None      Strength = "none"
)

var strengthRank = map[Strength]int{Signed: 3, Confirmed: 2, Recorded: 1}

// AtLeast says whether s is as strong as the policy's minimum.
func (s Strength) AtLeast(minimum string) bool {
	return strengthRank[s] >= strengthRank[Strength(minimum)]
}

// State is what became of a decision's proof: exactly one.
type State string

// The states. Where several would fit, the first of this list applies.
const (
	Forged       State = "forged"       // the signature is not the approver's
	Unsupported  State = "unsupported"  // the signature may be good, but cannot be judged here
	Contradicted State = "contradicted" // the forge says something else than the record
	Stale        State = "stale"        // given on something else than what lands
	Withdrawn    State = "withdrawn"    // dismissed, edited or overruled before it lands
	Unclear      State = "unclear"      // the forge says something nobody understands
	Changed      State = "changed"      // gone, edited, dismissed or overruled since it landed
	Suspected    State = "suspected"    // good, but keys or people may have been swapped unseen
	Unread       State = "unread"       // a record that was not compared with its review
	Proven       State = "proven"       // by the approver's key, or by the review as it stands now
)

// Verification is an approval item with what could be proven of it.
type Verification struct {
	*schema.Approval
	By     Person
	Signer *policies.Person // whose key made the signature; nil otherwise
	State  State
	Why    text.Phrase // what is in the way; zero for Suspected, Unread and Proven
	// Proof is what the signature or the review proves at the landing; the rules
	// compare it with the minimum. Strength is what remains of it in view of
	// everything known now (see [Approval.Settle]); nothing else says how strongly the
	// decision is proven.
	Proof, Strength Strength
	// Minimum is the weakest strength that counts: by the policy in force, or by
	// the last one that was proven.
	Minimum string
	// SubjectFits: the item binds exactly the bytes before it.
	SubjectFits bool
	// OtherAccount: the record names another account than its approver's.
	OtherAccount bool
	// PolicyDiffers: the signature names another policy than the one in force.
	PolicyDiffers bool
	// KeyLost: the signature is right, and its key was valid by the policy in force
	// when it landed; only since then is it called revoked or compromised.
	KeyLost bool
	// Moved: the decided text, or the decision itself, does not stand any more as
	// it landed.
	Moved bool

	landed schema.Subject // the manifest up to the end of the decision, as it landed
	unseen bool           // the reviewed commit is not here, so nobody compared what was reviewed
	reread bool           // the review was read again
}

// Fault says why the proof is not the approver's, whatever it says: the signature
// (Forged, Unsupported), or the account that a record names. Zero when it may be.
func (a *Verification) Fault() text.Phrase {
	switch {
	case a.State == Forged || a.State == Unsupported:
		return a.Why
	case a.OtherAccount:
		return text.Phrase{Code: "approval.other-account", Args: []any{a.Review.ReviewerID}}
	}
	return text.Phrase{}
}

// Given is what a clone shows of a recorded review and of the commit it says was
// reviewed.
type Given struct {
	Fit     Fit
	Changed []string // paths that differ, for FitContent
	// CountedFor is another case for which the same review was recorded already:
	// one review is one decision. "" when there is none.
	CountedFor string
}

// Settle gives a decision its strength, once the manifest is read to its end:
// none for a text that is not there, or that its reviewer did not see.
func (a *Verification) Settle(manifest []byte) {
	n := a.landed.Bytes
	a.Moved = n > len(manifest) || SubjectOf(manifest[:n]) != a.landed
	if a.Strength = a.Proof; !a.SubjectFits || a.Moved || a.State == Stale {
		a.Strength = None
	}
}

// Prove says what the proof of an approval item of a manifest amounts to at its
// landing. given is for records of a review; of a pending one whose pull request
// was asked for, a commit that cannot be had counts as another text.
func (m Matter) Prove(manifest []byte, item *schema.Item, given Given, asked bool) *Verification {
	a := item.Body.(*schema.Approval)
	out := &Verification{Approval: a, By: Person{Name: a.By}, Proof: None,
		SubjectFits: SubjectOf(manifest[:item.Start]) == a.Subject, landed: SubjectOf(manifest[:item.End])}
	if m.Policy != nil {
		if out.By.Listed = m.Policy.Team.ByID(a.By); out.By.Listed != nil {
			out.By.Name = out.By.Listed.Name
		}
		out.PolicyDiffers = a.Signature != "" && a.Policy != m.Policy.Digest
		out.Minimum = m.Policy.Procedure.Approval.Minimum
	}
	switch {
	case a.Signature != "":
		m.verify(out, item.Raw)
	case a.Review != nil:
		m.recorded(out, given, asked)
	}
	if m.Suspect {
		m.suspect(out)
	}
	return out
}

// recorded weighs a review's record before anybody reads the review again.
func (m Matter) recorded(a *Verification, given Given, asked bool) {
	a.State, a.Proof, a.unseen = Unread, Recorded, given.Fit == FitUnknown
	if given.CountedFor != "" {
		a.State, a.Proof, a.Why = Contradicted, None, text.Phrase{Code: "review.counted", Args: []any{a.Review.ID, given.CountedFor}}
		return
	}
	if who := a.By.Listed; who != nil && (who.GitHub == nil || who.GitHub.ID != a.Review.ReviewerID) {
		a.OtherAccount, a.Proof = true, None
	}
	if given.Fit == FitContent || given.Fit == FitUnknown && m.Pending && asked {
		a.State, a.Why = Stale, unfit(given.Fit, given.Changed)
	}
}

// suspect keeps what keys and people prove at the strength of a record. A
// minimum that was lowered together with the keys would let the forgery through,
// so the last proven policy's holds.
func (m Matter) suspect(a *Verification) {
	if a.Minimum = string(Signed); m.Proven != nil {
		a.Minimum = m.Proven.Procedure.Approval.Minimum
	}
	if a.Proof == None {
		return
	}
	a.Proof = Recorded
	if a.State == Proven || a.State == Unread {
		a.State = Suspected
	}
}

// verify checks the signature over the statement and whose key made it.
func (m Matter) verify(a *Verification, raw map[string]any) {
	message, err := StatementFor(m.Root, m.Case, a.Approval, raw)
	if err == nil {
		var key signature.Key
		if key, err = signature.Verify(signature.ApprovalNamespace, message, a.Signature); err == nil {
			m.owner(a, key)
			return
		}
	}
	if a.State, a.Why = Forged, Reason(err); errors.Is(err, signature.ErrUnsupported) {
		a.State = Unsupported
	}
}

// owner accepts a key only if the policy in force gives it to the person who is
// said to have decided, and it was valid when the decision landed.
func (m Matter) owner(a *Verification, key signature.Key) {
	a.State = Forged
	if m.Policy == nil {
		a.State = Unread // nobody can say whose key it is
		return
	}
	moments := Moments(m.When, m.Latest)
	person, state := m.Policy.Team.SignerAt(key.Fingerprint, m.Revoked, moments...)
	switch {
	case person == nil || person.ID == a.Approval.By && state != policies.KeyValid:
		a.Why = KeyFault(person, state)
		_, then := m.Policy.Team.SignerAt(key.Fingerprint, nil, moments...)
		a.KeyLost = person != nil && then == policies.KeyValid
	case person.ID != a.Approval.By:
		a.Why = text.Phrase{Code: "signature.other-person"}
	default:
		a.Signer, a.State, a.Proof = person, Proven, Signed
	}
}

// KeyFault says why a key identifies nobody: it is not listed (no person), or did not
// count at that moment. Zero for a valid key of somebody.
func KeyFault(person *policies.Person, state policies.KeyState) text.Phrase {
	switch {
	case person == nil:
		return text.Phrase{Code: "signature.unknown-key"}
	case state != policies.KeyValid:
		return text.Phrase{Code: "signature.key-" + string(state)}
	}
	return text.Phrase{}
}
