package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

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
