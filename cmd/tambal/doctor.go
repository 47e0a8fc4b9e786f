package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/forge"
	"github.com/tambal-id/tambal/cmd/tambal/internal/history"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
)

// The places where a person mends a gap, as the forge's own pages call them.
const (
	atRules   = "Settings > Rules > Rulesets"
	atMerging = "Settings > General > Pull Requests"
	atForks   = "Settings > General > Features"
	atBranch  = "Settings > General > Default branch"
	atClassic = "Settings > Branches"
	atActions = "Settings > Actions > General"
	atPlan    = "Settings"
)

// gaps are the names of everything doctor may say of what it read. Each has a
// sentence doctor.NAME and a remedy doctor.NAME.hint; an error lets somebody walk
// around the gate or keeps it from working. A name is never reused. Beside them
// stands unknown-FACT, in the words of whatever could not be read.
var gaps = []string{
	"plan-no-rules",
	"pull-request-missing", "status-missing", "status-any-writer", "status-actions", "status-app", "status-strict",
	"force-push-allowed", "deletion-allowed", "history-linear", "merge-queue", "commits-signed", "rule-unknown",
	"merge-methods", "merge-squash", "merge-rebase", "merge-commit-off",
	"ruleset-inactive", "ruleset-elsewhere",
	"bypass-role", "bypass-owners", "bypass-team", "bypass-app", "bypass-key", "bypass-user", "bypass-other", "bypass-hidden",
	"review-dismissed", "review-last-push",
	"code-owners-off", "code-owners-zero", "codeowners-missing", "codeowners-invalid", "codeowners-uncovered", "codeowners-cases",
	"classic-weaker", "classic-bypass",
	"actions-off", "actions-write", "actions-approve",
	"workflow-missing", "workflow-untrusted", "workflow-runs-proposal", "workflow-off", "workflow-paths", "workflow-name", "workflow-unpinned", "audit-missing",
	"forks-allowed", "branch-trunk", "branch-policy",
	"merging-hidden",
}

// prevention is what the plan allows: whether GitHub can keep anything out.
type prevention string

const (
	prevents    prevention = "available"
	detectsOnly prevention = "unavailable"
	unsure      prevention = "unknown"
)

// examination is what doctor read and what it has to say. A nil fact was not
// read; a finding tells why.
type examination struct {
	settings forge.Settings
	prevention
	rules    []forge.Rule // in force for the default branch
	rulesets []forge.Ruleset
	classic  *forge.Classic
	actions  *forge.Actions
	// read says which of the facts are known, an absent classic protection among
	// them.
	read struct{ rules, rulesets, classic bool }

	findings []finding.Finding
}

func (a *app) doctorCommand() *cobra.Command {
	c := a.command("doctor", between(0, 0), func([]string) error { return a.doctor() })
	c.Flags().StringVar(&a.format, "format", "text", a.lang.Say("flag.format-json"))
	return c
}

func (a *app) doctor() error {
	return a.reach(func(repo *history.Repo, at *link) error {
		e, err := examine(repo, at)
		if err != nil {
			return err
		}
		if err := a.writeExamination(e); err != nil {
			return err
		}
		return e.end()
	})
}

// reach opens the clone and connects to its forge, for what is said as text or
// JSON.
func (a *app) reach(visit func(repo *history.Repo, at *link) error) error {
	if a.format != "text" && a.format != "json" {
		return usage("usage.format", a.format)
	}
	repo, err := a.open()
	if err != nil {
		return err
	}
	defer repo.Close()
	at, err := a.connect(repo, 0)
	if err != nil {
		return err
	}
	defer at.Close()
	return visit(repo, at)
}

// examine reads everything that decides whether the gate holds. What cannot be
// read is a finding; only without the repository itself there is nothing to say.
func examine(repo *history.Repo, at *link) (*examination, error) {
	settings, err := at.Settings()
	if err != nil {
		return nil, err
	}
	e := &examination{settings: settings, prevention: prevents}
	branch := settings.DefaultBranch
	var errs [3]error
	e.rulesets, errs[0] = at.Rulesets()
	e.rules, errs[1] = at.BranchRules(branch)
	e.classic, errs[2] = at.Classic(branch)
	e.read.rulesets, e.read.rules, e.read.classic = errs[0] == nil, errs[1] == nil, errs[2] == nil
	switch {
	case slices.ContainsFunc(errs[:2], forge.NoPlan):
		e.prevention = detectsOnly
		e.gap("plan-no-rules", finding.Error, atPlan)
	case !e.read.rules:
		e.prevention = unsure
		fallthrough
	default:
		e.unread("unknown-rules", errs[0], atRules)
		e.unread("unknown-rules", errs[1], atRules)
		e.unread("unknown-classic", errs[2], atClassic)
	}
	if actions, err := at.Actions(); err == nil {
		e.actions = &actions
	} else {
		e.unread("unknown-actions", err, atActions)
	}
	e.checkRules()
	e.checkSettings()
	e.checkFiles(repo, at)
	finding.Sort(e.findings)
	return e, nil
}

// gap notes something that is not as it should be.
func (e *examination) gap(name string, s finding.Severity, place string, args ...any) {
	e.add(finding.Finding{Rule: name, Severity: s, Place: finding.Place{Path: place}, Code: "doctor." + name, Args: args})
}

func (e *examination) add(f finding.Finding) { e.findings = append(e.findings, f) }

// unread notes what the forge would not tell. Two calls that fail alike are one
// gap.
func (e *examination) unread(name string, err error, place string) {
	f, ok := stopped(err)
	if !ok {
		if err == nil {
			return
		}
		f = finding.Finding{Severity: finding.Undecided, Code: "doctor.unread", Args: []any{err}}
	}
	f.Rule, f.Severity, f.Path = name, finding.Undecided, place
	same := func(g finding.Finding) bool {
		return g.Rule == f.Rule && g.Path == f.Path && g.Message(text.English) == f.Message(text.English)
	}
	if !slices.ContainsFunc(e.findings, same) {
		e.add(f)
	}
}

// end is the verdict as an exit code.
func (e *examination) end() error {
	if code := finding.Judge(e.findings).ExitCode(); code != exitPass {
		return &verdictError{code}
	}
	return nil
}

// writeExamination says first what the plan allows, then gap by gap.
func (a *app) writeExamination(e *examination) error {
	if a.format == "json" {
		return finding.WriteObject(a.out, e.object(a.lang))
	}
	visible := "doctor.public"
	if e.settings.Private {
		visible = "doctor.private"
	}
	a.say("doctor.head", e.settings.FullName, text.Phrase{Code: visible}, e.settings.DefaultBranch)
	a.say("doctor.prevention." + string(e.prevention))
	rest := slices.Clone(e.findings)
	isPlan := func(f finding.Finding) bool { return f.Rule == "plan-no-rules" }
	if i := slices.IndexFunc(rest, isPlan); i > 0 {
		plan := rest[i]
		rest = slices.Insert(slices.Delete(rest, i, i+1), 0, plan)
	}
	if err := finding.WriteFindings(a.out, rest, false, a.lang); err != nil {
		return err
	}
	count := map[finding.Severity]int{}
	for _, f := range e.findings {
		count[f.Severity]++
	}
	a.say("doctor.verdict."+string(finding.Judge(e.findings)), count[finding.Error], count[finding.Undecided], count[finding.Warning], count[finding.Notice])
	return nil
}

// doctorObject is what doctor says as JSON.
type doctorObject struct {
	APIVersion string          `json:"apiVersion"`
	Verdict    finding.Verdict `json:"verdict"`
	Repository string          `json:"repository"`
	Branch     string          `json:"branch"`
	Private    bool            `json:"private"`
	Prevention prevention      `json:"prevention"`
	Gaps       []gapObject     `json:"gaps"`
}

type gapObject struct {
	ID       string           `json:"id"`
	Severity finding.Severity `json:"severity"`
	Where    string           `json:"where"` // the pages to click through, or a file
	Line     int              `json:"line,omitempty"`
	Column   int              `json:"column,omitempty"`
	Message  string           `json:"message"`
	Hint     string           `json:"hint,omitempty"`
}

func (e *examination) object(l text.Lang) doctorObject {
	out := doctorObject{
		APIVersion: "tambal/doctor/v1", Verdict: finding.Judge(e.findings), Repository: e.settings.FullName,
		Branch: e.settings.DefaultBranch, Private: e.settings.Private, Prevention: e.prevention, Gaps: []gapObject{},
	}
	for _, f := range e.findings {
		out.Gaps = append(out.Gaps, gapObject{f.Rule, f.Severity, strings.ToValidUTF8(f.Path, "\uFFFD"), f.Line, f.Column, f.Message(l), f.Hint(l)})
	}
	return out
}
