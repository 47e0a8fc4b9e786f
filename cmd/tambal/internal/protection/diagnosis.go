package protection

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/forge"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
)

// Diagnosis is what doctor has to say.
type Diagnosis struct {
	Settings   forge.Settings
	Prevention Prevention
	Findings   []finding.Finding
}

// Diagnose looks for every gap.
func Diagnose(f *Facts) *Diagnosis {
	d := &Diagnosis{f.settings, f.prevention(), examine(f, All)}
	finding.Sort(d.Findings)
	return d
}

// Verdict judges the findings.
func (d *Diagnosis) Verdict() finding.Verdict { return finding.Judge(d.Findings) }

// WriteText says first what the plan allows, then gap by gap.
func (d *Diagnosis) WriteText(w io.Writer, l text.Lang) error {
	code, args := headline(d.Settings)
	head := l.Say(code, args...) + "\n" + l.Say("doctor.prevention."+string(d.Prevention))
	if _, err := fmt.Fprintln(w, head); err != nil {
		return err
	}
	rest := slices.Clone(d.Findings)
	isPlan := func(f finding.Finding) bool { return f.Rule == "plan-no-rules" }
	if i := slices.IndexFunc(rest, isPlan); i > 0 {
		plan := rest[i]
		rest = slices.Insert(slices.Delete(rest, i, i+1), 0, plan)
	}
	if err := finding.WriteFindings(w, rest, false, l); err != nil {
		return err
	}
	count := map[finding.Severity]int{}
	for _, f := range d.Findings {
		count[f.Severity]++
	}
	end := l.Say("doctor.verdict."+string(d.Verdict()), count[finding.Error], count[finding.Undecided], count[finding.Warning], count[finding.Notice])
	_, err := fmt.Fprintln(w, end)
	return err
}

// headline is the sentence that names the repository.
func headline(s forge.Settings) (code string, args []any) {
	visible := "doctor.public"
	if s.Private {
		visible = "doctor.private"
	}
	return "doctor.head", []any{s.FullName, text.Phrase{Code: visible}, s.DefaultBranch}
}

// DoctorResult is a diagnosis in the shape tambal/doctor/v1.
type DoctorResult struct {
	APIVersion string          `json:"apiVersion"`
	Verdict    finding.Verdict `json:"verdict"`
	Repository string          `json:"repository"`
	Branch     string          `json:"branch"`
	Private    bool            `json:"private"`
	Prevention Prevention      `json:"prevention"`
	Gaps       []GapResult     `json:"gaps"`
}

// GapResult is one finding of it.
type GapResult struct {
	ID       string           `json:"id"`
	Severity finding.Severity `json:"severity"`
	Where    string           `json:"where"` // the pages to click through, or a file
	Line     int              `json:"line,omitempty"`
	Column   int              `json:"column,omitempty"`
	Message  string           `json:"message"`
	Hint     string           `json:"hint,omitempty"`
}

// Result is the diagnosis for machines; the sentences follow l.
func (d *Diagnosis) Result(l text.Lang) *DoctorResult {
	out := &DoctorResult{
		APIVersion: "tambal/doctor/v1", Verdict: d.Verdict(), Repository: d.Settings.FullName,
		Branch: d.Settings.DefaultBranch, Private: d.Settings.Private, Prevention: d.Prevention, Gaps: []GapResult{},
	}
	for _, f := range d.Findings {
		out.Gaps = append(out.Gaps, GapResult{f.Rule, f.Severity, strings.ToValidUTF8(f.Path, "\uFFFD"), f.Line, f.Column, f.Message(l), f.Hint(l)})
	}
	return out
}
