package timeline

import (
	"bytes"
	"maps"
	"slices"

	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
	"github.com/tambal-id/tambal/cmd/tambal/internal/landing"
	"github.com/tambal-id/tambal/schema"
)

// written are the commits that wrote one case's manifest and are reachable from
// what has landed.
type written struct {
	commits []git.ID
	// loose: one of them wrote what did not stay, so that it could be taken up again.
	loose bool
}

// writers are what was written of each manifest, by its path.
type writers map[string]*written

func (known writers) copy() writers {
	other := writers{}
	for name, w := range known {
		other[name] = &written{slices.Clone(w.commits), w.loose}
	}
	return other
}

// note remembers who wrote manifests in a landing, whether it landed or was taken
// back on the way.
func (known writers) note(r *reader, p place) error {
	for _, w := range p.Authors {
		for _, ch := range w.Own {
			if _, file, ok := landing.CasePath(ch.Path); !ok || file != schema.ManifestFile {
				continue
			}
			seen := known[ch.Path]
			if seen == nil {
				seen = &written{}
				known[ch.Path] = seen
			}
			seen.commits = append(seen.commits, w.ID)
			stayed, err := stays(r, ch, p.after())
			if err != nil {
				return err
			}
			seen.loose = seen.loose || !stayed
		}
	}
	return nil
}

// stays says whether a landing leaves what one of its commits wrote.
func stays(r *reader, ch git.Change, after *git.Commit) (bool, error) {
	landed, err := r.repo.Lookup(after.Tree, ch.Path)
	if err != nil || landed == ch.After {
		return err == nil, err
	}
	draft, err := r.blob(ch.After)
	if err != nil {
		return false, err
	}
	data, err := r.blob(landed)
	return bytes.HasPrefix(data, draft), err
}

// find looks up who wrote, anywhere in what has landed, the manifests to which a
// pending landing adds.
func (known writers) find(repo *git.Repo, base *git.Commit, pending *landing.Landing) error {
	var paths []string
	for _, ch := range pending.Changes {
		if _, file, ok := landing.CasePath(ch.Path); ok && file == schema.ManifestFile && ch.After.Mode != "" && known[ch.Path] == nil {
			paths = append(paths, ch.Path)
		}
	}
	list, err := repo.Wrote(base, paths)
	for path, commits := range list {
		known[path] = &written{commits, true}
	}
	return err
}

// revived calls add for each commit before the landing that first wrote a text of
// the landing's new items in this case's manifest. The text was removed since;
// whoever restores it from history is not its only author. Text that the case still
// holds, and the header that every case begins with, do not count.
func (a *authorship) revived(add func(*git.Commit, map[*Step]bool)) error {
	if a.before == nil || !a.before.loose {
		return nil
	}
	lines := func(c *git.Commit) (map[string]bool, error) {
		data, err := a.file(c.Tree, a.c.Path)
		return tellingLines(data), err
	}
	for _, id := range a.before.commits {
		c, err := a.repo.Commit(id)
		if err != nil {
			return err
		}
		text, err := lines(c)
		if err != nil {
			return err
		}
		known := tellingLines(a.c.BeforeData)
		for _, id := range c.Parents {
			parent, err := a.repo.Commit(id)
			if err != nil {
				return err
			}
			held, err := lines(parent)
			if err != nil {
				return err
			}
			maps.Copy(known, held)
		}
		add(c, a.told(text, known, false))
	}
	return nil
}
