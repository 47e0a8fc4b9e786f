package landing

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
)

func draft(branch string, from *git.Commit) git.Draft {
	siti := git.Identity{Name: "Siti", Email: "siti@kominfo.example", When: time.Date(2026, 2, 1, 8, 0, 0, 0, time.FixedZone("", 7*3600))}
	return git.Draft{Branch: branch, From: from, Author: siti, Committer: siti, Message: "subject\n\nKey: value\n"}
}

func TestMergeIsTheUnionAndGitAgrees(t *testing.T) {
	o := newOffice(t)
	o.commit("start", manifest, "steps:\n", "README.md", "r\n")
	o.Git("switch", "-q", "-c", "side")
	o.commit("plan", manifest, "steps:\n  - plan:\n", "catatan", "c\n")
	o.Git("switch", "-q", "main")
	o.commit("other", "patches/2026/SP-2026-0002/patch.yaml", "x\n", "README.md", "rr\n")
	r := o.open()
	head, _ := r.Resolve("side")
	c, err := Merge(r, draft("main", head))
	if err != nil {
		t.Fatal(err)
	}
	o.Git("switch", "-q", "-c", "oracle", string(c.Parents[0]))
	o.Git("merge", "-q", "--no-ff", "-m", "m", "side")
	if got, want := string(c.Tree), o.Git("rev-parse", "HEAD^{tree}"); got != want {
		t.Errorf("tree %s, git makes %s", got, want)
	}
	if out := o.Git("fsck", "--strict"); strings.Contains(out, "error") {
		t.Error(out)
	}
}

func TestMergeRefusesConflicts(t *testing.T) {
	o := newOffice(t)
	o.commit("start", manifest, "steps:\n", "README.md", "r\n")
	o.Git("switch", "-q", "-c", "side")
	o.commit("plan", manifest, "steps:\n  - plan:\n", "README.md", "side\n")
	o.Git("switch", "-q", "main")
	o.commit("other", manifest, "steps:\n  - closure:\n", "README.md", "main\n")
	r := o.open()
	head, _ := r.Resolve("side")
	_, err := Merge(r, draft("main", head))
	var conflict *Conflict
	if !errors.As(err, &conflict) || len(conflict.Paths) != 2 {
		t.Fatalf("got %v", err)
	}
}
