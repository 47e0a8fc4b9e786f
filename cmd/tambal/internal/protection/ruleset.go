package protection

import (
	"encoding/json"
	"slices"

	"github.com/tambal-id/tambal/cmd/tambal/internal/forge"
)

// fighting are rules that a landing cannot get past, so that protect takes them
// out of its own ruleset; all others stay.
var fighting = []string{forge.RuleLinear, forge.RuleMergeQueue}

// fields are the parameters of a rule by name. Those that protect does not know
// stay as they are.
type fields map[string]json.RawMessage

func (f fields) set(name string, value any) error {
	b, err := json.Marshal(value)
	f[name] = b
	return err
}

// build makes the ruleset. What an administrator made stricter in it stays: more
// approvals, more statuses, an app as the only source, further rules.
func (p *Plan) build() error {
	p.Ruleset = forge.RulesetBody{Name: RulesetName, Target: "branch", Enforcement: "active", Bypass: []forge.Bypass{}}
	p.Ruleset.Conditions.RefName.Include, p.Ruleset.Conditions.RefName.Exclude = []string{"~DEFAULT_BRANCH"}, []string{}
	pull, err := p.pullRequest()
	if err != nil {
		return err
	}
	status, err := p.statusChecks()
	if err != nil {
		return err
	}
	p.Ruleset.Rules = []forge.Rule{{Type: forge.RuleDeletion}, {Type: forge.RuleForcePush}, pull, status}
	if p.existing == nil {
		return nil
	}
	for _, r := range p.existing.Rules {
		if !slices.Contains(fighting, r.Type) && findRule(p.Ruleset.Rules, r.Type) == nil {
			p.Ruleset.Rules = append(p.Ruleset.Rules, r)
		}
	}
	return nil
}

func findRule(list []forge.Rule, name string) *forge.Rule {
	if i := slices.IndexFunc(list, func(r forge.Rule) bool { return r.Type == name }); i >= 0 {
		return &list[i]
	}
	return nil
}

// parameters are those of a rule of the ruleset that is there.
func (p *Plan) parameters(name string, into any) (fields, error) {
	f := fields{}
	if p.existing == nil {
		return f, nil
	}
	r := findRule(p.existing.Rules, name)
	if r == nil || len(r.Parameters) == 0 {
		return f, nil
	}
	if json.Unmarshal(r.Parameters, &f) != nil || f == nil || json.Unmarshal(r.Parameters, into) != nil {
		return nil, &forge.Error{Code: "forge.rule", Args: []any{name}}
	}
	return f, nil
}

// pullRequest is the rule that changes enter by pull request. The forge's own
// notions of a stale approval stay off: an approval is bound to content, and the
// record of it is a commit that would undo it.
func (p *Plan) pullRequest() (forge.Rule, error) {
	var is forge.PullRequestRule
	f, err := p.parameters(forge.RulePullRequest, &is)
	if err != nil {
		return forge.Rule{}, err
	}
	p.Approvals = max(p.Approvals, is.Approvals)
	return ruleOf(forge.RulePullRequest, f, map[string]any{
		"required_approving_review_count": p.Approvals, "require_code_owner_review": true,
		"dismiss_stale_reviews_on_push": false, "require_last_push_approval": false, "required_review_thread_resolution": is.Threads,
		"allowed_merge_methods": []string{"merge"},
	})
}

// statusChecks is the rule that the gate has said yes. It is not strict: see
// protect.why.strict.
func (p *Plan) statusChecks() (forge.Rule, error) {
	var is struct {
		Checks []fields `json:"required_status_checks"`
	}
	f, err := p.parameters(forge.RuleStatusChecks, &is)
	if err != nil {
		return forge.Rule{}, err
	}
	checks := []any{}
	have := false
	for _, c := range is.Checks {
		checks = append(checks, c)
		have = have || string(c["context"]) == `"`+forge.GateContext+`"`
	}
	if !have {
		checks = append(checks, map[string]string{"context": forge.GateContext})
	}
	return ruleOf(forge.RuleStatusChecks, f, map[string]any{"strict_required_status_checks_policy": false, "required_status_checks": checks})
}

func ruleOf(name string, f fields, want map[string]any) (forge.Rule, error) {
	for key, value := range want {
		if err := f.set(key, value); err != nil {
			return forge.Rule{}, err
		}
	}
	b, err := json.Marshal(f)
	return forge.Rule{Type: name, Parameters: b}, err
}
