package git

import (
	"errors"
	"path/filepath"
	"testing"
)

// TestGitsOwnEnvironmentIsFollowed: Git names the repository in GIT_DIR when it
// runs a hook. A folder that was asked for by name says more.
func TestGitsOwnEnvironmentIsFollowed(t *testing.T) {
	here, there := newOffice(t), newOffice(t)
	first, second := here.commit("here", manifest, "a\n"), there.commit("there", manifest, "b\n")
	t.Chdir(here.Dir)
	t.Setenv("GIT_DIR", filepath.Join(there.Dir, ".git"))
	for dir, want := range map[string]ID{".": second, here.Dir: first} {
		r, err := Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		if c, err := r.Resolve("HEAD"); err != nil || c.ID != want {
			t.Errorf("%s: %v %v", dir, c, err)
		}
		r.Close()
	}
	t.Setenv("GIT_WORK_TREE", there.Dir)
	if r, err := Open("."); err != nil || r.Root() != there.Dir {
		t.Errorf("%v %v", r, err)
	}
	t.Setenv("GIT_DIR", filepath.Join(there.Dir, "tidak-ada"))
	var coded *Error
	if _, err := Open("."); !errors.As(err, &coded) || coded.Code != "history.no-repository" {
		t.Errorf("got %v", err)
	}
}

// TestTheWorkingTreeIsWhereGitHasIt: files are written there and nowhere else.
func TestTheWorkingTreeIsWhereGitHasIt(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.commit("start", manifest, "a\n")
	tree := t.TempDir()
	o.set("core.worktree", tree)
	if got := o.open().Root(); got != tree {
		t.Errorf("core.worktree is %s, got %s", tree, got)
	}
	o.append("di-sini/x", "")
	o.set("core.worktree", "../di-sini")
	if got := o.open().Root(); got != filepath.Join(o.Dir, "di-sini") {
		t.Errorf("a relative core.worktree gives %s", got)
	}
	o.Git("config", "--file", filepath.Join(o.Dir, ".git/config"), "--unset", "core.worktree")
	o.set("core.bare", "true")
	if got := o.open().Root(); got != "" {
		t.Errorf("a bare repository has a working tree in %s", got)
	}
}

// TestABranchOfAnotherWorkingTreeIsNotMoved: that folder would look as if it took
// the new commit back.
func TestABranchOfAnotherWorkingTreeIsNotMoved(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	start := o.commit("start", manifest, "a\n")
	tree := o.beside()
	o.Git("worktree", "add", "-q", "-b", "kasus", tree)
	at := o.in(tree)
	for _, c := range []struct {
		from   *office
		branch string
	}{{at, "main"}, {o, "kasus"}} {
		r := c.from.open()
		_, err := r.Write(draft(c.branch, map[string][]byte{manifest: []byte("a\nb\n")}))
		var coded *Error
		if !errors.As(err, &coded) || coded.Code != "history.elsewhere" {
			t.Fatalf("got %v", err)
		}
		if got := o.Git("rev-parse", c.branch); got != string(start) {
			t.Errorf("%s moved to %s", c.branch, got)
		}
	}
	ahead := at.commit("ahead", manifest, "a\nc\n")
	r := at.open()
	c, err := r.Commit(ahead)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Advance("main", c); err != nil || o.Git("rev-parse", "main") != string(start) {
		t.Errorf("main was moved under its working tree: %v", err)
	}
	if _, err := r.Write(draft("kasus", map[string][]byte{manifest: []byte("a\nc\nd\n")})); err != nil {
		t.Error(err)
	}
}

// TestAnUnfinishedMergeIsWorkOfTheUser: its index entries are never written over.
func TestAnUnfinishedMergeIsWorkOfTheUser(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.commit("start", manifest, "a\n", "README.md", "x\n")
	o.Git("switch", "-q", "-c", "lain")
	o.commit("theirs", manifest, "a\ntheirs\n")
	o.Git("switch", "-q", "main")
	o.commit("ours", manifest, "a\nours\n")
	if _, err := o.Try("", "merge", "lain"); err == nil {
		t.Fatal("no conflict")
	}
	before := o.Git("status", "--porcelain")
	o.Write(manifest, "a\nours\n")
	for _, content := range []string{"a\nours\nmore\n", "a\n"} { // "a" stands in the index as well, as where both began
		_, err := o.open().Write(draft("main", map[string][]byte{manifest: []byte(content)}))
		var dirty *Dirty
		if !errors.As(err, &dirty) || o.Git("status", "--porcelain") != before {
			t.Errorf("%q: got %v", content, err)
		}
	}
}
