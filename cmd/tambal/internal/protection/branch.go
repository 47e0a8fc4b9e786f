package protection

import (
	"slices"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/forge"
	"github.com/tambal-id/tambal/schema"
)

// githubActions is the number of GitHub's own app for workflows.
const githubActions = 15368

// source is one ruleset, or the classic protection, that enforces something.
type source struct {
	ruleset int64 // 0 is the classic protection
	binding bool  // no actor may bypass it, as far as is known
}

// requirements are what keeps a change from going around the gate, each with the
// sources that enforce it, and what these say of pull requests and statuses.
type requirements struct {
	pull, status, force, deletion []source

	pulls    []forge.PullRequestRule
	statuses []forge.StatusRule // those that require the gate's
}

// required reads the rules in force. It is nil where the plan has none or they
// are not known; an error says that a rule was not understood.
func (f *Facts) required() (*requirements, error) {
	if f.prevention() != Prevents {
		return nil, nil
	}
	d := &requirements{}
	for _, r := range f.rules.value {
		if err := d.rule(r, f.source(r.Ruleset)); err != nil {
			return nil, err
		}
	}
	if f.classic.value != nil {
		d.classic(f.classic.value)
	}
	return d, nil
}

func (f *Facts) source(ruleset int64) source {
	r := f.ruleset(ruleset)
	return source{ruleset, r != nil && r.BypassShown && len(r.Bypass) == 0}
}

func (d *requirements) rule(r forge.Rule, from source) error {
	switch r.Type {
	case forge.RulePullRequest:
		p, err := r.PullRequest()
		if err != nil {
			return err
		}
		d.pull, d.pulls = append(d.pull, from), append(d.pulls, p)
	case forge.RuleStatusChecks:
		s, err := r.StatusChecks()
		if err != nil {
			return err
		}
		if requiresGate(s) {
			d.status, d.statuses = append(d.status, from), append(d.statuses, s)
		}
	case forge.RuleForcePush:
		d.force = append(d.force, from)
	case forge.RuleDeletion:
		d.deletion = append(d.deletion, from)
	}
	return nil
}

func (d *requirements) classic(c *forge.Classic) {
	from := source{binding: c.Admins}
	if c.PullRequest != nil {
		d.pull, d.pulls = append(d.pull, source{binding: c.Admins && c.Bypass == 0}), append(d.pulls, *c.PullRequest)
	}
	if c.Status != nil && requiresGate(*c.Status) {
		d.status, d.statuses = append(d.status, from), append(d.statuses, *c.Status)
	}
	if !c.ForcePush {
		d.force = append(d.force, from)
	}
	if !c.Deletion {
		d.deletion = append(d.deletion, from)
	}
}

func requiresGate(s forge.StatusRule) bool {
	return slices.ContainsFunc(s.Checks, func(c forge.Check) bool { return c.Context == forge.GateContext })
}

// unknownRules and unknownClassic are silent where the plan has no rules: that
// says it all.
func unknownRules(l *look) {
	if !l.planned() {
		return
	}
	for _, err := range []error{l.rulesets.err, l.rules.err, l.misread} {
		l.unread(atRules, err)
	}
}

func unknownClassic(l *look) {
	if l.planned() {
		l.unread(l.classic.at, l.classic.err)
	}
}

// ruled limits a gap to repositories whose rules are known.
func ruled(find func(*look)) func(*look) {
	return func(l *look) {
		if l.requirements != nil {
			find(l)
		}
	}
}

// missing is a gap where nothing makes the demand. While the classic protection
// is unknown it may be there.
func missing(demand func(*requirements) []source) func(*look) {
	return ruled(func(l *look) {
		if len(demand(l.requirements)) == 0 {
			l.orClassic(l.note())
		}
	})
}

// orClassic lowers a finding that an unknown classic protection may disprove.
func (l *look) orClassic(f *finding.Finding) {
	if l.classic.err != nil {
		f.Severity, f.Path = finding.Undecided, atClassic
	}
}

// statusFrom is the app that the gate's status is taken from alone, 0 for any
// writer; ok is false where the status is not required.
func (d *requirements) statusFrom() (app int64, ok bool) {
	for _, s := range d.statuses {
		for _, c := range s.Checks {
			if c.Context == forge.GateContext && c.App != nil && (app == 0 || app == githubActions) {
				app = *c.App
			}
		}
	}
	return app, len(d.statuses) > 0
}

// statusBy is a gap about the app that the gate's status is taken from.
func statusBy(is func(app int64) bool) func(*look) {
	return ruled(func(l *look) {
		if app, ok := l.requirements.statusFrom(); ok && is(app) {
			l.note(app)
		}
	})
}

func statusStrict(l *look) bool {
	return slices.ContainsFunc(l.requirements.statuses, func(s forge.StatusRule) bool { return s.Strict })
}

// inTheWay is a gap where a rule of that type is in force: a landing cannot get
// past it.
func inTheWay(name string) func(*look) {
	return ruled(func(l *look) {
		c := l.classic.value
		inForce := slices.IndexFunc(l.rules.value, func(r forge.Rule) bool { return r.Type == name })
		switch {
		case c != nil && (name == forge.RuleLinear && c.Linear || name == forge.RuleSignatures && c.Signatures):
			l.noteAt(finding.Place{Path: atClassic})
		case inForce >= 0:
			l.noteAt(finding.Place{Path: l.placeOf(l.rules.value[inForce].Ruleset)})
		}
	})
}

// understood are the types of rule that other gaps look at.
var understood = []string{forge.RulePullRequest, forge.RuleStatusChecks, forge.RuleForcePush, forge.RuleDeletion, forge.RuleLinear, forge.RuleMergeQueue, forge.RuleSignatures}

func ruleUnknown(l *look) {
	seen := slices.Clone(understood)
	for _, r := range l.rules.value {
		if !slices.Contains(seen, r.Type) {
			seen = append(seen, r.Type)
			l.noteAt(finding.Place{Path: l.placeOf(r.Ruleset)}, r.Type)
		}
	}
}

// any says whether one of the pull request rules in force is so.
func (d *requirements) any(is func(forge.PullRequestRule) bool) bool {
	return slices.ContainsFunc(d.pulls, is)
}

// approvals is the number that the strictest of them asks for.
func (d *requirements) approvals() (most int) {
	for _, p := range d.pulls {
		most = max(most, p.Approvals)
	}
	return most
}

// demanding is a gap where a pull request rule in force asks for more. A review
// dismissed and a last push are the forge's own ideas of a stale approval; they
// fight the record of the decision, which is a commit itself.
func demanding(is func(forge.PullRequestRule) bool) func(*look) {
	return ruled(when(func(l *look) bool { return l.requirements.any(is) }))
}

// codeOwnersOff wants the owners asked wherever a pull request is needed and no
// team is.
func codeOwnersOff(l *look) {
	if l.requirements.asksOwnersOnly() && !l.requirements.asksOwners() {
		l.orClassic(l.note())
	}
}

// codeOwnersZero: with 0 required approvals GitHub may wait for no code owner.
func codeOwnersZero(l *look) bool {
	return l.requirements.asksOwnersOnly() && l.requirements.asksOwners() && l.requirements.approvals() == 0
}

func (d *requirements) asksOwners() bool {
	return d.any(func(p forge.PullRequestRule) bool { return p.CodeOwners })
}

// asksOwnersOnly says whether it is up to the code owners to guard the gate.
func (d *requirements) asksOwnersOnly() bool {
	return len(d.pulls) > 0 && !d.any(func(p forge.PullRequestRule) bool { return guardedByTeams(p.Reviewers) })
}

// guardedByTeams says whether a team must review both what runs the gate and
// what it judges by, whatever CODEOWNERS says.
func guardedByTeams(reviews []forge.PathReview) bool {
	guards := func(dir string) bool {
		return slices.ContainsFunc(reviews, func(r forge.PathReview) bool {
			return r.Approvals > 0 && slices.ContainsFunc(r.Paths, func(p string) bool {
				return slices.Contains([]string{"*", "**", "**/*", dir + "/**", dir + "/**/*", "/" + dir + "/**"}, p)
			})
		})
	}
	return guards(schema.ForgeDir) && guards(schema.PoliciesDir)
}
