package timeline

import (
	"slices"
	"strings"
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/evidence"
	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
	"github.com/tambal-id/tambal/schema"
)

// Proof is what one scan after the change, or its absence, proves about one
// vulnerability on one system that the implementation calls patched. Before and
// After are nil when there is no such file.
type Proof struct {
	evidence.Proof
	System        string
	Before, After *File
}

// Prove fills the proofs of an implementation: one for each vulnerability of the
// case, each system it calls patched and each of its scans after the change. It
// asks nothing but the case up to this step.
func (s *Step) Prove() {
	body, ok := s.Item.Body.(*schema.Implementation)
	if !ok {
		return
	}
	s.Proofs = nil
	for _, id := range s.Case.vulnerabilities(s) {
		for _, system := range patched(body) {
			claim := evidence.Claim{ID: id, Start: s.Item.Started(), WithoutScan: body.WithoutScan}
			before := len(s.Proofs)
			for _, after := range s.Files {
				if after.Phase == schema.PhaseAfter && after.about(system) {
					s.Proofs = append(s.Proofs, s.prove(claim, system, after))
				}
			}
			if len(s.Proofs) == before {
				s.Proofs = append(s.Proofs, &Proof{Proof: claim.Proof(), System: system})
			}
		}
	}
}

// Claims returns the proofs of an implementation that claims success. A case that
// says itself that something went wrong claims nothing.
func (s *Step) Claims() []*Proof {
	if body, ok := s.Item.Body.(*schema.Implementation); ok && body.Outcome == schema.NoAnomaly {
		return s.Proofs
	}
	return nil
}

func (s *Step) prove(claim evidence.Claim, system string, after *File) *Proof {
	p := &Proof{System: system, After: after, Before: s.Case.before(s, system, after.Format)}
	claim.After = after.listed()
	if p.Before != nil {
		claim.Before = p.Before.listed()
	}
	p.Proof = claim.Proof()
	return p
}

// before returns the last scan before the change that was read, of a system or
// of none by name, in the same format.
func (c *Case) before(s *Step, system, format string) (last *File) {
	for _, earlier := range c.upTo(s) {
		for _, f := range earlier.Files {
			if f.Phase == schema.PhaseBefore && f.Scan != nil && f.Format == format && f.about(system) {
				last = f
			}
		}
	}
	return last
}

// vulnerabilities returns the ids that the case set out to remove, each once.
func (c *Case) vulnerabilities(s *Step) []string {
	var ids []string
	for _, earlier := range c.upTo(s) {
		m, ok := earlier.Item.Body.(*schema.Monitoring)
		if !ok {
			continue
		}
		for _, v := range m.Vulnerabilities {
			if !slices.ContainsFunc(ids, func(id string) bool { return strings.EqualFold(id, v.ID) }) {
				ids = append(ids, v.ID)
			}
		}
	}
	return ids
}

// upTo returns the steps of a case up to one of them, which is the last.
func (c *Case) upTo(s *Step) []*Step { return c.Steps[:slices.Index(c.Steps, s)+1] }

// patched returns the systems an implementation calls patched, each once.
func patched(body *schema.Implementation) []string {
	var systems []string
	for _, r := range body.Results {
		if r.Outcome == schema.ResultSuccess && !slices.Contains(systems, r.System) {
			systems = append(systems, r.System)
		}
	}
	return systems
}

// about says whether a file is of a system; one that names none is of all.
func (f *File) about(system string) bool { return f.Of == "" || f.Of == system }

func (f *File) listed() *evidence.Listed {
	return &evidence.Listed{Scan: f.Scan, Held: f.Held, TargetChange: f.TargetChange, DateNote: f.DateNote}
}

// heldSince returns since when a file of a step is in the history: the date of the
// earliest of the step's commits that holds it as it landed, else the landing's.
func heldSince(r *reader, s *Step, f *File) (time.Time, error) {
	held := s.Landing.When
	for _, con := range s.Contributions {
		at := con.Commit.Committer.When
		if !at.Before(held) {
			continue
		}
		commit, err := r.repo.Commit(git.ID(con.Commit.ID))
		if err != nil {
			return held, err
		}
		e, err := r.repo.Lookup(commit.Tree, f.Path)
		if err != nil {
			return held, err
		}
		if ID(e.ID) == f.Entry.ID {
			held = at
		}
	}
	return held, nil
}
