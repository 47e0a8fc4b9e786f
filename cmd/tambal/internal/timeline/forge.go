package timeline

import (
	"github.com/tambal-id/tambal/cmd/tambal/internal/decision"
	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
)

// Forge is what only the forge knows. It is asked while the timeline is built,
// for each thing at most once.
type Forge interface {
	// Reviewed returns the pull request with that number and all its reviews, for
	// a record that landed; Missing when it is gone, nil when it is not to be read
	// again. The reviewed commits are in the clone afterwards, where they can be had.
	Reviewed(number int) (*decision.Request, error)
	// BroughtBy returns the pull request that brought a commit, with its reviews;
	// nil when none did.
	BroughtBy(commit ID) (*decision.Request, error)
	// Made says whether a commit that names the forge as its committer is the
	// forge's own work.
	Made(commit ID) (bool, error)
}

// Request is the pull request a pending landing waits in, joined with the policy.
type Request struct {
	decision.Request
	Open, Merged, Draft bool
	Fork                bool   // its head is in another repository
	Base, DefaultBranch string // the branch it aims at, and the protected one
	Opinions            *decision.Opinions
	// Made are the commits that the forge vouches to have made itself.
	Made map[ID]bool
}

// join adds to a pending landing what the forge says: the reviews of its pull
// request, and the records it brings compared with them.
func (b *builder) join(l *Landing, p place) error {
	request := *b.options.Request
	l.Request = &request
	request.Opinions = decision.Read(&request.Request, l.Policy)
	request.Made = map[ID]bool{}
	for _, w := range l.Authors {
		if !w.ByForge() || b.options.Forge == nil {
			continue
		}
		made, err := b.options.Forge.Made(w.ID)
		if err != nil {
			return err
		}
		request.Made[w.ID] = made
	}
	for _, o := range request.Opinions.Latest {
		if err := b.fitOpinion(l, p, o); err != nil {
			return err
		}
	}
	if l.Policy == nil {
		return nil
	}
	for _, c := range l.Cases {
		m := b.matter(c)
		var approvals []*decision.Verification
		for _, s := range c.Steps {
			if a := s.Decision; a != nil {
				approvals = append(approvals, a)
				m.Compare(a, &request.Request, request.Opinions)
			}
		}
		c.Reviews = m.Weigh(request.Opinions)
		c.Recordable, c.Recorded = m.Recordable(request.Opinions, approvals)
	}
	return nil
}

// fitOpinion compares what was reviewed with what would land.
func (b *builder) fitOpinion(l *Landing, p place, o *decision.Opinion) error {
	if len(l.Cases) != 1 || l.Cases[0].After == nil {
		return nil // more than one, or one that nobody can read, is refused anyway
	}
	c := l.Cases[0]
	given, err := givenOn(b.read, c, p, c.Subject(), ID(o.Commit))
	if err != nil {
		return err
	}
	o.Fit, o.Changed = given.Fit, given.Changed
	if o.Fit == decision.Fits && o.SubmittedAt.Before(l.Request.Retargeted) {
		o.Fit = decision.FitRetargeted
	}
	if o.Fit != decision.Fits {
		return nil
	}
	kept, err := b.read.repo.IsAncestor(git.ID(o.Commit), git.ID(l.Head.ID))
	if err != nil || kept {
		return err
	}
	o.Moved = true
	same, err := b.samePeople(l, p, git.ID(o.Commit))
	if err == nil && !same {
		o.Fit = decision.FitPeople
	}
	return err
}
