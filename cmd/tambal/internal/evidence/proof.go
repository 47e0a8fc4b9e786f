package evidence

import (
	"slices"
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

// Proof is the one verdict on a claim, with what it stands on.
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
	p := Proof{ID: c.ID}
	switch {
	case c.After == nil:
		p.Verdict, p.Reason = NoScan, c.WithoutScan
		return p
	case c.After.Scan == nil:
		p.Verdict, p.Reason = Unread, c.WithoutScan
		return p
	}
	p.Reason = c.After.TargetChange
	made, own := c.After.Date()
	p.Made, p.ByCommit = made, !own && !made.IsZero()
	p.Renamed = c.Before != nil && !sameTarget(c.Before.Scan, c.After.Scan)
	if limit, early := c.early(); early {
		p.Verdict, p.Limit = TooEarly, limit
		return p
	}
	if p.Renamed && p.Reason == "" {
		p.Verdict = OtherTarget
		return p
	}
	c.compare(&p)
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
