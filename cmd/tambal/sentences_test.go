package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/tambal-id/tambal/cmd/tambal/internal/rule"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
)

// speakers are the functions whose first argument of the form of a code is one.
var speakers = map[string]bool{"usage": true, "refused": true, "say": true, "tell": true, "Say": true, "Maybe": true, "complain": true,
	"report": true, "reportCase": true, "reportStep": true, "ask": true, "notice": true}

// TestEveryCodeHasASentence reads the program's own source: a code that is said
// somewhere but stands in no language file would reach people as a bare code.
func TestEveryCodeHasASentence(t *testing.T) {
	code := regexp.MustCompile(`^[a-z]+(-[a-z]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)+$|^[a-z]+(-[a-z]+)+$`)
	checked, prefixes := 0, map[string]string{"page": "report."}
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || strings.Contains(name, "report/") {
			return err // report puts its codes together; its own tests read the documents
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			list, by := saidBy(n)
			for _, said := range list {
				if code.MatchString(said) {
					if by != "lang" { // a page's own way of saying adds the group
						said = prefixes[filepath.Base(filepath.Dir(name))] + said
					}
					checked++
					if text.Indonesian.Maybe(said) == "" || text.English.Maybe(said) == "" {
						t.Errorf("%s says %q, which has no sentence", name, said)
					}
				}
			}
			return true
		})
		return nil
	})
	if err != nil || checked < 150 {
		t.Errorf("%d codes were found, %v", checked, err)
	}
}

// TestEverySentenceIsSaid: a sentence whose code no source names is a leftover. A
// code may be put together from two literals, one of which may be a code itself;
// what is said beside a sentence, such as its hint, goes with it.
func TestEverySentenceIsSaid(t *testing.T) {
	literals := map[string]bool{"report.": true}
	for _, r := range rule.All {
		literals[r.ID] = true
	}
	for _, c := range commands(testPlayer(t).app()) {
		literals[c.Name()] = true
	}
	allowed, err := os.ReadFile("../../schema/patch.v1.json") // a word for each value a field may have
	if err != nil {
		t.Fatal(err)
	}
	for _, value := range regexp.MustCompile(`"([a-z0-9-]+)"`).FindAllSubmatch(allowed, -1) {
		literals[string(value[1])] = true
	}
	for _, root := range []string{".", "../../schema", "../../policies"} {
		err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(n ast.Node) bool {
				l, ok := n.(*ast.BasicLit)
				if !ok || l.Kind != token.STRING {
					return true
				}
				s, err := strconv.Unquote(l.Value)
				if err != nil {
					t.Error(name, err)
				}
				literals[s] = true
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	var said func(code string) bool
	said = func(code string) bool {
		for _, beside := range []string{".hint", ".title", ".doc", ".next"} {
			if main, ok := strings.CutSuffix(code, beside); ok && said(main) {
				return true
			}
		}
		for i, r := range code {
			if (r == '.' || r == '-') && (literals[code[:i+1]] || said(code[:i])) && (literals[code[i+1:]] || literals[code[i:]] || said(code[i+1:])) {
				return true
			}
		}
		return literals[code]
	}
	for _, code := range text.English.Codes() {
		if !said(code) {
			t.Errorf("nothing says %s", code)
		}
	}
}

// saidBy returns the literals that a node says as codes, and what says them: the
// variable before the function.
func saidBy(n ast.Node) (list []string, by string) {
	literal := func(e ast.Expr) {
		if l, ok := e.(*ast.BasicLit); ok && l.Kind == token.STRING {
			if s, err := strconv.Unquote(l.Value); err == nil {
				list = append(list, s)
			}
		}
	}
	switch n := n.(type) {
	case *ast.CallExpr:
		name := ""
		switch f := n.Fun.(type) {
		case *ast.Ident:
			name = f.Name
		case *ast.SelectorExpr:
			name = f.Sel.Name
			if of, ok := f.X.(*ast.Ident); ok {
				by = of.Name
			}
		}
		if speakers[name] {
			for _, arg := range n.Args {
				if literal(arg); len(list) > 0 {
					break
				}
			}
		}
	case *ast.KeyValueExpr:
		if key, ok := n.Key.(*ast.Ident); ok && key.Name == "Code" {
			literal(n.Value)
		}
	}
	return list, by
}
