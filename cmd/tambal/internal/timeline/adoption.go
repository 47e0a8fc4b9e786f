package timeline

import (
	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
	"github.com/tambal-id/tambal/schema"
)

// adopt gives items that landed before the history is judged a place in it:
// nobody vouches for who wrote them, but the case goes on from there.
func (b *builder) adopt(c *Case, before *schema.Manifest, l *Landing, p place) error {
	if before == nil {
		return nil
	}
	for i := len(c.Steps); i < len(before.Items); i++ {
		s := &Step{Item: &before.Items[i], Case: c}
		if l.Policy != nil {
			s.Row = l.Policy.Procedure.Step(s.Item.Name)
		}
		var err error
		if s.Files, err = listedFiles(b.read, s, p.Base.Tree); err != nil {
			return err
		}
		c.Steps = append(c.Steps, s)
		s.Prove()
	}
	c.Manifest, c.Data = before, before.Data
	return nil
}

// adoptAll takes over every case that stood when the policy came, so that none
// is missing from the register until it is touched.
func (b *builder) adoptAll(l *Landing, p place) error {
	years, err := b.read.repo.Names(p.Base.Tree, schema.CasesDir)
	if err != nil {
		return err
	}
	for _, year := range years {
		ids, err := b.read.repo.Names(p.Base.Tree, schema.CasesDir+"/"+year)
		if err != nil {
			return err
		}
		for _, id := range ids {
			dir := schema.CasesDir + "/" + year + "/" + id
			e, err := b.read.repo.Lookup(p.Base.Tree, dir+"/"+schema.ManifestFile)
			if err != nil || e.Mode != git.ModeFile {
				if err != nil {
					return err
				}
				continue
			}
			data, err := b.read.repo.Blob(e.ID)
			if err != nil {
				return err
			}
			m, _ := b.read.manifest(p.tip, dir+"/"+schema.ManifestFile, data, e)
			if err := b.adopt(b.caseOf(dir), m, l, p); err != nil {
				return err
			}
		}
	}
	return nil
}
