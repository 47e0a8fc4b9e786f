package protection

import (
	"fmt"
	"io"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/forge"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
)

// WriteText says what protect would set, what differs from what is there, and why
// it is so.
func (p *Plan) WriteText(out io.Writer, lang text.Lang) {
	say := func(code string, args ...any) { fmt.Fprintln(out, finding.Inert(lang.Say(code, args...))) }
	head, args := Headline(p.Settings)
	say(head, args...)
	say("protect.ruleset."+p.State(), RulesetName)
	say("protect.scope", p.Settings.DefaultBranch)
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
