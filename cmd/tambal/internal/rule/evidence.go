package rule

import (
	"slices"
	"strconv"

	"github.com/tambal-id/tambal/cmd/tambal/internal/evidence"
	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/history"
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
			}
		}
	})
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
			_, file, ok := history.CasePath(ch.Path)
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
		if c.Entry.Mode != "" && c.Entry.Mode != history.ModeFile {
			p.report(path(c.Path), "evidence-mode", c.Path, c.Entry.Mode).Case = c.ID
		}
		for _, ch := range c.Files {
			if ch.After.Mode != "" && ch.After.Mode != history.ModeFile {
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

// evidenceUnreadable: a file that says it is a scan must read as one.
func evidenceUnreadable(p *pass) {
	p.eachFile(func(c *timeline.CaseChange, s *timeline.Step, f *timeline.File) {
		if f.Fault != nil {
			p.reportStep(c, s, field(f, "format"), "evidence-unreadable", f.Path, f.Format, text.Phrase{Code: f.Fault.Code, Args: f.Fault.Args})
		}
	})
}

// evidenceUnlisted remarks files that no item lists: nobody vouches for them.
func evidenceUnlisted(p *pass) {
	for _, c := range p.Cases {
		for _, ch := range c.Files {
			if ch.Before.Mode != "" || ch.After.Mode == "" || c.After == nil || listed(c, ch.Path) {
				continue
			}
			p.report(path(ch.Path), "evidence-unlisted", ch.Path).Case = c.ID
		}
	}
}

func listed(c *timeline.CaseChange, name string) bool {
	for i := range c.After.Items {
		for _, e := range c.After.Items[i].Evidence() {
			if c.Dir+"/"+e.Path == name {
				return true
			}
		}
	}
	return false
}

// comparison is one readable scan after the change beside the one before.
type comparison struct {
	c             *timeline.CaseChange
	s             *timeline.Step
	before, after *timeline.File
	ids           []string
}

// eachComparison pairs every scan after the change with the last one before it
// of the same system. Before is nil when the case has none.
func (p *pass) eachComparison(visit func(comparison)) {
	p.eachStep(func(c *timeline.CaseChange, s *timeline.Step) {
		body, ok := s.Item.Body.(*schema.Implementation)
		if !ok || body.Outcome != schema.NoAnomaly {
			return
		}
		for _, f := range s.Files {
			if f.Phase != schema.PhaseAfter || f.Scan == nil || !patched(body, f.Of) {
				continue
			}
			pair := comparison{c: c, s: s, after: f, ids: vulnerabilities(c)}
			for _, b := range c.Case.Files(schema.PhaseBefore, f.Of) {
				if b.Scan != nil && b.Format == f.Format {
					pair.before = b
				}
			}
			visit(pair)
		}
	})
}

// patched says whether the implementation claims success on a system; a scan
// that names none speaks for all.
func patched(body *schema.Implementation, system string) bool {
	for _, r := range body.Results {
		if (system == "" || r.System == system) && r.Outcome == "success" {
			return true
		}
	}
	return false
}

// vulnerabilities returns the ids the case set out to remove.
func vulnerabilities(c *timeline.CaseChange) []string {
	var ids []string
	for i := range c.After.Items {
		if m, ok := c.After.Items[i].Body.(*schema.Monitoring); ok {
			for _, v := range m.Vulnerabilities {
				ids = append(ids, v.ID)
			}
		}
	}
	return ids
}

// vulnerabilityRemains: the scan after the change still shows what the case set
// out to remove.
func vulnerabilityRemains(p *pass) {
	p.eachComparison(func(x comparison) {
		for _, v := range evidence.Compare(nil, x.after.Scan, x.ids) {
			if v.Verdict == evidence.Remains {
				p.reportStep(x.c, x.s, field(x.after, "path"), "vulnerability-remains", v.ID, v.Remaining[0].Package, v.Remaining[0].Installed, x.after.Path)
			}
		}
	})
}

// vulnerabilityUnproven: absence proves something only against a scan of the
// same target that showed the vulnerability before. A written reason for another
// target's name is shown, not hidden.
func vulnerabilityUnproven(p *pass) {
	p.eachComparison(func(x comparison) {
		if x.before == nil {
			p.reportStep(x.c, x.s, field(x.after, "path"), "vulnerability-unproven.no-before", x.after.Path)
			return
		}
		tooEarly(p, x)
		if !evidence.SameTarget(x.before.Scan, x.after.Scan) {
			f := p.reportStep(x.c, x.s, field(x.after, "path"), "vulnerability-unproven.target", x.before.Scan.Target, x.after.Scan.Target)
			if reason := x.after.TargetChange; reason != "" {
				f.Severity, f.Code, f.Args = finding.Notice, "vulnerability-unproven.target-reason", append(f.Args, reason)
			}
		}
		for _, v := range evidence.Compare(x.before.Scan, x.after.Scan, x.ids) {
			switch v.Verdict {
			case evidence.NotProven:
				p.reportStep(x.c, x.s, field(x.after, "path"), "vulnerability-unproven", v.ID, x.before.Path)
			case evidence.NotLooked:
				f := p.reportStep(x.c, x.s, field(x.after, "path"), "vulnerability-unproven.kind", v.ID, x.after.Path)
				if x.after.TargetChange != "" {
					f.Severity = finding.Warning
				}
			}
		}
	})
}

// tooEarly refuses a scan after the change that is dated before the change, or
// before the scan it is compared with. Equal dates are those of a scanner whose
// clock stands still; they say nothing.
func tooEarly(p *pass, x comparison) {
	made, limit := x.after.Scan.Created, x.before.Scan.Created
	if made.IsZero() || made.Equal(limit) {
		return
	}
	if start := x.s.Item.Started(); start.After(limit) {
		limit = start
	}
	if limit.Sub(made) > skew {
		p.reportStep(x.c, x.s, field(x.after, "path"), "vulnerability-unproven.older", x.after.Path, stamp(made), stamp(limit))
	}
}
