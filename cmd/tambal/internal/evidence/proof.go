package evidence

import (
	"slices"
	"strings"
	"time"
)

// Verdict is what a scan after a change proves about one vulnerability.
type Verdict string

// The verdicts, in the order in which they are asked: the first that holds wins.
const (
	NoScan        Verdict = "no-scan"          // no scan after the change is listed
	Unread        Verdict = "unread"           // one is listed that no reader read
	TooEarly      Verdict = "too-early"        // it is no later than the change or the scan before
	OtherTarget   Verdict = "different-target" // other tool or target, no reason written
	Remains       Verdict = "remains"          // seen after, whether or not it was seen before
	Hidden        Verdict = "hidden"           // no longer shown, but what carries it is unchanged
	NotComparable Verdict = "not-comparable"   // made with another tool or other settings
	NotLooked     Verdict = "not-looked"       // that scan looked at no packages of the kind it was seen in
	NotProven     Verdict = "not-proven"       // not seen before: its absence after shows nothing
	Undated       Verdict = "undated"          // gone, but no date shows that the scan was made after the change
	Fixed         Verdict = "fixed"            // seen before, gone after
)

// skew is how much earlier than the stated start of a change a scan may be
// dated: clocks differ.
const skew = 10 * time.Minute

// Listed is one scan file as a case lists it: what was read from it and what
// people wrote beside it.
type Listed struct {
	Scan         *Scan     // nil when no reader read it
	Held         time.Time // of the commit that first holds the file; zero when not known
	TargetChange string    // why the target has another name than before
	DateNote     string    // why the date does not follow the scan before
}

// Date returns when the scan was made: by its own word, or else by the commit
// that first holds it. Own is false then.
func (l *Listed) Date() (at time.Time, own bool) {
	if l.Scan != nil && !l.Scan.Created.IsZero() {
		return l.Scan.Created, true
	}
	return l.Held, false
}

// Claim is that a change removed one vulnerability from one system, with the
// scans that are to prove it.
type Claim struct {
	ID            string
	Start         time.Time // of the change
	WithoutScan   string    // why there is no scan that can be read
	Before, After *Listed   // nil when there is none; Before has been read
}

// Proof is the one verdict on a claim, with its grounds.
type Proof struct {
	ID        string
	Verdict   Verdict
	Reason    string    // written by people: why there is no readable scan, or why the target has another name
	DateNote  string    // written by people: why the date says nothing; set with Undated only
	Remaining []Finding // what the scan after still shows; set with Remains only
	Hidden    *Finding  // of the scan before, about a package that is still there; set with Hidden only
	SameImage bool      // Hidden, because both scans are of the very same image
	Renamed   bool      // the scans before and after name different targets
	Made      time.Time // date of the scan after
	Limit     time.Time // what it has to be later than; set with TooEarly only
	ByCommit  bool      // the scan has no date of its own: Made is that of its commit
}

// Proof judges the claim.
func (c Claim) Proof() Proof {
	switch {
	case c.After == nil:
		return Proof{ID: c.ID, Verdict: NoScan, Reason: c.WithoutScan}
	case c.After.Scan == nil:
		return Proof{ID: c.ID, Verdict: Unread, Reason: c.WithoutScan}
	}
	p := Proof{ID: c.ID, Reason: c.After.TargetChange}
	made, own := c.After.Date()
	p.Made, p.ByCommit = made, !own && !made.IsZero()
	p.Renamed = c.Before != nil && !sameTarget(c.Before.Scan, c.After.Scan)
	switch limit, early := c.early(); {
	case early:
		p.Verdict, p.Limit = TooEarly, limit
	case p.Renamed && p.Reason == "":
		p.Verdict = OtherTarget
	default:
		c.compare(&p)
	}
	return p
}

// compare judges by the content of both scans.
func (c Claim) compare(p *Proof) {
	after, before := c.After.Scan, (*Scan)(nil)
	if c.Before != nil {
		before = c.Before.Scan
	}
	was := before.naming(c.ID)
	p.Remaining = after.remaining(c.ID, was)
	switch {
	case len(p.Remaining) > 0:
		p.Verdict = Remains
	case c.hidden(was, p):
		p.Verdict = Hidden
	case !alike(before, after, was):
		p.Verdict = NotComparable
	case !looked(after, was):
		p.Verdict = NotLooked
	case len(was) == 0:
		p.Verdict = NotProven
	case p.Made.IsZero() || c.still():
		p.Verdict, p.DateNote = Undated, c.After.DateNote
	default:
		p.Verdict = Fixed
	}
}

// early says whether the scan is too early to show the system after the change,
// and what it has to be later than. Equal dates show no order, so that they
// need a written reason; with one, the scanner's clock stands still and is no
// witness of the change either.
func (c Claim) early() (limit time.Time, early bool) {
	made, _ := c.After.Date()
	was := c.was()
	switch {
	case made.IsZero() || c.still():
		return limit, false
	case made.Equal(was): // the later start matters less: the remedy may be a reason
		return was, true
	case made.Before(was):
		limit, early = was, true
	}
	if c.Start.Sub(made) > skew && c.Start.After(limit) {
		limit, early = c.Start, true
	}
	return limit, early
}

// still says whether both scans bear one date and somebody wrote why.
func (c Claim) still() bool {
	made, _ := c.After.Date()
	return c.After.DateNote != "" && !made.IsZero() && made.Equal(c.was())
}

// was is the date of the scan before; zero without one.
func (c Claim) was() (at time.Time) {
	if c.Before != nil {
		at, _ = c.Before.Date()
	}
	return at
}

// hidden says whether what carried the vulnerability is still there, although
// the scan after does not show it: flags, ignore files and VEX statements leave
// findings out and no trace in the file.
func (c Claim) hidden(was []Finding, p *Proof) bool {
	for i := range was {
		p.SameImage = c.After.Scan.Image != "" && c.After.Scan.Image == c.Before.Scan.Image
		if p.SameImage || c.After.Scan.holds(was[i]) {
			p.Hidden = &was[i]
			return true
		}
	}
	return false
}

// alike says whether the scan after would tell what hidden asks for: it
// comes from the same tool, and lists the packages if the scan before did.
func alike(before, after *Scan, was []Finding) bool {
	silent := func(f Finding) bool { return before.lists(f.Kind) && after.looked(f.Kind) && !after.lists(f.Kind) }
	return (before == nil || before.Tool == after.Tool) && !slices.ContainsFunc(was, silent)
}

func looked(after *Scan, was []Finding) bool {
	return !slices.ContainsFunc(was, func(f Finding) bool { return !after.looked(f.Kind) })
}

// Shows reports whether the scan lists a vulnerability under any of its
// identifiers, hidden by an ignore file or not.
func (s *Scan) Shows(id string) bool { return len(s.naming(id)) > 0 }

// sameTarget reports whether both scans come from the same tool and name the
// same target.
func sameTarget(before, after *Scan) bool {
	return before != nil && after != nil && before.Tool == after.Tool && before.Target == after.Target
}

// naming returns the findings that carry an identifier; ids compare without
// regard to case. A nil scan shows nothing.
func (s *Scan) naming(id string) []Finding {
	if s == nil {
		return nil
	}
	return s.which(func(f *Finding) bool { return f.is(id) })
}

// which returns those findings of the scan, in its order.
func (s *Scan) which(are func(*Finding) bool) (list []Finding) {
	for i := range s.Findings {
		if are(&s.Findings[i]) {
			list = append(list, s.Findings[i])
		}
	}
	return list
}

// remaining returns what of a vulnerability a scan still shows: findings that
// carry its id, or the id or alias under which the scan before showed it, and
// findings that are one of those before. An advisory that was renamed between
// two scans is not cured by that.
func (s *Scan) remaining(id string, was []Finding) []Finding {
	names := []string{id}
	for i := range was {
		names = append(names, was[i].ID)
		for _, a := range was[i].Aliases {
			if single(a) {
				names = append(names, a)
			}
		}
	}
	return s.which(func(f *Finding) bool { return slices.ContainsFunc(names, f.is) || slices.ContainsFunc(was, f.same) })
}

// is reports whether an identifier is one of the finding's.
func (f *Finding) is(id string) bool {
	equal := func(own string) bool { return strings.EqualFold(strings.TrimSpace(own), strings.TrimSpace(id)) }
	return equal(f.ID) || slices.ContainsFunc(f.Aliases, equal)
}

// same reports whether two findings are one: the same version of the same
// package in the same target, and an identifier in common.
func (f *Finding) same(g Finding) bool {
	return f.Target == g.Target && f.Package == g.Package && f.Installed == g.Installed &&
		(f.is(g.ID) || slices.ContainsFunc(g.Aliases, f.is))
}

// single says whether an alias names one vulnerability. Advisories of vendors
// (RHSA, DSA, USN) cover many, so that they tie no two findings together.
func single(alias string) bool {
	kind, _, _ := strings.Cut(strings.ToUpper(strings.TrimSpace(alias)), "-")
	return slices.Contains([]string{"CVE", "GHSA", "GO", "PYSEC", "RUSTSEC", "OSV"}, kind)
}

// holds reports whether the package that a finding was about is installed in
// the same version: it is in the list of packages, or another finding is
// about it.
func (s *Scan) holds(f Finding) bool {
	return slices.ContainsFunc(s.Packages, func(p Package) bool {
		return p.Kind == f.Kind && (f.PackageID != "" && p.ID == f.PackageID ||
			f.Package != "" && p.Name == f.Package && p.Version == f.Installed)
	}) || slices.ContainsFunc(s.Findings, func(g Finding) bool {
		return f.Package != "" && g.Kind == f.Kind && g.Package == f.Package && g.Installed == f.Installed
	})
}

// lists reports whether the scan lists packages of a kind.
func (s *Scan) lists(kind string) bool {
	return slices.ContainsFunc(s.Packages, func(p Package) bool { return p.Kind == kind })
}

// looked reports whether the scan looked at packages of a kind.
func (s *Scan) looked(kind string) bool { return len(s.Kinds) == 0 || slices.Contains(s.Kinds, kind) }
