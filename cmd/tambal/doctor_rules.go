package main

import (
	"slices"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/forge"
)

// githubActions is the number of GitHub's own app for workflows.
const githubActions = 15368

// source is one ruleset, or the classic protection, that enforces something.
type source struct {
	id    int64 // ruleset; 0 is the classic protection
	firm  bool  // nobody is let by
	known bool  // firm is known
}

// demands are what keeps a change from going around the gate, each with the
// sources that enforce it.
type demands struct{ pull, status, force, deletion []source }

// checkRules compares the rules in force with what the gate needs. Where the
// plan has none, the plan is the gap.
func (e *examination) checkRules() {
	if e.prevention != prevents {
		return
	}
	d, pulls, statuses, ok := e.demands()
	if !ok {
		return
	}
	missing := func(list []source, name string) {
		switch {
		case len(list) > 0:
		case !e.read.classic: // it may stand there
			e.gap(name, finding.Undecided, atClassic)
		default:
			e.gap(name, finding.Error, atRules)
		}
	}
	missing(d.pull, "pull-request-missing")
	missing(d.status, "status-missing")
	missing(d.force, "force-push-allowed")
	missing(d.deletion, "deletion-allowed")
	e.checkStatus(statuses)
	e.checkReviews(pulls)
	e.checkMethods(pulls)
	e.checkOtherRules()
	e.checkRulesets()
	e.checkBypass(d)
	e.checkClassic()
}

// demands reads the rules in force; false when one of them cannot be read.
func (e *examination) demands() (d demands, pulls []forge.PullRequestRule, statuses []forge.StatusRule, ok bool) {
	for _, r := range e.rules {
		from := e.source(r.Ruleset)
		switch r.Type {
		case forge.RulePullRequest:
			p, err := r.PullRequest()
			if err != nil {
				e.unread("unknown-rules", err, atRules)
				return d, nil, nil, false
			}
			d.pull, pulls = append(d.pull, from), append(pulls, p)
		case forge.RuleStatusChecks:
			s, err := r.StatusChecks()
			if err != nil {
				e.unread("unknown-rules", err, atRules)
				return d, nil, nil, false
			}
			if requires(s) {
				d.status, statuses = append(d.status, from), append(statuses, s)
			}
		case forge.RuleForcePush:
			d.force = append(d.force, from)
		case forge.RuleDeletion:
			d.deletion = append(d.deletion, from)
		}
	}
	if c := e.classic; c != nil {
		from := source{firm: c.Admins, known: true}
		if c.PullRequest != nil {
			d.pull, pulls = append(d.pull, source{firm: c.Admins && c.Bypass == 0, known: true}), append(pulls, *c.PullRequest)
		}
		if c.Status != nil && requires(*c.Status) {
			d.status, statuses = append(d.status, from), append(statuses, *c.Status)
		}
		if !c.ForcePush {
			d.force = append(d.force, from)
		}
		if !c.Deletion {
			d.deletion = append(d.deletion, from)
		}
	}
	return d, pulls, statuses, true
}

func requires(s forge.StatusRule) bool {
	return slices.ContainsFunc(s.Checks, func(c forge.Check) bool { return c.Context == statusContext })
}

func (e *examination) source(ruleset int64) source {
	s := source{id: ruleset}
	if r := e.ruleset(ruleset); r != nil {
		s.firm, s.known = r.BypassShown && len(r.Bypass) == 0, r.BypassShown
	}
	return s
}

func (e *examination) ruleset(id int64) *forge.Ruleset {
	if i := slices.IndexFunc(e.rulesets, func(r forge.Ruleset) bool { return r.ID == id }); i >= 0 {
		return &e.rulesets[i]
	}
	return nil
}

// checkStatus says whom the required status is taken from.
func (e *examination) checkStatus(statuses []forge.StatusRule) {
	if len(statuses) == 0 {
		return
	}
	var app int64
	strict := false
	for _, s := range statuses {
		strict = strict || s.Strict
		for _, c := range s.Checks {
			if c.Context == statusContext && c.App != nil && (app == 0 || app == githubActions) {
				app = *c.App
			}
		}
	}
	switch app {
	case 0:
		e.gap("status-any-writer", finding.Notice, atRules)
	case githubActions:
		e.gap("status-actions", finding.Notice, atRules)
	default:
		e.gap("status-app", finding.Notice, atRules, app)
	}
	if strict {
		e.gap("status-strict", finding.Notice, atRules)
	}
}

// checkReviews looks at what the forge demands of reviews. Its own idea of a
// stale approval fights the record of the decision, which is a commit itself.
func (e *examination) checkReviews(pulls []forge.PullRequestRule) {
	var most int
	var owners, dismissed, last, teams bool
	for _, p := range pulls {
		most = max(most, p.Approvals)
		owners, dismissed, last = owners || p.CodeOwners, dismissed || p.DismissStale, last || p.LastPush
		teams = teams || guardedByTeams(p.Reviewers)
	}
	if dismissed {
		e.gap("review-dismissed", finding.Warning, atRules)
	}
	if last {
		e.gap("review-last-push", finding.Warning, atRules)
	}
	switch {
	case len(pulls) == 0 || teams:
	case !owners && !e.read.classic:
		e.gap("code-owners-off", finding.Undecided, atClassic)
	case !owners:
		e.gap("code-owners-off", finding.Error, atRules)
	case most == 0:
		e.gap("code-owners-zero", finding.Warning, atRules)
	}
	if e.actions != nil && e.actions.Approve {
		severity := finding.Warning
		if most > 0 {
			severity = finding.Error // a workflow would be the second pair of eyes
		}
		e.gap("actions-approve", severity, atActions)
	}
}

// guardedByTeams says whether a team must review both what runs the gate and
// what it judges by, whatever CODEOWNERS says.
func guardedByTeams(reviews []forge.PathReview) bool {
	covered := func(dir string) bool {
		return slices.ContainsFunc(reviews, func(r forge.PathReview) bool {
			return r.Approvals > 0 && slices.ContainsFunc(r.Paths, func(p string) bool {
				return slices.Contains([]string{"*", "**", "**/*", dir + "/**", dir + "/**/*", "/" + dir + "/**"}, p)
			})
		})
	}
	return covered(".github") && covered("policies")
}

// checkMethods wants merge commits only: they alone keep who did which step.
func (e *examination) checkMethods(pulls []forge.PullRequestRule) {
	limited := false
	merge := true
	for _, p := range pulls {
		if p.Methods == nil {
			continue
		}
		limited = limited || slices.Equal(p.Methods, []string{"merge"})
		merge = merge && slices.Contains(p.Methods, "merge")
	}
	s := e.settings
	if !merge || s.MergeCommit != nil && !*s.MergeCommit {
		e.gap("merge-commit-off", finding.Error, atMerging)
	}
	squash, rebase := s.Squash == nil || *s.Squash, s.Rebase == nil || *s.Rebase
	if len(pulls) > 0 && !limited {
		severity := finding.Error
		if !squash && !rebase {
			severity = finding.Warning // the buttons hold, but one click brings them back
		}
		e.gap("merge-methods", severity, atRules)
	}
}

// checkOtherRules looks at rules that stand in the way of a landing.
func (e *examination) checkOtherRules() {
	types := map[string]string{}
	for _, r := range e.rules {
		if _, seen := types[r.Type]; !seen {
			types[r.Type] = e.placeOf(r.Ruleset)
		}
	}
	if c := e.classic; c != nil {
		for _, classic := range []struct {
			on   bool
			name string
		}{{c.Linear, forge.RuleLinear}, {c.Signatures, forge.RuleSignatures}} {
			if classic.on {
				types[classic.name] = atClassic
			}
		}
	}
	for name, place := range types {
		switch name {
		case forge.RulePullRequest, forge.RuleStatusChecks, forge.RuleForcePush, forge.RuleDeletion:
		case forge.RuleLinear:
			e.gap("history-linear", finding.Error, place)
		case forge.RuleMergeQueue:
			e.gap("merge-queue", finding.Error, place)
		case forge.RuleSignatures:
			e.gap("commits-signed", finding.Warning, place)
		default:
			e.gap("rule-unknown", finding.Notice, place, name)
		}
	}
}

func (e *examination) placeOf(ruleset int64) string {
	if r := e.ruleset(ruleset); r != nil {
		return atRules + " > " + r.Name
	}
	return atRules
}
