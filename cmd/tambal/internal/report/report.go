// Package report owns the formal document: the model of a case's implementation
// report, the words it is put in, and one writer per format.
//
// New turns a case of the timeline and its findings into a Report: first the
// facts, the same in every language, then sections of blocks made from them in
// one language. Writers know blocks only. The package must not judge, and must
// not know Git, a forge or a clock: equal input gives equal bytes.
//
// To add a format, add one file with its write function and one line in writers.
// To add a part to the document, add a function that returns a Section and name
// it in compose or in annexes; its words go to package text under "report.".
package report

import (
	"fmt"
	"io"
	"slices"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/prose"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
	"github.com/tambal-id/tambal/cmd/tambal/internal/timeline"
	"github.com/tambal-id/tambal/policies"
	"github.com/tambal-id/tambal/schema"
)

// APIVersion names the shape of a report as JSON.
const APIVersion = "tambal/report/v1"

// Document kinds: what may be told of a case depends on how far it came.
const (
	Implementation = "implementation-report" // the patch was implemented, and reported or closed
	ClosingNote    = "closing-note"          // closed without implementation
	Progress       = "progress-report"       // still open
)

// Report is one document: facts, and the sections that tell them in Lang.
type Report struct {
	APIVersion string    `json:"apiVersion"`
	Document   string    `json:"document"`
	Lang       text.Lang `json:"lang"`

	Case            Case            `json:"case"`
	SOP             SOP             `json:"sop"`
	Steps           []Step          `json:"steps"`
	Systems         []System        `json:"systems"`
	Vulnerabilities []Vulnerability `json:"vulnerabilities"`
	Approval        *Decision       `json:"approval"`
	Files           []File          `json:"files"`
	Trail           Trail           `json:"trail"`
	Findings        []Finding       `json:"findings"`
	// OtherFindings is 0: whoever makes a report hands it the findings of the case
	// only. Readers of the JSON may look for the field.
	OtherFindings int `json:"otherFindings"`

	Head       Head        `json:"head"`
	Sections   []Section   `json:"sections"`
	Signatures []Signature `json:"signatures"`
	Annexes    []Section   `json:"annexes"`
}

// draft is a report in the making, with the sources its words are taken from.
type draft struct {
	*Report
	voice
	t      *timeline.Timeline
	c      *timeline.Case
	policy *policies.Policy // at the case's last landing; nil when unusable
	// then is where the report of a closed case would have been made, had the
	// check found no error since and lifted none.
	then          string
	since, lifted []string
}

// New makes the report of one case from what the timeline says of it, and from
// the findings that are about it.
func New(t *timeline.Timeline, c *timeline.Case, findings []finding.Finding, lang text.Lang) *Report {
	d := newDraft(t, c, findings, lang)
	d.compose()
	return d.Report
}

func newDraft(t *timeline.Timeline, c *timeline.Case, findings []finding.Finding, lang text.Lang) *draft {
	d := &draft{Report: &Report{APIVersion: APIVersion, Lang: lang}, t: t, c: c, policy: policyOf(t, c)}
	d.voice = voice{prose.NewVoice(lang, d.policy)}
	d.collect(findings)
	return d
}

// policyOf returns the policy that the case was last judged by.
func policyOf(t *timeline.Timeline, c *timeline.Case) *policies.Policy {
	for _, s := range slices.Backward(c.Steps) {
		if l := s.Landing; l != nil && l.Policy != nil {
			return l.Policy
		}
	}
	return t.Policy
}

// body returns the typed body of the last step of that name; an empty one, and
// false, without one.
func body[T any](c *timeline.Case, item string) (*T, bool) {
	if s := c.Step(item); s != nil {
		if b, ok := s.Item.Body.(*T); ok {
			return b, true
		}
	}
	return new(T), false
}

// document says which kind of document the case gives.
func document(c *timeline.Case) string {
	implemented := c.Step(schema.ItemImplementation) != nil
	switch {
	case implemented && (c.Step(schema.ItemReport) != nil || c.Outcome() != ""):
		return Implementation
	case c.Outcome() != "":
		return ClosingNote
	}
	return Progress
}

// format is one way to write a report.
type format struct {
	name  string
	write func(io.Writer, *Report) error
}

// writers is the table of formats; nothing writes to it.
var writers = []format{
	{"md", writeMarkdown},
	{"html", writeHTML},
	{"json", writeJSON},
}

// Formats returns the names of the formats that Write knows.
func Formats() []string {
	var names []string
	for _, f := range writers {
		names = append(names, f.name)
	}
	return names
}

// Write writes the report in one of Formats.
func Write(w io.Writer, r *Report, name string) error {
	i := slices.Index(Formats(), name)
	if i < 0 {
		return fmt.Errorf("report format %q is none of %v", name, Formats())
	}
	if err := writers[i].write(w, r); err != nil {
		return fmt.Errorf("write report of %s as %s: %w", r.Case.ID, name, err)
	}
	return nil
}
