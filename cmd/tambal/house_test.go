package main

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/tambal-id/tambal/schema"
)

const module = "github.com/tambal-id/tambal"

// floors is the house: imports run strictly downward. A new package gets its
// floor here.
var floors = map[string]int{
	"schema": 0, "examples": 0, "cmd/tambal/internal/text": 0, "cmd/tambal/internal/signature": 0, "cmd/tambal/internal/evidence": 0,
	"cmd/tambal/internal/git":             0,
	"cmd/tambal/internal/forge/forgetest": 0, "cmd/tambal/internal/git/gittest": 0, // for tests only
	"policies": 1, "cmd/tambal/internal/finding": 1, "cmd/tambal/internal/forge": 1,
	"cmd/tambal/internal/landing": 2, "cmd/tambal/internal/decision": 2, "cmd/tambal/internal/scaffold": 2, "cmd/tambal/internal/prose": 2,
	"cmd/tambal/internal/timeline": 3, "cmd/tambal/internal/protection": 3,
	"cmd/tambal/internal/rule": 4, "cmd/tambal/internal/report": 4, "cmd/tambal/internal/page": 4,
	"cmd/tambal/internal/timeline/timelinetest": 4, // for tests only
	"cmd/tambal/internal/gate":                  5, "cmd/tambal/internal/casework": 6,
	"cmd/tambal/internal/play": 7,
	"cmd/tambal":               8,
}

// planned are packages that the design has a floor for and nobody has built.
// Whoever builds one takes it off this list.
var planned = map[string]int{
	"cmd/tambal/internal/site": 4,
}

// TestImportsRunDownward wants every import inside the module to lead to a
// lower floor, which also rules out cycles; and only those packages that own a
// library import it.
func TestImportsRunDownward(t *testing.T) {
	t.Parallel()
	owners := map[string][]string{
		"github.com/go-git/": {"cmd/tambal/internal/git"}, "github.com/google/go-github/": {"cmd/tambal/internal/forge"},
		"net/http":                  {"cmd/tambal/internal/forge", "cmd/tambal/internal/forge/forgetest"},
		"github.com/hiddeco/sshsig": {"cmd/tambal/internal/signature"}, "github.com/spf13/cobra": {"cmd/tambal"},
		"github.com/santhosh-tekuri/": {"schema", "cmd/tambal/internal/forge/forgetest"}, "sigs.k8s.io/yaml": {"schema"}, "go.yaml.in/": {"schema"},
		"github.com/go-json-experiment/": {"cmd/tambal/internal/evidence", "cmd/tambal/internal/forge"}, "github.com/pandatix/go-cvss/": {"cmd/tambal/internal/page"},
		"github.com/rhysd/actionlint": {"cmd/tambal/internal/protection"}, "github.com/hmarr/codeowners": {"cmd/tambal/internal/protection"},
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
		if at, still := planned[name]; still {
			t.Errorf("%s is built and still planned, on floor %d", name, at)
		}
		for _, imported := range p.Imports {
			if inside, ok := strings.CutPrefix(imported, module+"/"); ok && floors[inside] >= floor {
				t.Errorf("%s (floor %d) imports %s (floor %d)", name, floor, inside, floors[inside])
			}
			if strings.HasPrefix(imported, module) && strings.HasSuffix(imported, "test") {
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

// TestFolderNamesStandInSchema wants the folders and files of a patch repository
// to be named by schema's constants, so that a reader finds every use of one.
func TestFolderNamesStandInSchema(t *testing.T) {
	names := []string{schema.CasesDir, schema.ManifestFile, schema.PoliciesDir, schema.ForgeDir, schema.SOPFile}
	err := filepath.WalkDir("../..", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return err
		}
		if filepath.Base(name) == "names.go" || strings.Contains(name, "forgetest") { // GitHub's own folders
			return nil
		}
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, name, nil, 0)
		if err != nil {
			return err
		}
		file.Imports, file.Decls = nil, slices.DeleteFunc(file.Decls, func(d ast.Decl) bool {
			g, ok := d.(*ast.GenDecl)
			return ok && g.Tok == token.IMPORT
		})
		ast.Inspect(file, func(n ast.Node) bool {
			literal, ok := n.(*ast.BasicLit)
			if !ok || literal.Kind != token.STRING {
				return true
			}
			text, _ := strconv.Unquote(literal.Value)
			for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r == '/' || unicode.IsSpace(r) }) {
				if slices.Contains(names, part) {
					t.Errorf("%s: %q is named by hand", files.Position(n.Pos()), part)
				}
			}
			if strings.Contains(text, "/"+schema.EvidenceDir+"/") { // alone it is a word like others
				t.Errorf("%s: %q is named by hand", files.Position(n.Pos()), text)
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestOnlyTheGateJudges: a verdict has one way to come about.
func TestOnlyTheGateJudges(t *testing.T) {
	t.Parallel()
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return err
		}
		data, err := os.ReadFile(name)
		if strings.Contains(string(data), "rule.Run(") && filepath.Dir(name) != filepath.FromSlash("internal/gate") {
			t.Errorf("%s runs the rules", name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestEachFileSaysWhatItIsFor: whoever lists cmd/tambal finds at the head of a file
// what it holds, and at the head of a package what it owns.
func TestEachFileSaysWhatItIsFor(t *testing.T) {
	t.Parallel()
	head := regexp.MustCompile(`^// \w`)
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(name, "_test.go") || !strings.HasSuffix(name, ".go") || strings.Contains(name, string(filepath.Separator)) {
			return err
		}
		data, err := os.ReadFile(name)
		if !head.Match(data) {
			t.Errorf("%s does not say what it is for", name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for name := range floors {
		files, err := filepath.Glob(filepath.Join("..", "..", filepath.FromSlash(name), "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		owns := regexp.MustCompile(`(?m)^// (Package|Command) \w+ [\s\S]*?\npackage `)
		_, expected := planned[name]
		if !expected && !slices.ContainsFunc(files, func(file string) bool {
			data, _ := os.ReadFile(file)
			return owns.Match(data)
		}) {
			t.Errorf("package %s does not say what it owns", name)
		}
	}
}
