package protection

import (
	"regexp"
	"slices"
	"strings"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/forge"
	"github.com/tambal-id/tambal/schema"
)

// The workflows are read line by line, not as YAML: what is looked for are known
// mistakes, and who wants to hide one is held off by the code owners.
var (
	trigger    = regexp.MustCompile(`[A-Za-z_]+`)
	never      = regexp.MustCompile(`^\s*(?:-\s+)?if:\s*["']?(?:\$\{\{)?\s*["']?(?:false|0|!\s*true)["']?\s*(?:\}\})?["']?\s*$`)
	proposal   = regexp.MustCompile(`^\s*(?:-\s+)?(?:ref|repository):.*(?:head|refs/pull/|merge_commit_sha|pull_request\.number|inputs\.)`)
	switching  = regexp.MustCompile(`gh\s+pr\s+checkout|git\s+(?:checkout|switch|reset|merge|pull|worktree)\s.*(?:FETCH_HEAD|pull/|head|HEAD_)`)
	pathFilter = regexp.MustCompile(`^\s+["']?paths(?:-ignore)?["']?:`)
	jobName    = regexp.MustCompile(`^\s+name:\s*["']?` + regexp.QuoteMeta(forge.GateContext) + `["']?\s*$`)
	uses       = regexp.MustCompile(`^\s*(?:-\s+)?uses:\s*["']?([^\s"'#]+)`)
	pinned     = regexp.MustCompile(`^[^@]+@[0-9a-f]{40}$|^\./`)
	judging    = regexp.MustCompile(`(?is)\btambal\b.*--post\b`)
	auditing   = regexp.MustCompile(`(?i)\btambal["'}]*\s+(?:-\S+\s+)*(?:\S+\s+)?audit\b`)
)

const workflowFolder = schema.ForgeDir + "/workflows"

// workflow is one file of that folder.
type workflow struct {
	path     string
	lines    []string // without comments
	triggers []string
	gate     bool // it judges pull requests and posts the verdict
	audit    bool // it replays the history on a schedule
}

// readWorkflows reads them in order, up to the first that cannot be read.
func readWorkflows(names known[[]string], all files) known[[]*workflow] {
	if names.err != nil {
		return known[[]*workflow]{at: names.at, err: names.err}
	}
	var list []*workflow
	for _, name := range names.value {
		rest, inside := strings.CutPrefix(name, workflowFolder+"/")
		if !inside || strings.Contains(rest, "/") || !strings.HasSuffix(rest, ".yml") && !strings.HasSuffix(rest, ".yaml") {
			continue
		}
		data, err := all.read(name)
		if err != nil {
			return known[[]*workflow]{list, name, err}
		}
		list = append(list, parseWorkflow(name, string(data)))
	}
	return known[[]*workflow]{value: list}
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

// mistake names the gap that a line makes, "" for none. Each line counts once,
// as the worst that it is.
func (w *workflow) mistake(line string) string {
	trusted := w.on("pull_request_target", "workflow_run")
	use := uses.FindStringSubmatch(line)
	switch {
	case trusted && (proposal.MatchString(line) || switching.MatchString(line)):
		return "workflow-runs-proposal"
	case w.gate && never.MatchString(line):
		return "workflow-off"
	case w.gate && pathFilter.MatchString(line):
		return "workflow-paths"
	case jobName.MatchString(line):
		return "workflow-name"
	case w.gate && use != nil && !pinned.MatchString(use[1]):
		return "workflow-unpinned"
	}
	return ""
}

// workflowLine notes every line that hands the gate to whoever opens a pull
// request, or that keeps it from speaking.
func workflowLine(l *look) {
	for _, w := range l.tree.workflows.value {
		for i, line := range w.lines {
			if w.mistake(line) == l.gap.ID {
				l.noteAt(finding.Place{Path: w.path, Line: i + 1, Column: 1})
			}
		}
	}
}

// workflowUnpinned notes the first of a file: it is one habit.
func workflowUnpinned(l *look) {
	for _, w := range l.tree.workflows.value {
		unpinned := func(line string) bool { return w.mistake(line) == l.gap.ID }
		if i := slices.IndexFunc(w.lines, unpinned); i >= 0 {
			l.noteAt(finding.Place{Path: w.path, Line: i + 1, Column: 1}, uses.FindStringSubmatch(w.lines[i])[1])
		}
	}
}

func workflowUntrusted(l *look) {
	for _, w := range l.tree.workflows.value {
		if w.gate && w.on("pull_request", "pull_request_review") {
			l.noteAt(finding.Place{Path: w.path, Line: 1, Column: 1})
		}
	}
}

// noWorkflow is a gap where no workflow does that. One that could not be read may
// be the one that does.
func noWorkflow(does func(*workflow) bool) func(*look) {
	return func(l *look) {
		if w := l.tree.workflows; !l.tree.empty && w.err == nil && !slices.ContainsFunc(w.value, does) {
			l.note()
		}
	}
}
