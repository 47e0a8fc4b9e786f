package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/tambal-id/tambal/examples"
)

// TestEveryPromiseNamesItsTest reads the table of SECURITY.md: what is promised
// names tests or scripts that are there.
func TestEveryPromiseNamesItsTest(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..")
	declared := map[string]bool{}
	function := regexp.MustCompile(`(?m)^func (Test\w+)\(t `)
	for _, dir := range []string{"cmd", "policies", "schema"} {
		err := filepath.WalkDir(filepath.Join(root, dir), func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(name, "_test.go") {
				return err
			}
			data, err := os.ReadFile(name)
			for _, m := range function.FindAllSubmatch(data, -1) {
				declared[string(m[1])] = true
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(filepath.Join(root, ".github", "SECURITY.md"))
	if err != nil {
		t.Fatal(err)
	}
	promises := 0
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if len(cells) != 5 || strings.Trim(cells[0], "- ") == "" || strings.TrimSpace(cells[0]) == "statement" {
			continue
		}
		promises++
		names := regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(cells[4], -1)
		if len(names) == 0 && strings.TrimSpace(cells[1]+cells[2]) != "" {
			t.Errorf("nothing holds:%s", cells[0])
		}
		for _, n := range names {
			_, err := fs.Stat(examples.FS, n[1]+".txtar")
			if !declared[n[1]] && err != nil {
				t.Errorf("%s is no test and no script:%s", n[1], cells[0])
			}
		}
	}
	if promises < 20 {
		t.Errorf("only %d promises were read", promises)
	}
}
