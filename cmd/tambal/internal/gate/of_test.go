package gate

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/timeline"
	"github.com/tambal-id/tambal/cmd/tambal/internal/timeline/timelinetest"
)

func TestACasesFindingsAreThoseThatNameItOrACommitOfIt(t *testing.T) {
	line, c := timelinetest.Case(t, filepath.Join("..", "report", "testdata", "full.yaml"))
	landed := c.Steps[0].Landing
	line.Landings = []*timeline.Landing{landed}
	landed.Cases = []*timeline.CaseChange{{Case: c}}
	j := &Judgement{Timeline: line, Result: &finding.Result{Findings: []finding.Finding{
		{Rule: "time-over", Case: c.ID, Place: finding.Place{Path: c.Dir + "/patch.yaml", Line: 120, Column: 5}},
		{Rule: "history-squashed", Place: finding.Place{Commit: string(landed.Commit.ID)}},
		{Rule: "history-mailmap", Place: finding.Place{Commit: "ffff"}},
		{Rule: "step-role", Case: "SP-2026-9999", Place: finding.Place{Commit: string(landed.Commit.ID)}},
	}}}
	var rules []string
	for _, f := range j.Of(c) {
		rules = append(rules, f.Rule)
	}
	if diff := cmp.Diff([]string{"time-over", "history-squashed"}, rules); diff != "" {
		t.Error(diff)
	}
}
