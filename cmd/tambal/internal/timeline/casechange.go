package timeline

import (
	"bytes"
	"path"
	"reflect"
	"slices"
	"strings"

	"github.com/tambal-id/tambal/cmd/tambal/internal/history"
	"github.com/tambal-id/tambal/schema"
)

// addCase joins what a landing does to one case.
func (b *builder) addCase(l *Landing, dir string) error {
	c := &CaseChange{Landing: l, Dir: dir, ID: path.Base(dir), Path: dir + "/" + schema.ManifestFile}
	for _, ch := range l.Changes {
		if strings.HasPrefix(ch.Path, dir+"/") && ch.Path != c.Path {
			c.Files = append(c.Files, ch)
		}
	}
	for _, p := range l.Lost {
		if strings.HasPrefix(p, dir+"/") {
			c.Lost = append(c.Lost, p)
		}
	}
	if err := b.readManifests(c); err != nil {
		return err
	}
	plain := c.Entry.Mode == "" || c.Entry.Mode == history.ModeFile
	same := bytes.Equal(c.BeforeData, c.AfterData) && (c.BeforeData == nil) == (c.AfterData == nil) // an empty file is not an absent one
	if same && c.SideKept && plain && len(c.Files) == 0 && len(c.Lost) == 0 {
		return nil // written and taken back on the side
	}
	c.Case = b.caseOf(dir)
	if err := b.adopt(c.Case, c.Before, l); err != nil {
		return err
	}
	b.newSteps(c)
	if err := b.contributions(c); err != nil {
		return err
	}
	for _, s := range c.Steps {
		var err error
		if err = b.files(s, l.landedTrees()...); err != nil {
			return err
		}
		if body, ok := s.Item.Body.(*schema.Approval); ok {
			if s.Approval, err = b.approval(c, s, body); err != nil {
				return err
			}
		}
	}
	for _, s := range c.Steps {
		c.Case.Steps = append(c.Case.Steps, s)
		if err := b.date(s); err != nil {
			return err
		}
		s.Prove()
	}
	if c.After != nil {
		c.Case.Manifest = c.After
	}
	c.Case.Data = c.AfterData
	l.Cases = append(l.Cases, c)
	return b.retry(c)
}

func (b *builder) caseOf(dir string) *Case {
	if b.cases[dir] == nil {
		b.cases[dir] = &Case{ID: path.Base(dir), Dir: dir}
	}
	return b.cases[dir]
}

// readManifests reads the manifest on both sides of the landing and compares
// them byte by byte and item by item.
func (b *builder) readManifests(c *CaseChange) error {
	before, after, err := b.entries(c)
	if err != nil {
		return err
	}
	c.Entry = after
	if c.BeforeData, err = b.blob(before); err != nil {
		return err
	}
	if c.AfterData, err = b.blob(after); err != nil {
		return err
	}
	if c.AfterData != nil {
		c.After, c.Problems = b.parse(c.Path, c.AfterData, after)
	}
	if c.BeforeData != nil {
		c.Before, _ = b.parse(c.Path, c.BeforeData, before)
	}
	c.Kept = extends(c.AfterData, c.BeforeData)
	c.SideKept = c.Kept
	if c.Landing.Pending {
		if err := b.sideKept(c); err != nil {
			return err
		}
		if c.After != nil { // only of what may still be mended
			c.Problems = append(c.Problems, c.After.Doubts(c.landed())...)
		}
	}
	c.SameItems = sameItems(c.Before, c.After)
	return nil
}

// entries returns the manifest's entry at the base and in the landed tree. A
// pending landing has the head's version, unless the base is merely ahead.
func (b *builder) entries(c *CaseChange) (before, after history.Entry, err error) {
	l := c.Landing
	if l.Base != nil {
		if before, err = b.repo.Lookup(l.Base.Tree, c.Path); err != nil {
			return
		}
	}
	if !l.Pending {
		after, err = b.repo.Lookup(l.Commit.Tree, c.Path)
		return
	}
	if after, err = b.repo.Lookup(l.Head.Tree, c.Path); err != nil {
		return
	}
	if after.Mode == "" {
		after = before // deleting is judged by Lost
	}
	return
}

// sideKept compares the pending head with what had landed where it branched
// off: a head that kept that is merely behind, one that did not has changed a
// finished step.
func (b *builder) sideKept(c *CaseChange) error {
	c.SideKept = true
	for _, f := range c.Landing.Forked {
		e, err := b.repo.Lookup(f.Tree, c.Path)
		if err != nil {
			return err
		}
		old, err := b.blob(e)
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

func (b *builder) blob(e history.Entry) ([]byte, error) {
	if e.Mode == "" || e.Mode == history.ModeTree || e.Mode == history.ModeGitlink {
		return nil, nil
	}
	return b.repo.Blob(e.ID)
}

// parse reads a manifest. Every landed version is a prefix of the newest one,
// so a replay parses the newest and cuts the others from it; only a version
// that is no such prefix (a violation) is parsed by itself.
func (b *builder) parse(path string, data []byte, e history.Entry) (*schema.Manifest, []schema.Problem) {
	m, known := b.newest[path]
	if !known {
		if at, err := b.repo.Lookup(b.tip.Tree, path); err == nil && at != e && at.Mode != "" {
			if newest, err := b.repo.Blob(at.ID); err == nil {
				m, _ = schema.Parse(newest)
			}
		}
		b.newest[path] = m
	}
	if m != nil {
		if older, ok := m.Cut(data); ok {
			return older, nil
		}
	}
	fresh, problems := schema.Parse(data)
	if fresh != nil && (m == nil || len(data) > len(m.Data)) {
		b.newest[path] = fresh
	}
	return fresh, problems
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

func (b *builder) newSteps(c *CaseChange) {
	if c.After == nil {
		return
	}
	for i := c.landed(); i < len(c.After.Items); i++ {
		s := &Step{Item: &c.After.Items[i], Case: c.Case, Landing: c.Landing}
		if c.Landing.Policy != nil {
			s.Row = c.Landing.Policy.Procedure.Step(s.Item.Name)
		}
		c.Steps = append(c.Steps, s)
	}
}

// retry looks up the case that a new one follows, as the base holds it.
func (b *builder) retry(c *CaseChange) error {
	if c.After == nil || c.After.Metadata.RetryOf == "" || c.Before != nil {
		return nil
	}
	id := c.After.Metadata.RetryOf
	c.RetryOf = &Retry{ID: id}
	dir, ok := schema.CaseDir(id)
	if c.Landing.Base == nil || !ok {
		return nil
	}
	e, err := b.repo.Lookup(c.Landing.Base.Tree, dir+"/"+schema.ManifestFile)
	if err != nil || e.Mode != history.ModeFile {
		return err
	}
	data, err := b.repo.Blob(e.ID)
	if err != nil {
		return err
	}
	if m, _ := schema.Parse(data); m != nil && len(m.Items) > 0 {
		c.RetryOf.Found = true
		c.RetryOf.Closed = m.Items[len(m.Items)-1].Name == schema.ItemClosure
	}
	return nil
}
