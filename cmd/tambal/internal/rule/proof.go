package rule

import (
	"reflect"
	"strings"

	"github.com/tambal-id/tambal/cmd/tambal/internal/evidence"
	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/timeline"
	"github.com/tambal-id/tambal/schema"
)

// eachProof visits what the scans of implementations prove that claim success.
func (p *pass) eachProof(visit func(c *timeline.CaseChange, s *timeline.Step, v *timeline.Proof)) {
	p.eachStep(func(c *timeline.CaseChange, s *timeline.Step) {
		for _, v := range s.Claims() {
			visit(c, s, v)
		}
	})
}

// onFile reports about a scan after the change, once, however many
// vulnerabilities and systems it says the same of.
func (p *pass) onFile(c *timeline.CaseChange, s *timeline.Step, f *timeline.File, severity finding.Severity, code string, args ...any) {
	at := s.Item.At(field(f, "path")...)
	for _, old := range p.found {
		if old.Code == code && old.Case == c.ID && old.Place.Line == at.Line && reflect.DeepEqual(old.Args, args) {
			return
		}
	}
	p.reportStep(c, s, field(f, "path"), code, args...).Severity = severity
}

// vulnerabilityRemains: the scan after the change still shows what the case set
// out to remove.
func vulnerabilityRemains(p *pass) {
	p.eachProof(func(c *timeline.CaseChange, s *timeline.Step, v *timeline.Proof) {
		if v.Verdict == evidence.Remains {
			p.onFile(c, s, v.After, finding.Error, "vulnerability-remains", v.ID, v.Remaining[0].Package, v.Remaining[0].Installed, v.After.Path)
		}
	})
}

// vulnerabilityUnproven: absence proves something only in a scan that was read,
// made after the change with the same settings, against a scan of the same
// target that showed the vulnerability before. Written reasons are shown, not
// hidden.
func vulnerabilityUnproven(p *pass) {
	unreadBefore(p)
	p.eachProof(func(c *timeline.CaseChange, s *timeline.Step, v *timeline.Proof) {
		if v.Renamed && v.Reason != "" {
			p.onFile(c, s, v.After, finding.Notice, "vulnerability-unproven.target-reason", v.Before.Scan.Target, v.After.Scan.Target, v.Reason)
		}
		switch severity, code, args := asFinding(v); {
		case code == "":
		case v.Verdict == evidence.Unread && (v.After.State != timeline.FileGood || v.After.Fault != nil):
			// evidence-missing, -digest, -mode or -unreadable says what is wrong.
		default:
			p.onFile(c, s, v.After, severity, code, args...)
		}
	})
}

// asFinding says what a verdict is called among the findings; "" for those that
// are no matter of this rule.
func asFinding(v *timeline.Proof) (severity finding.Severity, code string, args []any) {
	severity, code = finding.Error, "vulnerability-unproven"
	switch v.Verdict {
	case evidence.Unread:
		if v.Reason != "" {
			return finding.Notice, code + ".unread-reason", []any{v.After.Path, v.After.Format, v.Reason}
		}
		return severity, code + ".unread", []any{v.After.Path, v.After.Format, strings.Join(evidence.Formats(), ", ")}
	case evidence.TooEarly:
		if v.Made.Equal(v.Limit) {
			return severity, code + ".same-date", []any{v.After.Path, stamp(v.Made), v.Before.Path}
		}
		return severity, code + ".older", []any{v.After.Path, stamp(v.Made), stamp(v.Limit)}
	case evidence.OtherTarget:
		return severity, code + ".target", []any{v.Before.Scan.Target, v.After.Scan.Target}
	case evidence.Hidden:
		if v.SameImage {
			return severity, code + ".same-image", []any{v.ID, v.After.Path, v.Before.Path}
		}
		return severity, code + ".hidden", []any{v.ID, v.After.Path, v.Hidden.Package, v.Hidden.Installed}
	case evidence.NotComparable:
		return severity, code + ".settings", []any{v.ID, v.After.Path, v.Before.Path}
	case evidence.NotLooked:
		if v.Reason != "" {
			severity = finding.Warning
		}
		return severity, code + ".kind", []any{v.ID, v.After.Path}
	case evidence.NotProven:
		if v.Before == nil {
			return severity, code + ".no-before", []any{v.After.Path}
		}
		return severity, code, []any{v.ID, v.Before.Path}
	case evidence.Undated:
		return finding.Warning, code + ".undated", []any{v.After.Path, stamp(v.Made), v.DateNote}
	}
	return severity, "", nil
}

// unreadBefore remarks scans before the change that no reader reads: nothing
// can be compared with them later.
func unreadBefore(p *pass) {
	p.eachFile(func(c *timeline.CaseChange, s *timeline.Step, f *timeline.File) {
		if f.Phase == schema.PhaseBefore && f.State == timeline.FileGood && f.Scan == nil && f.Fault == nil {
			p.onFile(c, s, f, finding.Notice, "vulnerability-unproven.unread-before", f.Path, f.Format, strings.Join(evidence.Formats(), ", "))
		}
	})
}
