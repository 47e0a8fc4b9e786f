// Package decision owns SOP 4 (persetujuan) and nothing else: what text a
// decision binds, how it is signed or recorded from a review, what its proof
// amounts to, and what the reviews of a pull request say together.
//
// It is pure: it works on bytes, on the policy, and on small values of its own
// that package timeline fills from Git and from the forge. It must not know a
// commit, a tree or an HTTP answer, and it writes no sentences; a reason is a
// code with arguments ([text.Phrase]). Which of its answers breaks a rule is
// said by package rule. A new kind of proof is a case of [Matter.Prove], a new
// outcome of reading a record again is a [State] and a line in [Matter.Reread].
package decision

import (
	"bytes"
	"slices"
	"time"

	"github.com/tambal-id/tambal/policies"
	"github.com/tambal-id/tambal/schema"
)

// ClockSkew is how far two clocks may differ before a date counts as wrong.
const ClockSkew = 10 * time.Minute

// Matter is one case at one landing: what is decided on, and by which rules.
type Matter struct {
	Root    string           // anchor commit, 40 or 64 hex digits; "" when there is none
	Case    string           // SP-2026-0007
	Subject []byte           // the manifest up to the approval item
	Policy  *policies.Policy // in force at the landing; nil when unusable
	Revoked policies.Revoked // what is known of keys that were revoked; may be nil
	When    time.Time        // of the landing; the clock while it has not happened
	Latest  time.Time        // the latest date that had landed by then; zero when nobody looked
	Pending bool             // the landing has not happened
	// Suspect: an earlier change of the policy was not vouched for by anyone, so keys
	// and people may have been swapped; Proven is the last policy before that, nil
	// when there is none.
	Suspect bool
	Proven  *policies.Policy
	// TookPart says whether a person (by id) wrote anything of the case up to the
	// decision. Nil means that nobody did.
	TookPart func(person string) bool
}

// Person is who a decision names: as the policy lists him, else by the words
// that stand there.
type Person struct {
	Name   string
	Listed *policies.Person // nil for a name the policy does not list
}

// Awaits says whether the decision is the next step after these items.
func Awaits(p *policies.Policy, items []schema.Item) bool {
	if p == nil {
		return false
	}
	next := p.Procedure.Next(items)
	return len(next) > 0 && next[0].Step.Name == schema.ItemApproval
}

// Moments are the times at which whoever signs must be entitled, all of them: dates
// are claims, and one that goes back must not bring an old right back to life.
func Moments(when, latest time.Time) []time.Time {
	if latest.IsZero() || latest.Equal(when) {
		return []time.Time{when}
	}
	return []time.Time{when, latest}
}

// HeldBy says whether a person may decide at these moments, by the policy in force.
func HeldBy(p *policies.Policy, person *policies.Person, moments ...time.Time) bool {
	if p == nil || person == nil {
		return false
	}
	row := p.Procedure.Step(schema.ItemApproval)
	return row != nil && person.HoldsAny(row.Roles, moments...)
}

// FollowedByRecord says whether data is the subject, alone or with one approval
// item behind it: what comes after a record is not what a review was about.
func FollowedByRecord(data, subject []byte) bool {
	if !bytes.HasPrefix(data, subject) {
		return false
	}
	segments := schema.Segments(data)
	last := segments[len(segments)-1]
	return len(data) == len(subject) || last.Start == len(subject) && last.Name == schema.ItemApproval
}

// Subject returns what a decision on a manifest binds: the bytes before its
// first approval item among those from index first on, or all of it.
func Subject(data []byte, items []schema.Item, first int) []byte {
	i := slices.IndexFunc(items, func(it schema.Item) bool { return it.Index >= first && it.Name == schema.ItemApproval })
	if i < 0 {
		return data
	}
	return data[:items[i].Start]
}
