package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/tambal-id/tambal/cmd/tambal/internal/forge"
)

// protectionPlan is what protect wants and how that differs from what is there.
type protectionPlan struct {
	settings    forge.Settings
	existing    *forge.Ruleset // nil: there is none yet
	body        forge.RulesetBody
	merging     forge.Merging
	approvals   int
	differences []difference
}

// Where a difference is.
const (
	inRuleset  = "ruleset"
	inSettings = "settings"
)

// difference is one thing that is not as it should be; values are JSON, "" for
// what is absent.
type difference struct {
	Where string `json:"where"`
	Name  string `json:"name"`
	From  string `json:"from,omitempty"`
	To    string `json:"to,omitempty"`
}

// String is the difference in one line, with the mark of a diff.
func (d difference) String() string {
	switch {
	case d.From == "":
		return fmt.Sprintf("+ %s: %s", d.Name, d.To)
	case d.To == "":
		return fmt.Sprintf("- %s: %s", d.Name, d.From)
	}
	return fmt.Sprintf("~ %s: %s -> %s", d.Name, d.From, d.To)
}

// fighting are rules that a landing cannot get past, so that protect takes them
// out of its own ruleset; all others stay.
var fighting = []string{forge.RuleLinear, forge.RuleMergeQueue}

// planProtection reads what is there and compares. Nothing is changed.
func planProtection(at *link, fourEyes bool) (*protectionPlan, error) {
	settings, err := at.Settings()
	if err != nil {
		return nil, err
	}
	rulesets, err := at.Rulesets()
	if forge.NoPlan(err) {
		return nil, refused("protect.no-rules", settings.FullName)
	}
	if err != nil {
		return nil, err
	}
	p := &protectionPlan{settings: settings, merging: forge.Merging{MergeCommit: true}}
	if i := slices.IndexFunc(rulesets, func(r forge.Ruleset) bool { return r.Name == rulesetName && r.SourceType == "Repository" }); i >= 0 {
		p.existing = &rulesets[i]
		if p.existing.Target != "branch" {
			return nil, refused("protect.name-taken", rulesetName, p.existing.Target)
		}
		if !p.existing.BypassShown {
			return nil, &sentence{"protect.hidden", []any{rulesetName}, exitUndecided}
		}
	}
	if fourEyes {
		p.approvals = 1
	}
	if err := p.build(); err != nil {
		return nil, err
	}
	p.compare()
	return p, nil
}

func (p *protectionPlan) id() int64 {
	if p.existing == nil {
		return 0
	}
	return p.existing.ID
}

// state says what happens to the ruleset: create, update or keep.
func (p *protectionPlan) state() string {
	switch {
	case p.existing == nil:
		return "create"
	case p.changes(inRuleset):
		return "update"
	}
	return "keep"
}

func (p *protectionPlan) changes(where string) bool {
	return slices.ContainsFunc(p.differences, func(d difference) bool { return d.Where == where })
}

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
func (p *protectionPlan) build() error {
	p.body = forge.RulesetBody{Name: rulesetName, Target: "branch", Enforcement: "active", Bypass: []forge.Bypass{}}
	p.body.Conditions.RefName.Include, p.body.Conditions.RefName.Exclude = []string{"~DEFAULT_BRANCH"}, []string{}
	pull, err := p.pullRequest()
	if err != nil {
		return err
	}
	status, err := p.statusChecks()
	if err != nil {
		return err
	}
	p.body.Rules = []forge.Rule{{Type: forge.RuleDeletion}, {Type: forge.RuleForcePush}, pull, status}
	if p.existing == nil {
		return nil
	}
	for _, r := range p.existing.Rules {
		if !slices.Contains(fighting, r.Type) && findRule(p.body.Rules, r.Type) == nil {
			p.body.Rules = append(p.body.Rules, r)
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
func (p *protectionPlan) parameters(name string, into any) (fields, error) {
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
func (p *protectionPlan) pullRequest() (forge.Rule, error) {
	var is forge.PullRequestRule
	f, err := p.parameters(forge.RulePullRequest, &is)
	if err != nil {
		return forge.Rule{}, err
	}
	p.approvals = max(p.approvals, is.Approvals)
	return ruleOf(forge.RulePullRequest, f, map[string]any{
		"required_approving_review_count": p.approvals, "require_code_owner_review": true,
		"dismiss_stale_reviews_on_push": false, "require_last_push_approval": false, "required_review_thread_resolution": is.Threads,
		"allowed_merge_methods": []string{"merge"},
	})
}

// statusChecks is the rule that the gate has said yes. It is not strict: see
// protect.why.strict.
func (p *protectionPlan) statusChecks() (forge.Rule, error) {
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
		have = have || string(c["context"]) == `"`+statusContext+`"`
	}
	if !have {
		checks = append(checks, map[string]string{"context": statusContext})
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

// compare lists what differs, the ruleset first.
func (p *protectionPlan) compare() {
	old, want := map[string]string{}, p.flat(p.body.Rules)
	if r := p.existing; r != nil {
		old = p.flat(r.Rules)
		old["enforcement"] = compact(r.Enforcement)
		old["bypass_actors"] = compact(append([]forge.Bypass{}, r.Bypass...))
		old["include"], old["exclude"] = compact(append([]string{}, r.Include...)), compact(append([]string{}, r.Exclude...))
	}
	names := p.body.Conditions.RefName
	want["enforcement"], want["bypass_actors"] = compact(p.body.Enforcement), compact(p.body.Bypass)
	want["include"], want["exclude"] = compact(names.Include), compact(names.Exclude)
	p.differ(inRuleset, old, want)
	s := p.settings
	shown := map[string]string{"allow_squash_merge": shownSwitch(s.Squash), "allow_rebase_merge": shownSwitch(s.Rebase), "allow_merge_commit": shownSwitch(s.MergeCommit)}
	p.differ(inSettings, shown, map[string]string{"allow_squash_merge": "false", "allow_rebase_merge": "false", "allow_merge_commit": "true"})
}

func (p *protectionPlan) differ(where string, old, want map[string]string) {
	all := maps.Clone(old)
	maps.Copy(all, want)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if old[name] != want[name] {
			p.differences = append(p.differences, difference{where, name, old[name], want[name]})
		}
	}
}

// flat is every rule and parameter by name.
func (p *protectionPlan) flat(rules []forge.Rule) map[string]string {
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

// shownSwitch is "" for a switch that was not shown: it counts as different, and
// setting it asks for the permission that was missing.
func shownSwitch(b *bool) string {
	if b == nil {
		return ""
	}
	return fmt.Sprint(*b)
}
