package git

import (
	"testing"

	"github.com/tambal-id/tambal/cmd/tambal/internal/git/gittest"
)

const manifest = "patches/2026/SP-2026-0001/patch.yaml"

func TestMain(m *testing.M) {
	Interrupt = func(act, _ string) error { // waiting for the disk proves nothing here
		if act == "sync" {
			return ErrSkip
		}
		return nil
	}
	gittest.Main(m)
}

// office is a scratch repository driven by the real git, the oracle of this
// package.
type office struct{ *gittest.Office }

func newOffice(t testing.TB) *office {
	t.Helper()
	return &office{gittest.New(t)}
}

func (o *office) commit(message string, files ...string) ID {
	o.Helper()
	return ID(o.Commit(message, files...))
}

func (o *office) open() *Repo {
	o.Helper()
	r, err := Open(o.Dir)
	if err != nil {
		o.Fatal(err)
	}
	o.Cleanup(func() { r.Close() })
	return r
}

// in is another repository of the same test.
func (o *office) in(dir string) *office { return &office{&gittest.Office{TB: o.TB, Dir: dir}} }

// line returns the first-parent line that ends at tip, newest first.
func line(r *Repo, tip *Commit) (list []*Commit, err error) {
	for c := tip; ; {
		list = append(list, c)
		if len(c.Parents) == 0 {
			return list, nil
		}
		if c, err = r.Commit(c.Parents[0]); err != nil {
			return nil, err
		}
	}
}
