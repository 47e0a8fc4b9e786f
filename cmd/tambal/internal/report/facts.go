package report

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"github.com/tambal-id/tambal/cmd/tambal/internal/decision"
	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/timeline"
	"github.com/tambal-id/tambal/policies"
	"github.com/tambal-id/tambal/schema"
)

// Case is what the document is about. State is the last step, Outcome the
// closure's outcome or "".
type Case struct {
	ID      string `json:"id"`
	Title   string `json:"title"`
	RetryOf string `json:"retryOf,omitempty"`
	State   string `json:"state"`
	Outcome string `json:"outcome"`
}

// SOP is the procedure the case was judged by. ApprovedOn is a day.
type SOP struct {
	Number     string          `json:"number"`
	Title      string          `json:"title"`
	ApprovedOn string          `json:"approvedOn"`
	LegalBasis []string        `json:"legalBasis"`
	Office     policies.Office `json:"office"`
}

// Person is somebody named by a commit or an approval. Listed is false for an
// address that the policy does not know; Email is given only then. Role is the
// role of the step that the person held, Acting "Plh." or "Plt.".
type Person struct {
	ID     string `json:"id,omitempty"`
	Name   string `json:"name"`
	Title  string `json:"title,omitempty"`
	Email  string `json:"email,omitempty"`
	Role   string `json:"role,omitempty"`
	Acting string `json:"acting,omitempty"`
	Listed bool   `json:"listed"`
}

// Step is one item of the manifest. Times are RFC 3339; Stated says that the
// item gives them itself, otherwise they are the dates of commits. Identity is
// "signed" when the person's key signed the commit, "claimed" otherwise, "" for
// steps whose commits were not read. Item is the item as written.
type Step struct {
	Name         string         `json:"name"`
	No           string         `json:"no,omitempty"`
	By           Person         `json:"by"`
	With         []Person       `json:"with,omitempty"`
	StartedAt    string         `json:"startedAt,omitempty"`
	FinishedAt   string         `json:"finishedAt,omitempty"`
	Stated       bool           `json:"stated"`
	StandardTime string         `json:"standardTime,omitempty"` // as printed in the SOP
	Minutes      int            `json:"minutes"`
	WorkingDays  int            `json:"workingDays"`
	Over         bool           `json:"over"`
	Commit       string         `json:"commit,omitempty"`
	AuthoredAt   string         `json:"authoredAt,omitempty"`
	Identity     string         `json:"identity,omitempty"`
	Landing      string         `json:"landing,omitempty"` // "" while it has not landed
	LandedAt     string         `json:"landedAt,omitempty"`
	Evidence     []string       `json:"evidence,omitempty"`
	Corrections  []Correction   `json:"corrections,omitempty"`
	Item         map[string]any `json:"item"`

	from *timeline.Step
}

// Correction is a later remark on a step.
type Correction struct {
	By   Person `json:"by"`
	At   string `json:"at,omitempty"`
	Note string `json:"note"`
}

// Decision is the decision and how strongly it is proven.
type Decision struct {
	Decision      string `json:"decision"`
	By            Person `json:"by"`
	At            string `json:"at"`
	Strength      string `json:"strength"` // signed, confirmed, recorded or none
	SubjectBytes  int    `json:"subjectBytes"`
	SubjectSHA256 string `json:"subjectSha256"`
	SubjectFits   bool   `json:"subjectFits"`
	Capped        bool   `json:"capped,omitempty"`
	PolicyDiffers bool   `json:"policyDiffers,omitempty"`
	Fault         string `json:"fault,omitempty"` // text code
}

// Trail is what the document can be checked against. Digests are "sha256:…";
// OpenedPolicy is the policy at the case's first landing.
type Trail struct {
	Head         string `json:"head"`
	Anchor       string `json:"anchor"`
	Policy       string `json:"policy"`
	OpenedPolicy string `json:"openedPolicy"`
	CaseDigest   string `json:"caseDigest"` // of the manifest
}

// Finding is a finding of this case; Message and Hint are in the document's
// language.
type Finding struct {
	Rule     string `json:"rule"`
	Severity string `json:"severity"`
	Step     string `json:"step,omitempty"`
	Place    string `json:"place"`
	Message  string `json:"message"`
	Hint     string `json:"hint,omitempty"`
}

// collect fills the facts.
func (d *draft) collect(findings []finding.Finding) {
	c := d.c
	d.Document = document(c)
	d.Case = Case{ID: c.ID, Outcome: c.Outcome()}
	if last := c.Last(); last != nil {
		d.Case.State = last.Item.Name
	}
	if m := c.Manifest; m != nil {
		d.Case.Title, d.Case.RetryOf = m.Metadata.Title, m.Metadata.RetryOf
		d.Trail.CaseDigest = fmt.Sprintf("sha256:%x", sha256.Sum256(m.Data))
	}
	if d.policy != nil {
		p := d.policy.Procedure
		d.SOP = SOP{p.Number, p.Title, p.ApprovedOn, slices.Clone(p.LegalBasis), p.Office}
		d.Trail.Policy, d.Trail.OpenedPolicy = d.policy.Digest, d.policy.Digest
	}
	if len(c.Steps) > 0 && c.Steps[0].Landing != nil && c.Steps[0].Landing.Policy != nil {
		d.Trail.OpenedPolicy = c.Steps[0].Landing.Policy.Digest
	}
	if d.t.Tip != nil {
		d.Trail.Head = string(d.t.Tip.ID)
	}
	if d.t.Anchor != nil {
		d.Trail.Anchor = string(d.t.Anchor.ID)
	}
	d.Steps = []Step{}
	for _, s := range c.Steps {
		d.Steps = append(d.Steps, d.step(s))
	}
	d.correct()
	d.approval()
	d.collectFiles()
	d.collectSystems()
	d.collectFindings(findings)
	d.collectVulnerabilities()
}

func (d *draft) step(s *timeline.Step) Step {
	v := s.Span
	step := Step{
		Name: s.Item.Name, By: person(s, s.By()), Stated: v.Stated, WorkingDays: v.Days, Over: v.Over,
		StartedAt: d.stamp(v.Start), FinishedAt: d.stamp(v.End), Item: s.Item.Raw, from: s,
	}
	if !v.Start.IsZero() && v.End.After(v.Start) {
		step.Minutes = int(v.End.Sub(v.Start).Minutes())
	}
	if s.Row != nil {
		step.No, step.StandardTime = s.Row.DisplayNo, s.Row.PrintedTime
	}
	if s.Commit != nil {
		step.Commit, step.AuthoredAt = string(s.Commit.ID), d.stamp(s.Commit.Author.When)
	}
	if s.Landing != nil && s.Landing.Commit != nil {
		step.Landing, step.LandedAt = string(s.Landing.Commit.ID), d.stamp(s.Landing.When)
	}
	step.With, step.Identity = contributors(s, step.By)
	for _, e := range s.Item.Evidence() {
		step.Evidence = append(step.Evidence, e.Path)
	}
	return step
}

// contributors returns everybody else who wrote the step, each once, and
// whether the shown author's commit is signed with that person's key.
func contributors(s *timeline.Step, by Person) (with []Person, identity string) {
	seen := []Person{by}
	for _, con := range s.Contributions {
		if con.Commit == s.Commit {
			identity = policies.IdentityClaimed
			if con.Signer != nil && con.Signer == con.Author.Person {
				identity = policies.IdentitySigned
			}
		}
		for _, a := range append([]timeline.Actor{con.Author}, con.CoAuthors...) {
			p := person(s, a)
			same := func(q Person) bool { return p.ID == q.ID && p.Listed == q.Listed && (p.Listed || p.Email == q.Email) }
			if s.Decision == nil && !slices.ContainsFunc(seen, same) {
				seen, with = append(seen, p), append(with, p)
			}
		}
	}
	return with, identity
}

// person names an actor by the policy in force when the step landed.
func person(s *timeline.Step, a timeline.Actor) Person {
	if a.Person == nil {
		return Person{Name: a.Name, Email: a.Email}
	}
	p := Person{ID: a.Person.ID, Name: a.Person.Name, Title: a.Person.Title, Listed: true}
	if s.Row == nil || s.Landing == nil {
		return p
	}
	for _, held := range a.Person.RolesAt(s.Landing.When) {
		if slices.Contains(s.Row.Roles, held.Role) {
			p.Role, p.Acting = held.Role, held.Acting
			break
		}
	}
	return p
}

// correct hangs every correction on the step it points at.
func (d *draft) correct() {
	for _, s := range d.Steps {
		b, ok := s.from.Item.Body.(*schema.Correction)
		if !ok || d.c.Manifest == nil {
			continue
		}
		target := d.c.Manifest.Find(b.Of)
		for i := range d.Steps {
			if target != nil && d.Steps[i].from.Item.Index == target.Index {
				d.Steps[i].Corrections = append(d.Steps[i].Corrections, Correction{s.By, s.AuthoredAt, b.Note})
			}
		}
	}
}

func (d *draft) approval() {
	s := d.c.Decision()
	if s == nil {
		return
	}
	a := s.Decision
	d.Approval = &Decision{
		Decision: a.Decision, By: person(s, s.By()), At: a.At, Strength: string(a.Strength),
		SubjectBytes: a.Subject.Bytes, SubjectSHA256: a.Subject.SHA256, SubjectFits: a.SubjectFits && !a.Moved,
		Capped: a.State == decision.Suspected, PolicyDiffers: a.PolicyDiffers, Fault: a.Fault().Code,
	}
}

func (d *draft) collectFindings(own []finding.Finding) {
	own = slices.Clone(own)
	finding.Sort(own)
	d.Findings = []Finding{}
	for i := range own {
		f := &own[i]
		d.Findings = append(d.Findings, Finding{f.Rule, string(f.Severity), f.Step, f.Place.String(), d.withReason(f), f.Hint(d.Lang)})
	}
}

// withReason adds to a finding's sentence why its severity was lowered: an
// excepted error must not read like a mere remark.
func (d *draft) withReason(f *finding.Finding) string {
	message := f.Message(d.Lang)
	for _, r := range f.Related {
		if strings.HasPrefix(r.Code, "finding.excepted") {
			message = lines(message, d.Lang.Say(r.Code, r.Args...))
		}
	}
	return message
}
