package main

import (
	"bytes"
	"io/fs"
	"path"
	"strings"
	"testing"

	"github.com/tambal-id/tambal/cmd/tambal/internal/decision"
	"github.com/tambal-id/tambal/cmd/tambal/internal/evidence"
	"github.com/tambal-id/tambal/examples"
	"github.com/tambal-id/tambal/schema"
)

// TestExampleCasesAreTrue reads the finished cases as files: they parse, a
// second parser agrees, the approval binds exactly what stands before it, and
// every evidence digest is that of a file of the examples.
func TestExampleCasesAreTrue(t *testing.T) {
	t.Parallel()
	digests := map[string]bool{}
	err := fs.WalkDir(examples.FS, "evidence", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(examples.FS, name)
		if err != nil {
			return err
		}
		sum, _, err := evidence.Digest(bytes.NewReader(data))
		digests[sum] = true
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	manifests, err := fs.Glob(examples.FS, "patches/*/*/patch.yaml")
	if err != nil || len(manifests) < 3 {
		t.Fatalf("%d finished cases, %v", len(manifests), err)
	}
	for _, name := range manifests {
		t.Run(name, func(t *testing.T) {
			data, err := fs.ReadFile(examples.FS, name)
			if err != nil {
				t.Fatal(err)
			}
			m, problems := schema.Parse(data)
			if m == nil {
				t.Fatalf("%+v", problems)
			}
			doc, _ := schema.ParseYAML(data)
			if ps := schema.SecondOpinion(data, doc); len(ps) > 0 {
				t.Errorf("%+v", ps)
			}
			if m.Metadata.ID != path.Base(path.Dir(name)) || !strings.Contains(name, "/"+strings.Split(m.Metadata.ID, "-")[1]+"/") {
				t.Errorf("%s holds case %s", name, m.Metadata.ID)
			}
			for i := range m.Items {
				it := &m.Items[i]
				if a, ok := it.Body.(*schema.Approval); ok && decision.SubjectOf(data[:it.Start]) != a.Subject {
					t.Errorf("the approval binds %+v, before it stands %+v", a.Subject, decision.SubjectOf(data[:it.Start]))
				}
				for _, e := range it.Evidence() {
					if !digests[e.SHA256] {
						t.Errorf("%s has a digest of no example file", e.Path)
					}
				}
			}
		})
	}
}
