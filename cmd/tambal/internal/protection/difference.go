package protection

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/tambal-id/tambal/cmd/tambal/internal/forge"
)

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
		old["include"], old["exclude"] = compact(append([]string{}, r.Include...)), compact(append([]string{}, r.Exclude...))
	}
	names := p.Ruleset.Conditions.RefName
	want["enforcement"], want["bypass_actors"] = compact(p.Ruleset.Enforcement), compact(p.Ruleset.Bypass)
	want["include"], want["exclude"] = compact(names.Include), compact(names.Exclude)
	p.differ(inRuleset, old, want)
	s := p.Settings
	shown := map[string]string{"allow_squash_merge": shownSwitch(s.Squash), "allow_rebase_merge": shownSwitch(s.Rebase), "allow_merge_commit": shownSwitch(s.MergeCommit)}
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

// shownSwitch is "" for a switch that was not shown: it counts as different, and
// setting it asks for the permission that was missing.
func shownSwitch(b *bool) string {
	if b == nil {
		return ""
	}
	return fmt.Sprint(*b)
}
