package timeline

import (
	"strings"

	"github.com/tambal-id/tambal/cmd/tambal/internal/decision"
	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
	"github.com/tambal-id/tambal/cmd/tambal/internal/signature"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
	"github.com/tambal-id/tambal/policies"
)

// contributionOf names the people of a commit by the policy in force.
func contributionOf(r *reader, c *git.Commit, l *Landing) *Contribution {
	con := &Contribution{Commit: r.commit(c)}
	actor := func(name, email string) Actor {
		a := Actor{Name: name, Email: email}
		if l.Policy != nil {
			if a.Person = l.Policy.Team.ByEmail(email); a.Person == nil {
				a.Likely = l.Policy.Team.ByNoreply(email)
			}
		}
		return a
	}
	con.Author = actor(c.Author.Name, c.Author.Email)
	con.Committer = actor(c.Committer.Name, c.Committer.Email)
	for _, email := range c.CoAuthors() {
		con.CoAuthors = append(con.CoAuthors, actor("", email))
	}
	if l.Policy != nil {
		con.Signer, con.Key, con.Fault = commitSigner(c, l)
	}
	return con
}

// commitSigner returns the person whose key, valid at the landing, signed a
// commit, and the key's fingerprint; or what is wrong with its signature.
func commitSigner(c *git.Commit, l *Landing) (*policies.Person, string, text.Phrase) {
	payload, armored, err := signature.CommitPayload(c.Raw)
	if err != nil {
		return nil, "", decision.Reason(err)
	}
	if armored == "" {
		return nil, "", text.Phrase{}
	}
	key, err := signature.Verify(signature.GitNamespace, payload, armored)
	if err != nil {
		return nil, "", decision.Reason(err)
	}
	person, state := l.Policy.Team.SignerAt(key.Fingerprint, l.Timeline.Revoked, l.Moments()...)
	if fault := decision.KeyFault(person, state); fault.Code != "" {
		return nil, "", fault
	}
	return person, key.Fingerprint, text.Phrase{}
}

// noteUnlisted remembers who landed files that no item lists yet.
func noteUnlisted(r *reader, c *CaseChange, p place) {
	listed := map[string]bool{}
	if c.After != nil {
		for i := range c.After.Items {
			for _, e := range c.After.Items[i].Evidence() {
				listed[c.Dir+"/"+e.Path] = true
			}
		}
	}
	for _, w := range p.index.wrote(c.Dir) {
		for _, ch := range w.Own {
			if !strings.HasPrefix(ch.Path, c.Dir+"/") || ch.Path == c.Path || listed[ch.Path] || ch.After.Mode == "" {
				continue
			}
			if c.Case.unlisted == nil {
				c.Case.unlisted = map[string][]*Contribution{}
			}
			c.Case.unlisted[ch.Path] = append(c.Case.unlisted[ch.Path], contributionOf(r, w.Commit, c.Landing))
		}
	}
}
