package timeline

import (
	"bytes"
	"path"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/tambal-id/tambal/cmd/tambal/internal/decision"
	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
	"github.com/tambal-id/tambal/schema"
)

// matter is the change as something to decide on.
func (b *builder) matter(c *CaseChange) decision.Matter {
	m := decision.Matter{
		Case: c.ID, Subject: c.Subject(), Policy: c.Landing.Policy, Revoked: b.out.Revoked,
		When: c.Landing.When, Latest: c.Landing.Latest, Pending: c.Landing.Pending, Suspect: b.trust.broken, Proven: b.trust.proven,
		TookPart: func(person string) bool { s, _ := c.Part(person); return s != nil },
	}
	if b.out.Anchor != nil {
		m.Root = string(b.out.Anchor.ID)
	}
	if c.After != nil {
		m.Case = c.After.Metadata.ID
	}
	return m
}

// approval proves an approval item at its landing; nil for any other item.
func (b *builder) approval(c *CaseChange, p place, s *Step) (*decision.Verification, error) {
	body, ok := s.Item.Body.(*schema.Approval)
	if !ok {
		return nil, nil
	}
	m := b.matter(c)
	if body.Review == nil || body.Signature != "" {
		return m.Prove(c.AfterData, s.Item, decision.Given{}, false), nil
	}
	request, err := b.reviewed(c.Landing, body.Review.PullRequest)
	if err != nil {
		return nil, err
	}
	given, err := givenOn(b.read, c, p, c.AfterData[:s.Item.Start], ID(body.Review.Commit))
	if err != nil {
		return nil, err
	}
	if given.CountedFor, err = b.countedFor(c, body.Review.ID); err != nil {
		return nil, err
	}
	a := m.Prove(c.AfterData, s.Item, given, b.options.Request != nil)
	if request != nil {
		m.Compare(a, request, nil)
	}
	return a, nil
}

// countedFor returns the other case for which a review was recorded before, "" when
// there is none. A signed statement needs no such look: it names its case and the
// place of its item.
func (b *builder) countedFor(c *CaseChange, review int64) (string, error) {
	if first := b.reviews[review]; first != "" && first != c.ID {
		return first, nil
	}
	b.reviews[review] = c.ID
	if !c.Landing.Pending {
		return "", nil
	}
	return b.read.recordedIn(c.Landing.place.Base.Tree, c.Dir, review)
}

// recordedIn looks through the manifests of a tree for the record of a review, in
// all cases but the one in dir.
func (r *reader) recordedIn(tree git.ID, dir string, review int64) (id string, err error) {
	err = r.eachCase(tree, func(other string, e git.Entry) error {
		if id != "" || other == dir {
			return nil
		}
		data, err := r.repo.Blob(e.ID)
		if records(data, review) {
			id = path.Base(other)
		}
		return err
	})
	return id, err
}

// records says whether a manifest holds the record of a review.
func records(data []byte, review int64) bool {
	if !bytes.Contains(data, strconv.AppendInt(nil, review, 10)) {
		return false // most of them; parsing is dear
	}
	m, _ := schema.Parse(data)
	return m != nil && slices.ContainsFunc(m.Items, func(it schema.Item) bool {
		a, ok := it.Body.(*schema.Approval)
		return ok && a.Review != nil && a.Review.ID == review
	})
}

// reviewed reads the pull request of a landed record again; nil when there is
// nobody to ask. A pending one's is compared once its reviews are joined.
func (b *builder) reviewed(l *Landing, number int) (*decision.Request, error) {
	if l.Pending || l.Policy == nil || b.options.Forge == nil {
		return nil, nil
	}
	return b.options.Forge.Reviewed(number)
}

// givenOn says whether a commit holds exactly the subject, perhaps with a record
// of a decision behind it, and the same listed evidence as the landing.
func givenOn(r *reader, c *CaseChange, p place, subject []byte, id ID) (decision.Given, error) {
	unknown := decision.Given{Fit: decision.FitUnknown}
	if !git.IsID(string(id)) {
		return unknown, nil
	}
	at, err := r.repo.Commit(git.ID(id))
	if err != nil {
		return unknown, nil // it is not in this clone, and could not be fetched
	}
	e, err := r.repo.Lookup(at.Tree, c.Path)
	if err != nil {
		return unknown, err
	}
	data, err := r.blob(e)
	if err != nil {
		return unknown, err
	}
	var changed []string
	if e.Mode != git.ModeFile || !decision.FollowedByRecord(data, subject) {
		changed = append(changed, c.Path)
	}
	for _, name := range c.listedBefore(len(subject)) {
		then, err := r.repo.Lookup(at.Tree, name)
		if err != nil {
			return unknown, err
		}
		now, err := r.entryIn(p.trees, name)
		if err != nil {
			return unknown, err
		}
		if then != now {
			changed = append(changed, name)
		}
	}
	for _, ch := range c.Files { // also what no step lists
		then, err := r.repo.Lookup(at.Tree, ch.Path)
		if err != nil {
			return unknown, err
		}
		if entry(then) != ch.After && !slices.Contains(changed, ch.Path) {
			changed = append(changed, ch.Path)
		}
	}
	if len(changed) > 0 {
		return decision.Given{Fit: decision.FitContent, Changed: changed}, nil
	}
	return decision.Given{}, nil
}

// listedBefore returns the evidence that items list which end before an offset.
func (c *CaseChange) listedBefore(end int) (names []string) {
	for i := range c.After.Items {
		if c.After.Items[i].End > end {
			break
		}
		for _, f := range c.After.Items[i].Evidence() {
			names = append(names, c.Dir+"/"+f.Path)
		}
	}
	return names
}

// samePeople says whether the same people wrote the same steps on a commit that
// was pushed away as on the head that took its place.
func (b *builder) samePeople(l *Landing, p place, id git.ID) (bool, error) {
	commit, err := b.read.repo.Commit(id)
	if err != nil {
		return false, err
	}
	old, err := Pending(b.read.repo, p.Base, commit, Options{Now: b.options.Now, read: b.read, standing: b.standing})
	if err != nil {
		return false, err
	}
	was, is := old.Landings[0].writers(), l.writers()
	for step, people := range is {
		if people != was[step] {
			return false, nil
		}
	}
	return true, nil
}

// writers names, for each step before the approval, everybody who wrote it.
func (l *Landing) writers() map[string]string {
	by := map[string][]string{}
	for _, con := range l.Contributions {
		for _, s := range con.Steps {
			if s.Decision == nil {
				for _, a := range con.everybody() {
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
