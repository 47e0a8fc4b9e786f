package main

import (
	"regexp"
	"slices"
	"strings"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
)

// The workflows are read line by line, not as YAML: what is looked for are known
// mistakes, and who wants to hide one is held off by the code owners.
var (
	trigger    = regexp.MustCompile(`[A-Za-z_]+`)
	never      = regexp.MustCompile(`^\s*(?:-\s+)?if:\s*["']?(?:\$\{\{)?\s*["']?(?:false|0|!\s*true)["']?\s*(?:\}\})?["']?\s*$`)
	proposal   = regexp.MustCompile(`^\s*(?:-\s+)?(?:ref|repository):.*(?:head|refs/pull/|merge_commit_sha|pull_request\.number|inputs\.)`)
	switching  = regexp.MustCompile(`gh\s+pr\s+checkout|git\s+(?:checkout|switch|reset|merge|pull|worktree)\s.*(?:FETCH_HEAD|pull/|head|HEAD_)`)
	pathFilter = regexp.MustCompile(`^\s+["']?paths(?:-ignore)?["']?:`)
	jobName    = regexp.MustCompile(`^\s+name:\s*["']?` + regexp.QuoteMeta(statusContext) + `["']?\s*$`)
	uses       = regexp.MustCompile(`^\s*(?:-\s+)?uses:\s*["']?([^\s"'#]+)`)
	pinned     = regexp.MustCompile(`^[^@]+@[0-9a-f]{40}$|^\./`)
	judging    = regexp.MustCompile(`(?is)\btambal\b.*--post\b`)
	auditing   = regexp.MustCompile(`(?i)\btambal["'}]*\s+(?:-\S+\s+)*(?:\S+\s+)?audit\b`)
)

// workflow is one file below .github/workflows.
type workflow struct {
	path     string
	lines    []string // without comments
	triggers []string
	gate     bool // it judges pull requests and posts the verdict
	audit    bool // it replays the history on a schedule
}

// checkWorkflows looks at what runs the gate on the default branch.
func (e *examination) checkWorkflows(tree *files) {
	names, err := tree.below(".github")
	if err != nil {
		e.unread("unknown-files", err, ".github")
		return
	}
	gate, audit := false, false
	for _, name := range names {
		rest, inside := strings.CutPrefix(name, ".github/workflows/")
		if !inside || strings.Contains(rest, "/") || !strings.HasSuffix(rest, ".yml") && !strings.HasSuffix(rest, ".yaml") {
			continue
		}
		data, err := tree.read(name)
		if err != nil {
			e.unread("unknown-files", err, name)
			return
		}
		w := parseWorkflow(name, string(data))
		gate, audit = gate || w.gate, audit || w.audit
		e.checkWorkflow(w)
	}
	if !gate {
		e.gap("workflow-missing", finding.Error, ".github/workflows")
	}
	if !audit {
		e.gap("audit-missing", finding.Warning, ".github/workflows")
	}
}

// parseWorkflow takes a workflow apart as far as needed.
func parseWorkflow(path, content string) *workflow {
	w := &workflow{path: path}
	var when []string
	inside := false
	for _, line := range strings.Split(strings.ReplaceAll(content, "\r", ""), "\n") {
		if i := strings.Index(line, " #"); i >= 0 || strings.HasPrefix(line, "#") {
			line = line[:max(i, 0)]
		}
		w.lines = append(w.lines, line)
		if line != "" && line[0] != ' ' && line[0] != '-' {
			key, value, _ := strings.Cut(line, ":")
			inside = slices.Contains([]string{"on", `"on"`, "'on'"}, strings.TrimSpace(key))
			line = value
		}
		if inside {
			when = append(when, line)
		}
	}
	w.triggers = trigger.FindAllString(strings.Join(when, "\n"), -1)
	whole := strings.Join(w.lines, "\n")
	w.gate, w.audit = judging.MatchString(whole), w.on("schedule") && auditing.MatchString(whole)
	return w
}

func (w *workflow) on(names ...string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return slices.Contains(w.triggers, n) })
}

// checkWorkflow looks for the mistakes that hand the gate to whoever opens a
// pull request, or that keep it from speaking.
func (e *examination) checkWorkflow(w *workflow) {
	note := func(name string, s finding.Severity, line int, args ...any) {
		e.add(finding.Finding{Rule: name, Severity: s, Code: "doctor." + name, Args: args, Place: finding.Place{Path: w.path, Line: line, Column: 1}})
	}
	trusted := w.on("pull_request_target", "workflow_run")
	if w.gate && w.on("pull_request", "pull_request_review") {
		note("workflow-untrusted", finding.Error, 1)
	}
	unpinned := false
	for i, line := range w.lines {
		use := uses.FindStringSubmatch(line)
		switch {
		case trusted && (proposal.MatchString(line) || switching.MatchString(line)):
			note("workflow-runs-proposal", finding.Error, i+1)
		case w.gate && never.MatchString(line):
			note("workflow-off", finding.Error, i+1)
		case w.gate && pathFilter.MatchString(line):
			note("workflow-paths", finding.Warning, i+1)
		case jobName.MatchString(line):
			note("workflow-name", finding.Warning, i+1)
		case w.gate && use != nil && !pinned.MatchString(use[1]) && !unpinned:
			unpinned = true // once a file: it is one habit
			note("workflow-unpinned", finding.Warning, i+1, use[1])
		}
	}
}
