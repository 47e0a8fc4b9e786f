package landing

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
)

func paths(changes []git.Change) []string {
	var list []string
	for _, c := range changes {
		list = append(list, c.Path)
	}
	return list
}

func TestLandingsAgreeWithGit(t *testing.T) {
	o := newOffice(t)
	o.commit("policy", "policies/sop.yaml", "s\n")
	for i := range 3 {
		branch := fmt.Sprintf("b%d", i)
		o.Git("switch", "-q", "-c", branch, "main~0")
		o.commit("one", fmt.Sprintf("patches/2026/SP-2026-000%d/patch.yaml", i), "a\n")
		o.commit("two", fmt.Sprintf("patches/2026/SP-2026-000%d/patch.yaml", i), "a\nb\n")
		if i == 1 { // an update of the branch from main counts as side work
			o.Git("merge", "-q", "--no-ff", "-m", "update", "main")
		}
		o.Git("switch", "-q", "main")
		o.Git("merge", "-q", "--no-ff", "-m", "land "+branch, branch)
	}
	list := o.landings()
	if got := strings.Split(o.Git("rev-list", "--first-parent", "--reverse", "main"), "\n"); len(got) != len(list) {
		t.Fatalf("%d landings, git has %d", len(list), len(got))
	}
	for _, l := range list[1:] {
		want := strings.Fields(o.Git("rev-list", string(l.Base.ID)+".."+string(l.Head.ID)))
		var got []string
		for _, w := range l.Side {
			got = append(got, string(w.ID))
		}
		slices.Sort(want)
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("side of %s: %s", l.Commit.Subject(), diff)
		}
		if len(l.Wrong) > 0 {
			t.Errorf("%s is called wrong: %v", l.Commit.Subject(), l.Wrong)
		}
		one, err := At(o.open(), l.Commit)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(paths(l.Changes), paths(one.Changes)); diff != "" || len(one.Side) != len(l.Side) {
			t.Errorf("read alone, %s differs: %s (%d side commits, want %d)", l.Commit.Subject(), diff, len(one.Side), len(l.Side))
		}
	}
}

func TestMergesThatAreNotTheUnionAreWrong(t *testing.T) {
	base := "steps:\n  - monitoring:\n      a: b\n"
	for _, c := range []struct {
		name string
		do   func(o *office)
		want []string
	}{
		{"a plain merge", func(o *office) { o.Git("merge", "-q", "--no-ff", "-m", "m", "side") }, nil},
		{"an evil merge", func(o *office) {
			o.Git("merge", "-q", "--no-ff", "--no-commit", "side")
			o.commit("m", manifest, base+"  - plan:\n      a: b\n  - closure:\n      a: b\n")
		}, []string{manifest}},
		{"an evil merge in a new file", func(o *office) {
			o.Git("merge", "-q", "--no-ff", "--no-commit", "side")
			o.commit("m", "patches/2026/SP-2026-0009/patch.yaml", "x\n")
		}, []string{"patches/2026/SP-2026-0009/patch.yaml"}},
		{"a merge that drops the side", func(o *office) { o.Git("merge", "-q", "-s", "ours", "-m", "m", "side") }, []string{"patches/2026/SP-2026-0001/evidence/a", manifest}},
		{"a merge that drops one file", func(o *office) {
			o.Git("merge", "-q", "--no-ff", "--no-commit", "side")
			o.commit("m", "patches/2026/SP-2026-0001/evidence/a", "-")
		}, []string{"patches/2026/SP-2026-0001/evidence/a"}},
		{"a policy slipped into the merge", func(o *office) {
			o.Git("merge", "-q", "--no-ff", "--no-commit", "side")
			o.commit("m", "policies/sop.yaml", "evil\n")
		}, []string{"policies/sop.yaml"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := newOffice(t)
			o.commit("start", "policies/sop.yaml", "s\n", manifest, base)
			o.Git("switch", "-q", "-c", "side")
			o.commit("plan", manifest, base+"  - plan:\n      a: b\n", "patches/2026/SP-2026-0001/evidence/a", "x\n")
			o.Git("switch", "-q", "main")
			o.commit("other", "README.md", "x\n")
			c.do(o)
			list := o.landings()
			if diff := cmp.Diff(c.want, list[len(list)-1].Wrong); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestPoliciesLandAsAWhole(t *testing.T) {
	o := newOffice(t)
	o.commit("start", "policies/sop.yaml", "one\n", "policies/team.yaml", "one\n")
	o.Git("switch", "-q", "-c", "a")
	o.commit("sop", "policies/sop.yaml", "two\n")
	o.Git("switch", "-q", "-c", "b", "main")
	o.commit("team", "policies/team.yaml", "two\n")
	o.Git("switch", "-q", "main")
	o.Git("merge", "-q", "--no-ff", "-m", "a", "a")
	r := o.open()
	base, _ := r.Resolve("main")
	head, _ := r.Resolve("b")
	l, err := Pending(r, base, head)
	if err != nil {
		t.Fatal(err)
	}
	if len(l.Wrong) == 0 {
		t.Error("two policy changes side by side were called mergeable: nobody judged their sum")
	}
	o.Git("merge", "-q", "--no-ff", "-m", "b", "b")
	list := o.landings()
	if len(list[len(list)-1].Wrong) == 0 {
		t.Error("git's own merge of two policy changes was accepted")
	}
}

// TestThePolicyOfAnUnrelatedHistoryDoesNotLand: nothing says which of the two is
// the older one.
func TestThePolicyOfAnUnrelatedHistoryDoesNotLand(t *testing.T) {
	o := newOffice(t)
	o.commit("start", "policies/sop.yaml", "one\n")
	o.Git("switch", "-q", "--orphan", "asing")
	o.commit("foreign", "policies/sop.yaml", "evil\n")
	r := o.open()
	base, _ := r.Resolve("main")
	head, _ := r.Resolve("asing")
	l, err := Pending(r, base, head)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"policies/sop.yaml"}, l.Wrong); diff != "" || l.ForeignRoot == nil {
		t.Errorf("%s, a history of its own: %v", diff, l.ForeignRoot)
	}
}

// TestAFormerLandingIsFoundOnTheSide tells it from a side branch that took over
// what had landed meanwhile.
func TestAFormerLandingIsFoundOnTheSide(t *testing.T) {
	for _, c := range []struct {
		name, merged string
		want         bool
	}{
		{"a landing on a copy of main", "kasus", true},
		{"an update from main", "main", false},
	} {
		for _, message := range []string{"land\n\nCase: SP-2026-0001\n", "Merge pull request #12 from x/y\n"} {
			t.Run(fmt.Sprintf("%s, %.4s", c.name, message), func(t *testing.T) {
				t.Parallel()
				o := newOffice(t)
				o.commit("start", "README.md", "r\n")
				o.Git("switch", "-q", "-c", "kasus")
				o.commit("plan", manifest, "a\n")
				o.Git("switch", "-q", "-c", "salinan", "main")
				o.commit("own", "catatan", "c\n")
				o.Git("switch", "-q", "main")
				o.commit("other", "README.md", "rr\n")
				o.Git("switch", "-q", "salinan")
				o.Git("merge", "-q", "--no-ff", "-m", message, c.merged)
				merge := git.ID(o.Git("rev-parse", "HEAD"))
				o.Git("switch", "-q", "main")
				o.Git("merge", "-q", "--no-ff", "-m", "pull", "salinan")
				list := o.landings()
				if got := list[len(list)-1].Foxtrot; (got != nil) != c.want || c.want && got.ID != merge {
					t.Errorf("got %v, the merge is %s", got, merge)
				}
			})
		}
	}
}

// TestWhatOnlyLooksLikeAFormerLanding tells merges that name nothing by where they
// stand, and by who signed them.
func TestWhatOnlyLooksLikeAFormerLanding(t *testing.T) {
	const platform = "GitHub <noreply@github.com>"
	for _, c := range []struct {
		name, committer, sig string
		before, after        bool // somebody's own commit below the merge, or above it
		want                 string
	}{
		{"a merge into an empty branch", "Joko <joko@x>", "", false, false, "like"},
		{"a merge over somebody's work", "Joko <joko@x>", "", true, false, ""},
		{"a merge below somebody's work", "Joko <joko@x>", "", false, true, "like"},
		{"a merge that the platform signed", platform, "PGP SIGNATURE", false, false, "former"},
		{"a merge below somebody's work that the platform signed", platform, "PGP SIGNATURE", false, true, "former"},
		{"a merge over somebody's work that the platform signed", platform, "PGP SIGNATURE", true, false, ""},
		{"a merge in the platform's name that it did not sign", platform, "", false, false, "like"},
		{"a merge in the platform's name with a person's key", platform, "SSH SIGNATURE", false, false, "like"},
		{"a merge that a person signed with OpenPGP", "Joko <joko@x>", "PGP SIGNATURE", false, false, "like"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t)
			start := o.commit("start", "README.md", "r\n")
			o.Git("switch", "-q", "-c", "rekan")
			brought := o.commit("rekan", "rekan.md", "c\n")
			o.Git("switch", "-q", "-c", "cabang", string(start))
			below := start
			if c.before {
				below = o.commit("own", "catatan", "c\n")
			}
			raw := fmt.Sprintf("tree %s\nparent %s\nparent %s\nauthor Joko <joko@x> 1770000000 +0700\ncommitter %s 1770000000 +0700\n",
				o.Git("rev-parse", string(brought)+"^{tree}"), below, brought, c.committer)
			if c.sig != "" {
				raw += "gpgsig -----BEGIN " + c.sig + "-----\n AAAA\n -----END " + c.sig + "-----\n"
			}
			merge, err := o.Try(raw+"\nambil\n", "hash-object", "-t", "commit", "-w", "--stdin")
			if err != nil {
				t.Fatal(merge)
			}
			merge = strings.TrimSpace(merge)
			o.Git("reset", "-q", "--hard", merge)
			if c.after {
				o.commit("own", "sesudah", "c\n")
			}
			o.Git("switch", "-q", "main")
			o.Git("merge", "-q", "--no-ff", "-m", "pull", "cabang")
			list := o.landings()
			l, got := list[len(list)-1], ""
			switch {
			case l.Foxtrot != nil && l.Foxtrot.ID == git.ID(merge) && l.FoxtrotLike == nil:
				got = "former"
			case l.FoxtrotLike != nil && l.FoxtrotLike.ID == git.ID(merge) && l.Foxtrot == nil:
				got = "like"
			case l.Foxtrot != nil || l.FoxtrotLike != nil:
				t.Fatalf("got %v and %v, the merge is %s", l.Foxtrot, l.FoxtrotLike, merge)
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestWhatGitHidesDoesNotHide(t *testing.T) {
	o := newOffice(t)
	first := o.commit("one", manifest, "a\n")
	second := o.commit("two", manifest, "a\nb\n")
	o.Git("replace", string(second), string(first))
	if err := os.WriteFile(filepath.Join(o.Dir, ".git", "info", "grafts"), []byte(string(second)+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if list := o.landings(); len(list) != 2 {
		t.Errorf("replace refs or grafts changed the history: %d landings", len(list))
	}
}

func TestOnlyCasesAndPoliciesAreJudged(t *testing.T) {
	o := newOffice(t)
	o.commit("one", "README.md", "r\n", ".github/x", "x\n", "policies/sop.yaml", "s\n", "patches/x", "x\n")
	l := o.landings()[0]
	if diff := cmp.Diff([]string{"patches/x", "policies/sop.yaml"}, paths(l.Changes)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(paths(l.Changes), paths(l.Authors[0].Own)); diff != "" {
		t.Error(diff)
	}
}
