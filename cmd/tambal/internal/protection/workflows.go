package protection

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/rhysd/actionlint"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/forge"
	"github.com/tambal-id/tambal/schema"
)

// What a step says is looked at with expressions: this looks for honest mistakes.
// Deliberate hiding is prevented by the code owners, not here.
var (
	never     = regexp.MustCompile(`^\s*(?:\$\{\{)?\s*(?:false|0|!\s*true)\s*(?:\}\})?\s*$`)
	proposal  = regexp.MustCompile(`head|refs/pull/|merge_commit_sha|pull_request\.number|inputs\.`)
	switching = regexp.MustCompile(`gh\s+pr\s+checkout|git\s+(?:checkout|switch|reset|merge|pull|worktree)\s.*(?:FETCH_HEAD|pull/|head|HEAD_)`)
	pinned    = regexp.MustCompile(`^[^@]+@[0-9a-f]{40}$|^\./`)
	judging   = regexp.MustCompile(`(?is)\btambal\b.*--post\b`)
	auditing  = regexp.MustCompile(`(?i)\btambal["'}]*\s+(?:-\S+\s+)*(?:\S+\s+)?audit\b`)
)

const workflowFolder = schema.ForgeDir + "/workflows"

// workflow is one file of that folder.
type workflow struct {
	path     string
	on       map[string]bool // the events that start it
	gate     bool            // it judges pull requests and posts the verdict
	audit    bool            // it replays the history on a schedule
	mistakes []mistake       // in the order of their lines
}

// mistake is a place in a workflow that opens a gap; of several gaps, the worst.
type mistake struct {
	gap, said string // the gap's ID and what stands there
	line, col int
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

// parseWorkflow reads a workflow with its parser. What it does not understand
// GitHub does not run either, or it is newer than the parser: the rest counts.
func parseWorkflow(path, content string) *workflow {
	w := &workflow{path: path, on: map[string]bool{}}
	parsed, _ := actionlint.Parse([]byte(content))
	if parsed == nil {
		return w
	}
	for _, event := range parsed.On {
		w.on[event.EventName()] = true
	}
	for _, job := range parsed.Jobs {
		for _, step := range job.Steps {
			said := says(step)
			w.gate = w.gate || judging.MatchString(said)
			w.audit = w.audit || w.on["schedule"] && auditing.MatchString(said)
		}
	}
	w.events(parsed.On)
	for _, job := range parsed.Jobs {
		w.job(job)
	}
	slices.SortFunc(w.mistakes, func(a, b mistake) int { return cmp.Or(cmp.Compare(a.line, b.line), cmp.Compare(a.col, b.col)) })
	return w
}

// says is what a step runs: its script, or an action with what it is given.
func says(step *actionlint.Step) string {
	switch exec := step.Exec.(type) {
	case *actionlint.ExecRun:
		return value(exec.Run)
	case *actionlint.ExecAction:
		said := []string{value(exec.Uses)}
		for _, name := range slices.Sorted(maps.Keys(exec.Inputs)) {
			said = append(said, value(exec.Inputs[name].Value))
		}
		return strings.Join(said, " ")
	}
	return ""
}

func value(s *actionlint.String) string {
	if s == nil {
		return ""
	}
	return s.Value
}

func (w *workflow) note(gap string, at *actionlint.String) {
	if at.Pos != nil {
		w.mistakes = append(w.mistakes, mistake{gap, at.Value, at.Pos.Line, at.Pos.Col})
	}
}

// events notes filters that keep the gate from speaking.
func (w *workflow) events(on []actionlint.Event) {
	for _, event := range on {
		hook, ok := event.(*actionlint.WebhookEvent)
		if !ok || !w.gate {
			continue
		}
		for _, filter := range []*actionlint.WebhookEventFilter{hook.Paths, hook.PathsIgnore} {
			if filter != nil && filter.Name != nil {
				w.note("workflow-paths", filter.Name)
			}
		}
	}
}

// job notes what hands the gate to whoever opens a pull request, and what keeps it
// from speaking.
func (w *workflow) job(job *actionlint.Job) {
	if value(job.Name) == forge.GateContext {
		w.note("workflow-name", job.Name)
	}
	w.condition(job.If)
	if job.WorkflowCall != nil {
		w.uses(job.WorkflowCall.Uses)
	}
	for _, step := range job.Steps {
		w.condition(step.If)
		switch exec := step.Exec.(type) {
		case *actionlint.ExecRun:
			if w.trusted() && switching.MatchString(value(exec.Run)) {
				w.note("workflow-runs-proposal", exec.Run)
			}
		case *actionlint.ExecAction:
			w.uses(exec.Uses)
			for _, name := range []string{"ref", "repository"} {
				if in := exec.Inputs[name]; in != nil && w.trusted() && proposal.MatchString(value(in.Value)) {
					w.note("workflow-runs-proposal", in.Value)
				}
			}
		}
	}
}

// trusted: it runs with the rights of the protected branch, for other people's
// changes.
func (w *workflow) trusted() bool { return w.on["pull_request_target"] || w.on["workflow_run"] }

func (w *workflow) condition(c *actionlint.String) {
	if c != nil && w.gate && never.MatchString(c.Value) {
		w.note("workflow-off", c)
	}
}

func (w *workflow) uses(action *actionlint.String) {
	if action != nil && w.gate && !pinned.MatchString(action.Value) {
		w.note("workflow-unpinned", action)
	}
}

// workflowMistake notes every place that makes the gap it is asked for.
func workflowMistake(l *look) {
	for _, w := range l.tree.workflows.value {
		for _, m := range w.mistakes {
			if m.gap == l.gap.ID {
				l.noteAt(finding.Place{Path: w.path, Line: m.line, Column: m.col})
			}
		}
	}
}

// workflowUnpinned notes the first of a file: it is one habit.
func workflowUnpinned(l *look) {
	for _, w := range l.tree.workflows.value {
		if i := slices.IndexFunc(w.mistakes, func(m mistake) bool { return m.gap == l.gap.ID }); i >= 0 {
			l.noteAt(finding.Place{Path: w.path, Line: w.mistakes[i].line, Column: w.mistakes[i].col}, w.mistakes[i].said)
		}
	}
}

func workflowUntrusted(l *look) {
	for _, w := range l.tree.workflows.value {
		if w.gate && (w.on["pull_request"] || w.on["pull_request_review"]) {
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
