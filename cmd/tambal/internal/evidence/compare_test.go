package evidence

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCompareRealPair(t *testing.T) {
	before, after := readFile(t, "alpine-39.json"), readFile(t, "alpine-310.json")
	got := Compare(before, after, []string{"CVE-2019-14697", "cve-2019-1549", "CVE-2024-6387"})
	want := []Comparison{
		{ID: "CVE-2019-14697", Verdict: Fixed},
		{ID: "cve-2019-1549", Verdict: Remains, Remaining: []Finding{
			{ID: "CVE-2019-1549", Package: "libcrypto1.1", Installed: "1.1.1c-r0", Fixed: "1.1.1d-r0", Severity: "MEDIUM", Kind: "os-pkgs"},
			{ID: "CVE-2019-1549", Package: "libssl1.1", Installed: "1.1.1c-r0", Fixed: "1.1.1d-r0", Severity: "MEDIUM", Kind: "os-pkgs"},
		}},
		{ID: "CVE-2024-6387", Verdict: NotProven},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if SameTarget(before, after) {
		t.Error("two images are two targets")
	}
	if !SameTarget(before, before) {
		t.Error("one image is one target")
	}
}

func TestCompare(t *testing.T) {
	none := &Scan{Tool: "trivy", Target: "web"}
	one := &Scan{Tool: "trivy", Target: "web", Findings: []Finding{{ID: "CVE-1"}}}
	hidden := &Scan{Tool: "trivy", Target: "web", Findings: []Finding{{ID: "CVE-1", Suppressed: true}}}
	app := &Scan{Tool: "trivy", Target: "web", Kinds: []string{"lang-pkgs/composer"}, Findings: []Finding{{ID: "CVE-1", Kind: "lang-pkgs/composer"}}}
	system := &Scan{Tool: "trivy", Target: "web", Kinds: []string{"os-pkgs"}}
	both := &Scan{Tool: "trivy", Target: "web", Kinds: []string{"os-pkgs", "lang-pkgs/composer"}}
	for _, c := range []struct {
		name          string
		before, after *Scan
		want          Verdict
	}{
		{"gone from a scan of other packages was not looked for", app, system, NotLooked},
		{"gone from a scan of these packages too is fixed", app, both, Fixed},
		{"seen before and gone is fixed", one, none, Fixed},
		{"seen before and after remains", one, one, Remains},
		{"suppressed after remains", one, hidden, Remains},
		{"new after remains, although not seen before", none, one, Remains},
		{"never seen is not proven", none, none, NotProven},
		{"no scan before is not proven", nil, none, NotProven},
		{"no scan before, seen after remains", nil, one, Remains},
		{"no scan after is not proven", one, nil, NotProven},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Compare(c.before, c.after, []string{"CVE-1"})[0].Verdict; got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
	if SameTarget(nil, one) || SameTarget(one, nil) || SameTarget(one, &Scan{Tool: "grype", Target: "web"}) {
		t.Error("a missing scan or another tool is not the same target")
	}
}
