package timeline

import (
	"bytes"

	"github.com/tambal-id/tambal/cmd/tambal/internal/history"
	"github.com/tambal-id/tambal/cmd/tambal/internal/signature"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
	"github.com/tambal-id/tambal/policies"
	"github.com/tambal-id/tambal/schema"
)

// part names one item of a manifest across its versions: the n-th of its name.
// The header is the part with the name "".
type part struct {
	name string
	n    int
}

// parts cuts a manifest into its named parts.
func parts(data []byte) (map[part][]byte, []part) {
	found := map[part][]byte{}
	var order []part
	count := map[string]int{}
	for _, seg := range schema.Segments(data) {
		p := part{seg.Name, count[seg.Name]}
		count[seg.Name]++
		found[p] = seg.Data
		order = append(order, p)
	}
	return found, order
}

// contributions finds, for each commit the landing carries, which of the new
// items it wrote: their bytes in the commit differ from those in all its
// parents of the same landing, or the commit is the first to hold the landed
// form. A parent from before the landing excuses nobody: it can hold a new item
// only because that item was taken back once, and who revives it answers for it.
// A commit whose manifest shows no items at all counts for every new one.
func (b *builder) contributions(c *CaseChange) error {
	defer b.plant(c)
	if len(c.Steps) == 0 {
		return nil
	}
	landed, order := parts(c.AfterData)
	fresh := map[part]*Step{}
	for i, s := range c.Steps {
		fresh[order[1+c.landed()+i]] = s
	}
	if c.landed() == 0 {
		fresh[part{}] = c.Steps[0] // the header comes with the first item
	}
	side := map[history.ID]bool{}
	for _, w := range c.Landing.Side {
		side[w.ID] = true
	}
	for _, w := range c.Landing.Authors {
		wrote := map[*Step]bool{}
		if err := b.wroteManifest(c, w, side, landed, fresh, wrote); err != nil {
			return err
		}
		if err := b.carried(c, w, side, landed, fresh, wrote); err != nil {
			return err
		}
		for _, ch := range w.Own {
			for _, s := range c.Steps {
				for _, e := range s.Item.Evidence() {
					if ch.Path == c.Dir+"/"+e.Path {
						wrote[s] = true
					}
				}
			}
		}
		if len(wrote) == 0 {
			continue
		}
		con := b.contribution(w.Commit, c.Landing)
		for _, s := range c.Steps {
			if wrote[s] {
				con.Steps = append(con.Steps, s)
				s.Contributions = append(s.Contributions, con)
			}
		}
		c.Landing.Contributions = append(c.Landing.Contributions, con)
	}
	for _, s := range c.Steps {
		if s.Commit == nil && len(s.Contributions) > 0 {
			s.Commit = s.Contributions[len(s.Contributions)-1].Commit
		}
		for _, e := range s.Item.Evidence() {
			s.Contributions = append(s.Contributions, c.Case.planted[c.Dir+"/"+e.Path]...)
		}
		s.Span = b.span(c, s)
	}
	return nil
}

// wroteManifest marks the steps whose text a commit wrote.
func (b *builder) wroteManifest(c *CaseChange, w history.Written, side map[history.ID]bool, landed map[part][]byte, fresh map[part]*Step, wrote map[*Step]bool) error {
	touches := false
	for _, ch := range w.Own {
		touches = touches || ch.Path == c.Path
	}
	for _, id := range w.Parents {
		touches = touches || !side[id]
	}
	if !touches {
		return nil
	}
	own, order, err := b.partsAt(w.Commit, c.Path)
	if err != nil {
		return err
	}
	var parents []map[part][]byte
	for _, id := range w.Parents {
		if !side[id] {
			continue
		}
		parent, err := b.repo.Commit(id)
		if err != nil {
			return err
		}
		p, _, err := b.partsAt(parent, c.Path)
		if err != nil {
			return err
		}
		parents = append(parents, p)
	}
	for p, s := range fresh {
		text, has := own[p]
		differs, first := has || len(order) == 1, holds(own, p.name, landed[p])
		for _, parent := range parents {
			differs = differs && !(has && bytes.Equal(parent[p], text) && parent[p] != nil)
			first = first && !holds(parent, p.name, landed[p])
		}
		if differs || first {
			wrote[s] = true
		}
		if first && s.Commit == nil && p.name != "" {
			s.Commit = w.Commit
		}
	}
	return nil
}

func (b *builder) partsAt(c *history.Commit, path string) (map[part][]byte, []part, error) {
	e, err := b.repo.Lookup(c.Tree, path)
	if err != nil || e.Mode == "" {
		return nil, nil, err
	}
	data, err := b.blob(e)
	if err != nil {
		return nil, nil, err
	}
	found, order := parts(data)
	return found, order, nil
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

// contribution names the people of a commit by the policy in force.
func (b *builder) contribution(c *history.Commit, l *Landing) *Contribution {
	con := &Contribution{Commit: c}
	actor := func(name, email string) Actor {
		a := Actor{Name: name, Email: email}
		if l.Policy != nil {
			a.Person = l.Policy.Team.ByEmail(email)
		}
		return a
	}
	con.Author = actor(c.Author.Name, c.Author.Email)
	con.Committer = actor(c.Committer.Name, c.Committer.Email)
	for _, email := range c.CoAuthors() {
		con.CoAuthors = append(con.CoAuthors, actor("", email))
	}
	if l.Policy != nil {
		con.Signer, con.Fault = commitSigner(c, l)
	}
	return con
}

// commitSigner returns the person whose key, valid at the landing, signed a
// commit; or what is wrong with its signature.
func commitSigner(c *history.Commit, l *Landing) (*policies.Person, text.Phrase) {
	payload, armored, err := signature.CommitPayload(c.Raw)
	if err != nil {
		return nil, asPhrase(err)
	}
	if armored == "" {
		return nil, text.Phrase{}
	}
	key, err := signature.Verify(signature.GitNamespace, payload, armored)
	if err != nil {
		return nil, asPhrase(err)
	}
	person, known := l.Policy.Team.ByKey(key.Fingerprint)
	if person == nil {
		return nil, text.Phrase{Code: "signature.unknown-key"}
	}
	if state := keyState(l, known); state != policies.KeyValid {
		return nil, text.Phrase{Code: "signature.key-" + string(state)}
	}
	return person, text.Phrase{}
}
