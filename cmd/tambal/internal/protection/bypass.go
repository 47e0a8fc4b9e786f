package protection

import (
	"slices"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/forge"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
)

// looksProtecting says whether a ruleset seems to be about a branch's protection.
func looksProtecting(r forge.Ruleset) bool {
	return (r.Target == "branch" || r.Target == "") && (len(r.Rules) > 0 || r.Name == RulesetName)
}

func rulesetInactive(l *look) {
	for _, r := range l.rulesets.value {
		if looksProtecting(r) && r.Enforcement != "active" {
			l.noteAt(finding.Place{Path: l.placeOf(r.ID)}, r.Name, r.Enforcement)
		}
	}
}

func rulesetElsewhere(l *look) {
	for _, r := range l.rulesets.value {
		if looksProtecting(r) && r.Enforcement == "active" && !slices.Contains(l.inForce(), r.ID) {
			l.noteAt(finding.Place{Path: l.placeOf(r.ID)}, r.Name, l.settings.DefaultBranch)
		}
	}
}

// inForce are the rulesets that the rules in force come from, each once.
func (f *Facts) inForce() (ids []int64) {
	for _, r := range f.rules.value {
		if !slices.Contains(ids, r.Ruleset) {
			ids = append(ids, r.Ruleset)
		}
	}
	return ids
}

// open says whether something the gate needs rests on a source and is enforced
// by nothing that binds everybody.
func (d *requirements) open(ruleset int64) bool {
	for _, list := range [][]source{d.pull, d.status, d.force, d.deletion} {
		binding := slices.ContainsFunc(list, func(s source) bool { return s.binding })
		if !binding && slices.ContainsFunc(list, func(s source) bool { return s.ruleset == ruleset }) {
			return true
		}
	}
	return false
}

// actors are the types of actor that have a gap of their own.
var actors = []string{"RepositoryRole", "OrganizationAdmin", "Team", "Integration", "DeployKey", "User"}

// roles are GitHub's numbers for the roles of a repository.
var roles = map[int64]string{1: "read", 2: "maintain", 3: "triage", 4: "write", 5: "admin"}

// bypass is the gap of the actors of one type that are not bound, "" of all other
// types. It is an error where that opens the gate.
func bypass(actor string) func(*look) {
	return ruled(func(l *look) {
		for _, id := range l.inForce() {
			r := l.ruleset(id)
			if r == nil {
				continue
			}
			for _, b := range r.Bypass {
				if b.Type == actor || actor == "" && !slices.Contains(actors, b.Type) {
					l.passes(b, r)
				}
			}
		}
	})
}

func (l *look) passes(b forge.Bypass, r *forge.Ruleset) {
	mode := text.Phrase{Code: "doctor.bypass.always"}
	if b.Mode == "pull_request" {
		mode = text.Phrase{Code: "doctor.bypass.pulls"}
	}
	who := any(b.ID)
	switch {
	case !slices.Contains(actors, b.Type):
		who = b.Type
	case b.Type == "RepositoryRole" && roles[b.ID] != "":
		who = roles[b.ID]
	}
	f := l.noteAt(finding.Place{Path: l.placeOf(r.ID)}, r.Name, who, mode)
	if l.requirements.open(r.ID) {
		f.Severity = finding.Error
	}
}

func bypassHidden(l *look) {
	for _, id := range l.inForce() {
		if r := l.ruleset(id); (r == nil || !r.BypassShown) && l.requirements.open(id) {
			l.noteAt(finding.Place{Path: l.placeOf(id)})
		}
	}
}

func classicBypass(l *look) {
	if c := l.classic.value; c != nil && l.requirements.open(0) && (!c.Admins || c.Bypass > 0) {
		l.note(c.Bypass)
	}
}

// classicWeaker says where the old protection asks for less. Nothing gets in by
// that, the stricter of the two counts; but people read the wrong page.
func classicWeaker(l *look) {
	c := l.classic.value
	if c == nil {
		return
	}
	var weak []string
	for _, w := range []struct {
		weaker bool
		name   string
	}{
		{c.PullRequest == nil, "Require a pull request before merging"},
		{c.Status == nil || !requiresGate(*c.Status), "Require status checks: " + forge.GateContext},
		{!c.Admins, "Do not allow bypassing the above settings"},
		{c.ForcePush, "Allow force pushes"},
		{c.Deletion, "Allow deletions"},
	} {
		if w.weaker {
			weak = append(weak, w.name)
		}
	}
	if len(weak) > 0 {
		l.note(weak)
	}
}
