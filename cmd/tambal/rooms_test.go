package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// parsed is one file of the program.
type parsed struct {
	name string // from this folder, with slashes
	file *ast.File
	size int // in lines
}

// sources parses the program's files below a folder, tests and what is only for
// tests left out.
func sources(t *testing.T, dir string) (list []parsed) {
	t.Helper()
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || strings.HasSuffix(filepath.Dir(name), "test") {
			return err
		}
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, data, 0)
		list = append(list, parsed{filepath.ToSlash(name), file, strings.Count(string(data), "\n")})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// declared returns the names a file gives to the rest of its package.
func declared(file *ast.File) (names []string) {
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				names = append(names, d.Name.Name)
			}
		case *ast.GenDecl:
			for _, s := range d.Specs {
				switch s := s.(type) {
				case *ast.TypeSpec:
					names = append(names, s.Name.Name)
				case *ast.ValueSpec:
					for _, n := range s.Names {
						names = append(names, n.Name)
					}
				}
			}
		}
	}
	return names
}

// TestACommandKnowsNoOther: a command's file uses what commands share, never
// another command's: what two need is no command's own. The command line itself
// (root.go) names them all, and nothing of them but how they are made.
func TestACommandKnowsNoOther(t *testing.T) {
	t.Parallel()
	files := slices.DeleteFunc(sources(t, "."), func(f parsed) bool { return strings.Contains(f.name, "/") })
	owner := map[string]string{}
	commands, lines := 0, 0
	for _, f := range files {
		names := declared(f.file)
		if !slices.ContainsFunc(names, func(n string) bool { return strings.HasSuffix(n, "Command") }) {
			continue
		}
		commands, lines = commands+1, lines+f.size
		for _, n := range names {
			owner[n] = f.name
		}
	}
	for _, f := range files {
		for _, id := range f.file.Unresolved { // what the file takes from its package, or from Go itself
			if from := owner[id.Name]; from != "" && from != f.name && !(f.name == "root.go" && strings.HasSuffix(id.Name, "Command")) {
				t.Errorf("%s uses %s of %s", f.name, id.Name, from)
			}
		}
	}
	const most = 100 // on average: what a command does belongs to a package below
	if commands == 0 || lines > commands*most {
		t.Errorf("%d lines in %d commands: more than %d each", lines, commands, most)
	}
}

// TestATypeLivesTogether: whoever changes a type must be able to find what it
// does. Seven files is the most that one person still keeps in view; a method in
// an eighth is better a function of the file that needs it.
func TestATypeLivesTogether(t *testing.T) {
	t.Parallel()
	most := map[string]int{
		// One repository is asked for every noun of Git, and each noun has its file.
		"internal/git.Repo": 13,
	}
	spread := map[string][]string{}
	for _, f := range sources(t, ".") {
		for _, d := range f.file.Decls {
			method, ok := d.(*ast.FuncDecl)
			if !ok || method.Recv == nil {
				continue
			}
			of := method.Recv.List[0].Type
			if star, ok := of.(*ast.StarExpr); ok {
				of = star.X
			}
			name, ok := of.(*ast.Ident)
			if !ok {
				continue
			}
			if key := filepath.Dir(f.name) + "." + name.Name; !slices.Contains(spread[key], f.name) {
				spread[key] = append(spread[key], f.name)
			}
		}
	}
	for name, files := range spread {
		limit := max(7, most[name])
		if len(files) > limit {
			t.Errorf("the methods of %s stand in %d files, %d are the most: %v", name, len(files), limit, files)
		}
	}
	for name, limit := range most {
		if len(spread[name]) != limit {
			t.Errorf("%s stands in %d files now, not in %d", name, len(spread[name]), limit)
		}
	}
}

// TestRulesKnowNoStore: a rule is a sentence over facts. It may be tried on facts
// made by hand only while it names nothing of Git, of the forge or of HTTP; the
// documents keep to the same.
func TestRulesKnowNoStore(t *testing.T) {
	t.Parallel()
	for _, f := range sources(t, "internal") {
		room := strings.Split(f.name, "/")[1]
		if !slices.Contains([]string{"rule", "report", "page", "decision", "evidence"}, room) {
			continue
		}
		for _, i := range f.file.Imports {
			for _, store := range []string{"/internal/git\"", "/internal/forge\"", "/internal/landing\"", "net/http\"", "\"os\"", "\"os/exec\""} {
				if strings.HasSuffix(i.Path.Value, store) {
					t.Errorf("%s imports %s", f.name, i.Path.Value)
				}
			}
		}
	}
}
