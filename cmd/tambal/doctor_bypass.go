package main

import (
	"slices"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/forge"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
)

// checkRulesets names rulesets that look like protection and protect nothing.
func (e *examination) checkRulesets() {
	for _, r := range e.rulesets {
		inForce := slices.ContainsFunc(e.rules, func(rule forge.Rule) bool { return rule.Ruleset == r.ID })
		switch {
		case r.Target != "branch" && r.Target != "" || len(r.Rules) == 0 && r.Name != rulesetName:
		case r.Enforcement != "active":
			e.gap("ruleset-inactive", finding.Warning, e.placeOf(r.ID), r.Name, r.Enforcement)
		case !inForce:
			e.gap("ruleset-elsewhere", finding.Warning, e.placeOf(r.ID), r.Name, e.settings.DefaultBranch)
		}
	}
}

// checkBypass lists who is not bound. It is an error where something the gate
// needs is enforced by nothing that binds everybody.
func (e *examination) checkBypass(d demands) {
	open := map[int64]bool{} // sources that a demand rests on and that are not firm
	for _, list := range [][]source{d.pull, d.status, d.force, d.deletion} {
		if slices.ContainsFunc(list, func(s source) bool { return s.firm }) {
			continue
		}
		for _, s := range list {
			open[s.id] = true
		}
	}
	seen := map[int64]bool{}
	for _, rule := range e.rules {
		id := rule.Ruleset
		if seen[id] {
			continue
		}
		seen[id] = true
		r := e.ruleset(id)
		if r == nil || !r.BypassShown {
			if open[id] {
				e.gap("bypass-hidden", finding.Undecided, e.placeOf(id))
			}
			continue
		}
		severity := finding.Warning
		if open[id] {
			severity = finding.Error
		}
		for _, b := range r.Bypass {
			e.bypass(b, severity, r)
		}
	}
	if c := e.classic; c != nil && open[0] && (!c.Admins || c.Bypass > 0) {
		e.gap("classic-bypass", finding.Error, atClassic, c.Bypass)
	}
}

// bypasses names the gap for each type of actor.
var bypasses = map[string]string{
	"RepositoryRole": "bypass-role", "OrganizationAdmin": "bypass-owners", "Team": "bypass-team",
	"Integration": "bypass-app", "DeployKey": "bypass-key", "User": "bypass-user",
}

// roles are GitHub's numbers for the roles of a repository.
var roles = map[int64]string{1: "read", 2: "maintain", 3: "triage", 4: "write", 5: "admin"}

func (e *examination) bypass(b forge.Bypass, severity finding.Severity, r *forge.Ruleset) {
	name := bypasses[b.Type]
	if name == "" {
		name = "bypass-other"
	}
	mode := text.Phrase{Code: "doctor.bypass.always"}
	if b.Mode == "pull_request" {
		mode = text.Phrase{Code: "doctor.bypass.pulls"}
	}
	who := any(b.ID)
	switch {
	case name == "bypass-other":
		who = b.Type
	case name == "bypass-role" && roles[b.ID] != "":
		who = roles[b.ID]
	}
	e.gap(name, severity, e.placeOf(r.ID), r.Name, who, mode)
}

// checkClassic says where the old protection asks for less. Nothing gets in by
// that, the stricter of the two counts; but people read the wrong page.
func (e *examination) checkClassic() {
	c := e.classic
	if c == nil {
		return
	}
	var weak []string
	for _, w := range []struct {
		weaker bool
		name   string
	}{
		{c.PullRequest == nil, "Require a pull request before merging"},
		{c.Status == nil || !requires(*c.Status), "Require status checks: " + statusContext},
		{!c.Admins, "Do not allow bypassing the above settings"},
		{c.ForcePush, "Allow force pushes"},
		{c.Deletion, "Allow deletions"},
	} {
		if w.weaker {
			weak = append(weak, w.name)
		}
	}
	if len(weak) > 0 {
		e.gap("classic-weaker", finding.Warning, atClassic, weak)
	}
}
