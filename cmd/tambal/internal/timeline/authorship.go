package timeline

import (
	"bytes"
	"maps"
	"path"
	"slices"

	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
	"github.com/tambal-id/tambal/cmd/tambal/internal/landing"
	"github.com/tambal-id/tambal/schema"
)

// part names one item of a manifest across its versions: the n-th of its name.
// The header is the part with the name "".
type part struct {
	name string
	n    int
}

// parts cuts a manifest into its named parts; one that is not there has none.
func parts(data []byte) (map[part][]byte, []part) {
	found := map[part][]byte{}
	var order []part
	if len(data) == 0 {
		return found, order
	}
	count := map[string]int{}
	for _, seg := range schema.Segments(data) {
		p := part{seg.Name, count[seg.Name]}
		count[seg.Name]++
		found[p] = seg.Data
		order = append(order, p)
	}
	return found, order
}

// newAuthorship is the question who wrote the new items of one case in one landing.
type authorship struct {
	*reader
	c      *CaseChange
	p      place
	landed map[part][]byte // the manifest as it lands
	fresh  map[part]*Step  // its new items
	before *written        // nil when nobody wrote anything of the case before
}

func newAuthorship(r *reader, c *CaseChange, p place, before *written) *authorship {
	a := &authorship{reader: r, c: c, p: p, fresh: map[part]*Step{}, before: before}
	var order []part
	a.landed, order = parts(c.AfterData)
	for i, s := range c.Steps {
		a.fresh[order[1+c.landed()+i]] = s
	}
	if c.landed() == 0 {
		a.fresh[part{}] = c.Steps[0] // the header comes with the first item
	}
	return a
}

// contributions finds, for each commit the landing carries, which of the new
// items it wrote: their bytes in the commit differ from those in all its
// parents of the same landing, or the commit is the first to hold the landed
// form. Only parents inside this landing count: if an older commit already held
// the item, the item was reverted since, and whoever restores it is its author.
// A commit whose manifest shows no items at all counts for every new one. A commit
// of an earlier landing counts for the text that it wrote and that was taken back
// since. The authors are noted in the steps; the commits are returned in order.
func contributions(r *reader, c *CaseChange, p place, before *written) (list []*Contribution, err error) {
	if len(c.Steps) > 0 {
		if list, err = newAuthorship(r, c, p, before).find(); err != nil {
			return nil, err
		}
	}
	for _, s := range c.Steps {
		if s.Commit == nil && len(s.Contributions) > 0 {
			s.Commit = s.Contributions[len(s.Contributions)-1].Commit
		}
		for _, e := range s.Item.Evidence() {
			s.Contributions = append(s.Contributions, c.Case.unlisted[c.Dir+"/"+e.Path]...)
		}
	}
	noteUnlisted(r, c, p)
	return list, nil
}

func (a *authorship) find() (list []*Contribution, err error) {
	add := func(c *git.Commit, wrote map[*Step]bool, earlier bool) {
		if len(wrote) == 0 {
			return
		}
		con := contributionOf(a.reader, c, a.c.Landing)
		con.Earlier = earlier
		for _, s := range a.c.Steps {
			if wrote[s] {
				con.Steps = append(con.Steps, s)
				s.Contributions = append(s.Contributions, con)
			}
		}
		list = append(list, con)
	}
	for _, w := range a.p.index.wrote(a.c.Dir) {
		wrote, err := a.wrote(w)
		if err != nil {
			return nil, err
		}
		carried, err := a.carried(w)
		if err != nil {
			return nil, err
		}
		maps.Copy(wrote, carried)
		maps.Copy(wrote, a.attached(w))
		add(w.Commit, wrote, false)
	}
	return list, a.revived(func(c *git.Commit, wrote map[*Step]bool) { add(c, wrote, true) })
}

// attached returns the steps whose listed evidence a commit wrote.
func (a *authorship) attached(w landing.Written) map[*Step]bool {
	wrote := map[*Step]bool{}
	for _, s := range a.c.Steps {
		for _, e := range s.Item.Evidence() {
			if slices.ContainsFunc(w.Own, func(ch git.Change) bool { return ch.Path == a.c.Dir+"/"+e.Path }) {
				wrote[s] = true
			}
		}
	}
	return wrote
}

// wrote returns the steps whose text a commit wrote in the case's own manifest.
// A step is dated by the first commit that holds its landed form.
func (a *authorship) wrote(w landing.Written) (map[*Step]bool, error) {
	wrote := map[*Step]bool{}
	touches := slices.ContainsFunc(w.Own, func(ch git.Change) bool { return ch.Path == a.c.Path }) ||
		slices.ContainsFunc(w.Parents, func(id git.ID) bool { return !a.p.index.side[id] })
	if !touches {
		return wrote, nil
	}
	data, err := a.file(w.Tree, a.c.Path)
	if err != nil {
		return nil, err
	}
	own, order := parts(data)
	var parents []map[part][]byte
	err = a.eachParent(w, a.c.Path, func(data []byte) {
		held, _ := parts(data)
		parents = append(parents, held)
	})
	if err != nil {
		return nil, err
	}
	for p, s := range a.fresh {
		text, has := own[p]
		differs, first := has || len(order) == 1, holds(own, p.name, a.landed[p])
		for _, parent := range parents {
			differs = differs && !(has && bytes.Equal(parent[p], text) && parent[p] != nil)
			first = first && !holds(parent, p.name, a.landed[p])
		}
		if differs || first {
			wrote[s] = true
		}
		if first && s.Commit == nil && p.name != "" {
			s.Commit = a.commit(w.Commit)
		}
	}
	return wrote, nil
}

// eachParent visits what each parent of the same landing holds at a path.
func (a *authorship) eachParent(w landing.Written, path string, visit func(data []byte)) error {
	for _, id := range w.Parents {
		if !a.p.index.side[id] {
			continue
		}
		parent, err := a.repo.Commit(id)
		if err != nil {
			return err
		}
		data, err := a.file(parent.Tree, path)
		if err != nil {
			return err
		}
		visit(data)
	}
	return nil
}

// holds says whether any part of that name has exactly these bytes.
func holds(parts map[part][]byte, name string, data []byte) bool {
	for p, d := range parts {
		if p.name == name && bytes.Equal(d, data) {
			return true
		}
	}
	return false
}

// minTellingLine is how long a line must be to show where a text comes from:
// shorter lines are too common to prove that text was copied.
const minTellingLine = 20

// carried returns the steps whose text a commit first wrote somewhere else: under
// another item's name or indentation, or in a manifest that is gone now. Putting
// it in its place makes nobody else its author.
func (a *authorship) carried(w landing.Written) (map[*Step]bool, error) {
	wrote := map[*Step]bool{}
	for _, ch := range w.Own {
		if path.Base(ch.Path) != schema.ManifestFile || ch.After.Mode == "" {
			continue
		}
		outside, err := a.outside(ch)
		if err != nil {
			return nil, err
		}
		known := tellingLines(a.c.BeforeData)
		if err := a.eachParent(w, ch.Path, func(data []byte) { maps.Copy(known, tellingLines(data)) }); err != nil {
			return nil, err
		}
		maps.Copy(wrote, a.told(outside, known, true))
	}
	return wrote, nil
}

// told returns the steps whose text has a line that is not in known; the header
// counts as the first step's only where that is asked for.
func (a *authorship) told(text, known map[string]bool, header bool) map[*Step]bool {
	wrote := map[*Step]bool{}
	for p, s := range a.fresh {
		for line := range tellingLines(a.landed[p]) {
			if text[line] && !known[line] && (header || p.name != "") {
				wrote[s] = true
			}
		}
	}
	return wrote
}

// outside returns the lines of a manifest that stand outside the places of the
// new items.
func (a *authorship) outside(ch git.Change) (map[string]bool, error) {
	if ch.Path != a.c.Path {
		if e, err := a.repo.Lookup(a.p.after().Tree, ch.Path); err != nil || e.Mode != "" {
			return nil, err // judged as a case of its own
		}
	}
	data, err := a.blob(ch.After)
	if err != nil || ch.Path != a.c.Path {
		return tellingLines(data), err
	}
	found := map[string]bool{}
	own, _ := parts(data)
	for p, text := range own {
		if a.fresh[p] == nil && !bytes.Equal(text, a.landed[p]) {
			maps.Copy(found, tellingLines(text))
		}
	}
	return found, nil
}

// tellingLines returns the lines of a text that are long enough to tell where it
// comes from, without their indentation.
func tellingLines(data []byte) map[string]bool {
	found := map[string]bool{}
	for line := range bytes.Lines(data) {
		if line = bytes.TrimSpace(line); len(line) >= minTellingLine {
			found[string(line)] = true
		}
	}
	return found
}
