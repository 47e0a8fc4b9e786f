package timeline

import (
	"github.com/tambal-id/tambal/cmd/tambal/internal/history"
	"github.com/tambal-id/tambal/schema"
)

// adopt gives items that landed before the history is judged a place in it:
// nobody vouches for who wrote them, but the case goes on from there.
func (b *builder) adopt(c *Case, before *schema.Manifest, l *Landing) error {
	if before == nil {
		return nil
	}
	for i := len(c.Steps); i < len(before.Items); i++ {
		s := &Step{Item: &before.Items[i], Case: c}
		if l.Policy != nil {
			s.Row = l.Policy.Procedure.Step(s.Item.Name)
		}
		if err := b.files(s, l.Base.Tree); err != nil {
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
func (b *builder) adoptAll(l *Landing) error {
	years, err := b.repo.Names(l.Base.Tree, "patches")
	if err != nil {
		return err
	}
	for _, year := range years {
		ids, err := b.repo.Names(l.Base.Tree, "patches/"+year)
		if err != nil {
			return err
		}
		for _, id := range ids {
			dir := "patches/" + year + "/" + id
			e, err := b.repo.Lookup(l.Base.Tree, dir+"/"+schema.ManifestFile)
			if err != nil || e.Mode != history.ModeFile {
				if err != nil {
					return err
				}
				continue
			}
			data, err := b.repo.Blob(e.ID)
			if err != nil {
				return err
			}
			m, _ := b.parse(dir+"/"+schema.ManifestFile, data, e)
			if err := b.adopt(b.caseOf(dir), m, l); err != nil {
				return err
			}
		}
	}
	return nil
}
