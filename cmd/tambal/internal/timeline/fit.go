package timeline

import (
	"bytes"
	"slices"
	"sort"
	"strings"

	"github.com/tambal-id/tambal/cmd/tambal/internal/history"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
	"github.com/tambal-id/tambal/schema"
)

// Subject returns what an approval of the change binds: the manifest up to the
// first approval item that has not landed, or all of it.
func (c *CaseChange) Subject() []byte {
	for _, s := range c.Steps {
		if s.Item.Name == schema.ItemApproval {
			return c.AfterData[:s.Item.Start]
		}
	}
	return c.AfterData
}

// fit says whether a commit holds exactly the subject, perhaps with a record of
// a decision behind it, and the same listed evidence as the landing.
func (b *builder) fit(c *CaseChange, subject []byte, id history.ID) (Fit, []string, error) {
	if !history.IsID(string(id)) {
		return FitUnknown, nil, nil
	}
	at, err := b.repo.Commit(id)
	if err != nil {
		return FitUnknown, nil, nil // it is not in this clone, and could not be fetched
	}
	e, err := b.repo.Lookup(at.Tree, c.Path)
	if err != nil {
		return "", nil, err
	}
	data, err := b.blob(e)
	if err != nil {
		return "", nil, err
	}
	var changed []string
	if e.Mode != history.ModeFile || !followedByRecord(data, subject) {
		changed = append(changed, c.Path)
	}
	for i := range c.After.Items {
		if c.After.Items[i].End > len(subject) {
			break
		}
		for _, f := range c.After.Items[i].Evidence() {
			name := c.Dir + "/" + f.Path
			then, err := b.repo.Lookup(at.Tree, name)
			if err != nil {
				return "", nil, err
			}
			now, err := b.landed(c.Landing, name)
			if err != nil {
				return "", nil, err
			}
			if then != now {
				changed = append(changed, name)
			}
		}
	}
	for _, ch := range c.Files { // also what no step lists
		then, err := b.repo.Lookup(at.Tree, ch.Path)
		if err != nil {
			return "", nil, err
		}
		if then != ch.After && !slices.Contains(changed, ch.Path) {
			changed = append(changed, ch.Path)
		}
	}
	if len(changed) > 0 {
		return FitContent, changed, nil
	}
	return Fits, nil, nil
}

// landed returns a file's entry as it stands after the landing.
func (b *builder) landed(l *Landing, name string) (e history.Entry, err error) {
	for _, tree := range l.landedTrees() {
		if e, err = b.repo.Lookup(tree, name); err != nil || e.Mode != "" {
			return e, err
		}
	}
	return e, nil
}

// followedByRecord says whether data is the subject, alone or with an approval
// item behind it.
func followedByRecord(data, subject []byte) bool {
	if !bytes.HasPrefix(data, subject) {
		return false
	}
	segments := schema.Segments(data)
	last := segments[len(segments)-1] // what stands behind a record was not what this is about
	return len(data) == len(subject) || last.Start == len(subject) && last.Name == schema.ItemApproval
}

// samePeople says whether the same people wrote the same steps on a commit that
// was pushed away as on the head that took its place.
func (b *builder) samePeople(l *Landing, id history.ID) (bool, error) {
	commit, err := b.repo.Commit(id)
	if err != nil {
		return false, err
	}
	old, err := Pending(b.repo, l.Base, commit, b.line.Now)
	if err != nil || len(old.Landings) != 1 {
		return false, err
	}
	was, is := authorship(old.Landings[0]), authorship(l)
	for step, people := range is {
		if people != was[step] {
			return false, nil
		}
	}
	return true, nil
}

// authorship names, for each step before the approval, everybody who wrote it.
func authorship(l *Landing) map[string]string {
	by := map[string][]string{}
	for _, con := range l.Contributions {
		for _, s := range con.Steps {
			if s.Approval == nil {
				for _, a := range append([]Actor{con.Author, con.Committer}, con.CoAuthors...) {
					by[s.Item.Name] = append(by[s.Item.Name], strings.ToLower(a.Email))
				}
			}
		}
	}
	out := map[string]string{}
	for step, list := range by {
		sort.Strings(list)
		out[step] = strings.Join(slices.Compact(list), " ")
	}
	return out
}

// Unfit says why a review was not given on what would land.
func (o *Opinion) Unfit() text.Phrase { return whyUnfit(o.Fit, o.Changed) }

// whyUnfit says in what a review misses what is to land.
func whyUnfit(f Fit, changed []string) text.Phrase {
	return text.Phrase{Code: "review.unfit." + string(f), Args: []any{changed}}
}
