package protection

import (
	"slices"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/forge"
)

// on says whether a switch is shown and on, off whether it is shown and off.
func on(s *bool) bool  { return s != nil && *s }
func off(s *bool) bool { return s != nil && !*s }

// mergesOnly says whether a rule in force allows merge commits only: they alone
// keep who did which step.
func (f *Facts) mergesOnly() bool {
	return slices.ContainsFunc(f.rules.value, func(r forge.Rule) bool {
		p, err := r.PullRequest()
		return r.Type == forge.RulePullRequest && err == nil && slices.Equal(p.Methods, []string{"merge"})
	})
}

func mergeMethods(l *look) {
	if len(l.requirements.pulls) == 0 || l.mergesOnly() {
		return
	}
	f := l.note()
	if off(l.settings.Squash) && off(l.settings.Rebase) {
		f.Severity = finding.Warning // the buttons hold, but one click brings them back
	}
}

func mergingHidden(l *look) bool {
	return l.settings.Squash == nil || l.settings.Rebase == nil || l.settings.MergeCommit == nil
}

// button is a gap where that way to merge is offered.
func button(of func(forge.Settings) *bool) func(*look) {
	return func(l *look) {
		if !on(of(l.settings)) {
			return
		}
		f := l.note()
		if l.mergesOnly() {
			f.Severity = finding.Warning // the rule holds; the button only misleads
		}
	}
}

func mergeCommitOff(l *look) bool {
	forbidden := l.requirements != nil && l.requirements.any(func(p forge.PullRequestRule) bool {
		return p.Methods != nil && !slices.Contains(p.Methods, "merge")
	})
	return forbidden || off(l.settings.MergeCommit)
}

func forksAllowed(l *look) bool {
	return l.settings.Private && l.settings.Organization && on(l.settings.Forking)
}

func unknownActions(l *look) { l.unread(l.actions.at, l.actions.err) }

func actionsOff(l *look) bool { return l.actions.err == nil && !l.actions.value.Enabled }

func actionsApprove(l *look) {
	if l.misread != nil || !l.actions.value.Approve {
		return
	}
	f := l.note()
	if l.requirements != nil && l.requirements.approvals() > 0 {
		f.Severity = finding.Error // a workflow would be the second pair of eyes
	}
}

func branchTrunk(l *look) {
	if trunk := l.tree.trunk; trunk != "" && trunk != l.settings.DefaultBranch {
		l.note(l.settings.DefaultBranch, trunk)
	}
}

func branchPolicy(l *look) {
	if l.tree.policy.err == nil && !l.tree.policy.value {
		l.note(l.settings.DefaultBranch)
	}
}

// unknownFiles says what of the tree could not be read.
func unknownFiles(l *look) {
	t := l.tree
	l.unread(t.policy.at, t.policy.err)
	l.unread(t.workflows.at, t.workflows.err)
	if !l.planned() {
		return
	}
	l.unread(t.owners.at, t.owners.err)
	if t.owners.value != nil {
		l.unread(t.owners.value.path, t.coverUnknown())
	}
}

func unknownCodeowners(l *look, _ *ownerFile) { l.unread(l.ownerErrors.at, l.ownerErrors.err) }
