package evidence

import (
	"slices"
	"strings"
)

// Verdict is what two scans say about one vulnerability.
type Verdict string

// The verdicts.
const (
	Fixed     Verdict = "fixed"      // seen before, gone after
	Remains   Verdict = "remains"    // seen after, whether or not it was seen before
	NotProven Verdict = "not-proven" // not seen before: its absence after shows nothing
	NotLooked Verdict = "not-looked" // gone after, but that scan looked at no packages of the kind it was seen in
)

// Comparison is the verdict on one vulnerability.
type Comparison struct {
	ID        string
	Verdict   Verdict
	Remaining []Finding // what the scan after still shows; set with Remains only
}

// Compare returns one Comparison per id, in the order of ids. Ids compare
// without regard to case; a suppressed finding remains. A nil scan shows
// nothing, so nothing is proven by it. Ask SameTarget too: a verdict about two
// different targets needs a written reason.
func Compare(before, after *Scan, ids []string) []Comparison {
	was, is := byID(before), byID(after)
	list := make([]Comparison, 0, len(ids))
	for _, id := range ids {
		c := Comparison{ID: id, Verdict: NotProven, Remaining: is[fold(id)]}
		switch {
		case len(c.Remaining) > 0:
			c.Verdict = Remains
		case after != nil && len(was[fold(id)]) > 0:
			c.Verdict = Fixed
			for _, f := range was[fold(id)] {
				if len(after.Kinds) > 0 && !slices.Contains(after.Kinds, f.Kind) {
					c.Verdict = NotLooked
				}
			}
		}
		list = append(list, c)
	}
	return list
}

// SameTarget reports whether both scans come from the same tool and name the
// same target.
func SameTarget(before, after *Scan) bool {
	return before != nil && after != nil && before.Tool == after.Tool && before.Target == after.Target
}

func byID(s *Scan) map[string][]Finding {
	found := map[string][]Finding{}
	if s != nil {
		for _, f := range s.Findings {
			found[fold(f.ID)] = append(found[fold(f.ID)], f)
		}
	}
	return found
}

func fold(id string) string { return strings.ToUpper(strings.TrimSpace(id)) }
