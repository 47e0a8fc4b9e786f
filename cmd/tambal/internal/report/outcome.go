package report

import (
	"slices"
	"strings"

	"github.com/tambal-id/tambal/cmd/tambal/internal/evidence"
	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/timeline"
	"github.com/tambal-id/tambal/schema"
)

// System is one system of the case: the version before, the planned one, the
// one that runs now, and the result (success, failed, skipped, rolled-back; ""
// when nothing was done to it).
type System struct {
	Name    string `json:"name"`
	Before  string `json:"before,omitempty"`
	Planned string `json:"planned,omitempty"`
	After   string `json:"after,omitempty"`
	Outcome string `json:"outcome,omitempty"`
}

// Vulnerability is one id of the case with what the scans prove of it.
type Vulnerability struct {
	schema.Vulnerability
	Proofs []Proof `json:"proofs"`
}

// Proof is the verdict of a scan after the change, beside the one before, about
// one vulnerability on one system: the same that the findings rest on. Reason is
// written by people: why there is no scan that can be read, or why the scanned
// target has another name. DateNote is too: why the date shows no order.
// ByCommit says that the scan has no date of its own and is dated by the commit
// that first holds it.
type Proof struct {
	System   string `json:"system"`
	Verdict  string `json:"verdict"`
	Before   string `json:"before,omitempty"` // file
	After    string `json:"after,omitempty"`
	Reason   string `json:"reason,omitempty"`
	DateNote string `json:"dateNote,omitempty"`
	ByCommit bool   `json:"datedByCommit,omitempty"`

	from *timeline.Proof // nil where nothing was patched
}

// Verdicts beside those of package evidence.
const (
	verdictUnpatched = "not-patched"   // the change was not made or did not last
	verdictChanged   = "changed-since" // it was proven when it landed, by what is no longer as it landed
)

// File is one listed evidence file. State is "" when it is what the manifest
// says; Size is in bytes, 0 when the content could not be read.
type File struct {
	Path   string `json:"path"` // from the case's directory
	Format string `json:"format"`
	Phase  string `json:"phase"`
	System string `json:"system,omitempty"`
	Step   string `json:"step"`
	SHA256 string `json:"sha256"`
	Size   int    `json:"size"`
	State  string `json:"state"`
	Scan   *Scan  `json:"scan,omitempty"`

	from *timeline.File
}

// Scan is what a readable scan says of itself, and which ids of this case it
// shows.
type Scan struct {
	Tool     string   `json:"tool"`
	Target   string   `json:"target"`
	Created  string   `json:"created,omitempty"` // "" when the file does not say
	Findings int      `json:"findings"`
	Shows    []string `json:"shows"`
}

func (d *draft) collectFiles() {
	d.Files = []File{}
	m, _ := body[schema.Monitoring](d.c, schema.ItemMonitoring)
	for _, s := range d.c.Steps {
		for _, f := range s.Files {
			file := File{
				Path: f.Evidence.Path, Format: f.Format, Phase: f.Phase, System: f.Of, Step: s.Item.Name,
				SHA256: f.SHA256, Size: f.Size, State: string(f.State), from: f,
			}
			if f.Scan != nil {
				file.Scan = &Scan{f.Scan.Tool, f.Scan.Target, d.stamp(f.Scan.Created), len(f.Scan.Findings), []string{}}
				for _, v := range m.Vulnerabilities {
					if f.Scan.Shows(v.ID) {
						file.Scan.Shows = append(file.Scan.Shows, v.ID)
					}
				}
			}
			d.Files = append(d.Files, file)
		}
	}
}

// collectSystems joins what monitoring, plan and implementation say of each
// system, in that order.
func (d *draft) collectSystems() {
	d.Systems = []System{}
	system := func(name string) *System {
		i := slices.IndexFunc(d.Systems, func(s System) bool { return s.Name == name })
		if i < 0 {
			i, d.Systems = len(d.Systems), append(d.Systems, System{Name: name})
		}
		return &d.Systems[i]
	}
	m, _ := body[schema.Monitoring](d.c, schema.ItemMonitoring)
	for _, s := range m.Systems {
		system(s.Name).Before = s.Installed
	}
	plan, _ := body[schema.Plan](d.c, schema.ItemPlan)
	for _, t := range plan.Targets {
		s := system(t.System)
		s.Before, s.Planned = t.From, t.To
	}
	for _, s := range d.c.Steps {
		if b, ok := s.Item.Body.(*schema.Implementation); ok {
			for _, r := range b.Results {
				s := system(r.System)
				s.After, s.Outcome = r.Version, r.Outcome
			}
		}
	}
}

// collectVulnerabilities sets beside every vulnerability what the scans of every
// system that was worked on prove of it. Without an implementation there is
// nothing to prove.
func (d *draft) collectVulnerabilities() {
	d.Vulnerabilities = []Vulnerability{}
	m, _ := body[schema.Monitoring](d.c, schema.ItemMonitoring)
	done := d.c.Step(schema.ItemImplementation)
	for _, v := range m.Vulnerabilities {
		entry := Vulnerability{v, []Proof{}}
		for _, s := range d.Systems {
			switch {
			case done == nil || s.Outcome == "":
			case s.Outcome != schema.ResultSuccess:
				entry.Proofs = append(entry.Proofs, Proof{System: s.Name, Verdict: verdictUnpatched})
			default:
				entry.Proofs = append(entry.Proofs, d.proofs(v.ID, s.Name)...)
			}
		}
		d.Vulnerabilities = append(d.Vulnerabilities, entry)
	}
}

// proofs returns what the last implementation that names a system proves there.
func (d *draft) proofs(id, system string) []Proof {
	var list []Proof
	for _, s := range d.c.Steps {
		var of []Proof
		for _, from := range s.Proofs {
			if from.System == system && strings.EqualFold(from.ID, id) {
				of = append(of, d.proofOf(s.Item.Name, from))
			}
		}
		if of != nil {
			list = of
		}
	}
	return list
}

func (d *draft) proofOf(step string, from *timeline.Proof) Proof {
	p := Proof{
		System: from.System, Verdict: string(from.Verdict), Reason: from.Reason, DateNote: from.DateNote, ByCommit: from.ByCommit, from: from,
	}
	if from.Before != nil {
		p.Before = from.Before.Evidence.Path
	}
	if from.After != nil {
		p.After = from.After.Evidence.Path
	}
	if proven := from.Verdict == evidence.Fixed || from.Verdict == evidence.Undated; proven && d.fallen(step, p) {
		p.Verdict = verdictChanged
	}
	return p
}

// fallen says whether the check found that the step or a scan a proof rests on
// is no longer what landed.
func (d *draft) fallen(step string, p Proof) bool {
	return slices.ContainsFunc(d.Findings, func(f Finding) bool {
		of, file, ok := d.lost(f)
		if f.Severity != string(finding.Error) || !ok {
			return false
		}
		if file == "" {
			return of == step
		}
		return file == d.c.Dir+"/"+p.Before || file == d.c.Dir+"/"+p.After
	})
}
