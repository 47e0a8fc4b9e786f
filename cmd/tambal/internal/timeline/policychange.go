package timeline

import (
	"io/fs"
	"slices"
	"strings"

	"github.com/tambal-id/tambal/cmd/tambal/internal/forge"
	"github.com/tambal-id/tambal/cmd/tambal/internal/history"
	"github.com/tambal-id/tambal/policies"
	"github.com/tambal-id/tambal/schema"
)

// policyChange joins a landing's new policy; nil when it changes none.
func (b *builder) policyChange(l *Landing) (*PolicyChange, error) {
	touched := false
	for _, ch := range l.Changes {
		touched = touched || strings.HasPrefix(ch.Path, policies.Dir)
	}
	if !touched {
		return nil, nil
	}
	after := l.Commit
	if l.Pending {
		after = l.Head
	}
	p, err := b.policy(after.Tree)
	if err != nil {
		return nil, err
	}
	change := &PolicyChange{Policy: p.policy, Problems: p.problems, Irregular: p.irregular}
	if l.Pending {
		change.Problems = append(change.Problems, secondOpinions(p.files)...)
	}
	if l.Anchor {
		return change, nil
	}
	if l.Policy == nil && l.Base != nil { // called ahead of add
		in, err := b.policy(l.Base.Tree)
		if err != nil {
			return nil, err
		}
		l.Policy = in.policy
	}
	authors, err := b.policyAuthors(l)
	if err != nil {
		return nil, err
	}
	for _, c := range authors {
		change.Contributions = append(change.Contributions, b.contribution(c, l))
	}
	change.Signed = b.policySigned(l, change)
	if change.Signed {
		return change, nil
	}
	d := b.facts.Pull
	if !l.Pending {
		d = b.facts.Policies[l.Commit.ID]
	}
	if change.ReviewedBy, err = b.policyReviewed(l, change, after, d); err != nil || change.ReviewedBy != nil || l.Pending {
		return change, err
	}
	if !slices.Contains(b.line.Unproven, l.Commit) {
		b.line.Unproven = append(b.line.Unproven, l.Commit)
	}
	if !b.capped {
		b.capped, b.line.Proven = true, l.Policy
	}
	return change, nil
}

// policyReviewed returns the policy owner who approved the landed policy in its
// pull request and wrote none of it.
func (b *builder) policyReviewed(l *Landing, change *PolicyChange, after *history.Commit, d *forge.Dossier) (*policies.Person, error) {
	if d == nil || l.Policy == nil {
		return nil, nil
	}
	landed, err := b.repo.Lookup(after.Tree, policies.Dir)
	if err != nil {
		return nil, err
	}
	latest := map[int64]forge.Review{}
	for _, r := range inOrder(d.Reviews) {
		if r.Decides() && !r.SubmittedAt.IsZero() {
			latest[r.Author.ID] = r
		}
	}
	for _, r := range inOrder(d.Reviews) {
		owner := l.Policy.Team.ByGitHub(r.Author.ID)
		if latest[r.Author.ID].ID != r.ID || r.State != forge.Approved || r.Author.Bot || owner == nil || !owner.HoldsAt(policies.RolePolicyOwner, r.SubmittedAt) ||
			slices.ContainsFunc(change.Contributions, func(c *Contribution) bool { return slices.Contains(c.People(), owner.ID) }) {
			continue
		}
		at, err := b.repo.Commit(history.ID(r.Commit))
		if err != nil {
			continue // what was reviewed is not here to compare
		}
		if reviewed, err := b.repo.Lookup(at.Tree, policies.Dir); err != nil || reviewed == landed {
			return owner, err
		}
	}
	return nil, nil
}

// readPolicyLine finds the anchor and whether an unproven policy landing
// followed it.
func (b *builder) readPolicyLine(tip *history.Commit) error {
	commits, err := b.repo.Touching(tip, "policies", false)
	if err != nil {
		return err
	}
	for _, c := range commits {
		if b.line.Anchor == nil {
			holds, err := b.holdsPolicy(c)
			if err != nil {
				return err
			}
			if holds {
				b.line.Anchor = c
			}
			continue
		}
		l, err := b.repo.At(c)
		if err != nil {
			return err
		}
		if _, err := b.policyChange(b.wrap(l)); err != nil {
			return err
		}
	}
	return nil
}

// policySigned says whether policy owners of the old policy vouch with their
// keys: for the landing itself, or for every commit that touches the policy.
func (b *builder) policySigned(l *Landing, change *PolicyChange) bool {
	if l.Policy == nil {
		return false
	}
	owner := func(p *policies.Person) bool { return p != nil && p.HoldsAt(policies.RolePolicyOwner, l.When) }
	if !l.Pending {
		if signer, _ := commitSigner(l.Commit, l); owner(signer) {
			return true
		}
	}
	for _, con := range change.Contributions {
		if !owner(con.Signer) {
			return false
		}
	}
	return len(change.Contributions) > 0
}

// secondOpinions compares the readings of two YAML parsers on each policy file.
func secondOpinions(files fs.FS) (list []policies.Problem) {
	for _, name := range []string{policies.SOPFile, policies.TeamFile, policies.CalendarFile} {
		file := policies.Dir + "/" + name
		data, err := fs.ReadFile(files, file)
		if err != nil {
			continue // the loader has said so
		}
		if d, _ := schema.ParseYAML(data); d != nil {
			for _, p := range schema.SecondOpinion(data, d) {
				list = append(list, policies.Problem{Path: file, Problem: p})
			}
		}
	}
	return list
}

// policyAuthors follows the landed policy back to the base's: a commit wrote it
// unless a parent of the same landing holds the same. A parent from before the
// landing excuses nobody, so neither a policy that was taken back nor one that
// was replaced long ago returns without somebody who answers for it.
func (b *builder) policyAuthors(l *Landing) ([]*history.Commit, error) {
	var base history.Entry
	var err error
	if l.Base != nil {
		if base, err = b.repo.Lookup(l.Base.Tree, policies.Dir); err != nil {
			return nil, err
		}
	}
	list := l.Side
	if !l.Pending {
		list = append(list[:len(list):len(list)], history.Written{Commit: l.Commit})
	} else if len(list) == 0 {
		list = l.Authors
	}
	at := map[history.ID]history.Entry{}
	for _, w := range list {
		if at[w.ID], err = b.repo.Lookup(w.Tree, policies.Dir); err != nil {
			return nil, err
		}
	}
	var authors []*history.Commit
	follow := map[history.ID]bool{list[len(list)-1].ID: true}
	for i := len(list) - 1; i >= 0; i-- {
		w := list[i]
		if !follow[w.ID] || at[w.ID] == base {
			continue
		}
		inherited := false
		for _, parent := range w.Parents {
			e, ours := at[parent]
			follow[parent] = true
			inherited = inherited || ours && e == at[w.ID]
		}
		if !inherited {
			authors = append(authors, w.Commit)
		}
	}
	slices.Reverse(authors)
	return authors, nil
}
