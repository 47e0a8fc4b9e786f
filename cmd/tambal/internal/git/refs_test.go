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
