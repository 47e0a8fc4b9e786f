package rule

import (
	"slices"
	"strings"

	"github.com/tambal-id/tambal/cmd/tambal/internal/timeline"
	"github.com/tambal-id/tambal/schema"
)

// problems reports what the parser refused under one rule ID.
func problems(id string) func(*pass) {
	return func(p *pass) {
		for _, c := range p.Cases {
			for _, pr := range c.Problems {
				if pr.Rule == id {
					p.reportCase(c, pr.Pos, pr.Code, pr.Args...)
				}
			}
		}
		if p.Next == nil {
			return
		}
		for _, pr := range p.Next.Problems {
			if pr.Rule == id {
				p.report(at(pr.Path, pr.Pos), pr.Code, pr.Args...)
			}
		}
	}
}

// caseID keeps one case in one folder whose name is its ID, below its year, and
// nothing else below patches/.
func caseID(p *pass) {
	for _, ch := range p.Stray {
		if ch.After.Mode != "" {
			p.report(path(ch.Path), "case-id.stray", ch.Path)
		}
	}
	twins(p, schema.CasesDir)
	for _, c := range p.Cases {
		want, legal := schema.CaseDir(c.ID)
		switch {
		case !legal:
			p.reportCase(c, schema.Pos{}, "case-id.form", c.ID)
		case want != c.Dir:
			p.reportCase(c, schema.Pos{}, "case-id.year", c.ID, strings.Split(c.Dir, "/")[1])
		case c.After != nil && c.After.Metadata.ID != c.ID:
			p.reportCase(c, schema.Pos{Line: 1, Column: 1}, "case-id.differs", c.ID, c.After.Metadata.ID)
		case c.AfterData == nil && c.BeforeData == nil:
			p.reportCase(c, schema.Pos{}, "case-id.no-manifest", c.ID)
		}
		for _, ch := range c.Files {
			if ch.After.Mode != "" && !strings.HasPrefix(ch.Path, c.Dir+"/"+schema.EvidenceDir+"/") {
				p.report(path(ch.Path), "case-id.file", ch.Path).Case = c.ID
			}
		}
	}
}

// twins reports names that some systems take for another one: below a folder, or of
// that folder itself.
func twins(p *pass, top string) {
	for _, t := range p.Twins {
		if strings.HasPrefix(t.Other+"/", top+"/") {
			p.report(path(t.Path), p.rule.ID+".twin", t.Path, t.Other)
		}
	}
}

// gone says whether a landing removes a case's manifest.
func gone(c *timeline.CaseChange) bool {
	return c.BeforeData != nil && c.AfterData == nil || slices.Contains(c.Lost, c.Path)
}

// movedTo finds the case of the same landing that continues a removed one; nil
// for one that is still there.
func movedTo(p *pass, c *timeline.CaseChange) *timeline.CaseChange {
	if !gone(c) {
		return nil
	}
	for _, o := range p.Cases {
		if o != c && o.BeforeData == nil && len(o.AfterData) > 0 &&
			(o.After != nil && o.After.Metadata.ID == c.ID || strings.HasPrefix(string(o.AfterData), string(c.BeforeData))) {
			return o
		}
	}
	return nil
}

func caseMoved(p *pass) {
	for _, c := range p.Cases {
		if to := movedTo(p, c); to != nil {
			p.reportCase(c, schema.Pos{}, "case-moved", c.ID, to.Dir)
		}
	}
}

func caseDeleted(p *pass) {
	for _, c := range p.Cases {
		if gone(c) && movedTo(p, c) == nil {
			p.reportCase(c, schema.Pos{}, "case-deleted", c.ID)
		}
	}
}

// caseMixed wants one case per landing. Several may be opened together while
// they hold only their first step, or that and the closure that it leads to. A
// moved case is one case under two names.
func caseMixed(p *pass) {
	cases := slices.DeleteFunc(slices.Clone(p.Cases), func(c *timeline.CaseChange) bool { return movedTo(p, c) != nil })
	more := func(c *timeline.CaseChange) bool { return !onlyOpened(p, c) }
	if len(cases) > 1 && !p.Anchor && slices.ContainsFunc(cases, more) {
		p.reportCase(cases[1], schema.Pos{}, "case-mixed", cases[0].ID, cases[1].ID)
	}
}

func onlyOpened(p *pass, c *timeline.CaseChange) bool {
	if c.BeforeData != nil || len(c.Steps) == 0 || len(c.Steps) > 2 || p.Policy == nil {
		return false
	}
	first := p.Policy.Procedure.First()
	if first == nil || c.Steps[0].Item.Name != first.Name {
		return false
	}
	return len(c.Steps) == 1 || c.Steps[1].Item.Name == schema.ItemClosure
}

// caseRetry wants retryOf to name a closed case.
func caseRetry(p *pass) {
	for _, c := range p.Cases {
		switch r := c.RetryOf; {
		case r == nil:
		case !r.Found:
			p.reportCase(c, schema.Pos{Line: 1, Column: 1}, "case-retry.unknown", r.ID)
		case !r.Closed:
			p.reportCase(c, schema.Pos{Line: 1, Column: 1}, "case-retry.open", r.ID)
		}
	}
}
