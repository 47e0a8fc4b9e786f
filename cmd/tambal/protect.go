package main

import (
	"github.com/spf13/cobra"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/forge"
	"github.com/tambal-id/tambal/cmd/tambal/internal/history"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
)

// rulesetName is the one ruleset that protect owns; it never touches another.
const rulesetName = "tambal"

func (a *app) protectCommand() *cobra.Command {
	var fourEyes, apply bool
	c := a.command("protect", between(0, 0), func([]string) error {
		return a.reach(func(repo *history.Repo, at *link) error { return a.protect(repo, at, fourEyes, apply) })
	})
	c.Flags().BoolVar(&fourEyes, "four-eyes", false, a.lang.Say("flag.four-eyes"))
	c.Flags().BoolVar(&apply, "apply", false, a.lang.Say("flag.apply"))
	c.Flags().StringVar(&a.format, "format", "text", a.lang.Say("flag.format-json"))
	return c
}

func (a *app) protect(repo *history.Repo, at *link, fourEyes, apply bool) error {
	p, err := planProtection(at, fourEyes)
	if err != nil {
		return err
	}
	if a.format == "text" {
		a.showPlan(p)
		if err := a.warnLockout(repo, at, p); err != nil {
			return err
		}
	}
	if !apply {
		if a.format == "json" {
			return finding.WriteObject(a.out, p.object(at, nil))
		}
		a.say("protect.preview", applyCommand(fourEyes))
		return nil
	}
	if err := a.apply(at, p); err != nil {
		return err
	}
	if err := verify(at, fourEyes); err != nil {
		return err
	}
	e, err := examine(repo, at)
	if err != nil {
		return err
	}
	if a.format == "json" {
		state := e.object(a.lang)
		err = finding.WriteObject(a.out, p.object(at, &state))
	} else {
		a.say("protect.verified")
		a.say("protect.open")
		err = a.writeExamination(e)
	}
	if err != nil {
		return err
	}
	return e.end()
}

func applyCommand(fourEyes bool) string {
	if fourEyes {
		return "tambal protect --four-eyes --apply"
	}
	return "tambal protect --apply"
}

// warnLockout says beforehand when nothing sets the status that is about to be
// demanded: nobody could then merge what is missing.
func (a *app) warnLockout(repo *history.Repo, at *link, p *protectionPlan) error {
	e := &examination{settings: p.settings, prevention: detectsOnly}
	e.checkFiles(repo, at)
	var list []finding.Finding
	for _, f := range e.findings {
		if f.Rule == "workflow-missing" || f.Rule == "branch-policy" {
			list = append(list, f)
		}
	}
	if len(list) == 0 {
		return nil
	}
	a.say("protect.lockout")
	return finding.WriteFindings(a.out, list, false, a.lang)
}

// apply sets what differs and says after each step that it is done, so that a
// failure in between leaves no doubt.
func (a *app) apply(at *link, p *protectionPlan) error {
	done := func(code string) {
		if a.format == "text" {
			a.say(code, rulesetName)
		}
	}
	if p.changes(inRuleset) {
		if _, err := at.SetRuleset(p.id(), p.body); err != nil {
			return err
		}
		done("protect.set-ruleset")
	}
	if p.changes(inSettings) {
		if err := at.SetMerging(p.merging); err != nil {
			return err
		}
		done("protect.set-merging")
	}
	return nil
}

// verify reads everything back: what GitHub took may not be what was sent.
func verify(at *link, fourEyes bool) error {
	again, err := planProtection(at, fourEyes)
	if err != nil {
		return err
	}
	if len(again.differences) > 0 {
		return refused("protect.not-kept", again.differences[0].String())
	}
	return nil
}

// showPlan says what protect would set, what differs from what is there, and why
// it is so.
func (a *app) showPlan(p *protectionPlan) {
	visible := "doctor.public"
	if p.settings.Private {
		visible = "doctor.private"
	}
	a.say("doctor.head", p.settings.FullName, text.Phrase{Code: visible}, p.settings.DefaultBranch)
	a.say("protect.ruleset."+p.state(), rulesetName)
	a.say("protect.scope", p.settings.DefaultBranch)
	for _, r := range p.body.Rules {
		code := "protect.rule." + r.Type
		switch r.Type {
		case forge.RulePullRequest:
			a.say(code, p.approvals)
		case forge.RuleDeletion, forge.RuleForcePush, forge.RuleStatusChecks:
			a.say(code)
		default:
			a.say("protect.rule.kept", r.Type)
		}
	}
	a.say("protect.settings")
	if len(p.differences) == 0 {
		a.say("protect.same")
	} else {
		a.say("protect.differences")
		for _, d := range p.differences {
			a.say("protect.difference", d.String())
		}
	}
	a.say("protect.why")
	for _, code := range []string{"protect.why.strict", "protect.why.stale", "protect.why.last-push", "protect.why.approvals", "protect.why.methods", "protect.why.bypass"} {
		a.say(code)
	}
}

// protectObject is what protect says as JSON.
type protectObject struct {
	APIVersion  string        `json:"apiVersion"`
	Repository  string        `json:"repository"`
	Branch      string        `json:"branch"`
	Applied     bool          `json:"applied"`
	Differences []difference  `json:"differences"` // before anything was set
	Calls       []callObject  `json:"calls"`
	Doctor      *doctorObject `json:"doctor,omitempty"`
}

// callObject is one request; Needed is false where what is there is right.
type callObject struct {
	Needed bool   `json:"needed"`
	Method string `json:"method"`
	Path   string `json:"path"`
	Body   any    `json:"body"`
}

func (p *protectionPlan) object(at *link, after *doctorObject) protectObject {
	root := "/repos/" + p.settings.FullName
	method, path := at.RulesetCall(p.id())
	out := protectObject{
		APIVersion: "tambal/protect/v1", Repository: p.settings.FullName, Branch: p.settings.DefaultBranch, Applied: after != nil,
		Differences: []difference{}, Doctor: after, Calls: []callObject{
			{p.changes(inRuleset), method, root + path, p.body},
			{p.changes(inSettings), "PATCH", root, p.merging},
		},
	}
	out.Differences = append(out.Differences, p.differences...)
	return out
}
