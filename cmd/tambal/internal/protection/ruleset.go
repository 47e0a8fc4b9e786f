package protection

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/tambal-id/tambal/cmd/tambal/internal/forge"
)

// incompatible are rules that a landing cannot get past, so that protect takes them
// out of its own ruleset; all others stay.
var incompatible = []string{forge.RuleLinear, forge.RuleMergeQueue}

// fields are the parameters of a rule by name. Those that protect does not know
// stay as they are.
type fields map[string]json.RawMessage

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
		if !slices.Contains(incompatible, r.Type) && findRule(p.Ruleset.Rules, r.Type) == nil {
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
	gate := `"` + forge.GateContext + `"`
	if !slices.ContainsFunc(is.Checks, func(c fields) bool { return string(c["context"]) == gate }) {
		is.Checks = append(is.Checks, fields{"context": json.RawMessage(gate)})
	}
	return ruleOf(forge.RuleStatusChecks, f, map[string]any{"strict_required_status_checks_policy": false, "required_status_checks": is.Checks})
}

func ruleOf(name string, f fields, want map[string]any) (forge.Rule, error) {
	for key, value := range want {
		b, err := json.Marshal(value)
		if err != nil {
			return forge.Rule{}, err
		}
		f[key] = b
	}
	b, err := json.Marshal(f)
	return forge.Rule{Type: name, Parameters: b}, err
}

// Where a difference is.
const (
	inRuleset  = "ruleset"
	inSettings = "settings"
)

// Difference is one thing that is not as it should be; values are JSON, "" for
// what is absent.
type Difference struct {
	Where string `json:"where"`
	Name  string `json:"name"`
	From  string `json:"from,omitempty"`
	To    string `json:"to,omitempty"`
}

// String is the difference in one line, with the mark of a diff.
func (d Difference) String() string {
	switch {
	case d.From == "":
		return fmt.Sprintf("+ %s: %s", d.Name, d.To)
	case d.To == "":
		return fmt.Sprintf("- %s: %s", d.Name, d.From)
	}
	return fmt.Sprintf("~ %s: %s -> %s", d.Name, d.From, d.To)
}

func (p *Plan) changes(where string) bool {
	return slices.ContainsFunc(p.Differences, func(d Difference) bool { return d.Where == where })
}

// compare lists what differs, the ruleset first.
func (p *Plan) compare() {
	old, want := map[string]string{}, p.flat(p.Ruleset.Rules)
	if r := p.existing; r != nil {
		old = p.flat(r.Rules)
		old["enforcement"] = compact(r.Enforcement)
		old["bypass_actors"] = compact(append([]forge.Bypass{}, r.Bypass...))
		names := r.Conditions.RefName
		old["include"], old["exclude"] = compact(append([]string{}, names.Include...)), compact(append([]string{}, names.Exclude...))
	}
	names := p.Ruleset.Conditions.RefName
	want["enforcement"], want["bypass_actors"] = compact(p.Ruleset.Enforcement), compact(p.Ruleset.Bypass)
	want["include"], want["exclude"] = compact(names.Include), compact(names.Exclude)
	p.differ(inRuleset, old, want)
	s, shown := p.facts.settings, map[string]string{}
	for name, b := range map[string]*bool{"allow_squash_merge": s.Squash, "allow_rebase_merge": s.Rebase, "allow_merge_commit": s.MergeCommit} {
		if b != nil { // one that was not shown counts as different: setting it asks for the permission that was missing
			shown[name] = fmt.Sprint(*b)
		}
	}
	p.differ(inSettings, shown, map[string]string{"allow_squash_merge": "false", "allow_rebase_merge": "false", "allow_merge_commit": "true"})
}

func (p *Plan) differ(where string, old, want map[string]string) {
	all := maps.Clone(old)
	maps.Copy(all, want)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if old[name] != want[name] {
			p.Differences = append(p.Differences, Difference{where, name, old[name], want[name]})
		}
	}
}

// flat is every rule and parameter by name.
func (p *Plan) flat(rules []forge.Rule) map[string]string {
	out := map[string]string{}
	for _, r := range rules {
		var f map[string]any
		if err := json.Unmarshal(r.Parameters, &f); err != nil || len(f) == 0 {
			out[r.Type] = "true"
			continue
		}
		for name, value := range f {
			out[r.Type+"."+name] = compact(value)
		}
	}
	return out
}

// compact is a value as JSON, with the keys of objects in order.
func compact(value any) string {
	b, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(b)
}
