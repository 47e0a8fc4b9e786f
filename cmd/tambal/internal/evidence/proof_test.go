package evidence

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// day is a date of February 2026; the change of these tests starts on the 3rd.
func day(n int) time.Time { return time.Date(2026, 2, n, 12, 0, 0, 0, time.UTC) }

// musl is the finding that the change of these tests is to remove.
var musl = Finding{
	ID: "CVE-1", Aliases: []string{"GHSA-1", "RHSA-9"}, Target: "web (alpine)", Package: "musl", PackageID: "musl@1.0-r4",
	Installed: "1.0-r4", Kind: "os-pkgs",
}

// scan is one of trivy over the system packages of the target "web".
func scan(at time.Time, edit ...func(*Scan)) *Scan {
	s := &Scan{Tool: "trivy", Target: "web", Created: at, Targets: 1, Kinds: []string{"os-pkgs"}}
	for _, e := range edit {
		e(s)
	}
	return s
}

func shows(list ...Finding) func(*Scan) {
	return func(s *Scan) { s.Findings = append(s.Findings, list...) }
}

func lists(list ...Package) func(*Scan) {
	return func(s *Scan) { s.Packages = append(s.Packages, list...) }
}

func image(id string) func(*Scan) { return func(s *Scan) { s.Image = id } }

func target(name string) func(*Scan) { return func(s *Scan) { s.Target = name } }

func tool(name string) func(*Scan) { return func(s *Scan) { s.Tool = name } }

func kinds(list ...string) func(*Scan) { return func(s *Scan) { s.Kinds = list } }

// with is musl changed.
func with(edit func(*Finding)) Finding {
	f := musl
	edit(&f)
	return f
}

var (
	oldMusl = Package{ID: "musl@1.0-r4", Name: "musl", Version: "1.0-r4", Kind: "os-pkgs"}
	newMusl = Package{ID: "musl@1.0-r5", Name: "musl", Version: "1.0-r5", Kind: "os-pkgs"}
)

func TestProof(t *testing.T) {
	was := &Listed{Scan: scan(day(2), shows(musl))}
	undated := &Listed{Scan: scan(time.Time{}, shows(musl)), Held: day(2)}
	for _, c := range []struct {
		name          string
		before, after *Listed
		want          Verdict
	}{
		{"no scan after the change", was, nil, NoScan},
		{"a file that nobody read", was, &Listed{}, Unread},
		{"a file that nobody read, whatever its commit's date", was, &Listed{Held: day(1)}, Unread},

		{"dated before the change, within what clocks differ", was, &Listed{Scan: scan(day(3).Add(-skew))}, Fixed},

		{"another target", was, &Listed{Scan: scan(day(4), target("db"))}, OtherTarget},
		{"another tool", was, &Listed{Scan: scan(day(4), tool("grype"))}, OtherTarget},
		{"other target comes before remains", was, &Listed{Scan: scan(day(4), target("db"), shows(musl))}, OtherTarget},
		{"another target with a reason", was, &Listed{Scan: scan(day(4), target("db")), TargetChange: "moved"}, Fixed},

		{"still shown", was, &Listed{Scan: scan(day(4), shows(musl))}, Remains},
		{"still shown, in a new version", was, &Listed{Scan: scan(day(4), shows(with(func(f *Finding) { f.Installed, f.PackageID = "1.0-r5", "musl@1.0-r5" })))}, Remains},
		{"shown in other letter case", was, &Listed{Scan: scan(day(4), shows(Finding{ID: " cve-1"}))}, Remains},
		{"suppressed", was, &Listed{Scan: scan(day(4), shows(with(func(f *Finding) { f.Suppressed = true })))}, Remains},
		{"never seen before, shown now", &Listed{Scan: scan(day(2))}, &Listed{Scan: scan(day(4), shows(musl))}, Remains},
		{"nothing to compare, shown now", nil, &Listed{Scan: scan(day(4), shows(musl))}, Remains},
		{"remains comes before hidden", &Listed{Scan: scan(day(2), shows(musl), image("a"))}, &Listed{Scan: scan(day(4), shows(musl), image("a"))}, Remains},
		{"remains comes before undated", was, &Listed{Scan: scan(day(2), shows(musl)), DateNote: "clock"}, Remains},
		{"an advisory renamed to one of its aliases", was, &Listed{Scan: scan(day(4), shows(Finding{ID: "GHSA-1", Package: "musl", Installed: "1.1", Kind: "os-pkgs"}))}, Remains},
		{"an advisory renamed, the old id an alias now", was, &Listed{Scan: scan(day(4), shows(Finding{ID: "PYSEC-1", Aliases: []string{"CVE-1"}}))}, Remains},
		{"the same package in the same version under the same vendor advisory", was, &Listed{Scan: scan(day(4), shows(with(func(f *Finding) { f.ID, f.Aliases = "CVE-2", []string{"RHSA-9"} })))}, Remains},
		{"an advisory renamed back to the id it had before", &Listed{Scan: scan(day(2), shows(with(func(f *Finding) { f.ID, f.Aliases = "TEMP-1", []string{"CVE-1"} })))}, &Listed{Scan: scan(day(4), shows(Finding{ID: "TEMP-1", Package: "musl", Installed: "1.1", Kind: "os-pkgs"}))}, Remains},
		{"another CVE of the same vendor advisory in another version", was, &Listed{Scan: scan(day(4), shows(Finding{ID: "CVE-2", Aliases: []string{"RHSA-9"}, Package: "musl", Installed: "1.1", Kind: "os-pkgs"}))}, Fixed},

		{"the same image", &Listed{Scan: scan(day(2), shows(musl), image("a"))}, &Listed{Scan: scan(day(4), image("a"))}, Hidden},
		{"the same image under another name", &Listed{Scan: scan(day(2), shows(musl), image("a"))}, &Listed{Scan: scan(day(4), image("a"), target("web:2")), TargetChange: "tag"}, Hidden},
		{"another image", &Listed{Scan: scan(day(2), shows(musl), image("a"))}, &Listed{Scan: scan(day(4), image("b"))}, Fixed},
		{"the same image, but never seen in it", &Listed{Scan: scan(day(2), image("a"))}, &Listed{Scan: scan(day(4), image("a"))}, NotProven},
		{"the old package is still listed", was, &Listed{Scan: scan(day(4), lists(oldMusl))}, Hidden},
		{"the old package is still listed, known by name and version", was, &Listed{Scan: scan(day(4), lists(Package{Name: "musl", Version: "1.0-r4", Kind: "os-pkgs"}))}, Hidden},
		{"the old package is still found vulnerable to something else", was, &Listed{Scan: scan(day(4), shows(with(func(f *Finding) { f.ID, f.Aliases = "CVE-2", nil })))}, Hidden},
		{"a package of that name of another kind", was, &Listed{Scan: scan(day(4), lists(Package{ID: "musl@1.0-r4", Kind: "lang-pkgs/npm"}))}, Fixed},
		{"found vulnerable to something else, a package of that name of another kind", was, &Listed{Scan: scan(day(4), shows(with(func(f *Finding) { f.ID, f.Aliases, f.Kind = "CVE-2", nil, "lang-pkgs/npm" })))}, Fixed},
		{"another CVE of the same vendor advisory in another target", was, &Listed{Scan: scan(day(4), shows(with(func(f *Finding) { f.ID, f.Aliases, f.Target = "CVE-2", []string{"RHSA-9"}, "db (alpine)" })))}, Hidden},
		{"no package id before and none after name no package", &Listed{Scan: scan(day(2), shows(with(func(f *Finding) { f.PackageID = "" })))}, &Listed{Scan: scan(day(4), lists(Package{Name: "zlib", Version: "1.3", Kind: "os-pkgs"}))}, Fixed},
		{"nor do no name and no version, listed", &Listed{Scan: scan(day(2), shows(Finding{ID: "CVE-1", Kind: "os-pkgs"}))}, &Listed{Scan: scan(day(4), lists(Package{ID: "zlib@1.3", Kind: "os-pkgs"}))}, Fixed},
		{"nor do they, found vulnerable to something else", &Listed{Scan: scan(day(2), shows(Finding{ID: "CVE-1", Kind: "os-pkgs"}))}, &Listed{Scan: scan(day(4), shows(Finding{ID: "CVE-2", Kind: "os-pkgs"}))}, Fixed},
		{"the new package is listed", was, &Listed{Scan: scan(day(4), lists(newMusl))}, Fixed},
		{"one of two packages is still listed", &Listed{Scan: scan(day(2), shows(with(func(f *Finding) { f.Package, f.PackageID = "libc", "libc@1.0-r4" }), musl))}, &Listed{Scan: scan(day(4), lists(oldMusl))}, Hidden},
		{"hidden comes before undated", &Listed{Scan: scan(day(2), shows(musl), image("a"))}, &Listed{Scan: scan(day(2), image("a")), DateNote: "clock"}, Hidden},
		{"hidden comes before not looked", &Listed{Scan: scan(day(2), shows(musl), image("a"))}, &Listed{Scan: scan(day(4), kinds("lang-pkgs/npm"), image("a"))}, Hidden},

		{"another tool with a reason", was, &Listed{Scan: scan(day(4), tool("grype")), TargetChange: "licence ended"}, NotComparable},
		{"packages are no longer listed", &Listed{Scan: scan(day(2), shows(musl), lists(oldMusl))}, &Listed{Scan: scan(day(4))}, NotComparable},
		{"packages are listed now", was, &Listed{Scan: scan(day(4), lists(newMusl))}, Fixed},
		{"not comparable comes before undated", &Listed{Scan: scan(day(2), shows(musl), lists(oldMusl))}, &Listed{Scan: scan(day(2)), DateNote: "clock"}, NotComparable},

		{"packages of that kind were not looked at", was, &Listed{Scan: scan(day(4), kinds("lang-pkgs/npm"))}, NotLooked},
		{"nor listed, as the scan before had", &Listed{Scan: scan(day(2), shows(musl), lists(oldMusl))}, &Listed{Scan: scan(day(4), kinds("lang-pkgs/npm"))}, NotLooked},
		{"the first of two kinds was looked at", &Listed{Scan: scan(day(2), shows(musl, with(func(f *Finding) { f.Kind = "lang-pkgs/npm" })))}, &Listed{Scan: scan(day(4))}, NotLooked},
		{"the second of two kinds was looked at", &Listed{Scan: scan(day(2), shows(musl, with(func(f *Finding) { f.Kind = "lang-pkgs/npm" })))}, &Listed{Scan: scan(day(4), kinds("lang-pkgs/npm"))}, NotLooked},
		{"packages of that kind too", was, &Listed{Scan: scan(day(4), kinds("lang-pkgs/npm", "os-pkgs"))}, Fixed},

		{"never seen", &Listed{Scan: scan(day(2))}, &Listed{Scan: scan(day(4))}, NotProven},
		{"no scan before", nil, &Listed{Scan: scan(day(4))}, NotProven},
		{"not proven comes before undated", &Listed{Scan: scan(day(2))}, &Listed{Scan: scan(day(2)), DateNote: "clock"}, NotProven},

		{"as old as the scan before, with a reason", was, &Listed{Scan: scan(day(2)), DateNote: "clock"}, Undated},
		{"as old as a scan before that is later than the change, with a reason", &Listed{Scan: scan(day(4), shows(musl))}, &Listed{Scan: scan(day(4)), DateNote: "clock"}, Undated},
		{"no date at all", was, &Listed{Scan: scan(time.Time{})}, Undated},

		{"gone", was, &Listed{Scan: scan(day(4))}, Fixed},
		{"gone, and a reason for the date that nobody needs", was, &Listed{Scan: scan(day(4)), DateNote: "clock"}, Fixed},
		{"without a date of its own, held since after the change", undated, &Listed{Scan: scan(time.Time{}), Held: day(4)}, Fixed},
		{"before without any date", &Listed{Scan: scan(time.Time{}, shows(musl))}, &Listed{Scan: scan(day(4))}, Fixed},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := Claim{ID: "CVE-1", Start: day(3), WithoutScan: "none", Before: c.before, After: c.after}.Proof()
			if got.ID != "CVE-1" || got.Verdict != c.want {
				t.Errorf("got %s, want %s", got.Verdict, c.want)
			}
			if (got.Verdict == Remains) != (len(got.Remaining) > 0) || (got.Verdict == Hidden) != (got.Hidden != nil) || !got.Limit.IsZero() {
				t.Errorf("%s stands on %+v", got.Verdict, got)
			}
		})
	}
}

// TestTooEarly: the limit is the day a scan has to be later than.
func TestTooEarly(t *testing.T) {
	was := &Listed{Scan: scan(day(2), shows(musl))}
	undated := &Listed{Scan: scan(time.Time{}, shows(musl)), Held: day(2)}
	for _, c := range []struct {
		name          string
		before, after *Listed
		limit         int
	}{
		{"dated before the change", was, &Listed{Scan: scan(day(3).Add(-time.Hour))}, 3},
		{"dated before the change, with nothing to compare", nil, &Listed{Scan: scan(day(1), shows(musl))}, 3},
		{"older than the scan before", &Listed{Scan: scan(day(5), shows(musl))}, &Listed{Scan: scan(day(4))}, 5},
		{"older than a scan before that is later than the change, and than the change", &Listed{Scan: scan(day(5), shows(musl))}, &Listed{Scan: scan(day(1))}, 5},
		{"really older, and a reason does not help", was, &Listed{Scan: scan(day(1)), DateNote: "clock"}, 3},
		{"before the change but later than the scan before, and a reason does not help", was, &Listed{Scan: scan(day(2).Add(time.Hour)), DateNote: "clock"}, 3},
		{"as old as the scan before", was, &Listed{Scan: scan(day(2))}, 2},
		{"as old as a scan before that is later than the change", &Listed{Scan: scan(day(4), shows(musl))}, &Listed{Scan: scan(day(4))}, 4},
		{"too early comes before other target and remains", was, &Listed{Scan: scan(day(1), target("db"), shows(musl))}, 3},
		{"without a date of its own, held since before the change", was, &Listed{Scan: scan(time.Time{}), Held: day(1)}, 3},
		{"both without a date of their own, in one commit", undated, &Listed{Scan: scan(time.Time{}), Held: day(2)}, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := Claim{ID: "CVE-1", Start: day(3), Before: c.before, After: c.after}.Proof()
			if got.Verdict != TooEarly || !got.Limit.Equal(day(c.limit)) {
				t.Errorf("got %s, limit %s; want %s", got.Verdict, got.Limit, day(c.limit))
			}
		})
	}
}

func TestProofCarriesWhatPeopleWrote(t *testing.T) {
	was := &Listed{Scan: scan(day(2), shows(musl))}
	for _, c := range []struct {
		name             string
		after            *Listed
		reason, dateNote string
		renamed, commit  bool
	}{
		{"no scan", nil, "none", "", false, false},
		{"unread", &Listed{TargetChange: "moved", DateNote: "clock"}, "none", "", false, false},
		{"renamed", &Listed{Scan: scan(day(4), target("db")), TargetChange: "moved", DateNote: "clock"}, "moved", "", true, false},
		{"undated", &Listed{Scan: scan(day(2)), DateNote: "clock"}, "", "clock", false, false},
		{"dated by its commit", &Listed{Scan: scan(time.Time{}), Held: day(4)}, "", "", false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := Claim{ID: "CVE-1", Start: day(3), WithoutScan: "none", Before: was, After: c.after}.Proof()
			got, want := []any{p.Reason, p.DateNote, p.Renamed, p.ByCommit}, []any{c.reason, c.dateNote, c.renamed, c.commit}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestProofOfRealReports(t *testing.T) {
	before, after := readFile(t, "dirty/alpine-39.json"), readFile(t, "dirty/alpine-310.json")
	prove := func(id, note string) Proof {
		return Claim{ID: id, Start: day(3), Before: &Listed{Scan: before}, After: &Listed{Scan: after, TargetChange: "rebuilt", DateNote: note}}.Proof()
	}
	for _, c := range []struct {
		id, note string
		want     Verdict
	}{
		{"CVE-2019-14697", "", TooEarly}, {"CVE-2019-14697", "fixed clock", Undated},
		{"cve-2019-1549", "fixed clock", Remains}, {"CVE-2024-6387", "fixed clock", NotProven},
	} {
		if got := prove(c.id, c.note); got.Verdict != c.want || !got.Renamed {
			t.Errorf("%s %q: got %s, want %s", c.id, c.note, got.Verdict, c.want)
		}
	}
	if got := prove("CVE-2019-1549", "x").Remaining; len(got) != 2 || got[0].Package != "libcrypto1.1" || got[0].Installed != "1.1.1c-r0" {
		t.Errorf("remaining %+v", got)
	}
	filtered := Claim{ID: "CVE-2019-14697", Before: &Listed{Scan: before}, After: &Listed{Scan: scan(day(4), image(before.Image), target(before.Target))}}.Proof()
	if filtered.Verdict != Hidden || !filtered.SameImage || filtered.Hidden.Package != "musl" {
		t.Errorf("the same image with findings left out: %+v", filtered)
	}
}

// TestPackagesAreFoundByWholeVersion: the list of packages writes epoch, version
// and release apart, findings write them together.
func TestPackagesAreFoundByWholeVersion(t *testing.T) {
	in := report(`[{"Target":"t","Class":"os-pkgs","Packages":[
		{"ID":"vim@2:8.2-1.el9.x86_64","Name":"vim","Version":"8.2","Release":"1.el9","Epoch":2,"Arch":"x86_64"},
		{"ID":"sudo@1.9","Name":"sudo","Version":"1.9","Release":"","Epoch":0}],
		"Vulnerabilities":[{"VulnerabilityID":"CVE-1","VendorIDs":["RHSA-1","GHSA-1"],"PkgID":"sudo@1.9","PkgName":"sudo"}]}],"Metadata":{"ImageID":"sha256:1"}`)
	s := read(t, in)
	want := []Package{
		{ID: "vim@2:8.2-1.el9.x86_64", Name: "vim", Version: "2:8.2-1.el9", Kind: "os-pkgs"},
		{ID: "sudo@1.9", Name: "sudo", Version: "1.9", Kind: "os-pkgs"},
	}
	if diff := cmp.Diff(want, s.Packages); diff != "" || s.Image != "sha256:1" {
		t.Errorf("%s image %q", diff, s.Image)
	}
	if diff := cmp.Diff([]Finding{{ID: "CVE-1", Aliases: []string{"RHSA-1", "GHSA-1"}, Target: "t", Package: "sudo", PackageID: "sudo@1.9", Kind: "os-pkgs"}}, s.Findings); diff != "" {
		t.Error(diff)
	}
	if !s.holds(Finding{Package: "vim", Installed: "2:8.2-1.el9", Kind: "os-pkgs"}) || s.holds(Finding{Package: "vim", Installed: "8.2", Kind: "os-pkgs"}) {
		t.Error("a package is known by its whole version")
	}
}
