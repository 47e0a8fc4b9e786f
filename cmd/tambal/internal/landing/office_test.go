package landing

import (
	"testing"

	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
	"github.com/tambal-id/tambal/cmd/tambal/internal/git/gittest"
)

const manifest = "patches/2026/SP-2026-0001/patch.yaml"

func TestMain(m *testing.M) { gittest.Main(m) }

// office is a scratch repository driven by the real git, the oracle of this
// package.
type office struct{ *gittest.Office }

func newOffice(t testing.TB) *office {
	t.Helper()
	return &office{gittest.New(t)}
}

func (o *office) commit(message string, files ...string) git.ID {
	o.Helper()
	return git.ID(o.Commit(message, files...))
}

func (o *office) open() *git.Repo {
	o.Helper()
	r, err := git.Open(o.Dir)
	if err != nil {
		o.Fatal(err)
	}
	o.Cleanup(func() { r.Close() })
	return r
}

// landings reads main.
func (o *office) landings() []*Landing {
	o.Helper()
	r := o.open()
	tip, err := r.Resolve("main")
	if err != nil {
		o.Fatal(err)
	}
	list, err := Line(r, tip, nil)
	if err != nil {
		o.Fatal(err)
	}
	return list
}
