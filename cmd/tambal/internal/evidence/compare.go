package evidence

import (
	"slices"
	"strings"
)

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
// the same version: it stands in the list of packages, or another finding is
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
