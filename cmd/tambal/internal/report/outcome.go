package report

import (
	"slices"

	"github.com/tambal-id/tambal/cmd/tambal/internal/evidence"
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
// one vulnerability on one system. Reason is written by people: why there is no
// scan, or why the scanned target has another name.
type Proof struct {
	System  string `json:"system"`
	Verdict string `json:"verdict"`
	Before  string `json:"before,omitempty"` // file
	After   string `json:"after,omitempty"`
	Reason  string `json:"reason,omitempty"`

	remaining []evidence.Finding
}

// Verdicts of a Proof beside those of package evidence.
const (
	verdictTarget = "different-target" // other tool or target, no reason written
	verdictUnread = "unread"           // a scan is listed that tambal cannot read
	verdictNoScan = "no-scan"

	verdictUnpatched = "not-patched" // the change was not made or did not last
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
	Created  string   `json:"created,omitempty"`
	Findings int      `json:"findings"`
	Shows    []string `json:"shows"`
}

func (d *draft) collectFiles() {
	d.Files = []File{}
	ids := d.ids()
	for _, s := range d.c.Steps {
		for _, f := range s.Files {
			file := File{
				Path: f.Evidence.Path, Format: f.Format, Phase: f.Phase, System: f.Of, Step: s.Item.Name,
				SHA256: f.SHA256, Size: f.Size, State: string(f.State), from: f,
			}
			if f.Scan != nil {
				file.Scan = &Scan{f.Scan.Tool, f.Scan.Target, d.stamp(f.Scan.Created), len(f.Scan.Findings), []string{}}
				for _, c := range evidence.Compare(nil, f.Scan, ids) {
					if c.Verdict == evidence.Remains {
						file.Scan.Shows = append(file.Scan.Shows, c.ID)
					}
				}
			}
			d.Files = append(d.Files, file)
		}
	}
}

// ids returns the vulnerabilities the case set out to remove.
func (d *draft) ids() []string {
	var ids []string
	if m := body[schema.Monitoring](d.c, schema.ItemMonitoring); m != nil {
		for _, v := range m.Vulnerabilities {
			ids = append(ids, v.ID)
		}
	}
	return ids
}

// collectSystems joins what monitoring, plan and implementation say of each
// system, in that order.
func (d *draft) collectSystems() {
	d.Systems = []System{}
	system := func(name string) *System {
		for i := range d.Systems {
			if d.Systems[i].Name == name {
				return &d.Systems[i]
			}
		}
		d.Systems = append(d.Systems, System{Name: name})
		return &d.Systems[len(d.Systems)-1]
	}
	if m := body[schema.Monitoring](d.c, schema.ItemMonitoring); m != nil {
		for _, s := range m.Systems {
			system(s.Name).Before = s.Installed
		}
	}
	if p := body[schema.Plan](d.c, schema.ItemPlan); p != nil {
		for _, t := range p.Targets {
			s := system(t.System)
			s.Before, s.Planned = t.From, t.To
		}
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

// collectVulnerabilities holds every vulnerability against the scans of every
// system that was worked on. Without an implementation there is nothing to prove.
func (d *draft) collectVulnerabilities() {
	d.Vulnerabilities = []Vulnerability{}
	m := body[schema.Monitoring](d.c, schema.ItemMonitoring)
	if m == nil {
		return
	}
	done := body[schema.Implementation](d.c, schema.ItemImplementation)
	for _, v := range m.Vulnerabilities {
		entry := Vulnerability{v, []Proof{}}
		for _, s := range d.Systems {
			switch {
			case done == nil || s.Outcome == "":
			case s.Outcome != "success":
				entry.Proofs = append(entry.Proofs, Proof{System: s.Name, Verdict: verdictUnpatched})
			default:
				entry.Proofs = append(entry.Proofs, d.proofs(v.ID, s.Name, done.WithoutScan)...)
			}
		}
		d.Vulnerabilities = append(d.Vulnerabilities, entry)
	}
}

// proofs returns one proof per scan after the change on a system; a scan that
// names no system speaks for all.
func (d *draft) proofs(id, system, without string) []Proof {
	var list []Proof
	for _, after := range d.c.Files(schema.PhaseAfter, system) {
		p := Proof{System: system, After: after.Evidence.Path, Reason: after.TargetChange, Verdict: verdictUnread}
		if after.Scan == nil {
			list = append(list, p)
			continue
		}
		before := d.before(after, system)
		var was *evidence.Scan
		if before != nil {
			was, p.Before = before.Scan, before.Evidence.Path
		}
		c := evidence.Compare(was, after.Scan, []string{id})[0]
		p.Verdict, p.remaining = string(c.Verdict), c.Remaining
		if c.Verdict == evidence.Fixed && p.Reason == "" && !evidence.SameTarget(was, after.Scan) {
			p.Verdict = verdictTarget
		}
		list = append(list, p)
	}
	if list == nil {
		list = []Proof{{System: system, Verdict: verdictNoScan, Reason: without}}
	}
	return list
}

// before returns the last readable scan before the change of the same system
// and format.
func (d *draft) before(after *timeline.File, system string) *timeline.File {
	files := d.c.Files(schema.PhaseBefore, system)
	slices.Reverse(files)
	for _, f := range files {
		if f.Scan != nil && f.Format == after.Format {
			return f
		}
	}
	return nil
}
