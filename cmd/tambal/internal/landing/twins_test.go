package landing

import (
	"fmt"
	"testing"
)

// TestNamesThatSomeSystemsTakeForAnother lands a path beside what is there.
func TestNamesThatSomeSystemsTakeForAnother(t *testing.T) {
	const there = "patches/2026/SP-2026-0001/evidence/café.json"
	for added, want := range map[string]string{
		"PATCHES/x":                             "[{PATCHES patches}]",
		"patches /x":                            "[{patches  patches}]",
		" patches/x":                            "[{ patches patches}]",
		"patches./x":                            "[{patches. patches}]",
		"patches::$INDEX_ALLOCATION":            "[{patches::$INDEX_ALLOCATION patches}]",
		"ｐａｔｃｈｅｓ/x":                             "[{ｐａｔｃｈｅｓ patches}]",
		"pat\u200bches/x":                       "[{pat\u200bches patches}]",
		"Policies":                              "[{Policies policies}]",
		"policieſ":                              "[{policieſ policies}]",
		".GitHub/x":                             "[{.GitHub .github}]",
		"Patches2/x":                            "[]",
		"README.MD":                             "[]",
		"github/x":                              "[]",
		"patches/2026 /SP-2026-0001/patch.yaml": "[{patches/2026  patches/2026}]",
		"patches/2026/sp-2026-0001/patch.yaml":  "[{patches/2026/sp-2026-0001 patches/2026/SP-2026-0001}]",
		"patches/2026/SP-2026-0001./evidence/a": "[{patches/2026/SP-2026-0001. patches/2026/SP-2026-0001}]",
		"patches/2026/SP-2026-0001/Evidence/a":  "[{patches/2026/SP-2026-0001/Evidence patches/2026/SP-2026-0001/evidence}]",
		"patches/2026/SP-2026-0001/evidence/CAFÉ.json":       "[{patches/2026/SP-2026-0001/evidence/CAFÉ.json " + there + "}]",
		"patches/2026/SP-2026-0001/evidence/cafe\u0301.json": "[{patches/2026/SP-2026-0001/evidence/cafe\u0301.json " + there + "}]",
		"patches/2026/SP-2026-0001/evidence/cafe.json":       "[]",
		"patches/2026/SP-2026-0001/evidence/café.json.txt":   "[]",
		"patches/2026/SP-2026-0002/evidence/café.json":       "[]",
		"policies/SOP.yaml": "[{policies/SOP.yaml policies/sop.yaml}]",
	} {
		o := newOffice(t)
		o.commit("base", there, "1", "policies/sop.yaml", "1", "readme.md", "1")
		o.Git("checkout", "-q", "-b", "side")
		o.commit("head", added, "2")
		r := o.open()
		head, err := r.Resolve("side")
		if err != nil {
			t.Fatal(err)
		}
		base, err := r.Resolve("main")
		if err != nil {
			t.Fatal(err)
		}
		pending, err := Pending(r, base, head)
		if err != nil {
			t.Fatal(err)
		}
		landed, err := At(r, head)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range []*Landing{pending, landed} {
			if got, err := Twins(r, l); err != nil || fmt.Sprint(got) != want {
				t.Errorf("%q: %v, %v, want %s", added, got, err, want)
			}
		}
	}
}

// TestTwinsInOneLanding: neither was there before, or the first goes as the
// second comes.
func TestTwinsInOneLanding(t *testing.T) {
	o := newOffice(t)
	o.commit("base", "policies/sop.yaml", "1", "policies/catatan.md", "1", "PATCHES/x", "1")
	o.commit("two", "patches/2026/SP-2026-0001/evidence/a", "1", "patches/2026/SP-2026-0001/evidence/A", "2")
	o.commit("renamed", "policies/catatan.md", "-", "policies/Catatan.md", "1")
	var got []string
	r := o.open()
	for _, l := range o.landings() {
		twins, err := Twins(r, l)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprint(twins))
	}
	const dir = "patches/2026/SP-2026-0001/evidence/"
	if want := "[[{PATCHES patches}] [{PATCHES patches} {" + dir + "a " + dir + "A}] []]"; fmt.Sprint(got) != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
