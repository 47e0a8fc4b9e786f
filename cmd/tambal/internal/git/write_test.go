package git

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func someone() Identity {
	return Identity{Name: "Siti", Email: "siti@kominfo.example", When: time.Date(2026, 2, 1, 8, 0, 0, 0, time.FixedZone("", 7*3600))}
}

func draft(branch string, files map[string][]byte) Draft {
	return Draft{Branch: branch, Files: files, Author: someone(), Committer: someone(), Message: "subject\n\nKey: value\n"}
}

// TestWritesAreWhatGitWrites compares a commit made here with git's own view of
// it, and of the working tree it left behind.
func TestWritesAreWhatGitWrites(t *testing.T) {
	o := newOffice(t)
	o.commit("start", "policies/sop.yaml", "s\n", "patches/2026/SP-2026-0001/evidence/old", "x\n")
	r := o.open()
	c, err := r.Write(draft("main", map[string][]byte{manifest: []byte("a\n"), "patches/2026/SP-2026-0001/evidence/old": nil}))
	if err != nil {
		t.Fatal(err)
	}
	if got := o.Git("rev-parse", "main"); got != string(c.ID) {
		t.Errorf("main is at %s", got)
	}
	if out := o.Git("fsck", "--strict"); strings.Contains(out, "error") {
		t.Error(out)
	}
	if out := o.Git("status", "--porcelain"); out != "" {
		t.Errorf("the working tree does not follow: %s", out)
	}
	if got := o.Git("log", "-1", "--format=%an <%ae> %aI %(trailers:key=Key,valueonly)"); !strings.HasPrefix(got, "Siti <siti@kominfo.example> 2026-02-01T08:00:00+07:00 value") {
		t.Error(got)
	}
	if _, err := os.Stat(filepath.Join(o.Dir, "patches/2026/SP-2026-0001/evidence")); !errors.Is(err, os.ErrNotExist) {
		t.Error("an emptied folder stayed")
	}
	if _, err := r.Write(draft("main", map[string][]byte{manifest: []byte("a\n")})); !errors.Is(err, ErrNothing) {
		t.Errorf("an empty commit: %v", err)
	}
}

// TestNoRootIsWrittenThatNoBranchLeadsTo: HEAD names no branch, or a remote's
// copy of one, and nothing says where the commit belongs.
func TestNoRootIsWrittenThatNoBranchLeadsTo(t *testing.T) {
	o := newOffice(t)
	o.commit("start", "policies/sop.yaml", "s\n")
	o.Git("update-ref", "refs/remotes/origin/main", "main")
	r := o.open()
	for _, args := range [][]string{{"switch", "-q", "--detach"}, {"symbolic-ref", "HEAD", "refs/remotes/origin/main"}} {
		o.Git(args...)
		if branch := r.HeadBranch(); branch != "" {
			t.Errorf("%v: on branch %q", args, branch)
		}
		if c, err := r.Write(draft(r.HeadBranch(), map[string][]byte{manifest: []byte("a\n")})); err == nil {
			t.Errorf("%v: commit %s was written", args, c.ID)
		}
	}
}

func TestWorkOfTheUserIsNeverOverwritten(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(o *office)
	}{
		{"an edited file", func(o *office) { o.Write(manifest, "edited\n") }},
		{"a staged file", func(o *office) { o.Write(manifest, "staged\n"); o.Git("add", "-A"); o.Write(manifest, "a\n") }},
		{"an untracked file in the way", func(o *office) { o.Write("patches/2026/SP-2026-0001/evidence/new", "mine\n") }},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := newOffice(t)
			start := o.commit("start", manifest, "a\n")
			c.do(o)
			before := o.Git("status", "--porcelain")
			r := o.open()
			_, err := r.Write(draft("main", map[string][]byte{manifest: []byte("b\n"), "patches/2026/SP-2026-0001/evidence/new": []byte("n\n")}))
			var dirty *Dirty
			if !errors.As(err, &dirty) {
				t.Fatalf("got %v", err)
			}
			if o.Git("rev-parse", "main") != string(start) || o.Git("status", "--porcelain") != before {
				t.Error("something was written")
			}
		})
	}
}

func TestUnrelatedWorkDoesNotStandInTheWay(t *testing.T) {
	o := newOffice(t)
	o.commit("start", manifest, "a\n", "catatan.txt", "x\n")
	o.Write("catatan.txt", "sedang ditulis\n")
	r := o.open()
	if _, err := r.Write(draft("main", map[string][]byte{manifest: []byte("b\n")})); err != nil {
		t.Fatal(err)
	}
	if b, _ := os.ReadFile(filepath.Join(o.Dir, "catatan.txt")); string(b) != "sedang ditulis\n" {
		t.Errorf("lost: %s", b)
	}
}

// TestWhatIsThereAlreadyDoesNotStandInTheWay: whoever wrote the same by hand
// loses nothing.
func TestWhatIsThereAlreadyDoesNotStandInTheWay(t *testing.T) {
	for _, staged := range []bool{false, true} {
		o := newOffice(t)
		o.commit("start", manifest, "a\n")
		o.Write(manifest, "b\n")
		if staged {
			o.Git("add", "-A")
		}
		if _, err := o.open().Write(draft("main", map[string][]byte{manifest: []byte("b\n")})); err != nil {
			t.Errorf("staged %v: %v", staged, err)
		}
		if out := o.Git("status", "--porcelain"); out != "" {
			t.Errorf("staged %v: the working tree does not follow: %s", staged, out)
		}
	}
}

func TestABranchThatMovedIsNotOverwritten(t *testing.T) {
	o := newOffice(t)
	o.commit("start", manifest, "a\n")
	r := o.open()
	old, _ := r.Resolve("main")
	o.commit("meanwhile", manifest, "b\n")
	if err := r.move("main", old, old, note{}); !errors.Is(err, ErrMoved) {
		t.Errorf("got %v", err)
	}
	if err := r.move("main", nil, old, note{}); !errors.Is(err, ErrMoved) {
		t.Errorf("creating over a branch: %v", err)
	}
}

func TestNamesCannotAddHeaderLines(t *testing.T) {
	o := newOffice(t)
	o.commit("start", manifest, "a\n")
	r := o.open()
	for _, name := range []string{"x\nparent 0", "a <b> c", "x\x00"} {
		d := draft("main", map[string][]byte{manifest: []byte(name)})
		d.Author.Name = name
		if _, err := r.Write(d); err == nil {
			t.Errorf("%q was written", name)
		}
	}
}

func TestLinkedWorktreesAndBareRepositoriesOpen(t *testing.T) {
	o := newOffice(t)
	id := o.commit("start", manifest, "a\n")
	linked := filepath.Join(t.TempDir(), "linked")
	o.Git("worktree", "add", "-q", linked, "-b", "other")
	bare := filepath.Join(t.TempDir(), "bare.git")
	o.Git("clone", "-q", "--bare", o.Dir, bare)
	for _, dir := range []string{linked, bare, filepath.Join(o.Dir, "patches")} {
		r, err := Open(dir)
		if err != nil {
			t.Fatalf("%s: %v", dir, err)
		}
		if c, err := r.Resolve("main"); err != nil || c.ID != id {
			t.Errorf("%s: %v", dir, err)
		}
		r.Close()
	}
}

// TestABranchIsLedOnlyFromItsTip: a commit that was made from another one than where the
// branch stands by now would drop what came between.
func TestABranchIsLedOnlyFromItsTip(t *testing.T) {
	o := newOffice(t)
	o.commit("start", manifest, "a\n")
	r := o.open()
	tip, err := r.Resolve("main")
	if err != nil {
		t.Fatal(err)
	}
	loose := func(content string) *Commit {
		d := draft("", map[string][]byte{manifest: []byte(content)})
		d.From = tip
		c, err := r.Write(d)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	first, second := loose("a\nb\n"), loose("a\nc\n")
	if err := r.Lead("main", first); err != nil {
		t.Fatal(err)
	}
	if err := r.Lead("main", second); err != ErrMoved {
		t.Errorf("a branch that moved is led: %v", err)
	}
	if err := r.Lead("tidak-ada", second); err != ErrMoved {
		t.Errorf("a branch that is not there is led: %v", err)
	}
	if now, err := r.Resolve("main"); err != nil || now.ID != first.ID {
		t.Errorf("main stands at %v, %v", now, err)
	}
}
