package git

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// TestABrokenBranchIsNotReplaced: whoever empties main must not have another
// commit judged in its place, neither HEAD nor a tag nor an older main.
func TestABrokenBranchIsNotReplaced(t *testing.T) {
	for name, content := range map[string]string{
		"emptied": "", "zeros": "\x00\x00\x00\x00\x00\x00\x00\x00", "cut short": "0123456789", "a word": "x\n",
		"a name that leads nowhere": "ref: refs/heads/gone\n", "a circle": "ref: refs/heads/main\n",
	} {
		for _, packed := range []bool{false, true} {
			o := newOffice(t)
			o.commit("one", "a", "1")
			if packed {
				o.Git("pack-refs", "--all")
			}
			o.commit("two", "a", "2")
			o.Git("tag", "master")
			o.Git("update-ref", "refs/remotes/origin/main", "HEAD")
			o.Git("checkout", "-q", "--detach")
			if err := os.WriteFile(filepath.Join(o.Dir, ".git/refs/heads/main"), []byte(content), 0o644); err != nil {
				t.Fatal(err)
			}
			r := o.open()
			if trunk := r.Trunk(); trunk != "main" {
				t.Errorf("%s, packed %v: the trunk is %s", name, packed, trunk)
			}
			c, err := r.Resolve("main")
			if broken, ok := errors.AsType[*Error](err); !ok || broken.Code != "history.broken-ref" {
				t.Errorf("%s, packed %v: main is %v, %v", name, packed, c, err)
			}
			if _, err := o.Try("", "rev-parse", "-q", "--verify", "refs/heads/main^{commit}"); err == nil {
				t.Errorf("%s, packed %v: git reads it", name, packed)
			}
		}
	}
}

// TestTheTrunkIsTheOneTheRemoteNames: an office may call its protected branch as it
// likes. main comes first, so that nobody's remote can put another in its place.
func TestTheTrunkIsTheOneTheRemoteNames(t *testing.T) {
	for _, c := range []struct {
		name, want string
		local      []string
		origin     bool
	}{
		{"nothing is known", "HEAD", []string{"trunk"}, false},
		{"the remote names it", "trunk", []string{"trunk"}, true},
		{"only the remote has it", "origin/trunk", []string{"work"}, true},
		{"a main stands beside it", "main", []string{"trunk", "main"}, true},
	} {
		o := newOffice(t)
		o.commit("one", "a", "1")
		o.Git("checkout", "-q", "--detach")
		o.Git("branch", "-D", "main")
		for _, branch := range c.local {
			o.Git("branch", branch)
		}
		if c.origin {
			o.Git("update-ref", "refs/remotes/origin/trunk", "HEAD")
			o.Git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk")
		}
		if trunk := o.open().Trunk(); trunk != c.want {
			t.Errorf("%s: the trunk is %s", c.name, trunk)
		}
	}
}
