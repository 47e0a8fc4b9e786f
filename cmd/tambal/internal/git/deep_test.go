package git

import (
	"errors"
	"strings"
	"testing"

	"github.com/go-git/go-git/v5/plumbing"
)

// TestADeepTreeIsRefusedEarly: each folder makes every path below it longer, so
// what lies deeper than anybody needs is not even read.
func TestADeepTreeIsRefusedEarly(t *testing.T) {
	r := newOffice(t).open()
	blob, err := r.write(plumbing.BlobObject, []byte("x"))
	if err != nil {
		t.Fatal(err)
	}
	nest := func(inner named, depth int) (tree ID) {
		t.Helper()
		list := []named{inner}
		for range depth {
			if tree, err = r.writeTree(list); err != nil {
				t.Fatal(err)
			}
			list = []named{{"a", Entry{ModeTree, tree}}}
		}
		return tree
	}
	if changes, err := r.Diff("", nest(named{"x", Entry{ModeFile, blob}}, maxDepth), nil); err != nil || len(changes) != 1 {
		t.Errorf("%d folders: %v, %v", maxDepth, changes, err)
	}
	_, err = r.Diff("", nest(named{"missing", Entry{ModeTree, ID(strings.Repeat("1", 40))}}, maxDepth+1), nil)
	if deep, ok := errors.AsType[*Error](err); !ok || deep.Code != "history.deep" || !deep.Malformed {
		t.Errorf("a folder too many: %v", err)
	}
}

// TestTreesAreOrderedAsGitOrdersThem: what is found by halving must be found.
func TestTreesAreOrderedAsGitOrdersThem(t *testing.T) {
	o := newOffice(t)
	names := []string{"a", "a.b/x", "a-b/x", "a0/x", "ab", "b/x", "b-", "b.", "b0", "é", "~"}
	for _, name := range names {
		o.Write(name, "1")
	}
	head := o.commit("all")
	r := o.open()
	c, err := r.Commit(head)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if e, err := r.Lookup(c.Tree, name); err != nil || e.Mode != ModeFile {
			t.Errorf("%s: %v, %v", name, e, err)
		}
	}
	for _, name := range []string{"", "a.", "a/x", "b/", "b/y", "c", "~~"} {
		if e, err := r.Lookup(c.Tree, name); err != nil || e.Mode != "" {
			t.Errorf("%s: %v, %v", name, e, err)
		}
	}
	if list, err := r.tree(c.Tree); err != nil || len(list) != 11 {
		t.Error(list, err)
	} else if again, err := r.writeTree(list); err != nil || again != c.Tree {
		t.Error(again, err)
	}
}
