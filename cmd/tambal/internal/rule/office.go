package rule

import (
	"slices"
	"strings"
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/policies"
)

const (
	vacancyNotice = 60 * 24 * time.Hour // how early the end of the last holder of a role is remarked
	soundRSA      = 3072                // bits; below is accepted for now, and remarked
	teamPath      = policies.Dir + "/" + policies.TeamFile
)

// vacancies keeps an office able to act. A landing whose policy leaves nobody, now
// or later, to change the policy or to do a step is an error where it brings that
// about; an end that comes near is reported on whatever is judged last.
func vacancies(p *pass) {
	in := p.Policy
	if p.Next != nil {
		in = p.Next.Policy
	}
	if in == nil {
		return
	}
	vacant := func(roles []string, what string) {
		last, listed := in.Team.Ends(roles)
		ended := !last.IsZero() && !last.After(p.When)
		named := strings.Join(roles, ", ")
		switch {
		case p.Next != nil && (ended || !listed) && p.vacates(roles, listed):
			p.report(path(teamPath), "policy-invalid.vacant", named, what)
		case p.last && !last.IsZero() && !last.After(p.Timeline.Now.Add(vacancyNotice)):
			day := last.Add(-time.Second).In(in.Calendar.Location()).Format(time.DateOnly)
			p.report(path(teamPath), "policy-invalid.vacant-soon", named, what, day).Severity = finding.Warning
		}
	}
	vacant([]string{policies.RolePolicyOwner}, policies.Dir+"/")
	for i, s := range in.Procedure.Steps {
		same := func(o policies.Step) bool { return slices.Equal(o.Roles, s.Roles) }
		if !slices.ContainsFunc(in.Procedure.Steps[:i], same) { // said once
			vacant(s.Roles, s.Name)
		}
	}
}

// vacates says whether it is this landing that leaves the roles without anybody:
// under the policy before it somebody held one, or would. At the anchor an office
// that is not complete yet lists nobody.
func (p *pass) vacates(roles []string, listed bool) bool {
	if p.Anchor || p.Policy == nil {
		return listed
	}
	before, had := p.Policy.Team.Ends(roles)
	return had && (before.IsZero() || before.After(p.When))
}

// weakKeys reports RSA keys that a landing brings and that will not be enough for
// long.
func weakKeys(p *pass) {
	if p.Next == nil || p.Next.Policy == nil {
		return
	}
	for _, who := range p.Next.Policy.Team.People {
		for _, k := range who.Keys {
			known := false
			if !p.Anchor && p.Policy != nil {
				_, old := p.Policy.Team.ByKey(k.Fingerprint)
				known = old != nil
			}
			if k.RSA > 0 && k.RSA < soundRSA && !known {
				p.report(at(teamPath, who.Pos), "policy-invalid.weak-key", who.Name, k.RSA, soundRSA).Severity = finding.Warning
			}
		}
	}
}
