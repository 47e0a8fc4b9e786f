//go:build ignore

// Negate prepares the rules for .ci/mutants: every condition of package rule asks
// whether it is the one that is turned around in this run. It writes the changed
// files and an overlay for the compiler to the folder it is given, and prints the
// place of each condition, one on a line, in the order of their numbers from 1.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"log"
	"os"
	"path/filepath"
	"strings"
)

const dir = "cmd/tambal/internal/rule"

const helper = `package rule

import (
	"os"
	"strconv"
)

var turned, _ = strconv.Atoi(os.Getenv("MUTANT"))

func mutant(n int, condition bool) bool { return condition != (n == turned) }
`

func main() {
	out := os.Args[1]
	files, err := filepath.Glob(dir + "/*.go")
	check(err)
	replace := map[string]string{}
	write := func(name string, data []byte) {
		to := filepath.Join(out, filepath.Base(name))
		check(os.WriteFile(to, data, 0o600))
		at, err := filepath.Abs(name)
		check(err)
		replace[at] = to
	}
	n := 0
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, name, nil, parser.SkipObjectResolution)
		check(err)
		turn := func(e ast.Expr) ast.Expr {
			n++
			fmt.Println(set.Position(e.Pos()))
			return &ast.CallExpr{Fun: ast.NewIdent("mutant"), Args: []ast.Expr{&ast.BasicLit{Kind: token.INT, Value: fmt.Sprint(n)}, e}}
		}
		ast.Inspect(file, func(node ast.Node) bool {
			switch s := node.(type) {
			case *ast.IfStmt:
				s.Cond = operands(s.Cond, turn)
			case *ast.SwitchStmt:
				if s.Tag != nil {
					break
				}
				for _, c := range s.Body.List {
					for i, e := range c.(*ast.CaseClause).List {
						c.(*ast.CaseClause).List[i] = operands(e, turn)
					}
				}
			case *ast.ReturnStmt: // of a predicate
				for i, e := range s.Results {
					if boolean(e) {
						s.Results[i] = operands(e, turn)
					}
				}
			}
			return true
		})
		file.Comments = nil // they stand at places that are no more
		var b bytes.Buffer
		check(format.Node(&b, set, file))
		write(name, b.Bytes())
	}
	write(dir+"/mutant.go", []byte(helper))
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	check(err)
	check(os.WriteFile(filepath.Join(out, "overlay.json"), overlay, 0o600))
}

// operands turns each part of a condition that && and || join.
func operands(e ast.Expr, turn func(ast.Expr) ast.Expr) ast.Expr {
	switch x := e.(type) {
	case *ast.ParenExpr:
		x.X = operands(x.X, turn)
		return x
	case *ast.BinaryExpr:
		if x.Op == token.LAND || x.Op == token.LOR {
			x.X, x.Y = operands(x.X, turn), operands(x.Y, turn)
			return x
		}
	}
	return turn(e)
}

// boolean says whether an expression is one by its form.
func boolean(e ast.Expr) bool {
	switch x := e.(type) {
	case *ast.ParenExpr:
		return boolean(x.X)
	case *ast.UnaryExpr:
		return x.Op == token.NOT
	case *ast.BinaryExpr:
		switch x.Op {
		case token.LAND, token.LOR, token.EQL, token.NEQ, token.LSS, token.LEQ, token.GTR, token.GEQ:
			return true
		}
	}
	return false
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
