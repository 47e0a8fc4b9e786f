package rule

import (
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/tambal-id/tambal/cmd/tambal/internal/evidence"
	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
	"github.com/tambal-id/tambal/cmd/tambal/internal/timeline"
	"github.com/tambal-id/tambal/schema"
)

func (p *pass) eachFile(visit func(c *timeline.CaseChange, s *timeline.Step, f *timeline.File)) {
	p.eachStep(func(c *timeline.CaseChange, s *timeline.Step) {
		for _, f := range s.Files {
			visit(c, s, f)
		}
	})
}

// field is the place of a listed file's field in its item.
func field(f *timeline.File, name string) []string {
	return []string{"evidence", strconv.Itoa(f.Index), name}
}

// evidenceMissing wants listed files to exist, landed ones to stay, and an
// implementation (SOP 6) to show a scan after the change and a SIEM extract, or
// to say why not.
func evidenceMissing(p *pass) {
	p.eachFile(func(c *timeline.CaseChange, s *timeline.Step, f *timeline.File) {
		if f.State == timeline.FileMissing {
			p.reportStep(c, s, field(f, "path"), "evidence-missing", f.Path)
		}
	})
	for _, c := range p.Cases {
		for _, ch := range c.Files {
			if ch.Before.Mode != "" && ch.After.Mode == "" {
				p.report(path(ch.Path), "evidence-missing.deleted", ch.Path).Case = c.ID
			}
		}
		for _, lost := range c.Lost {
			if lost != c.Path {
				p.report(path(lost), "evidence-missing.deleted", lost).Case = c.ID
			}
		}
	}
	p.eachStep(func(c *timeline.CaseChange, s *timeline.Step) {
		body, ok := s.Item.Body.(*schema.Implementation)
		if !ok {
			return
		}
		for _, need := range []struct{ phase, reason, code string }{
			{schema.PhaseAfter, body.WithoutScan, "scan"}, {schema.PhaseSIEM, body.WithoutSIEM, "siem"},
		} {
			has := slices.ContainsFunc(s.Item.Evidence(), func(e schema.Evidence) bool { return e.Phase == need.phase })
			switch {
			case !has && need.reason == "":
				p.reportStep(c, s, nil, "evidence-missing."+need.code)
			case !has:
				p.reportStep(c, s, nil, "evidence-missing.without-"+need.code, need.reason).Severity = finding.Notice
			case need.phase == schema.PhaseAfter:
				p.unscanned(c, s, need.reason)
			}
		}
	})
}

// unscanned reports each system that was patched and has no scan of its own after
// the change: the scan of one proves nothing about its neighbour. Where not one
// of them has any, the implementation shows no scan of what it did.
func (p *pass) unscanned(c *timeline.CaseChange, s *timeline.Step, reason string) {
	code := map[string]string{} // by system, "" once a scan names it
	severity := finding.Error
	var systems []string
	for _, v := range s.Claims() {
		if !slices.Contains(systems, v.System) {
			systems = append(systems, v.System)
			code[v.System] = "scan-of"
		}
		switch {
		case v.After == nil:
			continue
		case v.After.Of != "":
			code[v.System] = ""
		case code[v.System] != "":
			code[v.System] = "scan-unnamed"
		}
		severity = finding.Warning
	}
	for _, system := range systems {
		switch {
		case code[system] == "":
		case reason != "":
			p.reportStep(c, s, nil, "evidence-missing.without-scan-of", system, reason).Severity = finding.Notice
		default:
			p.reportStep(c, s, nil, "evidence-missing."+code[system], system).Severity = severity
		}
	}
}

// evidenceDigest wants listed files to have their digest, and landed files
// never to change, listed or not.
func evidenceDigest(p *pass) {
	p.eachFile(func(c *timeline.CaseChange, s *timeline.Step, f *timeline.File) {
		switch f.State {
		case timeline.FileDigest, timeline.FilePointer, timeline.FileEmpty, timeline.FileLarge:
			p.reportStep(c, s, field(f, "sha256"), "evidence-digest."+string(f.State), f.Path, evidence.MaxSize>>20)
		}
	})
	for _, c := range p.Cases {
		for _, ch := range c.Files {
			if ch.Before.Mode != "" && ch.After.Mode != "" {
				p.report(path(ch.Path), "evidence-digest.landed", ch.Path).Case = c.ID
			}
		}
	}
	for _, name := range p.replaced() {
		p.report(path(name), "evidence-digest.landed", name)
	}
}

// replaced lists landed files below a case that the pending head rewrote.
func (p *pass) replaced() []string {
	var list []string
	for _, w := range p.Side {
		for _, ch := range w.Own {
			_, file, ok := timeline.CasePath(ch.Path)
			if p.Pending && ok && file != schema.ManifestFile && ch.Before.Mode != "" && ch.After.Mode != "" &&
				slices.Contains(p.Wrong, ch.Path) && !slices.Contains(list, ch.Path) {
				list = append(list, ch.Path)
			}
		}
	}
	return list
}

// evidenceMode allows plain files only, for manifests and evidence alike.
func evidenceMode(p *pass) {
	for _, c := range p.Cases {
		if c.Entry.Mode != "" && c.Entry.Mode != timeline.ModeFile {
			p.report(path(c.Path), "evidence-mode", c.Path, c.Entry.Mode).Case = c.ID
		}
		for _, ch := range c.Files {
			if ch.After.Mode != "" && ch.After.Mode != timeline.ModeFile {
				p.report(path(ch.Path), "evidence-mode", ch.Path, ch.After.Mode).Case = c.ID
			}
		}
	}
	if p.Next != nil {
		for _, ch := range p.Next.Irregular {
			p.report(path(ch.Path), "evidence-mode", ch.Path, ch.After.Mode)
		}
	}
}

// evidenceUnreadable: a file that says it is a scan must read as one. The remedy
// is the reader's own.
func evidenceUnreadable(p *pass) {
	p.eachFile(func(c *timeline.CaseChange, s *timeline.Step, f *timeline.File) {
		if f.Fault != nil {
			why, remedy := text.Phrase{Code: f.Fault.Code, Args: f.Fault.Args}, text.Phrase{Code: f.Fault.Code + ".hint", Args: f.Fault.Args}
			p.reportStep(c, s, field(f, "format"), "evidence-unreadable", f.Path, f.Format, why, remedy)
		}
	})
}

// evidenceUnlisted reports files that no item lists: nobody vouches for them.
func evidenceUnlisted(p *pass) {
	for _, c := range p.Cases {
		for _, ch := range c.Files {
			if ch.Before.Mode == "" && ch.After.Mode != "" && c.After != nil && !listed(c, ch.Path) {
				p.report(path(ch.Path), "evidence-unlisted", ch.Path).Case = c.ID
			}
		}
	}
}

func listed(c *timeline.CaseChange, name string) bool {
	is := func(e schema.Evidence) bool { return c.Dir+"/"+e.Path == name }
	return slices.ContainsFunc(c.After.Items, func(it schema.Item) bool { return slices.ContainsFunc(it.Evidence(), is) })
}

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

// unreadBefore reports scans before the change that no reader reads: nothing
// can be compared with them later.
func unreadBefore(p *pass) {
	p.eachFile(func(c *timeline.CaseChange, s *timeline.Step, f *timeline.File) {
		if f.Phase == schema.PhaseBefore && f.State == timeline.FileGood && f.Scan == nil && f.Fault == nil {
			p.onFile(c, s, f, finding.Notice, "vulnerability-unproven.unread-before", f.Path, f.Format, strings.Join(evidence.Formats(), ", "))
		}
	})
}
