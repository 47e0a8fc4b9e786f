package rule

import (
	"testing"

	"github.com/tambal-id/tambal/cmd/tambal/internal/evidence"
	"github.com/tambal-id/tambal/cmd/tambal/internal/timeline"
	"github.com/tambal-id/tambal/schema"
)

// file edits the n-th file that the newest step lists.
func file(n int, edit func(*timeline.File)) func(*scene) {
	return func(s *scene) {
		st := s.c.Steps[len(s.c.Steps)-1]
		edit(st.Files[n])
		st.Prove()
	}
}

func isState(state timeline.FileState) func(*timeline.File) {
	return func(f *timeline.File) { f.State = state }
}

func isOf(system string) func(*timeline.File) { return func(f *timeline.File) { f.Of = system } }

// fileMode lets the n-th file of the case be of another kind.
func fileMode(n int, mode timeline.Mode) func(*scene) {
	return func(s *scene) { s.c.Files[n].After.Mode = mode }
}

// had lets a file of the case have stood before, with other content; now is its
// mode after the landing.
func had(now timeline.Mode) func(*scene) {
	return func(s *scene) {
		s.c.Files = append(s.c.Files, timeline.Change{
			Path: s.c.Dir + "/evidence/before.json", Before: timeline.Entry{Mode: timeline.ModeFile, ID: "f"}, After: timeline.Entry{Mode: now, ID: "g"},
		})
	}
}

// rewrites lets a commit of a branch write a path of the case that stood before,
// with no correct landing any more.
func rewrites(name string) func(*scene) {
	return func(s *scene) {
		path := s.c.Dir + "/" + name
		own := timeline.Change{Path: path, Before: timeline.Entry{Mode: timeline.ModeFile, ID: "f"}, After: timeline.Entry{Mode: timeline.ModeFile, ID: "g"}}
		s.Side[0].Own, s.Wrong = []timeline.Change{own, own}, []string{path}
	}
}

func noScan(reason string) func(*draft) {
	return func(d *draft) {
		i := last[schema.Implementation](d)
		i.Evidence, i.WithoutScan = i.Evidence[1:], reason
	}
}

func noSIEM(reason string) func(*draft) {
	return func(d *draft) {
		i := last[schema.Implementation](d)
		i.Evidence, i.WithoutSIEM = i.Evidence[:1], reason
	}
}

func also(writes ...func(*draft)) func(*draft) {
	return func(d *draft) {
		for _, write := range writes {
			write(d)
		}
	}
}

// neighbours are two patched systems with one vulnerability.
func neighbours(d *draft) {
	two(d)
	m := last[schema.Monitoring](d)
	m.Vulnerabilities = m.Vulnerabilities[:1]
}

// oneOf lets one of two systems be patched, and the other come to an outcome.
func oneOf(other string) func(*draft) {
	return also(neighbours, func(d *draft) { last[schema.Implementation](d).Results[1].Outcome = other })
}

// again asks anew what the scans prove.
func again(s *scene) { s.step(schema.ItemImplementation).Prove() }

var broken = &evidence.Error{Code: "evidence.trivy-json", Args: []any{3}}

var evidenceRows = []row{
	{name: "a listed file is missing", of: monitored, edit: file(0, isState(timeline.FileMissing)), want: "error evidence-missing"},
	{name: "a landed file is deleted", of: scheduled, edit: had(""), want: "error evidence-missing.deleted"},
	{name: "a side commit deleted a landed file", of: scheduled, edit: func(s *scene) { s.c.Lost = []string{s.c.Dir + "/evidence/before.json"} },
		want: "error evidence-missing.deleted"},
	{name: "an implementation without a scan", of: implemented, write: noScan(""), want: "error evidence-missing.scan"},
	{name: "an implementation without a scan, for a reason", of: implemented, write: noScan("Rusak."), want: "notice evidence-missing.without-scan"},
	{name: "an implementation with a scan of another system", of: implemented, write: oneOf("failed"), edit: both(file(0, isOf("basis data")), again),
		want: "error evidence-missing.scan-of"},
	{name: "an implementation with a scan of one of two systems", of: implemented, write: neighbours, edit: both(file(0, isOf("basis data")), again),
		want: "warning evidence-missing.scan-of"},
	{name: "an implementation with a scan that names no system", of: implemented, edit: both(file(0, isOf("")), again), want: "warning evidence-missing.scan-unnamed"},
	{name: "an implementation with a scan that names no system, and one that does", of: implemented, write: func(d *draft) {
		i := last[schema.Implementation](d)
		unnamed := i.Evidence[0]
		unnamed.Path, unnamed.Of = "evidence/after-2.json", ""
		i.Evidence = append(i.Evidence, unnamed)
	}, edit: again},
	{name: "an implementation with a scan of another system, for a reason", of: implemented, write: also(neighbours, reason("Rusak.")), edit: both(file(0, isOf("basis data")), again),
		want: "notice evidence-missing.without-scan-of"},
	{name: "an implementation with a scan of another system, that went wrong", of: implemented,
		write: also(oneOf("failed"), func(d *draft) { last[schema.Implementation](d).Outcome = schema.Anomaly }), edit: both(file(0, isOf("basis data")), again)},
	{name: "an implementation without a SIEM extract", of: implemented, write: noSIEM(""), want: "error evidence-missing.siem"},
	{name: "an implementation without a SIEM extract, for a reason", of: implemented, write: noSIEM("Rusak."), want: "notice evidence-missing.without-siem"},

	{name: "a listed file has other content", of: monitored, edit: file(0, isState(timeline.FileDigest)), want: "error evidence-digest.digest"},
	{name: "a listed file is a pointer", of: monitored, edit: file(0, isState(timeline.FilePointer)), want: "error evidence-digest.pointer"},
	{name: "a listed file is empty", of: monitored, edit: file(0, isState(timeline.FileEmpty)), want: "error evidence-digest.empty"},
	{name: "a listed file is too large", of: monitored, edit: file(0, isState(timeline.FileLarge)), want: "error evidence-digest.large"},
	{name: "a landed file is changed", of: scheduled, edit: had(timeline.ModeFile), want: "error evidence-digest.landed"},
	{name: "a branch changed a landed file", of: func() *draft { return waiting(scheduled()) }, edit: rewrites("evidence/before.json"), want: "error evidence-digest.landed"},
	{name: "a branch adds a file that the base has added too", of: func() *draft { return waiting(scheduled()) }, edit: both(rewrites("evidence/x"), func(s *scene) {
		for i := range s.Side[0].Own {
			s.Side[0].Own[i].Before = timeline.Entry{}
		}
	}), want: "error history-behind"},
	{name: "a merge takes a landed file from neither side", of: scheduled, edit: rewrites("evidence/before.json"), want: "error history-evil-merge"},
	{name: "a landed file that no step lists is changed", of: scheduled, edit: both(had(timeline.ModeFile), func(s *scene) { s.c.Files[0].Path = s.c.Dir + "/evidence/x" }),
		want: "error evidence-digest.landed"},

	{name: "a manifest is a link", of: monitored, edit: func(s *scene) { s.c.Entry.Mode = "120000" }, want: "error evidence-mode"},
	{name: "a file of evidence may be run", of: monitored, edit: fileMode(0, "100755"), want: "error evidence-mode"},
	{name: "a file of the policy is a link", of: newPolicy, edit: func(s *scene) {
		s.Next.Irregular = []timeline.Change{{Path: schema.SOPPath, After: timeline.Entry{Mode: "120000"}}}
	}, want: "error evidence-mode"},
	{name: "a scan cannot be read", of: monitored, edit: file(0, func(f *timeline.File) { f.Scan, f.Fault = nil, broken }), want: "error evidence-unreadable"},

	{name: "a file that no step lists", of: monitored, edit: func(s *scene) { s.c.Files[0].Path = s.c.Dir + "/evidence/lain.txt" }, want: "warning evidence-unlisted"},
	{name: "a file that an earlier step lists", of: scheduled, edit: func(s *scene) {
		s.c.Files = append(s.c.Files, timeline.Change{Path: s.c.Dir + "/evidence/before.json", After: timeline.Entry{Mode: timeline.ModeFile}})
	}},
}

func TestEvidence(t *testing.T) { play(t, evidenceRows) }
