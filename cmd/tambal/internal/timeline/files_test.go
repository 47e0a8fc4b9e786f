package timeline

import (
	"crypto/sha256"
	"fmt"
	"testing"
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
	"github.com/tambal-id/tambal/examples"
	"github.com/tambal-id/tambal/schema"
)

// TestAFileListedOftenIsReadOnce: 200 lines of a manifest must not cost 200 scans;
// and a wrong digest beside the right one changes neither answer.
func TestAFileListedOftenIsReadOnce(t *testing.T) {
	data, err := examples.FS.ReadFile("evidence/trivy/alpine-39.json")
	if err != nil {
		t.Fatal(err)
	}
	repo, err := git.Create(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer repo.Close()
	who := git.Identity{Name: "Siti", Email: "siti@kominfo.example", When: time.Unix(1770000000, 0)}
	commit, err := repo.Write(git.Draft{Branch: "main", Author: who, Committer: who, Message: "bukti\n", Files: map[string][]byte{"c/evidence/a.json": data, "c/evidence/b.json": data}})
	if err != nil {
		t.Fatal(err)
	}
	body := &schema.Monitoring{}
	for i := range 200 {
		e := schema.Evidence{Path: "evidence/a.json", Format: "trivy", SHA256: fmt.Sprintf("%x", sha256.Sum256(data))}
		if i%2 == 1 {
			e.Path = "evidence/b.json"
		}
		if i%50 == 0 {
			e.SHA256 = fmt.Sprintf("%064d", i)
		}
		body.Evidence = append(body.Evidence, e)
	}
	list, err := listedFiles(newReader(repo), &Step{Case: &Case{Dir: "c"}, Item: &schema.Item{Body: body}}, commit.Tree)
	if err != nil || len(list) != 200 {
		t.Fatal(len(list), err)
	}
	for i, f := range list {
		wrong := i%50 == 0
		if f.Size != len(data) || f.Fault != nil || wrong != (f.State == FileDigest) || wrong != (f.Scan == nil) || !wrong && (f.State != FileGood || f.Scan != list[1].Scan) {
			t.Errorf("%d: %+v", i, f)
		}
	}
}
