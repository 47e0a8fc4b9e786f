package landing

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
)

// graph makes a random history of merges through git fast-import: n commits,
// each with one to three earlier parents, dates in order or (skewed) at random.
func graph(t *testing.T, seed uint64, n int, skewed bool) *office {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 7))
	var b strings.Builder
	for i := 1; i <= n; i++ {
		date := 1767574800 + i*60
		if skewed {
			date = 1767574800 + r.IntN(1000000)
		}
		ref := fmt.Sprintf("refs/heads/c%d", i)
		fmt.Fprintf(&b, "commit %s\nmark :%d\nauthor A <a@x> %d +0700\ncommitter A <a@x> %d +0700\ndata 1\nx\n", ref, i, date, date)
		seen := map[int]bool{}
		for k := range min(1+r.IntN(3), i-1) {
			parent := max(1, i-1-r.IntN(6))
			if seen[parent] {
				continue
			}
			seen[parent] = true
			word := "merge"
			if k == 0 {
				word = "from"
			}
			fmt.Fprintf(&b, "%s :%d\n", word, parent)
		}
		fmt.Fprintf(&b, "M 100644 inline patches/f%d\ndata 1\nx\n\n", i)
	}
	o := newOffice(t)
	if out, err := o.Try(b.String(), "fast-import", "--quiet"); err != nil {
		t.Fatal(out)
	}
	return o
}

// TestAncestryAgreesWithGit compares side commits, merge bases and ancestry on
// random histories. With wrong dates more commits may be judged, never fewer.
func TestAncestryAgreesWithGit(t *testing.T) {
	for seed := range uint64(4) {
		for _, skewed := range []bool{false, true} {
			o := graph(t, seed, 40, skewed)
			r := o.open()
			pick := rand.New(rand.NewPCG(seed, 1))
			for range 12 {
				a, b := fmt.Sprintf("c%d", 1+pick.IntN(40)), fmt.Sprintf("c%d", 1+pick.IntN(40))
				compareAncestry(t, o, r, a, b, skewed)
			}
		}
	}
}

func compareAncestry(t *testing.T, o *office, r *git.Repo, a, b string, skewed bool) {
	t.Helper()
	base, err := r.Resolve(a)
	if err != nil {
		t.Fatal(err)
	}
	head, err := r.Resolve(b)
	if err != nil {
		t.Fatal(err)
	}
	_, gitErr := o.Try("", "merge-base", "--is-ancestor", a, b)
	if got, err := r.IsAncestor(base.ID, head.ID); err != nil || got != (gitErr == nil) {
		t.Errorf("IsAncestor(%s, %s) = %v %v, git says %v", a, b, got, err, gitErr == nil)
	}
	l, err := Pending(r, base, head)
	if err != nil {
		t.Fatal(err)
	}
	var side, forked []string
	for i, w := range l.Side {
		side = append(side, string(w.ID))
		for _, p := range w.Parents { // parents come before their children
			if at := slices.IndexFunc(l.Side, func(o Written) bool { return o.ID == p }); at > i {
				t.Errorf("%s: a child comes before its parent", b)
			}
		}
	}
	for _, f := range l.Forked {
		forked = append(forked, string(f.ID))
	}
	want := strings.Fields(o.Git("rev-list", a+".."+b))
	slices.Sort(side)
	slices.Sort(want)
	if skewed {
		for _, id := range want {
			if !slices.Contains(side, id) {
				t.Errorf("%s..%s: %s is not judged", a, b, id)
			}
		}
		return
	}
	if diff := cmp.Diff(want, side); diff != "" && len(want)+len(side) > 0 {
		t.Errorf("side of %s..%s: %s", a, b, diff)
	}
	if len(want) == 0 {
		return // everything has landed: nothing forked
	}
	bases, _ := o.Try("", "merge-base", "--all", a, b)
	wantBases := strings.Fields(bases)
	slices.Sort(forked)
	slices.Sort(wantBases)
	if diff := cmp.Diff(wantBases, forked); diff != "" && len(wantBases)+len(forked) > 0 {
		t.Errorf("merge bases of %s and %s: %s", a, b, diff)
	}
}
