package timeline

import (
	"bytes"
	"maps"
	"path"
	"strings"

	"github.com/tambal-id/tambal/cmd/tambal/internal/history"
	"github.com/tambal-id/tambal/schema"
)

// telling is how long a line must be to show where a text comes from.
const telling = 20

// carried marks the steps whose text a commit first wrote somewhere else: under
// another item's name or indentation, or in a manifest that is gone now.
// Putting it in its place makes nobody else its author.
func (b *builder) carried(c *CaseChange, w history.Written, side map[history.ID]bool, landed map[part][]byte, fresh map[part]*Step, wrote map[*Step]bool) error {
	for _, ch := range w.Own {
		if path.Base(ch.Path) != schema.ManifestFile || ch.After.Mode == "" {
			continue
		}
		elsewhere, err := b.elsewhere(c, ch, landed, fresh)
		if err != nil {
			return err
		}
		known := lines(c.BeforeData)
		for _, id := range w.Parents {
			if !side[id] {
				continue
			}
			parent, err := b.repo.Commit(id)
			if err != nil {
				return err
			}
			e, err := b.repo.Lookup(parent.Tree, ch.Path)
			if err != nil {
				return err
			}
			data, err := b.blob(e)
			if err != nil {
				return err
			}
			maps.Copy(known, lines(data))
		}
		for p, s := range fresh {
			for line := range lines(landed[p]) {
				wrote[s] = wrote[s] || elsewhere[line] && !known[line]
			}
		}
	}
	maps.DeleteFunc(wrote, func(_ *Step, did bool) bool { return !did })
	return nil
}

// elsewhere returns the lines of a manifest that stand outside the places of
// the new items.
func (b *builder) elsewhere(c *CaseChange, ch history.Change, landed map[part][]byte, fresh map[part]*Step) (map[string]bool, error) {
	l := c.Landing
	tree := l.Head
	if !l.Pending {
		tree = l.Commit
	}
	if ch.Path != c.Path {
		if e, err := b.repo.Lookup(tree.Tree, ch.Path); err != nil || e.Mode != "" {
			return nil, err // judged as a case of its own
		}
	}
	data, err := b.blob(ch.After)
	if err != nil || ch.Path != c.Path {
		return lines(data), err
	}
	found := map[string]bool{}
	own, _ := parts(data)
	for p, text := range own {
		if fresh[p] == nil && !bytes.Equal(text, landed[p]) {
			maps.Copy(found, lines(text))
		}
	}
	return found, nil
}

// lines returns the telling lines of a text, without their indentation.
func lines(data []byte) map[string]bool {
	found := map[string]bool{}
	for line := range bytes.Lines(data) {
		if line = bytes.TrimSpace(line); len(line) >= telling {
			found[string(line)] = true
		}
	}
	return found
}

// plant remembers who landed files that no item lists yet: the item that lists
// one later is their work too.
func (b *builder) plant(c *CaseChange) {
	listed := map[string]bool{}
	if c.After != nil {
		for i := range c.After.Items {
			for _, e := range c.After.Items[i].Evidence() {
				listed[c.Dir+"/"+e.Path] = true
			}
		}
	}
	for _, w := range c.Landing.Authors {
		for _, ch := range w.Own {
			if !strings.HasPrefix(ch.Path, c.Dir+"/") || ch.Path == c.Path || listed[ch.Path] || ch.After.Mode == "" {
				continue
			}
			if c.Case.planted == nil {
				c.Case.planted = map[string][]*Contribution{}
			}
			c.Case.planted[ch.Path] = append(c.Case.planted[ch.Path], b.contribution(w.Commit, c.Landing))
		}
	}
}
