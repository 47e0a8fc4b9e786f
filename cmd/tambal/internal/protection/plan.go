package protection

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/forge"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
)

// Plan is what protect wants and how that differs from what is there.
type Plan struct {
	Ruleset     forge.RulesetBody
	Merging     forge.Merging
	Approvals   int
	Differences []Difference

	facts    *Facts
	fourEyes bool
	existing *forge.Ruleset // nil: there is none yet
}

// Prepare reads what is there and compares. Nothing is changed.
func Prepare(ctx context.Context, s Source, fourEyes bool) (*Plan, error) {
	f, err := s.begin(ctx)
	if err != nil {
		return nil, err
	}
	return newPlan(f, fourEyes)
}

func newPlan(f *Facts, fourEyes bool) (*Plan, error) {
	if forge.NoPlan(f.rulesets.err) {
		return nil, &forge.Error{Code: "protect.no-rules", Args: []any{f.settings.FullName}, Refused: true}
	}
	if f.rulesets.err != nil {
		return nil, f.rulesets.err
	}
	p := &Plan{facts: f, fourEyes: fourEyes, Merging: forge.Merging{MergeCommit: true}}
	own := func(r forge.Ruleset) bool { return r.Name == RulesetName && r.SourceType == "Repository" }
	if i := slices.IndexFunc(f.rulesets.value, own); i >= 0 {
		p.existing = &f.rulesets.value[i]
		if p.existing.Target != "branch" {
			return nil, &forge.Error{Code: "protect.name-taken", Args: []any{RulesetName, p.existing.Target}, Refused: true}
		}
		if !p.existing.BypassShown {
			return nil, &forge.Error{Code: "protect.hidden", Args: []any{RulesetName}}
		}
	}
	if fourEyes {
		p.Approvals = 1
	}
	if err := p.build(); err != nil {
		return nil, err
	}
	p.compare()
	return p, nil
}

func (p *Plan) id() int64 {
	if p.existing == nil {
		return 0
	}
	return p.existing.ID
}

// State says what happens to the ruleset: create, update or keep.
func (p *Plan) State() string {
	switch {
	case p.existing == nil:
		return "create"
	case p.changes(inRuleset):
		return "update"
	}
	return "keep"
}

// lockouts are the gaps that leave nobody to set the status once it is demanded.
var lockouts = []string{"workflow-missing", "branch-policy"}

// Lockout says beforehand when nothing sets the status that is about to be
// demanded: nobody could then merge what is missing.
func (p *Plan) Lockout(ctx context.Context, s Source) []finding.Finding {
	if p.facts.tree == nil {
		p.facts.tree = s.readTree(ctx, p.facts.settings.DefaultBranch)
	}
	return examine(p.facts, slices.DeleteFunc(slices.Clone(All), func(g Gap) bool { return !slices.Contains(lockouts, g.ID) }))
}

// Apply sets what differs and tells done after each step, so that a failure in
// between leaves no doubt. Then it reads back: what GitHub took may not be what
// was sent. The facts it returns are those afterwards.
func (p *Plan) Apply(ctx context.Context, s Source, done func(code string)) (*Facts, error) {
	if p.changes(inRuleset) {
		if _, err := s.Forge.SetRuleset(ctx, p.id(), p.Ruleset); err != nil {
			return nil, err
		}
		done("protect.set-ruleset")
	}
	if p.changes(inSettings) {
		if err := s.Forge.SetMerging(ctx, p.Merging); err != nil {
			return nil, err
		}
		done("protect.set-merging")
	}
	again, err := Prepare(ctx, s, p.fourEyes)
	if err != nil {
		return nil, err
	}
	if len(again.Differences) > 0 {
		return nil, &forge.Error{Code: "protect.not-kept", Args: []any{again.Differences[0].String()}, Refused: true}
	}
	again.facts.tree = p.facts.tree // no setting changes a file
	s.complete(ctx, again.facts)
	return again.facts, nil
}

// WriteText says what protect would set, what differs from what is there, and why
// it is so.
func (p *Plan) WriteText(out io.Writer, lang text.Lang) {
	say := func(code string, args ...any) { fmt.Fprintln(out, lang.Say(code, args...)) }
	head, args := headline(p.facts.settings)
	say(head, args...)
	say("protect.ruleset."+p.State(), RulesetName)
	say("protect.scope", p.facts.settings.DefaultBranch)
	for _, r := range p.Ruleset.Rules {
		code := "protect.rule." + r.Type
		switch r.Type {
		case forge.RulePullRequest:
			say(code, p.Approvals)
		case forge.RuleDeletion, forge.RuleForcePush, forge.RuleStatusChecks:
			say(code)
		default:
			say("protect.rule.kept", r.Type)
		}
	}
	say("protect.settings")
	if len(p.Differences) == 0 {
		say("protect.same")
	} else {
		say("protect.differences")
		for _, d := range p.Differences {
			say("protect.difference", d.String())
		}
	}
	say("protect.why")
	for _, code := range []string{"protect.why.strict", "protect.why.stale", "protect.why.last-push", "protect.why.approvals", "protect.why.methods", "protect.why.bypass"} {
		say(code)
	}
}

// ProtectResult is a plan in the shape tambal/protect/v1.
type ProtectResult struct {
	APIVersion  string        `json:"apiVersion"`
	Repository  string        `json:"repository"`
	Branch      string        `json:"branch"`
	Applied     bool          `json:"applied"`
	Differences []Difference  `json:"differences"` // before anything was set
	Calls       []CallResult  `json:"calls"`
	Doctor      *DoctorResult `json:"doctor,omitempty"`
}

// CallResult is one request; Needed is false where what is there is right.
type CallResult struct {
	Needed bool   `json:"needed"`
	Method string `json:"method"`
	Path   string `json:"path"`
	Body   any    `json:"body"`
}

// Result is the plan for machines; after is the diagnosis once it was applied,
// nil before.
func (p *Plan) Result(after *DoctorResult) ProtectResult {
	at := p.facts.settings
	root := "/repos/" + at.FullName
	method, path := forge.RulesetCall(p.id())
	return ProtectResult{
		APIVersion: "tambal/protect/v1", Repository: at.FullName, Branch: at.DefaultBranch, Applied: after != nil,
		Differences: append([]Difference{}, p.Differences...), Doctor: after, Calls: []CallResult{
			{p.changes(inRuleset), method, root + path, p.Ruleset},
			{p.changes(inSettings), "PATCH", root, p.Merging},
		},
	}
}
