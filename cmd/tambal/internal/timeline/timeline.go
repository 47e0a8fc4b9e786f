// Package timeline is the join: who did which step of which case, when, in
// which commit and landing, approved by whom and how strongly proven, and how
// long it took against the standard.
//
// It holds facts only: what Git, the manifests, the policy and the evidence say,
// and what package decision makes of an approval. Which fact breaks a rule is
// said by package rule. What must be known of the whole line first is learnt in
// standing.go; then it is built in phases that return values, each in its own
// file: the landing (build.go), its policy (policyline.go), the case (case.go),
// who wrote it (authorship.go), its evidence (files.go), its decision
// (approval.go). What only the forge knows is asked for when a phase needs it,
// through [Forge]. A new fact is a field here, filled in the file of its phase.
package timeline

import (
	"cmp"
	"strings"
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/decision"
	"github.com/tambal-id/tambal/cmd/tambal/internal/evidence"
	"github.com/tambal-id/tambal/cmd/tambal/internal/landing"
	"github.com/tambal-id/tambal/cmd/tambal/internal/signature"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
	"github.com/tambal-id/tambal/policies"
	"github.com/tambal-id/tambal/schema"
)

// Timeline is a history read as a procedure.
type Timeline struct {
	Anchor   *Commit // first commit of the line that holds the policy; nil when none does
	Tip      *Commit
	Policy   *policies.Policy // in force at the tip; nil when unusable
	Landings []*Landing       // judged ones: the anchor and what follows, or the one pending
	Cases    []*Case          // sorted by ID
	Now      time.Time
	// Proven is the last policy that was vouched for: the one in force at the
	// tip, or the one before the first landing that nobody proved.
	Proven *policies.Policy
	// Revoked is what the whole line knows of revoked keys.
	Revoked policies.Revoked

	earlier writers // before the anchor
	built   Options // how it was built, to build a part of it again
}

// Landing is one landing, or the pending one, with everything needed to judge it.
type Landing struct {
	Commit *Commit   // nil while the merge has not happened
	Base   *Commit   // first parent; nil for the root
	Head   *Commit   // second parent of a merge, or the pending head; nil otherwise
	Side   []Written // reachable from Head, not from Base; parents before children
	// Authors are the commits whose content the landing carries: Side, and the
	// landing commit itself where it alone answers for something.
	Authors []Written
	// Wrong are paths where the landed tree is not the one correct landing of
	// Base and Head; of a pending landing those that have none.
	Wrong []string
	// Foxtrot is a side commit that was itself a landing once, FoxtrotLike one that
	// looks like it; ForeignRoot one without parents, from an unrelated history. Nil
	// when there is none.
	Foxtrot, FoxtrotLike, ForeignRoot *Commit

	Timeline *Timeline
	Anchor   bool // the landing trust starts from
	Pending  bool
	// When is the committer date; the clock while pending. Latest is the latest
	// date of this landing and all before it. Keys and roles must hold at both.
	When, Latest time.Time
	// Clock is, of a pending landing, the latest date of all that have landed, also
	// where it lies in the future.
	Clock time.Time
	// Policy is the policy in force: the first parent's, its own at the anchor.
	// Nil when it cannot be used.
	Policy *policies.Policy
	// Next is the policy this landing puts in force; nil when it changes none.
	Next    *PolicyChange
	Cases   []*CaseChange
	Stray   []Change       // paths below patches/ that are no part of a case
	Twins   []landing.Twin // paths that some systems take for another one beside them
	Adopts  bool           // the anchor stands on cases that landed before it
	Mailmap bool           // the landed tree holds a .mailmap
	Gate    []string       // paths that change below .github/: what runs the check itself
	// Request is the pull request a pending landing waits in; nil where no forge
	// was asked.
	Request *Request
	// Contributions are the commits that wrote something of any case.
	Contributions []*Contribution

	place place
}

// Moments are the times at which keys and roles must hold, all of them.
func (l *Landing) Moments() []time.Time { return decision.Moments(l.When, l.Latest) }

// PolicyChange is a landing's new policy.
type PolicyChange struct {
	Policy        *policies.Policy // nil when unusable
	Problems      []policies.Problem
	Irregular     []Change // entries that are no plain files
	Contributions []*Contribution
	// Signed are the keys, by fingerprint, with which the landing, or every commit
	// that touches the policy, was signed: each of a policy owner by the old policy.
	// None where one of them was not.
	Signed []string
	// ReviewedBy is the policy owner, by the old policy, who approved exactly this
	// one in its pull request; nil where the forge was not asked.
	ReviewedBy *policies.Person
}

// Actor is an author, committer or co-author. Person is nil for an address that
// the policy does not list. Likely is then the person whose account's login the
// address names: it admits nobody, for a login may be renamed and taken, but it
// keeps that person from approving.
type Actor struct {
	Name, Email    string
	Person, Likely *policies.Person
}

// Contribution is a commit that wrote new items of a case, or a policy. Signer
// is the person whose key (a fingerprint) signed it; Fault says what is wrong with
// a signature that is there but identifies nobody. Earlier: the commit landed before,
// and its text was taken back in between.
type Contribution struct {
	Commit            *Commit
	Earlier           bool
	Author, Committer Actor
	CoAuthors         []Actor
	Steps             []*Step
	Signer            *policies.Person
	Key               string
	Fault             text.Phrase
}

// Unsupported says whether the commit's signature may be good but is of a kind
// that cannot be judged here.
func (c *Contribution) Unsupported() bool {
	return strings.HasPrefix(c.Fault.Code, string(signature.ErrUnsupported)+".")
}

// everybody returns all whom the commit names.
func (c *Contribution) everybody() []Actor {
	return append([]Actor{c.Author, c.Committer}, c.CoAuthors...)
}

// People returns the ids of everybody the commit names, likely ones too.
func (c *Contribution) People() []string {
	var ids []string
	for _, a := range c.everybody() {
		if who := cmp.Or(a.Person, a.Likely); who != nil {
			ids = append(ids, who.ID)
		}
	}
	return ids
}

// CaseChange is what a landing does to one case.
type CaseChange struct {
	Landing *Landing
	Case    *Case
	Dir, ID string // patches/2026/SP-2026-0007, SP-2026-0007
	Path    string // of the manifest
	Entry   Entry
	// Before and After are the manifests; nil when absent or not readable. The
	// data is there even when the manifest is not.
	Before, After         *schema.Manifest
	BeforeData, AfterData []byte
	Problems              []schema.Problem // of AfterData; of a pending landing also what a person would misread
	// Kept: the old bytes are a prefix of the new ones. SideKept: the pending
	// head keeps what had landed where it branched off. SameItems: the landed
	// items read the same.
	Kept, SideKept, SameItems bool
	// Behind: another landing added to this case since the head branched off.
	Behind  bool
	Steps   []*Step  // new items, in order
	Files   []Change // other paths of the case that change
	Lost    []string // paths that a side commit deleted
	RetryOf *Retry
	// Reviews are what the reviews of the pull request amount to; the zero Verdict
	// where no forge was asked. Recordable is the one that a record of the decision
	// should hold, nil when none can be; Recorded says that a decision stands on the
	// branch already.
	Reviews    decision.Verdict
	Recordable *decision.Opinion
	Recorded   bool
}

// Retry is the case that a new one says it follows.
type Retry struct {
	ID            string
	Found, Closed bool
}

// Step is an item in its place in history.
type Step struct {
	Item          *schema.Item
	Case          *Case
	Landing       *Landing // nil for items adopted with an older history
	Commit        *Commit  // first to hold the landed form; nil when adopted
	Contributions []*Contribution
	Decision      *decision.Verification // for approval items, as it stood at its landing
	Files         []*File                // listed evidence
	Proofs        []*Proof               // of an implementation: what its scans prove
	Span          Span
	Row           *policies.Step // row of the SOP; nil for corrections and unknown names
	Roles         []string       // who may add it, by the policy in force
}

// By returns who the step is shown under: the first contributor's author, or
// the approver.
func (s *Step) By() Actor {
	if s.Decision != nil {
		return Actor{Name: s.Decision.By.Name, Person: s.Decision.By.Listed}
	}
	for _, c := range s.Contributions {
		if c.Commit == s.Commit {
			return c.Author
		}
	}
	return Actor{}
}

// Span is how long a step took. Stated means that the item says so itself;
// otherwise the commits' dates are used, which include waiting.
type Span struct {
	Start, End time.Time
	Stated     bool
	Minutes    int // from Start to End
	Days       int // working days after Start's day up to End's
	Over       bool
}

// Case is one case, from its first landing to the last.
type Case struct {
	ID, Dir  string
	Manifest *schema.Manifest // as last landed; nil while none was readable
	Data     []byte           // the manifest's bytes as last landed, readable or not
	Steps    []*Step
	// unlisted are the commits that landed a file, by its path, before any item
	// listed it: the item that lists it later is their work too.
	unlisted map[string][]*Contribution
}

// File is one listed evidence file as it is in the landed tree.
type File struct {
	schema.Evidence
	Step  *Step
	Index int    // in the item's evidence list
	Path  string // from the repository's root
	Entry Entry
	Held  time.Time // of the first commit that holds it; zero when adopted
	Size  int
	State FileState
	Scan  *evidence.Scan  // when the format has a reader and the file could be read
	Fault *evidence.Error // why it could not
}

// FileState says whether a listed file is what the manifest says.
type FileState string

// The states of a listed file.
const (
	FileGood    FileState = ""
	FileMissing FileState = "missing"
	FileMode    FileState = "mode"
	FileDigest  FileState = "digest"
	FileEmpty   FileState = "empty"
	FileLarge   FileState = "large"
	FilePointer FileState = "pointer" // a large-file pointer stands in for the content
)
