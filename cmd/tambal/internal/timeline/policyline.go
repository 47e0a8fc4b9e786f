package timeline

import (
	"io/fs"
	"slices"
	"strings"

	"github.com/tambal-id/tambal/cmd/tambal/internal/decision"
	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
	"github.com/tambal-id/tambal/cmd/tambal/internal/landing"
	"github.com/tambal-id/tambal/policies"
	"github.com/tambal-id/tambal/schema"
)

func changesPolicy(l *landing.Landing) bool {
	return slices.ContainsFunc(l.Changes, func(ch git.Change) bool { return strings.HasPrefix(ch.Path, policies.Dir) })
}

// policyChange joins a landing's new policy; nil when it changes none.
func (b *builder) policyChange(l *Landing, p place) (*PolicyChange, error) {
	if !changesPolicy(p.Landing) {
		return nil, nil
	}
	next, err := b.read.policy(p.after().Tree)
	if err != nil {
		return nil, err
	}
	change := &PolicyChange{Policy: next.policy, Problems: next.problems, Irregular: next.irregular}
	if l.Pending {
		change.Problems = append(change.Problems, secondOpinions(next.files, p)...)
	}
	if l.Anchor {
		return change, nil
	}
	authors, err := policyAuthors(b.read, p)
	if err != nil {
		return nil, err
	}
	for _, c := range authors {
		change.Contributions = append(change.Contributions, contributionOf(b.read, c, l))
	}
	if change.Signed = policySigned(l, p, change); len(change.Signed) == 0 {
		change.ReviewedBy, err = b.policyReviewed(l, p, change)
	}
	return change, err
}

// policyReviewed returns the policy owner who approved the landed policy in its
// pull request and wrote none of it; nil when there is none, or nobody to ask.
func (b *builder) policyReviewed(l *Landing, p place, change *PolicyChange) (*policies.Person, error) {
	request, err := b.broughtBy(l)
	if request == nil || err != nil || l.Policy == nil {
		return nil, err
	}
	landed, err := b.read.repo.Lookup(p.after().Tree, policies.Dir)
	if err != nil {
		return nil, err
	}
	reviews := decision.InOrder(request.Reviews)
	latest := map[int64]int64{}
	for _, r := range reviews {
		if r.Decides() && !r.SubmittedAt.IsZero() {
			latest[r.Author.ID] = r.ID
		}
	}
	for _, r := range reviews {
		owner := l.Policy.Team.ByGitHub(r.Author.ID)
		if latest[r.Author.ID] != r.ID || r.State != decision.ReviewApproves || r.Author.Bot || owner == nil || !owner.HoldsAt(policies.RolePolicyOwner, r.SubmittedAt) ||
			slices.ContainsFunc(change.Contributions, func(c *Contribution) bool { return slices.Contains(c.People(), owner.ID) }) {
			continue
		}
		at, err := b.read.repo.Commit(git.ID(r.Commit))
		if err != nil {
			continue // what was reviewed is not here to compare
		}
		if reviewed, err := b.read.repo.Lookup(at.Tree, policies.Dir); err != nil || reviewed == landed {
			return owner, err
		}
	}
	return nil, nil
}

// broughtBy returns the pull request that a landing waits in or came from; nil
// when there is none, or no forge to ask.
func (b *builder) broughtBy(l *Landing) (*decision.Request, error) {
	switch {
	case l.Pending && b.options.Request != nil:
		return &b.options.Request.Request, nil
	case l.Pending || b.options.Forge == nil:
		return nil, nil
	}
	return b.options.Forge.BroughtBy(l.Commit.ID)
}

// policySigned returns the keys with which policy owners of the old policy vouch:
// for the landing itself, or for every commit that touches the policy.
func policySigned(l *Landing, p place, change *PolicyChange) (keys []string) {
	if l.Policy == nil {
		return nil
	}
	owner := func(p *policies.Person) bool { return p != nil && p.HoldsAt(policies.RolePolicyOwner, l.Moments()...) }
	if p.Commit != nil {
		if signer, key, _ := commitSigner(p.Commit, l); owner(signer) {
			return []string{key}
		}
	}
	for _, c := range change.Contributions {
		if !owner(c.Signer) {
			return nil
		}
		keys = append(keys, c.Key)
	}
	return keys
}

// secondOpinions compares the readings of two YAML parsers on each policy file,
// and looks at the form of those that the landing changes.
func secondOpinions(files fs.FS, at place) (list []policies.Problem) {
	for _, name := range []string{policies.SOPFile, policies.TeamFile, policies.CalendarFile} {
		file := policies.Dir + "/" + name
		data, err := fs.ReadFile(files, file)
		if err != nil {
			continue // the loader has said so
		}
		if d, _ := schema.ParseYAML(data); d != nil {
			problems := schema.SecondOpinion(data, d)
			if slices.ContainsFunc(at.Changes, func(ch git.Change) bool { return ch.Path == file }) {
				problems = append(problems, schema.OddForm(data, d)...)
			}
			for _, p := range problems {
				list = append(list, policies.Problem{Path: file, Problem: p})
			}
		}
	}
	return list
}

// policyAuthors follows the landed policy back to the base's: a commit wrote it
// unless a parent of the same landing holds the same. Only parents inside this
// landing count: if an older commit already held the policy, it was replaced
// since, and whoever restores it is its author.
func policyAuthors(r *reader, p place) ([]*git.Commit, error) {
	var base git.Entry
	var err error
	if p.Base != nil {
		if base, err = r.repo.Lookup(p.Base.Tree, policies.Dir); err != nil {
			return nil, err
		}
	}
	list := p.Side
	if p.Commit != nil {
		list = append(list[:len(list):len(list)], landing.Written{Commit: p.Commit})
	} else if len(list) == 0 {
		list = p.Authors
	}
	at := map[git.ID]git.Entry{}
	for _, w := range list {
		if at[w.ID], err = r.repo.Lookup(w.Tree, policies.Dir); err != nil {
			return nil, err
		}
	}
	var authors []*git.Commit
	follow := map[git.ID]bool{list[len(list)-1].ID: true}
	for _, w := range slices.Backward(list) {
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
