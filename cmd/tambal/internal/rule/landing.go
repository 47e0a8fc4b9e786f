package rule

import (
	"regexp"
	"slices"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/timeline"
)

var squashSubject = regexp.MustCompile(`\(#\d+\)$`)

// direct says whether a landing touches cases without being a merge.
func direct(p *pass) bool {
	return !p.Pending && !p.Anchor && len(p.Commit.Parents) < 2 && p.touches()
}

// historySquashed: a squash merge loses who wrote which step and in which order.
func historySquashed(p *pass) {
	if direct(p) && squashSubject.MatchString(p.Commit.Subject) {
		p.report(commitPlace(p.Commit), "history-squashed", p.Commit.ID.Short())
	}
}

// historyDirect: cases land by merge commits only.
func historyDirect(p *pass) {
	if direct(p) && !squashSubject.MatchString(p.Commit.Subject) {
		p.report(commitPlace(p.Commit), "history-direct", p.Commit.ID.Short(), p.Commit.Author.Name)
	}
}

// historyBehind: the head has no correct landing on the base as it is now.
func historyBehind(p *pass) {
	if !p.Pending {
		return
	}
	replaced := p.replaced()
	for _, name := range p.Wrong {
		if slices.Contains(replaced, name) || changedBySide(p, name) {
			continue // step-changed, evidence-digest
		}
		p.report(path(name), "history-behind", name)
	}
}

// changedBySide says whether a conflicting manifest is one the head itself
// broke, rather than one the base moved on.
func changedBySide(p *pass, name string) bool {
	return slices.ContainsFunc(p.Cases, func(c *timeline.CaseChange) bool { return c.Path == name && !c.Behind })
}

// historyEvilMerge: a merge has exactly the content that its two sides bring, with
// nothing added and nothing dropped.
func historyEvilMerge(p *pass) {
	if p.Pending || p.Anchor {
		return
	}
	for _, name := range p.Wrong {
		p.report(path(name), "history-evil-merge", name, p.Commit.ID.Short())
	}
}

// historyFoxtrot: a pull turned the protected branch into the side branch.
func historyFoxtrot(p *pass) {
	switch {
	case p.Anchor:
	case p.Foxtrot != nil:
		p.report(commitPlace(p.Foxtrot), "history-foxtrot", p.Foxtrot.ID.Short())
	case p.FoxtrotLike != nil:
		p.report(commitPlace(p.FoxtrotLike), "history-foxtrot.like", p.FoxtrotLike.ID.Short()).Severity = finding.Warning
	}
}

// historyRewritten: an earlier head that somebody wrote down is gone.
func historyRewritten(p *pass) {
	if p.last && p.options.Lost != "" {
		p.report(commitPlace(p.Commit), "history-rewritten", p.options.Lost)
	}
}

// historyMalformed: objects outside the strict grammar, octopus merges of cases
// and unrelated histories identify nobody reliably.
func historyMalformed(p *pass) {
	commits := []*timeline.Commit{}
	if p.Commit != nil {
		commits = append(commits, p.Commit)
	}
	for _, w := range p.Side {
		commits = append(commits, w.Commit)
	}
	for _, c := range commits {
		if c.Malformed != "" {
			p.report(commitPlace(c), c.Malformed, c.ID.Short())
		}
	}
	for _, c := range octopuses(p) {
		p.report(commitPlace(c), "history-malformed.octopus", c.ID.Short(), len(c.Parents))
	}
	if p.ForeignRoot != nil {
		p.report(commitPlace(p.ForeignRoot), "history-malformed.root", p.ForeignRoot.ID.Short())
	}
	// A mail map changes what git log shows; tambal ignores it and says so.
	if p.Mailmap && p.last {
		p.report(path(".mailmap"), "history-malformed.mailmap").Severity = finding.Warning
	}
}

// octopuses finds the merges of more than two parents, the landing or on its side,
// that change cases or the policy or stand on a commit of this landing that does:
// also where nothing of it is left, for nobody can say which side dropped it.
func octopuses(p *pass) (list []*timeline.Commit) {
	carries := map[timeline.ID]bool{}
	look := func(c *timeline.Commit, own bool) {
		for _, parent := range c.Parents {
			own = own || carries[parent]
		}
		if carries[c.ID] = own; own && len(c.Parents) > 2 {
			list = append(list, c)
		}
	}
	for _, w := range p.Side { // parents stand before children
		look(w.Commit, len(w.Own) > 0)
	}
	if p.Commit != nil {
		look(p.Commit, p.touches() || p.Next != nil)
	}
	return list
}

// requestState: a pull request that may be judged is open, ready, from this
// repository, and aims at the protected branch.
func requestState(p *pass) {
	r := p.Request
	if r == nil {
		return
	}
	at := pullPlace(p)
	switch {
	case r.Merged:
		p.report(at, "request-state.merged", r.Number)
	case !r.Open:
		p.report(at, "request-state.closed", r.Number)
	}
	if r.Fork {
		p.report(at, "request-state.fork", r.Number)
	}
	if r.Base != r.DefaultBranch {
		p.report(at, "request-state.base", r.Number, r.Base, r.DefaultBranch)
	}
	if r.Draft {
		p.report(at, "request-state.draft", r.Number).Severity = finding.Pending
	}
}

// pullPlace is the head of the pull request: it has no place in a file.
func pullPlace(p *pass) finding.Place { return commitPlace(p.Head) }

// gateChanged reports a change of what runs the check itself, and refuses it
// beside a case: whoever reviews a case does not review a workflow.
func gateChanged(p *pass) {
	for _, name := range p.Gate {
		f := p.report(path(name), "gate-changed", name)
		if p.touches() || p.Next != nil {
			f.Code, f.Severity = "gate-changed.mixed", finding.Error
		}
	}
}
