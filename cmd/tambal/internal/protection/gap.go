package protection

import (
	"errors"
	"slices"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/forge"
	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
)

// Gap is one thing that may not be as it should. An error lets somebody walk
// around the gate or keeps it from working. Its ID is never used again; Severity
// and Place are what its findings have unless the function says otherwise.
type Gap struct {
	ID       string
	Severity finding.Severity
	Place    string
	find     func(*look)
}

// All lists the gaps: the plan, the rules in force, who may pass them, the
// settings, the files. The unknown ones speak in the words of whatever could not
// be read.
var All = []Gap{
	{"plan-no-rules", finding.Error, atPlan, when(func(l *look) bool { return !l.planned() })},
	{"unknown-rules", finding.Undecided, atRules, unknownRules},
	{"unknown-classic", finding.Undecided, atClassic, unknownClassic},

	{"pull-request-missing", finding.Error, atRules, missing(func(d *requirements) []source { return d.pull })},
	{"status-missing", finding.Error, atRules, missing(func(d *requirements) []source { return d.status })},
	{"force-push-allowed", finding.Error, atRules, missing(func(d *requirements) []source { return d.force })},
	{"deletion-allowed", finding.Error, atRules, missing(func(d *requirements) []source { return d.deletion })},
	{"status-any-writer", finding.Notice, atRules, statusBy(func(app int64) bool { return app == 0 })},
	{"status-actions", finding.Notice, atRules, statusBy(func(app int64) bool { return app == githubActions })},
	{"status-app", finding.Notice, atRules, statusBy(func(app int64) bool { return app != 0 && app != githubActions })},
	{"status-strict", finding.Notice, atRules, ruled(when(statusStrict))},
	{"history-linear", finding.Error, atRules, inTheWay(forge.RuleLinear)},
	{"merge-queue", finding.Error, atRules, inTheWay(forge.RuleMergeQueue)},
	{"commits-signed", finding.Warning, atRules, inTheWay(forge.RuleSignatures)},
	{"rule-unknown", finding.Notice, atRules, ruled(ruleUnknown)},

	{"review-dismissed", finding.Warning, atRules, demanding(func(p forge.PullRequestRule) bool { return p.DismissStale })},
	{"review-last-push", finding.Warning, atRules, demanding(func(p forge.PullRequestRule) bool { return p.LastPush })},
	{"code-owners-off", finding.Error, atRules, ruled(codeOwnersOff)},
	{"code-owners-zero", finding.Warning, atRules, ruled(when(codeOwnersZero))},
	{"merge-methods", finding.Error, atRules, ruled(mergeMethods)},

	{"ruleset-inactive", finding.Warning, atRules, ruled(rulesetInactive)},
	{"ruleset-elsewhere", finding.Warning, atRules, ruled(rulesetElsewhere)},
	{"bypass-role", finding.Warning, atRules, bypass("RepositoryRole")},
	{"bypass-owners", finding.Warning, atRules, bypass("OrganizationAdmin")},
	{"bypass-team", finding.Warning, atRules, bypass("Team")},
	{"bypass-app", finding.Warning, atRules, bypass("Integration")},
	{"bypass-key", finding.Warning, atRules, bypass("DeployKey")},
	{"bypass-user", finding.Warning, atRules, bypass("User")},
	{"bypass-other", finding.Warning, atRules, bypass("")},
	{"bypass-hidden", finding.Undecided, atRules, ruled(bypassHidden)},
	{"classic-weaker", finding.Warning, atClassic, ruled(classicWeaker)},
	{"classic-bypass", finding.Error, atClassic, ruled(classicBypass)},

	{"merging-hidden", finding.Undecided, atMerging, when(mergingHidden)},
	{"merge-squash", finding.Error, atMerging, button(func(s forge.Settings) *bool { return s.Squash })},
	{"merge-rebase", finding.Error, atMerging, button(func(s forge.Settings) *bool { return s.Rebase })},
	{"merge-commit-off", finding.Error, atMerging, when(mergeCommitOff)},
	{"forks-allowed", finding.Warning, atForks, when(forksAllowed)},
	{"unknown-actions", finding.Undecided, atActions, unknownActions},
	{"actions-off", finding.Error, atActions, when(actionsOff)},
	{"actions-write", finding.Warning, atActions, when(func(l *look) bool { return l.actions.value.Write })},
	{"actions-approve", finding.Warning, atActions, actionsApprove},

	{"branch-trunk", finding.Warning, atBranch, branchTrunk},
	{"branch-policy", finding.Error, atBranch, branchPolicy},
	{"unknown-files", finding.Undecided, atBranch, unknownFiles},
	{"workflow-missing", finding.Error, workflowFolder, noWorkflow(func(w *workflow) bool { return w.gate })},
	{"audit-missing", finding.Warning, workflowFolder, noWorkflow(func(w *workflow) bool { return w.audit })},
	{"workflow-untrusted", finding.Error, workflowFolder, workflowUntrusted},
	{"workflow-runs-proposal", finding.Error, workflowFolder, workflowMistake},
	{"workflow-off", finding.Error, workflowFolder, workflowMistake},
	{"workflow-paths", finding.Warning, workflowFolder, workflowMistake},
	{"workflow-name", finding.Warning, workflowFolder, workflowMistake},
	{"workflow-unpinned", finding.Warning, workflowFolder, workflowUnpinned},
	{"codeowners-missing", finding.Error, ownerFiles[0], when(codeownersMissing)},
	{"codeowners-uncovered", finding.Error, ownerFiles[0], owning(codeownersUncovered)},
	{"codeowners-cases", finding.Warning, ownerFiles[0], owning(codeownersCases)},
	{"codeowners-invalid", finding.Error, ownerFiles[0], owning(codeownersInvalid)},
	{"unknown-codeowners", finding.Undecided, ownerFiles[0], owning(unknownCodeowners)},
}

// when is a gap with nothing more to say than that it is there.
func when(is func(*look) bool) func(*look) {
	return func(l *look) {
		if is(l) {
			l.note()
		}
	}
}

// look is one gap's look at the facts.
type look struct {
	*Facts
	requirements *requirements // what the rules in force ask for; nil where that is not known
	misread      error         // why it is not, although there are rules
	gap          *Gap
	found        []finding.Finding
}

// examine looks for those gaps and returns what it finds, in their order.
func examine(f *Facts, gaps []Gap) (list []finding.Finding) {
	required, misread := f.required()
	for i := range gaps {
		l := &look{Facts: f, requirements: required, misread: misread, gap: &gaps[i]}
		l.gap.find(l)
		list = append(list, l.found...)
	}
	return list
}

// note adds a finding in the gap's own place, noteAt in another.
func (l *look) note(args ...any) *finding.Finding {
	return l.noteAt(finding.Place{Path: l.gap.Place}, args...)
}

func (l *look) noteAt(place finding.Place, args ...any) *finding.Finding {
	l.found = append(l.found, finding.Finding{Rule: l.gap.ID, Severity: l.gap.Severity, Place: place, Code: "doctor." + l.gap.ID, Args: args})
	return &l.found[len(l.found)-1]
}

// unread notes what could not be read, in the words of the reason. What fails
// alike in one place is one gap; nil is none.
func (l *look) unread(at string, err error) {
	if err == nil {
		return
	}
	f := finding.Finding{Rule: l.gap.ID, Severity: l.gap.Severity, Place: finding.Place{Path: at}, Code: "doctor.unread", Args: []any{err}}
	var remote *forge.Error
	var broken *git.Error
	switch {
	case errors.As(err, &remote) && !remote.Refused:
		f.Code, f.Args = remote.Code, remote.Args
	case errors.As(err, &broken) && !errors.Is(err, git.ErrNoRef):
		f.Code, f.Args = broken.Code, broken.Args
	}
	same := func(g finding.Finding) bool {
		return g.Path == f.Path && g.Message(text.English) == f.Message(text.English)
	}
	if !slices.ContainsFunc(l.found, same) {
		l.found = append(l.found, f)
	}
}
