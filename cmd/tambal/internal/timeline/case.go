package timeline

import (
	"bytes"
	"path"
	"reflect"
	"slices"

	"github.com/tambal-id/tambal/cmd/tambal/internal/decision"
	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
	"github.com/tambal-id/tambal/schema"
)

// addCase joins what a landing does to one case.
func (b *builder) addCase(l *Landing, p place, dir string) error {
	c := &CaseChange{Landing: l, Dir: dir, ID: path.Base(dir), Path: dir + "/" + schema.ManifestFile}
	for _, ch := range p.index.changes[dir] {
		if ch.Path != c.Path {
			c.Files = append(c.Files, ch)
		}
	}
	c.Lost = p.index.lost[dir]
	if err := readManifests(b.read, c, p); err != nil {
		return err
	}
	if !c.Kept && b.written[c.Path] != nil {
		b.written[c.Path].loose = true
	}
	plain := c.Entry.Mode == "" || c.Entry.Mode == ModeFile
	same := bytes.Equal(c.BeforeData, c.AfterData) && (c.BeforeData == nil) == (c.AfterData == nil) // an empty file is not an absent one
	if same && c.SideKept && plain && len(c.Files) == 0 && len(c.Lost) == 0 {
		return nil // written and taken back on the side
	}
	c.Case = b.caseOf(dir)
	if err := b.adopt(c.Case, c.Before, l, p); err != nil {
		return err
	}
	c.Steps = newSteps(c)
	wrote, err := contributions(b.read, c, p, b.written[c.Path])
	if err != nil {
		return err
	}
	l.Contributions = append(l.Contributions, wrote...)
	for _, s := range c.Steps {
		s.Span = span(c, s)
		if s.Files, err = listedFiles(b.read, s, p.trees...); err != nil {
			return err
		}
		for _, f := range s.Files {
			if f.Entry.Mode == "" {
				continue
			}
			if f.Held, err = heldSince(b.read, s, f); err != nil {
				return err
			}
		}
		if s.Decision, err = b.approval(c, p, s); err != nil {
			return err
		}
	}
	for _, s := range c.Steps {
		c.Case.Steps = append(c.Case.Steps, s)
		s.Prove()
	}
	if c.After != nil {
		c.Case.Manifest = c.After
	}
	c.Case.Data = c.AfterData
	l.Cases = append(l.Cases, c)
	c.RetryOf, err = retryOf(b.read, c, p)
	return err
}

// readManifests reads the manifest on both sides of the landing and compares them
// byte by byte and item by item.
func readManifests(r *reader, c *CaseChange, p place) error {
	before, after, err := entries(r, c.Path, p)
	if err != nil {
		return err
	}
	c.Entry = entry(after)
	if c.BeforeData, err = r.blob(before); err != nil {
		return err
	}
	if c.AfterData, err = r.blob(after); err != nil {
		return err
	}
	if c.AfterData != nil {
		c.After, c.Problems = r.manifest(p.tip, c.Path, c.AfterData, after)
	}
	if c.BeforeData != nil {
		c.Before, _ = r.manifest(p.tip, c.Path, c.BeforeData, before)
	}
	c.Kept = extends(c.AfterData, c.BeforeData)
	c.SideKept = c.Kept
	if c.Landing.Pending {
		if err := sideKept(r, c, p); err != nil {
			return err
		}
	}
	c.SameItems = sameItems(c.Before, c.After)
	if c.Landing.Pending && c.After != nil { // only of what may still be mended
		c.Problems = append(c.Problems, c.After.Doubts(c.landed())...)
	}
	return nil
}

// entries returns a path's entry at the base and in the landed tree. A pending
// landing has the head's version, unless the base is merely ahead.
func entries(r *reader, path string, p place) (before, after git.Entry, err error) {
	if p.Base != nil {
		if before, err = r.repo.Lookup(p.Base.Tree, path); err != nil {
			return
		}
	}
	if after, err = r.repo.Lookup(p.after().Tree, path); err != nil {
		return
	}
	if p.Commit == nil && after.Mode == "" {
		after = before // deleting is judged by Lost
	}
	return
}

// sideKept compares the pending head with what had landed where it branched
// off: a head that kept that is merely behind, one that did not has changed a
// finished step.
func sideKept(r *reader, c *CaseChange, p place) error {
	c.SideKept = true
	for _, f := range p.Forked {
		old, err := r.file(f.Tree, c.Path)
		if err != nil {
			return err
		}
		c.SideKept = c.SideKept && extends(c.AfterData, old)
	}
	c.Behind = c.SideKept && !c.Kept
	if c.SideKept && bytes.HasPrefix(c.BeforeData, c.AfterData) && len(c.BeforeData) > len(c.AfterData) {
		// The base is only ahead: the landing keeps the base's version.
		c.Behind, c.Kept, c.AfterData, c.After = false, true, c.BeforeData, c.Before
	}
	return nil
}

// extends says whether a manifest is an older one followed by whole items: a
// line that only prolongs the last item changes a finished step.
func extends(now, old []byte) bool {
	if !bytes.HasPrefix(now, old) {
		return false
	}
	return len(old) == 0 || len(old) == len(now) ||
		slices.ContainsFunc(schema.Segments(now), func(s schema.Segment) bool { return s.Start == len(old) })
}

func sameItems(before, after *schema.Manifest) bool {
	if before == nil || after == nil {
		return true // the bytes have to tell
	}
	if len(after.Items) < len(before.Items) || before.Metadata != after.Metadata {
		return false
	}
	for i := range before.Items {
		if before.Items[i].Name != after.Items[i].Name || !reflect.DeepEqual(before.Items[i].Raw, after.Items[i].Raw) {
			return false
		}
	}
	return true
}

// landed returns how many items the case had before the landing.
func (c *CaseChange) landed() int {
	if c.Before != nil {
		return len(c.Before.Items)
	}
	if c.BeforeData == nil {
		return 0
	}
	return len(schema.Segments(c.BeforeData)) - 1
}

// newSteps returns a step for each item that the landing adds.
func newSteps(c *CaseChange) []*Step {
	if c.After == nil {
		return nil
	}
	var steps []*Step
	for i := c.landed(); i < len(c.After.Items); i++ {
		s := &Step{Item: &c.After.Items[i], Case: c.Case, Landing: c.Landing}
		if c.Landing.Policy != nil {
			s.Row = c.Landing.Policy.Procedure.Step(s.Item.Name)
			s.Roles = c.Landing.Policy.Procedure.RolesFor(c.After.Items, i)
		}
		steps = append(steps, s)
	}
	return steps
}

// Subject returns what an approval of the change binds: the manifest up to the
// first approval item that has not landed, or all of it.
func (c *CaseChange) Subject() []byte {
	if c.After == nil {
		return c.AfterData
	}
	return decision.Subject(c.AfterData, c.After.Items, c.landed())
}

// Part returns the step of the case before its approval in which a person took
// part, under any address; nil when there is none.
func (c *CaseChange) Part(person string) (*Step, *Contribution) {
	for _, s := range c.Case.Steps {
		if s.Item.Name == schema.ItemApproval {
			continue
		}
		for _, con := range s.Contributions {
			if slices.Contains(con.People(), person) {
				return s, con
			}
		}
	}
	return nil, nil
}

// retryOf looks up the case that a new one follows, as the base holds it.
func retryOf(r *reader, c *CaseChange, p place) (*Retry, error) {
	if c.After == nil || c.After.Metadata.RetryOf == "" || c.Before != nil {
		return nil, nil
	}
	found := &Retry{ID: c.After.Metadata.RetryOf}
	dir, ok := schema.CaseDir(found.ID)
	if p.Base == nil || !ok {
		return found, nil
	}
	e, err := r.repo.Lookup(p.Base.Tree, dir+"/"+schema.ManifestFile)
	if err != nil || e.Mode != git.ModeFile {
		return found, err
	}
	data, err := r.repo.Blob(e.ID)
	if err != nil {
		return found, err
	}
	if m, _ := schema.Parse(data); m != nil && len(m.Items) > 0 {
		found.Found = true
		found.Closed = m.Items[len(m.Items)-1].Name == schema.ItemClosure
	}
	return found, nil
}
