package main

import (
	"regexp"
	"testing"

	"github.com/tambal-id/tambal/cmd/tambal/internal/scaffold"
)

// TestTheOfficesReadmeNamesCommandsThatExist reads what init writes for the
// office: README, workflows and all.
func TestTheOfficesReadmeNamesCommandsThatExist(t *testing.T) {
	files, err := scaffold.Files(scaffold.Owner{Name: "Siti", Email: "siti@kantor.example"})
	if err != nil {
		t.Fatal(err)
	}
	a := &env{getenv: func(string) string { return "" }}
	named := regexp.MustCompile("(?m)(?:^|`|&& |run: |^ {10})tambal ([a-z]+)((?: --[a-z]+)*)")
	seen := map[string]bool{}
	for _, f := range files {
		for _, m := range named.FindAllStringSubmatch(string(f.Data), -1) {
			seen[m[1]] = true
			cmd, _, err := a.newRoot().Find([]string{m[1]})
			if err != nil || cmd.Name() != m[1] {
				t.Errorf("%s names the command %s, which does not exist", f.Path, m[1])
				continue
			}
			for _, flag := range regexp.MustCompile(`--([a-z]+)`).FindAllStringSubmatch(m[2], -1) {
				if cmd.Flag(flag[1]) == nil {
					t.Errorf("%s: %s has no flag --%s", f.Path, m[1], flag[1])
				}
			}
		}
	}
	for _, must := range []string{"check", "record", "audit", "report", "merge", "approve"} {
		if !seen[must] {
			t.Errorf("%s is named nowhere", must)
		}
	}
}
