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
	return b.read.eachCase(p.Base.Tree, func(dir string, e git.Entry) error {
		data, err := b.read.repo.Blob(e.ID)
		if err != nil {
			return err
		}
		m, _ := b.read.manifest(p.tip, dir+"/"+schema.ManifestFile, data, e)
		return b.adopt(b.caseOf(dir), m, l, p)
	})
}

// eachCase visits the cases that a tree holds, by folder, with their manifests.
func (r *reader) eachCase(tree git.ID, visit func(dir string, manifest git.Entry) error) error {
	years, err := r.repo.Names(tree, schema.CasesDir)
	if err != nil {
		return err
	}
	for _, year := range years {
		ids, err := r.repo.Names(tree, schema.CasesDir+"/"+year)
		if err != nil {
			return err
		}
		for _, id := range ids {
			dir := schema.CasesDir + "/" + year + "/" + id
			e, err := r.repo.Lookup(tree, dir+"/"+schema.ManifestFile)
			if err == nil && e.Mode == git.ModeFile {
				err = visit(dir, e)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}
