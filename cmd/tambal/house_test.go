package main

import (
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/tambal-id/tambal"

// floors is the house: imports run strictly downward. A new package gets its
// floor here.
var floors = map[string]int{
	"schema": 0, "examples": 0, "cmd/tambal/internal/text": 0, "cmd/tambal/internal/signature": 0,
	"cmd/tambal/internal/forge/forgetest": 0, // for tests only
	"policies":                            1, "cmd/tambal/internal/finding": 1, "cmd/tambal/internal/history": 1, "cmd/tambal/internal/evidence": 1,
	"cmd/tambal/internal/forge":    1,
	"cmd/tambal/internal/timeline": 2,
	"cmd/tambal/internal/rule":     3, "cmd/tambal/internal/report": 3, "cmd/tambal/internal/scaffold": 3,
	"cmd/tambal": 4,
}

// TestImportsRunDownward wants every import inside the module to lead to a
// lower floor, which also rules out cycles; packages of floor 3 touch neither
// Git nor HTTP; and only those packages that own a library import it.
func TestImportsRunDownward(t *testing.T) {
	owners := map[string][]string{
		"github.com/go-git/": {"cmd/tambal/internal/history"}, "github.com/google/go-github/": {"cmd/tambal/internal/forge"},
		"net/http":                  {"cmd/tambal/internal/forge", "cmd/tambal/internal/forge/forgetest"},
		"github.com/hiddeco/sshsig": {"cmd/tambal/internal/signature"}, "github.com/spf13/cobra": {"cmd/tambal"},
		"github.com/santhosh-tekuri/": {"schema", "cmd/tambal/internal/forge/forgetest"}, "sigs.k8s.io/yaml": {"schema"}, "go.yaml.in/": {"schema"},
	}
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports", module+"/...")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := dec.Decode(&p); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimPrefix(p.ImportPath, module+"/")
		floor, known := floors[name]
		found[name] = true
		if !known {
			t.Errorf("%s has no floor", name)
		}
		for _, imported := range p.Imports {
			if inside, ok := strings.CutPrefix(imported, module+"/"); ok && floors[inside] >= floor {
				t.Errorf("%s (floor %d) imports %s (floor %d)", name, floor, inside, floors[inside])
			}
			if strings.HasSuffix(imported, "/forgetest") {
				t.Errorf("%s imports what is for tests only", name)
			}
			for library, allowed := range owners {
				if strings.HasPrefix(imported, library) && !slices.Contains(allowed, name) {
					t.Errorf("%s imports %s", name, imported)
				}
			}
		}
		if !strings.HasPrefix(name, "cmd/") && strings.Contains(strings.Join(p.Imports, " "), module+"/cmd/") {
			t.Errorf("%s must stay importable by others", name)
		}
	}
	for name := range floors {
		if !found[name] {
			t.Errorf("%s is not there any more", name)
		}
	}
}

// TestTopLevelIsTheDesign keeps the front of the house as it was agreed; what
// README's commands leave behind is ignored as git ignores it.
func TestTopLevelIsTheDesign(t *testing.T) {
	list, err := os.ReadDir("../..")
	if err != nil {
		t.Fatal(err)
	}
	allowed := []string{"cmd", "schema", "policies", "examples", "go.mod", "go.sum", "README.md", "LICENSE", "tambal-demo", "tambal"}
	for _, entry := range list {
		if !slices.Contains(allowed, entry.Name()) && !strings.HasPrefix(entry.Name(), ".") {
			t.Errorf("%s does not belong at the top level", entry.Name())
		}
	}
}
