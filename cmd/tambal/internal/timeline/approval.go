package timeline

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"

	"github.com/tambal-id/tambal/cmd/tambal/internal/history"
	"github.com/tambal-id/tambal/cmd/tambal/internal/signature"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
	"github.com/tambal-id/tambal/policies"
	"github.com/tambal-id/tambal/schema"
)

// Strength says how an approval is proven.
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

// Approval is an approval item with what could be proven of it.
type Approval struct {
	*schema.Approval
	By Actor
	// SubjectFits: the item's subject is exactly the bytes before it.
	SubjectFits bool
	// Signer is whose key made the signature; nil for a review, or when Fault
	// says why the signature or review proves nothing. Unsupported marks a fault that is
	// ours: the signature may be good.
	Signer      *policies.Person
	Fault       text.Phrase
	Unsupported bool
	// PolicyDiffers: the signature names another policy than the one in force.
	PolicyDiffers bool
	// Capped: whatever the proof, keys or people may have been swapped by a policy landing that nobody proved.
	Capped bool
	// Unseen: the reviewed commit is not here, so nobody compared what was reviewed.
	Unseen bool
	// Moved: the decided text, or the decision itself, does not stand any more as
	// it landed.
	Moved bool
	// Proof is what the signature or the review proved when it landed; the rules
	// compare it with the minimum. Strength is what is left of it with everything
	// that is known now: the one answer to how strongly the decision is proven.
	Proof, Strength Strength
	// Recheck is what reading a recorded review again gave, Why what is in the way.
	Recheck Recheck
	Why     text.Phrase
	// Minimum is the weakest strength that counts: by the policy in force, or the
	// last one that was proven.
	Minimum string
	landed  schema.Subject // the manifest up to the end of the decision, as it landed
}

// approval verifies one approval item at its landing.
func (b *builder) approval(c *CaseChange, s *Step, body *schema.Approval) (*Approval, error) {
	a := &Approval{Approval: body, By: Actor{Name: body.By}, Proof: None}
	l := c.Landing
	if l.Policy != nil {
		if a.By.Person = l.Policy.Team.ByID(body.By); a.By.Person != nil {
			a.By.Name = a.By.Person.Name
		}
		a.PolicyDiffers = body.Signature != "" && body.Policy != l.Policy.Digest
	}
	a.SubjectFits = SubjectOf(c.AfterData[:s.Item.Start]) == body.Subject
	a.landed = SubjectOf(c.AfterData[:s.Item.End])
	switch {
	case body.Signature != "":
		a.verify(b, c, s)
	case body.Review != nil:
		a.Proof = Recorded
		if who := a.By.Person; who != nil && (who.GitHub == nil || who.GitHub.ID != body.Review.ReviewerID) {
			a.Fault, a.Proof = text.Phrase{Code: "approval.other-account", Args: []any{body.Review.ReviewerID}}, None
		}
		fit, changed, err := b.fit(c, c.AfterData[:s.Item.Start], history.ID(body.Review.Commit))
		if err != nil {
			return nil, err
		}
		a.Unseen = fit == FitUnknown
		if fit == FitContent || fit == FitUnknown && l.Pending && b.facts.Pull != nil {
			a.Recheck, a.Why = Stale, whyUnfit(fit, changed)
		}
	}
	if l.Policy != nil {
		a.Minimum = l.Policy.Procedure.Approval.Minimum
	}
	if b.capped {
		// A minimum lowered together with the keys would let the forgery through.
		if a.Minimum = string(Signed); b.line.Proven != nil {
			a.Minimum = b.line.Proven.Procedure.Approval.Minimum
		}
		if a.Capped = a.Proof != None; a.Capped {
			a.Proof = Recorded
		}
	}
	return a, nil
}

func (a *Approval) verify(b *builder, c *CaseChange, s *Step) {
	root := ""
	if b.line.Anchor != nil {
		root = string(b.line.Anchor.ID)
	}
	message, err := StatementFor(root, c.After.Metadata.ID, a.Approval, s.Item.Raw)
	if err == nil {
		var key signature.Key
		if key, err = signature.Verify(signature.ApprovalNamespace, message, a.Signature); err == nil {
			a.owner(c.Landing, key)
			return
		}
	}
	a.Fault = asPhrase(err)
	a.Unsupported = errors.Is(err, signature.ErrUnsupported)
}

// owner accepts a key only if the policy in force gives it to the person who is
// said to have decided, and it was valid when the decision landed.
func (a *Approval) owner(l *Landing, key signature.Key) {
	if l.Policy == nil {
		return
	}
	person, known := l.Policy.Team.ByKey(key.Fingerprint)
	switch {
	case person == nil:
		a.Fault = text.Phrase{Code: "signature.unknown-key"}
	case person.ID != a.Approval.By:
		a.Fault = text.Phrase{Code: "signature.other-person"}
	case keyState(l, known) != policies.KeyValid:
		a.Fault = text.Phrase{Code: "signature.key-" + string(keyState(l, known))}
	default:
		a.Signer, a.Proof = person, Signed
	}
}

// settle gives every decision of a case its strength, once the case is read to
// its end.
func (c *Case) settle() {
	for _, s := range c.Steps {
		if a := s.Approval; a != nil {
			n := a.landed.Bytes
			a.Moved = n > len(c.Data) || SubjectOf(c.Data[:n]) != a.landed
			a.settle()
		}
	}
}

// settle takes the proof away from a decision on a text that is not there, or
// that its reviewer did not see.
func (a *Approval) settle() {
	a.Strength = a.Proof
	if !a.SubjectFits || a.Moved || a.Recheck == Stale {
		a.Strength = None
	}
}

// keyState judges a key at the landing by the policy in force then, and by what
// today's policy says of its revocation: a key that turns out to have been
// stolen proves nothing since, also in what has landed.
func keyState(l *Landing, known *policies.Key) policies.KeyState {
	state := known.ValidAt(l.When)
	if state != policies.KeyValid || l.Timeline.Policy == nil {
		return state
	}
	if _, today := l.Timeline.Policy.Team.ByKey(known.Fingerprint); today != nil && today.Revoked != nil {
		if now := today.ValidAt(l.When); now == policies.KeyRevoked || now == policies.KeyCompromised {
			return now
		}
	}
	return policies.KeyValid
}

// SubjectOf returns the subject that binds an approval to a manifest's bytes.
func SubjectOf(data []byte) schema.Subject {
	sum := sha256.Sum256(data)
	return schema.Subject{Bytes: len(data), SHA256: hex.EncodeToString(sum[:])}
}

// StatementFor returns the bytes an approver signs: everything the decision
// depends on. root is the anchor commit's id, raw the approval item as JSON
// value (its signature, if any, is left out).
func StatementFor(root, id string, a *schema.Approval, raw map[string]any) ([]byte, error) {
	item, err := canonical(raw)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(item)
	return signature.Statement{
		Root: root, Case: id, Decision: a.Decision, By: a.By, At: a.At,
		SubjectBytes: a.Subject.Bytes, SubjectSHA256: a.Subject.SHA256,
		PolicySHA256: strings.TrimPrefix(a.Policy, "sha256:"), ItemSHA256: hex.EncodeToString(sum[:]),
	}.Bytes()
}

// canonical is JSON with sorted keys, no spaces and no HTML escaping, without
// the signature.
func canonical(raw map[string]any) ([]byte, error) {
	unsigned := map[string]any{}
	for k, v := range raw {
		if k != "signature" {
			unsigned[k] = v
		}
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	err := enc.Encode(unsigned)
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), err
}

// asPhrase returns the sentence that an error carries.
func asPhrase(err error) text.Phrase {
	var coded *signature.Error
	if errors.As(err, &coded) {
		return text.Phrase{Code: coded.Code, Args: coded.Args}
	}
	return text.Phrase{Code: err.Error()}
}
