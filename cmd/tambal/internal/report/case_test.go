package report

import (
	"path/filepath"
	"testing"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
	"github.com/tambal-id/tambal/cmd/tambal/internal/timeline"
	"github.com/tambal-id/tambal/cmd/tambal/internal/timeline/timelinetest"
)

// fixture reads testdata/NAME.yaml as a case whose steps landed one after another.
func fixture(t *testing.T, name string) (*timeline.Timeline, *timeline.Case) {
	t.Helper()
	return timelinetest.Case(t, filepath.Join("testdata", name+".yaml"))
}

// found are findings of the case: one that names it, one of its commits.
func found(c *timeline.Case) []finding.Finding {
	return []finding.Finding{
		{Rule: "time-over", Severity: finding.Notice, Case: c.ID, Step: "implementation", Code: "example", Args: []any{"langkah", 3},
			Place: finding.Place{Path: c.Dir + "/patch.yaml", Line: 120, Column: 5}},
		{Rule: "history-squashed", Severity: finding.Error, Code: "example", Args: []any{"gabungan"}, Place: finding.Place{Commit: string(c.Steps[0].Landing.Commit.ID)}},
	}
}

func reportOf(t *testing.T, name string, lang text.Lang) *Report {
	t.Helper()
	line, c := fixture(t, name)
	var findings []finding.Finding
	if name == "full" {
		findings = found(c)
	}
	return New(line, c, findings, lang)
}
