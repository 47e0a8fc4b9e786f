package rule

import (
	"bytes"
	"strings"
	"testing"

	"github.com/tambal-id/tambal/cmd/tambal/internal/landing"
	"github.com/tambal-id/tambal/cmd/tambal/internal/timeline"
	"github.com/tambal-id/tambal/policies"
	"github.com/tambal-id/tambal/schema"
)

// rewrite lands other bytes instead of the draft's, read as every manifest is.
func rewrite(old, now string) func(*scene) {
	return func(s *scene) {
		s.c.AfterData = bytes.Replace(s.c.AfterData, []byte(old), []byte(now), 1)
		if s.c.After, s.c.Problems = schema.Parse(s.c.AfterData); s.c.After == nil {
			s.c.Steps, s.Contributions = nil, nil
		}
	}
}

// remove lands the case's folder without its manifest.
func remove(s *scene) {
	s.c.AfterData, s.c.After, s.c.Steps, s.Contributions, s.c.Entry = nil, nil, nil, nil, timeline.Entry{}
	s.c.Kept, s.c.SideKept = s.c.BeforeData == nil, s.c.BeforeData == nil
}

// rename opens the case in another folder.
func rename(id, dir string) func(*scene) {
	return func(s *scene) {
		s.c.ID, s.c.Dir, s.c.Path = id, dir, dir+"/"+schema.ManifestFile
		s.c.Files = nil
	}
}

// beside lands a second case, whose steps are known too.
func (s *scene) beside(d *draft) *timeline.CaseChange {
	d.id = "SP-2026-0008"
	o := d.scene(s.t)
	if o.When.After(s.When) {
		s.When = o.When
	}
	s.Cases, s.Contributions = append(s.Cases, o.c), append(s.Contributions, o.Contributions...)
	return o.c
}

// goesOn moves the case to a folder in which its bytes go on.
func goesOn(readable bool) func(*scene) {
	return func(s *scene) {
		to := *s.c
		remove(s)
		rename("SP-2026-0009", "patches/2026/SP-2026-0009")(&scene{c: &to})
		to.BeforeData, to.Before, to.Steps = nil, nil, nil
		if !readable {
			to.After, to.Problems = nil, []schema.Problem{{Rule: schema.RuleSchema, Code: "schema.required", Args: []any{"x"}}}
		}
		s.Cases = append(s.Cases, &to)
	}
}

func twin(path, other string) func(*scene) {
	return func(s *scene) { s.Twins = append(s.Twins, landing.Twin{Path: path, Other: other}) }
}

func badPolicy(rule, code string, args ...any) func(*scene) {
	return func(s *scene) {
		problem := schema.Problem{Rule: rule, Code: code, Args: args, Pos: schema.Pos{Line: 3, Column: 1}}
		s.Next.Problems = []policies.Problem{{Path: schema.SOPPath, Problem: problem}}
	}
}

func unneeded() *draft {
	d := monitored()
	last[schema.Monitoring](d).Decision = schema.DecisionNotRequired
	return d.add(schema.ItemClosure, &schema.Closure{Outcome: schema.OutcomeNotRequired, Note: "Tidak perlu."})
}

// retry follows another case, of which this is known.
func retry(found, closed bool) func(*scene) {
	return func(s *scene) { s.c.RetryOf = &timeline.Retry{ID: "SP-2026-0001", Found: found, Closed: closed} }
}

func stray(path string, mode timeline.Mode) func(*scene) {
	return func(s *scene) {
		s.Stray = append(s.Stray, timeline.Change{Path: path, Before: timeline.Entry{Mode: timeline.ModeFile}, After: timeline.Entry{Mode: mode}})
	}
}

var formRows = []row{
	{name: "a manifest lacks a field", of: monitored, edit: rewrite("      decision: required\n", ""), want: "error schema.required"},
	{name: "a manifest has a value that readers take differently", of: monitored, edit: rewrite("reason: Rentan.", "reason: no"), want: "error yaml.quote"},
	{name: "a manifest is deeper than anybody reads", of: monitored, edit: rewrite("Rentan.", strings.Repeat("[", 99)+strings.Repeat("]", 99)), want: "error yaml.depth"},
	{name: "a pending manifest that both readers understand alike", of: func() *draft { return waiting(monitored()) }},
	{name: "a pending manifest that nobody can read", of: planned, edit: rewrite("steps:", "steps:\t"), want: "error yaml.tab"},
	{name: "a policy breaks its schema", of: newPolicy, edit: badPolicy(schema.RuleSchema, "schema.required", "roles"), want: "error schema.required"},
	{name: "a policy is ambiguous", of: newPolicy, edit: badPolicy(schema.RuleAmbiguous, "yaml.quote", "no"), want: "error yaml.quote"},
	{name: "a policy is too large", of: newPolicy, edit: badPolicy(schema.RuleLimit, "yaml.size", 1), want: "error yaml.size"},

	{name: "a file belongs to no case", of: monitored, edit: stray("patches/catatan.txt", timeline.ModeFile), want: "error case-id.stray"},
	{name: "a folder that some systems take for patches", of: monitored, edit: twin("PATCHES", "patches"), want: "error case-id.twin"},
	{name: "a file that some systems take for another", of: monitored, edit: twin("patches/2026/SP-2026-0007/evidence/A", "patches/2026/SP-2026-0007/evidence/a"),
		want: "error case-id.twin"},
	{name: "a file that some systems take for the SOP", of: newPolicy, edit: twin("policies/SOP.yaml", "policies/sop.yaml"), want: "error policy-invalid.twin"},
	{name: "a folder that some systems take for the workflows'", of: monitored, edit: twin(".GitHub", ".github"), want: "error policy-invalid.twin"},
	{name: "a file that belonged to no case goes", of: monitored, edit: stray("patches/catatan.txt", "")},
	{name: "a folder's name is no case ID", of: monitored, edit: rename("SP-7", "patches/2026/SP-7"), want: "error case-id.form"},
	{name: "a case is in the folder of another year", of: monitored, edit: rename("SP-2026-0007", "patches/2025/SP-2026-0007"), want: "error case-id.year"},
	{name: "a manifest names another case", of: monitored, edit: rename("SP-2026-0009", "patches/2026/SP-2026-0009"), want: "error case-id.differs"},
	{name: "a folder without a manifest", of: monitored, edit: remove, want: "error case-id.no-manifest"},
	{name: "a file beside the folder of evidence", of: monitored, edit: func(s *scene) { s.c.Files[0].Path = s.c.Dir + "/before.json" },
		want: "error case-id.file, warning evidence-unlisted"},
	{name: "a file beside the folder of evidence goes", of: monitored, edit: func(s *scene) {
		s.c.Files = append(s.c.Files, timeline.Change{Path: s.c.Dir + "/x", Before: timeline.Entry{Mode: timeline.ModeFile}})
	}, want: "error evidence-missing.deleted"},

	{name: "a manifest is deleted", of: scheduled, edit: remove, want: "error case-deleted"},
	{name: "a side commit deleted the manifest", of: scheduled, edit: func(s *scene) { s.c.Lost = []string{s.c.Path} }, want: "error case-deleted"},
	{name: "a case goes on in another folder", of: scheduled, edit: goesOn(true), want: "error case-moved, error case-id.differs"},
	{name: "a case goes on in another folder, with other bytes", of: scheduled, edit: both(goesOn(true), func(s *scene) {
		to := s.Cases[len(s.Cases)-1]
		to.AfterData = append([]byte("# lain\n"), to.AfterData...)
	}), want: "error case-moved, error case-id.differs"},
	{name: "a case goes on in another folder, where nobody can read it", of: scheduled, edit: goesOn(false), want: "error case-moved, error schema.required"},

	{name: "a case is deleted beside one that stood before under its ID", of: scheduled, edit: both(goesOn(true), func(s *scene) {
		s.Cases[1].BeforeData = s.c.BeforeData
	}), want: "error case-deleted, error case-mixed, error case-id.differs"},

	{name: "two cases are opened together", of: monitored, edit: func(s *scene) { s.beside(monitored()) }},
	{name: "two cases are opened, one closed at once", of: monitored, edit: func(s *scene) { s.beside(unneeded()) }},
	{name: "a case is opened beside another's schedule", of: monitored, edit: func(s *scene) { s.beside(scheduled()) }, want: "error case-mixed"},
	{name: "two cases are opened, one with a plan", of: monitored, edit: func(s *scene) { s.beside(work(0, 2)) }, want: "error case-mixed"},
	{name: "two cases are opened, one up to its decision", of: monitored, edit: func(s *scene) { s.beside(work(0, 4)) }, want: "error case-mixed"},
	{name: "two cases are opened, one by its plan", of: monitored, edit: func(s *scene) {
		d := work(0, 2)
		d.items = d.items[1:]
		s.beside(d)
	}, want: "error case-mixed, error step-order"},
	{name: "a case is opened beside another whose manifest stood without steps", of: monitored, edit: func(s *scene) {
		s.beside(monitored()).BeforeData = monitored().manifest(s.t, 0)
	}, want: "error case-mixed"},
	{name: "two cases are opened at the anchor", of: monitored, edit: func(s *scene) { s.Anchor = true; s.beside(work(0, 2)) }},
	{name: "two cases are opened under a procedure without steps", of: monitored, edit: func(s *scene) {
		s.Policy.Procedure.Steps = nil
		s.beside(monitored())
	}, want: "error step-order.unknown, error case-mixed, error step-order.unknown"},

	{name: "a retry of a closed case", of: monitored, edit: retry(true, true)},
	{name: "a retry of a case that nobody knows", of: monitored, edit: retry(false, false), want: "error case-retry.unknown"},
	{name: "a retry of a case that is open", of: monitored, edit: retry(true, false), want: "error case-retry.open"},
}

func TestForm(t *testing.T) { play(t, formRows) }
